"""Varying: contents that are known to be valid with other values, where none can be grown.

Memory dumps, and what is found by searching, are described by what must hold of them, not by how
they come about. Small ones are built anew around a list or a text of another length. Then values
are written over others, several at once; what anything is found in goes back half by half, so that
what can stay does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.reading.tree import ListNode, Location, extent_of
from harness.schema.expression import typed
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import Attribute, BitsData, IntegerData
from harness.schema.walk import arms_of
from harness.writing.changing.build import Builder, BuildError
from harness.writing.changing.lengthening import is_long
from harness.writing.changing.places import name_of, places_of
from harness.writing.changing.spots import Spot, spots_of, value_at
from harness.writing.drafting.facts import Name
from harness.writing.drafting.out import number_bytes
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.settle import Settler
from harness.writing.drafting.values import range_of, values_of

if TYPE_CHECKING:
    from harness.findings.model import Finding
    from harness.reading.reader import Reading
    from harness.schema.ir import Schema
    from harness.writing.choices import Choices
    from harness.writing.generate import Generator

MAX_BASES: Final = 24
MAX_BASE_BYTES: Final = 1 << 15
# contents above this are not built anew: reading and building them takes too long
MAX_BUILT_BYTES: Final = 1 << 12
MAX_REBUILDS: Final = 2
MAX_CHANGES: Final = 6
_TRIES: Final = 2


class Change(NamedTuple):
    """Octets that are written over as many others, from a byte on."""

    start: int
    octets: bytes


class Base:
    """A valid content, what was read in it, and what of it can be changed.

    Attributes:
        data: the content.
        reading: what was read in it.
    """

    def __init__(self, data: bytes, reading: Reading, is_free: Callable[[Location], bool]) -> None:
        self.data = data
        self.reading = reading
        self._is_free = is_free

    @cached_property
    def places(self) -> dict[Name, list[Location]]:
        """By field, where values stand that another one can be written over."""
        found: dict[Name, list[Location]] = {}
        for place in places_of(self.reading):
            if self._is_free(place):
                found.setdefault(name_of(place), []).append(place)
        return found

    @cached_property
    def spots(self) -> dict[Name, list[Spot]]:
        """By field, the lists and texts that can be of another length."""
        found: dict[Name, list[Spot]] = {}
        values = values_of(self.reading)
        for spot in spots_of(self.reading):
            if is_long(value_at(values, spot.route)):
                found.setdefault(spot.name, []).append(spot)
        return found


class Varier:
    """Varies contents of one schema.

    Attributes:
        bases: the valid contents that it begins with.
        refused: by number of the seed, why it is none of them.
    """

    def __init__(self, generator: Generator, seeds: Sequence[bytes]) -> None:
        """Make one.

        Args:
            generator: of the schema; it cannot grow contents.
            seeds: valid contents to begin with; others are left out.
        """
        self._generator = generator
        self._settler = Settler(generator.reader)
        self._builder = Builder(generator.schema, generator.companions)
        # a change of one of these is often not valid, and then a content was read in vain
        self._deciding = frozenset(_deciding(generator.schema))
        self.refused: dict[int, str] = {}
        self.bases = list(islice(self._fitting(seeds), MAX_BASES))

    def _fitting(self, seeds: Sequence[bytes]) -> Iterator[Base]:
        """Yield the bases that some seeds are, the smallest first."""
        numbers = {data: number for number, data in reversed(list(enumerate(seeds)))}
        for data, number in sorted(numbers.items(), key=lambda one: (len(one[0]), one[0])):
            if len(data) > MAX_BASE_BYTES:
                self.refused[number] = f"larger than {MAX_BASE_BYTES:,} bytes"
                continue
            reading = self._read(data)
            if reading.findings:
                self.refused[number] = _said(reading.findings[0])
            else:
                yield Base(data, reading, self._is_free)

    def _read(self, data: bytes) -> Reading:
        return self._generator.reader.read(data, file="", companions=self._generator.companions)

    def vary(self, choices: Choices) -> bytes | None:
        """Return one of the known contents, changed in a few places; None if none is known."""
        if not self.bases:
            return None
        base = choices.pick(self.bases)
        if len(base.data) <= MAX_BUILT_BYTES:
            for _ in range(choices.integer(0, MAX_REBUILDS)):
                base = self._rebuilt(base, choices) or base
        many = choices.integer(0, MAX_CHANGES) if base.places else 0
        changes = [self._change(base, choices) for _ in range(many)]
        return self._with_valid(base.data, [change for change in changes if change is not None])

    # values, in place

    def _with_valid(self, data: bytes, changes: list[Change]) -> bytes:
        """Make those changes that go together with the ones before; most do all at once."""
        if not changes:
            return data
        changed = data
        for start, octets in changes:
            changed = changed[:start] + octets + changed[start + len(octets) :]
        changed = self._settler.settle(changed, self._generator.companions)
        if changed == data or not self._generator.findings(changed):
            return changed
        if len(changes) == 1:
            return data
        half = len(changes) // 2
        return self._with_valid(self._with_valid(data, changes[:half]), changes[half:])

    def _change(self, base: Base, choices: Choices) -> Change | None:
        """Choose another value of the same size for one of those in a content."""
        names = [name for name in base.places if name not in self._deciding]
        if not names or choices.integer(0, 3) == 3:
            names = list(base.places)
        place = choices.pick(base.places[choices.pick(names)])
        start, end = extent_of(place)[1:]
        octets = self._other(place, base.data[start:end], choices)
        return None if octets is None else Change(start, octets)

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
        return choices.integer(*range_of(data))

    # lists and texts, built anew

    def _rebuilt(self, base: Base, choices: Choices) -> Base | None:
        """Change a list or the length of a text, and build the rest around it."""
        for _ in range(_TRIES if base.spots else 0):
            spot = choices.pick(base.spots[choices.pick(list(base.spots))])
            values = values_of(base.reading)
            around, last = value_at(values, spot.route[:-1]), spot.route[-1]
            around[last] = self._otherwise(around[last], choices)
            try:
                data = self._builder.build(values)
            except BuildError:
                continue
            if data != base.data and not self._generator.findings(data):
                return Base(data, self._read(data), self._is_free)
        return None

    @staticmethod
    def _otherwise(value: Any, choices: Choices) -> Any:
        """Return a list with an item more or less, or another text."""
        match value:
            case str():
                return choices.letters(0, max(8, len(value)))
            case bytes():
                return choices.letters(0, max(8, len(value))).encode()
        at = choices.integer(0, len(value) - 1)
        if choices.integer(0, 1):
            return [*value[: at + 1], *value[at:]]
        return [*value[:at], *value[at + 1 :]]


def _deciding(schema: Schema) -> Iterator[Name]:
    """Yield the fields that are bounded, or that any expression looks at."""
    for type_ in schema.types.values():
        yield from ((type_.name, field.id) for field in type_.sequence if field.valid is not None)
        for expression in expressions_of(type_):
            for node in nodes_of(expression.tree):
                if isinstance(node, typed.Field):
                    yield node.owner, node.name


def _said(finding: Finding) -> str:
    """Say what makes a content no base."""
    rule = f" {finding.rule}" if finding.rule else ""
    at = f" at `{finding.path}`" if finding.path else ""
    return f"{finding.code}{rule}{at}"
