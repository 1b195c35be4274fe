"""Changes to a valid content, each meant to break one thing; whether it does, reading tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import Location, extent_of, value_at
from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    DataType,
    IntegerData,
    TextData,
    Valid,
)
from harness.schema.walk import arms_of
from harness.writing.breaking.clues import NO_CLUES, Clues, by_turns
from harness.writing.breaking.enduring import endured
from harness.writing.breaking.targets import fields_of
from harness.writing.changing.items import copies, exchanges, recounted, splices, swaps
from harness.writing.changing.octets import changed_octets, unended
from harness.writing.changing.packed import compressed_places
from harness.writing.changing.places import (
    Edit,
    Shape,
    name_of,
    places_of,
    regions_of,
    unread_of,
)
from harness.writing.changing.shapes import Shapes
from harness.writing.drafting.out import number_bytes
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.settle import DERIVED

if TYPE_CHECKING:
    from harness.findings.model import Span
    from harness.reading.reader import Reading
    from harness.reading.stream import Stream
    from harness.writing.breaking.looking import Sight
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices, Item
    from harness.writing.drafting.facts import Facts, Name

MAX_PLACES: Final = 24
# changes of one value: of those the schema suggests, and as many others
CHANGES: Final = 10
# of those, before another place has its turn
FEW: Final = 3
# changes of just what decides a thing, before others
SEEN: Final = 40
MAX_SPLICES: Final = 8
MAX_CUTS: Final = 16
# lists whose items are counted anew, and changes of those
MAX_LISTS: Final = 4
MAX_RECOUNTED: Final = 16
MAX_FACTOR: Final = 1000
MAX_EXCHANGES: Final = 24
_OF_OCTETS: Final = frozenset({"S102", "S106", "S107"})


class Editor:
    """Proposes changes to one content.

    Attributes:
        source: what its bytes are in the reading, if they were unpacked from others.
    """

    def __init__(
        self,
        reading: Reading,
        data: bytes,
        facts: Facts,
        choices: Choices,
        clues: Clues = NO_CLUES,
        sights: Iterable[Sight] = (),
        near: Span | None = None,
    ) -> None:
        """Make one.

        Args:
            reading: of the content.
            data: its bytes.
            facts: of the schema.
            choices: make the decisions.
            clues: what the schema says of what is to be broken.
            sights: the values that decide it.
            near: values that share no byte with it are left as they are; None for any.
        """
        self._near_span = near
        self.source: Stream | None = None
        self._reading = reading
        self._data = data
        self._facts = facts
        self._choices = choices
        self._clues = clues
        self._sights = sights
        self._shapes = Shapes()
        self._places: list[Location] | None = None
        # what parts of the expressions come to that look at a place
        self._told: dict[Location, tuple[int, ...]] = {}
        # where structures begin that are looked at
        self._starts: dict[int, None] = {}

    def anything(self) -> Iterator[Edit]:
        """Yield changes of any values."""
        yield from self._changes(self.places(), "")

    def measures(self) -> Iterator[Edit]:
        """Yield changes of counts and sizes."""
        yield from self._changes([p for p in self.places() if name_of(p) in self._facts.uses], "")

    def edits(self, target: Target, only: Shape | None = None) -> Iterator[Edit]:
        """Yield changes that may break `target`, the likeliest first.

        Args:
            target: what is to be broken.
            only: the field to change; None for any.
        """
        code, size = target.code, len(self._data)
        yield from islice(self.seen(code, only), SEEN)
        if code == "S101":
            cuts = MAX_CUTS if size else 0  # of what is empty nothing can be missing
            yield from (Edit(self._choices.integer(0, size - 1), size, b"") for _ in range(cuts))
        elif code == "S109":
            yield Edit(size, size, self._choices.octets(self._choices.integer(1, 4)))
        elif code == "S102":
            yield from self.values(code, only)
            yield from self._cut_texts(only)
        elif code in ("S110", "S111"):
            yield from self._unread()
            yield from self.values(code, only)
        elif code == "I501":
            yield from self._against_rule(only)
        elif code == "I503":
            yield from swaps(self._reading, self._data)
        elif code in ("I504", "I506"):
            yield from copies(self._reading, self._data)
        else:
            yield from self.values(code, only)

    def seen(self, code: str, only: Shape | None = None) -> Iterator[Edit]:
        """Yield changes of just the values that decide a thing, in some structures."""
        lists: dict[Location, tuple[Location, ...]] = {}
        for sight in self._sights:
            self._told.update(dict.fromkeys(sight.places, tuple(sight.numbers)))
            self._starts[sight.start] = None
            if code == "S102" and only is None and sight.about is not None:
                yield from unended(sight.about, sight.places, self._data)
            lists.update(sight.lists)
        yield from self._recounted(lists, only)
        yield from self._changes(self._fitting(self._told, only), code, is_kept=code in DERIVED)

    def _recounted(
        self, lists: dict[Location, tuple[Location, ...]], only: Shape | None
    ) -> Iterator[Edit]:
        """Take items of lists out, or put them in twice."""
        found = [
            replace(edit, shape=self._shapes.of(place))
            for place in by_turns(list(lists), self._shapes.of, self._choices, MAX_LISTS)
            if only in (None, self._shapes.of(place))
            for edit in recounted(place, lists[place], self._data, self._choices)
        ]
        yield from self._some(found, MAX_RECOUNTED)

    # plain values

    def places(self, only: Shape | None = None) -> list[Location]:
        """Return where plain values of the file stand, those in lists one by one."""
        if self._places is None:
            self._places = self._fitting(places_of(self._reading, self.source), None)
        return self._places if only is None else self._fitting(self._places, only)

    def _fitting(self, places: Iterable[Location], only: Shape | None) -> list[Location]:
        """Return those of a field that are near enough."""
        return [p for p in places if self._is_near(p) and only in (None, self._shapes.of(p))]

    def _is_near(self, place: Location) -> bool:
        start, end = extent_of(place)[1:]
        near = self._near_span
        return near is None or (start < near.end and near.start < end)

    def _cut_texts(self, only: Shape | None) -> Iterator[Edit]:
        """Let the content end inside of a text or a region, before what would end it."""
        regions = self._fitting(regions_of(self._reading, self.source), only)
        texts = [p for p in (*self.places(only), *regions) if name_of(p) in self._ended]
        for place in by_turns(texts, self._shapes.of, self._choices, MAX_CUTS):
            start, end = extent_of(place)[1:]
            if start < end:
                at = self._choices.integer(start, end - 1)
                yield Edit(at, len(self._data), b"", shape=self._shapes.of(place))

    @cached_property
    def _ended(self) -> frozenset[Name]:
        """Fields whose values go on to something that ends them."""
        return fields_of(self._reading.schema, "S102")

    def values(self, code: str, only: Shape | None = None) -> Iterator[Edit]:
        """Change values of the fields that a code is about."""
        fitting = [p for p in self.places(only) if self._is_about(p, code)]
        if code == "S118":
            fitting = self._fitting(compressed_places(self._reading, self.source), only)
        if code in _OF_OCTETS:
            names = fields_of(self._reading.schema, code)
            fitting = [place for place in fitting if name_of(place) in names]
        yield from self._changes(fitting, code, is_kept=code in DERIVED)

    def _changes(
        self, places: list[Location], code: str, *, is_kept: bool = False
    ) -> Iterator[Edit]:
        """Change one value after the other, each a few times before any is changed more."""
        some = by_turns(places, self._shapes.of, self._choices, MAX_PLACES)
        waiting = deque(self._changes_of(place, code, is_kept=is_kept) for place in some)
        while waiting:
            few = list(islice(waiting[0], FEW))
            waiting.rotate(-1)
            if len(few) < FEW:
                waiting.pop()
            yield from few

    def _changes_of(self, place: Location, code: str, *, is_kept: bool) -> Iterator[Edit]:
        """Yield what the schema suggests in turn with anything else."""
        start, end = extent_of(place)[1:]
        kinds = [list(dict.fromkeys(some)) for some in self._others(place, code)]
        turns = zip_longest(*(self._some(some, CHANGES) for some in kinds))
        for octets in chain.from_iterable(turns):
            if octets is not None:
                yield Edit(start, end, octets, is_kept, self._shapes.of(place))

    def _some(self, items: list[Item], most: int) -> Iterator[Item]:
        """Yield each item once, in a random order, at most so many."""
        left = list(items)
        for _ in range(min(most, len(left))):
            chosen = self._choices.pick(left)
            left.remove(chosen)
            yield chosen

    def _is_about(self, place: Location, code: str) -> bool:
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        name, valid = (place.node.plan.type.name, field.id), field.valid
        match code:
            case "S103":
                return field.contents is not None
            case "S104":
                return name in self._facts.cases
            case "S105":
                return bool(field.enum)
            case "B201":
                return valid is not None and (valid.min is not None or valid.max is not None)
            case "B202":
                return valid is not None and (
                    valid.eq is not None or bool(valid.any_of) or valid.in_enum
                )
            case "B208":
                return valid is not None and valid.expr is not None
            case "B204" | "S112" | "S111":
                return name in self._facts.positions
            case "I502":
                return field.checksum is not None
            case "C302" | "C303" | "C304" | "C305":
                return field.derive is not None
            case "I505":
                return field.refers is not None
        return True

    def _others(self, place: Location, code: str) -> Iterator[Iterable[bytes]]:
        """Yield other bytes for a value: what the schema suggests, and anything else."""
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        start, end = extent_of(place)[1:]
        held = self._data[start:end]
        data, value = _data(field, len(held)), value_at(place)
        if isinstance(data, IntegerData) and isinstance(value, int):
            is_clue = name_of(place) in self._clues.names
            ways = [self._suggested(place, field), self._near(value, data)]
            ways += [self._multiples()] if is_clue and self._clues.moduli else []
            ways += [iter(self._starts)] if name_of(place) in self._facts.positions else []
            yield from (_all_packed(data, way, place, held) for way in ways)
        elif held:
            yield self._with_texts(held)
            encoding = data.encoding if isinstance(data, TextData) else "utf-8"
            yield changed_octets(held, code, self._choices, encoding)
            yield self._as_numbers(place, held)

    def _as_numbers(self, place: Location, held: bytes) -> Iterator[bytes]:
        """Yield octets that are numbers: what their rule looks at, where structures begin."""
        told = [n + away for n in self._told.get(place, ()) for away in (0, 1, -1)]
        told += self._starts if name_of(place) in self._facts.positions else ()
        for number in told:
            if 0 <= number < 1 << 8 * len(held):
                yield number.to_bytes(len(held), "big")
                yield number.to_bytes(len(held), "little")

    def _suggested(self, place: Location, field: Attribute) -> Iterator[int]:
        """Yield what rules compare a number with, beside it, and what else its structure holds."""
        node, slot, _ = place
        name = name_of(place)
        known: list[object] = []
        for compiled, _ in self._facts.near.get(name, ()):
            try:
                known.append(compiled(node, NOTHING_BOUND))
            except (Unknown, Fault, KeyError):
                continue
        known += self._facts.constants.get(name, ())
        known += self._facts.cases.get(name, ())
        if field.enum:
            known += self._reading.schema.enums[field.enum].members
        known += _named_by(field.valid) if field.valid is not None else ()
        known += self._clues.numbers if name in self._clues.names else ()
        known += self._told.get(place, ())
        known += [held for other, held in enumerate(node.values) if other != slot]
        for value in known:
            if value.__class__ is int:
                yield from (value + away for away in (0, 1, -1))

    def _multiples(self) -> Iterator[int]:
        """Yield multiples of what remainders are taken of, by what else is computed with."""
        for modulus in self._clues.moduli:
            for factor in self._clues.numbers:
                if abs(factor) <= MAX_FACTOR:
                    yield factor * modulus

    def _near(self, value: int, data: IntegerData) -> Iterator[int]:
        """Yield neighbours of a number, ends of its range, sizes, single bits, and any others."""
        bits = 8 * data.width
        low = -(1 << (bits - 1)) if data.signed else 0
        high = low + (1 << bits) - 1
        yield from (value + 1, value - 1, 0, 1, low, high)
        yield from (value + away for away in (4, -4, 8, -8))
        yield from (len(self._data), len(self._data) + 1, 2 * value)
        yield from (value ^ (1 << bit) for bit in range(bits))
        yield from (self._choices.integer(low, high) for _ in range(6))

    def _with_texts(self, held: bytes) -> Iterator[bytes]:
        """Yield octets in which something that a rule names stands somewhere."""
        for text in self._clues.texts:
            if len(text) <= len(held):
                at = self._choices.integer(0, len(held) - len(text))
                for start in (0, at, len(held) - len(text)):
                    yield held[:start] + text + held[start + len(text) :]

    # what nothing reads

    def _unread(self) -> Iterator[Edit]:
        """Change what stands in gaps and behind the last value of a region."""
        for start, end in self._some(list(unread_of(self._reading)), MAX_PLACES):
            yield Edit(end - 1, end, b"x")
            yield Edit(start, end, self._choices.octets(end - start))

    # rules of the schema

    def _against_rule(self, only: Shape | None) -> Iterator[Edit]:
        """Change what a rule looks at, in each structure that it is a rule of."""
        names = self._clues.names if only is None else self._clues.names & {only[-1]}
        yield from exchanges(self._reading, self._data, names, self._choices, MAX_EXCHANGES)
        yield from endured(self._reading, self._data, self._clues, names, self._choices)
        about = [place for place in self.places(only) if name_of(place) in names]
        yield from self._changes(about, "I501")
        yield from self._changes(about, "I501", is_kept=True)
        if only is None:
            for pair in self._some(list(splices(self._reading, self._data)), MAX_SPLICES):
                yield from pair
        yield from self._changes(self.places(only), "I501")


def _named_by(valid: Valid) -> list[object]:
    """Return the constants that a field may, or may at most, be."""
    said = (valid.eq, valid.min, valid.max, *(valid.any_of or ()))
    trees = [one.tree for one in said if one is not None]
    return [tree.value for tree in trees if isinstance(tree, typed.Constant)]


def _data(field: Attribute, size: int = -1) -> DataType:
    """Return how a field is held; of a switch, the first arm, or the first number of a size."""
    arms = list(arms_of(field.data))
    fitting = (arm for arm in arms if isinstance(arm, IntegerData) and arm.width == size)
    return next(fitting, arms[0])


def _all_packed(
    data: IntegerData, values: Iterable[int], place: Location, held: bytes
) -> Iterator[bytes]:
    """Yield the bytes of numbers that can stand in a place and do not yet."""
    for value in values:
        try:
            raw = number_bytes(data, value, big_endian=place.node.big_endian)
        except Rejected:
            continue
        if len(raw) == len(held) and raw != held:
            yield raw
