"""Many small files in one `harness validate` call, beside opening, reading and closing them alone.

Where files are opened and processes start, seconds are those of the clock, the best of some rounds.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.tables import Bar, Measured, Table
from benchmarks.validate import dense
from benchmarks.validate.command import validate
from benchmarks.validate.native import Check, native_engine
from corpora.recipes.channel import sealed
from corpora.recipes.sample import patched

COUNT: Final = 20_000
REFERENCE_COUNT: Final = 2_000  # for the engine that takes a while
ROUNDS: Final = 3
LEAST_END_TO_END: Final = 15_000
LEAST_INSIDE: Final = 300_000
SIZE: Final = 300  # bytes of a file, about: one instance with 21 criteria
REVISION_AT: Final = 20  # in the header; makes the files differ

ALONE: Final = "open, read, close alone"
REFERENCE: Final = "harness validate, reference"
NATIVE: Final = "harness validate, native"
INSIDE: Final = "inside the native engine"


@dataclass(frozen=True, slots=True)
class Run:
    """So many files in so many seconds."""

    files: int
    seconds: float

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.files / self.seconds


def measure(*, is_native: bool) -> Measured:
    """Validate a folder of files, all different; `is_native` says if natively too."""
    contents = list(_contents(COUNT))
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as name:
        folder = Path(name)
        definitions = folder / "definitions.tdef"
        definitions.write_bytes(dense.definitions())
        many, few = folder / "many", folder / "few"
        _write(many, contents)
        _write(few, contents[:REFERENCE_COUNT])
        paths = [os.fspath(path) for path in many.iterdir()]
        runs = {
            ALONE: _best(COUNT, lambda: _read_all(paths)),
            REFERENCE: _best(REFERENCE_COUNT, lambda: validate(few, definitions, "reference")),
        }
        if is_native:
            check = native_engine(os.environ, with_sum=True)
            runs[NATIVE] = _best(COUNT, lambda: validate(many, definitions, "native"))
            runs[INSIDE] = _best(
                COUNT, lambda: _check_all(check, contents), clock=time.process_time
            )
    return Measured((_table(runs, len(contents[0])),), tuple(_bars(runs)))


def _contents(count: int) -> Iterator[bytes]:
    data = dense.channel(SIZE)
    for number in range(1, count + 1):
        yield sealed(patched(data, REVISION_AT, number.to_bytes(4, "little")))


def _write(folder: Path, contents: Sequence[bytes]) -> None:
    folder.mkdir()
    for number, data in enumerate(contents):
        (folder / f"{number:05}.chnl").write_bytes(data)


def _read_all(paths: Sequence[str]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.read(descriptor, 1 << 16)
        os.close(descriptor)


def _check_all(check: Check, contents: Sequence[bytes]) -> None:
    if not all(map(check, contents)):
        raise ValueError("a valid file is refused")


def _best(
    files: int, action: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> Run:
    seconds = []
    for _ in range(ROUNDS):
        start = clock()
        action()
        seconds.append(clock() - start)
    return Run(files, min(seconds))


def _table(runs: Mapping[str, Run], size: int) -> Table:
    return Table(
        title=f"Small files of {size} bytes",
        head=("what is done", "files", "seconds", "files/s"),
        rows=tuple(
            (name, f"{run.files:,}", f"{run.seconds:.2f}", f"{run.rate:,.0f}")
            for name, run in runs.items()
        ),
        notes=(
            f"The best of {ROUNDS} rounds, by the clock; the command's start is part of it.",
            "One call for a folder; with CRC, and findings. The files were read before.",
            "Inside: one call from Python for each content in memory, processor time.",
        ),
    )


def _bars(runs: Mapping[str, Run]) -> Iterator[Bar]:
    for name, least in ((NATIVE, LEAST_END_TO_END), (INSIDE, LEAST_INSIDE)):
        if name in runs:
            rate = runs[name].rate
            yield Bar(f"{name}: at least {least:,} files/s ({rate:,.0f})", rate >= least)
