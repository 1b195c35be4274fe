"""Executions a second of both fuzzing lanes, each round with its peer in the same run.

Usage: python -m benchmarks.fuzzing [SECONDS] [ROUNDS]

The native figures are of one worker on the smallest consumer, under AddressSanitizer and UBSan,
with coverage, traced comparisons, exact-size copies and the mutator; what else is on stands in the
row. The Python rows hold the lane against atheris by itself on the same function, with the same
exceptions taken for rejections; their searches differ, and with them what is executed.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.consumers.manifest import load
from harness.consumers.model import Manifest
from harness.fuzzing import lanes
from harness.fuzzing.corpus import Corpus
from harness.fuzzing.crew import Crew
from harness.fuzzing.hints import Hints
from harness.fuzzing.python_lane import PYTHON_CARE
from harness.fuzzing.session import Request, fuzz
from harness.fuzzing.settings import Settings

_SMALLEST = """
#include "harness_consumer.h"
int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer) {
    (void)observer;
    if (size < 4 || data[0] != 'C' || data[1] != 'H') return 1;
    return data[2] == 'N' && data[3] == 'L' ? 0 : 2;
}
"""
_SCHEMA = (
    "meta: {id: smallest}\nseq:\n  - {id: magic, contents: CHNL}\n  - {id: rest, size-eos: true}\n"
)
_FUNCTIONS = {
    "five comparisons": (
        "def read(data):\n"
        "    if data[:1] != b'C':\n        raise ValueError\n"
        "    if data[1:2] == b'H' and data[2:3] == b'N':\n        return data[3:4] == b'L'\n"
    ),
    "json.loads": "import json\ndef read(data):\n    json.loads(data)\n",
    "plistlib.loads": (
        "import plistlib\nfrom plistlib import InvalidFileException\n"
        "def read(data):\n"
        "    try:\n        plistlib.loads(data, fmt=plistlib.FMT_BINARY)\n"
        "    except InvalidFileException as error:\n        raise ValueError from error\n"
    ),
}
_PLAIN = """
import sys
import atheris
with atheris.instrument_imports():
    import target
def one(data):
    try:
        target.read(data)
    except {rejects}:
        pass
atheris.Setup(sys.argv, one)
atheris.Fuzz()
"""
_RUNS = re.compile(r"Done (\d+) runs in (\d+) second")


class _Clock:
    def now(self) -> float:
        return time.monotonic()

    def date(self) -> float:
        return time.time()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def lane_rate(manifest: Manifest, folder: Path, seconds: float, care: int) -> float:
    """Return the rate of one worker, without the oracle."""
    corpus = Corpus(folder / "corpus")
    corpus.add(b"CH")
    with lanes.opened(manifest, Hints(), os.environ, care=care) as lane:
        crew = Crew(Settings(seconds=seconds), lane, folder, corpus)
        try:
            crew.start()
            while not crew.total("executions"):
                time.sleep(0.01)
            before, start = crew.total("executions"), time.monotonic()
            time.sleep(seconds)
            return (crew.total("executions") - before) / (time.monotonic() - start)
        finally:
            crew.close()


def campaign_rate(manifest: Manifest, folder: Path, seconds: float) -> float:
    """Return the rate of a whole campaign with one worker: oracle, corpus, database."""
    seed = folder / "seed"
    folder.mkdir()
    seed.write_bytes(b"CHNL")
    request = Request(manifest=manifest, folder=folder / "c", seconds=seconds, seeds=(seed,))
    return fuzz(request, os.environ, _Clock(), lambda _: None).outcome.snapshot.rate


def plain_rate(folder: Path, seconds: float) -> float:
    """Return the rate of atheris by itself on the same function."""
    (folder / "plain.py").write_text(_PLAIN.format(rejects="(ValueError, RecursionError)"))
    words = [
        sys.executable,
        "plain.py",
        f"-max_total_time={round(seconds)}",
        "-print_final_stats=1",
    ]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    found = _RUNS.search(done.stderr)
    if found is None:
        raise RuntimeError(done.stderr[-2000:])
    return int(found[1]) / int(found[2])


def _native(folder: Path) -> Manifest:
    (folder / "smallest.c").write_text(_SMALLEST)
    (folder / "smallest.ksy").write_text(_SCHEMA)
    (folder / "native.toml").write_text(
        'name = "smallest"\nversion = "1"\nschema = "smallest.ksy"\n'
        '[run]\nlibrary = {sources = ["smallest.c"]}\n'
    )
    return load(folder / "native.toml")


def _python(folder: Path, source: str) -> Manifest:
    folder.mkdir()
    (folder / "target.py").write_text(source)
    (folder / "python.toml").write_text(
        'name = "target"\nversion = "1"\nschema = "tzif"\n'
        '[run]\npython = "target:read"\nrejects = ["ValueError", "RecursionError"]\n'
    )
    return load(folder / "python.toml")


def _rows(folder: Path, seconds: float) -> Mapping[str, Callable[[Path], float]]:
    native = _native(folder)
    rows: dict[str, Callable[[Path], float]] = {
        "native, oracle off, reloads off": lambda at: lane_rate(native, at, seconds, 0),
        "native, oracle off, a reload in 16": lambda at: lane_rate(native, at, seconds, 16),
        "native, oracle on, a reload in 16": lambda at: campaign_rate(native, at, seconds),
    }
    for name, source in _FUNCTIONS.items():
        inner = folder / name.replace(" ", "-")
        manifest = _python(inner, source)
        rows[f"python, {name}"] = _lane_row(manifest, seconds)
        rows[f"atheris alone, {name}"] = _plain_row(inner, seconds)
    return rows


def _lane_row(manifest: Manifest, seconds: float) -> Callable[[Path], float]:
    return lambda at: lane_rate(manifest, at, seconds, PYTHON_CARE)


def _plain_row(inner: Path, seconds: float) -> Callable[[Path], float]:
    return lambda _: plain_rate(inner, seconds)


def main() -> None:
    """Measure every row in turn, round by round, and print medians with their spread."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as name:
        folder = Path(name)
        rows = _rows(folder, seconds)
        rates: dict[str, list[float]] = {row: [] for row in rows}
        for number in range(rounds):
            for place, (row, measure) in enumerate(rows.items()):
                rates[row].append(measure(folder / f"{number}-{place}"))
    print(f"median of {rounds} rounds of {seconds:g} s (lowest to highest), executions/s")
    for row, found in rates.items():
        spread = f"({min(found):,.0f} to {max(found):,.0f})"
        print(f"{row:38} {statistics.median(found):>12,.0f}  {spread}")
    for name in _FUNCTIONS:
        own, peer = rates[f"python, {name}"], rates[f"atheris alone, {name}"]
        ratios = [one / other for one, other in zip(own, peer, strict=True)]
        print(f"python lane / atheris alone, {name}: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
