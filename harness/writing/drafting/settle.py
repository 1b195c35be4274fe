"""Settling: what follows from the bytes of a content is computed from them and written into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.checksums import Sum
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import Location, StructNode, extent_of, path_of, pre_order
from harness.schema.ir import Attribute, BytesData, IntegerData
from harness.writing.drafting.out import number_bytes

if TYPE_CHECKING:
    from harness.reading.reader import Reader, Reading
    from harness.reading.stream import Stream
    from harness.schema.ir import Schema

# codes of what follows from the rest of a content
DERIVED: Final = frozenset({"C302", "C303", "C304", "C305", "I502"})


class Settled(NamedTuple):
    """What a content must be, as far as its own bytes tell.

    Attributes:
        data: its bytes; those of packed regions are what they were.
        unpacked: by path, what packed regions must hold instead; innermost ones alone.
    """

    data: bytes
    unpacked: dict[str, bytes]


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
        return self.settled(data, companions, kept=kept).data

    def settled(
        self,
        data: bytes,
        companions: Mapping[str, Reading],
        *,
        kept: range = range(0),
        kept_regions: AbstractSet[str] = frozenset(),
    ) -> Settled:
        """Return `data`, and regions that are packed in it, as the rest of them says.

        Args:
            data: a content; it need not be valid.
            companions: what it is read with.
            kept: bytes of it that are left as they are.
            kept_regions: by path, packed regions that are left as they are.
        """
        if not self.is_needed:
            return Settled(data, {})
        reading = self._reader.read(data, file="", companions=companions)
        copies = _Copies()
        sums: list[tuple[int, Sum, StructNode]] = []
        for node in pre_order(reading.root):
            checks = self._reader.checks.of(node.plan)
            for derived in checks.derived:
                for place, wanted in derived.wanted(node):
                    copies.write(place, wanted, kept)
            for checksum in checks.checksums:
                with suppress(Unknown, Fault):
                    sums.append((checksum.size(node), checksum, node))
        sums.sort(key=lambda found: found[0])
        for _ in sums:  # one may be over the place of another
            told = (one.wanted(node, copies.of(node.stream)) for _, one, node in sums)
            if not sum(copies.write(place, value, kept) for place, value in told):
                break
        whole = copies.of(reading.root.stream)
        return Settled(bytes(whole), copies.unpacked(kept_regions))


class _Copies:
    """The bytes of a content and of the regions packed in it, to be changed."""

    def __init__(self) -> None:
        self._by_whole: dict[Stream, bytearray] = {}

    def of(self, stream: Stream) -> bytearray:
        """Return the copy of a stream's data."""
        if stream.whole not in self._by_whole:
            self._by_whole[stream.whole] = bytearray(stream.data)
        return self._by_whole[stream.whole]

    def write(self, place: Location, value: int | bytes, kept: range) -> bool:
        """Write a number or octets over what stands at a place, where they are as long.

        Returns:
            Whether something else stood there.
        """
        stream, start, end = extent_of(place)
        if stream.origin is None and start in kept:
            return False
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        if isinstance(field.data, IntegerData) and isinstance(value, int):
            raw = number_bytes(field.data, value, big_endian=place.node.big_endian)
        elif isinstance(field.data, BytesData) and isinstance(value, bytes):
            raw = value
        else:
            return False
        copy = self.of(stream)
        is_other = len(raw) == end - start and copy[start:end] != raw
        if is_other:
            copy[start:end] = raw
        return is_other

    def unpacked(self, kept_regions: AbstractSet[str]) -> dict[str, bytes]:
        """Return the packed regions that have changed, by path, but those around others of them."""
        found = {
            whole: bytes(copy)
            for whole, copy in self._by_whole.items()
            if whole.packed is not None and bytes(copy) != whole.data
        }
        paths = {whole: [_path_of(region) for region in _regions(whole)] for whole in found}
        found = {w: d for w, d in found.items() if kept_regions.isdisjoint(paths[w])}
        around = {region for whole in found for region in list(_regions(whole))[1:]}
        return {paths[whole][0]: data for whole, data in found.items() if whole not in around}


def _regions(whole: Stream) -> Iterator[Stream]:
    """Yield a packed region, and those in which it is packed."""
    while whole.packed is not None:
        yield whole
        whole = whole.packed[0].whole


def _path_of(region: Stream) -> str:
    """Return the path of the structure that is packed."""
    assert region.owner is not None
    return path_of(Location(region.owner))


def has_sums_in_octets(schema: Schema) -> bool:
    """Whether a checksum of a schema is no number."""
    return any(
        isinstance(field, Attribute) and field.checksum and isinstance(field.data, BytesData)
        for type_ in schema.types.values()
        for field in (*type_.sequence, *type_.instances)
    )
