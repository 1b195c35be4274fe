"""Executions a second of both fuzzing lanes, each beside its peer in the same run.

Usage: python -m benchmarks.fuzzing [SECONDS] [ROUNDS]

The native rows are of one worker under AddressSanitizer and UBSan, with coverage, traced
comparisons, exact-size copies, the mutator and a reload in 16 executions: on the smallest consumer,
and on the fixed sensor of 2024 with channel files; `judged` with the compiled schema in the
worker, which judges each execution. With the oracle on it is a whole campaign, whose search
differs: what the schema suggests leads it. The Python rows hold the lane against atheris by
itself on the same function, with the same exceptions taken for rejections; their searches differ
too. Ends with 1 when a bar is missed; takes about a minute unless told otherwise.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.tables import Bar, Measured, Table, text
from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.consumers.model import Manifest
from harness.fuzzing import hints, lanes
from harness.fuzzing.corpus import Corpus
from harness.fuzzing.crew import Crew
from harness.fuzzing.session import Request, fuzz
from harness.fuzzing.settings import Settings, Snapshot
from harness.fuzzing.validators import WorkerOracle, worker_oracle
from harness.schema import load as load_schema
from harness.schema.library import find

_ROOT: Final = Path(__file__).resolve().parent.parent
_SENSOR: Final = _ROOT / "incidents/2024-07-crowdstrike-291/consumers/sensor-7.11-fixed.toml"
_CHANNEL_FILES: Final = _ROOT / "corpora/channel_file/valid"
_NO_ORACLE: Final = WorkerOracle()
_LEAST: Final = "smallest consumer"
_CHANNEL: Final = "channel file"
_SETTLES_SECONDS: Final = 1.0  # seeds are read and canaries found
_PATIENCE_SECONDS: Final = 30.0  # for what is to begin, or to end
_LEAST_RATE: Final = 500_000
_LEAST_SHARE: Final = 0.6  # of the rate, with the oracle on
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


class _Window:
    """Executions between two moments: the first ones settled, and so many seconds later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: float | None = None
        self._from: tuple[float, int] | None = None
        self.rate: float | None = None

    def see(self, executions: int) -> bool:
        """Take a look; true once the rate is known."""
        now = time.monotonic()
        if self._began is None:
            self._began = now if executions else None
        elif self._from is None:
            if now - self._began >= _SETTLES_SECONDS:
                self._from = now, executions
        elif now - self._from[0] >= self._seconds:
            self.rate = (executions - self._from[1]) / (now - self._from[0])
        return self.rate is not None


def judged_rate(manifest: Manifest, seeds: Sequence[Path], folder: Path, seconds: float) -> float:
    """Return the rate of one worker that judges, without a supervisor."""
    schema = load_schema(find(manifest.schema_hint()))
    oracle = worker_oracle(schema, manifest, os.environ)
    if oracle.library is None:
        raise RuntimeError("; ".join(oracle.warnings))
    return lane_rate(manifest, seeds, folder, seconds, oracle)


def lane_rate(
    manifest: Manifest,
    seeds: Sequence[Path],
    folder: Path,
    seconds: float,
    oracle: WorkerOracle = _NO_ORACLE,
) -> float:
    """Return the rate of one worker, without a supervisor."""
    corpus = Corpus(folder / "corpus")
    for seed in seeds:
        corpus.add(seed.read_bytes())
    schema = load_schema(find(manifest.schema_hint()))
    words = hints.dictionary(hints.words(schema))
    window, end = _Window(seconds), time.monotonic() + seconds + _PATIENCE_SECONDS
    with lanes.opened(manifest, hints.hints_of(schema), os.environ, oracle=oracle) as lane:
        crew = Crew(Settings(seconds=seconds, words=words), lane, folder, corpus)
        try:
            crew.start()
            while not window.see(crew.total("executions")) and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            crew.close()
    return _known(window.rate, manifest.label)


def campaign_rate(manifest: Manifest, seeds: Sequence[Path], folder: Path, seconds: float) -> float:
    """Return the rate of a whole campaign with one worker: oracle, corpus, database."""
    window = _Window(seconds)

    def show(snapshot: Snapshot) -> None:
        if window.see(snapshot.executions):
            raise KeyboardInterrupt  # as a user who has seen enough

    most = seconds + _PATIENCE_SECONDS
    request = Request(manifest=manifest, folder=folder, seconds=most, seeds=tuple(seeds))
    fuzz(request, os.environ, SystemClock(), show)
    return _known(window.rate, manifest.label)


def _known(rate: float | None, name: str) -> float:
    if rate is None:
        raise RuntimeError(f"{name}: too little was executed to measure")
    return rate


def plain_rate(folder: Path, seconds: float) -> float:
    """Return the rate of atheris by itself on the same function."""
    (folder / "plain.py").write_text(_PLAIN.format(rejects="(ValueError, RecursionError)"))
    words = [
        *(sys.executable, "plain.py"),
        *(f"-max_total_time={max(1, round(seconds))}", "-print_final_stats=1"),
    ]
    done = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + _PATIENCE_SECONDS,
    )
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
    (folder / "bytes.ksy").write_text("meta: {id: bytes}\nseq:\n  - {id: all, size-eos: true}\n")
    (folder / "python.toml").write_text(
        'name = "target"\nversion = "1"\nschema = "bytes.ksy"\n'
        '[run]\npython = "target:read"\nrejects = ["ValueError", "RecursionError"]\n'
    )
    return load(folder / "python.toml")


def _rows(folder: Path, seconds: float) -> Iterator[tuple[str, Callable[[Path], float]]]:
    (folder / "seed").write_bytes(b"CHNL")
    natives = {
        _LEAST: (_native(folder), [folder / "seed"]),
        _CHANNEL: (load(_SENSOR), sorted(_CHANNEL_FILES.iterdir())),
    }
    for name, (manifest, seeds) in natives.items():
        yield f"{name}, oracle off", _worker_row(lane_rate, manifest, seeds, seconds)
        yield f"{name}, judged", _worker_row(judged_rate, manifest, seeds, seconds)
        yield f"{name}, oracle on", _worker_row(campaign_rate, manifest, seeds, seconds)
    for name, source in _FUNCTIONS.items():
        inner = folder / name.replace(" ", "-")
        manifest = _python(inner, source)
        seed = [folder / "seed"]
        yield f"{name}, Python lane", _worker_row(lane_rate, manifest, seed, seconds)
        yield f"{name}, atheris alone", _plain_row(inner, seconds)


def _worker_row(
    measure: Callable[[Manifest, Sequence[Path], Path, float], float],
    manifest: Manifest,
    seeds: Sequence[Path],
    seconds: float,
) -> Callable[[Path], float]:
    return lambda at: measure(manifest, seeds, at, seconds)


def _plain_row(inner: Path, seconds: float) -> Callable[[Path], float]:
    return lambda _: plain_rate(inner, seconds)


def measure(seconds: float, rounds: int) -> Measured:
    """Measure every row in turn, round by round, so that the machine's moods meet all alike."""
    rates: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as name:
        folder = Path(name)
        rows = dict(_rows(folder, seconds))
        for number in range(rounds):
            for place, (row, one) in enumerate(rows.items()):
                rates.setdefault(row, []).append(one(folder / f"{number}-{place}"))
                print(f"round {number + 1}: {row}: {rates[row][-1]:,.0f}/s", file=sys.stderr)
    ratios = dict(_ratios(rates))
    return Measured(tables=(_rate_table(rates), _ratio_table(ratios)), bars=_bars(rates, ratios))


def _ratios(rates: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, float]]:
    """What each pair of rows comes to, as the median of the ratios within rounds."""
    natives = [(name, row) for name in (_LEAST, _CHANNEL) for row in ("judged", "oracle on")]
    pairs = [(name, row, "oracle off") for name, row in natives]
    pairs += [(name, "Python lane", "atheris alone") for name in _FUNCTIONS]
    for name, one, other in pairs:
        both = zip(rates[f"{name}, {one}"], rates[f"{name}, {other}"], strict=True)
        yield f"{name}: {one} / {other}", statistics.median(a / b for a, b in both)


def _rate_table(rates: Mapping[str, Sequence[float]]) -> Table:
    return Table(
        title="Executions a second",
        head=("row", "median", "lowest", "highest"),
        rows=tuple(
            (row, *(f"{one:,.0f}" for one in (statistics.median(found), min(found), max(found))))
            for row, found in rates.items()
        ),
    )


def _ratio_table(ratios: Mapping[str, float]) -> Table:
    rows = tuple((name, f"{ratio:.2f}") for name, ratio in ratios.items())
    return Table(title="Ratios", head=("of", "median"), rows=rows)


def _bars(rates: Mapping[str, Sequence[float]], ratios: Mapping[str, float]) -> tuple[Bar, ...]:
    rate = statistics.median(rates[f"{_LEAST}, oracle off"])
    share = ratios[f"{_CHANNEL}: oracle on / oracle off"]
    return (
        Bar(f"the native lane without the oracle does {_LEAST_RATE:,}/s", rate >= _LEAST_RATE),
        Bar("the oracle costs at most 40 % on channel files", share >= _LEAST_SHARE),
    )


if __name__ == "__main__":
    measured = measure(
        float(sys.argv[1]) if len(sys.argv) > 1 else 2.0,
        int(sys.argv[2]) if len(sys.argv) > 2 else 2,
    )
    print("\n".join(text(measured)))
    sys.exit(measured.exit_code)
