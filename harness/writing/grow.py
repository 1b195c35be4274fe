"""Growing a draft: structure by structure in the order of reading, each value decided as it is met.

Where reading would unpack a value, growing chooses one, and it follows the reader's own order,
because a schema's expressions look back: by the time a size, a count or a case is needed, what it
is computed from has been met. Three things turn that order round, and so are left open when they
are met: what a size, count or offset is computed from (it follows from what is grown later), what a
rule says must equal something later, and what refers to a table that is not there yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import ListNode, Missing, StructNode, Value, children
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.walk import arms_of
from harness.writing import packing
from harness.writing.draft import Draft, Rejected
from harness.writing.leaves import MAX_COUNT, Leaves
from harness.writing.needs import MAX_SIZE, Needs
from harness.writing.placing import Placing
from harness.writing.solve import Solver, Unsolved
from harness.writing.space import Space
from harness.writing.values import MISSING, Given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from harness.reading.expressions import Bound, Evaluate
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.choices import Choices
    from harness.writing.judge import Judges

RETRIES: Final = 12


class Goal(NamedTuple):
    """Whether an item under way is to be the last of its list."""

    node: StructNode
    slot: int
    index: int
    tree: Expr
    until: Evaluate
    is_last: bool


class Grower:
    """Grows one draft."""

    def __init__(
        self,
        draft: Draft,
        judges: Judges,
        choices: Choices,
        given: Given | None = None,
        overrides: Mapping[tuple[str, str], Callable[[], Any]] | None = None,
    ) -> None:
        """Begin.

        Args:
            draft: what is grown; its top structure is there.
            judges: of the schema.
            choices: make the decisions.
            given: decisions that were made before; then nothing is tried twice, and no rule is
                looked at.
            overrides: for fields, by type and name, where their values come from.
        """
        self.given = given
        self.tries = RETRIES if given is None else 1
        self.draft = draft
        self.choices = choices
        self.facts = judges.facts
        self.judges = judges
        self.solver = Solver(draft)
        self.leaves = Leaves(draft, self.facts, choices, overrides or {})
        self.needs = Needs(self)
        self.placing = Placing(self)
        self._goals: list[Goal] = []
        draft.grow = self.instance

    def content(self) -> None:
        """Grow the whole content.

        Raises:
            Rejected: what was decided cannot be part of a valid content.
        """
        draft = self.draft
        root = draft.root
        assert root is not None
        self.sequence(root, draft.main)
        waiting = [root]
        while waiting:
            node = waiting.pop()
            self.instances(node)
            waiting += reversed(children(node))
        self.needs.settle_all()

    def sequence(self, node: StructNode, space: Space) -> None:
        """Grow the attributes of a structure that follow each other."""
        self.judges.decide_endian(node)
        for slot in node.plan.sequence_slots:
            self._retried(lambda slot=slot: self._field(node, slot, space), node, slot)  # type: ignore[misc]

    def _retried(self, grow: Any, node: StructNode, slot: int) -> None:
        """Grow something until the rules that look at it hold."""
        draft, space = self.draft, node.stream
        cursor, bits = space.cursor, space.bits_left  # type: ignore[attr-defined]  # a Space
        for tries in range(self.tries):
            mark = draft.mark()
            try:
                grow()
                self._keep_to_goal(node)
                self.needs.pursue(node, slot)
                self.judges.of(node.plan).judge_field(node, slot)
            except Rejected:
                draft.rollback(mark)
                space.cursor, space.bits_left = cursor, bits  # type: ignore[attr-defined]
                if tries == self.tries - 1:
                    raise
            else:
                return

    def goal_of(self, node: StructNode) -> Goal | None:
        """Return what is wanted of a structure that is an item of a list."""
        goal = self._goals[-1] if self._goals else None
        if goal is None or node.parent is not goal.node:
            return None
        return goal if (node.slot, node.index) == (goal.slot, goal.index) else None

    def _keep_to_goal(self, node: StructNode) -> None:
        """Reject an item as soon as it is known to end its list too early, or not to end it.

        Raises:
            Rejected: it does.
        """
        goal = self.goal_of(node)
        if goal is not None:
            ends = self.leaves.quietly(goal.until, goal.node, {"_": node, "_index": goal.index})
            if ends is not None and ends != goal.is_last:
                raise Rejected

    def _field(self, node: StructNode, slot: int, space: Space) -> None:
        field = node.plan.fields[slot]
        assert isinstance(field, Attribute)
        if field.condition is not None and not self.needs.condition(
            field.condition.tree, node, space, slot
        ):
            self.draft.set(node, slot, Missing.ABSENT)
            return
        self.attribute(node, slot, field, space)

    def attribute(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """Grow one attribute that is there, repeated or not."""
        self.draft.at = (node, slot, -1)
        if space.bits_left and not any(isinstance(d, BitsData) for d in arms_of(field.data)):
            space.bits_left = 0
        if field.repeat is not None:
            self._list(node, slot, field, space)
            return
        if not isinstance(node.values[slot], Missing):  # something needed it before its turn
            space.advance(_width(field.data))
            return
        value = self.value(node, slot, -1, field, field.data, space, NOTHING_BOUND)
        if value is not Missing.UNREAD:
            self.draft.set(node, slot, value)

    # one value

    def value(  # a place, what stands there, and where it is written
        self, node: StructNode, slot: int, index: int, field: Attribute, data: DataType,
        space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        """Grow one value; UNREAD for one that is left open."""
        match data:
            case IntegerData() | FloatData() | BitsData():
                space.advance(self._size_of_bits(data, space))
                return self._number(node, slot, index, field, data)
            case BytesData() | TextData():
                return self._octets(node, slot, index, field, data, space, bound)
            case StructData():
                return self._structure(node, slot, index, data, space, bound)
            case SwitchData():
                return self._switch(node, slot, index, field, data, space, bound)

    @staticmethod
    def _size_of_bits(data: IntegerData | FloatData | BitsData, space: Space) -> int:
        """Return the bytes that a number begins."""
        if not isinstance(data, BitsData):
            return data.width
        missing = max(0, (data.width - space.bits_left + 7) // 8)
        space.bits_left += 8 * missing - data.width
        return missing

    def _number(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: IntegerData | FloatData | BitsData,
    ) -> Value:  # fmt: skip
        told = self.needs.told(node, slot, index, field)
        if told is not None:
            if told is Missing.UNREAD:
                self.draft.leave_open(node, slot, index) if index < 0 else None
            return told
        return self.choose(node, slot, index, field, data)

    def choose(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: IntegerData | FloatData | BitsData,
    ) -> Value:  # fmt: skip
        """Choose a number that the rules allow, as far as they can be told."""
        judge = self.judges.of(node.plan)
        for candidate in self.leaves.numbers(node, slot, field, data):
            if judge.allows(node, slot, index, candidate):
                return candidate
        raise Rejected

    def _octets(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: BytesData | TextData, space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        size = self.needs.size(data.extent, node, space, bound)
        room = size if data.extent.process is None else None
        judge = self.judges.of(node.plan)
        if self.given is None and self._is_filled_from_elsewhere(data, space):
            return b"" if isinstance(data, BytesData) else ""
        for candidate in self._candidates(node, slot, index, field, data, room):
            if not judge.allows(node, slot, index, candidate):
                continue
            try:
                raw = candidate.encode(data.encoding) if isinstance(data, TextData) else candidate
                assert isinstance(raw, bytes)
                packed = packing.pack(data.extent, raw, self.solver, node, bound)
                filled = packing.fill(data.extent, packed, size)
            except (packing.Unfit, UnicodeEncodeError):
                continue
            self._settle_size(data.extent, len(filled), node, bound)
            space.advance(self._end_with(node, slot, index, data.extent, filled, space))
            return candidate
        raise Rejected

    def _candidates(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: BytesData | TextData, room: int | None,
    ) -> Iterable[bytes | str]:  # fmt: skip
        if self.given is None:
            return self.leaves.contents(node, slot, field, data, room)
        value = self.given.of(node, slot, index)
        if value is MISSING and field.contents is not None:
            value = field.contents
        if value is MISSING and field.padding == "zero" and room is not None:
            value = "\0" * room if isinstance(data, TextData) else bytes(room)
        kind = str if isinstance(data, TextData) else bytes
        if not isinstance(value, kind):
            raise Rejected
        return (value,)

    @staticmethod
    def _is_filled_from_elsewhere(data: BytesData | TextData, space: Space) -> bool:
        """Whether the octets are all that other structures put there."""
        return data.extent.to_end and space.is_open

    def _end_with(
        self, node: StructNode, slot: int, index: int, extent: Extent, filled: bytes, space: Space
    ) -> int:
        """Return the bytes taken; where the end of the stream ends a value, it may do so."""
        may_lack = extent.size is None and not extent.to_end and not extent.eos_error
        if not may_lack or space is self.draft.main:
            return len(filled)
        bare = len(filled) - len(extent.terminator or b"\0")
        if space.wanted is None and self._ends_here(node, slot):
            self.draft.end_space(space, bare)
        if space.left() != bare:
            return len(filled)
        self.draft.mark_unended(node, slot, index)
        return bare

    def _ends_here(self, node: StructNode, slot: int) -> bool:
        """Whether nothing follows in the stream."""
        if self.given is None:
            return not self.choices.is_rare()
        later = range(slot + 1, node.plan.sequence_slots.stop)
        return all(self.given.of(node, other) in (MISSING, "", b"") for other in later)

    def _settle_size(self, extent: Extent, size: int, node: StructNode, bound: Bound) -> None:
        """Let what the size is computed from give the size there is."""
        if extent.size is None:
            return
        try:
            if self.solver.value(extent.size.tree, node, bound) == size:
                return
            raise Rejected
        except Unknown:
            pass
        if self.needs.follows_from_places(extent.size.tree, node, bound):
            self.draft.free_size(node, extent)
        else:
            self.decide(extent.size.tree, size, node, bound)

    def decide(
        self, tree: Any, wanted: Any, node: StructNode, bound: Bound, *, is_final: bool = True
    ) -> None:
        """Let an expression give what is wanted, by what is open in it.

        Raises:
            Rejected: it cannot be.
        """
        try:
            places = self.solver.solve(tree, wanted, node, bound)
        except (Unsolved, Unknown):
            raise Rejected from None
        for place in places:
            if not is_final:
                self.draft.own(self.draft.key(*place))
        self.needs.judge_decided(places)

    def _switch(
        self, node: StructNode, slot: int, index: int, field: Attribute, data: SwitchData,
        space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        value = self.needs.value(data.on.tree, node, bound, space)
        inner = {**bound, "_on": value}
        for case in data.cases:
            if case.match is None or self.needs.value(case.match.tree, node, inner, space) == value:
                return self.value(node, slot, index, field, case.data, space, inner)
        if not field.allows_unknown:
            raise Rejected
        if data.extent is None:
            return Missing.ABSENT
        octets = BytesData(data.extent)
        return self._octets(node, slot, index, field, octets, space, inner)

    # structures

    def _structure(
        self, node: StructNode, slot: int, index: int, data: StructData, space: Space, bound: Bound
    ) -> Value:  # fmt: skip
        extent = data.extent
        inner, size = space, None
        if extent is not None:
            size = self.needs.size(extent, node, space, bound)
            inner = self._region(node, slot, data, extent, size)
        child = self.draft.add_node(data.type, node, slot, index, inner)
        if self.given is not None:
            self.given.put(child, self.given.of(node, slot, index))
        self._pass_arguments(child, data, node, bound)
        if extent is not None:
            self.draft.owners[inner] = child
        self._attach(node, slot, index, child)
        self.sequence(child, inner)
        self.judges.of(child.plan).judge(child)
        if extent is not None:
            if inner.is_open and (node.plan.type.name, node.plan.names[slot]) not in (
                self.facts.open_regions
            ):
                self._fill(child, inner)
            self._close(node, extent, inner, bound, space)
        return child

    def _fill(self, child: StructNode, inner: Space) -> None:
        """Grow all that lies in a region, where nothing else will come from outside."""
        waiting = [child]
        while waiting:
            node = waiting.pop()
            self.instances(node)
            waiting += reversed(children(node))
        size = inner.full_size()
        if size is not None:
            inner.is_open = False
            inner.cursor = size

    def _attach(self, node: StructNode, slot: int, index: int, child: StructNode) -> None:
        """Let what is grown in a structure see it where it will stand."""
        if index < 0:
            self.draft.set(node, slot, child)
        else:
            self.draft.set(node, slot, child, index)

    def _pass_arguments(
        self, child: StructNode, data: StructData, node: StructNode, bound: Bound
    ) -> None:
        for number, argument in enumerate(data.arguments):
            compiled = self.draft.compile(argument.tree)
            try:
                child.values[number] = self.draft.look(compiled, node, bound)
            except Unknown:
                continue  # passed on once it is known

    def _region(
        self, node: StructNode, slot: int, data: StructData, extent: Extent, size: int | None
    ) -> Space:
        is_whole = extent.process is None and extent.terminator is None
        inner = self.draft.add_space(size if is_whole else None)
        name = (node.plan.type.name, node.plan.names[slot])
        inner.is_open = (size is None or self.given is not None) and (
            name in self.facts.open_regions or data.type in self.facts.placing
        )
        inner.is_packed = extent.process is not None
        return inner

    def _close(
        self, node: StructNode, extent: Extent, inner: Space, bound: Bound, outer: Space
    ) -> None:
        """Settle the size of a region whose content is there, unless more will come."""
        if inner.is_open or inner.cursor is None or inner.is_packed:
            if inner.wanted is None:
                self.draft.close_later(inner, extent, node, bound)
            outer.advance(inner.wanted)
            return
        if inner.wanted is not None:
            owner = self.draft.owners[inner]
            spare = inner.wanted - inner.cursor
            if spare < 0 or (spare and owner.plan.type.layout.trailing == "forbid"):
                raise Rejected
            inner.cursor = inner.wanted
        else:
            self.draft.end_space(inner, 0)
        needed = inner.cursor
        if extent.terminator is not None and extent.size is None and extent.consume:
            needed += len(extent.terminator)
        self._settle_size(extent, needed, node, bound)
        outer.advance(needed)

    # lists

    def _list(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        items = ListNode(node, slot, 0)
        items.is_abandoned = True  # unknown as a whole, until it is
        self.draft.set(node, slot, items)
        repeat = field.repeat
        assert repeat is not None
        tree = repeat.expression.tree if repeat.expression is not None else None
        if repeat.kind == "until":
            self._until(node, slot, field, space, tree)
        elif repeat.kind == "eos":
            self._to_end(node, slot, field, space)
        else:
            self._counted(node, slot, field, space, tree)
        items.is_abandoned = False
        self.draft.changed()
        self.judges.of(node.plan).put_in_order(node, slot, self.draft)

    def _counted(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any
    ) -> None:
        try:
            count = int(self.solver.value(tree, node, NOTHING_BOUND))
        except Unknown:
            self._counted_freely(node, slot, field, space, tree)
            return
        if self.given is not None and count != self._given_count(node, slot):
            raise Rejected
        for index in range(count):
            self._item(node, slot, index, field, space)

    def _counted_freely(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any
    ) -> None:
        """Decide how many items a list has; fewer, where no more can be grown."""
        if self.given is None:
            wanted = self.needs.told_size(node, slot)
        else:
            wanted = self._given_count(node, self._counting_slot(node, slot))
        mark, before, most = self.draft.mark(), (space.cursor, space.bits_left), MAX_SIZE
        for _ in range(self.tries):
            count = wanted if wanted is not None else self.needs.some_count(tree, node)
            count, index = min(count, most), 0
            try:
                self.decide(tree, count, node, NOTHING_BOUND)
                for index in range(count):
                    self._item(node, slot, index, field, space)
            except Rejected:
                self.draft.rollback(mark)
                space.cursor, space.bits_left = before
                most = index or most
            else:
                return
        raise Rejected

    def _counting_slot(self, node: StructNode, slot: int) -> int:
        """Return the list whose length was given: a list of sizes or offsets follows another one."""
        fields = node.plan.fields
        name = node.plan.type.name
        if (name, fields[slot].id) not in self.facts.uses:
            return slot
        for other, field in enumerate(fields):
            same = isinstance(field, Attribute) and field.repeat == fields[slot].repeat  # type: ignore[union-attr]  # a list
            if same and (name, field.id) not in self.facts.uses:
                return other
        return slot

    def _given_count(self, node: StructNode, slot: int) -> int:
        """Return how many items were given for a list."""
        assert self.given is not None
        items = self.given.of(node, slot)
        if not isinstance(items, list | tuple):
            raise Rejected
        return len(items)

    def _to_end(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """As many as fill the stream, or as many as one likes."""
        index, left = 0, space.left()
        limit = self.leaves.count(0, MAX_COUNT) if left is None else MAX_SIZE
        if self.given is not None:
            limit = self._given_count(node, slot)
        while index < limit and (left is None or left > 0):
            mark, cursor = self.draft.mark(), space.cursor
            try:
                self._item(node, slot, index, field, space)
            except Rejected:
                self.draft.rollback(mark)
                space.cursor = cursor
                if left is not None or self.given is not None:
                    raise
                return
            index, left = index + 1, space.left()
        if left is None and space is not self.draft.main and not space.is_open:
            self.draft.end_space(space, 0)

    def _until(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any
    ) -> None:
        wanted, most = self.leaves.count(1, MAX_COUNT), 4 * MAX_COUNT
        if self.given is not None:
            wanted = most = self._given_count(node, slot)
        items = node.values[slot]
        assert isinstance(items, ListNode)
        for index in range(most):
            is_last = index + 1 >= wanted
            for _ in range(self.tries):
                mark, cursor = self.draft.mark(), space.cursor
                goal = Goal(node, slot, index, tree, self.draft.compile(tree), is_last)
                self._item(node, slot, index, field, space, goal)
                if self._ends(tree, node, items, index, space, is_last=is_last):
                    break
                self.draft.rollback(mark)
                space.cursor = cursor
            else:
                self._item(node, slot, index, field, space)
            bound = {"_": items.items[index], "_index": index}
            if self.needs.value(tree, node, bound, space):
                return
        raise Rejected

    def _ends(  # the condition, its place, and what is wanted of it
        self, tree: Any, node: StructNode, items: ListNode, index: int, space: Space, *,
        is_last: bool,
    ) -> bool:  # fmt: skip
        """Whether the item just grown ends the list if, and only if, it is to be the last."""
        bound = {"_": items.items[index], "_index": index}
        try:
            return bool(self.solver.value(tree, node, bound)) == is_last
        except Unknown:
            pass
        try:
            self.decide(tree, is_last, node, bound)
        except Rejected:
            return False
        return True

    def _item(
        self, node: StructNode, slot: int, index: int, field: Attribute, space: Space,
        goal: Goal | None = None,
    ) -> None:  # fmt: skip
        """Grow one item, until it is one that can stand in the list."""
        if goal is None:
            self._grow_item(node, slot, index, field, space)
            return
        self._goals.append(goal)
        try:
            self._grow_item(node, slot, index, field, space)
        finally:
            self._goals.pop()

    def _grow_item(
        self, node: StructNode, slot: int, index: int, field: Attribute, space: Space
    ) -> None:
        items = node.values[slot]
        assert isinstance(items, ListNode)
        cursor, bits = space.cursor, space.bits_left
        judge = self.judges.of(node.plan)
        for tries in range(self.tries):
            mark = self.draft.mark()
            self.draft.append(items)
            try:
                value = self.value(node, slot, index, field, field.data, space, {"_index": index})
                if value is Missing.UNREAD:
                    self.draft.leave_open(node, slot, index)
                else:
                    self.draft.set(node, slot, value, index)
                judge.judge_item(node, slot, index)
            except Rejected:
                self.draft.rollback(mark)
                space.cursor, space.bits_left = cursor, bits
                if tries == self.tries - 1:
                    raise
            else:
                return

    # instances

    def instances(self, node: StructNode) -> None:
        """Grow what a structure has at positions."""
        if not isinstance(node.stream, Space):
            return
        for slot in node.plan.instance_plans:
            if node.values[slot] is Missing.UNREAD:
                self._retried(lambda slot=slot: self.instance(node, slot), node, slot)  # type: ignore[misc]

    def instance(self, node: StructNode, slot: int) -> None:
        """Grow one parse instance."""
        field = node.plan.fields[slot]
        assert isinstance(field, Attribute)
        if self.given is not None and self.given.of(node, slot) is MISSING:
            return
        space: Any = node.stream
        if field.condition is not None and not self.needs.condition(
            field.condition.tree, node, space, slot
        ):
            self.draft.set(node, slot, Missing.ABSENT)
            return
        if field.io is not None:
            space = self.needs.value(field.io.tree, node, NOTHING_BOUND, space)
        if not isinstance(space, Space):
            raise Rejected
        self.placing.place(node, slot, field, space)


def _width(data: DataType) -> int | None:
    return data.width if isinstance(data, IntegerData | FloatData) else None
