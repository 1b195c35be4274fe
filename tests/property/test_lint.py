"""What lint concludes of a schema holds for every content, and costs what the schema costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.reading import Reader, Reading
from harness.reading.tree import ListNode, pre_order
from harness.schema import Schema
from harness.schema.lint import lint
from harness.schema.linting.values import Values
from tests.property.repeatable import DEEP, QUICK
from tests.property.schema_texts import schemas
from tests.property.test_hostile_pairs import contents, loaded
from tests.property.test_hostile_schemas import headed, mutated

ARITHMETIC = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
LONG = settings(DEEP, max_examples=1000)
SHORT = settings(QUICK, max_examples=20)
NAMES = ("a", "b", "c", "d", "0", "1", "3", "255", "-1", "xs.size")


def integers(atoms: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Expressions of integers, most with choices whose conditions speak of their parts."""
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(ARITHMETIC), inner).map(
                "({0[0]} {0[1]} {0[2]})".format
            ),
            st.tuples(inner, st.sampled_from(COMPARISONS), inner).map(
                "({0[0]} {0[1]} {0[2]} ? {0[0]} : 1)".format
            ),
            st.tuples(inner, inner, inner, inner).map(
                "({0[0]} > {0[1]} and not {0[1]} == {0[2]} or {0[2]} < 3 ? {0[3]} : 0)".format
            ),
            st.tuples(inner, st.sampled_from(COMPARISONS), inner).map(
                "({0[0]} {0[1]} {0[2]} ? {0[0]} - {0[2]} : 1)".format
            ),
            inner.map("(-{})".format),
            inner.map("(~{})".format),
        ),
        max_leaves=5,
    )


several = st.lists(integers(NAMES), min_size=8, max_size=8)
octets = st.one_of(st.integers(0, 4), st.integers(0, 255), st.sampled_from((127, 128, 255)))
short = st.lists(st.lists(octets, min_size=6, max_size=9).map(bytes), min_size=4, max_size=8)


def numbers(reading: Reading) -> Iterator[tuple[str, str, int]]:
    """Yield type, field and value of each integer that was read or computed."""
    for node in pre_order(reading.root):
        for field, value in zip(node.plan.fields, node.values, strict=True):
            values = value.items if isinstance(value, ListNode) else [value]
            for one in values:
                if isinstance(one, int) and not isinstance(one, bool):
                    yield node.plan.type.name, field.id, one


def hold(schema: Schema, data: list[bytes]) -> None:
    """Read contents; raise if a value is outside the range that lint has for its field."""
    reader, every, valid = Reader(schema), Values(schema, in_valid=False), None
    for content in data:
        reading = reader.read(content, file="x")
        if valid is None:
            valid = Values(schema, in_valid=True)
        for owner, field, value in numbers(reading):
            low, high = every.field(owner, field)
            assert low <= value <= high
            if not reading.findings:
                low, high = valid.field(owner, field)
                assert low <= value <= high


@QUICK
@given(texts=several, data=short)
def test_computed_values_are_in_their_range(texts: list[str], data: list[bytes]) -> None:
    """Operators, choices and what a condition tells of its own parts."""
    _check_computed(texts, data)


@pytest.mark.deep
@LONG
@given(texts=several, data=short)
def test_many_computed_values_are_in_their_range(texts: list[str], data: list[bytes]) -> None:
    """The same, many more."""
    _check_computed(texts, data)


def _check_computed(texts: list[str], data: list[bytes]) -> None:
    lines = [
        "meta: {id: m, endian: le}",
        "seq:",
        "  - {id: a, type: u1}",
        "  - {id: b, type: s1}",
        "  - {id: c, type: u2}",
        "  - {id: d, type: u1, valid: {min: 3, max: 90}}",
        "  - {id: xs, type: u1, repeat: eos}",
        "instances:",
    ]
    for number, text in enumerate(texts):
        condition = ("a > 3", "b < 9", "a > b and c != d", "not (d == 3)")[number % 4]
        lines.append(f"  i{number}: {{value: '{text}', if: {condition}}}")
    schema = loaded(lines)
    assume(schema is not None)
    assert schema is not None
    hold(schema, data)


@SHORT
@given(lines=schemas(), data=st.lists(contents, min_size=1, max_size=4))
def test_values_of_random_schemas_are_in_their_range(lines: list[str], data: list[bytes]) -> None:
    """Types, parameters, enums and `valid` that nobody has thought about."""
    schema = loaded(lines)
    assume(schema is not None)
    assert schema is not None
    hold(schema, data)


@pytest.mark.deep
@LONG
@given(lines=schemas(), data=st.lists(contents, min_size=1, max_size=4))
def test_many_values_of_random_schemas_are_in_range(lines: list[str], data: list[bytes]) -> None:
    """The same, many more."""
    schema = loaded(lines)
    assume(schema is not None)
    assert schema is not None
    hold(schema, data)


@SHORT
@given(text=st.one_of(mutated(), headed, schemas().map("\n".join)))
def test_lint_gives_findings_with_places(text: str) -> None:
    """Whatever the schema; each finding is at a line that the file has."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.ksy"
        path.write_text(text, encoding="utf-8")
        lines = path.read_bytes().count(b"\n") + 1
        for found in lint(path):
            assert found.source is not None
            assert 1 <= found.source.line <= lines or found.source.file != str(path)
            assert found.source.column >= 1
