"""Places: where the plain values of a content stand in its bytes, and changes of those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from harness.reading.tree import ListNode, Location, Missing, StructNode, extent_of, pre_order
from harness.schema.ir import Attribute, IntegerData
from harness.schema.walk import arms_of
from harness.writing.drafting.facts import Name
from harness.writing.drafting.out import number_bytes
from harness.writing.drafting.outcomes import Rejected

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.stream import Stream

# types and their fields from the top to a value, indexes left out; see `Shapes`
Shape = tuple[Name, ...]
NO_SHAPE: Final[Shape] = ()


class Edit(msgspec.Struct, frozen=True):
    """One change.

    Attributes:
        start: first byte that is replaced.
        end: one past the last.
        octets: what stands there instead.
        is_kept: what follows from the rest is not to undo it.
        shape: of the field whose bytes they are, if it is one field.
        is_one: it is of one value, or of one item of a list and the count of the items.
    """

    start: int
    end: int
    octets: bytes
    is_kept: bool = False
    shape: Shape = NO_SHAPE
    is_one: bool = True

    def apply(self, data: bytes) -> bytes:
        """Return the changed content."""
        return data[: self.start] + self.octets + data[self.end :]


def places_of(reading: Reading, source: Stream | None = None) -> Iterator[Location]:
    """Yield where plain values stand in the file itself, those in lists one by one.

    Args:
        reading: of the content.
        source: the first stream on unpacked bytes, for those that stand in them instead.
    """
    return (place for place in all_places(reading) if _is_on(place, source))


def regions_of(reading: Reading, source: Stream | None = None) -> Iterator[Location]:
    """Yield where structures with a region of their own stand; packed ones are where they were.

    Args:
        reading: of the content.
        source: likewise.
    """
    for node in pre_order(reading.root):
        if node.parent is not None and node.stream.owner is node:
            place = Location(node.parent, node.slot, node.index)
            if _is_on(place, source):
                yield place


def _is_on(place: Location, source: Stream | None) -> bool:
    """Whether the bytes of a place are of the file itself, or of what was unpacked."""
    stream = extent_of(place)[0]
    return stream.origin is None if source is None else stream.whole is source


def all_places(reading: Reading) -> Iterator[Location]:
    """Yield where plain values stand, in the file and in what was unpacked of it."""
    for node in pre_order(reading.root):
        for slot, field in enumerate(node.plan.fields):
            if isinstance(field, Attribute):
                yield from plain_in(node, slot)


def name_of(place: Location) -> Name:
    """Return the type and the field of a place."""
    return name_in(place.node, place.slot)


def name_in(node: StructNode, slot: int) -> Name:
    """Return the type of a structure and a field of it."""
    return node.plan.type.name, node.plan.names[slot]


def plain_in(node: StructNode, slot: int) -> Iterator[Location]:
    """Yield the plain values that a slot holds itself."""
    value = node.values[slot]
    if isinstance(value, ListNode):
        if value.node is node and value.slot == slot:
            for number, item in enumerate(value.items):
                if not isinstance(item, StructNode | Missing):
                    yield Location(node, slot, number)
    elif not isinstance(value, StructNode | Missing):
        yield Location(node, slot)


def unread_of(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield the bytes of the file that no field reads, in each stream that lies in the file."""
    for stream in reading.session.streams:
        if stream.origin is not None or stream.owner is None:
            continue
        at = stream.start
        for start, end in sorted((run.start, run.end) for run in stream.runs):
            if start > at:
                yield at, start
            at = max(at, end)
        if at < stream.end:
            yield at, stream.end


def number_at(place: Location, number: int) -> bytes | None:
    """Return the bytes that a number would have in a place; None where it cannot stand there."""
    field = place.node.plan.fields[place.slot]
    start, end = extent_of(place)[1:]
    for data in arms_of(field.data) if isinstance(field, Attribute) else ():
        if isinstance(data, IntegerData) and data.width == end - start:
            with suppress(Rejected):
                return number_bytes(data, number, big_endian=place.node.big_endian)
    return None
