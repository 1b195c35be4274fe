"""Neighbours of fixed size in a sequence, which are written at once."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from harness.reading.elements import number_format
from harness.reading.steps import fixed_bytes
from harness.schema.ir import Attribute, BytesData, FloatData, IntegerData

if TYPE_CHECKING:
    from harness.reading.plan import Plan

# its position in the pack, its slot, where it begins, and how it is held
Number = tuple[int, int, int, IntegerData | FloatData]


class Pack(NamedTuple):
    """Values that follow each other.

    Attributes:
        slots: where they stand.
        place: likewise.
        layout: of their bytes.
        numbers: those that may be decided later.
        has_octets: there are others.
        spans: for each, where it begins and ends.
    """

    slots: range
    place: slice
    layout: struct.Struct
    numbers: tuple[Number, ...]
    has_octets: bool
    spans: tuple[tuple[int, int], ...]


def packs_of(plan: Plan) -> Iterator[Pack | int]:
    """Yield the sequence of a type: packs, and the slots between them."""
    for order, batch in groupby(plan.sequence_slots, key=lambda slot: _order(plan, slot)):
        if order:
            yield _pack(plan, order, list(batch))
        else:
            yield from batch


def _order(plan: Plan, slot: int) -> str:
    """Return the byte order of a value of fixed size; empty for any other value."""
    field = plan.fields[slot]
    if not isinstance(field, Attribute) or field.repeat is not None or field.condition is not None:
        return ""
    match field.data:
        case IntegerData(width=1):
            return "<"
        case BytesData() if fixed_bytes(field.data):
            return "<"
        case IntegerData(endian="le") | FloatData(endian="le"):
            return "<"
        case IntegerData(endian="be") | FloatData(endian="be"):
            return ">"
    return ""


def _pack(plan: Plan, order: str, slots: list[int]) -> Pack:
    letters, at = "", 0
    numbers: list[Number] = []
    spans: list[tuple[int, int]] = []
    for slot in slots:
        field = plan.fields[slot]
        assert isinstance(field, Attribute)
        data = field.data
        assert isinstance(data, IntegerData | FloatData | BytesData)
        size = fixed_bytes(data)
        if isinstance(data, BytesData):
            letters += f"{size}s"
        else:
            letters += number_format(data)
            numbers.append((len(spans), slot, at, data))
        spans.append((at, at + size))
        at += size
    first, last = slots[0], slots[-1] + 1
    return Pack(
        range(first, last), slice(first, last), struct.Struct(order + letters), tuple(numbers),
        len(numbers) < len(spans), tuple(spans),
    )  # fmt: skip
