"""Several workers on one campaign: one corpus, one finding for each fault, figures that add up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing.corpus import digest
from harness.fuzzing.page import Counters, Page
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Snapshot
from harness.fuzzing.store import DATABASE
from tests.fuzzing.conftest import MOST_SECONDS

_WORKERS = 2
_STEPS = 12  # more than one worker climbs in the time that the other needs to look at the corpus
_CONSUMER = (
    '#include "harness_consumer.h"\n#include <stdlib.h>\n'
    "static volatile int step;\n"
    "__attribute__((noinline)) static int beyond(const char *block) { return block[8]; }\n"
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
    "  (void)o; char *block = calloc(1, 8); int seen = 0;\n"
    "  if (size > 0 && data[0] == '!') seen = beyond(block);\n  free(block);\n"
    + "".join(
        f"  if (size < {n + 1} || data[{n}] != {ord('a') + n}) return 1;\n  step = {n};\n"
        for n in range(_STEPS)
    )
    + "  return seen == 300; }\n"
)


@pytest.fixture(scope="module")
def campaign(
    tmp_path_factory: pytest.TempPathFactory, environment: Mapping[str, str]
) -> tuple[Path, Result]:
    """A campaign of two workers, stopped once both have told the fault and climbed a way."""
    folder = tmp_path_factory.mktemp("workers")
    (folder / "consumer.c").write_text(_CONSUMER)
    (folder / "any.ksy").write_text(
        "meta: {id: any, endian: le}\nseq:\n  - {id: all, size-eos: true}\n"
    )
    (folder / "consumer.toml").write_text(
        'name = "steps"\nversion = "1"\nschema = "any.ksy"\n'
        '[run]\nlibrary = {sources = ["consumer.c"]}\n'
    )
    (folder / "seed").write_bytes(b"!")
    known = [folder / "c" / "workers" / str(number) / "page" for number in range(_WORKERS)]

    def show(snapshot: Snapshot) -> None:
        if snapshot.corpus > _STEPS and all(_page(path)[1] for path in known):
            raise KeyboardInterrupt

    request = Request(
        manifest=load(folder / "consumer.toml"), folder=folder / "c", seconds=MOST_SECONDS,
        workers=_WORKERS, seeds=(folder / "seed",),
    )  # fmt: skip
    return folder / "c", fuzz(request, environment, SystemClock(), show)


def _page(path: Path) -> tuple[Counters, Mapping[int, int]]:
    """Counters and known faults of a worker's page, without touching it."""
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    page = Page(copy)
    found = page.counters(), page.known()
    page.close()
    return found


def test_the_corpus_is_shared(campaign: tuple[Path, Result]) -> None:
    """What one worker finds lies in the corpus, and before the other one."""
    folder, _ = campaign
    corpus = {path.name for path in (folder / "corpus").iterdir()}
    given = 0
    for number in range(_WORKERS):
        for path in (folder / "workers" / str(number) / "corpus").iterdir():
            assert digest(path.read_bytes()) in corpus or len(path.name) == 40
            given += len(path.name) == 64  # named as in the corpus: another worker found it
    assert given > 0


def test_a_fault_of_both_is_one_finding(campaign: tuple[Path, Result]) -> None:
    """Told twice, kept once, counted together."""
    folder, result = campaign
    keys = [kept.key for kept in result.findings if kept.finding.code == "D702"]
    assert len(keys) == 1
    known = [_page(folder / "workers" / str(number) / "page")[1] for number in range(_WORKERS)]
    assert known[0].keys() & known[1].keys()
    assert min(sum(one.values()) for one in known) > 0
    assert 0 < result.outcome.snapshot.findings[keys[0]] <= sum(sum(one.values()) for one in known)


def test_figures_are_those_of_all_workers(campaign: tuple[Path, Result]) -> None:
    """Executions, verdicts and starts are sums; the database has a row of them."""
    folder, result = campaign
    pages = [_page(folder / "workers" / str(number) / "page")[0] for number in range(_WORKERS)]
    snapshot = result.outcome.snapshot
    assert snapshot.executions == sum(page.executions for page in pages)
    assert snapshot.rejected == sum(page.rejected for page in pages)
    assert all(page.executions for page in pages)
    assert snapshot.starts == _WORKERS
    database = sqlite3.connect(folder / DATABASE)
    (row,) = database.execute("SELECT executions FROM statistics ORDER BY rowid DESC LIMIT 1")
    database.close()
    assert row == (snapshot.executions,)
