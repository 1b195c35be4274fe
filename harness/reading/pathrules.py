"""Contract rules anchored at a path: found by walking down from the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.reading.rules import Rule
from harness.reading.tree import ListNode, Location, Missing, StructNode, Value
from harness.schema.lowered import PathCheck, PathStep

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook


class PathRules:
    """The rules of overlays that are anchored at paths."""

    def __init__(self, book: PlanBook, checks: Sequence[PathCheck]) -> None:
        self._rules = [(check.steps, Rule(book, "K401", check.check)) for check in checks]

    def check(self, root: StructNode) -> None:
        """Run every rule wherever its path leads."""
        for steps, rule in self._rules:
            for place in _places(root, steps):
                value = value_at(place)
                bound: dict[str, Value] = {"_": value, "_index": place.index}
                if isinstance(value, StructNode):
                    rule.run(Location(value), bound)
                elif not isinstance(value, Missing):
                    rule.run(place, bound)


def value_at(place: Location) -> Value:
    """Return what stands at a place."""
    if place.slot < 0:
        return place.node
    value = place.node.values[place.slot]
    if isinstance(value, ListNode) and place.index >= 0:
        return value.items[place.index]
    return value


def _places(node: StructNode, steps: tuple[PathStep, ...]) -> Iterator[Location]:
    """Yield the places that the path leads to below `node`."""
    step, rest = steps[0], steps[1:]
    slot = node.plan.slot_of(step.name)
    if slot is None:
        return
    for place in _elements(node, slot, step):
        value = value_at(place)
        if not rest:
            yield place
        elif isinstance(value, StructNode):
            yield from _places(value, rest)


def _elements(node: StructNode, slot: int, step: PathStep) -> Iterator[Location]:
    value = node.values[slot]
    if step.index is None:
        yield Location(node, slot)
    elif isinstance(value, ListNode):
        wanted = range(len(value.items)) if step.index < 0 else [step.index]
        yield from (Location(node, slot, n) for n in wanted if n < len(value.items))
