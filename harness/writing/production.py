"""Producing: many contents of one schema, each from a seed of its own.

Work is cut into jobs that do not know of each other, so the same seed makes the same files however
many processes share the jobs, and in whatever order they end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

import msgspec

from harness.reading.reader import Reader, Reading
from harness.schema.ir import Schema
from harness.schema.loader import load
from harness.writing.breaking.boundaries import MAX_OCTETS, Boundary, Bounder, boundaries_of
from harness.writing.breaking.breaker import Breaker, Broken
from harness.writing.breaking.targets import Target
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator, Health, Judge
from harness.writing.manifest import NotMade, Purpose, TargetRecord

CHUNK: Final = 20
VALID_CHUNK: Final = 50
# few: one of them may take seconds
BOUNDARY_CHUNK: Final = 2
MORE_TRIES: Final = 3

JudgeMaker = Callable[[Schema, Mapping[str, bytes]], Judge]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What contents are made by and with.

    Attributes:
        schema: the format's file.
        import_paths: further folders where its imports are.
        companions: by name, the file of the schema and the bytes.
        seeds: valid contents to begin from where something is to be broken.
        known: valid contents that are to be varied instead of any grown.
        seed: of all random numbers.
        judge: makes what judges whole contents, from the schema and the bytes of companions; None
            for the reader. Other processes must find it by its name.
    """

    schema: Path
    import_paths: tuple[Path, ...] = ()
    companions: dict[str, tuple[Path, bytes]] = {}
    seeds: tuple[bytes, ...] = ()
    known: tuple[bytes, ...] = ()
    seed: int = 1
    judge: JudgeMaker | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A share of the work.

    Attributes:
        kind: what is made.
        start: number of the first content among those of its kind and target.
        count: how many.
        target: what is broken.
        boundaries: what is held.
    """

    kind: Literal["valid", "breaking", "boundary"]
    start: int = 0
    count: int = 0
    target: Target | None = None
    boundaries: tuple[Boundary, ...] = ()

    @property
    def size(self) -> int:
        """How many contents there are to be."""
        return self.count + len(self.boundaries)


class Batch(msgspec.Struct, kw_only=True):
    """What came of a job.

    Attributes:
        made: contents and what each is for.
        not_made: what could not be made.
        targets: what was learned of what was to be broken.
        health: how much was made in vain.
    """

    made: list[tuple[bytes, Purpose]] = []
    not_made: list[NotMade] = []
    targets: list[TargetRecord] = []
    health: Health = msgspec.field(default_factory=Health)


class Maker:
    """Does jobs, one after the other."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        schema = load(terms.schema, import_paths=terms.import_paths)
        given = {name: data for name, (_, data) in terms.companions.items()}
        judge = terms.judge(schema, given) if terms.judge is not None else None
        self._generator = Generator(schema, companions_of(terms), seeds=terms.known, judge=judge)
        self._breaker: Breaker | None = None

    def batch(self, job: Job) -> Batch:
        """Do a job."""
        self._generator.health = Health()
        batch = Batch(health=self._generator.health)
        match job.kind:
            case "valid":
                self._valid(job, batch)
            case "breaking":
                self._breaking(job, batch)
            case "boundary":
                self._boundaries(job, batch)
        return batch

    def _choices(self, *about: object) -> RandomChoices:
        # a text is hashed with SHA-512, the same in every process
        return RandomChoices(Random(":".join(map(str, (self._terms.seed, *about)))))

    def _valid(self, job: Job, batch: Batch) -> None:
        purpose = Purpose("valid", is_varied=self._generator.is_varying)
        for number in range(job.start, job.start + job.count):
            data = self._generator.valid(self._choices("valid", number))
            if data is not None:
                batch.made.append((data, purpose))
        missing = job.count - len(batch.made)
        if missing:
            batch.not_made.append(NotMade(purpose, missing, batch.health.why))

    def _breaking(self, job: Job, batch: Batch) -> None:
        target, seen = job.target, set[bytes]()
        assert target is not None
        for number in range(job.start, job.start + job.count):
            for more in range(MORE_TRIES):
                choices = self._choices("breaking", target.code, target.rule, number, more)
                found = self._with_seeds.broken(target, choices)
                if found is None or found.data not in seen or more == MORE_TRIES - 1:
                    break
            if found is not None:
                seen.add(found.data)
                batch.made.append((found.data, _breaking_purpose(target, found)))
        record = self._with_seeds.record(target)
        batch.targets.append(record)
        missing = job.count - len(batch.made)
        if missing:
            purpose = Purpose("breaking", target.code, target.rule)
            why = f"{record.tried:,} contents were tried"
            if not record.tried and self._with_seeds.bases.are_none:
                why += ", for there is no valid one to begin with"
            batch.not_made.append(NotMade(purpose, missing, why))

    def _boundaries(self, job: Job, batch: Batch) -> None:
        bounder = Bounder(self._with_seeds)
        for boundary in job.boundaries:
            field = f"{boundary.type}.{boundary.field}"
            codes = (boundary.code,) if boundary.code else ()
            purpose = Purpose(
                "boundary", boundary.code, codes=codes, field=field, value=boundary.value
            )
            choices = self._choices("boundary", field, boundary.value)
            found = bounder.content(boundary, choices)
            if found is not None:
                batch.made.append((found[0], msgspec.structs.replace(purpose, value=found[1])))
            else:
                batch.not_made.append(NotMade(purpose, 1, _why_not(boundary, bounder)))

    @property
    def _with_seeds(self) -> Breaker:
        if self._breaker is None:
            self._breaker = Breaker(self._generator, self._terms.seeds)
        return self._breaker


def jobs_for_valid(count: int) -> Iterator[Job]:
    """Yield the shares of making valid contents."""
    for start in range(0, count, VALID_CHUNK):
        yield Job(kind="valid", start=start, count=min(VALID_CHUNK, count - start))


def jobs_for_breaking(targets: tuple[Target, ...], count: int) -> Iterator[Job]:
    """Yield the shares of making contents that break each target `count` times."""
    for target in targets:
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            yield Job(kind="breaking", start=start, count=size, target=target)


def jobs_for_boundaries(schema: Schema, companions: Mapping[str, Any]) -> Iterator[Job]:
    """Yield the shares of making contents at every boundary of a schema."""
    found = boundaries_of(schema, Generator(schema, companions).facts)
    for start in range(0, len(found), BOUNDARY_CHUNK):
        yield Job(kind="boundary", boundaries=found[start : start + BOUNDARY_CHUNK])


def companions_of(terms: Terms) -> dict[str, Reading]:
    """Read the companions of some terms."""
    return {
        name: Reader(load(path, import_paths=terms.import_paths)).read(data, file=name)
        for name, (path, data) in terms.companions.items()
    }


def _breaking_purpose(target: Target, found: Broken) -> Purpose:
    raised = (target, *found.beside)
    codes = tuple(dict.fromkeys(one.code for one in raised))
    rules = tuple(one.rule for one in raised if one.rule)
    return Purpose("breaking", target.code, target.rule, codes, rules)


def _why_not(boundary: Boundary, bounder: Bounder) -> str:
    always, held = bounder.always(boundary), bounder.held(boundary)
    if always is not None:
        return f"it is always {always}"
    if boundary.is_too_large:
        return f"above the {MAX_OCTETS:,} items or bytes that are ever tried"
    said = "nothing tried raised it alone" if boundary.code else "nothing tried was valid with it"
    if len(held) == 1:
        return f"{said}; elsewhere it is {held[0]:,}"
    return f"{said}; elsewhere it is {held[0]:,} to {held[-1]:,}" if held else said
