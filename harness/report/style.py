"""How output may look: colour or none, how wide, and which characters the stream can carry."""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.findings.model import Severity

Role = Literal[
    "error", "warning", "note", "good", "frame", "strong", "dim", "name", "type", "value", "text"
]

# SGR parameters: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/
_SGR: dict[Role, str] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "good": "1;32",
    "frame": "34",
    "strong": "1",
    "dim": "2",
    "name": "36",
    "type": "2;35",
    "value": "33",
    "text": "32",
}
SEVERITY_ROLE: dict[Severity, Role] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """What the stream that is written to can show.

    Attributes:
        colour: SGR sequences are understood and wanted.
        width: cells in a line.
        unicode: characters outside ASCII can be written.
    """

    colour: bool = False
    width: int = 100
    unicode: bool = True

    def paint(self, text: str, role: Role) -> str:
        """Return `text` in the colour of `role`; `text` must be visible already."""
        if not self.colour or not text:
            return text
        return f"\x1b[{_SGR[role]}m{text}\x1b[0m"

    def glyph(self, wanted: str, ascii_form: str) -> str:
        """Return `wanted`, or `ascii_form` where the stream cannot carry it."""
        return wanted if self.unicode else ascii_form
