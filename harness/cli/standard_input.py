"""Standard input as content: read when it is asked for, kept for the excerpts of the report."""

from __future__ import annotations

import sys
from typing import BinaryIO, cast


class KeptInput:
    """Reads standard input once and gives the same bytes to everyone who asks."""

    def __init__(self) -> None:
        self._content: bytes | None = None

    @property
    def held(self) -> dict[str, bytes]:
        """The content by the name that findings have for it; empty if it was never read."""
        return {} if self._content is None else {"-": self._content}

    def read(self, size: int = -1) -> bytes:
        """Return all of it, or the first `size` bytes."""
        if self._content is None:
            self._content = sys.stdin.buffer.read(size)
        return self._content

    @property
    def stream(self) -> BinaryIO | None:
        """Itself, as what validation wants; None where standard input is closed."""
        # Python leaves None where the descriptor was closed before the start
        closed = cast("object", sys.stdin) is None
        return None if closed else cast("BinaryIO", self)
