"""Regions that were unpacked; a change of bytes that were each made of one, as one of those."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.reading.faults import Fault, Unknown
from harness.schema.ir import Attribute, BytesData, Process, StructData
from harness.schema.walk import arms_of
from harness.writing.changing.places import Edit, places_of, regions_of
from harness.writing.drafting.packing import restored

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.stream import Stream
    from harness.reading.tree import Location, StructNode
    from harness.schema.ir import DataType


class Packed(NamedTuple):
    """A region whose bytes were each made of one packed byte.

    Attributes:
        data: the unpacked bytes.
        source: the first stream on them.
        base: where the packed ones begin in the data of their stream.
        process: how they were unpacked.
        key: by what.
        outer: the region in which they lie themselves; None in the file.
    """

    data: bytes
    source: Stream
    base: int
    process: Process
    key: Any
    outer: Packed | None

    def edit(self, edit: Edit) -> Edit | None:
        """Return the change of the file that is one of these bytes; None if it changes how many."""
        if len(edit.octets) != edit.end - edit.start:
            return None
        octets = restored(self.process, edit.apply(self.data), self.key)[edit.start : edit.end]
        moved = Edit(
            edit.start + self.base, edit.end + self.base, octets,
            edit.is_kept, edit.shape, edit.is_one,
        )  # fmt: skip
        return moved if self.outer is None else self.outer.edit(moved)


def packed_in(reading: Reading) -> Iterator[Packed]:
    """Yield the regions of a content that were unpacked byte by byte, outer ones first."""
    known: dict[int, Packed] = {}
    for stream in reading.session.streams:
        if stream.packed is None or stream.owner is None:
            continue
        outer, start, _ = stream.packed
        around = known.get(id(outer.whole))
        process = _process_of(stream.owner)
        is_by_key = process is not None and process.argument is not None
        if process is None or not is_by_key or (outer.origin is not None and around is None):
            continue
        key = _key_of(process, stream.owner)
        if key is not None:
            found = Packed(bytes(stream.data), stream, start, process, key, around)
            known[id(stream)] = found
            yield found


def compressed_in(reading: Reading) -> Iterator[Stream]:
    """Yield the streams of the regions that were unpacked whole."""
    for stream in reading.session.streams:
        if stream.packed is not None and stream.owner is not None:
            process = _process_of(stream.owner)
            if process is not None and process.argument is None:
                yield stream


def compressed_places(reading: Reading, source: Stream | None = None) -> Iterator[Location]:
    """Yield where compressed bytes stand in the file itself.

    Args:
        reading: of the content.
        source: the first stream on unpacked bytes, for those that stand in them instead.
    """
    for place in chain(regions_of(reading, source), places_of(reading, source)):
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        if any(is_compressed(data) for data in arms_of(field.data)):
            yield place


def is_compressed(data: DataType) -> bool:
    """Whether the bytes of a value are unpacked whole."""
    extent = data.extent if isinstance(data, StructData | BytesData) else None
    return extent is not None and extent.process is not None and extent.process.argument is None


def _process_of(node: StructNode) -> Process | None:
    """Return how the region of a structure was unpacked."""
    field = node.parent.plan.fields[node.slot] if node.parent is not None else None
    for data in arms_of(field.data) if isinstance(field, Attribute) else ():
        if isinstance(data, StructData) and data.type == node.plan.type.name and data.extent:
            process = data.extent.process
            if process is not None:
                return process
    return None


def _key_of(process: Process, node: StructNode) -> Any:
    assert process.argument is not None
    assert node.parent is not None
    key = node.stream.session.book.expressions.compile(process.argument.tree)
    try:
        return key(node.parent, {"_index": node.index})
    except (Fault, Unknown, KeyError):
        return None
