"""Numbers that sizes and counts are computed from: none may make one of those negative, or huge."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import UNREAD
from harness.schema.expression import typed
from harness.schema.ir import Attribute, BitsData, FloatData, IntegerData, SwitchData
from harness.schema.walk import arms_of
from harness.writing.drafting.freedom import Freedom, Freedoms
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.solve import Unsolved
from harness.writing.growing.leaves import MAX_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.reading.expressions import Bound
    from harness.reading.tree import StructNode, Value
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.drafting.draft import Place
    from harness.writing.drafting.least import Least
    from harness.writing.drafting.recipes import Amount, Recipe
    from harness.writing.drafting.space import Space
    from harness.writing.growing.grow import Grower

ROUNDS: Final = 24
# bytes by which sizes may differ that can be told one after the other
MAX_UNIT: Final = 64
# what an amount may be in each try of deciding what it is computed from: small, if that can be
_MOST: Final = (64, 64, 64, 64, 300, 300, 1 << 12, 1 << 16)


class Amounts:
    """Decides numbers of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower
        self._freedoms = Freedoms(grower.draft, grower.solver)
        self._are_decisive = any(map(self._is_decisive, grower.facts.least.values()))

    # a number

    def decide_open(self, place: Place) -> None:
        """Decide an open number, few where it counts something."""
        node, slot, item = place
        grower = self._grower
        field = node.plan.fields[slot]
        assert isinstance(field, Attribute)
        if grower.given is not None:
            grower.draft.set(node, slot, grower.needs.given(node, slot, item, field), item)
            return
        if field.refers is not None:
            value = grower.needs.references.value(node, slot, item, field)
            if value is UNREAD or not self._fits(place, value):
                raise Rejected
            return
        data: Any = field.data
        if isinstance(data, SwitchData):
            data = next(iter(arms_of(data)))
        if not isinstance(data, IntegerData | FloatData | BitsData):
            raise Rejected
        is_used = (node.plan.type.name, field.id) in grower.facts.uses
        judge = grower.judges.of(node.plan)
        values: Iterator[Value] = grower.leaves.numbers(node, slot, field, data, item)
        if is_used and not grower.leaves.is_hinted(field):
            some = (self._some_number(node, slot, item) for _ in range(ROUNDS))
            values = chain(self._escapes(node, slot), some, values)
        if not any(judge.allows(node, slot, item, v) and self._fits(place, v) for v in values):
            raise Rejected

    def _escapes(self, node: StructNode, slot: int) -> Iterator[int]:
        """Yield now and then what a number is compared with, or some bits that are looked at."""
        name = (node.plan.type.name, node.plan.names[slot])
        choices, facts = self._grower.choices, self._grower.facts
        masks = facts.masks.get(name)
        if masks:
            yield self._masked(masks)
        known = [v for v in facts.constants.get(name, ()) if v.__class__ is int]
        if known and choices.integer(0, 3) == 3:
            value = choices.pick(known)
            assert isinstance(value, int)
            if self._is_escape(node, slot, value):
                yield value

    def _masked(self, masks: list[int]) -> int:
        """Return a number of which each group of bits that is looked at may be set, or not."""
        choices, found = self._grower.choices, 0
        for mask in masks:
            lowest = mask & -mask
            found |= choices.count(0, min(MAX_COUNT, mask // lowest)) * lowest & mask
        return found

    def _is_escape(self, node: StructNode, slot: int, value: int) -> bool:
        """Whether a number is either no amount itself, or a small one."""
        if value <= _MOST[0]:
            return True
        amounts = self._grower.judges.recipes(node.plan).by_slot[slot].amounts
        draft = self._grower.draft
        mark = draft.mark()
        draft.set(node, slot, value)
        try:
            return self.are_sensible(node, amounts, _MOST[0])
        finally:
            draft.rollback(mark)

    def _some_number(
        self, node: StructNode, slot: int, item: int = -1, *, is_itself: bool = True
    ) -> int:
        known = self._grower.leaves.near(node, slot, item)
        near = [n for n in known if n.__class__ is int and 0 <= n <= _MOST[0]]
        if near and self._grower.choices.integer(0, 1):
            return int(self._grower.choices.pick(near))
        return self._some(node, slot, is_itself=is_itself)

    def some_count(self, tree: Expr, node: StructNode) -> int:
        """Return a number of items for a list whose length is open."""
        place = next(self._grower.needs.opened(tree, node, NOTHING_BOUND), None)
        if place is None:
            return self._grower.leaves.count(0, MAX_COUNT)
        owner, slot, _ = place
        is_itself = isinstance(tree, typed.Field) and tree.name == owner.plan.names[slot]
        return self._some_number(owner, slot, is_itself=is_itself)

    def _fits(self, place: Place, value: Value) -> bool:
        """Decide an open number, unless a rule of what is around forbids it, or a size does."""
        node, slot, item = place
        draft = self._grower.draft
        mark = draft.mark()
        draft.set(node, slot, value, item)
        try:
            self._grower.judges.judge_around(node)
        except Rejected:
            draft.rollback(mark)
            return False
        amounts = self._grower.judges.recipes(node.plan).by_slot[slot].amounts
        if self.are_sensible(node, amounts):
            return True
        draft.rollback(mark)
        return False

    def _some(self, node: StructNode, slot: int, *, is_itself: bool) -> int:
        """Return a number that something is measured by, or an amount like it; few come often."""
        known, leaves = self._known_of(node, slot), self._grower.leaves
        if known is None:
            return leaves.count(0, MAX_COUNT)
        if known.values:
            return known.values[leaves.count(0, len(known.values) - 1)]
        is_least = self._is_large(known) or (is_itself and known.least <= known.most)
        least = known.least if is_least else 0
        return leaves.count(least, least + MAX_COUNT)

    def _is_chosen_for_region(self, known: Least) -> bool:
        if len(known.values) == 1:
            return True
        return bool(known.values) and not self._grower.choices.integer(0, 1)

    def _known_of(self, node: StructNode, slot: int) -> Least | None:
        return self._grower.facts.least.get((node.plan.type.name, node.plan.names[slot]))

    @staticmethod
    def _is_large(known: Least) -> bool:
        """Whether few tries would find no number as large."""
        return MAX_COUNT < known.least <= known.most

    def _is_decisive(self, known: Least) -> bool:
        """Whether a number is not left to be what is grown, which it would not meet by chance."""
        return bool(known.values) or self._is_large(known)

    # an amount

    def size(
        self, extent: Extent, node: StructNode, space: Space, bound: Bound, *, is_region: bool
    ) -> int | None:
        """Return the size of a value, decided if there are just some; None where it is free."""
        needs = self._grower.needs
        size = needs.size(extent, node, space, bound)
        if size is not None or extent.size is None:
            return size
        tree = extent.size.tree
        if self.decided(tree, node, bound, is_region=is_region):
            size = needs.size(extent, node, space, bound)
        if size is not None:
            return size
        return self.computed(tree, node, bound, is_plain=not is_region and extent.process is None)

    def count(self, tree: Expr, node: StructNode, *, is_told: bool) -> int | None:
        """Return how many items a list has, if that is to be decided first; None elsewhere."""
        if not is_told and self.decided(tree, node, NOTHING_BOUND):
            return int(self._grower.needs.value(tree, node, NOTHING_BOUND))
        return self.computed(tree, node, NOTHING_BOUND, is_plain=not is_told)

    def decided(
        self, tree: Expr, node: StructNode, bound: Bound, *, is_region: bool = False
    ) -> bool:
        """Decide what a size or count is computed from, where it would not be met by chance.

        What is in a region may have to be as large as it happens to be, so that its size follows,
        but where there is just one or, now and then, where there are several.
        """
        if self._grower.given is not None or not self._are_decisive:
            return False
        is_decided = False
        for owner, slot, item in list(self._grower.needs.opened(tree, node, bound)):
            known = self._known_of(owner, slot)
            if known is None or not self._is_decisive(known):
                continue
            if is_region and not self._is_chosen_for_region(known):
                continue
            self.decide_open((owner, slot, item))
            is_decided = True
        return is_decided

    def computed(
        self, tree: Expr, node: StructNode, bound: Bound, *, is_plain: bool = True
    ) -> int | None:
        """Decide what an amount is computed from first, where it cannot follow from the rest.

        Args:
            tree: computes it.
            node: where.
            bound: what its names stand for.
            is_plain: what is measured can have any size, and decides nothing itself.

        Returns:
            The amount; None where what it is computed from can follow from it.

        Raises:
            Rejected: there is no sensible one.
        """
        grower = self._grower
        if self._follows(tree):
            return None
        places = list(grower.needs.opened(tree, node, bound))
        if not places or any(grower.needs.is_position(place) for place in places):
            return None
        freedom = self._freedoms.of(tree, node, bound)
        if freedom is Freedom.ANY:
            return None
        # what is in a region may decide it; once that would not do, the size comes first
        is_again = grower.given is None and grower.choices.rejected % 3 == 2
        is_needed = freedom is Freedom.NONE or grower.given is None
        if not is_again and not (is_plain and is_needed):
            return None
        return self._decided(tree, node, bound)

    def settle(self, tree: Expr, amount: int, node: StructNode, bound: Bound) -> None:
        """Let an amount be what it has turned out to be.

        Raises:
            Rejected: it cannot be, or the values given say otherwise.
        """
        grower = self._grower
        if grower.placing.leads_behind(tree, amount, node):
            return
        if grower.given is None or self._freedoms.of(tree, node, bound) is not Freedom.NONE:
            if grower.given is not None:
                self._check_unit(tree, amount, node, bound)
            grower.decide(tree, amount, node, bound)
            return
        told = grower.needs.value(tree, node, bound)
        if told != amount:
            raise Rejected(f"it has {amount:,} bytes, where the values given make that {told:,}")

    def _check_unit(self, tree: Expr, amount: int, node: StructNode, bound: Bound) -> None:
        """Reject an amount between two that can be told."""
        fitting = self.least_from(tree, amount, node, bound)
        if fitting != amount:
            unit = self.least_from(tree, fitting + 1, node, bound) - fitting
            raise Rejected(
                f"it has {amount:,} bytes, where its size goes in steps of {unit:,}; "
                f"{fitting:,} bytes would do"
            )

    def least_from(self, tree: Expr, amount: int, node: StructNode, bound: Bound) -> int:
        """Return the least amount from one on that an expression can be made to give.

        Where none near it can be, that is the amount itself.
        """
        if self._freedoms.of(tree, node, bound) is not Freedom.SOME:
            return amount
        near = range(amount, amount + MAX_UNIT)
        return next((n for n in near if self._can_be(tree, n, node, bound)), amount)

    def _can_be(self, tree: Expr, amount: int, node: StructNode, bound: Bound) -> bool:
        draft = self._grower.draft
        mark = draft.mark()
        try:
            with draft.only_looking():
                self._grower.solver.solve(tree, amount, node, bound)
        except (Unsolved, Unknown):
            return False
        finally:
            if draft.mark() > mark:
                draft.rollback(mark)
        return True

    def _follows(self, tree: Expr) -> bool:
        """Whether an expression is a field or item, or the sum of one and a number: most are."""
        if isinstance(tree, typed.Operation) and isinstance(tree.right, typed.Constant):
            return tree.operator in ("+", "-") and self._follows(tree.left)
        if isinstance(tree, typed.Field):
            return (tree.owner, tree.name) in self._grower.facts.uses
        return isinstance(tree, typed.At)

    def _decided(self, tree: Expr, node: StructNode, bound: Bound) -> int:
        grower = self._grower
        mark = grower.draft.mark()
        for most in _MOST if grower.given is None else _MOST[-1:]:
            try:
                amount = grower.needs.value(tree, node, bound)
            except Rejected:
                amount = -1
            if 0 <= amount <= most:
                return int(amount)
            grower.draft.rollback(mark)
        raise Rejected

    def judge(self, node: StructNode, recipe: Recipe, tries: int) -> None:
        """Reject what makes an amount negative, or larger than need be.

        Raises:
            Rejected: it does.
        """
        if not self.are_sensible(node, recipe.amounts, _MOST[min(tries, len(_MOST) - 1)]):
            raise Rejected

    def are_sensible(
        self, node: StructNode, amounts: tuple[Amount, ...], most: int | None = None
    ) -> bool:
        """Whether no size or count that is known is negative, nor larger than `most`."""
        quietly, compiled = self._grower.leaves.quietly, self._grower.draft.compile
        for when, tree in amounts:
            if when is not None and not quietly(compiled(when), node, NOTHING_BOUND):
                continue
            amount = quietly(compiled(tree), node, NOTHING_BOUND)
            if amount.__class__ is int and (amount < 0 or (most is not None and amount > most)):
                return False
        return True
