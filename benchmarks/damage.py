"""Damage to files: seeded mutants of six kinds, each with where it is in what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

LONGEST: Final = 16


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged copy of a file.

    Attributes:
        kind: of damage.
        data: the damaged file.
        places: half-open byte ranges of `data` that are not what they were; of a truncation, the
            empty range at the new end.
        touched: the ranges of the original that are changed or gone.
    """

    kind: str
    data: bytes
    places: tuple[tuple[int, int], ...]
    touched: tuple[tuple[int, int], ...]


def mutant(data: bytes, kind: str, random: Random) -> Mutant:
    """Return a copy of `data`, at least 2 bytes, that differs from it by one damage of a kind."""
    while True:
        found = _KINDS[kind](data, random)
        if found.data != data:
            return found


def mutants(data: bytes, count: int, random: Random) -> Iterator[Mutant]:
    """Yield `count` mutants of `data`, the kinds in turn."""
    for number in range(count):
        yield mutant(data, KINDS[number % len(KINDS)], random)


def _flip(data: bytes, random: Random) -> Mutant:
    """One byte becomes another."""
    at = random.randrange(len(data))
    return _changed("byte flip", data, at, bytes([data[at] ^ random.randrange(1, 256)]))


def _truncation(data: bytes, random: Random) -> Mutant:
    """The end is missing."""
    end = random.randrange(len(data))
    return Mutant("truncation", data[:end], ((end, end),), ((end, len(data)),))


def _trailing(data: bytes, random: Random) -> Mutant:
    """Bytes follow the end."""
    extra = random.randbytes(random.randint(1, LONGEST))
    place = (len(data), len(data) + len(extra))
    return Mutant("trailing bytes", data + extra, (place,), ())


def _insertion(data: bytes, random: Random) -> Mutant:
    """Bytes come in between."""
    at, extra = random.randrange(len(data)), random.randbytes(random.randint(1, LONGEST))
    place = (at, at + len(extra))
    return Mutant("insertion", data[:at] + extra + data[at:], (place,), ((at, len(data)),))


def _zero_fill(data: bytes, random: Random) -> Mutant:
    """A torn write: a stretch is zero."""
    at = random.randrange(len(data))
    length = min(random.randint(1, 4 * LONGEST), len(data) - at)
    return _changed("zero fill", data, at, bytes(length))


def _swap(data: bytes, random: Random) -> Mutant:
    """Two stretches of one length stand in each other's place."""
    length = random.randint(1, min(LONGEST, len(data) // 2))
    first = random.randrange(len(data) - 2 * length + 1)
    second = random.randrange(first + length, len(data) - length + 1)
    one, other = data[first : first + length], data[second : second + length]
    middle = data[first + length : second]
    swapped = data[:first] + other + middle + one + data[second + length :]
    places = tuple(_narrowed(data, swapped, at, at + length) for at in (first, second))
    return Mutant("swapped ranges", swapped, places, places)


def _changed(kind: str, data: bytes, at: int, new: bytes) -> Mutant:
    damaged = data[:at] + new + data[at + len(new) :]
    place = _narrowed(data, damaged, at, at + len(new))
    return Mutant(kind, damaged, (place,), (place,))


def _narrowed(before: bytes, after: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range without the bytes at both ends that are what they were."""
    different = [at for at in range(start, end) if before[at] != after[at]]
    return (different[0], different[-1] + 1) if different else (start, start)


_KINDS: Final[Mapping[str, Callable[[bytes, Random], Mutant]]] = {
    "byte flip": _flip,
    "truncation": _truncation,
    "trailing bytes": _trailing,
    "insertion": _insertion,
    "zero fill": _zero_fill,
    "swapped ranges": _swap,
}
KINDS: Final = tuple(_KINDS)
