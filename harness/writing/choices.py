"""Where decisions come from: a seeded generator of random numbers, or Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Choices(Protocol):
    """Makes the decisions that a schema leaves open; the first and smallest is the simplest."""

    def integer(self, low: int, high: int) -> int:
        """Return an integer in `[low, high]`; the ends and what is near zero come often."""

    def count(self, low: int, high: int) -> int:
        """Return how many there are of something, in `[low, high]`; few come often."""

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of `items`, of which there is at least one."""

    def is_rare(self) -> bool:
        """Decide for the unusual, one time in sixteen."""

    def octets(self, size: int) -> bytes:
        """Return `size` bytes."""


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
