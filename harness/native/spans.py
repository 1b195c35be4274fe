"""The table of all values with their bytes, as a compiled schema writes it."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from harness.findings.model import Span
from harness.native import binding
from harness.native.compile.words import Named
from harness.reading.tree import step_of

# `hv_span` in runtime/engine/types.h says what the numbers are
_RECORD: Final = struct.Struct("=3Ii3H2B")
_FIRST_RECORDS: Final = 4096
_NO_PARENT: Final = (1 << 32) - 1
_NO_SLOT: Final = (1 << 16) - 1
_COMPUTED: Final = 1
_UNPACKED: Final = 2


class Kind(IntEnum):
    """What a value is: a structure, a list, a plain one, or one that stands elsewhere too."""

    STRUCT = 0
    LIST = 1
    VALUE = 2
    SHARED = 3


class Spanned(NamedTuple):
    """One value.

    Attributes:
        path: from the top; empty there.
        parent: position in the table of what holds it; -1 for the top.
        kind: what it is.
        type: of a structure, its type; else empty.
        span: its bytes in the file; None where it is computed.
        is_unpacked: it stands in a processed buffer, and the bytes are the packed ones.
    """

    path: str
    parent: int
    kind: Kind
    type: str
    span: Span | None
    is_unpacked: bool


class SpanTable:
    """Memory for the table of one content at a time; it grows as it must."""

    def __init__(self, records: int = _FIRST_RECORDS) -> None:
        """Make one with room for so many records."""
        self._types: Sequence[Named] = ()
        self._count = 0
        self._memory = mmap.mmap(-1, max(1, records) * _RECORD.size)

    def __len__(self) -> int:
        """How many values the content has."""
        return self._count

    def put_into(self, request: binding.Request) -> None:
        """Have the table written here."""
        request.spans = binding.start_of(self._memory)
        request.span_room = len(self._memory) // _RECORD.size

    def has_grown(self, request: binding.Request) -> bool:
        """Make room for what did not fit; the run must be repeated then."""
        if request.span_count <= request.span_room:
            return False
        self._memory = mmap.mmap(-1, request.span_count * _RECORD.size)
        self.put_into(request)
        return True

    def fill(self, count: int, types: Sequence[Named]) -> None:
        """Take note of what was written: so many records, of structures of these types."""
        self._count, self._types = count, types

    def records(self) -> memoryview:
        """Return the records as they are written: `hv_span` in types.h."""
        return memoryview(self._memory)[: self._count * _RECORD.size]

    def values(self) -> Iterator[Spanned]:
        """Yield all values, each before those that it holds."""
        around: list[str] = []
        for record in _RECORD.iter_unpack(self.records()):
            parent, start, end, item, type_, slot, of, kind, flags = record
            path = around[parent] if parent != _NO_PARENT else ""
            if slot != _NO_SLOT:
                step = step_of(self._types[type_].names[slot], item)
                path = f"{path}.{step}" if path else step
            # items stand in the structure around their list
            around.append(around[parent] if kind == Kind.LIST else path)
            yield Spanned(
                path,
                -1 if parent == _NO_PARENT else parent,
                Kind(kind),
                "" if of == _NO_SLOT else self._types[of].name,
                None if flags & _COMPUTED else Span(start, end),
                bool(flags & _UNPACKED),
            )
