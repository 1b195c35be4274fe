"""Varying: valid contents with other values, where none can be grown."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import find as find_one
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.reading import read
from harness.schema import load
from harness.schema.library import find
from harness.writing import from_schema
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from harness.writing.orders import Order
from harness.writing.production import Maker

if TYPE_CHECKING:
    from harness.schema import Schema
    from tests.unit.bench import Bench

# no expression of the rule can be solved, and few numbers keep it
_KNOWN_ONLY = (
    "-invariants: [{id: odd, check: (number * 7919 ^ number >> 3) % 99_991 == 4711}]\n"
    "seq:\n  - {id: number, type: u4}\n  - {id: level, type: u2}\n"
    "  - {id: text, type: strz, encoding: ASCII}\n"
)


def keeps_the_rule(number: int) -> bool:
    """Whether a number is one of the few."""
    return (number * 7919 ^ number >> 3) % 99_991 == 4711


SEED = next(n for n in range(1 << 20) if keeps_the_rule(n)).to_bytes(4, "little") + b"\1\0ab\0"


@pytest.fixture
def schema(bench: Bench) -> Schema:
    """A schema that no content can be grown of."""
    return bench.schema(_KNOWN_ONLY)


def made(generator: Generator, count: int) -> list[bytes | None]:
    """Make some contents."""
    return [generator.valid(RandomChoices(Random(number))) for number in range(count)]


def test_without_known_contents_there_are_none(schema: Schema) -> None:
    """Nothing comes of what can neither be grown nor varied."""
    generator = Generator(schema)
    assert made(generator, 1) == [None]
    assert not generator.is_varying


def test_known_contents_are_varied(schema: Schema) -> None:
    """What keeps the rule stays, the rest has other values, and all of it is valid."""
    found = made(Generator(schema, seeds=(SEED,)), 30)
    contents = {data for data in found if data is not None}
    assert len(contents) > 10
    assert {data[:4] for data in contents} == {SEED[:4]}
    assert len({len(data) for data in contents}) > 2
    assert all(read(schema, data, file="").findings == () for data in contents)


def test_the_same_seeds_are_varied_alike(schema: Schema) -> None:
    """How far another run came does not matter."""
    assert made(Generator(schema, seeds=(SEED,)), 9)[5:] == [
        Generator(schema, seeds=(SEED,)).valid(RandomChoices(Random(number)))
        for number in range(5, 9)
    ]


def test_what_is_not_valid_is_not_varied(schema: Schema) -> None:
    """A seed with a finding is left out."""
    assert made(Generator(schema, seeds=(b"\0\0\0\0\1\0ab\0",)), 1) == [None]


def test_what_can_be_grown_is_not_varied() -> None:
    """There is a corpus of zones, too, but it is not needed."""
    assert not Generator(load(find("tzif"))).is_varying


@pytest.mark.parametrize("name", ["maxmind_db", "yara_compiled", "yara_compiled_3"])
def test_known_schemas_have_contents_that_can_be_varied(name: str) -> None:
    """The corpus is used without being asked for, and each file says so."""
    order = Order(schema=load(find(name)), count=3)
    terms = order.terms({})
    batch = Maker(terms).batch(order.jobs(terms)[0])
    assert [purpose.is_varied for _, purpose in batch.made] == [True] * 3
    assert all(read(order.schema, data, file="").findings == () for data, _ in batch.made)


def test_strategies_vary_the_seeds_they_are_given(schema: Schema) -> None:
    """As the command does."""

    @settings(max_examples=10, database=None, deadline=None)
    @given(from_schema(schema, seeds=(SEED,)))
    def check(data: bytes) -> None:
        assert data[:4] == SEED[:4]

    check()


def test_seeds_of_which_none_is_valid_are_refused(schema: Schema) -> None:
    """With the reason for each, by its number; nothing else is made instead."""
    seeds = (SEED[:4], bytes(4) + SEED[4:], SEED + bytes(1 << 15))
    with pytest.raises(ValueError, match="no seed is a valid content of `sample`") as raised:
        from_schema(schema, seeds=seeds)
    said = str(raised.value)
    assert "seeds[0]: S101" in said
    assert "seeds[1]: I501 odd" in said
    assert "seeds[2]: larger than 32,768 bytes" in said


def test_seeds_of_which_one_is_valid_will_do(schema: Schema) -> None:
    """The others are left out."""
    generator = Generator(schema, seeds=(SEED[:4], SEED))
    assert generator.is_varying
    assert list(generator.refused_seeds) == [0]


def test_seeds_are_not_varied_beside_values_of_own_choice(schema: Schema) -> None:
    """Contents with such values are grown, so seeds would be ignored."""
    with pytest.raises(ValueError, match="not both"):
        from_schema(schema, seeds=(SEED,), level=st.just(1))


def test_seeds_are_what_is_broken(schema: Schema) -> None:
    """Where none can be grown, as when contents are to be valid."""
    broken = from_schema(schema, seeds=(SEED,), breaking="odd")
    data = find_one(broken, lambda _: True, settings=settings(database=None))
    assert [finding.rule for finding in read(schema, data, file="").findings] == ["odd"]


def test_changes_that_do_not_go_together_are_taken_back(bench: Bench) -> None:
    """Each of two numbers can only be changed with the other; others are, all the same."""
    numbers = "".join(f"  - {{id: n{number}, type: u2}}\n" for number in range(6))
    body = f"-invariants: [{{id: alike, check: one == two * 3 and two == 7}}]\nseq:\n{numbers}"
    body += "  - {id: one, type: u4}\n  - {id: two, type: u4}\n"
    alike = bench.schema(body)
    seed = bytes(12) + (21).to_bytes(4, "little") + (7).to_bytes(4, "little")
    found = [data for data in made(Generator(alike, seeds=(seed,)), 40) if data is not None]
    assert {data[12:] for data in found} == {seed[12:]}
    assert len({data[:12] for data in found}) > 20
