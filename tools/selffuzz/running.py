"""One self-fuzz: a campaign on a subject in a folder of its own, and what is told of it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing import engine
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Snapshot
from harness.native import toolchain
from tools.selffuzz.subjects import Subject

_TELLS_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a subject is fuzzed.

    Attributes:
        seconds: how long.
        workers: processes.
        seed: of the random numbers.
        until: the code of a finding that is enough; empty for none.
    """

    seconds: float
    workers: int = 2
    seed: int = 1
    until: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What a self-fuzz came to; it is kept as JSON.

    Attributes:
        subject: what was fuzzed.
        compiler: what the C compiler says of itself.
        engine: version of atheris.
        settings: as they were asked for.
        seconds: that it took.
        executions: of all workers.
        edges: places of the subject that were reached.
        corpus: files.
        judged: contents that the reference reader read, to hold verdicts against it.
        starts: of worker processes.
        reports: findings, and contents that only a worker was seen to end or hang at.
        is_interrupted: by the user.
    """

    subject: str
    compiler: str
    engine: str
    settings: Settings
    seconds: float
    executions: int
    edges: int
    corpus: int
    judged: int
    starts: int
    reports: tuple[str, ...]
    is_interrupted: bool

    @property
    def holds(self) -> bool:
        """It ran for its time, and nothing was reported."""
        return self.executions > 0 and not self.reports and not self.is_interrupted

    def lines(self) -> Iterator[str]:
        """Yield it for a terminal."""
        rate = self.executions / self.seconds if self.seconds > 0 else 0.0
        done = f"{self.executions:,} executions in {self.seconds:.1f} s ({rate:,.0f}/s)"
        yield f"{self.subject}: {done}, {self.settings.workers} workers, {self.starts} starts"
        yield f"  {self.edges} edges, {self.corpus} files in the corpus, {self.judged} judged"
        yield from (f"  report: {one}" for one in self.reports)
        if self.is_interrupted:
            yield "  interrupted"
        yield f"  {'no report' if self.holds else 'does not hold'}"


class _Progress:
    """A line now and then on standard error."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._next = _TELLS_SECONDS

    def show(self, snapshot: Snapshot) -> None:
        """Tell how it stands, if it is time."""
        if snapshot.elapsed < self._next:
            return
        self._next += _TELLS_SECONDS
        done = f"{snapshot.executions:,} executions ({snapshot.rate:,.0f}/s)"
        found = f"{snapshot.edges} edges, {len(snapshot.findings)} reports"
        print(f"{self._name}: {snapshot.elapsed:.0f} s, {done}, {found}", file=sys.stderr)


def run(
    subject: Subject, settings: Settings, folder: Path, environment: Mapping[str, str]
) -> Record:
    """Fuzz a subject, anew: what is in the folder from an earlier run goes.

    Args:
        subject: what is fuzzed.
        settings: how.
        folder: for sources, campaign and `record.json`; it is made empty.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.

    Raises:
        ConsumerError: it does not build or start.
        EngineMissingError: the engine is not installed.
        DeadPartError: a canary was not found.
    """
    shutil.rmtree(folder, ignore_errors=True)
    manifest = load(subject.write(folder))
    request = Request(
        manifest=manifest,
        folder=folder / "campaign",
        seconds=settings.seconds,
        workers=settings.workers,
        seed=settings.seed,
        seeds=(folder / "seeds",),
        until=settings.until,
        workers_judge=False,  # what is fuzzed must not judge itself
    )
    result = fuzz(request, environment, SystemClock(), _Progress(subject.name).show)
    record = _record(subject, settings, result, environment)
    text = json.dumps(asdict(record), indent=1)
    (folder / "record.json").write_text(f"{text}\n", encoding="utf-8")
    return record


def _record(
    subject: Subject, settings: Settings, result: Result, environment: Mapping[str, str]
) -> Record:
    last = result.outcome.snapshot
    reports = [kept.key for kept in result.findings]
    if last.unconfirmed or last.waiting:
        reports.append(f"{last.unconfirmed + last.waiting} ends or hangs of a worker")
    return Record(
        subject=subject.name,
        compiler=toolchain.find(environment).identity,
        engine=engine.find().version,
        settings=settings,
        seconds=last.elapsed,
        executions=last.executions,
        edges=last.edges,
        corpus=last.corpus,
        judged=last.judged,
        starts=last.starts,
        reports=tuple(reports),
        is_interrupted=result.outcome.is_interrupted,
    )
