"""Growing: what a rule rejects is decided anew, and easier in the end."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_TEXT = (
    "types:\n"
    "  text:\n"
    "    seq:\n      - {id: offset, type: u4}\n"
    "    instances:\n      value: {pos: offset, type: strz, encoding: ASCII}\n"
)
_LOWER_CASE = (
    "-invariants: [{id: lower-case, check: name.value.all(_ > 0x60)}]\n"
    "seq:\n  - {id: name, type: text}\n" + _TEXT
)
_ASCENDING = (
    "-invariants:\n"
    "  - {id: rising, check: 'names.all(name, i: i == 0 or names[i - 1].value < name.value)'}\n"
    "seq:\n  - {id: names, type: text, repeat: expr, repeat-expr: 6}\n" + _TEXT
)
_NAMES = (
    "seq:\n"
    "  - {id: names, type: name, repeat: expr, repeat-expr: 3, -unique-by: _.text}\n"
    "  - {id: uses, type: use, repeat: expr, repeat-expr: 4}\n"
    "types:\n"
    "  name:\n    seq:\n      - {id: text, type: strz, encoding: ASCII}\n"
    "  use:\n    seq:\n      - id: name\n        type: strz\n        encoding: ASCII\n"
    "        -refers-to: {table: _root.names, by: _.text%s}\n"
)


def in_vain(bench: Bench, body: str) -> int:
    """Return how many drafts were given up for 40 contents."""
    generator = Generator(bench.schema(body))
    found = [generator.valid(RandomChoices(Random(number))) for number in range(40)]
    assert None not in found
    return generator.health.rejected + generator.health.invalid


def test_what_a_rule_above_rejects_is_decided_anew(bench: Bench) -> None:
    """A text that no rule of its own type looks at, but one of the structure around it."""
    assert in_vain(bench, _LOWER_CASE) == 0


def test_texts_in_order_need_no_luck(bench: Bench) -> None:
    """A text is made to follow the one before where others were rejected."""
    assert in_vain(bench, _ASCENDING) < 4


def test_texts_that_refer_to_an_item_need_no_luck(bench: Bench) -> None:
    """One of the texts of the table is taken."""
    assert in_vain(bench, _NAMES % "") == 0


def test_texts_refer_where_they_must(bench: Bench) -> None:
    """Where an empty text stands for none, some are empty, and the others refer."""
    assert in_vain(bench, _NAMES % ", when: _ != ''") < 4


def test_easy_decisions_are_small() -> None:
    """Most integers are next to zero, most texts and octets have hardly any."""
    choices = RandomChoices(Random(1), is_easy=True)
    assert sum(choices.integer(-100, 1 << 30) < 3 for _ in range(100)) > 70
    assert sum(len(choices.letters(0, 1000)) < 4 for _ in range(100)) > 80
    assert sum(len(choices.some_octets(0, 1000)) < 4 for _ in range(100)) > 80


@pytest.mark.parametrize(
    "body",
    [
        (
            "seq:\n  - {id: size, type: u1}\n  - {id: pad, size: size, -padding: zero}\n"
            "  - {id: number, type: u2, -align: 4}\n"
        ),
        (
            "seq:\n  - {id: count, type: u1}\n"
            "  - {id: items, type: u1, repeat: expr, repeat-expr: count}\n"
            "  - {id: mark, size: 3}\n  - {id: number, type: u2, -align: 4}\n"
        ),
        (
            "-layout: {gaps: zero}\nseq:\n  - {id: at, type: u1}\n"
            "instances:\n  one: {pos: at, type: one}\n"
            "types:\n  one:\n    seq:\n      - {id: number, type: u2, -align: 8}\n"
        ),
        (
            "-layout: {gaps: zero}\nseq:\n  - {id: at, type: u1}\n  - {id: size, type: u1}\n"
            "  - {id: pad, size: size, -padding: zero}\n"
            "  - {id: region, size: 2, type: one, -align: 4}\n"
            "instances:\n  one: {pos: at, size: 2, type: one, -align: 4}\n"
            "types:\n  one:\n    seq:\n      - {id: number, type: u2}\n"
        ),
    ],
)
def test_what_is_aligned_begins_where_it_must(bench: Bench, body: str) -> None:
    """What lies before it gets a size that fits; what an offset leads to gets such a place."""
    assert in_vain(bench, body) < 10


@pytest.mark.parametrize("process", ["zlib", "xor(7)", "rol(3)"])
def test_a_packed_region_may_hold_a_list_to_its_end(bench: Bench, process: str) -> None:
    """The size of the region follows from what the items take, packed."""
    body = (
        f"seq:\n  - {{id: size, type: u4}}\n  - {{id: part, size: size, process: {process}, "
        "type: part}\ntypes:\n  part:\n    seq:\n      - {id: items, type: u2, repeat: eos}\n"
    )
    assert in_vain(bench, body) == 0


_DIRECTORY = (
    "seq:\n  - {id: count, type: u1}\n  - {id: at, type: u1}\n  - {id: last, type: u1}\n"
    "instances:\n"
    "  entries: {pos: at, type: entry, repeat: expr, repeat-expr: count}\n"
    "  tail: {pos: last, type: tail}\n"
    "types:\n  entry:\n    seq: [{id: name, type: strz, size: 3}, {id: more, type: u1}]\n"
    "  tail:\n    seq:\n"
    "      - {id: which, type: strz, -refers-to: {table: _root.entries, by: _.name}}\n"
)


def test_what_every_content_refers_to_is_not_empty(bench: Bench) -> None:
    """A table in which an item is always looked for has one, and its key is taken."""
    assert in_vain(bench, _DIRECTORY) < 4


def test_keys_that_something_refers_to_differ(bench: Bench) -> None:
    """No two items of a table have one key, for what refers to it would be ambiguous (I506)."""
    table = "seq:\n  - {id: keys, type: u1, repeat: expr, repeat-expr: 4, valid: {max: 3}}\n"
    assert in_vain(bench, table + "  - {id: one, type: u1, -refers-to: {table: keys, by: _}}\n") < 9


def test_sums_in_octets_follow_from_the_content(bench: Bench) -> None:
    """A digest is no number, and is computed all the same."""
    body = (
        "seq:\n  - {id: size, type: u1}\n  - {id: part, size: size}\n"
        "  - {id: sum, size: 32, -checksum: "
        "{algorithm: sha256, over: {start: part._start, end: part._end}}}\n"
    )
    assert in_vain(bench, body) == 0


def test_no_size_becomes_negative(bench: Bench) -> None:
    """A number that a condition needs is one with which what follows has a size."""
    body = (
        "seq:\n  - {id: size, type: u2}\n  - {id: header, size: 4}\n"
        "  - {id: body, size: size - 4, if: size >= 4}\n  - {id: tail, size: size - 4}\n"
    )
    assert in_vain(bench, body) == 0


def test_a_size_in_groups_of_bits_is_put_together(bench: Bench) -> None:
    """A number whose lower part comes first, and whose upper part may be missing."""
    body = (
        "seq:\n  - {id: groups, type: group, repeat: until, repeat-until: not _.goes_on}\n"
        "  - {id: rest, size: size}\n"
        "instances:\n"
        "  size: {value: 'groups[0].low + (groups.size >= 2 ? (groups[1].low << 7) : 0)'}\n"
        "-invariants: [{id: short, check: groups.size <= 2}]\n"
        "types:\n  group:\n    seq: [{id: goes_on, type: b1}, {id: low, type: b7}]\n"
    )
    assert in_vain(bench, body) == 0


@pytest.mark.parametrize(
    "what", ["size: n", "type: strz, size: n", "type: u2, repeat: expr, repeat-expr: n"]
)
def test_what_must_be_long_is_grown_as_long(bench: Bench, what: str) -> None:
    """A count or size that is at least some hundreds needs no luck."""
    body = f"seq:\n  - {{id: n, type: u2, valid: {{min: 300}}}}\n  - {{id: rest, {what}}}\n"
    assert in_vain(bench, body) == 0


def test_what_is_too_long_to_be_grown_is_named(bench: Bench) -> None:
    """Why there is no content: the least count is above what is ever grown."""
    generator = Generator(
        bench.schema(
            "seq:\n  - {id: n, type: u4, valid: {min: 5000}}\n"
            "  - {id: rest, type: u1, repeat: expr, repeat-expr: n}\n"
        )
    )
    assert generator.valid(RandomChoices(Random(1))) is None
    said = "`sample.n` is at least 5,000, and no list gets more items than 4,096"
    assert generator.health.why.endswith(said)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("size: 70000", "`sample.a` has 70,000 bytes, and nothing gets more bytes than 65,536"),
        (
            "type: u1, repeat: expr, repeat-expr: 70000",
            "`sample.a` has 70,000 items, and no list gets more than 65,536",
        ),
    ],
)
def test_what_is_always_too_large_is_named(bench: Bench, keys: str, said: str) -> None:
    """Where no field says how much there is."""
    generator = Generator(bench.schema(f"seq: [{{id: a, {keys}}}]\n"))
    assert generator.valid(RandomChoices(Random(1))) is None
    assert generator.health.why.endswith(said)


@pytest.mark.parametrize(
    "valid", ["64", "{any-of: [64, 128]}", "{eq: 64}", "{expr: _ >= 32 and _ % 16 == 0}"]
)
@pytest.mark.parametrize(
    "what",
    [
        "size: n",
        "size: n - 12",
        "size: n, type: filled",
        "type: u2, repeat: expr, repeat-expr: n",
    ],
)
def test_what_has_just_some_sizes_gets_one_of_them(bench: Bench, valid: str, what: str) -> None:
    """A count or size whose only values are far above what is likely needs no luck."""
    body = (
        f"seq:\n  - {{id: n, type: u2, valid: {valid}}}\n  - {{id: rest, {what}}}\n"
        "types: {filled: {seq: [{id: items, type: u1, repeat: eos}]}}\n"
    )
    assert in_vain(bench, body) < 4


@pytest.mark.parametrize(
    "extent",
    ["include: true", "include: true, size: 8", "include: true, eos-error: false", "size: 3"],
)
def test_a_terminator_that_is_a_part_of_a_value_is_there(bench: Bench, extent: str) -> None:
    """Whatever ends the text, and wherever it must end."""
    body = (
        f"seq:\n  - {{id: line, type: str, terminator: 0x0a, {extent}}}\n"
        "  - {id: after, type: u1}\n"
    )
    assert in_vain(bench, body) < 4


@pytest.mark.parametrize(
    ("until", "behind"),
    [
        ("_io.eof", ""),
        ("_io.size - _io.pos < 3", ""),
        ("_io.size - _io.pos <= 2", "    - {id: sum, type: u2}\n"),
        ("at_end or _.key == 7", ""),
        ("items.size >= 3", "    - {id: rest, type: u2}\n"),
        ("_.key == 200 or are_many", "    - {id: rest, type: u2}\n"),
    ],
)
@pytest.mark.parametrize("size", ["", "size: size, "])
def test_a_list_may_end_by_its_stream_or_its_length(
    bench: Bench, until: str, behind: str, size: str
) -> None:
    """Where the stream ends follows from the list; what looks at the list sees it under way."""
    body = (
        f"seq:\n  - {{id: size, type: u2}}\n  - {{id: body, {size}type: body}}\n"
        "types:\n  body:\n    seq:\n"
        f"    - {{id: items, type: item, repeat: until, repeat-until: {until}}}\n{behind}"
        "    instances:\n      at_end: {value: _io.eof}\n      are_many: {value: items.size > 3}\n"
        "  item:\n    seq: [{id: key, type: u1}, {id: value, type: u2}]\n"
    )
    assert in_vain(bench, body) < 4
