"""Build compiled magic files, sound or not, for each version and byte order.

There is no specification; what stands where is in `src/file.h` of `file`, release 5.44, and for
versions from 20 on in that of release 5.48.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Literal

MAGIC = 0xF11E041C
VALUE_SIZE, DESCRIPTION_SIZE, MIME_SIZE, APPLE_SIZE = 128, 64, 80, 8
# The first version with wide flags, with room for longer extensions, and with file names.
WIDE = 20

Order = Literal["<", ">"]


class Kind(IntEnum):
    """Some of the types, by their numbers up to version 20."""

    BYTE = 1
    SHORT = 2
    DEFAULT = 3
    LONG = 4
    STRING = 5
    BESHORT = 7
    BELONG = 8
    LELONG = 11
    PSTRING = 13
    REGEX = 17
    SEARCH = 20
    QUAD = 24
    BEFLOAT = 34
    LEDOUBLE = 38
    INDIRECT = 41
    NAME = 45
    USE = 46
    CLEAR = 47
    DER = 48
    GUID = 49
    OCTAL = 59


class Flag(IntFlag):
    """What is special about an entry."""

    INDIRECT = 0x01
    RELATIVE = 0x02
    RELATIVE_INSIDE = 0x04
    UNSIGNED = 0x08
    NO_SPACE = 0x10
    BINARY = 0x20
    TEXT = 0x40
    FROM_END = 0x80
    FROM_START = 0x100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A test, field by field.

    Attributes:
        type: of what is compared.
        value: as bytes, or as a number by its `struct` format.
        value_length: None for that of `value`, if it is bytes.
        level: 0 for a test of its own.
        relation: one of `=<>!&^x`.
        mask: of a number; of a text its range and modifiers.
        indirect: type, operator and offset of an indirect offset.
        source: the file of text, behind an empty description.
    """

    type: int
    value: bytes | tuple[str, int | float] = b""
    value_length: int | None = None
    level: int = 0
    flags: int = 0
    relation: str = "="
    factor: tuple[str, int] = ("\0", 0)
    offset: int = 0
    indirect: tuple[int, int, int] = (0, 0, 0)
    mask_operator: int = 0
    mask: int | tuple[int, int] = 0
    condition: int = 0
    line: int = 1
    description: bytes = b""
    source: bytes = b""
    mime_type: bytes = b""
    apple: bytes = b""
    extensions: bytes = b""


def build(
    tests: Sequence[Entry],
    names: Sequence[Entry] = (),
    *,
    version: int = 18,
    order: Order = "<",
) -> bytes:
    """Return the file."""
    counts = struct.pack(f"{order}4I", MAGIC, version, len(tests), len(names))
    records = b"".join(packed(entry, version, order) for entry in (*tests, *names))
    return counts.ljust(record_size(version), b"\0") + records


def record_size(version: int) -> int:
    """Bytes of an entry."""
    return 312 + extensions_size(version)


def extensions_size(version: int) -> int:
    """Bytes for extensions."""
    return 120 if version >= WIDE else 64


def packed(entry: Entry, version: int, order: Order) -> bytes:
    """Return one record."""
    operator, factor = entry.factor
    first = (entry.flags, entry.level) if version >= WIDE else (entry.level, entry.flags)
    value, length = _value(entry, order)
    head = struct.pack(
        f"{order}HBBBBBBBBBBiiI",
        *first,
        factor,
        ord(entry.relation),
        length if entry.value_length is None else entry.value_length,
        entry.type,
        entry.indirect[0],
        entry.indirect[1],
        entry.mask_operator,
        entry.condition,
        ord(operator),
        entry.offset,
        entry.indirect[2],
        entry.line,
    )
    mask = entry.mask
    middle = (
        struct.pack(f"{order}II", *mask)
        if isinstance(mask, tuple)
        else struct.pack(f"{order}Q", mask)
    )
    texts = (
        (value, VALUE_SIZE),
        (entry.description + (b"\0" + entry.source if entry.source else b""), DESCRIPTION_SIZE),
        (entry.mime_type, MIME_SIZE),
        (entry.apple, APPLE_SIZE),
        (entry.extensions, extensions_size(version)),
    )
    return head + middle + b"".join(text.ljust(size, b"\0") for text, size in texts)


def _value(entry: Entry, order: Order) -> tuple[bytes, int]:
    if isinstance(entry.value, bytes):
        return entry.value, len(entry.value)
    layout, number = entry.value
    return struct.pack(order + layout, number), 0


def number(value: int) -> tuple[str, int]:
    """A number as it is kept, whatever the type: eight bytes, with its sign."""
    return ("q", value) if value < 1 << 63 else ("Q", value)
