"""Changes to the values of a content, which is then built anew around them.

Where an edit of bytes would leave counts, sizes and offsets pointing at the wrong place, building
lets them follow, so that only what was meant to be wrong is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from harness.reading.tree import Location, path_of, pre_order
from harness.writing.breaking.clues import by_turns, in_turn
from harness.writing.changing.lengthening import (
    MAX_SIZE,
    is_fixed,
    is_long,
    key_of,
    lengthened,
    most_of,
)
from harness.writing.changing.spots import Route, Spot, can_be_rebuilt, route_to, spots_of, value_at
from harness.writing.drafting.facts import Name
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.tree import StructNode
    from harness.schema.ir import Attribute
    from harness.writing.breaking.clues import Clues
    from harness.writing.breaking.looking import Sight
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices

# how one list or value becomes another; None where it cannot
Change = Callable[[Any], Any]

# from values, and what is put at the end of regions: bytes, or None where none hold them
Build = Callable[[Mapping[str, Any], Mapping[str, bytes] | None], bytes | None]
# the values that a field has in other contents
Donors = Callable[[Name], Sequence[Any]]
# the field that was changed, and the content; None where no bytes hold it
Built = tuple[Name, bytes | None]

MAX_PLACES: Final = 24
CHANGES: Final = 3
# of what stands at the end of a region, as much as stands there once more
TAILS: Final = (1, 2, 4, 8)
MAX_TAIL: Final = max(TAILS)
# changes of just what decides a thing, before others
SEEN: Final = 16
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
# numbers that are written out are of a day, a year, or anything
_MOST: Final = (30, 400, 99_999)
_LISTED: Final = frozenset({"I503", "I504", "I505"})


class Rebuilder:
    """Proposes contents built from the changed values of one content."""

    def __init__(
        self,
        build: Build,
        reading: Reading,
        choices: Choices,
        donors: Donors,
        clues: Clues,
        sights: Iterable[Sight] = (),
    ) -> None:
        self._build = build
        self._reading = reading
        self._choices = choices
        self._donors = donors
        self._clues = clues
        self._sights = sights
        self._spots = list(spots_of(reading)) if can_be_rebuilt(reading) else []

    def contents(self, target: Target, names: frozenset[Name]) -> Iterator[Built]:
        """Yield contents that may break `target`.

        Args:
            target: what is to be broken.
            names: fields that it looks at; empty for any.
        """
        if not self._spots:
            return
        if target.code in ("S110", "S111"):
            yield from self._with_junk()
            return
        spots = [spot for spot in self._spots if not names or spot.name in names]
        if target.code in _LISTED:
            spots = [spot for spot in self._spots if _is_about(spot.field, target.code)]
        yield from islice(self._with_others_seen(), SEEN)
        ways = [
            self._with_other_lists(spots),
            self._with_other_values(spots),
            self._with_other_sizes(spots, are_lists=True),
            self._with_other_sizes(spots, are_lists=False),
        ]
        if target.rule:
            ways.append(self._with_junk())
        if len(spots) < len(self._spots) and target.rule:
            ways.append(self._with_other_sizes(self._spots, are_lists=True))
            ways.append(self._with_other_sizes(self._spots, are_lists=False))
            ways.append(self._with_other_lists(self._spots))
        yield from in_turn(ways)

    def _with_junk(self) -> Iterator[Built]:
        """Put bytes that nothing reads at the end of a region: a zero, or what it ends with."""
        values = values_of(self._reading)
        nodes = pre_order(self._reading.root)
        regions = [node for node in nodes if node.stream.owner is node and node.parent is not None]
        for node in by_turns(regions, _type_of, self._choices, MAX_PLACES):
            tail = bytes(node.stream.data[node.stream.start : node.stream.end])[-MAX_TAIL:]
            for junk in dict.fromkeys((b"\0", *(tail[-size:] for size in TAILS))):
                if junk:
                    yield _type_of(node), self._build(values, {path_of(Location(node)): junk})

    def _with_others_seen(self) -> Iterator[Built]:
        """Change just the values that decide it, in some structures."""
        told: dict[Route, tuple[int, ...]] = {}
        for sight in self._sights:
            told.update((route_to(place), tuple(sight.numbers)) for place in sight.places)
        for spot in self._some([spot for spot in self._spots if spot.route in told]):
            near = [n + away for n in told[spot.route] for away in (0, 1, -1)]
            for _ in range(CHANGES if near else 0):
                yield from self._changed(spot, self._one_of(near))
            yield from self._changed(spot, self._other_value)

    def _one_of(self, numbers: list[int]) -> Change:
        """Return what makes a number one of some, and a text as long as one of them."""

        def changed(value: Any) -> Any:
            number = self._choices.pick(numbers)
            if isinstance(value, str | bytes):
                return value[:number] if 0 <= number < len(value) else None
            return number if value.__class__ is int else None

        return changed

    def _with_other_lists(self, spots: list[Spot]) -> Iterator[Built]:
        lists = [spot for spot in spots if spot.field.repeat is not None]
        for spot in self._some(lists):
            ways = [self._changed(spot, change) for change in self._list_changes(spot.field)]
            ways += [self._with_another_item(spot), self._like_another(spot)]
            ways += [self._with_other_item(spot) for _ in range(CHANGES)]
            while ways:
                yield from ways.pop(self._choices.integer(0, len(ways) - 1))

    def _with_other_values(self, spots: list[Spot]) -> Iterator[Built]:
        plain = [spot for spot in spots if spot.field.repeat is None]
        for spot in self._some(plain):
            for _ in range(CHANGES):
                yield from self._changed(spot, self._other_value)
            yield from self._like_another(spot)

    def _with_other_sizes(self, spots: list[Spot], *, are_lists: bool) -> Iterator[Built]:
        """Make what is long as long as what is compared with, and one beside it.

        So is the whole content, by one text or one run of octets.
        """
        values = values_of(self._reading)
        kind = [spot for spot in spots if (spot.field.repeat is not None) == are_lists]
        free = [spot for spot in kind if not is_fixed(spot.field)]
        long = [spot for spot in free if is_long(value_at(values, spot.route))]
        sizes = {n + away for n in self._clues.numbers if n < MAX_SIZE for away in (1, 0, -1)}
        sizes = {size for size in sizes if size >= 0}
        one_of_each = list(self._some(long, len({spot.name for spot in long})))
        for spot in one_of_each if sizes else ():
            held = value_at(values, spot.route)
            for size in self._picked(sorted(sizes)):
                yield self._lengthened(spot, size, held)
                whole = len(held) + size - self._reading.size
                if not are_lists and whole > len(held):
                    yield self._lengthened(spot, whole, held)

    def _picked(self, sizes: list[int]) -> Iterator[int]:
        for _ in range(min(CHANGES, len(sizes))):
            yield sizes.pop(self._choices.integer(0, len(sizes) - 1))

    def _lengthened(self, spot: Spot, size: int, held: Sequence[Any]) -> tuple[Name, bytes | None]:
        """Give something another length, by more of all of it or of one item."""
        if size > most_of(self._reading, spot):
            return spot.name, None
        item = self._choices.integer(-1, len(held) - 1)
        return spot.name, self._build(lengthened(self._reading, spot, size, item), None)

    def _some(self, spots: list[Spot], most: int = MAX_PLACES) -> Iterator[Spot]:
        return by_turns(spots, lambda spot: spot.name, self._choices, most)

    def _changed(self, spot: Spot, change: Change) -> Iterator[Built]:
        values, last = values_of(self._reading), spot.route[-1]
        around = value_at(values, spot.route[:-1])
        other = change(around[last])
        if other is None or other == around[last]:
            return
        around[last] = other
        yield spot.name, self._build(values, None)

    def _like_another(self, spot: Spot) -> Iterator[Built]:
        """Give a value that the same field has elsewhere, here or in another content."""
        others = self._donors(spot.name)
        if others:
            other = self._choices.pick(others)
            yield from self._changed(spot, lambda _: deepcopy(other))

    def _other_value(self, value: Any) -> Any:
        choices = self._choices
        match value:
            case bool() | float() | dict() | list():
                return None
            case int():
                return choices.pick((value + 1, value - 1, value ^ 1, 0, value * 2))
            case str() if _NUMBER.fullmatch(value):
                number = int(value)
                near = (number + 1, number - 1, -number, 10 * number, 0)
                return str(choices.pick((*near, *(choices.integer(0, most) for most in _MOST))))
            case str():
                return choices.pick(
                    (
                        value[:-1],
                        value + "x",
                        value + " ",
                        "x" + value,
                        "",
                        2 * value,
                        16 * value,
                        (value or "x") * 300,
                        value + "\x7f",
                        *self._with_texts(value),
                    )
                )
            case bytes():
                return choices.pick(
                    (
                        value[:-1],
                        value + b"\0",
                        value + b"x",
                        b"x" + value,
                        b"",
                        2 * value,
                        16 * value,
                    )
                )
        return None

    def _with_texts(self, value: str) -> Iterator[str]:
        """Yield texts in which something that is compared with stands somewhere."""
        for raw in self._clues.texts:
            text = raw.decode("latin-1")
            at = self._choices.integer(0, len(value))
            yield from (text + value, value[:at] + text + value[at:], value + text, text)

    # lists

    def _list_changes(self, field: Attribute) -> Iterator[Change]:
        by = field.unique_by or field.sorted_by
        yield self._swapped
        yield self._copied_key(key_of(by)) if by is not None else self._copied
        yield self._copied
        yield lambda items: items[:-1] if items else None
        yield lambda items: [*items, items[-1]] if items else None
        yield lambda items: items[1:]
        yield lambda items: items[::-1]
        yield lambda items: items[:0]

    def _swapped(self, items: list[Any]) -> Any:
        if len(items) < 2:
            return None
        at = self._choices.integer(0, len(items) - 2)
        return [*items[:at], items[at + 1], items[at], *items[at + 2 :]]

    def _copied(self, items: list[Any]) -> Any:
        """Write an item over the next."""
        if len(items) < 2:
            return None
        at = self._choices.integer(0, len(items) - 2)
        return [*items[: at + 1], items[at], *items[at + 2 :]]

    def _with_another_item(self, spot: Spot) -> Iterator[Built]:
        """Add an item that the same list has elsewhere."""
        others = [item for items in self._donors(spot.name) for item in items]
        if not others:
            return
        other = deepcopy(self._choices.pick(others))

        def added(items: list[Any]) -> Any:
            at = self._choices.integer(0, len(items))
            return [*items[:at], other, *items[at:]]

        yield from self._changed(spot, added)

    def _with_other_item(self, spot: Spot) -> Iterator[Built]:
        """Change one item, where it is a plain value, or add one like it."""

        def changed(items: list[Any]) -> Any:
            at = self._choices.integer(0, len(items) - 1)
            other = self._other_value(items[at])
            before = items[: at + self._choices.integer(0, 1)]  # what it is like may be needed
            return None if other is None else [*before, other, *items[at + 1 :]]

        if value_at(values_of(self._reading), spot.route):
            yield from self._changed(spot, changed)

    def _copied_key(self, key: str) -> Change:
        """Give an item the key of the one before, and leave the rest of it."""

        def copied(items: list[Any]) -> Any:
            if len(items) < 2 or not isinstance(items[0], dict) or key not in items[0]:
                return None
            at = self._choices.integer(0, len(items) - 2)
            twin = {**items[at + 1], key: items[at].get(key)}
            return [*items[: at + 1], twin, *items[at + 2 :]]

        return copied


def _type_of(node: StructNode) -> Name:
    return node.plan.type.name, ""


def _is_about(field: Attribute, code: str) -> bool:
    match code:
        case "I503":
            return field.sorted_by is not None
        case "I504":
            return field.unique_by is not None or field.sorted_by is not None
    return field.refers is not None
