"""Regions: streams of their own for structures, and the sizes that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reading.tree import UNREAD, Location, StructNode, children, path_of
from harness.schema.ir import Extent, StructData
from harness.writing.drafting import packing
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.space import Space

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.writing.growing.grow import Grower


class Regions:
    """Opens, fills and closes the regions of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower

    def settle_size(self, extent: Extent, size: int, node: StructNode, bound: Bound) -> None:
        """Let what the size is computed from give the size there is."""
        if extent.size is None:
            return
        needs, tree = self._grower.needs, extent.size.tree
        told = self._grower.solver.told(tree, node, bound)
        if told is not UNREAD:
            if told != size:
                raise Rejected
            return
        if needs.follows_from_places(tree, node, bound) or (
            needs.follows_from_size(tree, node, bound)
        ):
            self._grower.draft.free_size(node, extent)
        else:
            needs.amounts.settle(tree, size, node, bound)

    def filled(
        self, extent: Extent, packed: bytes, size: int | None, node: StructNode, bound: Bound
    ) -> bytes:
        """Return packed bytes with what ends them and fills them up, to a size that can be told.

        Raises:
            Unfit: no reader would take the result for the same bytes.
        """
        filled = packing.fill(extent, packed, size)
        may_grow = extent.terminator is not None or extent.pad_right is not None
        if size is not None or extent.size is None or self._grower.given is None or not may_grow:
            return filled
        amounts = self._grower.needs.amounts
        least = amounts.least_from(extent.size.tree, len(filled), node, bound)
        return packing.fill(extent, packed, least)

    def fill(self, child: StructNode, inner: Space) -> None:
        """Grow all that lies in a region, where nothing else will come from outside."""
        waiting = [child]
        while waiting:
            node = waiting.pop()
            self._grower.instances(node)
            waiting += reversed(children(node))
        size = inner.full_size()
        if size is not None:
            inner.is_open = False
            inner.cursor = size

    def open(
        self, node: StructNode, slot: int, data: StructData, extent: Extent, size: int | None
    ) -> Space:
        """Begin the stream of a region."""
        is_whole = not packing.changes_size(extent) and extent.terminator is None
        inner = self._grower.draft.add_space(size if is_whole else None)
        name = (node.plan.type.name, node.plan.names[slot])
        inner.is_open = (size is None or self._grower.given is not None) and (
            name in self._grower.facts.open_regions or data.type in self._grower.facts.placing
        )
        inner.is_packed = extent.process is not None
        return inner

    def close(
        self, node: StructNode, extent: Extent, inner: Space, bound: Bound, outer: Space
    ) -> None:
        """Settle the size of a region whose content is there, unless more will come."""
        is_resized = packing.changes_size(extent)
        if inner.is_open or inner.cursor is None or is_resized:
            if inner.wanted is None or is_resized:
                self._grower.draft.close_later(inner, extent, node, bound)
            outer.advance(None if is_resized else inner.wanted)
            return
        child = self._grower.draft.owners[inner]
        if self._grower.given is not None:
            self._grower.draft.at = (node, child.slot, child.index)
        if self._grower.given is not None and self._grower.given.junk:
            inner.advance(len(self._grower.given.junk.get(path_of(Location(child)), b"")))
        may_trail = child.plan.type.layout.trailing != "forbid"
        if inner.wanted is None:
            least = inner.cursor
            if extent.size is not None and may_trail:
                tree = extent.size.tree
                least = self._grower.needs.amounts.least_from(tree, inner.cursor, node, bound)
            self._grower.draft.end_space(inner, least - inner.cursor)
        assert inner.wanted is not None
        spare = inner.wanted - inner.cursor
        if spare < 0 or (spare and not may_trail):
            raise Rejected
        inner.cursor = needed = inner.wanted
        if extent.terminator is not None and extent.size is None and extent.consume:
            needed += len(extent.terminator)
        self.settle_size(extent, needed, node, bound)
        outer.advance(needed)
