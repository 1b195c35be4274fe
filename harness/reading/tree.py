"""The tree that reading gives: structures, lists and plain values, each with its bytes.

Plain values (int, float, bool, str, bytes) stand in the tree as they are; their bytes are kept by
the structure around them. A place in the tree is a structure, a slot of it and, in a list, an
index.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.findings.model import Span

if TYPE_CHECKING:
    from harness.reading.limits import Limits
    from harness.reading.plan import Plan
    from harness.reading.stream import Stream


class Missing(Enum):
    """Why a slot holds no value."""

    UNREAD = auto()
    RUNNING = auto()
    ABSENT = auto()
    ABANDONED = auto()


# looking up a member costs a call in Python 3.11, and these are looked up for every value
UNREAD: Final = Missing.UNREAD
RUNNING: Final = Missing.RUNNING
ABSENT: Final = Missing.ABSENT
ABANDONED: Final = Missing.ABANDONED


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
        depth: how many structures are around it, itself included.
        limits: what may still be spent on what is read in it.
        values: one entry a slot.
        spans: offsets of plain values by slot, and of groups of fixed size by group (see Plan).
        sources: for slots read from a stream other than the structure's, that stream.
        joins: items that `-refers-to … as` found.
        big_endian: the byte order in force where the type leaves it open.
    """

    __slots__ = (
        "big_endian", "depth", "end", "index", "joins", "limits", "parent", "plan", "slot",
        "sources", "spans", "start", "stream", "values",
    )  # fmt: skip

    def __init__(
        self, plan: Plan, parent: StructNode | None, slot: int, index: int, stream: Stream,
        start: int, limits: Limits,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.parent = parent
        self.slot = slot
        self.index = index
        self.stream = stream
        self.start = start
        self.end = -1
        self.depth: int = 1 if parent is None else parent.depth + 1
        self.limits = limits
        self.values: list[Value] = plan.blank.copy()
        self.spans: dict[int, tuple[int, int]] | None = None
        self.sources: dict[int, Stream] | None = None
        self.joins: dict[str, StructNode | Value] | None = None
        self.big_endian = False

    def set_span(self, slot: int, start: int, end: int) -> None:
        """Keep the offsets of the value in `slot`."""
        if self.spans is None:
            self.spans = {}
        self.spans[slot] = (start, end)

    def set_source(self, slot: int, stream: Stream) -> None:
        """Keep the stream that the value in `slot` was read from, where it is another one."""
        if stream is not self.stream:
            if self.sources is None:
                self.sources = {}
            self.sources[slot] = stream

    def source(self, slot: int) -> Stream:
        """Return the stream that the value in `slot` was read from."""
        return self.stream if self.sources is None else self.sources.get(slot, self.stream)


class ListNode:
    """A repeated value.

    Attributes:
        node: the structure it was read in; None for a list that an expression made.
        slot: where in `node`.
        items: the elements read so far.
        start: offset in the data of the stream it was read from.
        end: likewise.
        bounds: start and end of each element that is no structure; None when `stride` tells.
        stride: bytes of each element, where all are equal.
        is_abandoned: reading broke off in it, so its items are not all there.
    """

    __slots__ = ("bounds", "end", "is_abandoned", "items", "node", "slot", "start", "stride")

    def __init__(self, node: StructNode | None, slot: int, start: int) -> None:
        self.node = node
        self.slot = slot
        self.items: list[Value] = []
        self.start = start
        self.end = start
        self.bounds: list[tuple[int, int]] | None = None
        self.stride = 0
        self.is_abandoned = False


Value = int | float | bool | str | bytes | StructNode | ListNode | Missing


class Location(NamedTuple):
    """A place in the tree: `slot` -1 is the structure itself, `item` -1 the whole value."""

    node: StructNode
    slot: int = -1
    item: int = -1


def ancestors(node: StructNode) -> Iterator[StructNode]:
    """Yield `node` and the structures around it, up to the top."""
    current: StructNode | None = node
    while current is not None:
        yield current
        current = current.parent


def children(node: StructNode) -> list[StructNode]:
    """Return the structures that `node` holds itself, in slot and list order; shared ones not."""
    found: list[StructNode] = []
    for slot in node.plan.child_slots:
        value = node.values[slot]
        if isinstance(value, StructNode):
            if value.parent is node and value.slot == slot:
                found.append(value)
        elif isinstance(value, ListNode) and value.node is node and value.slot == slot:
            found += [item for item in value.items if isinstance(item, StructNode)]
    return found


def pre_order(root: StructNode) -> Iterator[StructNode]:
    """Yield `root` and all structures below it, each before those that it holds.

    What a structure holds is looked at only when the next is asked for.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if node.plan.child_slots:
            waiting += reversed(children(node))


def value_at(place: Location) -> Value:
    """Return what stands at a place."""
    node, slot, item = place
    if slot < 0:
        return node
    value = node.values[slot]
    if isinstance(value, ListNode) and item >= 0:
        return value.items[item] if item < len(value.items) else Missing.ABANDONED
    return value


def own_list(node: StructNode, slot: int) -> ListNode | None:
    """Return the list in `slot` if it was read there; None for anything else, shared lists too."""
    value = node.values[slot]
    is_own = isinstance(value, ListNode) and value.node is node and value.slot == slot
    return value if is_own else None  # type: ignore[return-value]  # is_own


# names and numbers of places


def path_of(place: Location) -> str:
    """Return the symbolic route: `instances[3].criteria[20].kind`; empty for the top."""
    parts: list[str] = []
    if place.slot >= 0:
        parts.append(step_of(place.node.plan.names[place.slot], place.item))
    parts += [
        step_of(node.parent.plan.names[node.slot], node.index)
        for node in ancestors(place.node)
        if node.parent is not None
    ]
    return ".".join(reversed(parts))


def step_of(name: str, index: int) -> str:
    """Return one step of a path; `index` -1 outside lists."""
    return name if index < 0 else f"{name}[{index}]"


def route_of(place: Location) -> tuple[int, ...]:
    """Return slots and indexes from the top; their order is the tree's pre-order."""
    parts: list[int] = []
    if place.slot >= 0:
        parts += [place.item, place.slot]
    for node in ancestors(place.node):
        if node.parent is not None:
            parts += [node.index, node.slot]
    return tuple(reversed(parts))


# bytes of places


def extent_of(place: Location) -> tuple[Stream, int, int]:
    """Return the stream that holds what stands at `place`, and its offsets in that stream's data.

    Of a structure that was unpacked, these are the packed bytes.
    """
    value = value_at(place)
    if isinstance(value, StructNode):
        packed = value.stream.packed if value.stream.owner is value else None
        return packed or (value.stream, value.start, max(value.start, value.end))
    node, slot, item = place
    held = node.values[slot]
    if isinstance(held, ListNode):
        home = node if held.node is None else held.node
        return (home.source(slot if held.node is None else held.slot), *_list_offsets(held, item))
    return (node.source(slot), *_slot_offsets(node, slot))


def own_extent_of(place: Location) -> tuple[Stream, int, int] | None:
    """Return the extent of what stands at `place`; None for what has no bytes of its own.

    That is what is absent, and a plain value that was computed or passed.
    """
    node, slot, _ = place
    value = value_at(place)
    if isinstance(value, Missing):
        return None
    is_kept_here = not isinstance(value, StructNode | ListNode) and place.item < 0
    return None if is_kept_here and _own_offsets(node, slot) is None else extent_of(place)


def offsets_of(place: Location) -> tuple[int, int]:
    """Return start and end of what stands at `place`, in the data of the stream that holds it."""
    return extent_of(place)[1:]


def span_of(place: Location) -> Span:
    """Return the bytes of the file that hold what stands at `place`."""
    stream, start, end = extent_of(place)
    return stream.span(start, end)


def _slot_offsets(node: StructNode, slot: int) -> tuple[int, int]:
    """Return the offsets of a plain value; those of the structure around it if it has none."""
    return _own_offsets(node, slot) or (node.start, max(node.start, node.end))


def _own_offsets(node: StructNode, slot: int) -> tuple[int, int] | None:
    spans = node.spans or {}
    if slot in spans:
        return spans[slot]
    group, start, end = node.plan.offsets[slot] or (slot, 0, 0)
    if group is None:
        return node.start + start, node.start + end
    if group in spans:
        base = spans[group][0]
        return base + start, base + end
    return None


def _list_offsets(value: ListNode, item: int) -> tuple[int, int]:
    if not 0 <= item < len(value.items):
        return value.start, value.end
    if value.bounds is not None:
        return value.bounds[item]
    start = value.start + item * value.stride
    return start, start + value.stride
