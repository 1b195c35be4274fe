"""The explicit stack of reading: a frame for each structure and each list under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from harness.reading.faults import Fault
from harness.reading.tree import ListNode, Location, Missing, StructNode, Value

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.stream import Stream
    from harness.reading.values import ValueCheck

Element = Callable[[StructNode, int, int, "Stream", "Bound"], "Value | StructFrame"]
After = Callable[[], None]


class Frame(Protocol):
    """Something under way.

    Attributes:
        stream: what it is read from.
        depth: how many structures are around it.
        owns_region: the stream is its own, so that a fault in it ends here.
    """

    stream: Stream
    depth: int
    owns_region: bool

    def advance(self) -> Frame | None:
        """Read on until something nested must be read first (returned), or to the end (None)."""

    def finish(self) -> None:
        """Called once when all is read."""

    def abandon(self) -> None:
        """Called instead of `finish` when reading breaks off in it."""

    def place(self) -> Location:
        """Return what is being read."""


class StructFrame:
    """A structure under way: the steps of its plan, in order."""

    __slots__ = ("after", "depth", "node", "owns_region", "step", "stream")

    def __init__(self, node: StructNode, stream: Stream, *, owns_region: bool) -> None:
        self.node = node
        self.stream = stream
        self.owns_region = owns_region
        self.step = 0
        self.depth = 0
        self.after: After | None = None

    def advance(self) -> Frame | None:
        """Run steps until one needs something nested."""
        node, stream, steps = self.node, self.stream, self.node.plan.steps
        at, count = self.step, len(steps)
        while at < count:
            nested = steps[at](node, stream)
            at += 1
            if nested is not None:
                self.step = at
                return nested
        return None

    def finish(self) -> None:
        """The structure ends where its region ends, or where reading stands."""
        stream = self.stream
        if stream.bits_left and self.owns_region:
            stream.session.align(stream)
        self.node.end = stream.end if self.owns_region else stream.position
        if self.owns_region:
            stream.close_run()
        if self.after is not None:
            self.after()

    def abandon(self) -> None:
        """Whatever was not read stays so."""
        node = self.node
        for slot in node.plan.sequence_slots:
            if node.values[slot] in (Missing.UNREAD, Missing.RUNNING):
                node.values[slot] = Missing.ABANDONED
        node.end = self.stream.end if self.owns_region else self.stream.position
        if self.owns_region:
            self.stream.close_run()

    def place(self) -> Location:
        """The first attribute that has no value yet."""
        node = self.node
        for slot in node.plan.sequence_slots:
            if node.values[slot] is Missing.UNREAD:
                return Location(node, slot)
        return Location(node)


class ListFrame:
    """A repetition under way; plain elements are read at once, structures one by one."""

    __slots__ = (
        "after", "bound", "check", "count", "depth", "element", "index", "items", "node", "owns_region",
        "session", "slot", "stream", "until", "was_at",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  # made in one place, positionally
        self, node: StructNode, slot: int, stream: Stream, element: Element, count: int | None,
        until: Evaluate | None, check: ValueCheck | None,
    ) -> None:  # fmt: skip
        self.node = node
        self.slot = slot
        self.stream = stream
        self.element = element
        self.count = count
        self.until = until
        self.check = check
        self.after: After | None = None
        self.session = stream.session
        self.items = ListNode(stream.position)
        self.index = -1
        self.bound: dict[str, Value] = {"_index": 0}
        self.depth = 0
        self.owns_region = False
        self.was_at = (-1, 0)
        node.values[slot] = self.items

    def advance(self) -> Frame | None:
        """Read elements until one is a structure, or no more are due."""
        items = self.items.items
        if items and self.check is not None and isinstance(items[-1], StructNode):
            self.check(self.node, self.slot, self.index, items[-1])
        while True:
            if self.index >= 0 and self._is_last(items[-1]):
                return None
            if self.index < 0 and self._is_empty():
                return None
            stream = self.stream
            self.index += 1
            self.session.count_items(1)
            self.was_at = (stream.position, stream.bits_left)
            self.bound["_index"] = self.index
            value = self.element(self.node, self.slot, self.index, stream, self.bound)
            if isinstance(value, StructFrame):
                items.append(value.node)
                return value
            self._keep(value, self.was_at[0], stream.position)

    def _keep(self, value: Value, start: int, end: int) -> None:
        self.items.items.append(value)
        if self.items.bounds is None:
            self.items.bounds = []
        self.items.bounds.append((start, end))
        if self.check is not None:
            self.check(self.node, self.slot, self.index, value)

    def _is_empty(self) -> bool:
        if self.count is not None:
            return self.count == 0
        return self.until is None and self._is_at_end()

    def _is_at_end(self) -> bool:
        return self.stream.position >= self.stream.end and self.stream.bits_left == 0

    def _is_last(self, item: Value) -> bool:
        """Whether the list ends after `item`."""
        if self.count is not None:
            return self.index + 1 >= self.count
        if self.until is not None:
            self.bound["_"] = item
            if self.until(self.node, self.bound):
                return True
        elif self._is_at_end():
            return True
        if (self.stream.position, self.stream.bits_left) == self.was_at:
            raise Fault("S113")
        return False

    def finish(self) -> None:
        """The list ends where reading stands."""
        self.items.end = self.stream.position
        if self.after is not None:
            self.after()

    def abandon(self) -> None:
        """The items read so far stay, but the list counts as unknown."""
        self.items.is_abandoned = True
        self.items.end = self.stream.position

    def place(self) -> Location:
        """The element under way."""
        return Location(self.node, self.slot, max(self.index, 0))
