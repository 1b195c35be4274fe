"""How long `harness validate` of one small file takes, as a multiple of an empty Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import tzdata

ALLOWED_RATIO = 15
ROUNDS = 15
BIN = Path(sys.executable).parent
SMALL_FILE = Path(tzdata.__file__).parent / "zoneinfo" / "UTC"


def seconds(command: list[str]) -> float:
    """Wall time of one run that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Time both commands in turns, after one run of each that warms the caches.

    Returns:
        0, or 1 when the ratio of the medians is above what is allowed.
    """
    empty = [sys.executable, "-c", "pass"]
    validate = [str(BIN / "harness"), "validate", str(SMALL_FILE)]
    seconds(empty)
    seconds(validate)
    rounds = [(seconds(empty), seconds(validate)) for _ in range(ROUNDS)]
    base, full = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"python -c pass          {base * 1000:7.1f} ms (median of {ROUNDS})")
    print(f"harness validate UTC    {full * 1000:7.1f} ms")
    print(f"ratio                   {full / base:7.1f}    (at most {ALLOWED_RATIO})")
    return int(full / base > ALLOWED_RATIO)


if __name__ == "__main__":
    sys.exit(main())
