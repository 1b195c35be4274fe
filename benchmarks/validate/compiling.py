"""How long it takes until a schema is native: compiled for the first time, and found compiled.

Both are done in processes of their own, where nothing is loaded yet; reading the schema is not part
of it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.tables import Bar, Measured, Table
from harness.native.cache import VARIABLE
from tools.kaitai import agree

COUNT: Final = 3  # of the largest schemas
ROUNDS: Final = 3
ALLOWED_COMPILE_SECONDS: Final = 3.0
ALLOWED_LOAD_SECONDS: Final = 0.010

# by a process of its own: what it takes until the engine is there, the C compiler too, in seconds
_TIMED: Final = """
import os, resource, sys, time
from pathlib import Path
from harness.schema import load
schema = load(Path(sys.argv[2]))
def seconds():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
start = seconds()
if sys.argv[1] == "compile":
    from benchmarks.validate.native import engine_of
    engine_of(schema, os.environ)
else:
    from harness.native.libraries import Libraries
    from harness.native.engine import Engine
    start = seconds()
    with Libraries(os.environ, None).found(schema, ()) as library:
        Engine(library)
print(seconds() - start)
"""


def measure() -> Measured:
    """Compile and load the largest schemas."""
    paths = sorted(agree.SCHEMAS.glob("*.ksy"), key=lambda path: -path.stat().st_size)[:COUNT]
    seconds = {path.stem: _of(path) for path in paths}
    return Measured((_table(seconds),), tuple(_bars(seconds)))


def _of(schema: Path) -> tuple[float, float]:
    """Seconds of the first compilation, and of a load later: medians."""
    compiled, loaded = list[float](), list[float]()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="harness-bench-") as folder:
            environment = {**os.environ, VARIABLE: folder}
            compiled.append(_timed("compile", schema, environment))
            loaded.append(_timed("load", schema, environment))
    return statistics.median(compiled), statistics.median(loaded)


def _timed(action: str, schema: Path, environment: Mapping[str, str]) -> float:
    words = [sys.executable, "-c", _TIMED, action, str(schema)]
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _table(seconds: Mapping[str, tuple[float, float]]) -> Table:
    return Table(
        title="Compiling a schema",
        head=("schema", "first time, s", "found compiled, ms"),
        rows=tuple(
            (name, f"{compiled:.2f}", f"{loaded * 1000:.1f}")
            for name, (compiled, loaded) in seconds.items()
        ),
        notes=(f"The {COUNT} largest; medians of {ROUNDS} rounds of processor time.",),
    )


def _bars(seconds: Mapping[str, tuple[float, float]]) -> Iterator[Bar]:
    compiled, loaded = (max(column) for column in zip(*seconds.values(), strict=True))
    yield Bar(
        f"the first time takes at most {ALLOWED_COMPILE_SECONDS:g} s ({compiled:.2f})",
        compiled <= ALLOWED_COMPILE_SECONDS,
    )
    yield Bar(
        f"loading takes at most {ALLOWED_LOAD_SECONDS * 1000:g} ms ({loaded * 1000:.1f})",
        loaded <= ALLOWED_LOAD_SECONDS,
    )
