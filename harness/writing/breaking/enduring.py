"""Lists that go on until an item says so, made longer by items that do not say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from harness.reading.tree import Location, own_list, pre_order
from harness.schema.ir import Attribute
from harness.writing.breaking.clues import by_turns
from harness.writing.changing.items import spans_of
from harness.writing.changing.places import Edit
from harness.writing.changing.shapes import Shapes

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.breaking.clues import Clues
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Name

# lists of one content, and changes of one
MAX_LISTS: Final = 4
MAX_EDITS: Final = 24
# of an item, the bytes whose bits are changed; of all items put into one list, the bytes
MAX_ITEM: Final = 8
MAX_ADDED: Final = 1 << 14


def endured(
    reading: Reading, data: bytes, clues: Clues, names: frozenset[Name], choices: Choices
) -> Iterator[Edit]:
    """Yield what makes such lists as long as what a rule compares with, and one longer.

    Args:
        reading: of the content.
        data: its bytes.
        clues: what the schema says of the rule.
        names: the lists.
        choices: which lists.
    """
    sizes = sorted({number + away for number in clues.numbers for away in (0, 1)})
    shapes = Shapes()
    lists = list(_lists(reading, names)) if sizes else []
    for place in by_turns(lists, shapes.of, choices, MAX_LISTS):
        spans = spans_of(place)
        start = spans[-1][0]
        for octets in islice(_added(data, spans, sizes, choices), MAX_EDITS):
            yield Edit(start, start, octets, shape=shapes.of(place))


def _lists(reading: Reading, names: frozenset[Name]) -> Iterator[Location]:
    for node in pre_order(reading.root):
        if node.stream.origin is not None:
            continue
        for slot, field in enumerate(node.plan.fields):
            repeat = field.repeat if isinstance(field, Attribute) else None
            held = own_list(node, slot)
            is_named = (node.plan.type.name, node.plan.names[slot]) in names
            if is_named and repeat is not None and repeat.kind == "until" and held and held.items:
                yield Location(node, slot)


def _added(
    data: bytes, spans: Sequence[tuple[int, int]], sizes: Sequence[int], choices: Choices
) -> Iterator[bytes]:
    """Yield items: the ones before the last, or the last with one of its bits changed.

    Whether the list goes on after them, reading tells.
    """
    *others, last = (data[start:end] for start, end in spans)
    left = list(range(8 * min(len(last), MAX_ITEM)))
    bits = [left.pop(choices.integer(0, len(left) - 1)) for _ in range(len(left))]
    for item in (*dict.fromkeys(others), *(_flipped(last, bit) for bit in bits)):
        for more in (size - len(spans) for size in sizes):
            if more > 0 and 0 < more * len(item) <= MAX_ADDED:
                yield item * more


def _flipped(octets: bytes, bit: int) -> bytes:
    at = bit // 8
    return octets[:at] + bytes([octets[at] ^ 1 << bit % 8]) + octets[at + 1 :]
