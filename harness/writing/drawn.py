"""Decisions that Hypothesis makes, and can make simpler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from harness.writing.choices import LETTERS, RandomChoices

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from harness.writing.choices import Choices

Item = TypeVar("Item")
# decisions of one content that are Hypothesis' own; more would be more entropy than it has
MOST_DRAWS: Final = 250
# how many more than the fewest; None for the most there can be
_MORE: Final = (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, None)


class DrawnChoices:
    """Decisions drawn from Hypothesis, the simplest first.

    Each costs it some of the entropy that a test case may use, so what is tried a second time, and
    what comes after very many decisions, is simple and follows from the decisions before. Where the
    simplest decision was rejected the next one is taken, so that there is a simplest content.
    """

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw
        self._left = MOST_DRAWS
        self._simple = RandomChoices(Random(0), is_easy=True)
        self.is_easy = False
        self.rejected = 0
        self._waiting: list[Callable[[], None]] = []
        self._whole = _whole()(self)

    def _is_spent(self) -> bool:
        self._left -= 1
        return self.is_easy or self._left < 0

    def integer(self, low: int, high: int) -> int:
        """Towards zero, or the end of the range that is next to it."""
        if self._is_spent():
            return self._simple.integer(low, high)
        return self._next(self._draw(_integers(low, high)), low, high)

    def _next(self, value: int, low: int, high: int) -> int:
        """Return what comes after a value that was rejected, round to the beginning."""
        return low + (value - low + self.rejected) % (high - low + 1) if self.rejected else value

    def likely(self, values: Sequence[int], low: int, high: int) -> int:
        """Towards the one next to zero; mostly those from the list."""
        if not values:
            return self.integer(low, high)
        known = sorted({min(max(low, 0), high), *values}, key=lambda value: (abs(value), value < 0))
        number = self.integer(0, len(known) + len(known) // 4)
        return known[number] if number < len(known) else self.integer(low, high)

    def count(self, low: int, high: int) -> int:
        """Towards few, which are the likeliest too."""
        if self._is_spent():
            return self._simple.count(low, high)
        more = _MORE[self._draw(_integers(0, len(_MORE) - 1))]
        return self._next(high if more is None else min(low + more, high), low, high)

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
        found = self._draw(_octets(low, high))
        last = bytes([self.rejected % 256])
        return found[: high - 1] + last if self.rejected % 2 and high else found

    def letters(self, low: int, high: int) -> str:
        """Towards few."""
        if self._is_spent():
            return self._simple.letters(low, high)
        found = self._draw(_letters(low, high))
        last = LETTERS[self.rejected % len(LETTERS)]
        # every other time, for something else may have been wrong, and the text must be empty
        return found[: high - 1] + last if self.rejected % 2 and high else found

    def again(self) -> Choices:
        """Simple ones, which cost nothing."""
        return self._simple

    def together(self, decide: Callable[[], None]) -> None:
        """Let Hypothesis know, which then tries to take them away as a whole."""
        if self.is_easy or self._left < 0:
            decide()
        else:
            self._waiting.append(decide)
            self._draw(self._whole)

    def decide(self, draw: DrawFn) -> None:
        """Make the decisions that wait, drawn as parts of one value."""
        outer, self._draw = self._draw, draw
        try:
            self._waiting.pop()()
        finally:
            self._draw = outer


@cache
def _whole() -> Callable[[DrawnChoices], SearchStrategy[None]]:
    from hypothesis import strategies  # heavy

    @strategies.composite
    def whole(draw: DrawFn, choices: DrawnChoices) -> None:
        choices.decide(draw)

    return whole


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
