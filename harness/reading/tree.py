"""The tree that reading gives: structures, lists and plain values, each with its bytes.

Plain values (int, float, bool, str, bytes) stand in the tree as they are; their bytes are kept by
the structure around them. A place in the tree is a structure, a slot of it and, in a list, an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.reading.plan import Plan
    from harness.reading.stream import Stream


class Missing(Enum):
    """Why a slot holds no value."""

    UNREAD = auto()
    RUNNING = auto()
    ABSENT = auto()
    ABANDONED = auto()


class StructNode:
    """A structure that was read.

    Attributes:
        plan: the compiled type.
        parent: the structure that holds it; None at the top.
        slot: where in `parent`.
        index: its position in a list; -1 outside lists.
        stream: the stream it was read from.
        start: offset in the stream's data.
        end: likewise; -1 until it is known.
        values: one entry a slot.
        spans: offsets of plain values by slot, and of groups of fixed size by group (see Plan).
        joins: items that `-refers-to … as` found.
        big_endian: the byte order in force where the type leaves it open.
    """

    __slots__ = (
        "big_endian", "end", "index", "joins", "parent", "plan", "slot", "spans", "start",
        "stream", "values",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  # a node is made in one place, positionally for speed
        self, plan: Plan, parent: StructNode | None, slot: int, index: int, stream: Stream,
        start: int,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.parent = parent
        self.slot = slot
        self.index = index
        self.stream = stream
        self.start = start
        self.end = -1
        self.values: list[Value] = plan.blank.copy()
        self.spans: dict[int, tuple[int, int]] | None = None
        self.joins: dict[str, StructNode | Value] | None = None
        self.big_endian = False

    def set_span(self, slot: int, start: int, end: int) -> None:
        """Keep the offsets of the value in `slot`."""
        if self.spans is None:
            self.spans = {}
        self.spans[slot] = (start, end)


class ListNode:
    """A repeated value.

    Attributes:
        items: the elements read so far.
        bounds: start and end of each element that is no structure; None when `stride` tells.
        stride: bytes of each element, where all are equal.
        is_abandoned: reading broke off in it, so its items are not all there.
    """

    __slots__ = ("bounds", "end", "is_abandoned", "items", "start", "stride")

    def __init__(self, start: int) -> None:
        self.items: list[Value] = []
        self.start = start
        self.end = start
        self.bounds: list[tuple[int, int]] | None = None
        self.stride = 0
        self.is_abandoned = False


Value = int | float | bool | str | bytes | StructNode | ListNode | Missing


class Location(NamedTuple):
    """A place in the tree: `slot` -1 is the structure itself, `index` -1 the whole value."""

    node: StructNode
    slot: int = -1
    index: int = -1


def ancestors(node: StructNode) -> Iterator[StructNode]:
    """Yield `node` and the structures around it, up to the top."""
    current: StructNode | None = node
    while current is not None:
        yield current
        current = current.parent


def path_of(place: Location) -> str:
    """Return the symbolic route: `instances[3].criteria[20].kind`; empty for the top."""
    parts: list[str] = []
    if place.slot >= 0:
        parts.append(_step(place.node.plan.names[place.slot], place.index))
    for node in ancestors(place.node):
        if node.parent is not None:
            parts.append(_step(node.parent.plan.names[node.slot], node.index))
    return ".".join(reversed(parts))


def _step(name: str, index: int) -> str:
    return name if index < 0 else f"{name}[{index}]"


def route_of(place: Location) -> tuple[int, ...]:
    """Return slots and indexes from the top; their order is the tree's pre-order."""
    parts: list[int] = []
    if place.slot >= 0:
        parts += [place.index, place.slot]
    for node in ancestors(place.node):
        if node.parent is not None:
            parts += [node.index, node.slot]
    return tuple(reversed(parts))


def offsets_of(place: Location) -> tuple[int, int]:
    """Return start and end of what stands at `place`, in the data of its node's stream."""
    node, slot, index = place
    if slot < 0:
        return node.start, max(node.start, node.end)
    value = node.values[slot]
    if isinstance(value, ListNode):
        return _list_offsets(value, index)
    if isinstance(value, StructNode):
        return value.start, max(value.start, value.end)
    return slot_offsets(node, slot)


def slot_offsets(node: StructNode, slot: int) -> tuple[int, int]:
    """Return the offsets of the plain value in `slot`; those of the structure if it was computed."""
    spans = node.spans or {}
    if slot in spans:
        return spans[slot]
    group, start, end = node.plan.offsets[slot] or (slot, 0, 0)
    if group in spans:
        base = spans[group][0]
        return base + start, base + end
    return node.start, max(node.start, node.end)


def _list_offsets(value: ListNode, index: int) -> tuple[int, int]:
    if index < 0 or index >= len(value.items):
        return value.start, value.end
    item = value.items[index]
    if isinstance(item, StructNode):
        return item.start, max(item.start, item.end)
    if value.bounds is not None:
        return value.bounds[index]
    start = value.start + index * value.stride
    return start, start + value.stride
