"""Hunting: contents that may break a target, by every way there is, the cheapest first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.writing.breaking.bases import Base, base_of
from harness.writing.breaking.clues import in_turn
from harness.writing.breaking.edits import Editor
from harness.writing.breaking.moving import Mover
from harness.writing.breaking.preparing import Preparer
from harness.writing.breaking.rebuilding import Rebuilder
from harness.writing.breaking.targets import Target, fields_of
from harness.writing.breaking.unpacked import Inside
from harness.writing.changing.places import NO_SHAPE, Edit, Shape
from harness.writing.changing.spots import can_be_rebuilt
from harness.writing.drafting.settle import DERIVED
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.findings.model import Finding, Span
    from harness.reading.reader import Reading
    from harness.writing.breaking.bases import Bases
    from harness.writing.breaking.trying import Kit
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Name

# candidates of one content before the next is begun with; contents, where one way is familiar
EDITS: Final = 80
MOVES: Final = 60
REBUILDS: Final = 40
# what may come of putting something elsewhere, beside the rules of the schema
MOVED: Final = frozenset({"S102", "S111", "S112"})
# contents above this are not put together anew
MAX_MOVED_BYTES: Final = 1 << 14
# what each other way of a round may cost at least
LEAST_SHARE: Final = 200
FAMILIAR: Final = 3
# contents, before such are begun with that are valid with other values where it matters
ROUNDS: Final = 4
GROWN: Final = 4
# contents in a row with which nothing new comes up
MAX_IDLE: Final = 12
# changes that mend what a broken content raises beside its target
MENDING_EDITS: Final = 60
REMEDIES: Final = 60
MENDING_REBUILDS: Final = 40
VARIATIONS: Final = 8


class Way(NamedTuple):
    """How a content was broken, which field of which.

    Attributes:
        kind: `grown`, `edited`, `coupled` (two values at once), `moved`, `rebuilt` or `mended`.
        shape: the field, and how it is reached.
        base: the number of the content.
    """

    kind: str
    shape: Shape = NO_SHAPE
    base: int = 0


# ways that change one value of a valid content, and what follows from it
ONE_CHANGE: Final = frozenset({"edited", "rebuilt"})
# how a content came about, and the content; None for work that came to nothing
Candidate = tuple[Way, bytes | None]


class Hunt:
    """Proposes contents that may break one target."""

    def __init__(self, kit: Kit, bases: Bases, target: Target, choices: Choices) -> None:
        self._kit = kit
        self._bases = bases
        self._target = target
        self._choices = choices
        self._preparer = Preparer(kit, bases, target)
        self._names = kit.generator.facts.measured_by(kit.clues(target).names)
        self._seen: set[bytes] = set()

    def anew(self) -> Iterator[Candidate]:
        """Yield candidates by all ways in turn, from one content after the other."""
        fitting = self._fitting()
        idle, rounds, numbers = 0, 0, list(fitting)
        while idle < max(MAX_IDLE, len(fitting)) and (fitting or self._target.rule):
            idle += 1
            number = 0
            rounds += 1
            if rounds == ROUNDS and fitting:
                numbers += self._preparer.others(fitting)
            if fitting:
                number = self._bases.smaller(numbers, self._choices)
                numbers.remove(number)
                numbers = numbers or list(fitting)
            for way, data in self._round(number, has_base=bool(fitting)):
                idle = idle if data is None else 0
                yield way, data

    def _round(self, number: int, *, has_base: bool) -> Iterator[Candidate]:
        begun = self._kit.cost
        if has_base:
            yield from islice(self._edited(number), EDITS)
        share = max(self._kit.cost - begun, LEAST_SHARE)
        if has_base:
            yield from islice(self._moved(number), MOVES)
            rebuilt = islice(self._rebuilt(number, self._names), REBUILDS)
            yield from self._within(share, rebuilt)
        if self._target.rule:
            yield from self._within(share, self._grown())

    def _within(self, share: int, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
        """Yield candidates until they have cost their share, so that no way starves the others."""
        begun = self._kit.cost
        for candidate in candidates:
            yield candidate
            if self._kit.cost - begun > share:
                return

    def by(self, way: Way) -> Iterator[Candidate]:
        """Yield candidates by a way that worked before."""
        if way.kind == "grown":
            for _ in range(FAMILIAR * GROWN):
                yield from self._grown()
            return
        fitting = self._fitting() or [way.base]
        others = [self._choices.pick(fitting) for _ in range(FAMILIAR)]
        at = self._choices.integer(0, 1)  # where it worked is looked at first, or second
        for number in (*others[:at], way.base, *others[at:]):
            if way.kind == "moved":
                yield from islice(self._moved(number, way.shape[-1]), MOVES)
            elif way.kind in ("edited", "coupled"):
                yield from islice(self._edited(number, way.shape or None), EDITS)
            elif way.kind == "rebuilt":
                yield from islice(self._rebuilt(number, frozenset({way.shape[-1]})), REBUILDS)

    def _fitting(self) -> list[int]:
        """Return the numbers of the contents in which the target can be broken at all."""
        about = fields_of(self._kit.generator.schema, self._target.code)
        fitting = self._bases.fitting(self._target, about)
        return self._bases.applying(self._target, lambda: self._preparer.applying(fitting))

    def _grown(self) -> Iterator[Candidate]:
        for _ in range(GROWN):
            data = self._kit.grow(self._target.rule, self._choices)
            yield Way("grown"), self._new(data)

    def _edited(self, number: int, only: Shape | None = None) -> Iterator[Candidate]:
        base = self._bases[number]
        if base is None:
            return
        for edit, data in self._changed(base, self._target, only):
            yield Way("edited" if edit.is_one else "coupled", edit.shape, number), data

    def _moved(self, number: int, only: Name | None = None) -> Iterator[Candidate]:
        base = self._bases[number]
        is_about = self._target.rule or self._target.code in MOVED
        if base is None or not is_about or len(base.data) > MAX_MOVED_BYTES:
            return
        facts, clues = self._kit.generator.facts, self._kit.clues(self._target)
        mover = Mover(base.reading, base.data, facts, self._choices, clues)
        for name, raw in mover.contents(self._target, only):
            if self._new(raw) is not None:
                yield Way("moved", (name,), number), self._kit.settled(raw)

    def _changed(
        self,
        base: Base,
        target: Target,
        only: Shape | None,
        kept: range = range(0),
        near: Span | None = None,
    ) -> Iterator[tuple[Edit, bytes]]:
        """Yield the content after each change that is not known yet, settled again."""
        facts, clues = self._kit.generator.facts, self._kit.clues(target)
        sights = self._kit.looker.sights(base.reading, clues, self._choices)
        editor = Editor(base.reading, base.data, facts, self._choices, clues, sights, near)
        ways = [self._applied(base, editor.edits(target, only))]
        if near is None:
            inside = Inside(base.reading, facts, self._choices, clues)
            ways.append(self._applied(base, inside.edits(target, only)))
            ways.append(inside.rebuilt(target, self._kit, only))
        for edit, raw in in_turn(ways):
            own = range(edit.start, edit.end) if edit.is_kept else kept
            if self._new(raw) is not None:
                yield edit, self._kit.settled(raw, own)

    def _applied(self, base: Base, edits: Iterator[Edit]) -> Iterator[tuple[Edit, bytes]]:
        return ((edit, edit.apply(base.data)) for edit in edits)

    def _rebuilt(self, number: int, names: frozenset[Name]) -> Iterator[Candidate]:
        base = self._bases[number]
        if base is None:
            return
        for name, data in self._remade(base, self._target, names):
            yield Way("rebuilt", (name,), number), data

    def _remade(
        self, base: Base, target: Target, names: frozenset[Name]
    ) -> Iterator[tuple[Name, bytes | None]]:
        clues, donors = self._kit.clues(target), self._bases.donors
        sights = self._kit.looker.sights(base.reading, clues, self._choices)
        rebuilder = Rebuilder(self._kit.build, base.reading, self._choices, donors, clues, sights)
        for name, data in rebuilder.contents(target, names):
            yield name, self._new(data)

    def _new(self, data: bytes | None) -> bytes | None:
        """Return a content that was not there yet; None for any other."""
        if data is None or data in self._seen:
            return None
        self._seen.add(data)
        return data

    # second steps

    def mended(self, data: bytes, reading: Reading) -> Iterator[Candidate]:
        """Yield changes to a broken content that may take away what else is wrong with it.

        Args:
            data: the content.
            reading: what was read in it.
        """
        base = base_of(data, reading)
        kept = kept_of(reading, self._target)
        others = {Target(f.code, f.rule): f for f in reading.findings if not is_of(f, self._target)}
        if can_be_rebuilt(reading):
            yield Way("mended"), self._kit.build(values_of(reading))
        editor = Editor(reading, data, self._kit.generator.facts, self._choices)
        for edit in islice(editor.measures(), MENDING_EDITS):
            yield Way("mended"), self._new(edit.apply(data))
        for other, finding in others.items():
            near = self._changed(base, other, None, kept, finding.span)
            for _, changed in islice(near, REMEDIES):
                yield Way("mended"), changed
            for _, changed in islice(self._changed(base, other, None, kept), MENDING_EDITS):
                yield Way("mended"), changed
            names = self._kit.clues(other).names
            for _, built in islice(self._remade(base, other, names), MENDING_REBUILDS):
                yield Way("mended"), built

    def varied(self, data: bytes) -> Iterator[bytes]:
        """Yield a broken content after changes that have nothing to do with what is broken."""
        reading = self._kit.read(data)
        editor = Editor(reading, data, self._kit.generator.facts, self._choices)
        kept = kept_of(reading, self._target)
        for edit in islice(editor.anything(), VARIATIONS):
            if edit.end <= kept.start or edit.start >= kept.stop:
                yield self._kit.settled(edit.apply(data), kept)


def kept_of(reading: Reading, target: Target) -> range:
    """Return the bytes of a derived value that is broken on purpose, which stay as they are."""
    if target.code in DERIVED:
        for finding in reading.findings:
            if is_of(finding, target) and finding.span is not None:
                return range(finding.span.start, finding.span.end)
    return range(0)


def is_of(finding: Finding, target: Target) -> bool:
    """Whether a finding is what a target asks for."""
    return finding.code == target.code and finding.rule == (target.rule or finding.rule)
