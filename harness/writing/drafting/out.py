"""Bytes that were written so far, and where in them things lie."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from harness.reading.elements import number_format
from harness.schema.ir import BitsData, FloatData, IntegerData
from harness.writing.drafting.draft import Place
from harness.writing.drafting.outcomes import Rejected

# where something lies: in which bytes, from where to where
Lies = tuple["Out", int, int]


@dataclass(slots=True, eq=False)
class Out:
    """Bytes written so far.

    Attributes:
        data: the whole bytes.
        outer: the bytes that these became a part of; None at the top, and where they are packed.
        base: where in those.
        first: the offset of the first byte in its stream.
        fixups: numbers to be written again: offset, where they stand, and how they are held.
        bits_left: bits of the last byte that are not used yet, next to each other.
        bits_low: the lowest of them.
    """

    data: bytearray = field(default_factory=bytearray)
    outer: Out | None = None
    base: int = 0
    first: int = 0
    fixups: list[tuple[int, Place, IntegerData | FloatData]] = field(default_factory=list)
    bits_left: int = 0
    bits_low: int = 0

    def absolute(self, top: Out | None, offset: int) -> int | None:
        """Return an offset in the bytes of `top`; None where these are packed, or that is none."""
        out: Out | None = self
        while out is not None and out is not top:
            offset, out = offset + out.base, out.outer
        return None if out is None else offset

    def align(self) -> None:
        """Leave the rest of the last byte zero."""
        self.bits_left = 0

    def put_bits(self, value: int, data: BitsData) -> None:
        """Write the bits of one value: first into those that are left, whose order may differ.

        Raises:
            Rejected: there are not enough of them.
        """
        if not 0 <= value < 1 << data.width:
            raise Rejected
        if data.endian == "be":
            self._put_highest(value, data.width)
        else:
            self._put_lowest(value, data.width)

    def _put_highest(self, value: int, width: int) -> None:
        """Write bits from the highest on."""
        more = width - self.bits_left
        if self.bits_left:
            part = value >> more if more > 0 else value << -more
            self.data[-1] |= part << self.bits_low
        size = (more + 7) // 8 if more > 0 else 0
        self.bits_left = 8 * size - more
        if size:
            rest = value & ((1 << more) - 1)
            self.data += (rest << self.bits_left).to_bytes(size, "big")
            self.bits_low = 0

    def _put_lowest(self, value: int, width: int) -> None:
        """Write bits from the lowest on."""
        taken = min(width, self.bits_left)
        if taken:
            self.data[-1] |= (value & ((1 << taken) - 1)) << self.bits_low
        more = width - taken
        size = (more + 7) // 8
        self.data += (value >> taken).to_bytes(size, "little")
        self.bits_left += 8 * size - width
        self.bits_low = 8 - self.bits_left if size else self.bits_low + taken


def number_bytes(data: IntegerData | FloatData, value: Any, *, big_endian: bool) -> bytes:
    """Return the bytes of a number.

    Raises:
        Rejected: they cannot hold it.
    """
    try:
        return _layout(data, big_endian).pack(value)
    except (struct.error, OverflowError):
        raise Rejected from None


@cache
def _layout(data: IntegerData | FloatData, big_endian: bool) -> struct.Struct:  # noqa: FBT001  # a key
    is_big = data.endian == "be" or (data.endian == "inherited" and big_endian)
    return struct.Struct((">" if is_big else "<") + number_format(data))
