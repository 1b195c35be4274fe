"""Overlays: rules and observed values laid over a schema from outside."""

from __future__ import annotations

import pytest

from harness.findings.model import Place, Severity
from harness.reading import Reader, Reading, observed
from harness.schema import SchemaError
from harness.schema.overlay import Observe, Overlay, OverlayRule
from tests.unit.bench import Bench, place, span

SCHEMA = """
seq:
  - {id: count, type: u1}
  - {id: rows, type: row, repeat: expr, repeat-expr: count}
  - {id: tail, type: u1}
types:
  row: {seq: [{id: x, type: u1}, {id: cells, type: u1, repeat: expr, repeat-expr: 2}]}
"""
CONTENT = "02 010203 040506 07"
MANIFEST = Place("consumer.toml", 12, 9)


def rule(at: str, check: str, when: str = "") -> Overlay:
    """Return an overlay of one rule."""
    one = OverlayRule(
        id="rule", at=at, check=check, when=when, place=MANIFEST, message="why",
        severity=Severity.WARNING,
    )  # fmt: skip
    return Overlay(name="consumer", rules=(one,))


def observing(name: str, expression: str) -> Overlay:
    """Return an overlay of one observation."""
    entry = Observe(name=name, expression=expression, place=MANIFEST)
    return Overlay(name="consumer", observe=(entry,))


def read(bench: Bench, overlay: Overlay) -> Reading:
    """Read `CONTENT` under an overlay."""
    return bench.read(SCHEMA, CONTENT, overlays=[overlay])


@pytest.mark.parametrize(
    ("at", "check", "paths"),
    [
        ("row", "x == 1", ["rows[1]"]),
        ("row", "cells.all(_ < 5)", ["rows[1].cells[0]", "rows[1].cells[1]"]),
        ("sample", "tail == 0", [""]),
        ("sample", "rows.size == 2", []),
        ("sample::row", "x == 4", ["rows[0]"]),
        ("tail", "_ == 0", ["tail"]),
        ("tail", "_ == count + 5", []),
        ("rows[*]", "x == 1", ["rows[1]"]),
        ("rows[1]", "_index == 1 and x == 1", ["rows[1]"]),
        ("rows[*].x", "_ == 1", ["rows[1].x"]),
        ("rows[*].cells[*]", "_ != 5", ["rows[1].cells[0]"]),
        ("rows[0].cells[1]", "_ == 0", ["rows[0].cells[1]"]),
        ("rows[9].x", "_ == 0", []),
        ("rows[*].cells[*]", "_ >= _index + 2", []),
    ],
)
def test_rules_at_types_and_paths(bench: Bench, at: str, check: str, paths: list[str]) -> None:
    """A rule holds for each structure of a type, or for what a path leads to."""
    found = read(bench, rule(at, check)).findings
    assert [(finding.code, finding.path) for finding in found] == [("K401", p) for p in paths]


def test_a_broken_rule_tells_where_it_is_written(bench: Bench) -> None:
    """The finding has the rule's id, severity, message and place, and the node's bytes."""
    (finding,) = read(bench, rule("rows[*].x", "_ < 4")).findings
    assert (finding.rule, finding.severity, finding.reason) == ("rule", Severity.WARNING, "why")
    assert (finding.source, span(finding)) == (MANIFEST, (4, 5))
    assert (finding.actual, finding.expected) == ("`_` is 4", "expected < 4")


def test_a_rule_with_a_condition(bench: Bench) -> None:
    """`when` says where the rule applies."""
    assert read(bench, rule("row", "x == 0", when="x == 1")).findings[0].path == "rows[0]"


def test_a_rule_over_an_absent_value_is_silent(bench: Bench) -> None:
    """What is not there breaks no contract."""
    schema = "seq: [{id: n, type: u1}, {id: a, type: u1, if: n == 1}]"
    assert bench.read(schema, "00", overlays=[rule("a", "_ == 0")]).findings == ()
    assert bench.read(schema, "00", overlays=[rule("sample", "a == 0")]).findings == ()


@pytest.mark.parametrize(
    ("at", "check", "code", "column"),
    [
        ("nothing", "true", "Q905", 9),
        ("rows.x", "true", "Q905", 9),
        ("tail[*]", "true", "Q905", 9),
        ("rows[*].nothing", "true", "Q905", 9),
        ("rows[-1]", "true", "Q905", 9),
        ("tail.x", "true", "Q905", 9),
        ("row", "nothing == 1", "Q905", 9),
        ("row", "x + nothing == 1", "Q905", 13),
        ("row", "x", "Q906", 9),
        ("row", "x ==", "Q904", 13),
        ("tail", "_ == 'a'", "Q906", 11),
    ],
)
def test_mistakes_point_into_the_manifest(
    bench: Bench, at: str, check: str, code: str, column: int
) -> None:
    """A rule that does not fit the schema is refused in the overlay's own file."""
    with pytest.raises(SchemaError) as caught:
        read(bench, rule(at, check))
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, place(finding)) == (code, "consumer.toml", (12, column))


@pytest.mark.parametrize(
    ("name", "expression", "expected"),
    [
        ("count", "rows.size", {"count": 2}),
        ("sum", "rows.sum(_.x)", {"sum": 5}),
        ("is_long", "count > 1", {"is_long": 1}),
        ("end", "tail._end", {"end": 8}),
        ("x[*]", "rows[_index].x", {"x": (1, 4)}),
        ("beyond", "rows[5].x", {}),
        ("fault", "1 / (count - 2)", {}),
    ],
)
def test_observed_values(
    bench: Bench, name: str, expression: str, expected: dict[str, object]
) -> None:
    """An observation is a number, or a list that an index beyond the end closes."""
    assert observed(read(bench, Overlay(name="none")), observing(name, expression)) == expected


@pytest.mark.parametrize(("expression", "code"), [("nothing", "Q905"), ("rows", "Q906")])
def test_mistakes_in_observations(bench: Bench, expression: str, code: str) -> None:
    """An observation is an integer, and its names are the schema's."""
    with pytest.raises(SchemaError) as caught:
        observed(read(bench, Overlay(name="none")), observing("a", expression))
    (finding,) = caught.value.findings
    assert (finding.code, finding.source) == (code, MANIFEST)


def test_rules_of_several_overlays(bench: Bench) -> None:
    """Each overlay adds its own findings."""
    overlays = [rule("row", "x == 1"), rule("tail", "_ == 0")]
    found = bench.read(SCHEMA, CONTENT, overlays=overlays).findings
    assert [finding.path for finding in found] == ["rows[1]", "tail"]


def test_a_rule_that_cannot_be_evaluated_is_not_kept(bench: Bench) -> None:
    """It breaks the contract, and leaves the content as valid as it is."""
    reading = read(bench, rule("row", "1 / (x - 1) >= 0"))
    assert [(one.code, one.path) for one in reading.findings] == [("K401", "rows[0]")]


def test_a_rule_at_a_path_into_a_companion_is_said_of_the_content(bench: Bench) -> None:
    """The companion was read long before; what a contract says of it belongs to this content."""
    text = "meta: {id: other}\nseq: [{id: a, type: u1}]\n"
    bench.write(text, "other.ksy")
    schema = bench.schema(
        "meta: {id: sample, imports: [other]}\nparams: [{id: other, type: other}]\n"
        "seq: [{id: b, type: u1}]\n"
    )
    companion = Reader(bench.schema(text)).read(b"\x01", file="other", prefix="other:")
    reader = Reader(schema, [rule("other.a", "_ > 1")])
    reading = reader.read(b"\x02", file="content", companions={"other": companion})
    (finding,) = reading.findings
    assert (finding.code, finding.file, finding.path) == ("K401", "other", "other:a")
