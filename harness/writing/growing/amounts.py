"""Numbers that sizes and counts are computed from: none may make one of those negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.schema.ir import Attribute
from harness.writing.drafting.facts import extents_of
from harness.writing.drafting.outcomes import Rejected
from harness.writing.growing.leaves import MAX_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.reading.expressions import Bound
    from harness.reading.plan import Plan
    from harness.reading.tree import StructNode, Value
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.drafting.draft import Place
    from harness.writing.drafting.least import Least
    from harness.writing.drafting.space import Space
    from harness.writing.growing.grow import Grower


class Amounts:
    """Decides numbers of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower
        self._known: dict[Plan, dict[str, list[tuple[Expr | None, Expr]]]] = {}

    def fits(self, place: Place, value: Value) -> bool:
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
        if self._is_enough(node, slot):
            return True
        draft.rollback(mark)
        return False

    def some(self, node: StructNode, slot: int) -> int:
        """Return a number that something is measured by; few come often."""
        known, leaves = self._known_of(node, slot), self._grower.leaves
        if known is None:
            return leaves.count(0, MAX_COUNT)
        if known.values:
            return known.values[leaves.count(0, len(known.values) - 1)]
        least = known.least if self._is_large(known) else 0
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

    def size(
        self, extent: Extent, node: StructNode, space: Space, bound: Bound, *, is_region: bool
    ) -> int | None:
        """Return the size of a value, decided if there are just some; None where it is free."""
        grower = self._grower
        size = grower.needs.size(extent, node, space, bound)
        if size is not None or extent.size is None or not grower.facts.least:
            return size
        if self.decided(extent.size.tree, node, bound, is_region=is_region):
            return grower.needs.size(extent, node, space, bound)
        return None

    def decided(
        self, tree: Expr, node: StructNode, bound: Bound, *, is_region: bool = False
    ) -> bool:
        """Decide what a size or count is computed from, where it would not be met by chance.

        What is in a region may have to be as large as it happens to be, so that its size follows,
        but where there is just one or, now and then, where there are several.
        """
        if self._grower.given is not None:
            return False
        is_decided = False
        for owner, slot, item in list(self._grower.needs.opened(tree, node, bound)):
            known = self._known_of(owner, slot)
            if known is None or not (known.values or self._is_large(known)):
                continue
            if is_region and not self._is_chosen_for_region(known):
                continue
            self._grower.needs.decide_open((owner, slot, item))
            is_decided = True
        return is_decided

    def _is_enough(self, node: StructNode, slot: int) -> bool:
        """Whether nothing in the same structure gets a negative size or count."""
        quietly, compiled = self._grower.leaves.quietly, self._grower.draft.compile
        for when, tree in self._measured(node.plan).get(node.plan.names[slot], ()):
            if when is not None and not quietly(compiled(when), node, {}):
                continue
            amount = quietly(compiled(tree), node, {})
            if amount.__class__ is int and amount < 0:
                return False
        return True

    def _measured(self, plan: Plan) -> dict[str, list[tuple[Expr | None, Expr]]]:
        """Return, by field, what is computed from it in its own structure, and under what."""
        if plan not in self._known:
            found = self._known[plan] = {}
            for when, tree in _amounts_of(plan):
                for owner, name in self._grower.facts.deciding(tree, plan.type.name):
                    if owner == plan.type.name:
                        found.setdefault(name, []).append((when, tree))
        return self._known[plan]


def _amounts_of(plan: Plan) -> Iterator[tuple[Expr | None, Expr]]:
    for field in plan.fields:
        if isinstance(field, Attribute):
            for tree in extents_of(field):
                yield field.condition.tree if field.condition is not None else None, tree
