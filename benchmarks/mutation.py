"""Seeded damage to the valid files of a corpus: the same seed and number give the same mutant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from corpora.recipes.channel import CRC_OFFSET, sealed
from corpora.recipes.sample import Corpus, Sample
from harness.findings.model import Span

LONGEST_BYTES: Final = 16  # that one fault fills, adds or moves


class Kind(StrEnum):
    """What is done to a file."""

    FLIP = "byte flip"
    ZERO = "zero fill"
    SWAP = "swapped ranges"
    INSERTION = "insertion"
    ADDITION = "trailing addition"
    TRUNCATION = "truncation"


class Side(StrEnum):
    """Where the damage is, seen from the checksum."""

    NONE = "no checksum"
    OUTSIDE = "outside"
    INSIDE = "inside"
    SEALED = "inside, repaired"


@dataclass(frozen=True, slots=True)
class Checksum:
    """The checksum of a format, over the whole file but for the field it stands in.

    Attributes:
        field: the bytes that are not summed.
        repaired: gives a file of at least `field.end` bytes its right checksum.
    """

    field: Span
    repaired: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One damaged file.

    Attributes:
        sample: the file it was made from.
        kind: what was done.
        data: the result, never what the sample has.
        damage: the bytes of the result that were changed or added, from the first to the last; for
            a truncation the new end.
        side: where the damage is, seen from the checksum.
    """

    sample: Sample
    kind: Kind
    data: bytes
    damage: Span
    side: Side


_CRC: Final = Checksum(Span(CRC_OFFSET, CRC_OFFSET + 4), sealed)
CHECKSUMS: Final[Mapping[str, Checksum]] = {"template_definitions": _CRC, "channel_file": _CRC}


def mutants(corpus: Corpus, seed: int, number: int) -> Iterator[Mutant]:
    """Yield the mutant with a number, and again with its checksum repaired if that was broken.

    Args:
        corpus: whose valid files are damaged.
        seed: any number.
        number: from 0; the kinds of damage take turns.
    """
    random = Random(f"{seed} {corpus.format} {number}")
    kind = tuple(Kind)[number % len(Kind)]
    sample, data, damage = _damaged(corpus, kind, random)
    checksum = CHECKSUMS.get(corpus.format)
    side = _side(checksum, kind, damage)
    yield Mutant(sample, kind, data, damage, side)
    if checksum and side is Side.INSIDE and len(data) >= checksum.field.end:
        data = checksum.repaired(data)
        if data != sample.data:
            yield Mutant(sample, kind, data, damage, Side.SEALED)


def _damaged(corpus: Corpus, kind: Kind, random: Random) -> tuple[Sample, bytes, Span]:
    """Draw until there is a change: zeros filled with zeros are none."""
    while True:
        sample = random.choice(corpus.valid)
        data, damage = _DAMAGE[kind](sample.data, random)
        if data != sample.data:
            return sample, data, damage


def _side(checksum: Checksum | None, kind: Kind, damage: Span) -> Side:
    if checksum is None:
        return Side.NONE
    keeps_length = kind in {Kind.FLIP, Kind.ZERO, Kind.SWAP}
    field = checksum.field
    in_field = field.start <= damage.start and damage.end <= field.end
    return Side.OUTSIDE if keeps_length and in_field else Side.INSIDE


# damage


def flipped(data: bytes, random: Random) -> tuple[bytes, Span]:
    """Change one byte, half of the time in one bit only."""
    at = random.randrange(len(data))
    mask = random.choice((1 << random.randrange(8), random.randrange(1, 256)))
    return _in_place(data, at, bytes([data[at] ^ mask]))


def _zero(data: bytes, random: Random) -> tuple[bytes, Span]:
    at = random.randrange(len(data))
    return _in_place(data, at, bytes(min(_length(random), len(data) - at)))


def _swap(data: bytes, random: Random) -> tuple[bytes, Span]:
    """Exchange two ranges of the same length that do not meet."""
    length = min(_length(random), len(data) // 2)
    first = random.randrange(len(data) - 2 * length + 1)
    gap = random.randrange(len(data) - 2 * length - first + 1)
    second = first + length + gap
    left, between = data[first : first + length], data[first + length : second]
    return _in_place(data, first, data[second : second + length] + between + left)


def _insert(data: bytes, random: Random) -> tuple[bytes, Span]:
    return _added(data, random.randrange(len(data)), random)


def _add(data: bytes, random: Random) -> tuple[bytes, Span]:
    return _added(data, len(data), random)


def truncated(data: bytes, random: Random) -> tuple[bytes, Span]:
    """Keep a part from the start, nothing perhaps, but never all."""
    end = random.randrange(len(data))
    return data[:end], Span(end, end)


_DAMAGE: Final[Mapping[Kind, Callable[[bytes, Random], tuple[bytes, Span]]]] = {
    Kind.FLIP: flipped,
    Kind.ZERO: _zero,
    Kind.SWAP: _swap,
    Kind.INSERTION: _insert,
    Kind.ADDITION: _add,
    Kind.TRUNCATION: truncated,
}


def _length(random: Random) -> int:
    return random.randint(1, LONGEST_BYTES)


def _added(data: bytes, at: int, random: Random) -> tuple[bytes, Span]:
    """Put in random bytes, zeros, or bytes of the file itself."""
    length = min(_length(random), len(data))
    taken = random.randrange(len(data) - length + 1)
    addition = random.choice(
        (random.randbytes(length), bytes(length), data[taken : taken + length])
    )
    return data[:at] + addition + data[at:], Span(at, at + length)


def _in_place(data: bytes, at: int, replacement: bytes) -> tuple[bytes, Span]:
    """Overwrite bytes; the damage is from the first to the last that differ."""
    changed = [
        at + offset for offset, byte in enumerate(replacement) if byte != data[at + offset]
    ] or [at]
    result = data[:at] + replacement + data[at + len(replacement) :]
    return result, Span(changed[0], changed[-1] + 1)
