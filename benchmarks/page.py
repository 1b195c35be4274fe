"""The Markdown page of a benchmark run: the machine, the versions, the tables, the bars."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.tables import Measured, markdown, text
from tools.kaitai import generated

CPU_INFO: Final = Path("/proc/cpuinfo")


def lacks_tools() -> bool:
    """Whether a tool that all benchmarks need is not here; says so."""
    lacking = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if lacking:
        print(f"Kaitai's compiler needs {' and '.join(lacking)}", file=sys.stderr)
    return bool(lacking)


def write(path: Path, head: Iterable[str], measures: Sequence[Callable[[], Measured]]) -> int:
    """Measure one after the other, print what each gives, and write the page.

    Returns:
        0, or 1 when a bar is missed.
    """
    found: list[Measured] = []
    for measure in measures:
        found.append(measure())
        print("\n".join(text(found[-1])), end="\n\n", flush=True)
    lines = [*head, *(line for measured in found for line in markdown(measured))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"written to {path}")
    return max(measured.exit_code for measured in found)


def versions() -> Iterator[str]:
    """Yield what the figures are of, as items of a list."""
    yield f"- machine: {_processor()}, {os.cpu_count()} processors, {platform.system()}"
    yield f"- Python {platform.python_version()}"
    yield f"- content-harness {version('content-harness')}"
    yield f"- Kaitai Struct compiler {_compiler_version()}, runtime {version('kaitaistruct')}"


def _processor() -> str:
    named = CPU_INFO.read_text(encoding="utf-8") if CPU_INFO.exists() else ""
    lines = (line.partition(":") for line in named.splitlines())
    found = next((value.strip() for key, _, value in lines if key.strip() == "model name"), "")
    return found or platform.machine()


def _compiler_version() -> str:
    package = json.loads((generated.HERE / "package.json").read_text(encoding="utf-8"))
    return str(package["dependencies"]["kaitai-struct-compiler"])
