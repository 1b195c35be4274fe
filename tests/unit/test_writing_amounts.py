"""Amounts: sizes and counts that no content can decide are computed from fields decided first."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.reading import read
from harness.writing.changing.build import Builder, BuildError
from harness.writing.choices import RandomChoices
from harness.writing.drafting.values import values_of
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.schema import Schema
    from tests.unit.bench import Bench

_TWO = "seq: [{id: n, type: u1}, {id: m, type: u1}, {id: body, size: %s}]\n"
_COUNT = "seq: [{id: n, type: u1}, {id: tab, type: u1, repeat: expr, repeat-expr: %s}]\n"
_TEXT = "seq: [{id: n, type: str, size: 4, encoding: ASCII}, {id: body, size: %s}]\n"
_PARTS = (
    "seq: [{id: head, type: head}, {id: tab, type: u1, repeat: expr,"
    " repeat-expr: head.rows * head.columns}]\n"
    "types: {head: {seq: [{id: rows, type: u4}, {id: columns, type: u4}]}}\n"
)
_TABLE = (
    "seq: [{id: flags, type: u1}, {id: table, size: colours * 3, type: table, if: has_table}]\n"
    "instances: {has_table: {value: flags & 0x80 != 0}, colours: {value: '2 << (flags & 7)'}}\n"
    "types:\n  table: {seq: [{id: items, type: rgb, repeat: eos}]}\n"
    "  rgb: {seq: [{id: r, type: u1}, {id: g, type: u1}, {id: b, type: u1}]}\n"
)
_ESCAPED = (
    "seq: [{id: len, type: len}, {id: body, size: len.value%s}]\n"
    "types:\n  ints: {seq: [{id: all, size-eos: true}]}\n"
    "  len:\n    seq: [{id: short, type: u1}, {id: long, type: u2, if: short == 255}]\n"
    "    instances: {value: {value: 'short == 255 ? long : short'}}\n"
)
_GROUPS = (
    "seq: [{id: len, type: groups}, {id: body, size: len.value}]\n"
    "types:\n  groups:\n"
    "    -invariants: [{id: two, check: items.size <= 2}]\n"
    "    seq: [{id: items, type: u1, repeat: until, repeat-until: _ & 0x80 == 0}]\n"
    "    instances:\n      value: {value: 'items.size == 1 ? items[0] :"
    " ((items[0] & 127) << 7) + items[1]'}\n"
)

AMOUNTS = [
    pytest.param(_TWO % "n * m", id="product"),
    pytest.param(_TWO % "n + m", id="sum"),
    pytest.param(_TWO % "n - m", id="difference"),
    pytest.param(_TWO % "'n > m ? n : m'", id="greater"),
    pytest.param(_TWO % "n * 16", id="multiple"),
    pytest.param(_COUNT % "1 << n", id="shift"),
    pytest.param(_COUNT % "n * (n - 1) / 2", id="triangle"),
    pytest.param(_TEXT % "n.to_i", id="decimal"),
    pytest.param(_TEXT % "n.to_i(8)", id="octal"),
    pytest.param(
        "seq: [{id: n, size: 3}, {id: body, size: 'n[0] * 65536 + n[1] * 256 + n[2]'}]\n",
        id="octets",
    ),
    pytest.param("seq: [{id: n, size: 2}, {id: body, size: 'n[0]'}]\n", id="octet"),
    pytest.param(
        "seq:\n  - {id: n, size: 2}\n"
        "  - {id: body, size: 'n[_index]', repeat: expr, repeat-expr: 2}\n",
        id="octet-by-index",
    ),
    pytest.param(
        "seq:\n  - {id: tabs, size: 2, repeat: expr, repeat-expr: 2}\n"
        "  - {id: body, size: 'tabs[1][0]'}\n",
        id="octet-of-item",
    ),
    pytest.param(_PARTS, id="parts"),
    pytest.param(_TABLE, id="table"),
    pytest.param(_ESCAPED % "", id="escaped"),
    pytest.param(_ESCAPED % ", type: ints", id="escaped-region"),
    pytest.param(_GROUPS, id="groups"),
]


def grown(schema: Schema, count: int = 40) -> list[bytes]:
    """Return valid contents; every one can be made."""
    generator = Generator(schema)
    found = [generator.valid(RandomChoices(Random(number))) for number in range(count)]
    assert None not in found
    assert generator.health.rejected + generator.health.invalid < count
    return [data for data in found if data is not None]


@pytest.mark.parametrize("body", AMOUNTS)
def test_what_cannot_be_solved_is_computed(bench: Bench, body: str) -> None:
    """Contents are many, not all empty, and small; each is built again from its values."""
    schema = bench.schema(body)
    found = grown(schema)
    assert len(set(found)) > 4
    assert 6 < max(map(len, found)) < 1 << 10
    builder = Builder(schema)
    for data in set(found):
        assert builder.build(values_of(read(schema, data, file=""))) == data


def test_bits_that_a_condition_looks_at_are_set_or_not(bench: Bench) -> None:
    """A flag is set in some contents, though a size is computed from other bits of the field."""
    found = grown(bench.schema(_TABLE))
    assert {data[0] & 0x80 for data in found} == {0, 0x80}


def test_an_escape_is_used_now_and_then(bench: Bench) -> None:
    """The long form of a length is there, too."""
    found = grown(bench.schema(_ESCAPED % ""), 100)
    assert {data[0] == 255 for data in found} == {True, False}


def test_values_given_decide(bench: Bench) -> None:
    """A size that follows from two fields is what those say, and is told where it is not."""
    builder = Builder(bench.schema(_TWO % "n * m"))
    assert builder.build({"n": 2, "m": 3, "body": b"abcdef"}) == b"\2\3abcdef"
    with pytest.raises(BuildError, match="its 7 bytes do not fit the 6"):
        builder.build({"n": 2, "m": 3, "body": b"abcdefg"})


def test_a_size_in_groups_of_bits_is_told_where_it_is_wrong(bench: Bench) -> None:
    """The body is at fault, not the structure that holds its size."""
    builder = Builder(bench.schema(_GROUPS))
    assert builder.build({"len": {"items": [2]}, "body": b"ab"}) == b"\2ab"
    with pytest.raises(BuildError, match="`body` cannot be built"):
        builder.build({"len": {"items": [2]}, "body": b"abc"})


_BY_PARAMETER = (
    "seq:\n  - {id: n, type: u1}\n  - {id: offsets, type: u2, repeat: expr, repeat-expr: n}\n"
    "instances: {records: {type: record(_index), repeat: expr, repeat-expr: n}}\n"
    "types:\n  record:\n    params: [{id: i, type: s4}]\n"
    "    instances: {body: {pos: '_root.offsets[i]', type: u2}}\n"
)
_FROM_TO = (
    "seq:\n  - {id: n, type: u1}\n  - {id: offsets, type: u2, repeat: expr, repeat-expr: n + 1}\n"
    "  - {id: items, type: item(_index), repeat: expr, repeat-expr: n}\n"
    "types:\n  item:\n    params: [{id: i, type: s4}]\n    instances:\n"
    "      all: {pos: '_root.offsets[i]', size: '_root.offsets[i + 1] - _root.offsets[i]'}\n"
)
_PAGE = (
    "seq: [{id: page, size: 64, type: page}]\ntypes:\n  page:\n    -layout: {trailing: zero}\n"
    "    seq: [{id: n, type: u1}, {id: slots, type: slot, repeat: expr, repeat-expr: n}]\n"
    "  slot:\n    seq: [{id: offset, type: u1}, {id: len, type: u1, valid: {min: 1}}]\n"
    "    instances: {cell: {pos: offset, size: len}}\n"
    "    -invariants: [{id: inside, check: offset + len <= 64}]\n"
)


@pytest.mark.parametrize("body", [_BY_PARAMETER, _FROM_TO, _PAGE])
def test_tables_of_offsets_lead_to_something(bench: Bench, body: str) -> None:
    """Several items are there in some contents, each of which is built again from its values."""
    schema = bench.schema(body)
    found = grown(schema)
    assert max(data[0] for data in found) > 1
    builder = Builder(schema)
    for data in set(found):
        assert builder.build(values_of(read(schema, data, file=""))) == data


def test_items_from_one_offset_to_the_next_may_get_longer(bench: Bench) -> None:
    """The offsets behind an item follow from it."""
    schema = bench.schema(_FROM_TO)
    values = values_of(read(schema, bytes.fromhex("02 0700 0800 0900 61 62"), file=""))
    values["items"][0]["all"] = b"abc"
    assert Builder(schema).build(values) == bytes.fromhex("02 0700 0a00 0b00 61 62 63 62")
