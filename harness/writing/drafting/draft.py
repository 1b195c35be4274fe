"""A content under construction: the tree as far as it is decided, and what is still open.

A draft stands where a reading's session stands, so that the expressions, rules and checks of the
reader work on values that nobody has read. What is not decided yet is *unknown* to them, as a
value is that could not be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from harness.reading import limits
from harness.reading.faults import Fault, Unknown
from harness.reading.frames import advance
from harness.reading.instances import read_instance
from harness.reading.tree import RUNNING, UNREAD, ListNode, Location, StructNode, Value
from harness.schema.ir import Limits, ValueInstance
from harness.writing.drafting.arguments import Arguments
from harness.writing.drafting.outcomes import GivenUp, Later, Rejected, Relocation
from harness.writing.drafting.space import (
    FIRST_ADDRESS,
    MAX_SPACES,
    NOWHERE,
    Space,
    number_at,
    space_of,
)
from harness.writing.drafting.standins import Looking, Recorder

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.frames import Frame
    from harness.reading.plan import PlanBook
    from harness.reading.stream import Stream
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.drafting.compiled import Compiled
    from harness.writing.drafting.recipes import Run

MAX_STEPS: Final = 1 << 22
MAX_NESTING: Final = 200
MAX_ROLLBACKS: Final = 250
MAX_ADDED: Final = 4000
MANY: Final = 60
_BYTES: Final = 1 << 16
_UNLIMITED: Final = Limits()

# a structure or list, and the number of what is open in it: a slot, or the index of an item
Key = tuple[int, int]
# a structure, a slot and the index of an item, -1 for the whole value
Place = tuple[StructNode, int, int]
Grow = Callable[[StructNode, int], None]
# what takes a step back, and what it is called with
Step = tuple[Any, ...]


class Draft:
    """The state of one content under construction.

    Attributes:
        book: the compiled types of the schema.
        root: the top structure.
        main: the stream of the file.
        at: what was grown last.
        unsolved: the last expression that could not be made to give what was wanted.
        arguments: passes on what was unknown when a structure began.
        open: what was left undecided: where it stands, and which slot.
        added: how many structures were begun, those that were taken back too.
        owners: the structure that each region is for.
        later: regions whose size is decided last.
        relocations: offsets that stand for a chunk as yet.
        unsized: values whose size follows from the places of others.
        unended: values that end with their stream instead of a terminator.
        owned: what a size or an offset decided; it may be decided again once that is known.
        held: by structure, which rules are known to hold.
        alike: by list and order, which item had a key when it was judged.
    """

    def __init__(self, book: PlanBook, compiled: Compiled, *, is_free: bool = False) -> None:
        self._is_free = is_free
        self.book = book
        self.compiled = compiled
        self.compile = compiled.of
        self.file = ""
        self.prefix = ""
        self.recorder = Recorder()
        self.is_done = False
        self.is_stopped = False
        self.bits_place: Location | None = None
        self.memo: dict[Any, Any] = {}
        self.references: dict[int, set[int]] = {}
        self.parents: dict[int, StructNode | None] = {}
        self.steps = limits.Budget("L605", MAX_STEPS)
        self.output = limits.Budget("L604", limits.MAX_OUTPUT_BYTES)
        self.limits = limits.whole(book.schema.root.limits, _BYTES)
        self.root: StructNode | None = None
        self.spaces: list[Space] = []
        self.main = self.add_space(None)
        self.at: Place | None = None
        self.unsolved: Expr | None = None
        self.open: dict[Key, Place] = {}
        self.owned: set[Key] = set()
        self.held: dict[int, int] = {}
        self.alike: dict[Key, dict[Any, int]] = {}
        self.may_grow = True
        self.is_forcing = False
        self.grow: Grow | None = None
        self.read_back: Callable[[StructNode, int], bool] | None = None
        self.may_read_back = False
        self._computed: dict[Key, Any] = {}
        self._pinned: dict[Key, Any] = {}
        self._journal: list[Step] = []
        self._nesting = 0
        self.added = 0
        self._held = 0
        self._rollbacks = 0
        self.arguments = Arguments(self, is_free=is_free)
        self.owners: dict[Space, StructNode] = {}
        self.later: list[Later] = []
        self.relocations: list[Relocation] = []
        self.unsized: set[tuple[int, int]] = set()
        self.unended: set[tuple[int, int, int]] = set()

    # streams and structures

    def add_space(self, wanted: int | None) -> Space:
        """Begin a stream of `wanted` bytes, or of as many as there will be."""
        if len(self.spaces) >= MAX_SPACES:
            raise Rejected
        space = Space(self, len(self.spaces), wanted)
        self.spaces.append(space)
        return space

    def space_at(self, address: int) -> Space:
        """Return the stream that an address leads into.

        Raises:
            LookupError: there is none.
        """
        return self.spaces[number_at(address)]

    def add_stream(self, stream: Stream) -> Stream:
        """Part of a session: a region of bytes that are read back."""
        return stream

    def add_node(
        self, name: str, parent: StructNode | None, slot: int, index: int, space: Space
    ) -> StructNode:
        """Begin a structure of the type `name`."""
        plan = self.book.plan(name)
        self.added += 1
        self._journal.append((setattr, self, "_held", self._held))
        self._held += 1
        if self.added > MAX_ADDED and not self._is_free:
            raise GivenUp
        within = self.limits if parent is None else parent.limits
        if parent and plan.type.limits != _UNLIMITED:
            within = limits.inside(plan.type.limits, within, parent.depth + 1)
        node = StructNode(plan, parent, slot, index, space, NOWHERE, within)  # type: ignore[arg-type]  # a space stands for a stream
        if node.depth > node.limits.deepest:
            raise Rejected
        self.held.pop(id(node), None)  # another one had that number
        self.parents.pop(id(node), None)
        if parent is not None:
            node.big_endian = parent.big_endian
        return node

    def is_large(self) -> bool:
        """Whether there is so much already that no more should be added without need."""
        return self._held > MANY

    # decisions

    def set(self, node: StructNode, slot: int, value: Value, item: int = -1) -> None:
        """Decide what stands in a slot, or in one item of its list; it can be undone."""
        if item < 0:
            place: list[Value] = node.values
            at, key = slot, (id(node), slot)
        else:
            items = node.values[slot]
            assert isinstance(items, ListNode)
            place, at, key = items.items, item, (id(items), item)
        self._journal.append((place.__setitem__, at, place[at]))
        place[at] = value
        was_open = self.open.pop(key, None)
        if was_open is not None:
            self._journal.append((self.open.__setitem__, key, was_open))
        if self._computed:  # as `changed` does, without a call for every value
            self._computed.clear()

    def leave_open(self, node: StructNode, slot: int, item: int = -1) -> None:
        """Keep in mind that a value must still be decided."""
        key = self.key(node, slot, item)
        self.open[key] = (node, slot, item)
        self._journal.append((self.open.pop, key, None))

    def fill(self, node: StructNode, run: Run) -> bool:
        """Decide neighbours that can only be one thing; False where one was decided before.

        They are taken back together with their structure, not by themselves.
        """
        if node.values[run.place] != run.unread:
            return False
        node.values[run.place] = run.values
        for slot in run.open:
            self.leave_open(node, slot)
        self.changed()
        return True

    def key(self, node: StructNode, slot: int, item: int = -1) -> Key:
        """Return what stands for a slot, or for one item of its list."""
        return (id(node), slot) if item < 0 else (id(node.values[slot]), item)

    def own(self, key: Key) -> None:
        """Let a value be decided again by the size or offset that has just decided it."""
        if key not in self.owned:
            self.owned.add(key)
            self._journal.append((self.owned.discard, key))

    def hold(self, node: StructNode, rules: int) -> None:
        """Keep in mind which rules of a structure hold, whatever is decided next."""
        self._journal.append((self.held.__setitem__, id(node), self.held.get(id(node), 0)))
        self.held[id(node)] = rules

    def pin(self, node: StructNode, slot: int) -> None:
        """Keep what was just computed, whatever is decided next: a reading computes it once."""
        key = (id(node), slot)
        if key in self._computed and key not in self._pinned:
            self._pinned[key] = self._computed[key]
            self._journal.append((self._pinned.pop, key))

    def append(self, items: ListNode) -> None:
        """Make room for one more item."""
        items.items.append(UNREAD)
        self._journal.append((items.items.pop,))

    def reorder(self, items: ListNode, order: list[Value]) -> None:
        """Put the items of a list in another order."""
        self._journal.append((self._put_items, items, items.items))
        self._put_items(items, order)

    def _put_items(self, items: ListNode, values: list[Value]) -> None:
        items.items = values
        for number, item in enumerate(values):
            if isinstance(item, StructNode):
                item.index = number
                self.arguments.pass_again(item)
        self.changed()

    def end_space(self, space: Space, more: int) -> None:
        """Let a stream end `more` bytes after what is written in it so far, if that is known."""
        if space.cursor is None or space.cursor >= FIRST_ADDRESS:
            raise Rejected
        self._journal.append((setattr, space, "wanted", space.wanted))
        space.wanted = space.cursor + more
        self.changed()

    def mark_unended(self, node: StructNode, slot: int, item: int) -> None:
        """A value ends with its stream, without a terminator."""
        key = (id(node), slot, item)
        self.unended.add(key)
        self._journal.append((self.unended.discard, key))

    def free_size(self, node: StructNode, extent: Extent) -> None:
        """Let a value take what it needs; the places around it must turn out to fit."""
        key = (id(node), id(extent))
        self.unsized.add(key)
        self._journal.append((self.unsized.discard, key))

    def close_later(self, space: Space, extent: Extent, node: StructNode, bound: Bound) -> None:
        """Let the size of a region follow once all that lies in it is there."""
        self.later.append(Later(space, extent, node, bound))
        self._journal.append((self.later.pop,))

    def undoing(self, undo: Callable[..., object], *arguments: object) -> None:
        """Keep what takes back a step that was just made."""
        self._journal.append((undo, *arguments))

    def changed(self) -> None:
        """What was computed may have another value now."""
        if self._computed:
            self._computed.clear()

    def mark(self) -> int:
        """Return what `rollback` needs to come back to this moment."""
        return len(self._journal)

    def rollback(self, mark: int) -> None:
        """Undo what was decided since `mark`.

        Raises:
            GivenUp: it was done too often.
        """
        self._rollbacks += 1
        if self._rollbacks > MAX_ROLLBACKS:
            raise GivenUp
        while len(self._journal) > mark:
            undo, *arguments = self._journal.pop()
            undo(*arguments)
        self.changed()

    def only_looking(self) -> Looking:
        """Within it, nothing is grown because somebody looks for it."""
        return Looking(self)

    # what expressions and checks ask of a session

    def force(self, node: StructNode, slot: int) -> Any:
        """Compute or grow an instance whose value is needed now; return what its slot holds.

        Raises:
            Unknown: it cannot be had yet.
        """
        key = (id(node), slot)
        if key in self._computed:
            return self._computed[key]
        if key in self._pinned:
            return self._pinned[key]
        if self._nesting >= MAX_NESTING:
            raise Rejected
        self._nesting += 1
        node.values[slot] = RUNNING
        try:
            return self._forced(node, slot, key)
        finally:
            self._nesting -= 1
            if node.values[slot] is RUNNING:
                node.values[slot] = UNREAD

    def _forced(self, node: StructNode, slot: int, key: Key) -> Any:
        if isinstance(node.plan.fields[slot], ValueInstance):
            node.plan.instance_steps[slot](node, node.stream)
            self._computed[key] = value = node.values[slot]
            node.values[slot] = UNREAD
            return value
        if space_of(node) is None:
            read_instance(self, node, slot)  # type: ignore[arg-type]  # a draft stands for a session
            return node.values[slot]
        node.values[slot] = UNREAD
        is_read = self.may_read_back and self.read_back is not None and self.read_back(node, slot)
        if is_read:
            return node.values[slot]
        if not self.may_grow or self.grow is None:
            raise Unknown(node.plan.names[slot], is_reported=False)
        before, self.is_forcing = self.is_forcing, True
        try:
            self.grow(node, slot)
        finally:
            self.is_forcing = before
        return node.values[slot]

    def report(self, *_: object, **__: object) -> None:
        """A check failed or could not be made, a limit is exceeded, or something is missing."""
        raise Rejected

    report_fault = report_problem = exhaust = report

    def align(self, stream: Stream) -> None:
        """Bits that were read back are left over."""
        stream.bits = stream.bits_left = 0

    def run(self, frame: Frame) -> None:
        """Read back what is made of bytes; any fault means that the bytes are wrong."""
        stack = [frame]
        try:
            while stack:
                advance(stack)
        except (Fault, Unknown):
            raise Rejected from None

    # looking

    def look(
        self, value: Callable[[StructNode, Any], Any], node: StructNode, bound: Any, *,
        is_urgent: bool = True,
    ) -> Any:  # fmt: skip
        """Return what an expression gives, as far as it is decided.

        Args:
            value: the expression.
            node: where.
            bound: what its names stand for.
            is_urgent: arguments that others wait for are passed on if that may help.

        Raises:
            Unknown: something in it is not.
            Rejected: it is at fault.
        """
        try:
            return value(node, bound)
        except Unknown:
            arguments = self.arguments
            if not arguments.waiting:
                raise
            if not arguments.fill_around(node) and not (is_urgent and arguments.fill_all()):
                raise
        except Fault:
            raise Rejected from None
        return self.look(value, node, bound, is_urgent=is_urgent)
