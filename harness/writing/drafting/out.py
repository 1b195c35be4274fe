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
        bits: bits that do not fill a byte yet.
        bit_count: how many.
        is_big: the first bit is the highest.
    """

    data: bytearray = field(default_factory=bytearray)
    outer: Out | None = None
    base: int = 0
    first: int = 0
    fixups: list[tuple[int, Place, IntegerData | FloatData]] = field(default_factory=list)
    bits: int = 0
    bit_count: int = 0
    is_big: bool = True

    def absolute(self, top: Out | None, offset: int) -> int | None:
        """Return an offset in the bytes of `top`; None where these are packed, or that is none."""
        out: Out | None = self
        while out is not None and out is not top:
            offset, out = offset + out.base, out.outer
        return None if out is None else offset

    def align(self) -> None:
        """Fill the last byte up with zeros."""
        if self.bit_count:
            spare = -self.bit_count % 8
            whole = self.bits << spare if self.is_big else self.bits
            order = "big" if self.is_big else "little"
            self.data += whole.to_bytes((self.bit_count + spare) // 8, order)  # type: ignore[arg-type]  # one of both
            self.bits = self.bit_count = 0

    def put_bits(self, value: int, data: BitsData) -> None:
        """Write the bits of one value.

        Raises:
            Rejected: there are not enough of them.
        """
        if not 0 <= value < 1 << data.width:
            raise Rejected
        self.is_big = data.endian == "be"
        if self.is_big:
            self.bits = (self.bits << data.width) | value
        else:
            self.bits |= value << self.bit_count
        self.bit_count += data.width
        if self.bit_count % 8 == 0:
            self.align()


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
