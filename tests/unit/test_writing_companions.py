"""Companions that are made: beside them, as much as possible of a schema can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from harness.reading import read
from harness.schema import Schema, load
from harness.schema.library import find
from harness.writing.companions import made_companions
from harness.writing.orders import Order
from harness.writing.production import Maker

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_RULES = "seq:\n  - {id: level, type: u1, valid: {max: 3}}\n  - {id: spare, size: level}\n"
_USER = (
    "meta: {id: user, endian: le, imports: [rules]}\n"
    "params:\n  - {id: rules, type: rules}\n"
    "seq:\n  - {id: kind, type: u1, enum: kind}\n"
    "  - {id: more, type: u2, if: rules.level == 1}\n"
    "enums:\n  kind: {0: none, 1: some}\n"
)


@dataclass(frozen=True)
class Pair:
    """A schema, and that of what it is read with."""

    user: Schema
    rules: Schema


@pytest.fixture
def pair(bench: Bench) -> Pair:
    """What is read depends on a number of the companion."""
    rules = bench.write("meta: {id: rules, endian: le}\n" + _RULES, "rules.ksy")
    user = bench.write(_USER, "user.ksy")
    return Pair(load(user, use_cache=False), load(rules, use_cache=False))


@pytest.mark.parametrize("seed", range(5))
def test_a_companion_leaves_nothing_out(pair: Pair, seed: int) -> None:
    """Of several, one is taken that lets a field be there, not the largest one."""
    made = made_companions(pair.user, {"rules": pair.rules}, {}, seed)
    assert read(pair.rules, made["rules"], file="").root.values[0] == 1


def test_what_is_given_is_not_made(pair: Pair) -> None:
    """Nothing is missing, so nothing is made."""
    given = {"rules": read(pair.rules, b"\x02ab", file="")}
    assert made_companions(pair.user, {}, given, 0) == {}


def test_a_companion_that_cannot_be_made_is_named(pair: Pair, bench: Bench) -> None:
    """By the parameter it is for."""
    never = bench.schema("seq:\n  - {id: one, type: u1}\n-invariants:\n  - {id: n, check: one < 0}")
    with pytest.raises(LookupError) as raised:
        made_companions(pair.user, {"rules": never}, {}, 0)
    assert raised.value.args == ("rules",)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rules_about_what_few_definitions_allow_are_broken(seed: int) -> None:
    """Empty patterns, by `harness generate` without `--with`: some field takes patterns."""
    order = Order(
        schema=load(find("channel_file")), seed=seed, breaking="pattern-not-empty", count=3
    )
    terms = order.terms(order.made_companions())
    (job,) = order.jobs(terms)
    batch = Maker(terms).batch(job)
    assert [purpose.codes for _, purpose in batch.made] == [("I501",)] * 3
