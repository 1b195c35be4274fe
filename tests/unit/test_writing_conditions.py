"""Values that satisfy what `valid` and rules say of them without luck."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.reading import read
from harness.schema import load
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.reading import Reading
    from harness.schema import Schema
    from tests.unit.bench import Bench


def found_with(schema: Schema, companions: Mapping[str, Reading] | None = None) -> tuple[int, int]:
    """Return how many of 60 contents differ, and how many drafts were given up for them."""
    generator = Generator(schema, companions)
    found = [generator.valid(RandomChoices(Random(number))) for number in range(60)]
    assert None not in found
    return len(set(found)), generator.health.rejected + generator.health.invalid


@pytest.mark.parametrize(
    ("condition", "least"),
    [
        ("_ == a", 40),
        ("a == _", 40),
        ("(a ^ _) == 0xffff", 40),
        ("_ + a == 0x10000 or _ == 0", 40),
        ("_ == a and _ != 7", 40),
        ("_ >= 50000 and _ <= 50010", 40),
    ],
)
def test_a_condition_of_a_value_is_solved_as_a_rule_is(
    bench: Bench, condition: str, least: int
) -> None:
    """What it must equal follows; what it is compared with is tried."""
    body = f"seq: [{{id: a, type: u2}}, {{id: b, type: u2, valid: {{expr: {condition}}}}}]\n"
    differing, in_vain = found_with(bench.schema(body))
    assert differing > least
    assert in_vain < 6


def test_a_rule_that_mixes_two_numbers_is_solved(bench: Bench) -> None:
    """One is the complement of the other, in whichever order."""
    body = (
        "seq: [{id: a, type: u2}, {id: b, type: u2}]\n"
        "-invariants: [{id: complement, check: 0xffff == (b ^ a)}]\n"
    )
    differing, in_vain = found_with(bench.schema(body))
    assert differing > 40
    assert in_vain == 0


@pytest.mark.parametrize("kind", ["u2", "f8"])
def test_a_value_in_a_narrow_range_that_a_condition_tells(bench: Bench, kind: str) -> None:
    """It is found beside the bounds."""
    body = f"seq: [{{id: x, type: {kind}, valid: {{expr: _ > 1000 and _ < 1010}}}}]\n"
    differing, in_vain = found_with(bench.schema(body))
    assert differing > 1
    assert in_vain < 20


def test_a_number_of_a_companion_is_taken_over(bench: Bench) -> None:
    """It is the only one there can be."""
    rules = load(
        bench.write("meta: {id: rules, endian: le}\nseq: [{id: level, type: u2}]", "rules.ksy")
    )
    user = bench.write(
        "meta: {id: user, endian: le, imports: [rules]}\nparams: [{id: rules, type: rules}]\n"
        "seq: [{id: level, type: u2, valid: {expr: _ == rules.level}}, {id: more, type: u1}]\n",
        "user.ksy",
    )
    companions = {"rules": read(rules, b"\x39\x30", file="rules")}
    differing, in_vain = found_with(load(user, use_cache=False), companions)
    assert differing > 10
    assert in_vain == 0


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("type: strz", '_.substring(0, 1) == "/"'),
        ("type: str, size: 8, pad-right: 0", '"ab" == _.substring(2, 4)'),
        ("type: strz", "_.to_i >= 100"),
        ("type: str, size: 4", "_.to_i >= 100 and _.to_i < 2000"),
        ("type: strz", "_.to_i(8) > 64"),
    ],
)
def test_a_text_of_which_a_condition_tells_something(
    bench: Bench, text: str, condition: str
) -> None:
    """A part of it is there, or the number that is read from it."""
    value = f"{{id: x, {text}, encoding: ASCII, valid: {{expr: '{condition}'}}}}"
    differing, in_vain = found_with(bench.schema(f"seq: [{value}]\n"))
    assert differing > 10
    assert in_vain < 30


def test_a_rule_tells_a_part_of_a_text(bench: Bench) -> None:
    """It begins as another field says."""
    body = (
        "seq: [{id: mark, type: str, size: 1}, {id: path, type: strz}]\n"
        "-invariants: [{id: begins, check: 'path.length > 0 and path.substring(0, 1) == mark'}]\n"
    )
    differing, in_vain = found_with(bench.schema(body))
    assert differing > 30
    assert in_vain < 10
