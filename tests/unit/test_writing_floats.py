"""Floating-point numbers: any that a field can hold and the schema allows."""

from __future__ import annotations

import math
import struct
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from harness.writing import from_schema
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from harness.writing.growing.floats import number_of, numbers_between, rounded, value_of

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_FORMATS = {"f4": "<f", "f8": "<d"}


def grown(bench: Bench, kind: str, valid: str = "", many: int = 200) -> list[float]:
    """Return the values of a field in so many contents, none of which is missing."""
    rule = f", valid: {valid}" if valid else ""
    generator = Generator(bench.schema(f"seq: [{{id: x, type: {kind}{rule}}}]\n"))
    found = [generator.valid(RandomChoices(Random(number))) for number in range(many)]
    return [struct.unpack(_FORMATS[kind], data or b"")[0] for data in found]


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_values_are_of_all_kinds(bench: Bench, kind: str) -> None:
    """Whole ones, fractions, very large and very small ones, and now and then no number."""
    found = grown(bench, kind)
    finite = [value for value in found if math.isfinite(value)]
    assert len(set(finite)) > 50
    assert 0.0 in finite
    assert max(map(abs, finite)) > 1e30
    assert any(0 < abs(value) < 1e-30 for value in finite)
    assert any(math.isnan(value) for value in found)
    assert math.inf in found


@pytest.mark.parametrize(
    ("kind", "valid", "low", "high"),
    [
        ("f8", "{min: 47.2, max: 48.9}", 47.2, 48.9),
        ("f4", "{min: 0.1, max: 0.1000001}", 0.1, 0.1000001),
        ("f8", "{max: -3}", -math.inf, -3),
        ("f8", "{min: 1.0e300}", 1e300, math.inf),
    ],
)
def test_values_are_in_their_range(
    bench: Bench, kind: str, valid: str, low: float, high: float
) -> None:
    """However narrow, or far away."""
    found = grown(bench, kind, valid, 60)
    assert all(low <= value <= high for value in found)
    assert len(set(found)) > 4


def test_values_that_are_listed_are_taken(bench: Bench) -> None:
    """One of them, or the only one; an integer is a number, too."""
    assert set(grown(bench, "f8", "2.5", 10)) == {2.5}
    assert set(grown(bench, "f4", "{any-of: [0.25, 3]}", 30)) == {0.25, 3.0}


def test_values_may_have_to_be_in_order(bench: Bench) -> None:
    """What a rule compares a value with is near one that will do."""
    body = (
        "seq: [{id: a, type: f4}, {id: b, type: f4}, {id: c, type: f4}]\n"
        "-invariants: [{id: rising, check: a < b and b < c}]\n"
    )
    generator = Generator(bench.schema(body))
    assert None not in [generator.valid(RandomChoices(Random(n))) for n in range(40)]
    assert generator.health.rejected < 20


def test_the_simplest_value_is_zero(bench: Bench) -> None:
    """Hypothesis shrinks to it, or to the simplest in a range."""
    schema = bench.schema("seq: [{id: x, type: f8}]\n")
    assert find(from_schema(schema), lambda _: True) == struct.pack("<d", 0.0)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([4, 8]))
def test_numbers_are_in_the_order_of_values(value: float, width: int) -> None:
    """Each value of a width has a number, and its neighbours are beside it."""
    held = rounded(value, width)
    number = number_of(held, width)
    assert value_of(number, width) == held
    first, last = numbers_between(value, value, width)
    assert first >= last
    assert value_of(first, width) >= value or abs(value) > 3e38
    assert value_of(last, width) <= value or abs(value) > 3e38
