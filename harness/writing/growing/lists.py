"""Growing repeated values: by a count, to the end of the stream, or until a condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.tree import UNREAD, ListNode, StructNode
from harness.schema.ir import Attribute
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.space import Space
from harness.writing.drafting.values import refused
from harness.writing.growing.endings import Ending
from harness.writing.growing.leaves import MAX_COUNT
from harness.writing.growing.needs import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.reading.expressions import Evaluate
    from harness.schema.expression.typed import Expr
    from harness.writing.growing.grow import Grower


class Goal(NamedTuple):
    """Whether an item under way is to be the last of its list."""

    node: StructNode
    slot: int
    number: int
    tree: Expr
    until: Evaluate
    is_last: bool


class Lists:
    """Grows the lists of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower
        self.goals: list[Goal] = []

    def goal_of(self, node: StructNode) -> Goal | None:
        """Return what is wanted of a structure that is an item of a list."""
        goal = self.goals[-1] if self.goals else None
        if goal is None or node.parent is not goal.node:
            return None
        return goal if (node.slot, node.index) == (goal.slot, goal.number) else None

    def keep_to_goal(self, node: StructNode) -> None:
        """Reject an item as soon as it is known to end its list too early, or not to end it.

        Raises:
            Rejected: it does.
        """
        goal = self.goal_of(node)
        if goal is not None:
            ends = self._grower.leaves.quietly(
                goal.until, goal.node, {"_": node, "_index": goal.number}
            )
            if ends is not None and ends != goal.is_last:
                raise Rejected

    def grow(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """Grow the items of a repeated attribute."""
        items = ListNode(node, slot, 0)
        items.is_abandoned = True  # unknown as a whole, until it is
        self._grower.draft.set(node, slot, items)
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
        self._grower.draft.changed()
        if field.sorted_by is not None:
            self._grower.judges.of(node.plan).put_in_order(node, slot, self._grower.draft)

    def _counted(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any
    ) -> None:
        count = self._grower.solver.told(tree, node, NOTHING_BOUND)
        if count is UNREAD:
            is_given = self._grower.given is not None
            wanted = None if is_given else self._grower.needs.told_size(node, slot)
            is_told = wanted is not None
            count = self._grower.needs.amounts.count(tree, node, is_told=is_told)
            if count is None:
                self._counted_freely(node, slot, field, space, tree, wanted)
                return
        if self._grower.given is not None and count != self.given_count(node, slot):
            given = self.given_count(node, slot)
            raise Rejected(f"it has {given:,} items, where `{_counter(field)}` is {count:,}")
        if self._grower.given is None and count > MAX_SIZE:
            raise Rejected
        for index in range(count):
            self._item(node, slot, index, field, space)

    def _counted_freely(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any,
        wanted: int | None,
    ) -> None:  # fmt: skip
        """Decide how many items a list has, if no rule does; fewer, where no more can be grown."""
        if self._grower.given is not None:
            wanted = self.given_count(node, self._counting_slot(node, slot))
        mark, before = self._grower.draft.mark(), (space.cursor, space.bits_left)
        most = MAX_SIZE if self._grower.given is None else wanted or 0
        for _ in self._tries():
            count = (
                wanted if wanted is not None else self._grower.needs.amounts.some_count(tree, node)
            )
            count, index = min(max(count, self._least(node, slot)), most), 0
            try:
                self._grower.decide(tree, count, node, NOTHING_BOUND)
                for index in range(count):
                    self._item(node, slot, index, field, space)
            except Rejected:
                if self._grower.given is not None:
                    if self._grower.draft.at != (node, slot, -1):  # an item is what is wrong
                        raise
                    break
                self._grower.draft.rollback(mark)
                space.cursor, space.bits_left = before
                most = index or most
            else:
                return
        raise Rejected(f"it has {wanted} items, which `{_counter(field)}` cannot count")

    def _counting_slot(self, node: StructNode, slot: int) -> int:
        """Return the list whose length counts: one of sizes or offsets follows another."""
        fields = node.plan.fields
        name = node.plan.type.name
        if (name, fields[slot].id) not in self._grower.facts.uses:
            return slot
        for other, field in enumerate(fields):
            same = isinstance(field, Attribute) and field.repeat == fields[slot].repeat  # type: ignore[union-attr]  # a list
            if same and (name, field.id) not in self._grower.facts.uses:
                return other
        return slot

    def given_count(self, node: StructNode, slot: int) -> int:
        """Return how many items were given for a list."""
        assert self._grower.given is not None
        items = self._grower.given.of(node, slot)
        if not isinstance(items, list | tuple):
            raise self._wrong(node, slot, refused("a list", items))
        return len(items)

    def _wrong(self, node: StructNode, slot: int, why: Rejected) -> Rejected:
        """Keep in mind that a list is what is wrong: not one it is counted for, nor an item."""
        self._grower.draft.at = (node, slot, -1)
        return why

    def _to_end(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """As many as fill the stream, or as many as one likes."""
        index, left = 0, space.left()
        limit = MAX_SIZE
        if left is None:
            limit = self._grower.leaves.count(self._least(node, slot), MAX_COUNT)
        if self._grower.given is not None:
            limit = self.given_count(node, slot)
        while index < limit and (left is None or left > 0):
            mark, cursor = self._grower.draft.mark(), space.cursor
            try:
                self._item(node, slot, index, field, space)
            except Rejected:
                self._grower.draft.rollback(mark)
                space.cursor = cursor
                if left is not None or self._grower.given is not None:
                    raise
                return
            index, left = index + 1, space.left()
        if self._grower.given is not None and (index < limit or left):
            why = Rejected("its items do not fill the bytes that there are")
            raise self._wrong(node, slot, why)
        if left is None and space is not self._grower.draft.main and not space.is_open:
            self._grower.draft.end_space(space, 0)

    def _least(self, node: StructNode, slot: int) -> int:
        """Return how many items a list must have at least."""
        is_given = self._grower.given is not None
        name = (node.plan.type.name, node.plan.names[slot])
        return int(not is_given and name in self._grower.facts.needed)

    def _until(
        self, node: StructNode, slot: int, field: Attribute, space: Space, tree: Any
    ) -> None:
        wanted, most = self._grower.leaves.count(1, MAX_COUNT), 4 * MAX_COUNT
        if self._grower.given is not None:
            wanted = most = self.given_count(node, slot)
        items = node.values[slot]
        assert isinstance(items, ListNode)
        for index in range(most):
            is_last = index + 1 >= wanted
            ending = Ending(self._grower, node, items, index, tree, space)
            for _ in self._tries():
                mark, cursor = self._grower.draft.mark(), space.cursor
                goal = Goal(node, slot, index, tree, self._grower.draft.compile(tree), is_last)
                self._item(node, slot, index, field, space, goal)
                if ending.is_made(is_last=is_last):
                    break
                self._grower.draft.rollback(mark)
                space.cursor = cursor
            else:
                self._item(node, slot, index, field, space)
            if ending.holds(is_last=is_last):
                if self._grower.given is not None and index + 1 < most:
                    why = Rejected(f"it ends with item {index}, by `{_counter(field)}`")
                    raise self._wrong(node, slot, why)
                return
        why = Rejected(f"no item of it ends it, by `{_counter(field)}`")
        raise self._wrong(node, slot, why)

    def _tries(self) -> Iterator[int]:
        """Yield the number of each try; decisions are told how often they were rejected."""
        choices = self._grower.choices
        rejected = choices.rejected
        try:
            for tries in range(self._grower.tries):
                choices.rejected = rejected + tries
                yield tries
        finally:
            choices.rejected = rejected

    def _item(
        self, node: StructNode, slot: int, index: int, field: Attribute, space: Space,
        goal: Goal | None = None,
    ) -> None:  # fmt: skip
        """Grow one item, until it is one that can stand in the list."""

        def grow() -> None:
            self._grow_item(node, slot, index, field, space)

        if goal is None:
            self._grower.choices.together(grow)
            return
        self.goals.append(goal)
        try:
            self._grower.choices.together(grow)
        finally:
            self.goals.pop()

    def _grow_item(
        self, node: StructNode, slot: int, index: int, field: Attribute, space: Space
    ) -> None:
        items = node.values[slot]
        assert isinstance(items, ListNode)
        cursor, bits = space.cursor, space.bits_left
        judge = self._grower.judges.of(node.plan)
        for tries in self._tries():
            mark = self._grower.draft.mark()
            self._grower.draft.append(items)
            if self._grower.given is not None:
                self._grower.draft.at = (node, slot, index)
            try:
                value = self._grower.value(
                    node, slot, index, field, field.data, space, {"_index": index}
                )
                if value is UNREAD:
                    self._grower.draft.leave_open(node, slot, index)
                elif items.items[index] is not value:  # a structure is there already
                    self._grower.draft.set(node, slot, value, index)
                judge.judge_item(node, slot, index)
            except Rejected:
                self._grower.draft.rollback(mark)
                space.cursor, space.bits_left = cursor, bits
                if tries == self._grower.tries - 1:
                    raise
            else:
                return


def _counter(field: Attribute) -> str:
    """Return the expression that tells how many items a list has."""
    assert field.repeat is not None
    return field.repeat.expression.text if field.repeat.expression is not None else ""
