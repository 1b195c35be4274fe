"""Moving: what offsets lead to is put elsewhere in a content, and the offsets follow.

What an offset leads to can stand where it must not without anything else being wrong, but only if
all other offsets lead to what they led to before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.tree import ListNode, Location, Missing, StructNode, extent_of, pre_order
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, IntegerData, StructData
from harness.schema.walk import arms_of
from harness.writing.breaking.clues import in_turn
from harness.writing.changing.places import name_of
from harness.writing.drafting.out import number_bytes
from harness.writing.drafting.outcomes import Rejected

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.expression.typed import Expr
    from harness.writing.breaking.clues import Clues
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Facts, Name

MAX_MOVED: Final = 24
# how far something is moved, where no rule tells what offsets must be multiples of
_AWAY: Final = (1, 4)

# what a content is put together from: bytes of the old one, or bytes that are new
Piece = range | bytes
# the field whose bytes were moved, and the content
Moved = tuple["Name", bytes]


class Link(NamedTuple):
    """A number that leads somewhere, and the bytes of what it leads to."""

    place: Location
    start: int
    end: int


class Region(NamedTuple):
    """A region whose size is one number, its bytes, and whether it follows what is before it."""

    place: Location
    start: int
    end: int
    follows: bool


class Mover:
    """Moves what offsets lead to in one content."""

    def __init__(
        self, reading: Reading, data: bytes, facts: Facts, choices: Choices, clues: Clues
    ) -> None:
        self._data = data
        self._choices = choices
        self._clues = clues
        self._facts = facts
        nodes = list(pre_order(reading.root))
        by_type: dict[str, list[StructNode]] = {}
        for node in nodes:
            by_type.setdefault(node.plan.type.name, []).append(node)
        self._only = {name: held[0] for name, held in by_type.items() if len(held) == 1}
        self._links = list(self._found_links(nodes))
        self._regions = list(self._found_regions(nodes))

    def contents(self, target: Target, only: Name | None = None) -> Iterator[Moved]:
        """Yield contents in which something stands elsewhere that a target looks at.

        Args:
            target: what is to be broken.
            only: the field that leads to what is moved; None for any.
        """
        names = self._clues.names if only is None else frozenset({only})
        about = [link for link in self._links if name_of(link.place) in names]
        if not target.rule and only is None:
            about = self._links
        ways = [self._each(about, target.code)]
        yield from in_turn([*ways, self._exchanged(about)] if target.rule else ways)

    def _each(self, links: list[Link], code: str) -> Iterator[Moved]:
        """Put one thing after the other elsewhere."""
        for link in self._some(links):
            for pieces in self._ways(link, code):
                yield name_of(link.place), self._moved(pieces)

    def _some(self, links: list[Link]) -> Iterator[Link]:
        left = list(links)
        for _ in range(min(MAX_MOVED, len(left))):
            yield left.pop(self._choices.integer(0, len(left) - 1))

    # moves

    def _ways(self, link: Link, code: str) -> Iterator[list[Piece]]:
        match code:
            case "S102":
                yield from self._last(link)
            case "S111":
                yield [range(link.start), b"x", range(link.start, len(self._data))]
            case "S112":
                yield from self._onto(link)
            case _:
                yield from self._away(link)

    def _onto(self, link: Link) -> Iterator[list[Piece]]:
        """Take bytes away in front of something, so that what is there goes on into it."""
        for away in _AWAY:
            if link.start >= away:
                yield [range(link.start - away), range(link.start, len(self._data))]

    def _away(self, link: Link) -> Iterator[list[Piece]]:
        """Put zeros in front of something: all behind it moves, or it moves alone."""
        size, (start, end) = len(self._data), link[1:]
        for away in (*_AWAY, *(modulus // 2 for modulus in self._clues.moduli[:2])):
            yield [range(start), bytes(away), range(start, size)]
        for modulus in self._clues.moduli[:2] or _AWAY[-1:]:
            around = bytes(1), range(start, end), bytes(modulus - 1)
            yield [range(start), *around, range(end, size)]

    def _last(self, link: Link) -> Iterator[list[Piece]]:
        """Put something at the end of the content, but for its last byte."""
        size, (start, end) = len(self._data), link[1:]
        if start < end:
            moved = range(start, end - 1)
            yield [range(start), bytes(end - start), range(end, size), moved]
            yield [range(start), range(end, size), moved]

    def _exchanged(self, links: list[Link]) -> Iterator[Moved]:
        """Exchange what lies between three places that offsets lead to."""
        names = {link.start: name_of(link.place) for link in self._some(links)}
        cuts = list(combinations(sorted({*names, len(self._data)}), 3))
        for _ in range(min(MAX_MOVED, len(cuts))):
            first, middle, last = cuts.pop(self._choices.integer(0, len(cuts) - 1))
            exchanged = [range(middle, last), range(first, middle)]
            pieces = [range(first), *exchanged, range(last, len(self._data))]
            yield names[first], self._moved(pieces)

    def _moved(self, pieces: Sequence[Piece]) -> bytes:
        """Put pieces together, and let offsets and sizes of regions follow."""
        found = bytearray()
        at: dict[int, int] = {}
        for piece in pieces:
            if isinstance(piece, range):
                at.update(zip(piece, range(len(found), len(found) + len(piece)), strict=True))
                found += self._data[piece.start : piece.stop]
            else:
                found += piece
        for link in self._links:
            if link.start in at:
                self._add(found, at, link.place, at[link.start] - link.start)
        for region in self._regions:
            last = at.get(region.end - 1)
            first = at.get(region.start - 1, -2) + 1 if region.follows else at.get(region.start, -1)
            if first >= 0 and last is not None:
                grown = last - first + 1 - (region.end - region.start)
                self._add(found, at, region.place, grown)
        return bytes(found)

    def _add(self, found: bytearray, at: dict[int, int], place: Location, more: int) -> None:
        field, (start, end) = place.node.plan.fields[place.slot], extent_of(place)[1:]
        if not more or start not in at or not isinstance(field, Attribute):
            return
        held = place.node.values[place.slot]
        value = held.items[place.item] if isinstance(held, ListNode) else held
        for data in arms_of(field.data):
            is_fit = isinstance(data, IntegerData) and data.width == end - start
            if is_fit and isinstance(value, int):
                with suppress(Rejected):
                    raw = number_bytes(data, value + more, big_endian=place.node.big_endian)  # type: ignore[arg-type]  # an integer
                    found[at[start] : at[start] + len(raw)] = raw
                return

    # what leads where

    def _found_links(self, nodes: list[StructNode]) -> Iterator[Link]:
        known: set[tuple[int, int, int]] = set()
        for node in nodes:
            for slot in node.plan.instance_plans:
                field = node.plan.fields[slot]
                if not isinstance(field, Attribute) or field.position is None:
                    continue
                place = self._decided_by(field.position.tree, node)
                if place is None or isinstance(node.values[slot], Missing):
                    continue
                stream, start, end = extent_of(Location(node, slot))
                key = (id(place.node), place.slot, place.item)
                if stream.origin is None and key not in known:
                    known.add(key)
                    yield Link(place, start, end)

    def _found_regions(self, nodes: list[StructNode]) -> Iterator[Region]:
        for node in nodes:
            stream = node.stream
            if stream.owner is not node or node.parent is None or stream.origin is not None:
                continue
            for data in arms_of(node.parent.plan.fields[node.slot].data):  # type: ignore[union-attr]  # an attribute
                size = data.extent.size if isinstance(data, StructData) and data.extent else None
                place = self._decided_by(size.tree, node.parent) if size is not None else None
                if place is not None and name_of(place) not in self._facts.positions:
                    follows = node.slot in node.parent.plan.sequence_slots
                    yield Region(place, stream.start, stream.end, follows)

    def _decided_by(self, tree: Expr, node: StructNode) -> Location | None:
        """Return the one number in the file that an expression is computed from."""
        names = self._facts.deciding(tree, node.plan.type.name)
        if len(names) != 1:
            return None
        owner, name = next(iter(names))
        holder = node if node.plan.type.name == owner else self._only.get(owner)
        if holder is None or name not in holder.plan.names:
            return None
        slot = holder.plan.names.index(name)
        held, item = holder.values[slot], _item_told(tree, name, node)
        is_item = isinstance(held, ListNode) and 0 <= item < len(held.items)
        if isinstance(held, Missing) or (isinstance(held, ListNode) and not is_item):
            return None
        place = Location(holder, slot, item if is_item else -1)
        return place if extent_of(place)[0].origin is None else None


def _item_told(tree: Expr, name: str, node: StructNode) -> int:
    """Return which item of a list an expression takes: the one it tells, else that of the node."""
    for part in nodes_of(tree):
        if isinstance(part, typed.At) and isinstance(part.base, typed.Field):
            number = part.index.value if isinstance(part.index, typed.Constant) else None
            if part.base.name == name and isinstance(number, int):
                return number
    return node.index
