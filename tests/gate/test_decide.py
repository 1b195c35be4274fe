"""The gate runs every stage, whatever the others found, and each of them can close it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import pytest

from harness.consumers.isolation import Stop
from harness.consumers.observation import Observation
from harness.consumers.run import Consumer, run
from harness.gate import stage
from harness.gate.case import Case
from harness.gate.policy import load
from harness.gate.run import STAGES, decide
from harness.gate.stages import consume, lint
from harness.gate.verdict import Kind, Outcome, Verdict
from tests.cli.box_files import GOOD, Boxes

_TODAY = dt.date(2026, 1, 15)


def _case(boxes: Boxes, candidate: str, clock: Callable[[], float] = lambda: 0.0) -> Case:
    return Case(
        boxes.folder / candidate,
        load(boxes.folder / "gate.toml"),
        companions={},
        environment=boxes.environment(),
        clock=clock,
    )


def _decide(boxes: Boxes, candidate: str = "valid.box") -> Verdict:
    return decide(_case(boxes, candidate), _TODAY)


def _outcomes(verdict: Verdict) -> dict[str, Outcome]:
    return {one.name: one.outcome for one in verdict.stages}


def _codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def test_a_good_candidate_passes_all_stages(boxes: Boxes) -> None:
    """Every stage that exists was run, in order; those that do not are named."""
    verdict = _decide(boxes)
    assert verdict.is_pass
    assert list(_outcomes(verdict)) == ["schema", "validate", "contracts", "consume"]
    assert verdict.absent == ("delta", "coverage", "neighbours", "replay", "evidence")
    assert [one.label for one in verdict.consumers] == ["good 1.0"]


def test_an_invalid_candidate_still_meets_the_consumers(boxes: Boxes) -> None:
    """One finding does not hide the next stage's."""
    boxes.write_consumer("bad", "return 0;")
    boxes.write_policy("good", "bad")
    verdict = _decide(boxes, "invalid.box")
    assert not verdict.is_pass
    assert _outcomes(verdict) == {
        "schema": Outcome.PASSED,
        "validate": Outcome.BLOCKED,
        "contracts": Outcome.PASSED,
        "consume": Outcome.BLOCKED,
    }
    assert _codes(verdict) == {"S101", "D706"}


def test_a_broken_contract_blocks(boxes: Boxes) -> None:
    """Valid by the schema, too much for this consumer."""
    text = (boxes.folder / "good.toml").read_text()
    rule = '[[contract]]\nid = "small"\nat = "box"\ncheck = "size < 3"\n'
    boxes.write("good.toml", text + rule)
    verdict = _decide(boxes)
    assert _outcomes(verdict)["validate"] is Outcome.PASSED
    assert _outcomes(verdict)["contracts"] is Outcome.BLOCKED
    assert "K401" in _codes(verdict)


def test_a_consumer_that_crashes_blocks_and_its_report_is_kept(boxes: Boxes) -> None:
    """The sanitizer's own words are evidence."""
    boxes.write_consumer("bad", "return data[size];")
    boxes.write_policy("good", "bad")
    verdict = _decide(boxes)
    assert _codes(verdict) == {"D702"}
    [transcript] = verdict.stages[-1].transcripts
    assert "AddressSanitizer" in transcript.text


def test_a_consumer_that_is_not_built_does_not_spare_the_others(boxes: Boxes) -> None:
    """All consumers are asked, and the compiler's words are kept."""
    boxes.write_consumer("broken", "return no_such_name;")
    boxes.write_consumer("bad", "return data[size];")
    boxes.write_policy("broken", "bad")
    verdict = _decide(boxes)
    assert _codes(verdict) == {"T005", "D702"}
    assert "no_such_name" in verdict.stages[-1].transcripts[0].text


def test_a_schema_with_mistakes_blocks_every_stage_that_needs_it(boxes: Boxes) -> None:
    """No stage passes for want of a schema."""
    boxes.write("box.ksy", "meta: {id: box, endian: le}\nseq:\n  - {id: size, typ: u1}\n")
    verdict = _decide(boxes)
    assert Outcome.PASSED not in _outcomes(verdict).values()
    assert "Q902" in _codes(verdict)


@pytest.mark.parametrize("name", list(STAGES))
def test_an_exception_in_a_stage_blocks_and_the_others_run(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Fail closed: a bug of the tool is never a pass."""

    def broken(_: Case) -> stage.Output:
        raise ZeroDivisionError("surprise")

    stages = {**STAGES, name: broken}
    monkeypatch.setattr("harness.gate.run.STAGES", stages)
    verdict = _decide(boxes)
    assert not verdict.is_pass
    assert {one for one, end in _outcomes(verdict).items() if end is Outcome.UNFINISHED} == {name}
    [obstacle] = next(one for one in verdict.stages if one.name == name).obstacles
    assert obstacle.kind is Kind.FAILED
    assert obstacle.message == "ZeroDivisionError: surprise"
    assert "Traceback" in obstacle.trace


def test_an_interrupt_ends_the_gate_closed(boxes: Boxes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found before stays; what was not reached has not passed."""

    def interrupted(_: Case) -> stage.Output:
        raise KeyboardInterrupt

    stages = {"schema": lint.check, "validate": interrupted, "consume": lint.check}
    monkeypatch.setattr("harness.gate.run.STAGES", stages)
    verdict = _decide(boxes)
    assert _outcomes(verdict) == {
        "schema": Outcome.PASSED,
        "validate": Outcome.UNFINISHED,
        "consume": Outcome.UNFINISHED,
    }


def test_running_out_of_time_is_a_finding(boxes: Boxes) -> None:
    """Runs that were not made prove nothing."""
    boxes.write_policy("good", more="[budget]\nseconds = 5\n")
    ticks = itertools.count(step=3)
    verdict = decide(_case(boxes, "valid.box", lambda: float(next(ticks))), _TODAY)
    assert "T009" in _codes(verdict)
    assert not verdict.is_pass


def test_time_that_runs_out_in_the_last_run_is_a_finding_too(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound holds for the whole gate."""
    boxes.write_policy("good", more="[budget]\nseconds = 5\n")
    runs: list[Observation] = []

    def counted(consumer: Consumer, content: bytes, *, suffix: str, stop: Stop) -> Observation:
        runs.append(run(consumer, content, suffix=suffix, stop=stop))
        return runs[-1]

    monkeypatch.setattr(consume, "run", counted)
    verdict = decide(_case(boxes, "valid.box", lambda: 9.0 if len(runs) == 2 else 0.0), _TODAY)
    assert len(runs) == 2
    assert _codes(verdict) == {"T009"}


def test_a_run_is_broken_off_when_the_time_is_over(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consumer that hangs for a minute does not make the gate late by a minute."""
    boxes.write_consumer("slow", "for (;;) { }", "timeout_seconds = 600")
    boxes.write_policy("slow", more="[budget]\nseconds = 5\n")
    starts: list[str] = []

    def started(consumer: Consumer, content: bytes, *, suffix: str, stop: Stop) -> Observation:
        starts.append(suffix)
        return run(consumer, content, suffix=suffix, stop=stop)

    monkeypatch.setattr(consume, "run", started)
    verdict = decide(_case(boxes, "valid.box", lambda: 9.0 if starts else 0.0), _TODAY)
    [finding] = verdict.findings
    assert finding.code == "T009"
    assert finding.actual == (
        "the time for the gate ran out in run 1 of 2 of `slow 1.0`, each of which may take 600 s"
    )
    assert starts == [".box"]


def test_what_was_seen_before_time_ran_out_is_kept(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the first run is no less one because there was no second."""
    boxes.write_consumer("bad", "return data[size];")
    boxes.write_policy("bad", more="[budget]\nseconds = 5\n")
    runs: list[Observation] = []

    def counted(consumer: Consumer, content: bytes, *, suffix: str, stop: Stop) -> Observation:
        runs.append(run(consumer, content, suffix=suffix, stop=stop))
        return runs[-1]

    monkeypatch.setattr(consume, "run", counted)
    verdict = decide(_case(boxes, "valid.box", lambda: 9.0 if runs else 0.0), _TODAY)
    assert len(runs) == 1
    assert _codes(verdict) == {"D702", "T009"}


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("-fno-sanitize=all", ["built with `-fno-sanitize=all`", "built without AddressSanitizer"]),
        ("-fno-sanitize=shift", ["built with `-fno-sanitize=shift`"]),
        ("-fno-sanitize=object-size", []),
    ],
)
def test_sanitizers_that_are_switched_off_are_named(
    boxes: Boxes, flag: str, said: list[str]
) -> None:
    """The verdict stays; what it rests on is less, and that is said."""
    text = (boxes.folder / "good.toml").read_text()
    boxes.write("good.toml", text.replace('"good.c"]', f'"good.c"], cflags = ["{flag}"]'))
    verdict = _decide(boxes)
    found = [one.actual for one in verdict.findings if one.code == "T013"]
    assert found == [f"`good 1.0` was {one}" for one in said]
    assert verdict.is_pass


@pytest.mark.parametrize(("most", "is_pass"), [(4, True), (3, False)])
def test_a_candidate_may_be_too_large(
    boxes: Boxes,
    most: int,
    is_pass: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """The policy says how large it may be."""
    boxes.write_policy("good", more=f"[budget]\nmax_bytes = {most}\n")
    verdict = _decide(boxes)
    assert verdict.is_pass is is_pass
    assert ("T001" in _codes(verdict)) is not is_pass


_ACCEPT = '[[accept]]\ncode = "S109"\nreason = "old tool"\nexpires = {}\n'


def test_an_accepted_finding_does_not_block_and_is_shown(boxes: Boxes) -> None:
    """Until the last day of the acceptance, which is included."""
    boxes.write_consumer("lenient", "return 0;")
    more = _ACCEPT.format(_TODAY) + _ACCEPT.format(_TODAY).replace("S109", "D706")
    boxes.write_policy("lenient", more=more)
    verdict = _decide(boxes, "trailing.box")
    assert verdict.is_pass
    assert {one.finding.code for one in verdict.accepted} == {"S109", "D706"}
    assert verdict.findings == ()


def test_an_expired_acceptance_blocks_by_itself(boxes: Boxes) -> None:
    """Also when what it accepted is gone, so that policies are kept clean."""
    boxes.write_policy("good", more=_ACCEPT.format(_TODAY - dt.timedelta(days=1)))
    verdict = _decide(boxes)
    assert _codes(verdict) == {"T010"}
    assert verdict.findings[0].source is not None
    assert verdict.findings[0].source.line == 4


@pytest.mark.parametrize(
    ("path", "is_accepted"), [("", True), ("other", False), ("items[*].value", False)]
)
def test_an_acceptance_with_a_path_is_for_that_path(
    boxes: Boxes,
    path: str,
    is_accepted: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """And for no other."""
    boxes.write_policy("good", more=f'{_ACCEPT.format(_TODAY)}path = "{path}"\n')
    assert _decide(boxes, "trailing.box").is_pass is is_accepted


def test_a_consumer_of_another_format_is_refused(boxes: Boxes) -> None:
    """A contract on other content would hold for any file."""
    text = (boxes.folder / "good.toml").read_text()
    boxes.write("good.toml", text.replace("box.ksy", "tzif"))
    [contracts] = [one for one in _decide(boxes).stages if one.name == "contracts"]
    assert contracts.outcome is Outcome.UNFINISHED
    assert contracts.obstacles[0].kind is Kind.REFUSED


def test_a_companion_that_differs_from_the_consumers_own_is_said(boxes: Boxes) -> None:
    """The consumer is judged by its own."""
    boxes.write_consumer("reader", GOOD.replace("size - 1", "2"))
    text = (boxes.folder / "reader.toml").read_text().replace("box.ksy", "list.ksy")
    boxes.write("reader.toml", text.replace("[run]", 'companions = {limits = "low.bin"}\n[run]'))
    boxes.write_policy("reader", more='with = {limits = "limits.bin"}\n')
    policy = (boxes.folder / "gate.toml").read_text().replace("box.ksy", "list.ksy")
    boxes.write("gate.toml", policy)
    verdict = _decide(boxes, "two.list")
    assert _outcomes(verdict)["validate"] is Outcome.PASSED
    assert {"K402", "B201"} <= _codes(verdict)


def test_a_candidate_that_changes_meanwhile_is_not_run(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was judged must be what is consumed."""

    def changing(case: Case) -> stage.Output:
        case.plain_result()
        boxes.write("valid.box", "\x01a")
        return stage.Output(detail="")

    monkeypatch.setattr("harness.gate.run.STAGES", {**STAGES, "contracts": changing})
    verdict = _decide(boxes)
    assert not verdict.is_pass
    [obstacle] = verdict.stages[-1].obstacles
    assert "changed while the gate ran" in obstacle.message
