"""Shapes: by what way from the top of a content a value is reached, whichever item it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.writing.changing.places import Shape, name_in, name_of

if TYPE_CHECKING:
    from harness.reading.tree import Location, StructNode


class Shapes:
    """The shapes of the values of one content.

    What lies in its own kind is where the first of that kind is, so that there are few shapes
    however deep a content is.
    """

    def __init__(self) -> None:
        self._leading: dict[StructNode, Shape] = {}

    def of(self, place: Location) -> Shape:
        """Return the shape of a place that is no structure."""
        return (*self.of_node(place.node), name_of(place))

    def of_node(self, node: StructNode) -> Shape:
        """Return the shape of what leads to a structure."""
        known = self._leading.get(node)
        if known is None:
            known = ()
            if node.parent is not None:
                known = (*self.of_node(node.parent), name_in(node.parent, node.slot))
                kinds = [kind for kind, _ in known]
                if node.plan.type.name in kinds:
                    known = known[: kinds.index(node.plan.type.name)]
            self._leading[node] = known
        return known
