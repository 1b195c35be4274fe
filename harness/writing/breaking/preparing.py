"""Preparing: valid contents in which a thing can be broken by one change more.

Where a rule has a condition, it may hold in none of the contents at hand: nothing in them is
chained, so nothing can be chained to the wrong thing. What the condition looks at is changed then.
The contents stay valid, so that what is broken in them later is the only thing that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Final

from harness.writing.breaking.bases import Base, base_of
from harness.writing.breaking.clues import NO_CLUES, counting
from harness.writing.breaking.edits import Editor
from harness.writing.breaking.targets import fields_of
from harness.writing.changing.items import lists_of
from harness.writing.choices import RandomChoices

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.breaking.bases import Bases
    from harness.writing.breaking.clues import Clues
    from harness.writing.breaking.targets import Target
    from harness.writing.breaking.trying import Kit
    from harness.writing.drafting.facts import Name

# contents in which a rule applies, so that no more are made
ENOUGH: Final = 4
# contents that others are made from, changes of each, those that are kept of one
MAX_BASES: Final = 5
MAX_EDITS: Final = 30
MAX_KEPT: Final = 2

# codes of what two items of a list have to do with each other, and counts with which one has two
_OF_PAIRS: Final = frozenset({"I503", "I504"})
_COUNTS: Final = (2, 3, 4, 6, 8, 16, 32, 64, 128)

Accepts = Callable[["Reading"], bool]


class Preparer:
    """Prepares contents for one target; what it makes depends on nothing but these."""

    def __init__(self, kit: Kit, bases: Bases, target: Target) -> None:
        self._kit = kit
        self._bases = bases
        self._target = target
        self._choices = RandomChoices(Random(f"prepare:{target.code}:{target.rule}"))

    def applying(self, fitting: list[int]) -> list[int]:
        """Return the numbers of contents in which a condition of the target holds.

        Args:
            fitting: those to choose from; where there is no condition, all of them.
        """
        lists = fields_of(self._kit.generator.schema, self._target.code)
        if self._target.code in _OF_PAIRS and not any(self._has_pair(n, lists) for n in fitting):
            return self._paired(lists) or fitting
        conditions = self._kit.clues(self._target).conditions
        if not conditions:
            return fitting

        def applies(reading: Reading) -> bool:
            return self._kit.looker.applies(reading, conditions)

        known = [n for n in fitting if (base := self._bases[n]) and applies(base.reading)]
        if len(known) < ENOUGH:
            known += self._varied(fitting, NO_CLUES._replace(said=conditions), applies)
        return known or fitting

    def _has_pair(self, number: int, lists: frozenset[Name]) -> bool:
        base = self._bases[number]
        return base is not None and _holds_pair(base.reading, lists)

    def _paired(self, lists: frozenset[Name]) -> list[int]:
        """Return the numbers of contents grown with counts with which a list has two items."""
        found: list[int] = []
        for name in counting(self._kit.generator.schema, lists):
            for value in _COUNTS:
                data = self._kit.grow_with(name, value, self._choices)
                reading = self._kit.read(data) if data is not None else None
                if data is not None and reading is not None and _holds_pair(reading, lists):
                    found.append(self._bases.keep(base_of(data, reading)))
                if len(found) >= ENOUGH:
                    return found
        return found

    def others(self, fitting: list[int]) -> list[int]:
        """Return the numbers of contents with other values where the target looks at them."""
        clues = self._kit.clues(self._target)
        return self._varied(fitting, clues, lambda _: True) if clues.said else []

    def _varied(self, fitting: list[int], clues: Clues, accepts: Accepts) -> list[int]:
        found: list[int] = []
        left = list(fitting)
        for _ in range(min(MAX_BASES, len(fitting))):
            number = self._bases.smaller(left, self._choices)
            left.remove(number)
            base = self._bases[number]
            if base is not None:
                varied = self._valid(base, clues, accepts)
                found += [self._bases.keep(one) for one in islice(varied, MAX_KEPT)]
            if len(found) >= ENOUGH:
                break
        return found

    def _valid(self, base: Base, clues: Clues, accepts: Accepts) -> Iterator[Base]:
        """Yield a content with one change each, where it still is valid."""
        sights = self._kit.looker.sights(base.reading, clues, self._choices)
        facts, clues = self._kit.generator.facts, self._kit.clues(self._target)
        editor = Editor(base.reading, base.data, facts, self._choices, clues, sights)
        for edit in islice(editor.seen(""), MAX_EDITS):
            data = self._kit.settled(edit.apply(base.data))
            reading = self._kit.read(data)
            if not reading.findings and accepts(reading):
                yield base_of(data, reading)


def _holds_pair(reading: Reading, lists: frozenset[Name]) -> bool:
    """Whether one of some lists has more than one item in a content."""
    return any(listed.shape[-1] in lists for listed in lists_of(reading))
