"""Whether reading finds seeded damage, and points at it: counted by kind of damage."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from benchmarks.mutation import Kind, Mutant, Side, mutants
from benchmarks.places import whole_ends
from corpora.build import CORPORA, FOLDER
from corpora.recipes.sample import Corpus
from harness.findings.model import Finding, Span
from harness.reading import Reader, Reading
from harness.schema.library import find
from harness.schema.loader import load

FORMATS: Final = (
    "template_definitions",
    "channel_file",
    "tzif",
    "gettext_mo",
    "terminfo",
    "dtb",
    "maxmind_db",
    "mime_cache",
    "magic_mgc",
)
CHECKSUM_CODE: Final = "I502"
MAX_FINDINGS: Final = 1000
# beyond the limit the first of each severity is kept, of the schema and of contracts apart
MOST_FINDINGS: Final = MAX_FINDINGS + 6
ALWAYS_FOUND: Final = (Kind.TRUNCATION, Kind.ADDITION)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one mutant gave; findings that the undamaged file has too do not count.

    Attributes:
        is_found: there is a finding.
        is_near: the span of one covers or adjoins the damage.
        is_found_otherwise: there is one that is not of the checksum.
        is_near_otherwise: such a one covers or adjoins the damage.
        milliseconds: of wall time.
        problem: what must never happen, such as an exception; else empty.
    """

    is_found: bool = False
    is_near: bool = False
    is_found_otherwise: bool = False
    is_near_otherwise: bool = False
    milliseconds: float = 0.0
    problem: str = ""


@dataclass(slots=True)
class Tally:
    """Outcomes of one kind of damage on one side of the checksum, added up."""

    mutants: int = 0
    found: int = 0
    near: int = 0
    found_otherwise: int = 0
    near_otherwise: int = 0
    slowest_ms: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.mutants += 1
        self.found += outcome.is_found
        self.near += outcome.is_near
        self.found_otherwise += outcome.is_found_otherwise
        self.near_otherwise += outcome.is_near_otherwise
        self.slowest_ms = max(self.slowest_ms, outcome.milliseconds)


@dataclass(slots=True)
class Survey:
    """Outcomes of many mutants of one format.

    Attributes:
        tallies: by kind of damage and side of the checksum; only what occurred.
        problems: a line for each mutant with an outcome that must never be; empty when all is well.
    """

    tallies: dict[tuple[Kind, Side], Tally] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Subject:
    """A format with its valid files, made ready to be read many times."""

    def __init__(self, name: str) -> None:
        self.corpus = corpus_of(name)
        self._reader = Reader(load(find(name)))
        self._companions = {
            parameter: _companion(path) for parameter, path in self.corpus.companions
        }
        readings = {sample.name: self.read(sample.data) for sample in self.corpus.valid}
        self._known = {
            name: {_place(item) for item in reading.findings} for name, reading in readings.items()
        }
        self._whole_ends = {name: set(whole_ends(reading)) for name, reading in readings.items()}

    def read(self, data: bytes, *, max_findings: int = MAX_FINDINGS) -> Reading:
        """Read `data` with the companions of the corpus."""
        return self._reader.read(
            data, file="content", companions=self._companions, max_findings=max_findings
        )

    def judge(self, mutant: Mutant) -> Outcome:
        """Read a mutant and compare its findings with its damage."""
        start = time.perf_counter()
        try:
            reading = self.read(mutant.data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what must never happen
            return Outcome(problem=f"reading raised {error!r}")
        milliseconds = (time.perf_counter() - start) * 1000
        known = self._known[mutant.sample.name]
        new = [item for item in reading.findings if _place(item) not in known]
        others = [item for item in new if item.code != CHECKSUM_CODE]
        return Outcome(
            is_found=bool(new),
            is_near=any(_touches(item.span, mutant.damage) for item in new),
            is_found_otherwise=bool(others),
            is_near_otherwise=any(_touches(item.span, mutant.damage) for item in others),
            milliseconds=milliseconds,
            problem=_problem(reading, is_missed=not new and self._must_be_found(mutant)),
        )

    def _must_be_found(self, mutant: Mutant) -> bool:
        """Whether the kind of damage is always found, and what is left is no whole file."""
        ends = self._whole_ends[mutant.sample.name]
        is_whole = mutant.kind is Kind.TRUNCATION and len(mutant.data) in ends
        return mutant.kind in ALWAYS_FOUND and not is_whole


def survey(name: str, *, count: int, seed: int) -> Survey:
    """Read `count` mutants of a format, and those of them again whose checksum can be repaired."""
    subject, result = Subject(name), Survey()
    for number in range(count):
        for mutant in mutants(subject.corpus, seed, number):
            outcome = subject.judge(mutant)
            result.tallies.setdefault((mutant.kind, mutant.side), Tally()).add(outcome)
            if outcome.problem:
                where = f"{name}, seed {seed}, number {number}, {mutant.kind}, {mutant.side}"
                result.problems.append(f"{where} of {mutant.sample.name}: {outcome.problem}")
    return result


def total(tallies: Mapping[tuple[Kind, Side], Tally], *kinds: Kind, repaired: bool) -> Tally:
    """Add up the tallies of some kinds: those with a repaired checksum, or all others."""
    result = Tally()
    for (kind, side), tally in tallies.items():
        if kind in kinds and (side is Side.SEALED) == repaired:
            result.mutants += tally.mutants
            result.found += tally.found
            result.near += tally.near
            result.found_otherwise += tally.found_otherwise
            result.near_otherwise += tally.near_otherwise
    return result


def corpus_of(name: str) -> Corpus:
    """Return the corpus of a format."""
    return next(corpus for corpus in CORPORA if corpus.format == name)


def names_limit(reading: Reading) -> bool:
    """Whether a finding, kept or only counted, is of a limit."""
    codes = {item.code for item in reading.findings} | reading.dropped.keys()
    return any(code.startswith("L") for code in codes)


def _companion(path: str) -> Reading:
    schema = load(find(path.split("/", 1)[0]))
    return Reader(schema).read((FOLDER / path).read_bytes(), file=path)


def _place(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.rule, finding.path


def _touches(span: Span | None, damage: Span) -> bool:
    return span is not None and span.start <= damage.end and damage.start <= span.end


def _problem(reading: Reading, *, is_missed: bool) -> str:
    if is_missed:
        return "nothing is found"
    if len(reading.findings) > MOST_FINDINGS:
        return f"{len(reading.findings)} findings"
    if not reading.is_complete and not names_limit(reading):
        return "reading stopped and nothing says at which limit"
    return ""
