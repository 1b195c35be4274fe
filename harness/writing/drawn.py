"""Decisions that Hypothesis makes, and can make simpler."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from harness.writing.choices import LETTERS, RandomChoices

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from harness.writing.choices import Choices

Item = TypeVar("Item")
# decisions of one content that are Hypothesis' own; more would be more entropy than it has
MOST_DRAWS: Final = 500
# how many more than the fewest; None for the most there can be
_MORE: Final = (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, None)


class DrawnChoices:
    """Decisions drawn from Hypothesis, the simplest first.

    Each costs it some of the entropy that a test case may use, so what is tried a second time, and
    what comes after very many decisions, is simple and follows from the decisions before.
    """

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw
        self._left = MOST_DRAWS
        self._simple = RandomChoices(Random(0), is_easy=True)
        self.is_easy = False

    def _is_spent(self) -> bool:
        self._left -= 1
        return self.is_easy or self._left < 0

    def integer(self, low: int, high: int) -> int:
        """Towards zero, or the end of the range that is next to it."""
        if self._is_spent():
            return self._simple.integer(low, high)
        return self._draw(_integers(low, high))

    def likely(self, values: Sequence[int], low: int, high: int) -> int:
        """Towards the one next to zero; mostly those from the list."""
        if not values:
            return self.integer(low, high)
        known = sorted({min(max(low, 0), high), *values}, key=lambda value: (abs(value), value < 0))
        number = self.integer(0, len(known) + len(known) // 4)
        return known[number] if number < len(known) else self.integer(low, high)

    def count(self, low: int, high: int) -> int:
        """Towards few, which are the likeliest too."""
        more = _MORE[self.integer(0, len(_MORE) - 1)]
        return high if more is None else min(low + more, high)

    def pick(self, items: Sequence[Item]) -> Item:
        """Towards the first."""
        return items[self.integer(0, len(items) - 1)] if len(items) > 1 else items[0]

    def is_rare(self) -> bool:
        """Towards the usual."""
        return self.integer(0, 15) == 15

    def octets(self, size: int) -> bytes:
        """Towards zeros."""
        return self.some_octets(size, size)

    def some_octets(self, low: int, high: int) -> bytes:
        """Towards few, and zeros."""
        if self._is_spent():
            return self._simple.some_octets(low, high)
        return self._draw(_octets(low, high))

    def letters(self, low: int, high: int) -> str:
        """Towards few."""
        if self._is_spent():
            return self._simple.letters(low, high)
        return self._draw(_letters(low, high))

    def again(self) -> Choices:
        """Simple ones, which cost nothing."""
        return self._simple


@cache
def _integers(low: int, high: int) -> SearchStrategy[int]:
    from hypothesis import strategies  # heavy

    return strategies.integers(low, high)


@cache
def _octets(low: int, high: int) -> SearchStrategy[bytes]:
    from hypothesis import strategies  # heavy

    return strategies.binary(min_size=low, max_size=high)


@cache
def _letters(low: int, high: int) -> SearchStrategy[str]:
    from hypothesis import strategies  # heavy

    return strategies.text(LETTERS, min_size=low, max_size=high)
