"""The condition that an item of a list ends it: on the item, the list so far, or the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.schema.expression import typed
from harness.schema.ir import Attribute, ValueInstance
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.recipes import width_of
from harness.writing.drafting.told import alternatives, equalities

if TYPE_CHECKING:
    from harness.reading.tree import ListNode, StructNode, Value
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.compiled import Looks
    from harness.writing.drafting.space import Space
    from harness.writing.growing.grow import Grower

# bytes to the end of a stream that goes on
_FAR: Final = 1 << 16


class Ending(NamedTuple):
    """Whether an item is the last of its list.

    Attributes:
        grower: of the draft.
        node: the structure that the list is in.
        items: the list, as far as it is grown.
        number: of the item.
        tree: the condition.
        space: the stream.
    """

    grower: Grower
    node: StructNode
    items: ListNode
    number: int
    tree: Expr
    space: Space

    def is_made(self, *, is_last: bool) -> bool:
        """Let the item that was just grown end the list if, and only if, it is to be the last."""
        with self._under_way():
            if self._asks_for_end():
                return self._is_made_by_stream(is_last=is_last)
            return self._is_decided(is_last=is_last)

    def holds(self, *, is_last: bool) -> bool:
        """Return whether the item ends the list; what is open in the condition is decided."""
        with self._under_way():
            if not self._asks_for_end():
                return self._value()
            if is_last and self._behind() is None:
                return True  # nothing tells
            return self._as_if(_FAR, self._value)

    def _value(self) -> bool:
        bound = {"_": self.items.items[self.number], "_index": self.number}
        value = bool(self.grower.needs.value(self.tree, self.node, bound))
        for slot in self._changing():
            self.grower.draft.pin(self.node, slot)
        return value

    def _changing(self) -> Iterator[int]:
        """Yield the instances that would be something else later, if they were computed anew."""
        draft, plan = self.grower.draft, self.node.plan
        own = (plan.type.name, plan.names[self.items.slot])
        for owner, name in self._looks().fields if self._is_changing() else ():
            if owner != plan.type.name:
                continue
            slot = draft.book.slots.of(owner, name)
            field = plan.fields[slot]
            if isinstance(field, ValueInstance):
                looks = self.grower.judges.compiled.looks(field.value.tree)
                if looks.is_at_end or own in looks.fields:
                    yield slot

    def _is_changing(self) -> bool:
        """Whether the condition looks at more than what an item is by itself."""
        plan, looks = self.node.plan, self._looks()
        return looks.is_at_end or (plan.type.name, plan.names[self.items.slot]) in looks.fields

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        """A list under way is what it is so far, as in reading."""
        plan, draft = self.node.plan, self.grower.draft
        if (plan.type.name, plan.names[self.items.slot]) not in self._looks().fields:
            yield
            return
        before, self.items.is_abandoned = self.items.is_abandoned, False
        draft.changed()
        try:
            yield
        finally:
            self.items.is_abandoned = before
            draft.changed()

    def _is_decided(self, *, is_last: bool) -> bool:
        bound = {"_": self.items.items[self.number], "_index": self.number}
        try:
            return bool(self.grower.solver.value(self.tree, self.node, bound)) == is_last
        except Unknown:
            pass
        try:
            self.grower.decide(self.tree, is_last, self.node, bound)
        except Rejected:
            return False
        return True

    # conditions on a stream whose size is free

    def _asks_for_end(self) -> bool:
        is_free = self.space.wanted is None and self.space.cursor is not None
        if not is_free or self.space.is_open:
            return False
        return self._looks().is_at_end

    def _looks(self) -> Looks:
        return self.grower.judges.compiled.looks(self.tree)

    def _is_made_by_stream(self, *, is_last: bool) -> bool:
        if self._as_if(_FAR, lambda: self._is_decided(is_last=is_last)):
            return True
        if not is_last:
            return False
        behind = self._behind()
        if behind is None and self.grower.given is not None:
            return True  # nothing tells
        behind = behind or 0
        if not self._as_if(behind, lambda: self._is_decided(is_last=True)):
            return False
        self.grower.draft.end_space(self.space, behind)
        return True

    def _as_if(self, more: int, ask: Callable[[], bool]) -> bool:
        """Return an answer as if the stream ended `more` bytes from here."""
        assert self.space.cursor is not None
        self.space.wanted = self.space.cursor + more
        self.grower.draft.changed()
        try:
            return bool(ask())
        finally:
            self.space.wanted = None
            self.grower.draft.changed()

    def _behind(self) -> int | None:
        """Return how many bytes follow the list in its stream; None where that does not show."""
        found, node, slot = 0, self.node, self.items.slot
        while True:
            for other in range(slot + 1, node.plan.sequence_slots.stop):
                field = node.plan.fields[other]
                width = width_of(field) if isinstance(field, Attribute) else None
                if width is None:
                    return None
                found += width
            around = node.parent
            if around is None or around.stream is not node.stream:
                return found
            if node.index >= 0:
                return None
            node, slot = around, node.slot


def ending_value(
    grower: Grower, until: Expr, node: StructNode, name: str, seen: set[str] | None = None
) -> Value | None:
    """Return what a number must be so that its structure is the last of its list.

    Args:
        grower: of the draft.
        until: the condition that ends the list.
        node: the structure.
        name: of the number.
        seen: the instances of it that were looked into already; they may ask for one another.
    """
    seen = set() if seen is None else seen
    if isinstance(until, typed.Operation) and until.operator == "or":
        return _ending_by_one(grower, list(alternatives(until)), node, name, seen)
    for equality in equalities(until):
        assert equality.right is not None
        for side, other in ((equality.left, equality.right), (equality.right, equality.left)):
            if isinstance(side, typed.Field) and side.name == name:
                compiled = grower.draft.compile(other)
                found = grower.leaves.quietly(compiled, node, NOTHING_BOUND)
                if found is not None:
                    return found  # type: ignore[no-any-return]  # a number
    if isinstance(until, typed.Field) and until.name not in seen:
        seen.add(until.name)
        for instance in node.plan.type.instances:
            if instance.id == until.name and isinstance(instance, ValueInstance):
                return ending_value(grower, instance.value.tree, node, name, seen)
    return None


def _ending_by_one(
    grower: Grower, conditions: Sequence[Expr], node: StructNode, name: str, seen: set[str]
) -> Value | None:
    """Choose one of some conditions; where it says nothing of a number, another one may."""
    first = grower.choices.pick(range(len(conditions)))
    for condition in (*conditions[first:], *conditions[:first]):
        wanted = ending_value(grower, condition, node, name, seen)
        if wanted is not None or grower.judges.compiled.looks(condition).is_at_end:
            return wanted
    return None
