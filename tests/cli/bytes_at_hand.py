"""Content and schema lines in memory, for tests of renderers."""

from __future__ import annotations


class HeldSources:
    """Answers what a renderer may ask from one content and one line of a schema."""

    def __init__(self, content: bytes = b"", line: str = "") -> None:
        self._content = content
        self._line = line

    def content(self, file: str, start: int, end: int) -> bytes:
        """Return the bytes `[start, end)`."""
        del file
        return self._content[start:end]

    def size(self, file: str) -> int:
        """Return the size of the content."""
        del file
        return len(self._content)

    def line(self, file: str, number: int) -> str:
        """Return the line, whatever its number."""
        del file, number
        return self._line
