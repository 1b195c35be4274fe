"""The explicit stack of reading: a frame for each structure and each list under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from harness.reading.faults import Fault, Stopped
from harness.reading.tree import (
    ABANDONED,
    ABSENT,
    RUNNING,
    UNREAD,
    ListNode,
    Location,
    StructNode,
    Value,
)

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.stream import Stream
    from harness.reading.values import ValueCheck

Element = Callable[[StructNode, int, int, "Stream", "Bound"], "Value | StructFrame"]
After = Callable[[], None]

_NO_BOUNDS: Final = (0, 0)


class Frame(Protocol):
    """Something under way.

    Attributes:
        stream: what it is read from.
        owns_region: the stream is its own, so that a fault in it ends here.
        after: called once it is read, checks of the whole value.
        resume: called once nothing more is read, whether or not reading broke off.
    """

    stream: Stream
    owns_region: bool
    after: After | None
    resume: After | None

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

    __slots__ = ("after", "node", "owns_region", "resume", "step", "stream")

    def __init__(self, node: StructNode, stream: Stream, *, owns_region: bool) -> None:
        self.node = node
        self.stream = stream
        self.owns_region = owns_region
        self.step = 0
        self.after: After | None = None
        self.resume: After | None = None

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

    def read_at_once(self) -> bool:
        """Read the whole structure if it is of fixed size and nothing can break off in it.

        Returns:
            Whether it was read; if not, it must be advanced like any other.
        """
        node, stream, group = self.node, self.stream, self.node.plan.group
        if group is None or stream.position + group.size > stream.end:
            return False
        if node.depth > node.limits.deepest:
            return False
        try:
            group.step(node, stream)
        except Stopped:
            self.abandon()
            raise
        self.finish()
        return True

    def finish(self) -> None:
        """The structure ends where its region ends, or where reading stands."""
        stream = self.stream
        # Kaitai leaves bits as they are, and an instance without a position goes on with them
        if stream.bits_left and self.owns_region and not stream.session.book.is_lenient:
            stream.session.align(stream)
        self._close()
        if self.after is not None:
            self.after()

    def abandon(self) -> None:
        """Whatever was not read stays so."""
        node = self.node
        for slot in node.plan.sequence_slots:
            if node.values[slot] in (UNREAD, RUNNING):
                node.values[slot] = ABANDONED
        self._close()

    def _close(self) -> None:
        self.node.end = self.stream.end if self.owns_region else self.stream.position
        if self.owns_region:
            self.stream.close_run()
        if self.resume is not None:
            self.resume()

    def place(self) -> Location:
        """The first attribute that has no value yet."""
        node = self.node
        for slot in node.plan.sequence_slots:
            if node.values[slot] is UNREAD:
                return Location(node, slot)
        return Location(node)


class Repetition(NamedTuple):
    """What reading a repeated attribute needs, compiled once.

    Attributes:
        element: reads one element.
        until: whether the element just read, called `_`, is the last; None when a count or the
            end of the stream decides.
        check: of each element.
        is_bits: elements are bit fields, which may begin inside a byte.
    """

    element: Element
    until: Evaluate | None
    check: ValueCheck | None
    is_bits: bool


class ListFrame:
    """A repetition under way; plain elements are read at once, structures one by one.

    As in Kaitai, a structure is an item of the list only once it is read: while it is, the list
    has those before it.
    """

    __slots__ = (
        "after", "bound", "count", "index", "items", "node", "owns_region", "repetition", "resume",
        "slot", "stream", "under_way", "was_at",
    )  # fmt: skip

    def __init__(
        self, node: StructNode, slot: int, stream: Stream, repetition: Repetition, count: int | None
    ) -> None:
        self.node = node
        self.slot = slot
        self.stream = stream
        self.repetition = repetition
        self.count = count
        self.after: After | None = None
        self.resume: After | None = None
        starts_inside = repetition.is_bits and stream.bits_left > 0
        self.items = ListNode(node, slot, stream.position - starts_inside)
        self.index = -1
        self.bound: dict[str, Value] = {"_index": 0}
        self.owns_region = False
        self.was_at = (-1, 0)
        self.under_way: StructNode | None = None
        node.values[slot] = self.items

    def advance(self) -> Frame | None:
        """Read elements until one is a structure, or no more are due."""
        node, slot, stream = self.node, self.slot, self.stream
        element, _, check, _ = self.repetition
        if self.under_way is not None:
            value = self._keep_structure(self.under_way)
            if check is not None:
                check(node, slot, self.index, value)
        while not self._is_done():
            self.index += 1
            node.limits.items.take(1, node, slot, self.index)
            self.was_at = (stream.position, stream.bits_left)
            self.bound["_index"] = self.index
            found = element(node, slot, self.index, stream, self.bound)
            if isinstance(found, StructFrame):
                if not found.read_at_once():
                    self.under_way = found.node
                    return found
                value = self._keep_structure(found.node)
            else:
                value = self._keep(found)
            if check is not None:
                check(node, slot, self.index, value)
        return None

    def _keep_structure(self, node: StructNode) -> Value:
        """Keep a structure, which knows itself where it lies."""
        self.under_way = None
        self.items.items.append(node)
        if self.items.bounds is not None:
            self.items.bounds.append(_NO_BOUNDS)
        return node

    def _keep(self, value: Value) -> Value:
        """Keep a plain element and where it lies; to Kaitai what no case reads is no element."""
        items, (start, bits) = self.items, self.was_at
        if value is ABSENT and self.stream.session.book.is_lenient:
            return value
        if items.bounds is None:
            items.bounds = [_NO_BOUNDS] * len(items.items)
        items.items.append(value)
        starts_inside = bits > 0 and self.repetition.is_bits
        items.bounds.append((start - starts_inside, self.stream.position))
        return value

    def _is_done(self) -> bool:
        """Whether no element is due: none at all, or none after the last."""
        until = self.repetition.until
        if self.count is not None:
            return self.index + 1 >= self.count
        if until is None and self._is_at_end():
            return True
        if self.index < 0:
            return False
        if until is not None:
            items = self.items.items
            self.bound["_"] = items[-1] if items else ABSENT
            if until(self.node, self.bound):
                return True
        is_still = (self.stream.position, self.stream.bits_left) == self.was_at
        # the next element may take some, and Kaitai waits for it; the limit on items ends it all
        if is_still and not self.stream.session.book.is_lenient:
            raise Fault("S113")
        return False

    def _is_at_end(self) -> bool:
        return self.stream.position >= self.stream.end and self.stream.bits_left == 0

    def finish(self) -> None:
        """The list ends where reading stands."""
        self.items.end = self.stream.position
        if self.resume is not None:
            self.resume()
        if self.after is not None:
            self.after()

    def abandon(self) -> None:
        """The items read so far stay, the last perhaps in part, but the list counts as unknown."""
        if self.under_way is not None:
            self._keep_structure(self.under_way)
        self.items.is_abandoned = True
        self.items.end = self.stream.position
        if self.resume is not None:
            self.resume()

    def place(self) -> Location:
        """The element under way."""
        return Location(self.node, self.slot, max(self.index, 0))


def advance(stack: list[Frame]) -> None:
    """Read on in the innermost frame: one more is opened, or it is done.

    Raises:
        Fault: something is wrong, or nests too deep: before anything of it is read.
        Unknown: something is missing.
    """
    top = stack[-1]
    if isinstance(top, StructFrame) and top.step == 0:
        _check_depth(top)
    nested = top.advance()
    if nested is None:
        stack.pop()
        top.finish()
    else:
        stack.append(nested)


def _check_depth(frame: StructFrame) -> None:
    node = frame.node
    if node.depth > node.limits.deepest:
        span = (frame.stream.position, frame.stream.position)
        raise Fault("L601", str(node.limits.depth), span=span)
