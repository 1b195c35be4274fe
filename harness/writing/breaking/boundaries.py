"""Boundaries: contents in which one integer, count or size is as small or as large as can be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import msgspec

from harness.reading.tree import extent_of
from harness.reading.tree import value_at as held_at
from harness.schema.expression import typed
from harness.schema.ir import Attribute, BitsData, IntegerData, Schema
from harness.schema.types import BoolValue
from harness.schema.walk import arms_of, types_used
from harness.writing.breaking.bases import base_of
from harness.writing.breaking.hunting import Hunt
from harness.writing.breaking.patience import Patient
from harness.writing.breaking.targets import Target
from harness.writing.changing.lengthening import (
    is_of_structures,
    length_of,
    lengthened,
    long_spots,
    most_of,
)
from harness.writing.changing.packed import packed_in
from harness.writing.changing.places import Edit, all_places, name_of, number_at, places_of
from harness.writing.changing.spots import can_be_rebuilt, spots_of, value_at
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.stream import Stream
    from harness.schema.expression.typed import Expression
    from harness.writing.breaking.bases import Base
    from harness.writing.breaking.breaker import Breaker
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Facts, Name

# beyond these no count or size is tried: each structure of a list is built by itself
MAX_ITEMS: Final = 4096
MAX_OCTETS: Final = 1 << 16
GROWN: Final = 6
# items that are grown for one boundary; what is this much is first added to what is there
MAX_GROWN: Final = 1 << 17
LARGE: Final = 256
BASES: Final = 6
STRETCHED: Final = 12
EDITS: Final = 6
SPOTS: Final = 8
# contents at a boundary that are mended, the changes of one step, the steps, what may be wrong
MENDED: Final = 4
MENDINGS: Final = 150
MAX_STEPS: Final = 4
MEND_COST: Final = 1000
MAX_WRONG: Final = 8
# how far below its boundary a derived value may lie
_NEAR: Final = 64
_OUT_OF_RANGE: Final = "B201"


class Boundary(msgspec.Struct, frozen=True, order=True):
    """One value of one field.

    Attributes:
        type: the type that has the field.
        field: its name.
        value: what it is to hold.
        code: what a content with it raises; empty where it is valid.
        is_measure: it counts or measures something.
        is_derived: by `-derive`, so that it cannot be chosen at all.
    """

    type: str
    field: str
    value: int
    code: str = ""
    is_measure: bool = False
    is_derived: bool = False

    @property
    def name(self) -> Name:
        """The type and the field."""
        return self.type, self.field

    @property
    def is_too_large(self) -> bool:
        """Whether it would take more than is ever built."""
        return self.is_measure and self.value > MAX_OCTETS


def boundaries_of(schema: Schema, facts: Facts) -> tuple[Boundary, ...]:
    """Return the boundaries of every integer that contents of a schema hold.

    Offsets and checksums follow from the rest, and constants are what they are: they have none.
    """
    found: dict[Boundary, None] = {}
    for name in types_used(schema, schema.id):
        type_ = schema.types[name]
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and _is_free(field, (name, field.id), facts):
                for data in arms_of(field.data):
                    if isinstance(data, IntegerData | BitsData):
                        found.update(dict.fromkeys(_of_field(schema, name, field, data, facts)))
    return tuple(found)


def _is_free(field: Attribute, name: Name, facts: Facts) -> bool:
    valid = field.valid
    is_one_of = valid is not None and (valid.eq is not None or bool(valid.any_of))
    follows = field.checksum is not None or name in facts.positions
    if field.derive is not None and field.derive.measure in ("offset", "index"):
        follows = True
    is_number = not isinstance(field.type, BoolValue)
    return is_number and not follows and not is_one_of and field.padding != "zero"


def _of_field(
    schema: Schema, type_name: str, field: Attribute, data: IntegerData | BitsData, facts: Facts
) -> Iterator[Boundary]:
    is_derived = field.derive is not None
    is_measure = (type_name, field.id) in facts.uses or is_derived
    if field.enum and not field.allows_unknown:
        members = schema.enums[field.enum].members
        values = [min(members), max(members)] if members else []
        yield from (Boundary(type_name, field.id, v, "", is_measure, is_derived) for v in values)
        return
    bits = data.width if isinstance(data, BitsData) else 8 * data.width
    is_signed = isinstance(data, IntegerData) and data.signed
    least = -(1 << (bits - 1)) if is_signed else 0
    most = least + (1 << bits) - 1
    low = _constant(field.valid.min if field.valid else None)
    high = _constant(field.valid.max if field.valid else None)
    half = 1 << (bits - 1)
    values = [0, 1, -1, least, least + 1, half - 1, half, most - 1, most]
    values += [v + d for v in (low, high) if v is not None for d in (-1, 0, 1)]
    if is_measure:
        values += [2, *(1 << n for n in (8, 16)), *((1 << n) - 1 for n in (8, 16))]
        values += [10, 100, 1000, 4000]
    for value in sorted({v for v in values if least <= v <= most}, key=lambda v: (abs(v), v)):
        is_out = (low is not None and value < low) or (high is not None and value > high)
        code = _OUT_OF_RANGE if is_out else ""
        yield Boundary(type_name, field.id, value, code, is_measure, is_derived)


def _constant(expression: Expression | None) -> int | None:
    if expression is None or not isinstance(expression.tree, typed.Constant):
        return None
    value = expression.tree.value
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Bounder:
    """Makes contents at boundaries, from the contents that a breaker begins with."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker
        self._generator = breaker.generator
        self._held: dict[Name, tuple[int, ...]] = {}

    def content(self, boundary: Boundary, choices: Choices) -> tuple[bytes, int] | None:
        """Return a content in which a field holds a value, and which raises no more than is said.

        What is derived cannot be chosen, so the next value below will do for it.

        Returns:
            The content and the value; None means that none was found.
        """
        always = self.always(boundary)
        if boundary.is_too_large or always not in (None, boundary.value):
            return None
        left = MENDED
        for data in self._candidates(boundary, choices):
            reading = self._breaker.read(data)
            reached = _reached(reading, boundary)
            if reached is not None and _is_fit(reading, boundary):
                return data, reached
            if reached is not None and left:
                left -= 1
                mended = self._mended(data, reading, boundary, choices)
                if mended is not None:
                    return mended
        return None

    def _mended(
        self, data: bytes, reading: Reading, boundary: Boundary, choices: Choices
    ) -> tuple[bytes, int] | None:
        """Change what else a content with a value at its boundary raises, step by step."""
        breaker = self._breaker
        hunt = Hunt(breaker.kit, breaker.bases, Target(boundary.code), choices)
        most = breaker.kit.cost + MEND_COST
        for _ in range(MAX_STEPS):
            before = len(reading.findings)
            if before > MAX_WRONG:
                return None
            for _, other in islice(hunt.mended(data, reading), MENDINGS):
                if breaker.kit.cost > most:
                    return None
                found = None if other is None else breaker.read(other)
                reached = None if found is None else _reached(found, boundary)
                if other is None or found is None or reached is None:
                    continue
                if _is_fit(found, boundary):
                    return other, reached
                if len(found.findings) < len(reading.findings):
                    data, reading = other, found
            if len(reading.findings) == before:
                return None
        return None

    def _candidates(self, boundary: Boundary, choices: Choices) -> Iterator[bytes]:
        """Yield contents that may do: grown ones last, where each has much of something."""
        ways = [self._grown(boundary, choices), self._changed(boundary, choices)]
        is_large = boundary.is_measure and boundary.value > LARGE
        return chain(*(reversed(ways) if is_large else ways))

    def _grown(self, boundary: Boundary, choices: Choices) -> Iterator[bytes]:
        """Grow contents in which the field holds that wherever it is."""
        overrides = {boundary.name: lambda: boundary.value}
        patient = Patient(choices, MAX_GROWN)
        for _ in range(0 if boundary.code or boundary.is_derived else GROWN):
            data = self._generator.attempt(patient, overrides=overrides)
            if data is not None:
                yield data

    def _changed(self, boundary: Boundary, choices: Choices) -> Iterator[bytes]:
        """Change contents that are there."""
        for _ in range(BASES):
            base = self._breaker.bases.pick(choices)
            if base is not None and not boundary.is_derived:
                yield from self._with_value(base, boundary)
            if base is not None and boundary.name in self._generator.facts.counting:
                yield from self._told(base, boundary, choices)
        numbers = list(self._breaker.bases.numbers()) if boundary.is_measure else []
        for _ in range(min(STRETCHED, len(numbers))):
            base = self._breaker.bases[numbers.pop(choices.integer(0, len(numbers) - 1))]
            if base is not None:
                yield from self._stretched(base, boundary, choices)

    def _with_value(self, base: Base, boundary: Boundary) -> Iterator[bytes]:
        """Change just the field: its bytes, or all of the content where it is built around it."""
        edited = list(islice(self._edited(base, boundary), EDITS))
        yield from edited or islice(self._rebuilt(base, boundary), EDITS)

    def _told(self, base: Base, boundary: Boundary, choices: Choices) -> Iterator[bytes]:
        """Make something as long as a field says that must say how long it is."""
        for spot in islice(long_spots(base.reading, choices), SPOTS):
            if boundary.value <= most_of(base.reading, spot):
                built = self._breaker.kit.build(lengthened(base.reading, spot, boundary.value))
                if built is not None:
                    longer = base_of(built, self._breaker.read(built))
                    yield from self._with_value(longer, boundary)

    def _stretched(self, base: Base, boundary: Boundary, choices: Choices) -> Iterator[bytes]:
        """Make something as long as it must be for a count or size to be what it is to be.

        How much one more item or octet adds is seen from a content with one more; what follows
        from that is right where the count or size grows evenly.
        """
        before = values_at(base.reading, boundary)
        if not before:
            return
        for spot in islice(long_spots(base.reading, choices), SPOTS):
            length = length_of(base.reading, spot)
            longer = self._breaker.kit.build(lengthened(base.reading, spot, length + 1))
            if longer is None:
                continue
            after = values_at(self._breaker.read(longer), boundary)
            for old, new in zip(before, after, strict=False):
                more, step = boundary.value - old, new - old
                fits = step and (boundary.is_derived or more % step == 0)
                wanted = length + more // step if fits else -1
                most = MAX_ITEMS if is_of_structures(base.reading, spot) else MAX_OCTETS
                if 0 <= wanted <= most:
                    built = self._breaker.kit.build(lengthened(base.reading, spot, wanted))
                    if built is not None:
                        yield built
                    break

    def always(self, boundary: Boundary) -> int | None:
        """Return what a derived field holds wherever it is, if that is always the same."""
        held = self.held(boundary) if boundary.is_derived else ()
        return held[0] if len(held) == 1 else None

    def held(self, boundary: Boundary) -> tuple[int, ...]:
        """Return what a field holds in the contents that are begun with, the least first."""
        if boundary.name not in self._held:
            found = {v for base in self._breaker.bases for v in values_at(base.reading, boundary)}
            self._held[boundary.name] = tuple(sorted(found))
        return self._held[boundary.name]

    def _edited(self, base: Base, boundary: Boundary) -> Iterator[bytes]:
        """Write the value over each number that the field holds, as it was packed."""
        edits: Iterator[Edit | None] = _written_over(base.reading, boundary)
        for packed in packed_in(base.reading):
            inner = _written_over(base.reading, boundary, packed.source)
            edits = chain(edits, map(packed.edit, inner))
        for edit in edits:
            if edit is not None:
                yield self._breaker.kit.settled(edit.apply(base.data))

    def _rebuilt(self, base: Base, boundary: Boundary) -> Iterator[bytes]:
        """Build a content anew with another number, where it is bits or was unpacked."""
        for spot in spots_of(base.reading) if can_be_rebuilt(base.reading) else ():
            if spot.name != boundary.name:
                continue
            values = values_of(base.reading)
            around, last = value_at(values, spot.route[:-1]), spot.route[-1]
            if isinstance(around[last], list):
                around, last = around[last], 0
            if around and isinstance(around[last], int):
                around[last] = boundary.value
                built = self._breaker.kit.build(values)
                if built is not None:
                    yield built


def _written_over(
    reading: Reading, boundary: Boundary, source: Stream | None = None
) -> Iterator[Edit]:
    """Yield what writes the value of a boundary over each number that its field holds."""
    for place in places_of(reading, source):
        raw = number_at(place, boundary.value) if name_of(place) == boundary.name else None
        if raw is not None:
            yield Edit(*extent_of(place)[1:], raw)


def _is_fit(reading: Reading, boundary: Boundary) -> bool:
    """Whether a content raises no more than it should."""
    return {finding.code for finding in reading.findings} <= {boundary.code}


def values_at(reading: Reading, boundary: Boundary) -> list[int]:
    """Return what a field holds, wherever it is in a content."""
    held = (held_at(p) for p in all_places(reading) if name_of(p) == boundary.name)
    return [value for value in held if isinstance(value, int)]


def _reached(reading: Reading, boundary: Boundary) -> int | None:
    """Return the value that a content has of a boundary; None where it is none of it."""
    below = _NEAR if boundary.is_derived else 1
    held = [v for v in values_at(reading, boundary) if 0 <= boundary.value - v < below]
    return max(held, default=None)
