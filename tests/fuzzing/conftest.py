"""What the tests of fuzzing share: one cache of built programs, consumers made of text, workers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from harness.consumers.manifest import load
from harness.consumers.model import Manifest
from harness.fuzzing import lanes
from harness.fuzzing.account import Interpreter
from harness.fuzzing.corpus import Corpus
from harness.fuzzing.crew import Crew
from harness.fuzzing.faults import Fault
from harness.fuzzing.hints import Hints
from harness.fuzzing.page import Counters
from harness.fuzzing.settings import Settings
from harness.fuzzing.validators import WorkerOracle

_NO_ORACLE = WorkerOracle()
MOST_SECONDS = 60.0  # only a broken engine needs them: each run ends once it has what it wants


class Seen(msgspec.Struct, frozen=True):
    """What workers told: faults by kind and function, counters, edges, starts."""

    faults: Mapping[tuple[str, str], Fault]
    counters: Counters
    known: Mapping[int, int]
    edges: int
    starts: int

    @property
    def names(self) -> set[tuple[str, str]]:
        """Kinds and functions of the faults."""
        return set(self.faults)


Wanted = Callable[[Seen], bool]
Fuzz = Callable[..., Seen]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """An environment with a cache folder of its own."""
    cache = tmp_path_factory.mktemp("cache")
    return {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(cache)}


@pytest.fixture
def make_manifest(tmp_path: Path) -> Callable[..., Manifest]:
    """Make the manifest of a consumer from the text of its C source."""

    def make(source: str, run: str = "", rest: str = "") -> Manifest:
        (tmp_path / "consumer.c").write_text(f'#include "harness_consumer.h"\n{source}\n')
        (tmp_path / "bytes.ksy").write_text(
            "meta: {id: bytes, endian: le}\nseq:\n  - {id: all, size-eos: true}\n"
        )
        (tmp_path / "consumer.toml").write_text(
            f'name = "test"\nversion = "1"\nschema = "bytes.ksy"\n{rest}\n'
            f'[run]\nlibrary = {{sources = ["consumer.c"]}}\n{run}\n'
        )
        return load(tmp_path / "consumer.toml")

    return make


@pytest.fixture
def fuzz(
    tmp_path: Path, environment: Mapping[str, str], make_manifest: Callable[..., Manifest]
) -> Fuzz:
    """Fuzz the text of a C source until what is wanted was seen."""

    def run(
        source: str,
        until: Wanted,
        *,
        seeds: Sequence[bytes] = (b"seed",),
        run: str = "",
        rest: str = "",
        care: int = 0,
        words: str = "",
    ) -> Seen:
        manifest = make_manifest(source, run, rest)
        return fuzz_manifest(
            manifest, environment, tmp_path / "campaign", until,
            seeds=seeds, care=care, words=words,
        )  # fmt: skip

    return run


def fuzz_manifest(  # noqa: PLR0913  # as many things lead a search
    manifest: Manifest,
    environment: Mapping[str, str],
    folder: Path,
    until: Wanted,
    *,
    seeds: Sequence[bytes] = (b"seed",),
    care: int = 0,
    words: str = "",
    oracle: WorkerOracle = _NO_ORACLE,
) -> Seen:
    """Fuzz a consumer with one worker until what is wanted was seen."""
    corpus = Corpus(folder / "corpus")
    for seed in seeds:
        corpus.add(seed)
    found: dict[tuple[str, str], Fault] = {}
    with lanes.opened(manifest, Hints(), environment, care=care, oracle=oracle) as lane:
        interpreter = Interpreter(manifest, lane.program, environment["PATH"])
        crew = Crew(Settings(seconds=MOST_SECONDS, words=words), lane, folder, corpus)
        end = time.monotonic() + MOST_SECONDS
        try:
            crew.start()
            while True:
                time.sleep(0.02)
                crew.restart()
                for path, fault in crew.faults():
                    report = interpreter.observation(fault).report
                    frame = report.frame if report is not None else None
                    found.setdefault((fault.kind, frame.function if frame else fault.what), fault)
                    path.unlink()
                page = crew.workers[0].page
                seen = Seen(found, page.counters(), page.known(), crew.edges, crew.starts)
                if until(seen):
                    return seen
                assert time.monotonic() < end, f"not seen: {seen}; {crew.workers[0].said}"
        finally:
            crew.close()
