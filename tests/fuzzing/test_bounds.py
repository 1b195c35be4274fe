"""A campaign ends when its time is up or the user says so, whatever the consumer does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.fuzzing import faults
from harness.fuzzing.page import Page
from harness.fuzzing.store import Shown, Store, read_findings

_ROOT = Path(__file__).parent.parent.parent
_ENOUGH_SECONDS = 60  # a third of what the hangs below take one after the other
_KINDS = 8

# Each kind hangs in a function of its own, or reads past a block in one.
_CONSUMER = (
    '#include "harness_consumer.h"\n#include <stdlib.h>\n'
    "#define PLANTED __attribute__((noinline)) static int\n"
    "static volatile int go_on = 1;\n"
    + "".join(
        f"PLANTED hang_{n}(void) {{ unsigned i = {n}; while (go_on) i++; return i == 1; }}\n"
        f"PLANTED read_{n}(const char *block) {{ return block[{8 + n}]; }}\n"
        for n in range(_KINDS)
    )
    + "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
    "  (void)o; if (size == 0) return 1; char *block = calloc(1, 8); int seen = 0;\n"
    "  switch (data[0]) {\n"
    + "".join(
        f"    case {n}: seen = hang_{n}(); break; case {100 + n}: seen = read_{n}(block); break;\n"
        for n in range(_KINDS)
    )
    + "    default: break; }\n  free(block); return seen == 300; }\n"
)


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    """A consumer with as many hangs as over-reads, each behind one byte that a seed has."""
    (tmp_path / "consumer.c").write_text(_CONSUMER)
    (tmp_path / "any.ksy").write_text(
        "meta: {id: any, endian: le}\nseq:\n  - {id: all, size-eos: true}\n"
    )
    (tmp_path / "consumer.toml").write_text(
        'name = "hangs"\nversion = "1"\nschema = "any.ksy"\n[run]\ntimeout_seconds = 20\n'
        'library = {sources = ["consumer.c"]}\n'
    )
    (tmp_path / "seeds").mkdir()
    for n in range(_KINDS):
        (tmp_path / "seeds" / f"hang-{n}").write_bytes(bytes([n]))
        (tmp_path / "seeds" / f"read-{n}").write_bytes(bytes([100 + n]))
    return tmp_path


def _start(
    consumer: Path, environment: Mapping[str, str], seconds: str, *more: str
) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", "from harness.cli.main import main; main()", "fuzz"]
    words += ["--consumer", str(consumer / "consumer.toml")]
    words += ["--corpus", str(consumer / "seeds"), "--campaign", str(consumer / "c")]
    variables = {**os.environ, **environment, "PYTHONPATH": str(_ROOT)}
    return subprocess.Popen(
        [*words, "--time", seconds, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
    )


def _findings(consumer: Path) -> dict[str, Shown]:
    return {kept.key: kept.shown for kept in read_findings(consumer / "c")}


def _wait_for(condition: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _ENOUGH_SECONDS
    while not any(condition.parent.glob(condition.name)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it was never seen"
        time.sleep(0.02)


def test_the_time_bounds_settling_and_nothing_is_lost(
    consumer: Path, environment: Mapping[str, str]
) -> None:
    """Hangs take 20 s each in isolation: those that were not tried wait, over-reads are told."""
    process = _start(consumer, environment, "4s")
    out, error = process.communicate(timeout=_ENOUGH_SECONDS)
    assert process.returncode == 10, error
    assert any("D702-memory-fault-read_" in key for key in _findings(consumer))
    assert b"not confirmed yet" in out
    worker = consumer / "c" / "workers" / "0"
    waiting = [faults.parse(path.read_bytes()) for path in faults.waiting(worker / "faults")]
    assert any(fault is not None and fault.kind == "hang" for fault in waiting)
    page = Page(worker / "page")
    seen = set(page.known())
    page.close()
    store = Store(consumer / "c")
    accounted = {fault.key for fault in waiting if fault} | set(store.linked_faults())
    store.close()
    cut_off = len(list(worker.glob("faults/*.part")))  # it was killed over this one
    assert len(seen - accounted) <= cut_off


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_heeded_while_a_run_in_isolation_hangs(
    consumer: Path, environment: Mapping[str, str], number: signal.Signals
) -> None:
    """130 at once, and what was told is kept."""
    process = _start(consumer, environment, "10m")
    _wait_for(consumer / "c" / "findings" / "D702*", process)
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 130
    assert _findings(consumer)
    assert b"D702" in out


def test_the_next_start_confirms_what_was_left(
    consumer: Path, environment: Mapping[str, str]
) -> None:
    """Findings that were told and not tried are tried first when the campaign goes on."""
    process = _start(consumer, environment, "10m")
    _wait_for(consumer / "c" / "findings" / "D702*", process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    for path in (consumer / "c" / "findings").glob("D702*/finding.json"):
        path.write_text(path.read_text().replace('"shown": "yes"', '"shown": "untried"'))
    before = _findings(consumer)
    assert set(before.values()) == {Shown.UNTRIED}
    _start(consumer, environment, "10m", "--until", "D702").communicate(timeout=_ENOUGH_SECONDS)
    after = _findings(consumer)
    assert Shown.YES in {after[key] for key in before}
