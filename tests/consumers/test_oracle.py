"""The oracle's table, cell by cell, and the words in which it speaks."""

from __future__ import annotations

from itertools import product

import pytest

from harness.consumers.model import Quirk
from harness.consumers.observation import How, Layer, Observation, Step, Verdict
from harness.findings.message import message
from harness.findings.model import Finding, Place, Severity, Span
from harness.findings.registry import RULES
from harness.oracle import Expectation, Validity, expect, judge
from harness.oracle.table import CRASH_CODES, TABLE, Outcome
from tests.consumers.observations import OVER_READ, crashed, observation

PLACE = Place("sensor.toml", 7)


def expectation(validity: Validity, **values: int | tuple[int, ...]) -> Expectation:
    """Content of 100 bytes of that validity."""
    return Expectation(
        file="a.bin",
        size=100,
        validity=validity,
        rules=("inputs-supplied",) if validity is Validity.OUT_OF_CONTRACT else (),
        codes=("I501", "S101") if validity is Validity.INVALID else (),
        values=values,
        place=PLACE,
    )


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Code and severity of each."""
    return [(finding.code, str(finding.severity)) for finding in findings]


def test_the_table_has_every_cell() -> None:
    """Each outcome that is no crash, with each validity."""
    outcomes = [outcome for outcome in Outcome if outcome is not Outcome.CRASHED]
    assert set(TABLE) == set(product(outcomes, Validity))
    assert set(CRASH_CODES) == set(How) - {How.FINISHED}


@pytest.mark.parametrize("validity", Validity)
@pytest.mark.parametrize(("how", "code"), CRASH_CODES.items())
def test_a_crash_is_an_error_whatever_the_content(validity: Validity, how: How, code: str) -> None:
    """Its code comes from how the run ended."""
    assert codes(judge(expectation(validity), [crashed(how)])) == [(code, "error")]


@pytest.mark.parametrize(
    ("verdict", "validity", "expected"),
    [
        (Verdict.ACCEPTED, Validity.VALID, []),
        (Verdict.ACCEPTED, Validity.OUT_OF_CONTRACT, [("D708", "warning")]),
        (Verdict.ACCEPTED, Validity.INVALID, [("D706", "error")]),
        (Verdict.ACCEPTED, Validity.UNJUDGED, [("D711", "note")]),
        (Verdict.REJECTED, Validity.VALID, [("D707", "error")]),
        (Verdict.REJECTED, Validity.OUT_OF_CONTRACT, []),
        (Verdict.REJECTED, Validity.INVALID, []),
        (Verdict.REJECTED, Validity.UNJUDGED, [("D711", "note")]),
        (Verdict.NONE, Validity.VALID, []),
        (Verdict.NONE, Validity.OUT_OF_CONTRACT, []),
        (Verdict.NONE, Validity.INVALID, []),
        (Verdict.NONE, Validity.UNJUDGED, [("D711", "note")]),
    ],
)
def test_each_verdict_meets_each_validity(
    verdict: Verdict, validity: Validity, expected: list[tuple[str, str]]
) -> None:
    """The cells of DESIGN's table, severities included."""
    assert codes(judge(expectation(validity), [observation(verdict)])) == expected


@pytest.mark.parametrize("validity", Validity)
def test_instability_is_an_error_whatever_the_content(validity: Validity) -> None:
    """Two runs that differ: next to what each of them is."""
    runs = [observation(Verdict.ACCEPTED), observation(Verdict.ACCEPTED, steps=())]
    assert ("D710", "error") in codes(judge(expectation(validity), runs))


def test_a_crash_out_of_contract_is_explained_by_the_rule() -> None:
    """The label that ties the proof to its cause."""
    (finding,) = judge(
        expectation(Validity.OUT_OF_CONTRACT), [crashed(How.SANITIZER, report=OVER_READ)]
    )
    assert (finding.rule, finding.source) == ("inputs-supplied", PLACE)
    assert message(finding) == (
        "explained by contract rule `inputs-supplied`: `reader 1.0`: invalid read of 8 bytes "
        "(heap-buffer-overflow) in `evaluate` (interpreter.c:210), at the first load"
    )


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (crashed(How.SIGNAL, "SIGSEGV"), "`reader 1.0` ended by SIGSEGV, at the first load"),
        (
            crashed(How.TIMEOUT, "2 seconds"),
            "`reader 1.0` did not come back, at the first load, expected an end within 2 seconds",
        ),
        (
            crashed(How.LIMIT, "memory-limit"),
            (
                "`reader 1.0` ran out of memory (memory-limit), at the first load, "
                "expected no more than `memory_mb` of its manifest"
            ),
        ),
        (
            crashed(How.VIOLATION, "socket (AF_INET)"),
            (
                "`reader 1.0` was stopped for socket (AF_INET), at the first load, "
                "expected nothing that reading content does not need"
            ),
        ),
        (
            observation(left=True),
            "`reader 1.0` left processes running, expected no process left behind",
        ),
    ],
)
def test_each_crash_has_its_words(seen: Observation, text: str) -> None:
    """One line that stands alone."""
    (finding,) = judge(expectation(Validity.VALID), [seen])
    assert message(finding) == text


def test_two_identical_runs_give_each_finding_once() -> None:
    """They saw the same."""
    runs = [crashed(How.SIGNAL, "SIGSEGV")] * 2
    assert len(judge(expectation(Validity.VALID), runs)) == 1


def test_one_of_two_runs_crashing_is_a_crash_and_no_difference() -> None:
    """SEMANTICS §8."""
    runs = [observation(), crashed(How.SIGNAL, "SIGSEGV")]
    assert codes(judge(expectation(Validity.VALID), runs)) == [("D701", "error")]


def test_consumed_bytes_are_the_size_of_the_file() -> None:
    """Without anybody naming them, where the consumer reports them."""
    step = Step(cycle=0, phase="load", result=0, values={"consumed_bytes": (99,)})
    (finding,) = judge(expectation(Validity.VALID), [observation(steps=(step,))])
    assert (finding.code, finding.rule) == ("D709", "consumed_bytes")
    assert message(finding) == (
        "`reader 1.0` reports 99 for `consumed_bytes` in the first load, expected 100 by the schema"
    )


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({0: (21,), 1: (21,)}, []),
        ({0: (21,), 1: (20,)}, ["criteria[1]"]),
        ({0: (21,)}, ["criteria[1]"]),
        ({0: (21,), 1: (21,), 2: (21,)}, ["criteria[2]"]),
        ({0: (20, 21), 1: (21,)}, ["criteria[0]"]),
        ({0: (21, 20), 1: (21,)}, ["criteria[0]"]),
        ({}, ["criteria[*]"]),
    ],
)
def test_indexed_values_are_compared_one_by_one(
    told: dict[int, tuple[int, ...]], names: list[str]
) -> None:
    """A wrong one, one too few, one too many, one that changes, and none at all."""
    step = Step(cycle=0, phase="load", result=0, indexed={"criteria": told})
    wanted = expectation(Validity.VALID, **{"criteria[*]": (21, 21)})
    found = judge(wanted, [observation(steps=(step,))])
    assert [(finding.code, finding.rule) for finding in found] == [("D709", n) for n in names]


def test_a_value_that_is_never_reported_differs() -> None:
    """A name in `[observe]` is a promise of the manifest."""
    (finding,) = judge(expectation(Validity.VALID, instances=4), [observation()])
    assert finding.actual == "`reader 1.0` never reports `instances`"


@pytest.mark.parametrize("validity", [Validity.INVALID, Validity.UNJUDGED])
def test_values_of_content_that_is_not_valid_are_not_compared(validity: Validity) -> None:
    """There is nothing right that they could be."""
    found = judge(expectation(validity, instances=4), [observation()])
    assert "D709" not in [finding.code for finding in found]


def cycle(number: int, result: int, **values: int) -> Step:
    """One consume, of the first load or the one after it."""
    told = {name: (value,) for name, value in values.items()}
    return Step(cycle=number, phase="consume", result=result, values=told)


@pytest.mark.parametrize(
    ("again", "text"),
    [
        (cycle(1, 0, n=1), ""),
        (cycle(1, 5, n=1), "tells 5 for the result of the load in the second load"),
        (cycle(1, 0, n=2), "tells 2 for `n` of the load in the second load"),
        (cycle(1, 0), "tells nothing for `n` of the load in the second load"),
    ],
)
def test_a_reload_that_differs_is_a_state_leak(again: Step, text: str) -> None:
    """Result and values of the second load are those of the first."""
    found = judge(expectation(Validity.VALID), [observation(steps=(cycle(0, 0, n=1), again))])
    assert [f.actual for f in found] == ([f"`reader 1.0` {text}"] if text else [])
    assert all(finding.code == "D710" for finding in found)


def test_a_missing_layer_is_a_note_with_its_reason() -> None:
    """Once, however many runs there were."""
    layer = Layer("landlock-scope", reached=False, detail="this kernel has none")
    runs = [observation(layers=(layer, Layer("limits", reached=True)))] * 2
    (finding,) = judge(expectation(Validity.VALID), runs)
    assert (finding.code, finding.severity) == ("T007", Severity.NOTE)
    assert "without layer `landlock-scope`: this kernel has none" in finding.actual


def quirk(outcome: str, content: str) -> Quirk:
    """A quirk of that cell."""
    return Quirk(
        id="known",
        outcome=outcome,  # type: ignore[arg-type]  # of parametrize
        content=content,  # type: ignore[arg-type]  # of parametrize
        reason="since 7.11",
        place=PLACE,
    )


@pytest.mark.parametrize(
    ("outcome", "content", "quiet"),
    [
        ("accepted", "out-of-contract", True),
        ("accepted", "invalid", False),
        ("rejected", "out-of-contract", False),
    ],
)
def test_a_quirk_silences_its_own_cell_only(outcome: str, content: str, *, quiet: bool) -> None:
    """The finding stays as a note that carries the reason."""
    (finding,) = judge(
        expectation(Validity.OUT_OF_CONTRACT), [observation()], quirks=[quirk(outcome, content)]
    )
    assert (finding.severity is Severity.NOTE) is quiet
    assert ("quirk `known`: since 7.11" in message(finding)) is quiet


def a_finding(code: str, severity: Severity = Severity.ERROR, rule: str = "") -> Finding:
    """One finding about the content."""
    return Finding(code=code, severity=severity, file="a.bin", span=Span(0, 1), rule=rule)


@pytest.mark.parametrize(
    ("found", "checked", "validity"),
    [
        ([], True, Validity.VALID),
        ([a_finding("I501", Severity.WARNING)], True, Validity.VALID),
        ([a_finding("K401", rule="x")], True, Validity.OUT_OF_CONTRACT),
        ([a_finding("K401", Severity.WARNING)], True, Validity.VALID),
        ([a_finding("K401"), a_finding("I501")], True, Validity.INVALID),
        ([a_finding("T002")], True, Validity.UNJUDGED),
        ([], False, Validity.UNJUDGED),
    ],
)
def test_findings_become_an_expectation(
    found: list[Finding], validity: Validity, *, checked: bool
) -> None:
    """Errors alone decide; a contract's errors apart from the schema's."""
    assert expect("a.bin", 1, found, {}, checked=checked).validity is validity


def test_an_expectation_names_what_was_broken() -> None:
    """Rules of the contract and codes of the schema, each once."""
    found = [a_finding("K401", rule="b"), a_finding("K401", rule="b"), a_finding("I501")]
    made = expect("a.bin", 1, found, {"n": 1}, place=PLACE)
    assert (made.rules, made.codes, made.values) == (("b",), ("I501",), {"n": 1})


def test_every_code_of_the_oracle_is_registered() -> None:
    """With the severity that the table of DESIGN gives it."""
    assert RULES["D708"].severity is Severity.WARNING
    assert RULES["D711"].severity is Severity.NOTE
    wanted = {cell.code for cell in TABLE.values() if cell.code} | set(CRASH_CODES.values())
    assert wanted <= RULES.keys()
