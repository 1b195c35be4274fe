"""From what a worker tells of a fault to a finding: on its own word, then by a run in isolation.

A run in isolation takes as long as the consumer likes, so a finding whose worker saw it with its
own eyes is kept before one is made.
"""

from __future__ import annotations

import msgspec

from harness.consumers.isolation import Stop
from harness.consumers.model import Manifest
from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.fuzzing import triage
from harness.fuzzing.account import Interpreter
from harness.fuzzing.faults import Fault
from harness.fuzzing.judging import Oracle, Trial
from harness.fuzzing.ledger import Evidence
from harness.fuzzing.store import Shown

# What may be the machine's doing, or that of many executions together.
_LASTING = frozenset({"hang", "memory", "died", "oracle"})


class Settler:
    """Settles the faults of one consumer's workers."""

    def __init__(self, oracle: Oracle, interpreter: Interpreter, told: frozenset[str]) -> None:
        """Take the oracle, who reads workers' accounts, and the kinds that these are enough for."""
        self._oracle = oracle
        self._interpreter = interpreter
        self._told = told

    @property
    def _manifest(self) -> Manifest:
        return self._oracle.consumer.manifest

    def is_tried_first(self, fault: Fault) -> bool:
        """Whether it is a finding only if a run in isolation shows it too."""
        return fault.kind not in self._told

    def may_take_long(self, fault: Fault) -> bool:
        """Whether a run in isolation may well use up its time."""
        return fault.kind in _LASTING

    def tell(self, fault: Fault) -> Evidence | None:
        """Return a fault as a finding, on its worker's own word."""
        told = self._interpreter.observation(fault)
        found = self._oracle.findings(fault.content, "input", [told])
        crash = next((one for one in found if triage.is_crash(one)), None)
        if crash is None:
            return None
        return Evidence(
            key=triage.key(crash, told),
            finding=crash,
            content=fault.content,
            observation=told,
            shown=Shown.UNTRIED,
        )

    def confirm(self, told: Evidence, stop: Stop) -> Evidence:
        """Hold a finding that was told against a run in isolation.

        That stops at the first fault. If the worker went on past one that it knew, its own
        account is the only one of what lies behind.

        Raises:
            StoppedError: the run was broken off.
        """
        trial = self._oracle.trial(told.content, "input", stop=stop)
        if trial.survived:
            return msgspec.structs.replace(told, shown=Shown.NO)
        if not triage.same_place(told.observation, trial.observation):
            return msgspec.structs.replace(told, shown=Shown.BEHIND)
        found = next((one for one in trial.findings if one.code == told.finding.code), None)
        if found is None:
            return msgspec.structs.replace(told, shown=Shown.YES)
        return msgspec.structs.replace(
            told, finding=found, observation=trial.observation, shown=Shown.YES
        )

    def attempt(self, fault: Fault, stop: Stop) -> Evidence | None:
        """Return what a run in isolation shows of a fault that may be none; None for nothing.

        Raises:
            StoppedError: the run was broken off.
        """
        is_state = fault.kind == "state"
        trial = self._oracle.trial(fault.content, "input", runs=2 if is_state else 1, stop=stop)
        if is_state:
            return self._attempted_state(fault, trial)
        if trial.survived:
            return None
        seen = _with_place(trial.observation, self._interpreter.observation(fault))
        found = self._oracle.findings(fault.content, "input", [seen])
        crash = next((one for one in found if triage.is_crash(one)), None)
        return _evidence(crash, fault, seen, Shown.YES) if crash is not None else None

    def _attempted_state(self, fault: Fault, trial: Trial) -> Evidence:
        found = next((one for one in trial.findings if one.code == "D710"), None)
        if found is not None:
            return _evidence(found, fault, trial.observation, Shown.YES)
        return _evidence(self._state_finding(fault), fault, trial.observation, Shown.NO)

    def _state_finding(self, fault: Fault) -> Finding:
        return Finding(
            code="D710",
            severity=RULES["D710"].severity,
            file="input",
            rule=fault.what,
            expected="the same after a reload",
            actual=f"`{self._manifest.label}` changes its {fault.what} in a process that has "
            "loaded other content before",
            source=self._manifest.place,
        )


def _evidence(finding: Finding, fault: Fault, seen: Observation, shown: Shown) -> Evidence:
    return Evidence(
        key=triage.key(finding, seen),
        finding=finding,
        content=fault.content,
        observation=seen,
        shown=shown,
    )


def _with_place(seen: Observation, told: Observation) -> Observation:
    """A run in isolation with the stack that the worker saw, where it has none of its own.

    Of a hang, and of a library without sanitizers, only the worker knows where it was.
    """
    report = seen.report
    if told.report is None or not told.report.frames or (report is not None and report.frames):
        return seen
    if report is None:
        return msgspec.structs.replace(seen, report=told.report)
    placed = msgspec.structs.replace(report, frame=told.report.frame, frames=told.report.frames)
    return msgspec.structs.replace(seen, report=placed)
