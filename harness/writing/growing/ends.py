"""Ends of values: a terminator, or the end of the stream instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.values import MISSING

if TYPE_CHECKING:
    from harness.reading.tree import StructNode
    from harness.schema.ir import Extent
    from harness.writing.drafting.space import Space
    from harness.writing.growing.grow import Grower


class Ends:
    """Ends the values of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower

    def end(
        self, node: StructNode, slot: int, index: int, extent: Extent, filled: bytes, space: Space
    ) -> int:
        """Return the bytes taken; where the end of the stream ends a value, it may do so."""
        may_lack = extent.size is None and not extent.to_end and not extent.eos_error
        if may_lack and extent.include:
            return self._end_including(node, slot, index, extent, filled, space)
        if not may_lack or space is self._grower.draft.main:
            return len(filled)
        bare = len(filled) - len(extent.terminator or b"\0")
        if space.wanted is None and self._ends_here(node, slot, index):
            self._grower.draft.end_space(space, bare)
        if space.left() != bare:
            return len(filled)
        self._grower.draft.mark_unended(node, slot, index)
        return bare

    def _end_including(
        self, node: StructNode, slot: int, index: int, extent: Extent, filled: bytes, space: Space
    ) -> int:  # fmt: skip
        """Return the bytes of a value that its terminator is a part of: only the last may lack it.

        Raises:
            Rejected: it does, and something follows.
        """
        if not filled.endswith(extent.terminator or b"\0"):
            if space.wanted is None and self._ends_here(node, slot, index):
                self._grower.draft.end_space(space, len(filled))
            if space.left() != len(filled):
                raise Rejected("it lacks what ends it, and is not the last of its stream")
        return len(filled)

    def _ends_here(self, node: StructNode, slot: int, index: int) -> bool:
        """Whether nothing follows in the stream."""
        given = self._grower.given
        if given is None:
            return self._grower.choices.integer(0, 1) == 0
        while True:
            if index >= 0 and index + 1 < self._grower.lists.given_count(node, slot):
                return False
            later = range(slot + 1, node.plan.sequence_slots.stop)
            if any(given.of(node, other) not in (MISSING, "", b"") for other in later):
                return False
            around = node.parent
            if around is None or around.stream is not node.stream:
                return True
            node, slot, index = around, node.slot, node.index
