"""The sample files of the gallery: lenient reading gives what Kaitai's own parsers give.

Each file is compared in a process of its own, so that one which hangs or eats memory, on either
side, costs only itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tools.conformance.gallery import schemas_of
from tools.kaitai.generated import compile_folder

SECONDS: Final = 120
# Beside each sample lie its licence, and what it was made from or says, as text.
BESIDE: Final = frozenset(
    {".license", ".md", ".txt", ".json", ".py", ".java", ".dts", ".sh", ".yml", ".toml", ".lock"}
)


class Outcome(StrEnum):
    """How one file fared."""

    SAME = "same"
    DIFFERENT = "different"
    CUT = "cut off"
    CRASHED = "crashed"
    LATE = "timed out"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of a format, and the schema of that format."""

    name: str
    file: Path
    schema: Path


@dataclass(frozen=True, slots=True)
class Compared:
    """One file and how it fared.

    Attributes:
        name: its path below the samples.
        outcome: the same only when all of it was compared.
        values: plain values compared.
        rejections: what both sides reject.
        reasons: the differences, or what went wrong.
    """

    name: str
    outcome: Outcome
    values: int = 0
    rejections: int = 0
    reasons: tuple[str, ...] = ()


def samples_of(samples: Path, formats: Path) -> Iterator[Sample]:
    """Yield the samples whose folder is called as a schema of the gallery is."""
    schemas = {path.stem: path for path in schemas_of(formats)}
    for file in sorted(samples.rglob("*")):
        schema = schemas.get(file.parent.name)
        if schema is not None and file.is_file() and file.suffix not in BESIDE:
            yield Sample(str(file.relative_to(samples)), file, schema)


def run_samples(samples: Path, formats: Path, work: Path) -> list[Compared]:
    """Compare every sample.

    Args:
        samples: a checkout of kaitai_struct_samples.
        formats: a checkout of kaitai_struct_formats.
        work: gets the generated parsers.

    Raises:
        RuntimeError: Kaitai's compiler refuses a schema.
    """
    compile_folder(formats, work)
    found = list(samples_of(samples, formats))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda sample: compare_sample(sample, formats, work), found))


def compare_sample(sample: Sample, formats: Path, generated: Path) -> Compared:
    """Compare one file in a process of its own."""
    worker = "tools.conformance.sample_worker"
    paths = map(str, (generated, sample.schema, formats, sample.file))
    command = [sys.executable, "-m", worker, *paths]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Compared(sample.name, Outcome.LATE, reasons=(f"no end in {SECONDS} seconds",))
    if done.returncode:
        last = done.stderr.strip().rsplit("\n", 1)[-1]
        return Compared(sample.name, Outcome.CRASHED, reasons=(f"{done.returncode}: {last}",))
    return _compared(sample.name, json.loads(done.stdout))


def _compared(name: str, told: Mapping[str, object]) -> Compared:
    reasons = told["differences"]
    differences = tuple(map(str, reasons)) if isinstance(reasons, Sequence) else ()
    outcome = Outcome.SAME if told["is_complete"] else Outcome.CUT
    return Compared(
        name,
        Outcome.DIFFERENT if differences else outcome,
        int(str(told["values"])),
        int(str(told["rejections"])),
        differences,
    )
