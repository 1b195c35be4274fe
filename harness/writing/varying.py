"""Varying: contents that are known to be valid with other values, where none can be grown.

Memory dumps, and what is found by searching, are described by what must hold of them, not by how
they come about. One change after the other is made to a content, each of one value or one list, and
kept if the reader still finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.reading.tree import ListNode, Location, extent_of
from harness.schema.ir import Attribute, BitsData, IntegerData
from harness.schema.walk import arms_of
from harness.writing.build import Builder, BuildError
from harness.writing.facts import Name
from harness.writing.out import number_bytes
from harness.writing.outcomes import Rejected
from harness.writing.places import name_of, places_of
from harness.writing.settle import Settler
from harness.writing.spots import Spot, spots_of, value_at
from harness.writing.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.choices import Choices
    from harness.writing.generate import Generator

MAX_BASES: Final = 24
MAX_BASE_BYTES: Final = 1 << 15
# contents above this are not built anew: reading and building them takes too long
MAX_BUILT_BYTES: Final = 1 << 12
MAX_CHANGES: Final = 6
_TRIES: Final = 4


class Base(NamedTuple):
    """A valid content, and what was read in it."""

    data: bytes
    reading: Reading


class Varier:
    """Varies contents of one schema."""

    def __init__(self, generator: Generator, seeds: Sequence[bytes]) -> None:
        """Make one.

        Args:
            generator: of the schema; it cannot grow contents.
            seeds: valid contents to begin with; others are left out.
        """
        self._generator = generator
        self._settler = Settler(generator.reader)
        self._builder = Builder(generator.schema, generator.companions)
        fitting = sorted({s for s in seeds if len(s) <= MAX_BASE_BYTES}, key=lambda s: (len(s), s))
        read = map(self._read, fitting)
        self.bases = list(islice((base for base in read if base is not None), MAX_BASES))

    def _read(self, data: bytes) -> Base | None:
        reading = self._generator.reader.read(data, file="", companions=self._generator.companions)
        return None if reading.findings else Base(data, reading)

    def vary(self, choices: Choices) -> bytes | None:
        """Return one of the known contents, changed in a few places; None if none is known."""
        if not self.bases:
            return None
        base = choices.pick(self.bases)
        for _ in range(choices.integer(0, MAX_CHANGES)):
            for _ in range(_TRIES):
                data = self._changed(base, choices)
                other = None if data in (None, base.data) else self._read(data)
                if other is not None:
                    base = other
                    break
        return base.data

    def _changed(self, base: Base, choices: Choices) -> bytes | None:
        is_built = len(base.data) <= MAX_BUILT_BYTES and choices.integer(0, 1)
        if is_built:
            return self._rebuilt(base, choices)
        return self._edited(base, choices)

    # one value, in place

    def _edited(self, base: Base, choices: Choices) -> bytes | None:
        """Write another value over one, of the same size."""
        places: dict[Name, list[Location]] = {}
        for place in places_of(base.reading):
            if self._is_free(place):
                places.setdefault(name_of(place), []).append(place)
        if not places:
            return None
        place = choices.pick(places[choices.pick(list(places))])
        start, end = extent_of(place)[1:]
        octets = self._other(place, base.data[start:end], choices)
        if octets is None:
            return None
        changed = base.data[:start] + octets + base.data[start + len(octets) :]
        return self._settler.settle(changed, self._generator.companions)

    def _is_free(self, place: Location) -> bool:
        """Whether a value is not one that follows from the rest, or that there is no choice of."""
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        follows = field.derive is not None or field.checksum is not None
        is_constant = field.contents is not None or field.padding == "zero"
        is_listed = field.valid is not None and field.valid.eq is not None
        facts, name = self._generator.facts, name_of(place)
        is_layout = name in facts.positions or name in facts.uses
        return not (follows or is_constant or is_listed or is_layout)

    def _other(self, place: Location, held: bytes, choices: Choices) -> bytes | None:
        """Return the bytes of another value of the same size."""
        field = place.node.plan.fields[place.slot]
        assert isinstance(field, Attribute)
        value: Any = place.node.values[place.slot]
        if isinstance(value, ListNode):
            value = value.items[place.item]
        if isinstance(value, str | bytes):
            size = len(value if isinstance(value, bytes) else value.encode())
            is_plain = size <= len(held)
            return choices.letters(size, size).encode() if is_plain else None
        for data in arms_of(field.data):
            if isinstance(data, IntegerData) and data.width == len(held):
                number = self._number(field, data, value, choices)
                try:
                    return number_bytes(data, number, big_endian=place.node.big_endian)
                except Rejected:
                    return None
        return None

    def _number(
        self, field: Attribute, data: IntegerData | BitsData, value: int, choices: Choices
    ) -> int:
        if field.enum:
            return choices.pick(sorted(self._generator.schema.enums[field.enum].members))
        if choices.integer(0, 1):
            return value + choices.integer(-4, 4)
        bits = 8 * data.width
        low = -(1 << (bits - 1)) if isinstance(data, IntegerData) and data.signed else 0
        return choices.integer(low, low + (1 << bits) - 1)

    # lists and texts, built anew

    def _rebuilt(self, base: Base, choices: Choices) -> bytes | None:
        """Change a list or the length of a text, and build the rest around it."""
        spots: dict[Name, list[Spot]] = {}
        for spot in spots_of(base.reading):
            spots.setdefault(spot.name, []).append(spot)
        values = values_of(base.reading)
        spot = choices.pick(spots[choices.pick(list(spots))])
        around, last = value_at(values, spot.route[:-1]), spot.route[-1]
        other = self._otherwise(around[last], choices)
        if other is None:
            return None
        around[last] = other
        try:
            return self._builder.build(values)
        except (BuildError, OverflowError):
            return None

    @staticmethod
    def _otherwise(value: Any, choices: Choices) -> Any:
        """Return a list with an item more or less, or another text."""
        match value:
            case str():
                return choices.letters(0, max(8, len(value)))
            case bytes():
                return choices.letters(0, max(8, len(value))).encode()
            case list() if value:
                at = choices.integer(0, len(value) - 1)
                if choices.integer(0, 1):
                    return [*value[: at + 1], *value[at:]]
                return [*value[:at], *value[at + 1 :]]
        return None
