"""Build compiled terminfo entries from plain values, sound or not: what is given is written."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from corpora.recipes.sample import patched

LEGACY, WIDE = 0o432, 0o1036
ABSENT, CANCELLED = -1, -2

# Where the header has what (term(5), Legacy Storage Format).
NAMES_SIZE, BOOLEANS, NUMBERS, STRINGS, TABLE_SIZE = range(2, 12, 2)
# Where the extended header has what, from its start (term(5), Extended Storage Format).
MORE_BOOLEANS, MORE_NUMBERS, MORE_STRINGS, ITEMS, MORE_TABLE_SIZE = range(0, 10, 2)

Text = bytes | int  # a string, or `ABSENT` or `CANCELLED`


@dataclass(frozen=True, slots=True)
class Extended:
    """Capabilities beyond those of `term.h`, by name.

    Attributes:
        booleans: names and values.
        numbers: names and values.
        strings: names and texts, or what stands for one that is not there.
        items: what the header tells of them; None for what is there.
    """

    booleans: tuple[tuple[bytes, int], ...] = ()
    numbers: tuple[tuple[bytes, int], ...] = ()
    strings: tuple[tuple[bytes, Text], ...] = ()
    items: int | None = None

    @property
    def names(self) -> list[bytes]:
        """Names of all, in the order of the file."""
        return [name for kind in (self.booleans, self.numbers, self.strings) for name, _ in kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says; capabilities are known by their position.

    Attributes:
        names: the first line of the description, without the NUL.
        booleans: flags: 0, 1 or `CANCELLED`.
        numbers: values, `ABSENT` or `CANCELLED`.
        strings: texts, or what stands for one that is not there.
        magic: `LEGACY` for numbers of 16 bits, `WIDE` for numbers of 32.
        extended: what follows the string table, if anything does.
    """

    names: bytes
    booleans: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    strings: tuple[Text, ...] = ()
    magic: int = LEGACY
    extended: Extended | None = None


def build(entry: Entry) -> bytes:
    """Return the file, as `tic` writes it."""
    return b"".join(_parts(entry).values())


def start_of(entry: Entry, part: str) -> int:
    """Where in the file a part begins; the parts are the keys of `_parts`."""
    parts = _parts(entry)
    starts = accumulate((len(data) for data in parts.values()), initial=0)
    return dict(zip(parts, starts, strict=False))[part]


def filled(entry: Entry, size: int) -> bytes:
    """Return the file with so much in its first string that it has `size` bytes."""
    first, *others = entry.strings
    if isinstance(first, int):
        raise TypeError("the first string is not there")
    missing = size - len(build(entry))
    return build(replace(entry, strings=(first + b"x" * missing, *others)))


def short(data: bytes, offset: int, value: int) -> bytes:
    """Overwrite a short integer."""
    return patched(data, offset, _shorts(value))


def at(positions: dict[int, int], rest: int = 0) -> tuple[int, ...]:
    """Values by position, up to the last one given."""
    return tuple(positions.get(index, rest) for index in range(max(positions, default=-1) + 1))


def texts(positions: dict[int, Text]) -> tuple[Text, ...]:
    """Strings by position, up to the last one given."""
    return tuple(positions.get(index, ABSENT) for index in range(max(positions, default=-1) + 1))


def _parts(entry: Entry) -> dict[str, bytes]:
    names = entry.names + b"\0"
    offsets, table = _table(entry.strings)
    counts = (len(entry.booleans), len(entry.numbers), len(entry.strings))
    parts = {
        "magic": _shorts(entry.magic),
        "header": _shorts(len(names), *counts, len(table)),
        "names": names,
        "booleans": _flags(entry.booleans),
        "alignment": bytes((len(names) + len(entry.booleans)) % 2),
        "numbers": _numbers(entry, entry.numbers),
        "offsets": _shorts(*offsets),
        "table": table,
    }
    return parts if entry.extended is None else parts | _more(entry, entry.extended)


def _more(entry: Entry, extended: Extended) -> dict[str, bytes]:
    """The extended part; its parts are called `more …`."""
    values, table = _table([text for _, text in extended.strings])
    name_offsets, name_table = _table(extended.names)
    items = len(name_offsets) + sum(value >= 0 for value in values)
    counts = (len(extended.booleans), len(extended.numbers), len(extended.strings))
    items = items if extended.items is None else extended.items
    return {
        "more alignment": bytes(len(_table(entry.strings)[1]) % 2),
        "more header": _shorts(*counts, items, len(table + name_table)),
        "more booleans": _flags([value for _, value in extended.booleans]),
        "more numbers alignment": bytes(len(extended.booleans) % 2),
        "more numbers": _numbers(entry, [value for _, value in extended.numbers]),
        "more offsets": _shorts(*values),
        "more name offsets": _shorts(*name_offsets),
        "more table": table,
        "more names": name_table,
    }


def _table(strings: Sequence[Text]) -> tuple[list[int], bytes]:
    """Offsets of strings, and the table: one after the other, each with a NUL."""
    offsets: list[int] = []
    table = b""
    for text in strings:
        offsets.append(text if isinstance(text, int) else len(table))
        table += b"" if isinstance(text, int) else text + b"\0"
    return offsets, table


def _flags(values: Sequence[int]) -> bytes:
    return bytes(value & 0xFF for value in values)


def _numbers(entry: Entry, values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}{'i' if entry.magic == WIDE else 'h'}", *values)


def _shorts(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)
