"""Breaking: contents that break one thing and nothing else.

Three ways are tried, the cheapest that may work first: growing a content in which one rule is
turned round, changing bytes of a valid content, and building one anew from changed values. The
reader tells whether what came out breaks what it should. Where nothing breaks a thing alone (a key
twice in a list that must be in strict order), the smallest set of other findings is found and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from harness.findings.model import Finding
from harness.writing.build import Builder
from harness.writing.choices import RandomChoices
from harness.writing.edits import Edit, Editor, looked_at
from harness.writing.generate import Generator
from harness.writing.rebuilding import Rebuilder
from harness.writing.settle import Settler
from harness.writing.targets import Target

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.choices import Choices

MAX_BASES: Final = 24
MAX_SEEDS: Final = 40
MAX_SEED_BYTES: Final = 1 << 14
GROWN: Final = 24
# what one target may cost to plan, and one file of it to make: about the contents that are read
PLAN_COST: Final = 6000
FILE_COST: Final = 3000
_COST_BYTES: Final = 1024

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


class Plan(msgspec.Struct):
    """What was learned of a target.

    Attributes:
        extras: what files may raise beside it; None where it could not be broken at all.
        ways: how it was broken, the newest first.
    """

    extras: Extras | None = None
    ways: list[str] = msgspec.field(default_factory=list)


class Base(msgspec.Struct, frozen=True):
    """A valid content to be changed, and what was read in it."""

    data: bytes
    reading: Reading


class Breaker:
    """Breaks contents of one schema."""

    def __init__(
        self, generator: Generator, seeds: Sequence[bytes] = (), *, label: str = ""
    ) -> None:
        """Make one.

        Args:
            generator: of valid contents.
            seeds: other valid contents, which may have what generated ones seldom do.
            label: breakers of another label begin from other contents.
        """
        self._generator = generator
        self._label = label
        self._settler = Settler(generator.reader)
        self._growing: dict[str, Generator] = {}
        self._builder = Builder(generator.schema, generator.companions)
        self._plans: dict[Target, Plan] = {}
        small = sorted({s for s in seeds if len(s) <= MAX_SEED_BYTES}, key=lambda s: (len(s), s))
        self._bases = [b for b in map(self._read_base, small[:MAX_SEEDS]) if b is not None]
        self._cost = 0
        self._made = 0

    # contents to begin from

    def _read_base(self, data: bytes) -> Base | None:
        reading = self._read(data)
        return None if reading.findings else Base(data, reading)

    def _read(self, data: bytes) -> Reading:
        return self._generator.reader.read(data, file="", companions=self._generator.companions)

    def _base(self, choices: Choices) -> Base | None:
        """Return a valid content, a new one until there are enough."""
        if self._made < MAX_BASES and (not self._bases or choices.integer(0, 3) == 0):
            self._made += 1
            random = Random(f"base:{self._label}:{self._made}")
            data = self._generator.valid(RandomChoices(random))
            base = None if data is None else self._read_base(data)
            if base is not None:
                self._bases.append(base)
                return base
        return choices.pick(self._bases) if self._bases else None

    # targets

    def plan(self, target: Target) -> Plan:
        """Find out how `target` can be broken, and what is raised with it at least."""
        if target not in self._plans:
            self._plans[target] = plan = Plan()
            choices = RandomChoices(Random(f"plan:{target.code}:{target.rule}"))
            least: Extras | None = None
            for found in self._tried(target, choices, PLAN_COST):
                extras = extras_of(found, target)
                if least is None or (len(extras), sorted(extras)) < (len(least), sorted(least)):
                    least = extras
                if not extras:
                    break
            plan.extras = least
        return self._plans[target]

    def broken(self, target: Target, choices: Choices) -> Broken | None:
        """Return a content that breaks `target`, and of other things as few as can be.

        None means that none was found.
        """
        allowed = self.plan(target).extras
        if allowed is None:
            return None
        for found in self._tried(target, choices, FILE_COST):
            extras = extras_of(found, target)
            if extras <= allowed:
                return Broken(found[0], (str(target), *sorted(extras)))
        return None

    def _tried(
        self, target: Target, choices: Choices, most: int
    ) -> Iterator[tuple[bytes, tuple[Finding, ...]]]:
        """Yield contents that break a target, and their findings, until it costs too much."""
        self._cost = 0
        for data in self._candidates(target, choices):
            if data is not None:
                findings = self._read(data).findings
                self._cost += 1 + len(data) // _COST_BYTES
                if any(_is_of(finding, target) for finding in findings):
                    yield data, findings
            if self._cost > most:
                return

    def _candidates(self, target: Target, choices: Choices) -> Iterator[bytes | None]:
        if target.rule:
            for _ in range(GROWN):
                yield self._grown(target.rule, choices)
        names = looked_at(self._generator.schema, target)
        while True:
            base = self._base(choices)
            if base is None:
                return
            self._cost += 1
            editor = Editor(base.reading, base.data, self._generator.facts, choices)
            for edit in editor.edits(target):
                yield self._settled(base.data, edit)
            rebuilder = Rebuilder(self._builder, base.reading, choices)
            yield from rebuilder.contents(target, names)

    def _grown(self, rule: str, choices: Choices) -> bytes | None:
        """Return a content that was grown to break a rule of the schema."""
        if rule not in self._growing:
            schema, companions = self._generator.schema, self._generator.companions
            self._growing[rule] = Generator(schema, companions, broken=rule)
        self._cost += 4
        return self._growing[rule].grown(choices)

    def _settled(self, data: bytes, edit: Edit) -> bytes:
        changed = edit.apply(data)
        kept = range(edit.start, edit.end) if edit.is_kept else range(0)
        return self._settler.settle(changed, self._generator.companions, kept=kept)


def extras_of(found: tuple[bytes, tuple[Finding, ...]], target: Target) -> Extras:
    """Return what a content raises beside `target`."""
    return frozenset(f.rule or f.code for f in found[1] if not _is_of(f, target))


def _is_of(finding: Finding, target: Target) -> bool:
    if target.rule:
        return finding.rule == target.rule and finding.code == target.code
    return finding.code == target.code
