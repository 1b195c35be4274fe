"""The most memory that `harness validate` needs for a large file: its bytes, and what more."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.tables import Bar, Measured, Table
from benchmarks.validate import dense, variants
from benchmarks.validate.command import peak_memory, validate, words
from benchmarks.validate.engines import MB
from benchmarks.validate.native import FOLDER

SIZE: Final = 256 * MB
ALLOWED_MORE: Final = 64 * MB  # than its bytes, where records know nothing of each other
ALLOWED_SHARE: Final = 1.25  # of the file, beside its bytes, where there are joins


@dataclass(frozen=True, slots=True)
class Peak:
    """What one file took.

    Attributes:
        name: what the file is.
        size: its bytes.
        resident: the most bytes that were resident, those of the file included.
        allowed: how many may be, beside those of the file.
    """

    name: str
    size: int
    resident: int
    allowed: float

    @property
    def more(self) -> int:
        """What was resident beside the file."""
        return self.resident - self.size


def measure(engine: str = "native", size: int = SIZE) -> Measured:
    """Validate two large files, one whose records are joined and one whose are not."""
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as name:
        peaks = list(_peaks(Path(name), engine, size))
    return Measured((_table(peaks),), tuple(_bars(peaks)))


def _peaks(folder: Path, engine: str, size: int) -> Iterator[Peak]:
    definitions, path = folder / "definitions.tdef", folder / "content"
    definitions.write_bytes(dense.definitions())
    joined = str(variants.channel_schema(FOLDER, with_sum=True))
    path.write_bytes(dense.channel(dense.INSTANCE_BYTES * 2))
    validate(path, definitions, engine, joined)  # compiled from here on
    resident = peak_memory(words(path, engine, joined, definitions))
    yield Peak("a small channel file", path.stat().st_size, resident, ALLOWED_MORE)
    written = path.write_bytes(dense.channel(size))
    resident = peak_memory(words(path, engine, joined, definitions))
    yield Peak("channel file: joins, order", written, resident, ALLOWED_SHARE * written)
    written = path.write_bytes(variants.plain(size))
    unjoined = words(path, engine, str(variants.plain_schema(FOLDER)))
    peak_memory(unjoined)
    resident = peak_memory(unjoined)
    yield Peak("records of 8 bytes: no joins", written, resident, ALLOWED_MORE)


def _table(peaks: list[Peak]) -> Table:
    return Table(
        title="Peak memory of `harness validate`, MB",
        head=("file", "size", "resident", "beside the file", "allowed"),
        rows=tuple(
            (peak.name, *map(_megabytes, (peak.size, peak.resident, peak.more, peak.allowed)))
            for peak in peaks
        ),
        notes=("1 MB is 2^20 bytes here; Python and the command itself are part of it.",),
    )


def _bars(peaks: list[Peak]) -> Iterator[Bar]:
    for peak in peaks:
        claim = f"{peak.name}: at most {_megabytes(peak.allowed)} MB beside the file"
        yield Bar(f"{claim} ({_megabytes(peak.more)})", peak.more <= peak.allowed)


def _megabytes(count: float) -> str:
    return f"{count / MB:,.0f}"
