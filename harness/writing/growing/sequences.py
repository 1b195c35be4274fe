"""Growing the attributes of a structure that follow each other, each until its rules hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.reading.tree import UNREAD, StructNode, ancestors
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.recipes import Recipe
from harness.writing.growing.aligning import keep_aligned

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.writing.drafting.space import Space
    from harness.writing.growing.grow import Grower

# tries of a value after which decisions are simple: rules more often hold for what is small; whole
# structures are not made of such decisions, for Hypothesis cannot simplify them further
EASY_FROM: Final = 4


class Sequences:
    """Grows the sequences of one draft."""

    def __init__(self, grower: Grower, *, is_plain: bool) -> None:
        """Make one.

        Args:
            grower: of the draft.
            is_plain: nobody has said what any value is to be.
        """
        self._grower = grower
        self._draft = grower.draft
        self._judges = grower.judges
        self._is_plain = is_plain
        self._is_given = grower.given is not None
        self._choices = grower.choices

    def grow(self, node: StructNode, space: Space) -> None:
        """Grow the sequence of a structure."""
        if node.plan.type.endian is not None:
            self._judges.decide_endian(node)
        recipes = self._judges.recipes(node.plan)
        if not self._is_plain or self._grower.lists.goal_of(node) is not None:
            self._one_by_one(node, node.plan.sequence_slots, space)
            return
        for part in recipes.sequence:
            if isinstance(part, Recipe):
                grow = self._free_number if part.is_free else self._grower.field
                self.retried(node, part, grow, space)
            elif self._draft.fill(node, part):
                space.bits_left = 0
                space.advance(part.size)
            else:
                self._one_by_one(node, part.slots, space)

    def _one_by_one(self, node: StructNode, slots: range, space: Space) -> None:
        by_slot = self._judges.recipes(node.plan).by_slot
        for slot in slots:
            self.retried(node, by_slot[slot], self._grower.field, space)

    def retried(
        self, node: StructNode, recipe: Recipe,
        grow: Callable[[StructNode, Recipe, Space], None], space: Space,
    ) -> None:  # fmt: skip
        """Grow something until the rules that look at it hold."""
        draft, own = self._draft, node.stream
        cursor, bits = own.cursor, own.bits_left  # type: ignore[attr-defined]  # a Space
        choices = self._choices
        was_easy, rejected = choices.is_easy, choices.rejected
        # the items of a list in an item are not what was wrong with that one
        is_inside = recipe.field.repeat is not None and any(a.index >= 0 for a in ancestors(node))
        around = 0 if is_inside else rejected
        for tries in range(self._grower.tries):
            mark = draft.mark()
            choices.is_easy = was_easy or (recipe.is_plain and tries >= EASY_FROM)
            choices.rejected = around + tries
            try:
                grow(node, recipe, space)
                if recipe.ahead and not self._is_given:
                    keep_aligned(recipe, space)
                self._judge(node, recipe)
                if recipe.is_measure and not self._is_given:
                    self._grower.needs.amounts.judge(node, recipe, tries)
            except Rejected:
                # what only reads back what others decided is the same each time
                is_view = self._grower.placing.is_view(node, recipe.slot)
                can_differ = draft.mark() - mark > is_view
                draft.rollback(mark)
                own.cursor, own.bits_left = cursor, bits  # type: ignore[attr-defined]
                if tries == self._grower.tries - 1 or not can_differ:
                    raise
            else:
                return
            finally:
                choices.is_easy, choices.rejected = was_easy, rejected

    def _judge(self, node: StructNode, recipe: Recipe) -> None:
        """Judge what was just grown, and let decide what follows from it."""
        if self._grower.lists.goals:
            self._grower.lists.keep_to_goal(node)
        if recipe.is_judged:
            self._draft.may_read_back = True  # other views of the same bytes
            try:
                recipe.judge.judge_grown(node, recipe.slot)
            finally:
                self._draft.may_read_back = False
        if recipe.goals:
            self._grower.needs.pursue(node, recipe.goals)

    def _free_number(self, node: StructNode, recipe: Recipe, space: Space) -> None:
        """Grow a number that stands by itself, and that nothing else tells."""
        slot, field = recipe.slot, recipe.field
        space.bits_left = 0
        space.advance(recipe.width)
        if node.values[slot] is UNREAD:  # nothing needed it before its turn
            try:
                value = self._grower.choose(node, slot, -1, field, field.data, is_growing=True)  # type: ignore[arg-type]  # a number
            except Rejected:
                self._draft.at = (node, slot, -1)
                raise
            self._draft.set(node, slot, value)
