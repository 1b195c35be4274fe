"""Contract rules anchored at a path: found by walking down from the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.reading.rules import Rule
from harness.reading.tree import ListNode, Location, Missing, StructNode, Value, value_at
from harness.schema.lowered import PathCheck, PathStep

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook
    from harness.reading.session import Session


class PathRules:
    """The rules of overlays that are anchored at paths."""

    def __init__(self, book: PlanBook, checks: Sequence[PathCheck]) -> None:
        self._rules = [(check.steps, Rule(book, "K401", check.check)) for check in checks]

    def check(self, root: StructNode) -> None:
        """Run every rule wherever its path leads."""
        for steps, rule in self._rules:
            for place in _places(root, steps):
                _run(rule, place, root.stream.session)


def _run(rule: Rule, place: Location, session: Session) -> None:
    """Run a rule on what stands at a place; what it says is said of the content of `session`."""
    value = value_at(place)
    bound: dict[str, Value] = {"_": value, "_index": place.item}
    other = place.node.stream.session
    if other is not session:  # a companion is there for many contents: no one may use it up
        other.steps.left = other.steps.limit
    if isinstance(value, StructNode):
        rule.run(Location(value), bound, session)
    elif not isinstance(value, Missing):
        rule.run(place, bound, session)


def _places(root: StructNode, steps: tuple[PathStep, ...]) -> Iterator[Location]:
    """Yield the places that the path leads to, in the order of the tree."""
    waiting = [(root, 0)]
    while waiting:
        node, number = waiting.pop()
        slot = node.plan.slot_of(steps[number].name)
        if slot is None:
            continue
        found = _elements(node, slot, steps[number])
        if number + 1 == len(steps):
            yield from found
            continue
        inner = [value for place in found if isinstance(value := value_at(place), StructNode)]
        waiting += [(value, number + 1) for value in reversed(inner)]


def _elements(node: StructNode, slot: int, step: PathStep) -> list[Location]:
    value = node.values[slot]
    if step.index is None:
        return [Location(node, slot)]
    if not isinstance(value, ListNode):
        return []
    wanted = range(len(value.items)) if step.index < 0 else [step.index]
    return [Location(node, slot, item) for item in wanted if item < len(value.items)]
