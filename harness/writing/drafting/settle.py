"""Settling: what follows from the bytes of a content is computed from them and written into it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.reading.checksums import Sum
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import Location, StructNode, extent_of, pre_order
from harness.schema.ir import Attribute, BytesData, IntegerData
from harness.writing.drafting.out import number_bytes

if TYPE_CHECKING:
    from harness.reading.reader import Reader, Reading
    from harness.schema.ir import Schema


class Settler:
    """Settles contents of one schema."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        types = reader.schema.types.values()
        self.is_needed = any(
            isinstance(field, Attribute) and (field.derive or field.checksum)
            for type_ in types
            for field in (*type_.sequence, *type_.instances)
        )

    def settle(
        self, data: bytes, companions: Mapping[str, Reading], *, kept: range = range(0)
    ) -> bytes:
        """Return `data` with every `-derive` and `-checksum` as the rest of it says.

        Args:
            data: a content; it need not be valid.
            companions: what it is read with.
            kept: bytes that are left as they are.
        """
        if not self.is_needed:
            return data
        reading = self._reader.read(data, file="", companions=companions)
        changed = bytearray(data)
        sums: list[tuple[int, Sum, StructNode]] = []
        for node in pre_order(reading.root):
            checks = self._reader.checks.of(node.plan)
            for derived in checks.derived:
                for place, wanted in derived.wanted(node):
                    _write(changed, place, wanted, kept)
            for checksum in checks.checksums:
                with suppress(Unknown, Fault):
                    sums.append((checksum.size(node), checksum, node))
        for _, checksum, node in sorted(sums, key=lambda found: found[0]):
            _write(changed, *checksum.wanted(node, changed), kept)
        return bytes(changed)


def has_sums_in_octets(schema: Schema) -> bool:
    """Whether a checksum of a schema is no number."""
    return any(
        isinstance(field, Attribute) and field.checksum and isinstance(field.data, BytesData)
        for type_ in schema.types.values()
        for field in (*type_.sequence, *type_.instances)
    )


def _write(data: bytearray, place: Location, value: int | bytes, kept: range) -> None:
    """Write a number over what stands at a place of the file; elsewhere nothing is changed."""
    stream, start, end = extent_of(place)
    if stream.origin is not None or start in kept:
        return
    field = place.node.plan.fields[place.slot]
    assert isinstance(field, Attribute)
    if isinstance(field.data, IntegerData) and isinstance(value, int):
        raw = number_bytes(field.data, value, big_endian=place.node.big_endian)
    elif isinstance(field.data, BytesData) and isinstance(value, bytes):
        raw = value
    else:
        return
    if len(raw) == end - start:
        data[start:end] = raw
