"""Changes to the items of lists where they stand: taken out, put in twice, swapped, copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    extent_of,
    pre_order,
    value_at,
)
from harness.schema.ir import Attribute
from harness.writing.changing.places import Edit, Shape, number_at
from harness.writing.changing.shapes import Shapes

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Name

# items of one list that are taken out or put in twice
MAX_RECOUNTED: Final = 12


class Listed(NamedTuple):
    """A list with more than one item: its shape, and the bytes of each item."""

    shape: Shape
    spans: list[tuple[int, int]]


def lists_of(reading: Reading) -> Iterator[Listed]:
    """Yield the lists of a content that have more than one item."""
    shapes = Shapes()
    for node in pre_order(reading.root):
        for slot, value in enumerate(node.values):
            field = node.plan.fields[slot]
            if not isinstance(value, ListNode) or not isinstance(field, Attribute):
                continue
            if len(value.items) > 1:
                place = Location(node, slot)
                yield Listed(shapes.of(place), spans_of(place))


def spans_of(place: Location) -> list[tuple[int, int]]:
    """Return the bytes of each item of a list."""
    node, slot, _ = place
    items = node.values[slot]
    assert isinstance(items, ListNode)
    places = [
        Location(item) if isinstance(item, StructNode) else Location(node, slot, number)
        for number, item in enumerate(items.items)
    ]
    return [extent_of(place)[1:] for place in places]


def splices(reading: Reading, data: bytes) -> Iterator[tuple[Edit, Edit]]:
    """Yield, for each item, what takes it out, and what puts it in twice."""
    for shape, spans in lists_of(reading):
        for start, end in spans:
            if start < end:
                twice = Edit(end, end, data[start:end], shape=shape)
                yield Edit(start, end, b"", shape=shape), twice


def recounted(
    place: Location, counts: Sequence[Location], data: bytes, choices: Choices
) -> Iterator[Edit]:
    """Yield what takes an item of a list out, or puts it in twice, and counts it so.

    Args:
        place: of the list.
        counts: places that tell how many items it has; none where nothing does.
        data: of the content.
        choices: which items.
    """
    held = place.node.values[place.slot]
    assert isinstance(held, ListNode)
    for number in _some(len(held.items), choices):
        item = held.items[number]
        at = Location(item) if isinstance(item, StructNode) else place._replace(item=number)
        stream, start, end = extent_of(at)
        if stream.origin is not None or isinstance(item, Missing):
            continue
        for away, octets in ((-1, b""), (1, 2 * data[start:end])):
            if not counts:
                yield Edit(start, end, octets)
            for count in counts:
                yield from _with_count(Edit(start, end, octets), count, away, data)


def _some(count: int, choices: Choices) -> list[int]:
    """Return the numbers of some items, in a random order."""
    if count <= MAX_RECOUNTED:
        left = list(range(count))
        return [left.pop(choices.integer(0, len(left) - 1)) for _ in range(count)]
    return [choices.integer(0, count - 1) for _ in range(MAX_RECOUNTED)]


def _with_count(edit: Edit, count: Location, away: int, data: bytes) -> Iterator[Edit]:
    """Yield a change together with that of a number, unless the one is in the other."""
    begin, stop = extent_of(count)[1:]
    held = value_at(count)
    packed = number_at(count, held + away) if isinstance(held, int) else None
    if packed is not None and stop <= edit.start:
        yield Edit(begin, edit.end, packed + data[stop : edit.start] + edit.octets)
    elif packed is not None and edit.end <= begin:
        yield Edit(edit.start, stop, edit.octets + data[edit.end : begin] + packed)


def swaps(reading: Reading, data: bytes) -> Iterator[Edit]:
    """Yield what swaps neighbours in lists."""
    for listed in lists_of(reading):
        for (start, middle), (begin, end) in pairwise(listed.spans):
            if middle == begin:
                yield Edit(start, end, data[begin:end] + data[start:middle])


def exchanges(
    reading: Reading, data: bytes, names: frozenset[Name], choices: Choices, most: int
) -> Iterator[Edit]:
    """Yield what swaps two items of the same size, any of lists of some names, so many times."""
    lists = [listed for listed in lists_of(reading) if listed.shape[-1] in names]
    for _ in range(most if lists else 0):
        shape, spans = choices.pick(lists)
        pair = sorted((choices.pick(spans), choices.pick(spans)))
        (start, middle), (begin, end) = pair
        one, other = data[start:middle], data[begin:end]
        if middle <= begin and len(one) == len(other) and one != other:
            yield Edit(start, end, other + data[middle:begin] + one, shape=shape)


def copies(reading: Reading, data: bytes) -> Iterator[Edit]:
    """Yield what writes one item of a list, or one of its values, over the next."""
    for listed in lists_of(reading):
        for (start, middle), (begin, end) in pairwise(listed.spans):
            if middle - start == end - begin:
                yield from _copied(data, start, begin, end - begin)


def _copied(data: bytes, start: int, begin: int, size: int) -> Iterator[Edit]:
    for width in (4, 2, 8, 1, 24, 28, size):
        for at in range(0, min(size - width, 32) + 1, width):
            octets = data[start + at : start + at + width]
            yield Edit(begin + at, begin + at + width, octets)
