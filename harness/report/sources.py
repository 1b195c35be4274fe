"""What a renderer may ask for to show around a finding: content bytes and lines of a schema."""

from __future__ import annotations

from typing import Protocol


class Sources(Protocol):
    """Reads what stands around a finding; answers with nothing where that cannot be read."""

    def content(self, file: str, start: int, end: int) -> bytes:
        """Return the bytes `[start, end)` of a content file, as many as there are."""
        ...

    def size(self, file: str) -> int:
        """Return the size in bytes of a content file; 0 where it cannot be read."""
        ...

    def line(self, file: str, number: int) -> str:
        """Return line `number`, from 1, of a schema, manifest or policy; empty if unknown."""
        ...


class NoSources:
    """Has nothing to show: for renderers that print no excerpts, and for tests."""

    def content(self, file: str, start: int, end: int) -> bytes:
        """Return no bytes."""
        del file, start, end
        return b""

    def size(self, file: str) -> int:
        """Return 0."""
        del file
        return 0

    def line(self, file: str, number: int) -> str:
        """Return no line."""
        del file, number
        return ""
