"""Compare what validates channel files: ours, C by hand, Kaitai's C++ and Python, construct.

Prints tables, writes them as Markdown too, and ends with 1 when a bar is missed, with 2 when a
tool is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks import page
from benchmarks.tables import Measured
from benchmarks.validate import compiling, kaitai_cpp, memory, small_files, throughput
from harness.native import toolchain
from tools.kaitai import agree

PAGE: Final = agree.ROOT / ".build" / "benchmarks-validate.md"


def main(arguments: Sequence[str]) -> int:
    """Run all, and write the page."""
    options = _options(arguments)
    if page.lacks_tools():
        return 2
    runtime = options.kaitai_cpp_runtime
    measures: list[Callable[[], Measured]] = [
        partial(throughput.measure, runtime, is_full=options.full),
        partial(small_files.measure, is_native=True),
        memory.measure,
        compiling.measure,
    ]
    return page.write(options.page, _head(runtime), measures)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validate", description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, default=PAGE, help="Markdown file to write")
    parser.add_argument("--full", action="store_true", help="also a file of 256 MB")
    parser.add_argument(
        "--kaitai-cpp-runtime",
        metavar="DIR",
        type=Path,
        default=os.environ.get(kaitai_cpp.VARIABLE) or None,
        help="checkout of kaitai_struct_cpp_stl_runtime; without it Kaitai's C++ is left out "
        f"(default: the environment's {kaitai_cpp.VARIABLE})",
    )
    return parser.parse_args(arguments)


def _head(runtime: Path | None) -> Iterator[str]:
    """Yield the title, and what the figures are of."""
    yield "# Benchmarks of validation"
    yield ""
    yield "Made by `python -m benchmarks.validate --full docs/benchmarks-validate.md`; do not edit."
    yield "`make bench` measures the same but for the largest file, and ends with 1 when a bar is"
    yield "missed. Figures are those of one machine; ratios are of both sides in one run."
    yield ""
    yield from page.versions()
    yield f"- construct {version('construct')}"
    tools = toolchain.find(os.environ)
    for compiler in (tools.cc, tools.cxx):
        yield f"- {_first_line((*compiler, '--version'))}"
    if runtime is not None:
        yield f"- Kaitai's run-time library for C++: {_commit(runtime)}"
    yield ""


def _commit(checkout: Path) -> str:
    return _first_line(("git", "-C", str(checkout), "describe", "--tags", "--always"))


def _first_line(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(iter(done.stdout.splitlines()), "of a version that is not known")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
