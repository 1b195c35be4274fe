"""The fields of a content, and the way to each in its values."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.reading.tree import ListNode, Location, Missing, StructNode, ancestors
from harness.schema.ir import Attribute
from harness.writing.drafting.facts import Name

if TYPE_CHECKING:
    from harness.reading.reader import Reading

Route = tuple[str | int, ...]

# fields of one content
MAX_SPOTS: Final = 20_000
# steps that lead to one of them
MAX_STEPS: Final = 200


class Spot(NamedTuple):
    """A field of a content, and the way to it in the values."""

    name: Name
    field: Attribute
    route: Route


def can_be_rebuilt(reading: Reading) -> bool:
    """Whether there are not too many values: what is shared counts wherever it is led to.

    In broken contents it may lead to itself, and then there is no end of them.
    """
    spots = list(islice(spots_of(reading), MAX_SPOTS))
    return len(spots) < MAX_SPOTS and all(len(spot.route) < MAX_STEPS for spot in spots)


def spots_of(reading: Reading) -> Iterator[Spot]:
    """Yield every field of a content, lists before their items."""
    waiting: deque[tuple[StructNode, Route]] = deque([(reading.root, ())])
    while waiting:
        node, route = waiting.popleft()
        for slot, field in enumerate(node.plan.fields):
            value = node.values[slot]
            if not isinstance(field, Attribute) or isinstance(value, Missing):
                continue
            here = (*route, field.id)
            yield Spot((node.plan.type.name, field.id), field, here)
            if isinstance(value, StructNode):
                waiting.append((value, here))
            elif isinstance(value, ListNode):
                waiting += [
                    (item, (*here, number))
                    for number, item in enumerate(value.items)
                    if isinstance(item, StructNode)
                ]


def route_to(place: Location) -> Route:
    """Return the way to a plain value, or to the list that it is in."""
    steps: list[str | int] = [place.node.plan.names[place.slot]]
    for node in ancestors(place.node):
        if node.parent is not None:
            steps += [node.index] if node.index >= 0 else []
            steps.append(node.parent.plan.names[node.slot])
    return tuple(reversed(steps))


def value_at(values: Any, route: Route) -> Any:
    """Return what stands at the end of a way through values."""
    for step in route:
        values = values[step]
    return values
