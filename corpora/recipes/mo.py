"""Build GNU MO files from plain values, sound or not: what is given is what is written."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from corpora.recipes.sample import patched

MAGIC = 0x950412DE
LAST_PIECE = 0xFFFF_FFFF

# Where the header has what (manual §10.3; from minor revision 1 on, gettext's gmo.h).
REVISION, STRINGS, ORIGINALS, TRANSLATIONS, HASH_SIZE, HASH_TABLE = range(4, 28, 4)
SEGMENTS, SEGMENT_TABLE, SYSDEP_STRINGS, SYSDEP_ORIGINALS, SYSDEP_TRANSLATIONS = range(28, 48, 4)
HEADER_SIZE, LONG_HEADER_SIZE = 28, 48

Message = tuple[bytes, bytes]
Pieces = tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a file says.

    Attributes:
        messages: originals and translations, in the order they are written in.
        order: `<` for little endian, `>` for big endian.
        revision: major in the upper half, minor in the lower.
        hash_size: entries of the hash table; None for as many as `msgfmt` takes.
        alignment: of strings, in bytes.
        segments: names of the parts that depend on the system, with their NULs.
        sysdep: originals and translations with such parts: fixed bytes, each with the segment
            that follows it, or `LAST_PIECE`.
    """

    messages: tuple[Message, ...]
    order: Literal["<", ">"] = "<"
    revision: int = 0
    hash_size: int | None = None
    alignment: int = 1
    segments: tuple[bytes, ...] = ()
    sysdep: tuple[tuple[Pieces, Pieces], ...] = ()

    @property
    def hash_entries(self) -> int:
        """Number of entries of the hash table."""
        if self.hash_size is not None:
            return self.hash_size
        return _prime_from(max(3, (len(self.messages) + len(self.sysdep)) * 4 // 3))

    @property
    def header_size(self) -> int:
        """Bytes of the header, magic number included."""
        return LONG_HEADER_SIZE if self.revision & 0xFFFF else HEADER_SIZE


def build(catalog: Catalog) -> bytes:
    """Return the file, its parts in the order that `msgfmt` writes them in."""
    words = _Words(catalog.order)
    total, size = len(catalog.messages), catalog.hash_entries
    originals = catalog.header_size
    translations = originals + 8 * total
    hash_table = translations + 8 * total
    sysdep_tables = hash_table + 4 * size
    strings = sysdep_tables + _sysdep_tables_size(catalog)
    header = [MAGIC, catalog.revision, total, originals, translations, size, hash_table]
    if catalog.header_size == LONG_HEADER_SIZE:
        header += _sysdep_header(catalog, sysdep_tables)
    pool = _Pool(strings, catalog.alignment)
    firsts = [_described(pool, original) for original, _ in catalog.messages]
    seconds = [_described(pool, translation) for _, translation in catalog.messages]
    sysdep = _sysdep(catalog, sysdep_tables, pool)
    tables = [*_flat(firsts), *_flat(seconds), *hash_slots(catalog), *sysdep]
    return words(*header, *tables) + pool.data


def word(data: bytes, offset: int, value: int, order: Literal["<", ">"] = "<") -> bytes:
    """Overwrite a number of four bytes."""
    return patched(data, offset, struct.pack(f"{order}I", value))


def hash_slots(catalog: Catalog) -> list[int]:
    """Return the hash table: by Weinberger's function and double hashing, as gettext does it."""
    size = catalog.hash_entries
    slots = [0] * size
    for number, (original, _) in enumerate(catalog.messages, start=1):
        value = _hash(original.split(b"\0")[0])
        at = value % size if size else 0
        while size and slots[at]:
            at = (at + 1 + value % (size - 2)) % size
        if size:
            slots[at] = number
    return slots


def big_endian(catalog: Catalog) -> Catalog:
    """Return the catalog in the other byte order."""
    return replace(catalog, order=">")


class _Words:
    """Packs numbers of four bytes."""

    def __init__(self, order: str) -> None:
        self._order = order

    def __call__(self, *values: int) -> bytes:
        return struct.pack(f"{self._order}{len(values)}I", *values)


class _Pool:
    """The strings, one after the other."""

    def __init__(self, start: int, alignment: int) -> None:
        self._start, self._alignment = start, alignment
        self.data = b""

    def add(self, data: bytes) -> int:
        """Append bytes; returns their offset in the file."""
        self.data += bytes(-(self._start + len(self.data)) % self._alignment)
        offset = self._start + len(self.data)
        self.data += data
        return offset


def _described(pool: _Pool, text: bytes) -> tuple[int, int]:
    return len(text), pool.add(text + b"\0")


def _flat(pairs: Sequence[tuple[int, int]]) -> list[int]:
    return [value for pair in pairs for value in pair]


def _strings(catalog: Catalog) -> list[Pieces]:
    """The strings with parts that depend on the system: originals, then translations."""
    return [pair[side] for side in (0, 1) for pair in catalog.sysdep]


def _sysdep_tables_size(catalog: Catalog) -> int:
    strings = _strings(catalog)
    return 8 * len(catalog.segments) + sum(4 + 4 + 8 * len(pieces) for pieces in strings)


def _sysdep_header(catalog: Catalog, start: int) -> list[int]:
    total = len(catalog.sysdep)
    originals = start + 8 * len(catalog.segments)
    return [len(catalog.segments), start, total, originals, originals + 4 * total]


def _sysdep(catalog: Catalog, start: int, pool: _Pool) -> list[int]:
    """Table of segments, the two tables of strings, the strings' descriptions."""
    segments = [(len(name), pool.add(name)) for name in catalog.segments]
    strings = _strings(catalog)
    at = start + 8 * len(segments) + 4 * len(strings)
    offsets: list[int] = []
    descriptions: list[int] = []
    for pieces in strings:
        offsets.append(at + 4 * len(descriptions))
        fixed = b"".join(text for text, _ in pieces)
        descriptions += [pool.add(fixed), *_flat([(len(text), part) for text, part in pieces])]
    return [*_flat(segments), *offsets, *descriptions]


def _hash(text: bytes) -> int:
    """P. J. Weinberger's hash function."""
    value = 0
    for octet in text:
        value = (value << 4) + octet
        high = value & 0xF000_0000
        value ^= high ^ high >> 24
    return value


def _prime_from(start: int) -> int:
    return next(n for n in count(start | 1, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))
