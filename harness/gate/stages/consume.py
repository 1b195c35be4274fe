"""Stage `consume`: every consumer, isolated, does with the candidate what it must."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path

from harness.consumers.checks import switched_off
from harness.consumers.isolation import StoppedError
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
_LATE = "T009"


# Beyond it a name is no hint at the format, and the file of a command could not have it.
_LONGEST_SUFFIX_BYTES = 32


def check(case: Case) -> Output:
    """Run each consumer on the candidate; one that cannot be run does not spare the others."""
    manifests = case.policy.consumers
    outputs = [attempt(partial(_check_one, path=path), case) for path in manifests]
    if case.is_late and not any(_is_late(output) for output in outputs):
        outputs.append(_late(case, "the time for the gate ran out"))
    return joined(outputs)


def _check_one(case: Case, path: Path) -> Output:
    manifest = case.manifest(path)
    if case.is_late:
        return _late(case, f"the time for the gate ran out before `{manifest.label}` was run")
    try:
        consumer = prepare(manifest, environment=case.environment)
        observations = _observations(case, consumer)
    except ConsumerError as error:
        return Output(
            detail=error.summary,
            findings=(error.finding(str(case.candidate)),),
            transcripts=(Transcript(error.summary, error.detail),) if error.detail else (),
        )
    judged = Output(
        detail=f"{manifest.label} ({len(observations)} run{'' if len(observations) == 1 else 's'})",
        findings=(
            *judge(_expectation(case, path), observations, quirks=manifest.quirks),
            *switched_off(consumer, str(case.candidate)),
        ),
        transcripts=_reports(observations),
    )
    if len(observations) == _RUNS:
        return judged
    # what the runs that were made have shown stands, whatever the others would have
    number = len(observations) + 1
    said = (
        f"the time for the gate ran out in run {number} of {_RUNS} of `{manifest.label}`, "
        f"each of which may take {manifest.timeout_seconds:g} s"
    )
    return joined([*([judged] if observations else []), _late(case, said)])


def _expectation(case: Case, path: Path) -> Expectation:
    """What schema and contract say of the candidate to this consumer."""
    result, manifest = case.contract_result(path), case.manifest(path)
    reading = case.tree(path)
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
    """The runs that there was time for; the one that time ran out in is broken off."""
    content, observations = case.content(), list[Observation]()
    suffix = case.candidate.suffix
    if len(os.fsencode(suffix)) > _LONGEST_SUFFIX_BYTES:
        suffix = ""
    with suppress(StoppedError):
        while len(observations) < _RUNS and not case.is_late:
            seen = run(consumer, content, suffix=suffix, stop=lambda: case.is_late)
            observations.append(seen)
    return observations


def _is_late(output: Output) -> bool:
    return any(finding.code == _LATE for finding in output.findings)


def _late(case: Case, said: str) -> Output:
    finding = Finding(
        code=_LATE,
        severity=RULES[_LATE].severity,
        file=str(case.candidate),
        expected=f"all of it within {case.policy.budget.seconds:g} s",
        actual=said,
        source=case.policy.budget_place,
    )
    return Output(detail="out of time", findings=(finding,))
