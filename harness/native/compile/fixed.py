"""Messages and names that the hand-written parts of the engine know by a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.native.compile.words import Text, Word

if TYPE_CHECKING:
    from harness.native.compile.unit import Unit

# constant of the C source -> code, expected, actual; the words are the ones the C source gives
MESSAGES: Final[dict[str, tuple[str, Text, Text]]] = {
    "UNKNOWN": ("S117", (), (Word(0, "plain"),)),
    "RANGE": ("B203", (Word(0, "count", "item"),), (Word(1, "plain"),)),
    "CYCLE": ("S114", (), ()),
    "NESTING": ("L601", ("64",), ()),
    "DEPTH": ("L601", (Word(0, "plain"),), ()),
    "ITEMS": ("L602", (Word(0, "plain"),), ()),
    "BYTES": ("L603", (Word(0, "plain"),), ()),
    "OUTPUT": ("L604", (Word(0, "plain"),), ()),
    "STEPS": ("L605", (Word(0, "plain"),), ()),
    "NO_PROGRESS": ("S113", (), ()),
    "TRUNCATED": ("S101", (Word(0, "count", "byte"),), (Word(1, "plain"),)),
    "TRUNCATED_BITS": ("S101", (Word(0, "count", "bit"),), (Word(1, "plain"),)),
    "UNTERMINATED": ("S102", (Word(0, "hex"),), ()),
    "BITS_LEFT": ("S107", ("zero",), (Word(0, "hex"),)),
    "PADDING": ("S107", ("zero",), (Word(0, "hex"),)),
    "NO_MARK": ("S116", (Word(0, "hex"),), (Word(1, "count", "byte"),)),
    "POSITION": ("B204", (Word(0, "count", "byte"),), (Word(1, "plain"),)),
    "NEGATIVE_SIZE": ("B205", (), (Word(0, "count", "byte"),)),
    "NEGATIVE_COUNT": ("C301", (), (Word(0, "plain"),)),
    "TRAILING": ("S109", (), (Word(0, "count", "byte"),)),
    "UNREAD_REGION": ("S110", (), (Word(0, "count", "byte"),)),
    "GAP": ("S111", (), (Word(0, "count", "byte"),)),
    "OVERLAP": ("S112", (Word(0, "words"),), (Word(1, "count", "byte"),)),
    "RING": ("S114", (), ()),
    "IO": ("B210", ("a stream of this content",), ("what `io` gives",)),
    "CONTRACT_FAULT": ("K401", ("expected an answer",), ()),
}

NAMES: Final[dict[str, str]] = {"LIST": "list", "PARENT": "_parent", "ROOT": "_root"}


def register(unit: Unit) -> str:
    """Number them in `unit`; return the C enumerations."""
    messages = [f"HV_M_{name} = {unit.message(*parts)}" for name, parts in MESSAGES.items()]
    names = [f"HV_N_{name} = {unit.name(text)}" for name, text in NAMES.items()]
    return f"enum {{ {', '.join(messages)} }};\nenum {{ {', '.join(names)} }};\n"
