"""Moving and lengthening: contents in which something stands elsewhere, or is longer."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.reading import Reading, read
from harness.schema import load
from harness.schema.library import find
from harness.writing.breaking.breaker import Breaker
from harness.writing.breaking.moving import Mover
from harness.writing.breaking.targets import Target, targets_of
from harness.writing.breaking.trying import Kit
from harness.writing.changing.build import Builder
from harness.writing.changing.lengthening import lengthened
from harness.writing.changing.places import unread_of
from harness.writing.changing.spots import spots_of
from harness.writing.choices import RandomChoices
from harness.writing.drafting.values import values_of
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.schema import Schema
    from tests.unit.bench import Bench

_SEED = 3
# two texts, each reached by an offset, which should be even, and in order
_PLACED = """
seq:
  - {id: one, type: u1}
  - {id: two, type: u1}
-layout: {gaps: zero}
-invariants:
  - {id: aligned, check: one % 2 == 0}
  - {id: in-order, check: one < two}
instances:
  first: {pos: one, type: strz}
  second: {pos: two, type: strz}
"""


def broken(schema: Schema, target: Target) -> set[str]:
    """Return what a content raises that was to break a target."""
    found = Breaker(Generator(schema)).broken(target, RandomChoices(Random(_SEED)))
    assert found is not None
    return codes(read(schema, found.data, file=""))


def codes(reading: Reading) -> set[str]:
    """Return what is found in a content: the ids of rules, else codes."""
    return {finding.rule or finding.code for finding in reading.findings}


@pytest.mark.parametrize("rule", ["aligned", "in-order"])
def test_offsets_follow_what_is_moved(bench: Bench, rule: str) -> None:
    """In each content that is made, both offsets lead to the text that they led to before."""
    schema = bench.schema(_PLACED)
    data = b"\x02\x06abc\0def\0"
    generator = Generator(schema)
    target = Target("I501", rule)
    reading = read(schema, data, file="")
    choices = RandomChoices(Random(_SEED))
    mover = Mover(reading, data, generator.facts, choices, Kit(generator).clues(target))
    made = [read(schema, moved, file="") for _, moved in mover.contents(target)]
    texts = [(values_of(one)["first"], values_of(one)["second"]) for one in made]
    assert set(texts) == {("abc", "def")}
    assert {rule} in [codes(one) for one in made]


@pytest.mark.parametrize("rule", ["aligned", "in-order"])
def test_what_stands_elsewhere_breaks_just_that(bench: Bench, rule: str) -> None:
    """Moving the text, with its offset, leaves all else as it was."""
    assert broken(bench.schema(_PLACED), Target("I501", rule)) == {rule}


def test_a_list_gets_longer_with_those_that_follow_it(bench: Bench) -> None:
    """A list that has an item for each item of another grows with it."""
    schema = bench.schema(
        "seq:\n  - {id: count, type: u1}\n"
        "  - {id: sizes, type: u1, repeat: expr, repeat-expr: count}\n"
        "  - {id: texts, size: 'sizes[_index]', repeat: expr, repeat-expr: sizes.size}\n"
    )
    reading = read(schema, b"\x02\x01\x02abb", file="")
    spot = next(spot for spot in spots_of(reading) if spot.field.id == "texts")
    built = Builder(schema).build(lengthened(reading, spot, 4, 0))
    assert built == b"\x04\x01\x02\x01\x01abbaa"


def test_a_list_gets_longer_though_an_item_has_no_key(bench: Bench) -> None:
    """A content that ends within an item is made longer by the keys that are there."""
    schema = bench.schema(
        "seq:\n  - {id: items, type: item, repeat: expr, repeat-expr: 2, -sorted-by: _.key}\n"
        "types:\n  item:\n    seq: [{id: mark, type: u1}, {id: key, type: u1}]\n"
    )
    reading = read(schema, bytes.fromhex("01 07 02"), file="")
    spot = next(spot for spot in spots_of(reading) if spot.field.id == "items")
    made = lengthened(reading, spot, 4)["items"]
    assert made == [{"mark": 1, "key": 7}, {"mark": 2}, {"mark": 1, "key": 8}, {"mark": 2}]


def test_a_list_goes_on_longer_than_a_rule_allows(bench: Bench) -> None:
    """Where an item ends a list, more items are put in that do not end it."""
    schema = bench.schema(
        "seq:\n  - {id: count, type: number}\n"
        "  - {id: items, type: u1, repeat: expr, repeat-expr: count.value}\n"
        "types:\n  number:\n"
        "    seq: [{id: groups, type: group, repeat: until, repeat-until: not _.more}]\n"
        "    instances: {value: {value: 'groups[groups.size - 1].v + (groups.size >= 2 ? "
        "groups[groups.size - 2].v << 7 : 0)'}}\n"
        "    -invariants:\n"
        "      - {id: at-most-three, check: groups.size <= 3}\n"
        "      - {id: minimal, check: 'groups.size == 1 or groups[0].v != 0'}\n"
        "  group:\n    seq: [{id: b, type: u1}]\n"
        "    instances: {more: {value: (b & 0x80) != 0}, v: {value: b & 0x7f}}\n"
    )
    target = next(one for one in targets_of(schema) if one.rule == "at-most-three")
    assert broken(schema, target) == {"at-most-three"}


def test_padding_and_ended_texts_follow_what_is_longer(bench: Bench) -> None:
    """Another item of a list of texts changes the size, and with it the padding."""
    schema = bench.schema(
        "seq:\n  - {id: size, type: u1}\n  - {id: names, type: names, size: size}\n"
        "  - {id: padding, size: (4 - (size + 1) % 4) % 4, -padding: zero}\n"
        "types:\n  names:\n    seq:\n"
        "      - {id: items, type: str, terminator: 0x7c, eos-error: false, repeat: eos}\n"
    )
    reading = read(schema, b"\x03a|b", file="")
    assert not reading.findings
    values = values_of(reading)
    values["names"]["items"].append("cde")
    assert Builder(schema).build(values) == b"\x07a|b|cde"
    values["names"]["items"].append("f")
    assert Builder(schema).build(values) == b"\x09a|b|cde|f\0\0"


def test_values_that_do_not_fill_a_region_are_not_dropped(bench: Bench) -> None:
    """What is built is read as the values that were given, whatever the size was."""
    schema = bench.schema(
        "seq:\n  - {id: size, type: u1}\n  - {id: body, type: body, size: size}\n"
        "types:\n  body:\n    seq:\n      - {id: items, type: u1, repeat: eos}\n"
    )
    for items in ([1], [1, 2], [1, 2, 3]):
        built = Builder(schema).build({"size": 2, "body": {"items": items}})
        assert values_of(read(schema, built, file=""))["body"]["items"] == items


def test_a_text_that_is_longer_holds_no_other(bench: Bench) -> None:
    """What stood behind it still stands behind it, and is not looked for in it."""
    schema = bench.schema(
        "seq:\n  - {id: one, type: u1}\n  - {id: two, type: u1}\ninstances:\n"
        "  first: {pos: one, type: strz, -overlap: allow}\n"
        "  second: {pos: two, type: strz, -overlap: allow}\n"
    )
    values = values_of(read(schema, b"\x02\x04a\0b\0", file=""))
    values["first"] = "aaaaaa"
    again = values_of(read(schema, Builder(schema).build(values), file=""))
    assert (again["first"], again["second"]) == ("aaaaaa", "b")


def test_unread_bytes_are_known(bench: Bench) -> None:
    """Gaps, and what stands behind the last value of a region or of the file."""
    schema = bench.schema(
        "seq:\n  - {id: at, type: u1}\n  - {id: body, type: body, size: 3}\n"
        "instances:\n  one: {pos: at, type: u1}\n"
        "types:\n  body:\n    seq:\n      - {id: one, type: u1}\n"
    )
    reading = read(schema, b"\x06abcdefg", file="")
    assert sorted(unread_of(reading)) == [(2, 4), (4, 6), (7, 8)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # the whole content is too long, by one text
        (
            (
                "seq:\n  - {id: size, type: u2}\n  - {id: text, size: size}\n"
                "  - {id: end, type: u1}\n-invariants:\n  - {id: short, check: _io.size <= 300}\n"
            ),
            "short",
        ),
        # two numbers of a list, which anything else would leave with a gap
        (
            (
                "seq:\n  - {id: at, type: u1, repeat: expr, repeat-expr: 2}\ninstances:\n"
                "  one: {pos: 'at[0]', size: 2}\n  two: {pos: 'at[1]', size: 2}\n"
                "-invariants:\n  - {id: rising, check: 'at[0] < at[1]'}\n"
            ),
            "rising",
        ),
        # one item of a list of texts
        (
            (
                "seq:\n  - {id: names, type: strz, repeat: eos}\n-invariants:\n"
                "  - {id: brief, check: names.all(_.length <= 31)}\n"
            ),
            "brief",
        ),
        # a number that one remainder forbids but for few
        (
            (
                "seq:\n  - {id: time, type: s4, valid: {expr: _ % 86400 == 0}}\n"
                "  - {id: other, type: u1}\n-invariants:\n  - {id: later, check: time >= 0}\n"
            ),
            "later",
        ),
        # what stands at the end of a region, once more
        (
            (
                "seq:\n  - {id: size, type: u1}\n  - {id: body, type: body, size: size}\n"
                "-invariants:\n  - {id: ended, check: 'last == [9]'}\n"
                "instances:\n  last: {pos: size, size: 1, -overlap: allow, if: size > 0}\n"
                "types:\n  body:\n    seq:\n"
                "      - {id: items, type: u1, repeat: until, repeat-until: _ == 9}\n"
            ),
            "S110",
        ),
    ],
)
def test_what_takes_more_than_one_value_is_broken_alone(bench: Bench, text: str, name: str) -> None:
    """Each needs a change that keeps something else as it must be."""
    schema = bench.schema(text)
    target = next(target for target in targets_of(schema) if str(target) == name)
    assert broken(schema, target) == {name}


def test_an_edge_of_a_known_format_is_reached() -> None:
    """An entry with one string too many, each of which has its offset."""
    schema = load(find("terminfo"))
    assert broken(schema, Target("I501", "known-strings")) == {"known-strings"}


def test_much_that_could_be_moved_is_not_all_moved(bench: Bench) -> None:
    """Of hundreds of offsets, some are chosen; no more is put together than is asked for."""
    schema = bench.schema(
        "seq:\n  - {id: items, type: item, repeat: expr, repeat-expr: 300}\n-invariants:\n"
        "  - {id: rising, check: 'items.all(e, i: i == 0 or items[i - 1].at < e.at)'}\n"
        "types:\n  item:\n    seq:\n      - {id: at, type: u2}\n    instances:\n"
        "      text: {pos: at, size: 1}\n"
    )
    places = range(600, 900)
    data = b"".join(place.to_bytes(2, "little") for place in places) + bytes(300)
    reading = read(schema, data, file="")
    assert not reading.findings
    generator, target = Generator(schema), Target("I501", "rising")
    clues = Kit(generator).clues(target)
    mover = Mover(reading, data, generator.facts, RandomChoices(Random(_SEED)), clues)
    assert len(list(mover.contents(target))) < 200
