"""Looking: the very values that a rule is decided by, and contents in which it applies."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.reading import read
from harness.reading.reader import Reader
from harness.reading.tree import Location, path_of
from harness.writing.breaking.bases import Bases
from harness.writing.breaking.clues import clues_of
from harness.writing.breaking.looking import Looker, Sight
from harness.writing.breaking.preparing import Preparer
from harness.writing.breaking.targets import Target
from harness.writing.breaking.trying import Kit
from harness.writing.changing.items import recounted
from harness.writing.changing.octets import unended
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_RULE = Target("I501", "rule")
_ALIKE = (
    "seq:\n  - {id: index, type: u1}\n  - {id: first, type: one}\n"
    "  - {id: rest, type: one, repeat: expr, repeat-expr: 4}\n"
    '-invariants:\n  - {id: rule, check: "CHECK"}\n'
    "types:\n  one:\n    seq:\n      - {id: number, type: u1}\n"
    "    instances:\n      twice: {value: number * 2}\n"
)


def sights(bench: Bench, text: str, content: bytes) -> list[Sight]:
    """Return what decides the rule of a schema in a content."""
    schema = bench.schema(text)
    reader = Reader(schema)
    reading = reader.read(content, file="")
    looker, clues = Looker(reader.book), clues_of(schema, _RULE)
    return list(looker.sights(reading, clues, RandomChoices(Random(0))))


@pytest.mark.parametrize(
    ("check", "places"),
    [
        ("first.number < 9", {"first.number"}),
        ("first.twice < 9", {"first.number"}),
        ("rest[index].number < 9", {"index", "rest[2].number"}),
        ("rest[3].number + first.number < 9", {"first.number", "rest[3].number"}),
    ],
)
def test_a_rule_is_followed_to_the_values_it_looks_at(
    bench: Bench, check: str, places: set[str]
) -> None:
    """Not to others of their type, and through what is computed."""
    (sight,) = sights(bench, _ALIKE.replace("CHECK", check), bytes((2, 1, 2, 3, 4, 5)))
    assert {path_of(place) for place in sight.places} == places


def test_what_the_parts_of_a_rule_come_to_is_known(bench: Bench) -> None:
    """They are what a value is likely to be compared with."""
    text = _ALIKE.replace("CHECK", "first.twice <= rest[1].number * 30")
    (sight,) = sights(bench, text, bytes((0, 7, 2, 3, 4, 5)))
    assert {14, 3, 90} <= set(sight.numbers)


def test_where_the_condition_holds_is_looked_at(bench: Bench) -> None:
    """Structures that a rule does not apply to are left alone, if it applies to any."""
    text = (
        "seq:\n  - {id: items, type: item, repeat: eos}\n"
        "types:\n  item:\n    seq: [{id: kind, type: u1}, {id: number, type: u1}]\n"
        "    -invariants:\n      - {id: rule, when: kind == 1, check: number < 9}\n"
    )
    (sight,) = sights(bench, text, bytes((0, 1, 1, 2)))
    assert {path_of(place) for place in sight.places} == {"items[1].kind", "items[1].number"}


def test_contents_are_prepared_so_that_a_rule_applies(bench: Bench) -> None:
    """Where it applies in none of those known, one value is changed, and they stay valid."""
    schema = bench.schema(
        "seq:\n  - {id: link, type: u1, valid: {any-of: [0, 200]}}\n  - {id: low, type: u1}\n"
        "  - {id: high, type: u1}\n  - {id: rest, contents: abc}\n"
        "-invariants:\n  - {id: rule, when: link != 0, check: low <= high}\n"
    )
    kit = Kit(Generator(schema))
    bases = Bases(kit.generator, [b"\x00\x03\x04abc"])
    found = Preparer(kit, bases, _RULE).applying([-1])
    contents = {base.data for number in found if (base := bases[number])}
    assert contents == {b"\xc8\x03\x04abc"}


def test_an_item_is_taken_out_with_its_count(bench: Bench) -> None:
    """Or put in twice, wherever the count stands."""
    schema = bench.schema(
        "seq:\n  - {id: count, type: u1}\n  - {id: name, size: 2}\n"
        "  - {id: items, type: u1, repeat: expr, repeat-expr: count - 1}\n"
    )
    data = b"\x03ab\x07\x08"
    root = read(schema, data, file="").root
    names = root.plan.names
    place, count = (Location(root, names.index(name)) for name in ("items", "count"))
    edits = recounted(place, [count], data, RandomChoices(Random(0)))
    out, twice = {b"\x02ab\x08", b"\x02ab\x07"}, {b"\x04ab\x07\x07\x08", b"\x04ab\x07\x08\x08"}
    assert {edit.apply(data) for edit in edits} == out | twice


def test_a_text_is_moved_to_where_nothing_ends_it(bench: Bench) -> None:
    """What leads to it and the last bytes of what it is read from are changed together."""
    schema = bench.schema(
        "seq:\n  - {id: at, type: u1}\n  - {id: pool, size: 5}\n"
        "instances:\n  text: {pos: at + 1, type: strz, encoding: ASCII}\n"
    )
    data = b"\x01ab\0c\0"
    root = read(schema, data, file="").root
    text, at = (Location(root, root.plan.names.index(name)) for name in ("text", "at"))
    found = {edit.apply(data) for edit in unended(text, [at], data)}
    assert found == {b"\x04ab\0cx", b"\x01axxxx"}
    assert not any(edit.is_one for edit in unended(text, [at], data))
