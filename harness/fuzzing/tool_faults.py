"""Faults of this tool that a campaign comes upon: said at its end, with contents that show them.

Reference reader and compiled schema judge the same content; where they differ one of them is wrong,
and so may be what the campaign says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from harness.fuzzing.corpus import digest
from harness.schema.whole import write_whole

DIFFER: Final = "the compiled schema and the reference reader judge it differently"
ENDED: Final = "the compiled schema ended a worker that read it"


class ToolFaults:
    """What was come upon in one start of a campaign."""

    def __init__(self, folder: Path) -> None:
        """Keep contents below the campaign's folder."""
        self._folder = folder / "tool-faults"
        self._first: dict[str, Path] = {}
        self._counts: dict[str, int] = {}

    def keep(self, what: str, content: bytes) -> None:
        """Keep content that shows one."""
        self._folder.mkdir(exist_ok=True)
        path = self._folder / digest(content)[:16]
        write_whole(path, content)
        self._first.setdefault(what, path)
        self._counts[what] = self._counts.get(what, 0) + 1

    @property
    def said(self) -> tuple[str, ...]:
        """Each kind in words, with its first content."""
        return tuple(
            f"a fault of this tool, please report it: `{self._first[what]}`: {what} "
            f"({count} in all)"
            for what, count in self._counts.items()
        )
