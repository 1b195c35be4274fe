"""From what a worker tells of a fault to findings, confirmed in isolation where possible."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.consumers.model import Manifest
from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.fuzzing import triage
from harness.fuzzing.account import Interpreter
from harness.fuzzing.faults import Fault
from harness.fuzzing.judging import Oracle, Trial

# What may be the machine's doing, or that of many executions together: a finding only if an
# isolated run shows it too.
_DOUBTFUL = frozenset({"hang", "memory", "died"})


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a fault.

    Attributes:
        findings: empty if nothing could be shown.
        observation: what the findings are about.
        reproduced: an isolated run showed it as well.
    """

    findings: tuple[Finding, ...]
    observation: Observation
    reproduced: bool


class Settler:
    """Settles the faults of one consumer's workers."""

    def __init__(self, oracle: Oracle, interpreter: Interpreter) -> None:
        self._oracle = oracle
        self._interpreter = interpreter

    @property
    def _manifest(self) -> Manifest:
        return self._oracle.consumer.manifest

    def settle(self, fault: Fault, file: str) -> Settled:
        """Run the content in isolation, and decide whose account of the fault counts.

        A run in isolation stops at the first fault. If the worker went on past one that it knew,
        its own account is the only one of what lies behind.
        """
        is_state = fault.kind == "state"
        trial = self._oracle.trial(fault.content, file, runs=2 if is_state else 1)
        if is_state:
            return self._settle_state(fault, file, trial)
        told = self._interpreter.observation(fault)
        is_same = fault.kind in _DOUBTFUL or triage.same_place(told, trial.observation)
        if not trial.survived and is_same:
            return _settled(trial.findings, trial.observation, reproduced=True)
        if fault.kind in _DOUBTFUL:
            return _settled((), trial.observation, reproduced=False)
        findings = self._oracle.findings(fault.content, file, [told])
        return _settled(findings, told, reproduced=not trial.survived)

    def _settle_state(self, fault: Fault, file: str, trial: Trial) -> Settled:
        found = tuple(one for one in trial.findings if one.code == "D710")
        if found:
            return _settled(found, trial.observation, reproduced=True)
        finding = Finding(
            code="D710",
            severity=RULES["D710"].severity,
            file=file,
            rule=fault.what,
            expected="the same after a reload",
            actual=f"`{self._manifest.label}` changes its {fault.what} in a process that has "
            "loaded other content before",
            source=self._manifest.place,
        )
        return _settled((finding,), trial.observation, reproduced=False)


def _settled(findings: Sequence[Finding], observation: Observation, *, reproduced: bool) -> Settled:
    return Settled(findings=tuple(findings), observation=observation, reproduced=reproduced)
