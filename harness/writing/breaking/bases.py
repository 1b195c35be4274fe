"""Valid contents to begin with where something is to be broken: given ones and generated ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from harness.reading.reader import Reading
from harness.reading.tree import pre_order
from harness.writing.changing.spots import MAX_SPOTS, can_be_rebuilt, spots_of
from harness.writing.choices import RandomChoices
from harness.writing.drafting.facts import Name  # msgspec looks at it
from harness.writing.drafting.values import values_of
from harness.writing.seeds import known_contents

if TYPE_CHECKING:
    from harness.schema.ir import Schema
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices
    from harness.writing.generate import Generator

MAX_BASES: Final = 24
LEAST_BASES: Final = 8
MAX_SEEDS: Final = 40
# one given content, and all of them
MAX_SEED_BYTES: Final = 3 << 14
MAX_SEEDED_BYTES: Final = 1 << 17
# values of one field that are kept to be put elsewhere
MAX_DONORS: Final = 24
# the first number of those that are made for one target
KEPT: Final = 1000


class Base(msgspec.Struct, frozen=True):
    """A content to be changed.

    Attributes:
        data: its bytes.
        reading: what was read in it.
        rules: those that apply somewhere in it.
        names: the fields that hold something in it.
    """

    data: bytes
    reading: Reading
    rules: frozenset[str]
    names: frozenset[Name]


def base_of(data: bytes, reading: Reading) -> Base:
    """Return a content that was read as one to begin with."""
    types = {node.plan.type.name: node.plan.type for node in pre_order(reading.root)}
    rules = frozenset(check.id for type_ in types.values() for check in type_.checks)
    spots = islice(spots_of(reading), MAX_SPOTS)
    return Base(data, reading, rules, frozenset(spot.name for spot in spots))


class Bases:
    """The contents that a breaker begins with; numbers of given ones are negative.

    Those from `KEPT` on are for one target each.
    """

    def __init__(self, generator: Generator, seeds: Sequence[bytes]) -> None:
        """Make them; generated ones are made when they are first needed.

        Args:
            generator: of valid contents.
            seeds: other contents; those that are not valid, and large ones, are left out.
        """
        self._generator = generator
        self._seeds = [base for base in map(self._read, _small(seeds)) if base is not None]
        self._made: dict[int, Base | None] = {}
        self._most = max(LEAST_BASES, MAX_BASES - len(self._seeds))
        self._fitting: dict[tuple[str, frozenset[Name]], list[int]] = {}
        self._kept: list[Base] = []
        self._applying: dict[Target, list[int]] = {}
        self._donors: dict[Name, list[Any]] | None = None

    def _read(self, data: bytes) -> Base | None:
        generator = self._generator
        reading = generator.reader.read(data, file="", companions=generator.companions)
        return None if reading.findings else base_of(data, reading)

    def pick(self, choices: Choices) -> Base | None:
        """Return one of them; None where none can be had."""
        return self[choices.integer(-len(self._seeds), self._most - 1)]

    def __getitem__(self, number: int) -> Base | None:
        if number < 0:
            return self._seeds[number]
        if number >= KEPT:
            return self._kept[number - KEPT]
        if number and self._seeds and self[0] is None:
            return None  # what is this hard to grow is not tried again
        if number not in self._made:
            data = self._generator.valid(RandomChoices(Random(f"base:{number}")))
            self._made[number] = None if data is None else self._read(data)
        return self._made[number]

    def keep(self, base: Base) -> int:
        """Take in one more, for those who ask for it by its number, which is returned."""
        self._kept.append(base)
        return KEPT + len(self._kept) - 1

    def numbers(self) -> Iterator[int]:
        """Yield the number of each one that there is."""
        for number in range(-len(self._seeds), self._most):
            if self[number] is not None:
                yield number

    @property
    def are_none(self) -> bool:
        """Whether there is none at all."""
        return next(self.numbers(), None) is None

    def __iter__(self) -> Iterator[Base]:
        for number in self.numbers():
            base = self[number]
            if base is not None:
                yield base

    def applying(self, target: Target, find: Callable[[], list[int]]) -> list[int]:
        """Return the numbers of those in which a target applies, found when first asked for."""
        if target not in self._applying:
            self._applying[target] = find()
        return self._applying[target]

    def fitting(self, target: Target, names: frozenset[Name]) -> list[int]:
        """Return the numbers of those in which a target can be broken at all.

        Args:
            target: what is to be broken.
            names: the fields that decide it.
        """
        key = (target.rule, names)
        if key not in self._fitting:
            self._fitting[key] = [
                number for number in self.numbers() if self._is_fit(number, target, names)
            ]
        return self._fitting[key]

    def _is_fit(self, number: int, target: Target, names: frozenset[Name]) -> bool:
        base = self[number]
        assert base is not None
        if target.rule:
            return target.rule in base.rules
        return not names or not names.isdisjoint(base.names)

    def smaller(self, numbers: list[int], choices: Choices) -> int:
        """Choose one, of two the smaller one: much is tried, and each is read."""
        pair = (choices.pick(numbers), choices.pick(numbers))
        sizes = [len(base.data) if (base := self[number]) else 0 for number in pair]
        return pair[0] if sizes[0] <= sizes[1] else pair[1]

    def donors(self, name: Name) -> list[Any]:
        """Return values that a field has somewhere in these contents."""
        if self._donors is None:
            self._donors = _collected(self)
        return self._donors.get(name, [])


def _collected(bases: Iterable[Base]) -> dict[Name, list[Any]]:
    found: dict[Name, list[Any]] = {}
    for base in bases:
        if not can_be_rebuilt(base.reading):
            continue
        values = values_of(base.reading)
        for spot in spots_of(base.reading):
            held: Any = values
            for step in spot.route:
                held = held[step]
            known = found.setdefault(spot.name, [])
            if len(known) < MAX_DONORS and held not in known:
                known.append(held)
    return found


def _small(seeds: Iterable[bytes]) -> list[bytes]:
    """Return the smallest of some contents."""
    found, left = [], MAX_SEEDED_BYTES
    fitting = {seed for seed in seeds if len(seed) <= MAX_SEED_BYTES}
    for seed in sorted(fitting, key=lambda s: (len(s), s))[:MAX_SEEDS]:
        left -= len(seed)
        if left >= 0:
            found.append(seed)
    return found


def seeds_of(schema: Schema) -> tuple[bytes, ...]:
    """Return the valid files that come with a known schema, those of some size left out."""
    return known_contents(schema, MAX_SEED_BYTES)
