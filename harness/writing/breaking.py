"""Breaking: contents that break one thing and nothing else.

Three ways are tried, the cheapest that may work first: growing a content in which one rule is
turned round, changing bytes of a valid content, and building one anew from changed values. The
reader tells whether what came out breaks what it should. Where nothing breaks a thing alone (a key
twice in a list that must be in strict order), the smallest set of other findings is found and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from harness.reading.reader import Reading
from harness.reading.tree import pre_order
from harness.writing.build import Builder, BuildError
from harness.writing.choices import RandomChoices
from harness.writing.edits import NO_NAME, Editor, looked_at
from harness.writing.generate import Generator
from harness.writing.rebuilding import Rebuilder
from harness.writing.settle import Settler
from harness.writing.targets import Target, fields_of

if TYPE_CHECKING:
    from harness.findings.model import Finding
    from harness.writing.choices import Choices
    from harness.writing.facts import Name

MAX_BASES: Final = 24
LEAST_BASES: Final = 8
MAX_SEEDS: Final = 40
MAX_SEED_BYTES: Final = 1 << 12
GROWN: Final = 24
# what one target may cost to plan, and one file of it to make: about the contents that are read
PLAN_COST: Final = 12000
FILE_COST: Final = 400
# what is looked for more ways once there is one
MORE_COST: Final = 60
MAX_WAYS: Final = 8
MAX_SAMPLES: Final = 64
GROWTH_COST: Final = 8
BUILDING_COST: Final = 4
_COST_BYTES: Final = 1024
# candidates of one content before the next is begun with; contents, where one way is familiar
EDITS: Final = 60
REBUILDS: Final = 30
FAMILIAR: Final = 3
MAX_IDLE: Final = 300

# other findings that are put up with: their codes, or the ids of their rules
Extras = frozenset[str]


class Broken(msgspec.Struct, frozen=True):
    """A content that breaks a target.

    Attributes:
        data: the content.
        codes: of its findings: the target's first, then others that came with it.
    """

    data: bytes
    codes: tuple[str, ...]


class Way(NamedTuple):
    """How a content was broken: `grown`, `edited` or `rebuilt`, which field of which content."""

    kind: str
    name: Name
    base: int = 0


class Found(NamedTuple):
    """A content that breaks a target, how it came about, and what else it raises."""

    way: Way
    data: bytes
    extras: Extras


class Plan(msgspec.Struct):
    """What was learned of a target.

    Attributes:
        extras: what files may raise beside it; None where it could not be broken at all.
        ways: how it was broken.
        samples: contents that came of it, for when no other is found.
    """

    extras: Extras | None = None
    ways: list[Way] = msgspec.field(default_factory=list)
    samples: list[bytes] = msgspec.field(default_factory=list)

    def learn(self, found: Found) -> None:
        """Keep in mind a way that raises no more than those before."""
        if self.extras is None or _rank(found.extras) < _rank(self.extras):
            self.extras = found.extras
            self.ways, self.samples = [], []
        is_new = len(self.samples) < MAX_SAMPLES and found.data not in self.samples
        if found.extras == self.extras and is_new:
            self.samples.append(found.data)
            if found.way not in self.ways:
                self.ways.append(found.way)


class Base(msgspec.Struct, frozen=True):
    """A valid content to be changed, what was read in it, and the rules that apply there."""

    data: bytes
    reading: Reading
    rules: frozenset[str]


class Breaker:
    """Breaks contents of one schema."""

    def __init__(self, generator: Generator, seeds: Sequence[bytes] = ()) -> None:
        """Make one; what it makes depends on these, on a target and on choices, nothing else.

        Args:
            generator: of valid contents.
            seeds: other valid contents, which may have what generated ones seldom do.
        """
        self.generator = generator
        self._settler = Settler(generator.reader)
        self._growing: dict[str, Generator] = {}
        self._builder = Builder(generator.schema, generator.companions)
        self._plans: dict[Target, Plan] = {}
        small = sorted({s for s in seeds if len(s) <= MAX_SEED_BYTES}, key=lambda s: (len(s), s))
        self._seeds = [b for b in map(self._read_base, small[:MAX_SEEDS]) if b is not None]
        self._bases: dict[int, Base | None] = {}
        self._generated = max(LEAST_BASES, MAX_BASES - len(self._seeds))
        self._cost = 0

    # contents to begin from

    def _read_base(self, data: bytes) -> Base | None:
        reading = self.read(data)
        if reading.findings:
            return None
        types = {node.plan.type.name: node.plan.type for node in pre_order(reading.root)}
        rules = frozenset(check.id for type_ in types.values() for check in type_.checks)
        return Base(data, reading, rules)

    def read(self, data: bytes) -> Reading:
        """Read a content with the companions at hand."""
        return self.generator.reader.read(data, file="", companions=self.generator.companions)

    def base(self, choices: Choices) -> Base | None:
        """Return a valid content: one of the seeds, or one that is made the first time."""
        return self._base(self._number(choices))

    def _number(self, choices: Choices) -> int:
        """Choose a content to begin with; seeds have negative numbers."""
        return choices.integer(-len(self._seeds), self._generated - 1)

    def _base(self, number: int) -> Base | None:
        if number < 0:
            return self._seeds[number]
        if number not in self._bases:
            data = self.generator.valid(RandomChoices(Random(f"base:{number}")))
            self._bases[number] = None if data is None else self._read_base(data)
        return self._bases[number]

    def all_bases(self) -> Iterator[Base]:
        """Yield every content that is begun with."""
        yield from self._seeds
        for number in range(self._generated):
            base = self._base(number)
            if base is not None:
                yield base

    # targets

    def plan(self, target: Target) -> Plan:
        """Find out how `target` can be broken, and what is raised with it at least."""
        if target not in self._plans:
            self._plans[target] = plan = Plan()
            choices = RandomChoices(Random(f"plan:{target.code}:{target.rule}"))
            most = PLAN_COST
            for found in self._tried(target, choices, PLAN_COST):
                plan.learn(found)
                if not found.extras:
                    most = min(most, 2 * self._cost + MORE_COST)
                if self._cost > most or (not plan.extras and len(plan.samples) >= MAX_WAYS):
                    break
        return self._plans[target]

    def broken(self, target: Target, choices: Choices) -> Broken | None:
        """Return a content that breaks `target`, and of other things as few as can be.

        None means that none was found.
        """
        plan = self.plan(target)
        if plan.extras is None:
            return None
        for found in self._tried(target, choices, FILE_COST):
            if found.extras <= plan.extras:
                return Broken(found.data, (str(target), *sorted(found.extras)))
        return Broken(choices.pick(plan.samples), (str(target), *sorted(plan.extras)))

    def _tried(self, target: Target, choices: Choices, most: int) -> Iterator[Found]:
        """Yield contents that break a target, until it costs too much."""
        self._cost = 0
        for way, data in self._candidates(target, choices):
            findings = self.read(data).findings
            self._cost += 1 + len(data) // _COST_BYTES
            if any(_is_of(finding, target) for finding in findings):
                others = (f.rule or f.code for f in findings if not _is_of(f, target))
                yield Found(way, data, frozenset(others))
            if self._cost > most:
                return

    def _candidates(self, target: Target, choices: Choices) -> Iterator[tuple[Way, bytes]]:
        """Yield contents that may break a target, first by the ways that did before."""
        ways = self._plans[target].ways
        if ways:
            yield from self._by_way(target, choices, choices.pick(ways))
        if target.rule and not ways:
            yield from self._grown(target, choices, 2 * GROWN)
        schema = self.generator.schema
        names = looked_at(schema, target) or fields_of(schema, target.code)
        idle = 0
        while idle < MAX_IDLE:
            before, number = self._cost, self._number(choices)
            yield from islice(self._edited(number, target, choices), EDITS)
            yield from islice(self._rebuilt(number, target, choices, names), REBUILDS)
            idle = idle + 1 if self._cost == before else 0

    def _by_way(self, target: Target, choices: Choices, way: Way) -> Iterator[tuple[Way, bytes]]:
        if way.kind == "grown":
            yield from self._grown(target, choices)
            return
        others = [self._number(choices) for _ in range(FAMILIAR)]
        at = choices.integer(0, 1)  # where it worked is looked at first, or second
        for number in (*others[:at], way.base, *others[at:]):
            if way.kind == "edited":
                yield from islice(self._edited(number, target, choices, way.name), EDITS)
            else:
                only = frozenset({way.name})
                yield from islice(self._rebuilt(number, target, choices, only), REBUILDS)

    def _grown(
        self, target: Target, choices: Choices, most: int = GROWN
    ) -> Iterator[tuple[Way, bytes]]:
        """Yield contents that were grown to break a rule of the schema."""
        if target.rule not in self._growing:
            schema, companions = self.generator.schema, self.generator.companions
            self._growing[target.rule] = Generator(schema, companions, broken=target.rule)
        for _ in range(most):
            self._cost += GROWTH_COST
            data = self._growing[target.rule].attempt(choices, bool)
            if data is not None:
                yield Way("grown", NO_NAME), data

    def _edited(
        self, number: int, target: Target, choices: Choices, only: Name | None = None
    ) -> Iterator[tuple[Way, bytes]]:
        base = self._base(number)
        if base is None or (target.rule and target.rule not in base.rules):
            return
        editor = Editor(base.reading, base.data, self.generator.facts, choices)
        for edit in editor.edits(target, only):
            kept = range(edit.start, edit.end) if edit.is_kept else range(0)
            yield Way("edited", edit.name, number), self.settled(edit.apply(base.data), kept)

    def _rebuilt(
        self, number: int, target: Target, choices: Choices, names: frozenset[Name]
    ) -> Iterator[tuple[Way, bytes]]:
        base = self._base(number)
        if base is None or (target.rule and target.rule not in base.rules):
            return
        rebuilder = Rebuilder(self.build, base.reading, choices)
        for name, data in rebuilder.contents(target, names):
            yield Way("rebuilt", name, number), data

    def settled(self, data: bytes, kept: range = range(0)) -> bytes:
        """Return a content with what follows from the rest of it computed, but for some bytes."""
        self._cost += 1
        return self._settler.settle(data, self.generator.companions, kept=kept)

    def build(
        self, values: Mapping[str, Any], junk: Mapping[str, bytes] | None = None
    ) -> bytes | None:
        """Return the content that holds some values; None where there is none."""
        self._cost += BUILDING_COST
        try:
            return self._builder.build(values, junk=junk)
        except (BuildError, OverflowError):
            return None


def _rank(extras: Extras) -> tuple[int, list[str]]:
    return len(extras), sorted(extras)


def _is_of(finding: Finding, target: Target) -> bool:
    if target.rule:
        return finding.rule == target.rule and finding.code == target.code
    return finding.code == target.code
