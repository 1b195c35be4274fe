"""Campaigns as a whole: what is found is kept, whatever happens to the process."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing.canaries import Canary
from harness.fuzzing.corpus import digest
from harness.fuzzing.proving import DeadPartError
from harness.fuzzing.replay import inputs
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Snapshot
from harness.fuzzing.store import CampaignInUseError, Shown, Store, read_findings


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A consumer with eight bugs, each behind one byte, and one that it accepts invalid content."""
    folder = tmp_path_factory.mktemp("eight")
    bugs = "\n".join(
        f"__attribute__((noinline)) static int bug_{n}(const char *b) {{ return b[{8 + n}]; }}"
        for n in range(8)
    )
    cases = " ".join(f"case {n}: seen = bug_{n}(block); break;" for n in range(8))
    (folder / "consumer.c").write_text(
        f'#include "harness_consumer.h"\n#include <stdlib.h>\n{bugs}\n'
        "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
        "  (void)o; if (size == 0) return 1; char *block = calloc(1, 8); int seen = 0;\n"
        f"  switch (data[0]) {{ {cases} default: break; }}\n"
        "  free(block); return seen == 300; }\n"
    )
    (folder / "even.ksy").write_text(
        "meta: {id: even, endian: le}\nseq:\n"
        "  - {id: first, type: u1, valid: {max: 99}}\n  - {id: rest, size-eos: true}\n"
    )
    (folder / "consumer.toml").write_text(
        'name = "eight"\nversion = "1"\nschema = "even.ksy"\n'
        '[run]\nlibrary = {sources = ["consumer.c"]}\n'
    )
    (folder / "seeds").mkdir()
    (folder / "seeds" / "a").write_bytes(b"az")
    return folder


def _request(consumer: Path, folder: Path, seconds: float = 60.0) -> Request:
    return Request(
        manifest=load(consumer / "consumer.toml"),
        folder=folder,
        seconds=seconds,
        seeds=(consumer / "seeds",),
    )


def _run(request: Request, environment: Mapping[str, str], count: int) -> Result:
    """Run a campaign until it has so many findings, then as if the user pressed Ctrl-C."""

    def show(snapshot: Snapshot) -> None:
        if len(snapshot.findings) >= count and not snapshot.untried:
            raise KeyboardInterrupt

    return fuzz(request, environment, SystemClock(), show)


def test_findings_are_kept_with_all_that_shows_them(
    consumer: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """Ctrl-C keeps everything; each bug is one finding, with input, observation and command."""
    result = _run(_request(consumer, tmp_path / "c"), environment, 9)
    assert result.outcome.is_interrupted
    keys = [kept.key for kept in result.findings]
    assert sum(key.startswith("D702-memory-fault-bug_") for key in keys) == 8
    assert any(key.startswith("D706-accepts-invalid") for key in keys)
    for kept in result.findings:
        folder = tmp_path / "c" / "findings" / kept.key
        names = {"input", "observation.json", "finding.json", "replay.txt"}
        assert {path.name for path in folder.iterdir()} == names
        assert json.loads((folder / "observation.json").read_bytes())["consumer"] == "eight 1"
        assert (folder / "replay.txt").read_text().startswith("harness replay --consumer ")
        assert kept.shown is Shown.YES
    assert {one.kept.finding.code for one in inputs(tmp_path / "c") if one.kept} == {"D702", "D706"}


def test_corpus_files_are_named_after_what_they_hold(
    consumer: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """SHA-256 names, and no halves of files."""
    _run(_request(consumer, tmp_path / "c"), environment, 3)
    files = list((tmp_path / "c" / "corpus").iterdir())
    assert len(files) > 1
    assert all(path.name == digest(path.read_bytes()) for path in files)


def test_a_campaign_goes_on_where_it_stopped(
    consumer: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """A second start knows the findings of the first, and counts them further."""
    first = _run(_request(consumer, tmp_path / "c"), environment, 2)
    second = _run(_request(consumer, tmp_path / "c"), environment, 4)
    assert {kept.key for kept in first.findings} <= {kept.key for kept in second.findings}
    before, after = first.outcome.snapshot.findings, second.outcome.snapshot.findings
    assert all(after[key] >= times for key, times in before.items())


def test_a_campaign_with_a_dead_part_ends_and_names_it(
    consumer: Path, environment: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A canary that is not found stops all: nothing else would tell that nothing can be found."""
    dead = Canary(function="nowhere", part="a part that is dead", seed=b"?", remedy="revive it")
    monkeypatch.setattr("harness.fuzzing.canaries.NATIVE", (dead,))
    monkeypatch.setattr("harness.fuzzing.proving._CANARY_SECONDS", 0.5)
    with pytest.raises(DeadPartError, match=r"a part that is dead.*revive it"):
        fuzz(_request(consumer, tmp_path / "c"), environment, SystemClock(), lambda _: None)


def test_two_processes_do_not_share_a_campaign(tmp_path: Path) -> None:
    """The folder is locked for as long as a campaign runs."""
    store = Store(tmp_path)
    with pytest.raises(CampaignInUseError):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


_SUPERVISOR = """
import os, sys
from pathlib import Path
from harness.cli.clock import SystemClock
from tests.fuzzing.test_campaign import _request
from harness.fuzzing.session import fuzz
consumer, folder = map(Path, sys.argv[1:])
told = set()
def show(snapshot):
    for key in ("started", *snapshot.findings):
        if key not in told:
            told.add(key)
            os.write(1, (key + chr(10)).encode())
fuzz(_request(consumer, folder), os.environ, SystemClock(), show)
"""


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.deep)])
def test_a_kill_at_any_moment_loses_no_finding(
    consumer: Path, environment: Mapping[str, str], tmp_path: Path, kills: int
) -> None:
    """SIGKILL again and again: what was told is in the folder, whole, and the campaign goes on."""
    random_source = random.Random(20240719)
    folder, told = tmp_path / "c", set[str]()
    root = Path(__file__).parent.parent.parent
    words = [sys.executable, "-c", _SUPERVISOR, str(consumer), str(folder)]
    variables = {**os.environ, **environment, "PYTHONPATH": str(root)}
    for _ in range(kills):
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=variables, cwd=root
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        time.sleep(random_source.uniform(0.0, 1.5))
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        told |= set(out.decode().splitlines())
        found = {kept.key for kept in read_findings(folder)}
        assert told <= found
        assert all((folder / "findings" / key / "input").is_file() for key in found)
    result = _run(_request(consumer, folder), environment, len(told))
    assert told <= {kept.key for kept in result.findings}
    assert told
