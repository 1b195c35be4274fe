"""Trying: what makes, changes and reads contents where something is to be broken, and its cost.

Costs are counted, not timed, so that a slow machine makes the same files. One is about what it
takes to read a small content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from harness.writing.breaking.clues import clues_of
from harness.writing.breaking.looking import Looker
from harness.writing.changing.build import Builder, BuildError
from harness.writing.drafting.settle import Settler
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.breaking.clues import Clues
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Name

_COST_BYTES: Final = 4096
_NODES_FOR_ONE: Final = 10
_ITEMS_FOR_ONE: Final = 1024
# arguments that are looked for while one content is built
MOST_PASSED: Final = 1 << 14


class Kit:
    """What contents of one schema are made with.

    Attributes:
        generator: of valid contents.
        cost: of all that was done with it.
        readings: how many contents were read.
        looker: finds what decides a target.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.cost = 0
        self.readings = 0
        self._settler = Settler(generator.reader)
        self._builder = Builder(generator.schema, generator.companions, MOST_PASSED)
        self._growing: dict[str, Generator] = {}
        self.looker = Looker(generator.reader.book)
        self._clues: dict[Target, Clues] = {}

    def clues(self, target: Target) -> Clues:
        """Return what the schema says about breaking a target."""
        if target not in self._clues:
            self._clues[target] = clues_of(self.generator.schema, target)
        return self._clues[target]

    def read(self, data: bytes) -> Reading:
        """Read a content with the companions at hand."""
        self.readings += 1
        reading = self.generator.reader.read(data, file="", companions=self.generator.companions)
        self.cost += 1 + len(data) // _COST_BYTES + _looked_at(reading) // _ITEMS_FOR_ONE
        return reading

    def settled(self, data: bytes, kept: range = range(0)) -> bytes:
        """Return a content with what follows from the rest of it computed, but for some bytes."""
        if self._settler.is_needed:
            self.cost += 1 + len(data) // _COST_BYTES
        return self._settler.settle(data, self.generator.companions, kept=kept)

    def build(
        self,
        values: Mapping[str, Any],
        junk: Mapping[str, bytes] | None = None,
        unpacked: Mapping[str, bytes] | None = None,
    ) -> bytes | None:
        """Return the content that holds some values; None where there is none."""
        before = self._builder.effort
        try:
            return self._builder.build(values, junk=junk, unpacked=unpacked)
        except BuildError:
            return None
        finally:
            self.cost += 2 + (self._builder.effort - before) // _NODES_FOR_ONE

    def grow(self, rule: str, choices: Choices) -> bytes | None:
        """Grow a content in which a rule of the schema is turned round."""
        if rule not in self._growing:
            schema, companions = self.generator.schema, self.generator.companions
            self._growing[rule] = Generator(schema, companions, broken=rule)
        growing = self._growing[rule]
        before = growing.effort
        data = growing.attempt(choices, bool)
        self.cost += 1 + (growing.effort - before) // _NODES_FOR_ONE
        return data

    def grow_with(self, name: Name, value: int, choices: Choices) -> bytes | None:
        """Grow a valid content in which a field holds a value."""
        before = self.generator.effort
        data = self.generator.attempt(choices, overrides={name: lambda: value})
        self.cost += 1 + (self.generator.effort - before) // _NODES_FOR_ONE
        return data


def _looked_at(reading: Reading) -> int:
    """Return how many items were read, and how many expressions looked at."""
    session = reading.session
    return sum(budget.limit - budget.left for budget in (session.limits.items, session.steps))
