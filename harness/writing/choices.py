"""Where decisions come from: a seeded generator of random numbers, or Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, Protocol, TypeVar

Item = TypeVar("Item")
_DIGITS: Final = "0123456789"
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + _DIGITS


class Choices(Protocol):
    """Makes the decisions that a schema leaves open; the first and smallest is the simplest."""

    def integer(self, low: int, high: int) -> int:
        """Return an integer in `[low, high]`; the ends and what is near zero come often."""

    def likely(self, values: Sequence[int], low: int, high: int) -> int:
        """Return mostly one of `values`, else an integer in `[low, high]`."""

    def count(self, low: int, high: int) -> int:
        """Return how many there are of something, in `[low, high]`; few come often."""

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of `items`, of which there is at least one."""

    def is_rare(self) -> bool:
        """Decide for the unusual, one time in sixteen."""

    def octets(self, size: int) -> bytes:
        """Return `size` bytes."""

    def some_octets(self, low: int, high: int) -> bytes:
        """Return between `low` and `high` bytes."""

    def letters(self, low: int, high: int) -> str:
        """Return a text of between `low` and `high` letters and digits."""

    def again(self) -> Choices:
        """Return what makes a decision whose first outcome would not do."""


class RandomChoices:
    """Decisions by a generator of random numbers: the same seed makes the same content."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def integer(self, low: int, high: int) -> int:
        """Half of them near zero or at an end of the range, the others anywhere in it."""
        draw = self._random.random()
        near = min(max(low, 0), high)
        if draw < 0.25:
            return min(near + int(draw * 64), high)
        if draw < 0.375:
            return low
        if draw < 0.5:
            return high
        return self._random.randint(low, high)

    def likely(self, values: Sequence[int], low: int, high: int) -> int:
        """Three of four are from the list."""
        draw = self._random.random()
        if values and draw < 0.75:
            return values[int(draw / 0.75 * len(values))]
        return self.integer(low, high)

    def count(self, low: int, high: int) -> int:
        """One more is half as likely."""
        found = low
        while found < high and self._random.random() < 0.5:
            found += 1
        return found

    def pick(self, items: Sequence[Item]) -> Item:
        """All alike."""
        return items[int(self._random.random() * len(items))]

    def is_rare(self) -> bool:
        """One time in sixteen."""
        return self._random.random() < 0.0625

    def octets(self, size: int) -> bytes:
        """Any bytes."""
        return self._random.randbytes(size)

    def some_octets(self, low: int, high: int) -> bytes:
        """Few bytes as often as any number of them."""
        return self._random.randbytes(self._length(low, high))

    def letters(self, low: int, high: int) -> str:
        """Short texts as often as any others."""
        return "".join(self._random.choices(LETTERS, k=self._length(low, high)))

    def _length(self, low: int, high: int) -> int:
        if self._random.random() < 0.5:
            return self.count(low, high)
        return self.integer(low, high)

    def again(self) -> RandomChoices:
        """Any other decision is as good as the first."""
        return self


class SimpleChoices(RandomChoices):
    """Decisions that are simple, most of them as simple as can be: the fewest, the smallest."""

    def integer(self, low: int, high: int) -> int:
        """Near zero; further from it one time in eight."""
        near = min(max(low, 0), high)
        if self._random.random() < 0.125:
            return super().integer(low, high)
        return self.count(near, high)

    def octets(self, size: int) -> bytes:
        """Small ones."""
        return bytes(self.count(0, 255) for _ in range(size))

    def some_octets(self, low: int, high: int) -> bytes:
        """Few and small ones."""
        return self.octets(self.count(low, high))

    def letters(self, low: int, high: int) -> str:
        """Few letters."""
        return "".join(self._random.choices(LETTERS, k=self.count(low, high)))
