"""Content bytes and schema lines from files, for the excerpts of a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_KEPT_FILES = 16
_LONGEST_TEXT = 1 << 20


class FileSources:
    """Reads excerpts from the files that findings name.

    A file that has vanished or changed since it was checked gives what it has, or nothing: a
    report without an excerpt is better than no report.
    """

    def __init__(self, held: Mapping[str, bytes]) -> None:
        """Make one.

        Args:
            held: content that is in memory already, by name: `-` after standard input was read.
        """
        self._held = held
        self._lines = lru_cache(maxsize=_KEPT_FILES)(_read_lines)

    def content(self, file: str, start: int, end: int) -> bytes:
        """Return the bytes `[start, end)` of a content file, as many as there are."""
        if file in self._held:
            return self._held[file][start:end]
        try:
            with Path(file).open("rb") as stream:
                stream.seek(start)
                return stream.read(end - start)
        except (OSError, ValueError):
            return b""

    def size(self, file: str) -> int:
        """Return the size in bytes of a content file; 0 where it cannot be read."""
        if file in self._held:
            return len(self._held[file])
        try:
            return Path(file).stat().st_size
        except (OSError, ValueError):
            return 0

    def line(self, file: str, number: int) -> str:
        """Return line `number`, from 1, of a schema, manifest or policy; empty if unknown."""
        lines = self._lines(file)
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _read_lines(file: str) -> list[str]:
    if not Path(file).is_file():  # a pipe is not waited for
        return []
    try:
        with Path(file).open("rb") as stream:
            return stream.read(_LONGEST_TEXT).decode("utf-8", "replace").split("\n")
    except (OSError, ValueError):
        return []
