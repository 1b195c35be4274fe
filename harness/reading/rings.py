"""Rings: structures that lead back to themselves through shared offsets, looked for at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.reading.tree import ListNode, Location, StructNode, span_of

if TYPE_CHECKING:
    from harness.reading.session import Session

# A structure or list that is gone into, and where it is referred to if that is not its own place.
Step = tuple[StructNode | ListNode, Location | None]


def report_rings(session: Session, root: StructNode) -> None:
    """Report every reference that leads back to a structure it is reached through.

    The tree and the references in it are walked from the top, in slot and list order.
    """
    if not session.references:
        return
    walk = _Walk(session)
    walk.enter((root, None))
    while walk.stack:
        step = next(walk.stack[-1][1], None)
        if step is None:
            walk.leave()
        else:
            walk.meet(step)


class _Walk:
    """A depth-first walk: what it is inside of, and what it has been in."""

    def __init__(self, session: Session) -> None:
        self.stack: list[tuple[Step, Iterator[Step]]] = []
        self._inside: set[int] = set()
        self._seen: set[int] = set()
        self._references = session.references

    def enter(self, step: Step) -> None:
        """Go into a structure or list."""
        self._inside.add(id(step[0]))
        self._seen.add(id(step[0]))
        self.stack.append((step, self._steps_from(step)))

    def leave(self) -> None:
        """Come out of what was entered last."""
        (vertex, _), _ = self.stack.pop()
        self._inside.discard(id(vertex))

    def meet(self, step: Step) -> None:
        """Go into what has not been seen; report what the walk is inside of."""
        vertex, place = step
        if id(vertex) in self._inside and place is not None:
            _report(place)
        elif id(vertex) not in self._seen:
            self.enter(step)

    def _steps_from(self, step: Step) -> Iterator[Step]:
        vertex, place = step
        if isinstance(vertex, ListNode):
            for item in vertex.items:
                if isinstance(item, StructNode):
                    yield item, place
            return
        referring = self._references.get(id(vertex), ())
        for slot in vertex.plan.child_slots:
            value = vertex.values[slot]
            if isinstance(value, StructNode | ListNode):
                if _stands_in(vertex, slot, value):
                    yield value, None
                elif slot in referring:
                    yield value, Location(vertex, slot)


def _stands_in(node: StructNode, slot: int, value: StructNode | ListNode) -> bool:
    owner = value.parent if isinstance(value, StructNode) else value.node
    return owner is node and value.slot == slot


def _report(place: Location) -> None:
    """Report at the structure that refers: it has the offset that leads back."""
    place.node.stream.session.report("S114", place, span=span_of(Location(place.node)))
