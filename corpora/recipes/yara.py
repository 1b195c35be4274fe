"""Cuts in compiled YARA rules: where the parts are, and one change at a time.

Valid files are not made here but by libyara (`incidents/yara-compiled-rules/compile.py`); all
broken ones are the same small file with one change.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from pathlib import Path

from corpora.recipes.sample import inserted, patched

FOLDER = Path(__file__).parents[1]

NULL = (0xFFFF_FFFF, 0xFFFF_FFFF)  # a pointer to nothing, as it is stored by libyara 4
TABLE = 6  # bytes of the header, before the table of buffers
ENTRY = struct.Struct("<QI")

PAGE = 12  # bytes of the header of libyara 3, before the page
NULL_3 = 0xFFFA_BADA


class Section(IntEnum):
    """The buffers of a file of libyara 4, in their order."""

    NAMESPACES = 0
    RULES = 1
    METAS = 2
    STRINGS = 3
    EXTERNAL_VARIABLES = 4
    TEXTS = 5
    CODE = 6
    REGULAR_EXPRESSIONS = 7
    TRANSITIONS = 8
    STATE_MATCHES = 9
    MATCHES = 10
    SUMMARY = 11


def valid(folder: str, name: str) -> bytes:
    """A valid file, as libyara made it."""
    return (FOLDER / folder / "valid" / name).read_bytes()


SMALL = valid("yara_compiled", "small.yarc")
SMALL_3 = valid("yara_compiled_3", "small.yarc3")


def place(section: Section) -> tuple[int, int]:
    """Where a buffer of the small file begins, and its size."""
    offset, size = ENTRY.unpack_from(SMALL, TABLE + ENTRY.size * section)
    return offset, size


def changed(section: Section, offset: int, replacement: bytes) -> bytes:
    """Overwrite bytes in a buffer of the small file; a negative offset counts from its end."""
    start, size = place(section)
    return patched(SMALL, start + offset % size, replacement)


def pointing(section: Section, offset: int, target: tuple[int, int]) -> bytes:
    """Overwrite a pointer with another: number of a buffer, offset in it."""
    return changed(section, offset, struct.pack("<II", *target))


def entry(section: Section, offset: int | None = None, size: int | None = None) -> bytes:
    """Change what the table says about a buffer."""
    start, length = place(section)
    told = ENTRY.pack(start if offset is None else offset, length if size is None else size)
    return patched(SMALL, TABLE + ENTRY.size * section, told)


def relocations() -> int:
    """Where the relocations of the small file begin."""
    return sum(place(Section.SUMMARY))


def without_relocation(section: Section, offset: int) -> bytes:
    """Leave one relocation out."""
    at = SMALL.index(struct.pack("<II", section, offset), relocations())
    return SMALL[:at] + SMALL[at + 8 :]


def relocated(section: int, offset: int) -> bytes:
    """Add one relocation."""
    return SMALL + struct.pack("<II", section, offset)


def changed_3(offset: int, replacement: bytes) -> bytes:
    """Overwrite bytes in the page of the small file of libyara 3."""
    return patched(SMALL_3, PAGE + offset, replacement)


def pointing_3(offset: int, target: int) -> bytes:
    """Overwrite a pointer in the page with another."""
    return changed_3(offset, struct.pack("<Q", target))


def page_size() -> int:
    """Bytes of the page of the small file of libyara 3."""
    return int(struct.unpack_from("<I", SMALL_3, 4)[0])


def without_relocation_3(offset: int) -> bytes:
    """Leave one relocation out."""
    at = SMALL_3.index(struct.pack("<I", offset), PAGE + page_size())
    return SMALL_3[:at] + SMALL_3[at + 4 :]


def relocated_3(offset: int) -> bytes:
    """Put one relocation before the others."""
    return inserted(SMALL_3, PAGE + page_size(), struct.pack("<I", offset))


def u4(value: int) -> bytes:
    """Four bytes, little endian."""
    return struct.pack("<I", value)


def u8(value: int) -> bytes:
    """Eight bytes, little endian."""
    return struct.pack("<Q", value)
