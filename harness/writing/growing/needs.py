"""What growing needs to know at some moment, and what it does while that is still open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import UNREAD, ListNode, StructNode, Value, ancestors, children
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    FloatData,
    Parameter,
    ValueInstance,
)
from harness.writing.drafting.arguments import trees_of
from harness.writing.drafting.compiled import lacks
from harness.writing.drafting.draft import Key, Place
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.solve import Unsolved
from harness.writing.drafting.space import Space, is_address
from harness.writing.drafting.values import MISSING, is_held, refused, told_kind
from harness.writing.growing.amounts import ROUNDS, Amounts
from harness.writing.growing.endings import ending_value
from harness.writing.growing.references import References

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.reading.expressions import Bound, Evaluate
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.drafting.told import Equal, Goal
    from harness.writing.growing.grow import Grower

MAX_SIZE: Final = 1 << 16
_COMPUTED: Final = (ValueInstance, Parameter)


class Needs:
    """Answers what a grower asks."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower
        self._draft = grower.draft
        self._facts = grower.facts
        self.references = References(grower)
        self.amounts = Amounts(grower)
        self._choices = grower.choices
        self._compile = grower.draft.compile

    # expressions

    def value(self, tree: Expr, node: StructNode, bound: Bound, _space: object = None) -> Any:
        """Return what an expression gives; what is open in it is decided.

        Raises:
            Rejected: it has no value.
        """
        compiled = self._compile(tree)
        for _ in range(ROUNDS):
            try:
                return self._draft.look(compiled, node, bound)
            except Unknown:
                place = next(self.opened(tree, node, bound), None)
                if place is None:
                    raise Rejected from None
                self.amounts.decide_open(place)
        raise Rejected

    def condition(self, tree: Expr, node: StructNode, space: Space, slot: int = -1) -> bool:
        """Return whether a condition holds; where it is open, decide it."""
        compiled = self._compile(tree)
        for _ in range(ROUNDS):
            try:
                return bool(self._draft.look(compiled, node, NOTHING_BOUND))
            except Unknown:
                if self._grower.given is not None and slot >= 0:
                    return self._grower.given.of(node, slot) is not MISSING
                places = list(self.opened(tree, node, NOTHING_BOUND))
                if any(self.is_position(place) for place in places):
                    # where it lies is decided by what is grown there
                    return not self._is_put_off(places[0], compiled, node)
                if any(self._is_region_size(place) for place in places):
                    return True  # it will be what the region needs
                if not places:
                    return self._at_end(tree, node, space)
                self.amounts.decide_open(places[0])
        raise Rejected

    def _at_end(self, tree: Expr, node: StructNode, space: Space) -> bool:
        """A condition on the end of a stream whose size is free: mostly it goes on."""
        asks = any(isinstance(n, typed.StreamProperty) and n.name == "eof" for n in nodes_of(tree))
        is_free = space.wanted is None and space.cursor is not None and space.cursor < MAX_SIZE
        if not asks or not is_free or self._choices.integer(0, 1):
            return True
        self._draft.end_space(space, 0)
        return bool(self._draft.look(self._compile(tree), node, NOTHING_BOUND))

    def _is_put_off(self, place: Place, compiled: Evaluate, node: StructNode) -> bool:
        """Decide now and then that an offset leads nowhere, where there is a value for that."""
        if self._choices.integer(0, 3) < 3 or self._draft.key(*place) not in self._draft.open:
            return False
        owner, slot, item = place
        judge = self._grower.judges.of(owner.plan)
        for value in (-1, 0, -2):
            mark = self._draft.mark()
            if judge.allows(owner, slot, item, value):
                self._draft.set(owner, slot, value, item)
                try:
                    if not self._draft.look(compiled, node, NOTHING_BOUND):
                        return True
                except (Unknown, Rejected):
                    pass
            self._draft.rollback(mark)
        return False

    def follows_from_places(self, tree: Expr, node: StructNode, bound: Bound) -> bool:
        """Whether an expression is computed from offsets that are not decided yet."""
        if self._grower.judges.compiled.place(tree) is not None:
            return False
        places = list(self.opened(tree, node, bound))
        return len(places) > 1 and any(self.is_position(place) for place in places)

    def follows_from_size(self, tree: Expr, node: StructNode, bound: Bound) -> bool:
        """Whether an expression is computed from the size of a stream that has not ended yet."""
        for stream in self._grower.judges.compiled.sized(tree):
            space = self._grower.leaves.quietly(stream, node, bound)
            if isinstance(space, Space) and space.wanted is None:
                return True
        return False

    def _is_region_size(self, place: Place) -> bool:
        node, slot, _ = place
        return (node.plan.type.name, node.plan.names[slot]) in self._facts.region_sizes

    def is_position(self, place: Place) -> bool:
        """Whether a position is computed from what stands in a place."""
        node, slot, _ = place
        return (node.plan.type.name, node.plan.names[slot]) in self._facts.positions

    def size(self, extent: Extent, node: StructNode, space: Space, bound: Bound) -> int | None:
        """Return the bytes that a value must take; None where it is free."""
        if extent.size is None:
            return space.left() if extent.to_end else None
        tree = extent.size.tree
        size = self._grower.solver.told(tree, node, bound)
        if size is UNREAD:
            is_open = next(self.opened(tree, node, bound), None) is not None
            if not is_open and not self.follows_from_size(tree, node, bound):
                raise Rejected
            return None
        if not 0 <= size <= MAX_SIZE:
            raise Rejected
        return int(size)

    # what is open

    def opened(
        self, tree: Expr, node: StructNode, bound: Bound, seen: set[Key] | None = None
    ) -> Iterator[Place]:
        """Yield what is open in an expression, and in what that is computed from.

        Args:
            tree: the expression.
            node: where.
            bound: what its names stand for.
            seen: what is computed or passed and was looked into already; all may ask for another.
        """
        quietly = self._grower.leaves.quietly
        for base, slot, number in self._grower.judges.compiled.looked_at(tree):
            target = node if base is None else quietly(base, node, bound)
            if number is not None:
                yield from _opened_item(target, quietly(number, node, bound))
            elif isinstance(target, StructNode):
                yield from self._opened_field(target, slot, seen)

    def _opened_field(
        self, target: StructNode, slot: int, seen: set[Key] | None
    ) -> Iterator[Place]:
        field, value = target.plan.fields[slot], target.values[slot]
        if isinstance(field, _COMPUTED):
            seen = set() if seen is None else seen
            if (id(target), slot) not in seen:
                seen.add((id(target), slot))
                yield from self._opened_computed(target, slot, field, seen)
        elif value is UNREAD and self._draft.key(target, slot) in self._draft.open:
            yield target, slot, -1

    def _opened_computed(
        self, target: StructNode, slot: int, field: ValueInstance | Parameter, seen: set[Key]
    ) -> Iterator[Place]:
        if isinstance(field, ValueInstance):
            yield from self.opened(field.value.tree, target, NOTHING_BOUND, seen)
        elif target.values[slot] is UNREAD and target.parent:
            trees = trees_of(target)
            if slot < len(trees):
                yield from self.opened(trees[slot], target.parent, {"_index": target.index}, seen)

    def judge_decided(self, places: Iterable[Place]) -> None:
        """Judge what was decided from elsewhere."""
        for node, slot, item in places:
            held = node.values[slot]
            value = held.items[item] if item >= 0 and isinstance(held, ListNode) else held
            judge = self._grower.judges.of(node.plan)
            judge.judge_value(node, slot, item, value)
            if not is_address(value):
                judge.judge_field(node, slot)

    # numbers that follow from something

    def told(self, node: StructNode, slot: int, index: int, field: Attribute) -> Value | None:
        """Return the number that something else tells; UNREAD if it will, None if nothing does."""
        if self._grower.given is not None:
            return self._given(node, slot, index, field)
        if self._grower.leaves.override(node, field) is not None:
            return None
        if field.refers is not None:
            return self.references.value(node, slot, index, field, may_wait=True)
        if field.derive is not None or field.checksum is not None:
            return UNREAD
        goal = self._grower.lists.goal_of(node)
        if goal is not None and goal.is_last:
            wanted = ending_value(self._grower, goal.tree, node, field.id)
            if wanted is not None:
                return wanted
        name = (node.plan.type.name, field.id)
        for equal in self._facts.equal.get(name, ()):
            told = self._equal(equal, node)
            if told.__class__ is float and not isinstance(field.data, FloatData):
                continue  # no integer is a fraction
            if told is not None:
                return told
        return UNREAD if self._is_computed_from(node, field) else None

    def _given(self, node: StructNode, slot: int, index: int, field: Attribute) -> Value:
        """Return the number that was given, UNREAD where another one follows from the rest."""
        assert self._grower.given is not None
        follows = field.derive is not None or field.checksum is not None
        is_kept = self._grower.given.are_kept and not follows
        if not is_kept and (follows or self._is_computed_from(node, field)):
            return UNREAD
        return self.given(node, slot, index, field)

    def given(self, node: StructNode, slot: int, index: int, field: Attribute) -> Value:
        """Return the number that was given, or the only one there can be."""
        assert self._grower.given is not None
        value = self._grower.given.of(node, slot, index)
        if value is MISSING:
            singled = self._grower.leaves.singled_out(node, field)
            value = 0 if field.padding == "zero" else singled[0] if len(singled) == 1 else value
        if not is_held(value, field.data):
            raise refused(told_kind(field), value)
        return value  # type: ignore[no-any-return]  # a number

    def _is_computed_from(self, node: StructNode, field: Attribute) -> bool:
        """Whether a size, count or offset is computed from a field, and can decide it."""
        name = (node.plan.type.name, field.id)
        ends_itself = field.repeat is not None and field.repeat.kind == "until"
        if ends_itself and name not in self._facts.positions:
            return False  # its items tell where it ends, one after the other
        for condition in self._facts.uses.get(name, ()):
            if condition is None:
                return True
            holds = self._grower.leaves.quietly(self._compile(condition), node, NOTHING_BOUND)
            if holds is not False:
                return True
        return False

    def _equal(self, equal: Equal, node: StructNode) -> Value | None:
        """Return what a rule says a value equals; UNREAD if that is not known, None if not now."""
        leaves = self._grower.leaves
        if equal.above:
            around = (a for a in ancestors(node) if a.plan.type.name == equal.above)
            node = next(around, node)
        if equal.when is not None and not leaves.told(equal.when, node):
            return None
        found = leaves.told(equal.value, node)
        return UNREAD if found is None else found

    def told_size(self, node: StructNode, slot: int) -> int | None:
        """Return how many items a rule says a list has."""
        for equal in self._facts.sizes.get((node.plan.type.name, node.plan.names[slot]), ()):
            told = self._equal(equal, node)
            if told.__class__ is int:
                return told
        return None

    def pursue(self, node: StructNode, goals: Iterable[Goal]) -> None:
        """Decide what rules that look at a slot make follow from it.

        Raises:
            Rejected: that cannot stand there.
        """
        leaves = self._grower.leaves
        held = self._draft.held.get(id(node), 0)
        for when, holds, tree, fixed, rule in goals:
            if rule & held or lacks(node.values, fixed):
                continue
            if when is not None and not leaves.told(when, node):
                continue
            if leaves.told(holds, node) is None:
                with self._draft.only_looking(), suppress(Unsolved, Unknown):
                    solved = self._grower.solver.solve(
                        tree, wanted=True, node=node, bound=NOTHING_BOUND
                    )
                    self.judge_decided(solved)

    # at the end

    def settle_all(self) -> None:
        """Decide what is still open, but for what follows from the bytes."""
        draft = self._draft
        assert draft.root is not None
        waiting = [draft.root]
        while waiting:
            node = waiting.pop()
            for slot in self._grower.judges.recipes(node.plan).sorted:
                self._grower.judges.of(node.plan).put_in_order(node, slot, draft)
            if node.plan.child_slots:
                waiting += children(node)
        kept = {
            draft.key(*place)
            for later in draft.later
            if later.extent.size is not None
            for place in self.opened(later.extent.size.tree, later.node, later.bound)
        }
        for _ in range(3):
            left = [item for item in draft.open.items() if item[0] not in kept]
            for key, place in left:
                if key in draft.open and not _follows_from_bytes(place):
                    self._settle(place)

    def _settle(self, place: Place) -> None:
        node, slot, item = place
        field = node.plan.fields[slot]
        assert isinstance(field, Attribute)
        told = self.told(node, slot, item, field)
        if self._grower.given is not None:
            told = None
        if told is None or told is UNREAD:
            self.amounts.decide_open(place)
        else:
            self._draft.set(node, slot, told, item)
            self.judge_decided((place,))


def _follows_from_bytes(place: Place) -> bool:
    field = place[0].plan.fields[place[1]]
    assert isinstance(field, Attribute)
    return field.derive is not None or field.checksum is not None


def _opened_item(items: Any, number: Any) -> Iterator[Place]:
    """Yield an item of a list, if it is open."""
    if not isinstance(items, ListNode) or items.node is None or number.__class__ is not int:
        return
    if 0 <= number < len(items.items) and items.items[number] is UNREAD:
        yield items.node, items.slot, number
