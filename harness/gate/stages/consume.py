"""Stage `consume`: every consumer, isolated, does with the candidate what it must."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from harness.consumers.observation import Observation
from harness.consumers.run import Consumer, ConsumerError, prepare, run
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.gate.case import Case
from harness.gate.stage import Output, attempt, joined
from harness.gate.verdict import Transcript
from harness.oracle import Expectation, expect, judge
from harness.reading import observed

# Two, so that a consumer which does not do the same twice is found out.
_RUNS = 2


class _BudgetSpentError(Exception):
    """The time of the gate is over."""


def check(case: Case) -> Output:
    """Run each consumer on the candidate; one that cannot be run does not spare the others."""
    manifests = case.policy.consumers
    outputs = [attempt(partial(_check_one, path=path), case) for path in manifests]
    if case.clock() >= case.deadline:
        outputs.append(_late(case))
    return joined(outputs)


def _check_one(case: Case, path: Path) -> Output:
    manifest = case.manifest(path)
    try:
        _refuse_late(case)
        consumer = prepare(manifest, environment=case.environment)
        observations = _observations(case, consumer)
    except ConsumerError as error:
        return Output(
            detail=error.summary,
            findings=(error.finding(str(case.candidate)),),
            transcripts=(Transcript(error.summary, error.detail),) if error.detail else (),
        )
    except _BudgetSpentError:
        return _late(case)
    findings = judge(_expectation(case, path), observations, quirks=manifest.quirks)
    said = f"{manifest.label} ({len(observations)} runs)"
    return Output(detail=said, findings=findings, transcripts=_reports(observations))


def _expectation(case: Case, path: Path) -> Expectation:
    """What schema and contract say of the candidate to this consumer."""
    result, manifest = case.contract_result(path), case.manifest(path)
    reading = result.reading
    values = observed(reading, manifest.overlay) if reading is not None else {}
    return expect(
        result.file,
        result.size,
        result.findings,
        values,
        checked=result.checked,
        place=manifest.place,
    )


def _reports(observations: list[Observation]) -> tuple[Transcript, ...]:
    """The sanitizer's words of the first run that has any: the runs are alike."""
    for seen in observations:
        if seen.report is not None and seen.report.text:
            return (Transcript(f"{seen.consumer}, {seen.where}", seen.report.text),)
    return ()


def _observations(case: Case, consumer: Consumer) -> list[Observation]:
    content, observations = case.content(), []
    for _ in range(_RUNS):
        _refuse_late(case)
        observations.append(run(consumer, content))
    return observations


def _refuse_late(case: Case) -> None:
    if case.clock() >= case.deadline:
        raise _BudgetSpentError


def _late(case: Case) -> Output:
    finding = Finding(
        code="T009",
        severity=RULES["T009"].severity,
        file=str(case.candidate),
        expected=f"all of it within {case.policy.budget.seconds:g} s",
        actual="the time for the gate ran out",
        source=case.policy.budget_place,
    )
    return Output(detail="out of time", findings=(finding,))
