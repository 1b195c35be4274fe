"""Small channel files made a second: ours, FormatFuzzer's and Fandango's, in one run.

Usage: python -m benchmarks.generation [MARKDOWN]

All write files for the same definitions into a folder of this machine's memory where there is one,
and our reader says how many of them are valid. FormatFuzzer is a checkout that the environment's
FORMATFUZZER names (it needs g++, boost, zlib, and py010parser, six and intervaltree for `python3`);
Fandango is the command `fandango`, or what the environment's FANDANGO names. One that is not there
is said to be absent. Ends with 1 when a bar is missed; takes about 40 seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from benchmarks import page
from benchmarks.tables import Bar, Measured, Table
from harness.native import service
from harness.reading import Reader, Reading
from harness.schema import Schema, load
from harness.schema.library import find
from harness.writing.choices import RandomChoices
from harness.writing.folder import Folder
from harness.writing.generate import Generator
from harness.writing.manifest import Purpose

_ROOT: Final = Path(__file__).resolve().parent.parent
_GRAMMARS: Final = Path(__file__).resolve().parent / "grammars"
_DEFINITIONS: Final = _ROOT / "corpora/template_definitions/valid/smallest.tdef"
_COMMAND: Final = Path(sys.executable).with_name("harness")
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
_PAGE: Final = _ROOT / ".build" / "benchmarks-generation.md"
_LEAST_RATE: Final = 2000
_OURS: Final = 10_000
_FORMATFUZZER_FILES: Final = 5000
_FANDANGO_FILES: Final = 10
_STAGED: Final = 1000
_PATIENCE_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Made:
    """What one maker made.

    Attributes:
        files: how many.
        seconds: how long it took, from the start of the command.
        processor_seconds: how much of the processors, all processes together.
        valid: in how many our reader finds nothing.
        size: bytes of all.
    """

    files: int
    seconds: float
    processor_seconds: float
    valid: int
    size: int

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.files / self.seconds


class AbsentError(Exception):
    """A peer is not there, or does not do its work."""


# makes files in an empty folder, and says how many seconds that took, and of the processors
Maker = Callable[[Path], tuple[float, float]]


def measure() -> Measured:
    """Measure all makers, and what our own time goes to."""
    processors = os.cpu_count() or 1
    makers: dict[str, Maker] = {
        f"harness generate, {processors} processes": _ours(processors),
        "harness generate, 1 process": _ours(1),
        "FormatFuzzer": _formatfuzzer,
        "Fandango": _fandango,
    }
    found: dict[str, Made | str] = {}
    for name, make in makers.items():
        try:
            found[name] = _made(make)
        except AbsentError as absent:
            found[name] = f"absent: {absent}"
    first = found[next(iter(makers))]
    rate = first.rate if isinstance(first, Made) else 0.0
    bar = Bar(
        f"`harness generate` makes {_LEAST_RATE:,} small channel files a second ({rate:,.0f})",
        rate >= _LEAST_RATE,
    )
    return Measured((_table(found), _stages()), (bar,))


def _table(found: dict[str, Made | str]) -> Table:
    rows = [
        (name, made, "", "", "", "")
        if isinstance(made, str)
        else (
            name,
            f"{made.files:,}",
            f"{made.rate:,.1f}",
            f"{made.processor_seconds / made.files * 1e6:,.0f}",
            f"{made.valid / made.files:.1%}",
            f"{made.size / made.files:.0f}",
        )
        for name, made in found.items()
    ]
    return Table(
        title="Small channel files a second",
        head=("maker", "files", "a second", "processor µs a file", "valid", "mean bytes"),
        rows=tuple(rows),
        notes=(
            "Of the whole command, files written. Ours judges each file before it is written.",
            "FormatFuzzer's program is C++, made from a template that holds one type of these",
            "definitions by hand. Building it is not counted, nor is compiling our validator,",
            "once for each schema. Fandango's grammar holds one instance.",
        ),
    )


def _made(make: Maker) -> Made:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        files = Path(folder) / "files"
        files.mkdir()
        seconds = make(files)
        contents = [path.read_bytes() for path in files.iterdir() if path.suffix == ".chnl"]
    if not contents:
        raise AbsentError("it made nothing")
    reader, companions = Reader(_schema("channel_file")), _companions()
    valid = sum(
        not reader.read(data, file="", companions=companions, max_findings=1).findings
        for data in contents
    )
    return Made(len(contents), *seconds, valid, sum(map(len, contents)))


def _ours(processes: int) -> Maker:
    def make(folder: Path) -> tuple[float, float]:
        _compile()
        return _run(
            [
                *(str(_COMMAND), "generate", "--schema", "channel_file"),
                *("--with", f"definitions={_DEFINITIONS}", "--workers", str(processes)),
                *("-n", str(_OURS), "-o", str(folder)),
            ],
            folder,
        )

    return make


def _compile() -> None:
    """Compile what judges contents; without a C compiler the reader does that."""
    with suppress(service.AbsentError):
        service.compiled(_schema("channel_file"), (), os.environ)


def _formatfuzzer(folder: Path) -> tuple[float, float]:
    """Build the program of our template in a folder of its own, and let it run."""
    home = os.environ.get("FORMATFUZZER")
    if not home:
        raise AbsentError("FORMATFUZZER names no checkout")
    with tempfile.TemporaryDirectory() as built:
        copy = Path(built) / "formatfuzzer"
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns(".git", "testcases", "docs"))
        template = copy / "channel_file.bt"
        shutil.copy(_GRAMMARS / template.name, template)
        _run(["python3", "ffcompile", template.name, "channel_file.cpp"], copy)
        for source in ("channel_file.cpp", "fuzzer.cpp"):
            _run(["g++", "-c", "-I", ".", "-std=c++17", "-O3", "-w", source], copy)
        _run(["g++", "-O3", "channel_file.o", "fuzzer.o", "-o", "fuzzer", "-lz"], copy)
        names = [f"{number:05}.chnl" for number in range(_FORMATFUZZER_FILES)]
        return _run([str(copy / "fuzzer"), "fuzz", *names], folder)


def _fandango(folder: Path) -> tuple[float, float]:
    command = shutil.which(os.environ.get("FANDANGO") or "fandango")
    if command is None:
        raise AbsentError("no command `fandango`")
    grammar = str(_GRAMMARS / "channel_file.fan")
    return _run(
        [
            *(command, "fuzz", "-f", grammar, "-n", str(_FANDANGO_FILES), "-d", str(folder)),
            *("--file-mode", "binary", "-x", ".chnl"),
        ],
        folder,
    )


def _run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command in a folder; return how many seconds it took, and of the processors.

    Raises:
        AbsentError: it cannot be run, or fails.
    """
    began, before = time.perf_counter(), os.times()
    try:
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise AbsentError(f"`{Path(command[0]).name}` fails ({error.__class__.__name__})") from None
    after = os.times()
    spent = after.children_user + after.children_system
    return time.perf_counter() - began, spent - before.children_user - before.children_system


# where our own time goes


def _stages() -> Table:
    """Measure generation, its reading and the writing of files, each by itself."""
    generator = Generator(_schema("channel_file"), _companions())
    contents = list(_contents(generator))  # once for what is made when first needed
    grown = _seconds(lambda: list(_contents(generator)))
    reader, companions = generator.reader, generator.companions
    read = _seconds(lambda: [reader.read(d, file="", companions=companions) for d in contents])
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        files = Folder(Path(folder), (".chnl",), len(contents))
        written = _seconds(lambda: _write(files, contents))
    rows = [
        ("growing and writing bytes", grown - read),
        ("reading", read),
        ("the file in its folder", written),
    ]
    return Table(
        title="Where our time goes, in one process",
        head=("", "µs a file", "a second, with what is above"),
        rows=tuple(
            (
                name,
                f"{seconds / _STAGED * 1e6:,.0f}",
                f"{_STAGED / sum(s for _, s in rows[:n]):,.0f}",
            )
            for n, (name, seconds) in enumerate(rows, start=1)
        ),
        notes=("Processor time, the least of three rounds.",),
    )


def _write(folder: Folder, contents: list[bytes]) -> None:
    for data in contents:
        folder.add(data, Purpose("valid"))


def _contents(generator: Generator) -> Iterator[bytes]:
    for number in range(_STAGED):
        data = generator.valid(RandomChoices(Random(number)))  # no secret
        if data is not None:
            yield data


def _seconds(work: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def _schema(name: str) -> Schema:
    return load(find(name))


def _companions() -> dict[str, Reading]:
    reader = Reader(_schema("template_definitions"))
    return {"definitions": reader.read(_DEFINITIONS.read_bytes(), file="definitions")}


def main(path: Path) -> int:
    """Measure, print, and write the page."""
    return page.write(path, _head(os.getloadavg()[0]), [measure])


def _head(load: float) -> Iterator[str]:
    """Yield the title, and what the figures are of.

    Args:
        load: processes that wanted a processor before anything was measured.
    """
    yield "# Benchmarks of generation"
    yield ""
    yield "Made by `python -m benchmarks.generation docs/benchmarks-generation.md`; do not edit."
    yield "`make bench` measures the same, and ends with 1 when a bar is missed."
    yield "Figures are those of one machine, all of one run."
    yield ""
    yield from page.versions()
    yield f"- other processes that wanted a processor when it began: {load:.1f} (files a second"
    yield "  are of the clock, so they suffer from these; processor time hardly does)"
    yield ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else _PAGE))
