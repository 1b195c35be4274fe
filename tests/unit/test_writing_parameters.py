"""Top-level parameters that nothing gives: writing leaves them as absent as reading does."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import Phase, find, settings

from harness.reading import read
from harness.writing import construct_of, from_schema, with_companions
from harness.writing.breaking.breaker import Breaker
from harness.writing.breaking.targets import Target
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from harness.writing.orders import Order

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_UNASKED = "params: [{id: p, type: u1}]\nseq: [{id: a, type: u1}]\n"
_SOMETIMES = (
    "params: [{id: p, type: u1}]\n"
    "seq: [{id: a, type: u1}, {id: b, type: u1, if: a >= 128 and p == 2}]\n"
)
_ALWAYS = "params: [{id: p, type: u1}]\nseq: [{id: a, size: p}]\n"
_FIRST = settings(database=None, deadline=None, phases=[Phase.generate])


def test_what_nothing_asks_for_need_not_be_there(bench: Bench) -> None:
    """Contents are grown, broken, built and drawn."""
    schema = bench.schema(_UNASKED)
    assert Generator(schema).valid(RandomChoices(Random(0))) is not None
    broken = Breaker(Generator(schema)).broken(Target("S109"), RandomChoices(Random(0)))
    assert broken is not None
    content = construct_of(schema).parse(b"\x03")
    assert construct_of(schema).build(content) == b"\x03"
    assert find(from_schema(schema), bool, settings=_FIRST)
    assert find(with_companions(schema, {}), bool, settings=_FIRST).companions == {}


def test_what_few_contents_ask_for_is_in_none(bench: Bench) -> None:
    """The reader finds that it is absent (S117), so they are made in vain."""
    schema = bench.schema(_SOMETIMES)
    generator = Generator(schema)
    made = [generator.valid(RandomChoices(Random(number))) for number in range(40)]
    assert {len(one) == 1 and one[0] < 128 for one in made if one is not None} == {True}
    assert made.count(None) < 10  # all attempts at one may have come to ask for it
    assert generator.health.codes.keys() == {"S117"}
    assert {found.code for found in read(schema, b"\x80\x02", file="").findings} == {"S117"}


def test_what_every_content_asks_for_leaves_none(bench: Bench) -> None:
    """No content can be made, and nothing ends with an error."""
    schema = bench.schema(_ALWAYS)
    assert Generator(schema).valid(RandomChoices(Random(0))) is None
    order = Order(schema=schema, boundaries=True)
    assert order.made_companions() == {}
    assert order.jobs(order.terms({})) == ()
