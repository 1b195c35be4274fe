"""Run the benchmarks that have bars: start-up, reading, strictness.

Usage: python -m benchmarks [MARKDOWN]

Prints tables, writes them as Markdown too, and ends with 1 when a bar is missed, with 2 when a
tool is.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks import reading, startup, strictness
from benchmarks.tables import Measured, markdown, text
from tools.kaitai import agree, generated

PAGE: Final = agree.ROOT / ".build" / "benchmarks.md"
CPU_INFO: Final = Path("/proc/cpuinfo")


def main(page: Path) -> int:
    """Run all, and write `page`."""
    lacking = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if lacking:
        print(f"Kaitai's compiler needs {' and '.join(lacking)}", file=sys.stderr)
        return 2
    found: list[Measured] = []
    for measure in (startup.measure, reading.measure, strictness.measure):
        found.append(measure())
        print("\n".join(text(found[-1])), end="\n\n", flush=True)
    lines = [*_head(), *(line for measured in found for line in markdown(measured))]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(lines), encoding="utf-8")
    print(f"written to {page}")
    return max(measured.exit_code for measured in found)


def _head() -> Iterator[str]:
    """Yield the title, and what the figures are of."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `python -m benchmarks docs/benchmarks.md`; do not edit."
    yield "`make bench` measures the same, and ends with 1 when a bar is missed."
    yield "Seconds are those of one machine; ratios are of both sides in one run."
    yield ""
    yield f"- machine: {_processor()}, {os.cpu_count()} processors, {platform.system()}"
    yield f"- Python {platform.python_version()}"
    yield f"- content-harness {version('content-harness')}"
    yield f"- Kaitai Struct compiler {_compiler_version()}, runtime {version('kaitaistruct')}"
    yield ""


def _processor() -> str:
    named = CPU_INFO.read_text(encoding="utf-8") if CPU_INFO.exists() else ""
    lines = (line.partition(":") for line in named.splitlines())
    found = next((value.strip() for key, _, value in lines if key.strip() == "model name"), "")
    return found or platform.machine()


def _compiler_version() -> str:
    package = json.loads((generated.HERE / "package.json").read_text(encoding="utf-8"))
    return str(package["dependencies"]["kaitai-struct-compiler"])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE))
