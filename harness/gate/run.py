"""Runs the gate: every stage, whatever the ones before it found, then one verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from types import MappingProxyType

from harness.findings.model import Finding, Severity, sort_key
from harness.gate import accept
from harness.gate.case import Case
from harness.gate.policy import Acceptance
from harness.gate.stage import Check, Output, attempt
from harness.gate.stages import consume, contracts, lint, validate
from harness.gate.verdict import (
    ConsumerUse,
    Kind,
    Obstacle,
    Outcome,
    StageResult,
    Verdict,
)

STAGES: MappingProxyType[str, Check] = MappingProxyType(
    {
        "schema": lint.check,
        "validate": validate.check,
        "contracts": contracts.check,
        "consume": consume.check,
    }
)
# Keys of a policy are accepted whose stage comes with a later version; a verdict names them.
ABSENT = ("delta", "coverage", "neighbours", "replay", "evidence")
_UNREACHED = Output(
    detail="not reached", obstacles=(Obstacle(Kind.INTERRUPTED, "not reached: interrupted"),)
)


def decide(case: Case, today: dt.date, on_stage: Callable[[str], None] = lambda _: None) -> Verdict:
    """Run all stages and decide.

    Args:
        case: the candidate and its policy.
        today: the day by which acceptances expire.
        on_stage: told the name of each stage before it runs.
    """
    acceptances = accept.current(case.policy, today)
    stages = [_policy_stage(case, today)] if case.policy.accept else []
    for name, check in STAGES.items():
        on_stage(name)
        stages.append(_run(name, _unless_interrupted(check, stages), case, acceptances))
    return _verdict(case, tuple(stages), acceptances)


def _policy_stage(case: Case, today: dt.date) -> StageResult:
    """Acceptances that have run out block like any finding."""
    output = Output(
        detail=f"{len(case.policy.accept)} acceptances", findings=accept.expired(case.policy, today)
    )
    return _run("policy", lambda _: output, case, ())


def _unless_interrupted(check: Check, stages: list[StageResult]) -> Check:
    """What to run next: nothing more once the user wants to stop."""
    if any(is_interrupted(stage) for stage in stages):
        return lambda _: _UNREACHED
    return check


def _run(name: str, check: Check, case: Case, acceptances: tuple[Acceptance, ...]) -> StageResult:
    start = case.clock()
    output = attempt(check, case)
    return StageResult(
        name=name,
        outcome=_outcome(output, acceptances),
        seconds=case.clock() - start,
        detail=output.detail,
        findings=tuple(sorted(output.findings, key=sort_key)),
        obstacles=output.obstacles,
        transcripts=output.transcripts,
    )


def _outcome(output: Output, acceptances: tuple[Acceptance, ...]) -> Outcome:
    if output.obstacles:
        return Outcome.UNFINISHED
    covered = {one.finding for one in accept.accepted(output.findings, acceptances)}
    blocks = any(
        finding.severity is Severity.ERROR and finding not in covered for finding in output.findings
    )
    return Outcome.BLOCKED if blocks else Outcome.PASSED


def is_interrupted(stage: StageResult) -> bool:
    """Tell whether the user stopped this stage."""
    return any(obstacle.kind is Kind.INTERRUPTED for obstacle in stage.obstacles)


def _verdict(
    case: Case, stages: tuple[StageResult, ...], acceptances: tuple[Acceptance, ...]
) -> Verdict:
    findings = _each_once(finding for stage in stages for finding in stage.findings)
    accepted = accept.accepted(findings, acceptances)
    covered = {one.finding for one in accepted}
    return Verdict(
        candidate=str(case.candidate),
        policy=str(case.policy.path),
        policy_sha256=case.policy.sha256,
        stages=stages,
        absent=ABSENT,
        findings=tuple(finding for finding in findings if finding not in covered),
        accepted=accepted,
        consumers=tuple(
            ConsumerUse(label=one.label, manifest=str(one.path), digest=one.digest)
            for one in case.manifests
        ),
        results=case.results,
    )


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=sort_key))
