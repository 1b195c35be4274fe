"""Asking a tree: expressions and instances, read when the question needs them."""

from __future__ import annotations

import pytest

from harness.reading import Reader, Reading, demand, evaluate, unread
from harness.reading.stream import Stream
from harness.reading.tree import Missing, StructNode
from harness.schema import SchemaError, load
from tests.unit.bench import Bench

TEXT = """
    seq:
      - {id: n, type: u1, enum: kind}
      - {id: gone, type: u1, if: 'false'}
      - {id: parts, type: part, repeat: eos}
    instances:
      first: {pos: 0, type: u1}
      sum: {value: 'first + parts[1].a'}
      broken: {pos: 1, size: 99}
      after: {value: broken.length}
    types:
      part:
        seq: [{id: a, type: u1}]
        instances: {twice: {value: a * 2}}
    enums: {kind: {1: good}}
    """


@pytest.fixture
def reading(bench: Bench) -> Reading:
    """A small tree, read leniently."""
    schema = load(bench.write(TEXT), use_cache=False, lenient=True)
    return Reader(schema, lenient=True).read(b"\1\2\3", file="content")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n", 1),
        ("n == kind::good", True),
        ("parts.size", 2),
        ("parts[1].twice", 6),
        ("sum", 4),
        ("parts.last.a.to_s", "3"),
        ("1.5 + 1", 2.5),
        ("_io.size", 3),
    ],
)
def test_expressions_are_typed_and_evaluated(reading: Reading, text: str, value: object) -> None:
    """As they would be in the top type."""
    answer = evaluate(reading, text)
    assert answer.is_present
    assert (answer.value, answer.findings) == (value, ())


def test_structures_lists_and_streams_come_as_they_are(reading: Reading) -> None:
    """For those who look further into them."""
    part = evaluate(reading, "parts[0]").value
    assert isinstance(part, StructNode)
    assert demand(part, part.plan.names.index("twice")).value == 4
    assert isinstance(evaluate(reading, "_io").value, Stream)


def test_an_absent_value_is_told_from_a_lost_one(reading: Reading) -> None:
    """Of the first nothing is to be said; the second is explained once, where it is lost."""
    assert evaluate(reading, "gone").value is Missing.ABSENT
    lost = evaluate(reading, "after")
    assert lost.value is Missing.ABANDONED
    assert [(one.code, one.path) for one in lost.findings] == [("S101", "broken")]
    again = evaluate(reading, "broken")
    assert (again.value, again.findings) == (Missing.ABANDONED, ())


def test_what_a_question_finds_is_not_added_to_the_reading(reading: Reading) -> None:
    """A reading does not change by being asked."""
    assert evaluate(reading, "broken").findings
    assert reading.findings == ()


@pytest.mark.parametrize(("text", "code"), [("parts[9]", "B203"), ("1 / (n.to_i - 1)", "B207")])
def test_an_expression_that_goes_wrong_is_a_finding(reading: Reading, text: str, code: str) -> None:
    """Not an exception."""
    answer = evaluate(reading, text)
    assert answer.value is Missing.ABANDONED
    assert [one.code for one in answer.findings] == [code]


@pytest.mark.parametrize("text", ["nothing", "n +", "parts.nothing", "_start", ""])
def test_a_question_that_is_none_is_refused(reading: Reading, text: str) -> None:
    """By the mistakes in it."""
    with pytest.raises(SchemaError):
        evaluate(reading, text)


def test_a_strict_tree_can_be_asked_too(bench: Bench) -> None:
    """All of it has been read, so nothing new is found."""
    strict = bench.read(TEXT, "01 02 03")
    assert evaluate(strict, "sum").value == 4
    assert evaluate(strict, "broken").findings == ()
    assert unread(strict) == 0


def test_unread_instances_are_counted(reading: Reading) -> None:
    """Until something asks."""
    before = unread(reading)
    evaluate(reading, "sum")
    assert (before, unread(reading)) == (6, 4)
