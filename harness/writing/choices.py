"""Where decisions come from: a seeded generator of random numbers, or Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, Protocol, TypeVar

Item = TypeVar("Item")
_DIGITS: Final = "0123456789"
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + _DIGITS


class Choices(Protocol):
    """Makes the decisions that a schema leaves open; the first and smallest is the simplest.

    Attributes:
        is_easy: decisions are simple, most of them as simple as can be: the fewest, the smallest.
        rejected: how often what is being decided was decided before, and would not do.
    """

    is_easy: bool
    rejected: int

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

    def together(self, decide: Callable[[], None]) -> None:
        """Make decisions that belong together: what an item of a list is."""


class RandomChoices:
    """Decisions by a generator of random numbers: the same seed makes the same content."""

    def __init__(self, random: Random, *, is_easy: bool = False) -> None:
        self._random = random
        self.is_easy = is_easy
        self.rejected = 0  # any other decision is as good

    def integer(self, low: int, high: int) -> int:
        """Half of them near zero or at an end of the range, the others anywhere in it.

        Easy ones are near zero, seven times of eight.
        """
        near = min(max(low, 0), high)
        if self.is_easy and self._random.random() >= 0.125:
            return self.count(near, high)
        draw = self._random.random()
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
        """Any bytes; easy ones are small."""
        if self.is_easy:
            return bytes(self.count(0, 255) for _ in range(size))
        return self._random.randbytes(size)

    def some_octets(self, low: int, high: int) -> bytes:
        """Few bytes as often as any number of them."""
        return self.octets(self._length(low, high))

    def letters(self, low: int, high: int) -> str:
        """Short texts as often as any others."""
        return "".join(self._random.choices(LETTERS, k=self._length(low, high)))

    def _length(self, low: int, high: int) -> int:
        if self.is_easy or self._random.random() < 0.5:
            return self.count(low, high)
        return self.integer(low, high)

    def again(self) -> RandomChoices:
        """Any other decision is as good as the first."""
        return self

    def together(self, decide: Callable[[], None]) -> None:
        """Make them, like any others."""
        decide()
