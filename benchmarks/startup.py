"""How long `harness validate` of one small file takes, as a multiple of an empty Python."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import tzdata

from benchmarks.tables import Bar, Measured, Table, text

ALLOWED_RATIO = 15
ROUNDS = 15
BIN = Path(sys.executable).parent
# what Python compiles it keeps, as it does unless it is told not to
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
SMALL_FILE = Path(tzdata.__file__).parent / "zoneinfo" / "UTC"


def measure() -> Measured:
    """Time both commands in turns, after one run of each that warms the caches."""
    empty = [sys.executable, "-c", "pass"]
    validate = [str(BIN / "harness"), "validate", str(SMALL_FILE)]
    _seconds(empty)
    _seconds(validate)
    rounds = [(_seconds(empty), _seconds(validate)) for _ in range(ROUNDS)]
    base, full = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = full / base
    table = Table(
        title="Start-up",
        head=("command", "ms"),
        rows=(
            ("python -c pass", f"{base * 1000:.1f}"),
            ("harness validate UTC", f"{full * 1000:.1f}"),
        ),
        notes=(f"Medians of {ROUNDS} runs, processor time.",),
    )
    claim = f"checking a small file takes at most {ALLOWED_RATIO} times as long as an empty Python"
    return Measured((table,), (Bar(f"{claim} ({ratio:.1f})", ratio <= ALLOWED_RATIO),))


def _seconds(command: list[str]) -> float:
    """Processor time of one run that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    result = measure()
    print("\n".join(text(result)))
    sys.exit(result.exit_code)
