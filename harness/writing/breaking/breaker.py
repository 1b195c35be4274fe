"""Breaking: contents that break one thing and nothing else.

Contents are grown with a rule turned round, changed in their bytes, and built anew from changed
values; the reader tells whether what came out breaks what it should. What else a content raises is
mended by further changes as long as the target stays broken. Where nothing breaks a thing alone
(a key twice in a list that must be in strict order), the smallest set of other findings is found,
and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from harness.writing.breaking.bases import Bases
from harness.writing.breaking.hunting import ONE_CHANGE, Candidate, Hunt, Way, is_of
from harness.writing.breaking.related import record_of
from harness.writing.breaking.targets import Target
from harness.writing.breaking.trying import Kit
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.choices import Choices
    from harness.writing.manifest import TargetRecord

# what one target may cost to plan, to mend, and one file of it to make
PLAN_COST: Final = 3000
# where nothing broke it yet
MOST_COST: Final = 8000
# where more comes along than so many, it is as good as unbroken
CROWD: Final = 6
MEND_COST: Final = 3000
FILE_COST: Final = 300
# what is looked for more ways once there is one
MORE_COST: Final = 60
MAX_WAYS: Final = 8
MAX_SAMPLES: Final = 64
# contents that are mended, those with the fewest other findings
MAX_MENDED: Final = 4
MAX_STEPS: Final = 4
# as many other findings are put up with sooner, if one change makes them
MENDED: Final = 4

# other findings that are put up with
Extras = frozenset[Target]
Rank = tuple[int, tuple[Target, ...]]


class Broken(msgspec.Struct, frozen=True):
    """A content that breaks a target.

    Attributes:
        data: the content.
        beside: what else it raises.
    """

    data: bytes
    beside: tuple[Target, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """A content that breaks a target, how it came about, and what else it raises."""

    way: Way
    data: bytes
    extras: Extras


class Plan(msgspec.Struct):
    """What was learned of a target.

    Attributes:
        extras: what files may raise beside it; None where it could not be broken at all.
        rank: of those, the less the better.
        ways: how it was broken.
        samples: contents that came of it, for when no other is found.
        tried: how many contents were read.
        raised: how many of those broke it, whatever else they raised.
        always: what all that broke it raised beside it.
    """

    extras: Extras | None = None
    rank: Rank = (0, ())
    ways: list[Way] = msgspec.field(default_factory=list)
    samples: list[bytes] = msgspec.field(default_factory=list)
    tried: int = 0
    raised: int = 0
    always: Extras = frozenset()

    def learn(self, found: Found) -> None:
        """Keep in mind a way that raises no more than those before."""
        self.always = self.always & found.extras if self.raised else found.extras
        self.raised += 1
        rank = _rank(found)
        if self.extras is None or rank < self.rank:
            self.extras, self.rank = found.extras, rank
            self.ways, self.samples = [], []
        is_new = len(self.samples) < MAX_SAMPLES and found.data not in self.samples
        if rank == self.rank and is_new:
            self.samples.append(found.data)
            if found.way not in self.ways:
                self.ways.append(found.way)


class Breaker:
    """Breaks contents of one schema.

    Attributes:
        generator: of valid contents.
        bases: contents that are begun with.
        kit: what contents are made with.
    """

    def __init__(self, generator: Generator, seeds: Sequence[bytes] = ()) -> None:
        """Make one; what it makes depends on these, on a target and on choices, nothing else.

        Args:
            generator: of valid contents.
            seeds: other valid contents, which may have what generated ones seldom do.
        """
        self.generator = generator
        self.kit = Kit(generator)
        self.bases = Bases(generator, seeds)
        self._plans: dict[Target, Plan] = {}

    def read(self, data: bytes) -> Reading:
        """Read a content with the companions at hand."""
        return self.kit.read(data)

    def plan(self, target: Target) -> Plan:
        """Find out how `target` can be broken, and what is raised with it at least."""
        if target not in self._plans:
            self._plans[target] = self._planned(target)
        return self._plans[target]

    def _planned(self, target: Target) -> Plan:
        plan = Plan()
        choices = RandomChoices(Random(f"plan:{target.code}:{target.rule}"))
        hunt = Hunt(self.kit, self.bases, target, choices)
        begun_reading = self.kit.readings
        nearest: dict[Extras, Found] = {}
        begun, most = self.kit.cost, MOST_COST
        for found in self._judged(hunt.anew(), target, most):
            plan.learn(found)
            nearest.setdefault(found.extras, found)
            if len(plan.extras or ()) <= CROWD:
                most = min(most, max(PLAN_COST, self.kit.cost - begun))
            if not found.extras:
                most = min(most, 2 * (self.kit.cost - begun) + MORE_COST)
            if self.kit.cost - begun > most or (not plan.extras and len(plan.samples) >= MAX_WAYS):
                break
        if plan.extras:
            self._mend(hunt, target, plan, nearest)
        plan.tried = self.kit.readings - begun_reading
        return plan

    def record(self, target: Target) -> TargetRecord:
        """Return what was learned of a target: how often it was raised, and what comes with it."""
        return record_of(target, self.plan(target), lambda data: self.read(data).findings)

    def _mend(self, hunt: Hunt, target: Target, plan: Plan, nearest: dict[Extras, Found]) -> None:
        """Take away what else is wrong with the best contents, step by step."""
        most = self.kit.cost + MEND_COST
        done: set[Extras] = set()
        for _ in range(MAX_STEPS):
            waiting = sorted(nearest.keys() - done, key=lambda e: _rank(nearest[e]))[:MAX_MENDED]
            for extras in waiting:
                done.add(extras)
                left = (most - self.kit.cost) // 2
                reading = self.kit.read(nearest[extras].data)
                candidates = hunt.mended(nearest[extras].data, reading)
                for found in self._judged(candidates, target, left):
                    plan.learn(found)
                    nearest.setdefault(found.extras, found)
                    if not plan.extras and len(plan.samples) >= MAX_WAYS:
                        return
            if not plan.extras or not waiting:
                return

    def broken(self, target: Target, choices: Choices) -> Broken | None:
        """Return a content that breaks `target`, and of other things as few as can be.

        None means that none was found.
        """
        plan = self.plan(target)
        if plan.extras is None:
            return None
        hunt = Hunt(self.kit, self.bases, target, choices)
        way = choices.pick(plan.ways)
        for found in self._judged(hunt.by(way), target, FILE_COST):
            if found.extras <= plan.extras:
                return _broken(found)
        sample = choices.pick(plan.samples)
        varied = ((way, data) for data in hunt.varied(sample))
        for found in self._judged(varied, target, FILE_COST):
            if found.extras <= plan.extras:
                return _broken(found)
        return _broken(Found(way, sample, plan.extras))

    def _judged(
        self, candidates: Iterable[Candidate], target: Target, most: int
    ) -> Iterator[Found]:
        """Yield contents that break a target, until it costs too much."""
        begun = self.kit.cost
        for way, data in candidates:
            findings = () if data is None else self.kit.read(data).findings
            if data is not None and any(is_of(finding, target) for finding in findings):
                others = (Target(f.code, f.rule) for f in findings if not is_of(f, target))
                yield Found(way, data, frozenset(others))
            if self.kit.cost - begun > most:
                return


def _broken(found: Found) -> Broken:
    return Broken(found.data, tuple(sorted(found.extras)))


def _rank(found: Found) -> Rank:
    """Count what comes with it; what one change makes is better than what two make."""
    is_mended = bool(found.extras) and found.way.kind not in ONE_CHANGE
    return len(found.extras) + MENDED * is_mended, tuple(sorted(found.extras))
