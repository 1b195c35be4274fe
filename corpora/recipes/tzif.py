"""Build TZif files (RFC 9636) from plain values, sound or not: what is given is what is written."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

HEADER = struct.Struct(">4sc15s6I")
LOCAL_TIME_TYPE = struct.Struct(">iBB")


@dataclass(frozen=True, slots=True)
class LocalTimeType:
    """Seconds east of UT, daylight saving time or not, and where its designation begins."""

    utoff: int
    isdst: int
    desigidx: int


@dataclass(frozen=True, slots=True)
class LeapSecond:
    """UNIX leap time of occurrence, and the correction from then on."""

    occurrence: int
    correction: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The header's counts, in their order there; a count of None is taken from the block."""

    isutcnt: int | None = None
    isstdcnt: int | None = None
    leapcnt: int | None = None
    timecnt: int | None = None
    typecnt: int | None = None
    charcnt: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A data block, and what its header says of it."""

    local_time_types: tuple[LocalTimeType, ...]
    designations: bytes
    transitions: tuple[tuple[int, int], ...] = ()
    leap_seconds: tuple[LeapSecond, ...] = ()
    standard: bytes = b""
    ut: bytes = b""
    counts: Counts = Counts()


# RFC 9636 §4: all counts zero except one local time type and one octet.
PLACEHOLDER = Block((LocalTimeType(0, 0, 0),), b"\0")


def build_v1(block: Block) -> bytes:
    """Return a version 1 file."""
    return header(b"\0", block) + _data(block, 4)


def build(version: int, block: Block, tz_string: str = "", *, old: Block = PLACEHOLDER) -> bytes:
    """Return a file of version 2, 3 or 4.

    Args:
        version: as a number.
        block: the block with 64-bit times.
        tz_string: the footer's rule.
        old: the block with 32-bit times.
    """
    octet = str(version).encode("ascii")
    first = header(octet, old) + _data(old, 4)
    second = header(octet, block) + _data(block, 8)
    return first + second + footer(tz_string)


def header(version: bytes, block: Block, *, magic: bytes = b"TZif") -> bytes:
    """Return a header for the block."""
    actual = (
        len(block.ut),
        len(block.standard),
        len(block.leap_seconds),
        len(block.transitions),
        len(block.local_time_types),
        len(block.designations),
    )
    told = (
        block.counts.isutcnt,
        block.counts.isstdcnt,
        block.counts.leapcnt,
        block.counts.timecnt,
        block.counts.typecnt,
        block.counts.charcnt,
    )
    counts = [real if say is None else say for real, say in zip(actual, told, strict=True)]
    return HEADER.pack(magic, version, bytes(15), *counts)


def footer(tz_string: str) -> bytes:
    """Return the footer for the rule."""
    return b"\n" + tz_string.encode("latin-1") + b"\n"


def telling(block: Block, counts: Counts) -> Block:
    """Return the block with a header that tells other counts than it has."""
    return replace(block, counts=counts)


def _data(block: Block, time_size: int) -> bytes:
    time = {4: ">i", 8: ">q"}[time_size]
    return b"".join(
        (
            *(struct.pack(time, at) for at, _ in block.transitions),
            bytes(index for _, index in block.transitions),
            *(
                LOCAL_TIME_TYPE.pack(item.utoff, item.isdst, item.desigidx)
                for item in block.local_time_types
            ),
            block.designations,
            *(
                struct.pack(time, item.occurrence) + struct.pack(">i", item.correction)
                for item in block.leap_seconds
            ),
            block.standard,
            block.ut,
        )
    )
