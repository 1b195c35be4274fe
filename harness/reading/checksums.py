"""`-checksum`: sums over a range of bytes, some of them taken as zero."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, reduce
from operator import xor
from typing import TYPE_CHECKING, Final

from harness.reading import words
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ABSENT, Location, Missing, StructNode, own_extent_of
from harness.reading.words import count
from harness.schema.ir import Checksum

if TYPE_CHECKING:
    from harness.reading.plan import Plan, PlanBook
    from harness.reading.stream import Buffer

Pieces = Iterable[bytes | memoryview]


class Sum:
    """A compiled `-checksum` of the attribute in `slot`.

    Attributes:
        slot: the attribute.
        is_whole: it is over the whole stream.
        zeroed: attributes that count as zero.
    """

    def __init__(self, book: PlanBook, plan: Plan, slot: int, checksum: Checksum) -> None:
        self.slot = slot
        self._checksum = checksum
        compile_ = book.expressions.compile
        self._start = compile_(checksum.start.tree) if checksum.start is not None else None
        self._end = compile_(checksum.end.tree) if checksum.end is not None else None
        self.is_whole = checksum.start is None and checksum.end is None
        self.zeroed = [plan.names.index(name) for name in checksum.zeroed]

    def check(self, node: StructNode) -> None:
        """Compare the stored value with the sum; the finding spans the bytes summed."""
        stored = node.values[self.slot]
        if isinstance(stored, Missing):
            return
        session, place = node.stream.session, Location(node, self.slot)
        source = self._checksum.place
        try:
            start, end = self._range(node)
            node.limits.bytes.take(end - start, node, self.slot)
        except Unknown:
            return
        except Fault as fault:
            session.report_fault(fault, place, source=source)
            return
        found = self._sum(node, node.stream.data, start, end)
        if stored != found:
            span = node.stream.span(start, end)
            session.report(
                "I502", place, words.checksum(found), words.checksum(stored), span, source=source
            )

    def wanted(self, node: StructNode, data: Buffer | bytearray) -> tuple[Location, int | bytes]:
        """Return where the sum stands, and what it is over other bytes of the same layout.

        Raises:
            Unknown, Fault: the range cannot be told.
        """
        return Location(node, self.slot), self._sum(node, data, *self._range(node))

    def size(self, node: StructNode) -> int:
        """Return how many bytes are summed.

        Raises:
            Unknown, Fault: the range cannot be told.
        """
        start, end = self._range(node)
        return end - start

    def _sum(
        self, node: StructNode, summed: Buffer | bytearray, start: int, end: int
    ) -> int | bytes:
        with memoryview(summed) as data:
            return self.over(data, start, end, self._holes(node))

    def over(
        self, data: memoryview, start: int, end: int, holes: Iterable[tuple[int, int]]
    ) -> int | bytes:
        """Return the sum of a range of bytes, where those in `holes` count as zero."""
        return ALGORITHMS[self._checksum.algorithm](_pieces(data, start, end, holes))

    def _holes(self, node: StructNode) -> Iterator[tuple[int, int]]:
        """Yield the bytes that count as zero: those of attributes read from the same data."""
        for slot in self.zeroed:
            found = own_extent_of(Location(node, slot))
            if found is not None and found[0].whole is node.stream.whole:
                yield found[1:]

    def _range(self, node: StructNode) -> tuple[int, int]:
        """Return what is summed; unknown where what counts as zero of it is not all there."""
        stream = node.stream
        start = self._start(node, NOTHING_BOUND) if self._start is not None else stream.start
        end = self._end(node, NOTHING_BOUND) if self._end is not None else stream.end
        if not 0 <= start <= end <= len(stream.data):
            raise Fault("B204", count(len(stream.data), "byte"), f"{start}..{end}")
        for slot in self.zeroed:
            value = node.values[slot]
            if isinstance(value, Missing) and value is not ABSENT:
                raise Unknown(node.plan.names[slot], is_reported=True)
        return start, end


def _pieces(
    data: memoryview, start: int, end: int, holes: Iterable[tuple[int, int]]
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a range, with zeros in the holes."""
    at = start
    for hole_start, hole_end in sorted(holes):
        low, high = max(hole_start, at), min(hole_end, end)
        if low < high:
            yield data[at:low]
            yield bytes(high - low)
            at = high
    yield data[at:end]


def _crc32(pieces: Pieces) -> int:
    total = 0
    for piece in pieces:
        total = zlib.crc32(piece, total)
    return total


def _adler32(pieces: Pieces) -> int:
    total = 1
    for piece in pieces:
        total = zlib.adler32(piece, total)
    return total


@cache
def _crc32c_table() -> list[int]:
    """Return the table of the Castagnoli polynomial, reflected (RFC 3720 §B.4)."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


def _crc32c(pieces: Pieces) -> int:
    table, total = _crc32c_table(), 0xFFFFFFFF
    for piece in pieces:
        for byte in piece:
            total = (total >> 8) ^ table[(total ^ byte) & 0xFF]
    return total ^ 0xFFFFFFFF


def _sha256(pieces: Pieces) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _total(bits: int) -> Callable[[Pieces], int]:
    return lambda pieces: sum(sum(piece) for piece in pieces) & ((1 << bits) - 1)


def _xor8(pieces: Pieces) -> int:
    return reduce(xor, (reduce(xor, piece, 0) for piece in pieces), 0)


ALGORITHMS: Final[dict[str, Callable[[Pieces], int | bytes]]] = {
    "crc32": _crc32,
    "crc32c": _crc32c,
    "adler32": _adler32,
    "sha256": _sha256,
    "sum8": _total(8),
    "sum16": _total(16),
    "sum32": _total(32),
    "xor8": _xor8,
}
