"""The verdict on runs of one consumer on one content: expectation x observations -> findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.consumers.model import Quirk
from harness.consumers.observation import Observation
from harness.findings.model import Finding, Severity, sort_key
from harness.findings.registry import RULES
from harness.oracle import compare, words
from harness.oracle.expectation import Expectation, Validity
from harness.oracle.table import OUTCOME_OF_CODE, TABLE, Outcome, crash_code, outcome


def judge(
    expectation: Expectation,
    observations: Sequence[Observation],
    *,
    quirks: Sequence[Quirk] = (),
) -> tuple[Finding, ...]:
    """Judge one run, or several identical runs, of one consumer on one content.

    Args:
        expectation: what schema and contract say of the content.
        observations: of the runs.
        quirks: of the consumer's manifest: their findings become notes with the quirk's reason.

    Returns:
        What is wrong (`D7xx`) and which layers of isolation were missing (`T007`), each once, in
        the order of all output.
    """
    found = [
        *(finding for seen in observations for finding in _of_run(expectation, seen)),
        *_instability(expectation, observations),
        *(finding for seen in observations for finding in _isolation(expectation, seen)),
    ]
    quiet = (_with_quirk(finding, expectation, quirks) for finding in dict.fromkeys(found))
    return tuple(sorted(quiet, key=sort_key))


def _of_run(expectation: Expectation, observation: Observation) -> Iterator[Finding]:
    row = outcome(observation)
    if row is Outcome.CRASHED:
        yield _crash(expectation, observation)
        return
    cell = TABLE[row, expectation.validity]
    if cell.code:
        wanted, rule = _wanted(expectation)
        yield _finding(cell.code, expectation, wanted, words.of_verdict(observation), rule=rule)
    if cell.compares:
        for difference in compare.values(expectation, observation):
            yield _of_difference("D709", expectation, difference)


def _crash(expectation: Expectation, observation: Observation) -> Finding:
    wanted, actual = words.of_crash(observation)
    finding = _finding(crash_code(observation), expectation, wanted, actual)
    if expectation.validity is not Validity.OUT_OF_CONTRACT:
        return finding
    named = " and ".join(f"`{rule}`" for rule in expectation.rules)
    reason = f"explained by contract rule {named}"
    return msgspec.structs.replace(finding, rule=_joined(expectation.rules), reason=reason)


def _wanted(expectation: Expectation) -> tuple[str, str]:
    """What a consumer should have said of the content, and the contract rules behind that."""
    match expectation.validity:
        case Validity.VALID:
            return "acceptance, since it is valid and in contract", ""
        case Validity.OUT_OF_CONTRACT:
            rules = _joined(expectation.rules)
            return f"a rejection, since it breaks contract rule `{rules}`", rules
        case Validity.INVALID:
            return f"a rejection, since it breaks {', '.join(expectation.codes)}", ""
        case Validity.UNJUDGED:
            return "content that schema and contract can be applied to", ""


def _instability(
    expectation: Expectation, observations: Sequence[Observation]
) -> Iterator[Finding]:
    for observation in observations:
        if observation.survived:
            for difference in compare.reloads(observation):
                yield _of_difference("D710", expectation, difference)
    for difference in compare.repetitions(observations):
        yield _of_difference("D710", expectation, difference)


def _isolation(expectation: Expectation, observation: Observation) -> Iterator[Finding]:
    for layer in observation.missing:
        actual = f"`{observation.consumer}` ran without layer `{layer.name}`: {layer.detail}"
        yield _finding("T007", expectation, "every layer of isolation", actual)


def _of_difference(code: str, expectation: Expectation, difference: compare.Difference) -> Finding:
    return _finding(code, expectation, difference.expected, difference.actual, rule=difference.name)


def _finding(
    code: str, expectation: Expectation, wanted: str, actual: str, *, rule: str = ""
) -> Finding:
    return Finding(
        code=code,
        severity=RULES[code].severity,
        file=expectation.file,
        rule=rule,
        expected=wanted,
        actual=actual,
        source=expectation.place,
    )


def _with_quirk(finding: Finding, expectation: Expectation, quirks: Sequence[Quirk]) -> Finding:
    row = OUTCOME_OF_CODE.get(finding.code)
    for quirk in quirks:
        if quirk.outcome == row and quirk.content == expectation.validity:
            reason = f"quirk `{quirk.id}`: {quirk.reason}"
            return msgspec.structs.replace(finding, severity=Severity.NOTE, reason=reason)
    return finding


def _joined(rules: Sequence[str]) -> str:
    return ", ".join(rules)
