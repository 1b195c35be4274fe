"""Generating: contents of a schema that keep every rule of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from random import Random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from harness.findings.model import Finding
from harness.reading.faults import Unknown
from harness.reading.reader import Reader, give_parameters
from harness.reading.tree import children
from harness.schema.interpreter import deep_recursion, without_collection
from harness.writing.changing.varying import Varier
from harness.writing.choices import RandomChoices
from harness.writing.drafting.draft import Draft
from harness.writing.drafting.finishing import finished
from harness.writing.drafting.judge import Judges
from harness.writing.drafting.least import too_large
from harness.writing.drafting.outcomes import GivenUp, Rejected
from harness.writing.drafting.settle import Settler
from harness.writing.drafting.unsolved import told_of
from harness.writing.growing.grow import Grower
from harness.writing.seeds import known_contents

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.tree import StructNode, Value
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema
    from harness.writing.choices import Choices

Findings = tuple[Finding, ...]
# gives what a whole content breaks, sooner than the reader; None where the reader must be asked
Judge = Callable[[bytes], Findings | None]
# by type and field, what gives a value
Overrides = Mapping[tuple[str, str], Callable[[], Any]]

ATTEMPTS: Final = 20
# contents that are tried before a schema is one of which none can be grown
PROBES: Final = 24
SEED_BYTES: Final = 1 << 15


class Health(msgspec.Struct):
    """How much was made in vain.

    Attributes:
        contents: how many were made.
        rejected: drafts given up while they grew.
        places: how often each field was the last that was grown, in those.
        unsolved: how often each expression was the last that could not be solved, in those.
        invalid: whole contents that the reader found something in.
        codes: how often each finding was the first, in those.
        last: why the newest of them was made in vain.
        too_large: what the schema wants to be larger than anything that is grown, if some were
            given up.
    """

    contents: int = 0
    rejected: int = 0
    places: dict[str, int] = msgspec.field(default_factory=dict)
    unsolved: dict[str, int] = msgspec.field(default_factory=dict)
    invalid: int = 0
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    last: str = ""
    too_large: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """What most attempts came to that were in vain."""
        said = []
        if self.rejected:
            where = most_of(self.places)
            said.append(f"{self.rejected:,} drafts were given up, most at `{where}`")
        if self.invalid:
            code = most_of(self.codes)
            said.append(f"{self.invalid:,} contents had findings, most {code} first")
        if self.unsolved:
            said.append(f"{most_of(self.unsolved)} could not be made to give what was wanted")
        said += self.too_large
        return "; ".join(said)

    def add(self, other: Health) -> None:
        """Count what another one counted."""
        self.contents += other.contents
        self.rejected += other.rejected
        self.invalid += other.invalid
        self.too_large = self.too_large or other.too_large
        for mine, theirs in (
            (self.codes, other.codes),
            (self.places, other.places),
            (self.unsolved, other.unsolved),
        ):
            for name, number in theirs.items():
                mine[name] = mine.get(name, 0) + number


class Generator:
    """Generates contents of one schema.

    Attributes:
        schema: the format.
        companions: what contents are read with, by parameter.
        reader: what judges whole contents.
        health: how much was made in vain.
        effort: structures begun so far: a cost that is the same on every machine.
        facts: what the schema tells of its values.
    """

    def __init__(
        self,
        schema: Schema,
        companions: Mapping[str, Reading] | None = None,
        *,
        broken: str = "",
        seeds: Sequence[bytes] = (),
        judge: Judge | None = None,
    ) -> None:
        """Make one.

        Args:
            schema: the format.
            companions: for each structure-typed top-level parameter, what was read for it.
            broken: a rule of the schema that contents are to break wherever it applies.
            seeds: valid contents that are to be varied; without, those that come with a known
                schema are, where none can be grown.
            judge: says of whole contents what the reader would say.
        """
        self.schema = schema
        self._judge = judge
        self._seeds = seeds
        self._varier: Varier | None = None
        self._is_growing = True if broken else None
        self._probed = Health()
        self.companions = companions or {}
        self.reader = Reader(schema)
        self.health = Health()
        self.effort = 0
        self._judges = Judges(self.reader.book, broken=broken)
        self.facts = self._judges.facts
        self._too_large = tuple(too_large(schema, self.facts.least))
        self._settler = Settler(self.reader)
        self._said: dict[int, str] = {}
        self._parameters: list[Value] | None = None

    def beside(self, companions: Mapping[str, Reading]) -> Generator:
        """Return one for contents that are read with other companions."""
        other = copy(self)
        other.companions = companions
        other._is_growing, other._varier = True, None  # noqa: SLF001  # one of us
        other._judge = other._parameters = None  # noqa: SLF001  # one of us; they know them
        return other

    @property
    def is_varying(self) -> bool:
        """Whether contents are known ones with other values, because none can be grown."""
        self.prepare()
        return self._varier is not None and bool(self._varier.bases)

    @property
    def why_none(self) -> str:
        """Why no content can be made, as far as that was tried; empty where one can."""
        self.prepare()
        return "" if self._is_growing or self.is_varying else self._probed.why

    @property
    def refused_seeds(self) -> Mapping[int, str]:
        """By number, why seeds cannot be varied, those that were looked at."""
        self.prepare()
        return {} if self._varier is None else self._varier.refused

    def prepare(self) -> None:
        """Find out whether contents are grown, or which are varied, unless that is known."""
        if self._is_growing is None:
            self._is_growing = not self._seeds and self._can_grow()
            if not self._is_growing:
                self._varier = Varier(self, self._seeds or known_contents(self.schema, SEED_BYTES))

    def _can_grow(self) -> bool:
        """Try it a few times, the same each time."""
        health, effort = self.health, self.effort
        self.health = Health()
        try:
            return any(
                self._grown(RandomChoices(Random(number)), operator.not_, None) is not None
                for number in range(PROBES)
            )
        finally:
            self._probed, self.health, self.effort = self.health, health, effort

    def valid(self, choices: Choices) -> bytes | None:
        """Return a content without any finding; None if every attempt at one failed."""
        for _ in range(ATTEMPTS):
            data = self.attempt(choices)
            if data is not None:
                return data
        return None

    def attempt(
        self,
        choices: Choices,
        accepts: Callable[[Findings], bool] = operator.not_,
        *,
        overrides: Overrides | None = None,
    ) -> bytes | None:
        """Make one content; None where it came to nothing.

        Args:
            choices: make the decisions.
            accepts: whether a content with such findings will do; by default, with none.
            overrides: for fields, by type and name, where their values come from.
        """
        if not overrides and accepts is operator.not_ and self.is_varying:
            assert self._varier is not None
            self.health.contents += 1
            return self._varier.vary(choices)
        return self._grown(choices, accepts, overrides)

    def _grown(
        self, choices: Choices, accepts: Callable[[Findings], bool], overrides: Overrides | None
    ) -> bytes | None:
        with deep_recursion(), without_collection():
            return self._attempt(choices, accepts, overrides)

    def _attempt(
        self, choices: Choices, accepts: Callable[[Findings], bool], overrides: Overrides | None
    ) -> bytes | None:
        try:
            data = self.draft(choices, overrides)
        except (Rejected, GivenUp, Unknown):
            self.health.rejected += 1
            self.health.last = "its decisions do not go together"
            self.health.too_large = self._too_large
            return None
        found = self.findings(data)
        if not accepts(found):
            self.health.invalid += 1
            code = f"{found[0].code} {found[0].rule}".strip() if found else "nothing"
            self.health.last = code
            self.health.codes[code] = self.health.codes.get(code, 0) + 1
            return None
        self.health.contents += 1
        return data

    def findings(self, data: bytes) -> Findings:
        """Return what a whole content breaks."""
        found = self._judge(data) if self._judge is not None else None
        if found is None:
            found = self.reader.read(data, file="", companions=self.companions).findings
        return found

    def draft(self, choices: Choices, overrides: Overrides | None = None) -> bytes:
        """Grow a content and write it; it may still break a rule.

        Raises:
            Rejected: it came to nothing.
        """
        draft = Draft(self.reader.book, self._judges.compiled)
        draft.root = root = draft.add_node(self.schema.id, None, -1, -1, draft.main)
        self._give_parameters(root)
        draft.owners[draft.main] = root
        try:
            Grower(draft, self._judges, choices, overrides=overrides).content()
            return finished(draft, self._judges, self._settler, self.companions)
        except (Rejected, GivenUp, Unknown):
            place = _last_place(draft)
            self.health.places[place] = self.health.places.get(place, 0) + 1
            said = self._said_of(draft.unsolved)
            if said:
                self.health.unsolved[said] = self.health.unsolved.get(said, 0) + 1
            raise
        finally:
            self.effort += draft.added
            _let_go(draft)

    def _give_parameters(self, root: StructNode) -> None:
        """Give the root what was read for its parameters, which is looked up once."""
        number = len(root.plan.type.parameters)
        if self._parameters is None:
            give_parameters(root, self.schema, self.companions)
            self._parameters = root.values[:number]
        root.values[:number] = self._parameters

    def _said_of(self, tree: Expr | None) -> str:
        if tree is None:
            return ""
        if id(tree) not in self._said:
            self._said[id(tree)] = told_of(self.schema, tree)
        return self._said[id(tree)]


def most_of(numbers: Mapping[str, int]) -> str:
    """Return what comes most often."""
    return max(numbers, key=lambda one: (numbers[one], one))


def _let_go(draft: Draft) -> None:
    """Empty a draft that is done with, or Python would look for what holds one another in it."""
    waiting = [] if draft.root is None else [draft.root]
    while waiting:
        node = waiting.pop()
        if node.plan.child_slots:
            waiting += children(node)
        node.values.clear()
    for space in draft.spaces:
        space.chunks.clear()
    vars(draft).clear()


def _last_place(draft: Draft) -> str:
    """Return the field that was grown last, as `type.field`."""
    if draft.at is None:
        return "the beginning"
    node, slot, _ = draft.at
    return f"{node.plan.type.name}.{node.plan.names[slot]}"
