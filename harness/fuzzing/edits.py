"""Edits of one content that its tree suggests: values that mean something where they are written.

The mutator knows bytes and nothing of the format. For files of the corpus, which the schema reads
anyway, it is told what could stand in which place. First comes what makes an inert value active:
the fault of 2024 lay behind a wildcard that nobody had ever changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import msgspec

from harness.reading import Reading
from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    extent_of,
    pre_order,
    value_at,
)
from harness.schema.ir import Attribute, IntegerData, Schema
from harness.schema.types import IntValue

_MOST_EDITS = 512  # of one content
_MOST_ITEMS = 8  # of one list
_LONGEST_BYTES = 4096


class Edit(msgspec.Struct, frozen=True):
    """Bytes `start` to `end` give way to `octets`."""

    start: int
    end: int
    octets: bytes


def edits_of(reading: Reading) -> tuple[Edit, ...]:
    """Return what could be changed in a content, the most telling changes first."""
    schema, inert = reading.schema, _inert(reading.schema)
    numbers = list(_numbers(reading))
    found = itertools.chain(
        (edit for one in numbers for edit in _activated(one, schema, inert)),
        (edit for one in numbers for edit in _renamed(one, schema)),
        _items(reading),
        (edit for one in numbers for edit in _shifted(one)),
    )
    return tuple(itertools.islice(dict.fromkeys(found), _MOST_EDITS))


class _Number(msgspec.Struct, frozen=True):
    """An integer in the file, and the attribute that it is a value of."""

    attribute: Attribute
    data: IntegerData
    value: int
    start: int
    is_big: bool

    def changed(self, value: int) -> Edit:
        """The edit that puts another value in its place."""
        mask = (1 << (8 * self.data.width)) - 1
        octets = (value & mask).to_bytes(self.data.width, "big" if self.is_big else "little")
        return Edit(self.start, self.start + self.data.width, octets)


def _numbers(reading: Reading) -> Iterator[_Number]:
    for node in pre_order(reading.root):
        for slot, field in enumerate(node.plan.fields):
            if isinstance(field, Attribute) and isinstance(field.data, IntegerData):
                for place in _places(node, slot):
                    yield from _number(place, field, field.data)


def _places(node: StructNode, slot: int) -> Iterator[Location]:
    value = node.values[slot]
    if not isinstance(value, ListNode):
        yield Location(node, slot)
    elif value.node is node and value.slot == slot:
        yield from (Location(node, slot, item) for item in range(len(value.items)))


def _number(place: Location, field: Attribute, data: IntegerData) -> Iterator[_Number]:
    """The number at a place of the file itself, if there is one."""
    value = value_at(place)
    if not isinstance(value, int) or isinstance(value, bool):
        return
    stream, start, end = extent_of(place)
    if stream.origin is None and end - start == data.width:
        is_big = data.endian == "be" or (data.endian == "inherited" and place.node.big_endian)
        yield _Number(field, data, value, start, is_big)


def _inert(schema: Schema) -> Mapping[str, frozenset[int]]:
    """Members of enums that exercise nothing, as `-coverage` says."""
    found: dict[str, frozenset[int]] = {}
    for owner in schema.types.values():
        for coverage in owner.coverage:
            kind = coverage.column.tree.type
            name = kind.enum if isinstance(kind, IntValue) else ""
            members = schema.enums[name].members.items() if name in schema.enums else ()
            idle = {number for number, word in members if word in coverage.inert}
            found[name] = found.get(name, frozenset()) | idle
    return found


def _activated(
    number: _Number, schema: Schema, inert: Mapping[str, frozenset[int]]
) -> Iterator[Edit]:
    """Let a value that exercises nothing exercise something."""
    idle = inert.get(number.attribute.enum or "", frozenset())
    if number.value in idle:
        for member in schema.enums[number.attribute.enum or ""].members:
            if member not in idle:
                yield number.changed(member)


def _renamed(number: _Number, schema: Schema) -> Iterator[Edit]:
    """Let another member of an enum stand in its place: another arm of a switch."""
    if number.attribute.enum in schema.enums:
        for member in schema.enums[number.attribute.enum].members:
            if member != number.value:
                yield number.changed(member)


def _shifted(number: _Number) -> Iterator[Edit]:
    """Values at the edge: one off, none, the largest of each sign."""
    width = 8 * number.data.width
    for value in (number.value + 1, number.value - 1, 0, (1 << width) - 1, 1 << (width - 1)):
        if value != number.value:
            yield number.changed(value)


def _items(reading: Reading) -> Iterator[Edit]:
    """Remove an item of a list, repeat one, or let two neighbours change places."""
    for node in pre_order(reading.root):
        for slot in range(len(node.plan.fields)):
            value = node.values[slot]
            if isinstance(value, ListNode) and value.node is node and value.slot == slot:
                yield from _of_list(node, slot, value)


def _of_list(node: StructNode, slot: int, items: ListNode) -> Iterator[Edit]:
    data = node.source(slot).data
    before: tuple[int, int] | None = None
    for item in range(min(len(items.items), _MOST_ITEMS)):
        stream, start, end = extent_of(Location(node, slot, item))
        is_whole = not isinstance(items.items[item], Missing) and stream.origin is None
        if not is_whole or not 0 < end - start <= _LONGEST_BYTES:
            return
        octets = bytes(data[start:end])
        yield Edit(start, end, b"")
        yield Edit(end, end, octets)
        if before is not None and before[1] == start:
            yield Edit(before[0], end, octets + bytes(data[before[0] : before[1]]))
        before = (start, end)
