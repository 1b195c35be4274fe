"""Run the benchmarks of start-up, reading and strictness; they have bars.

Usage: python -m benchmarks [MARKDOWN]

Prints tables, writes them as Markdown too, and ends with 1 when a bar is missed, with 2 when a
tool is. What validates at speed is compared by `python -m benchmarks.validate`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks import page, reading, startup, strictness
from tools.kaitai import agree

PAGE: Final = agree.ROOT / ".build" / "benchmarks.md"


def main(path: Path) -> int:
    """Run all, and write the page to `path`."""
    if page.lacks_tools():
        return 2
    return page.write(path, _head(), (startup.measure, reading.measure, strictness.measure))


def _head() -> Iterator[str]:
    """Yield the title, and what the figures are of."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `python -m benchmarks docs/benchmarks.md`; do not edit."
    yield "`make bench` measures the same, and ends with 1 when a bar is missed."
    yield "Seconds are those of one machine; ratios are of both sides in one run."
    yield ""
    yield from page.versions()
    yield ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE))
