"""Sound compiled magic: each version, both byte orders, each kind of value and of offset."""

from __future__ import annotations

from typing import Final

from corpora.recipes.magic import WIDE, Entry, Flag, Kind, Order, build, number
from corpora.recipes.sample import Sample

ELF = Entry(
    type=Kind.STRING,
    value=b"\x7fELF",
    mask=(0, 0),
    flags=Flag.BINARY,
    factor=("+", 10),
    line=3,
    description=b"ELF",
    mime_type=b"application/x-elf",
    apple=b"UNIXelf?",
    extensions=b"elf/so",
)
USE_PART = Entry(
    type=Kind.USE, value=b"part", mask=(0, 0), level=1, offset=5, line=4, flags=Flag.NO_SPACE
)
USE_SWAPPED = Entry(type=Kind.USE, value=b"^part", mask=(0, 0), level=1, offset=5, line=5)
NUMBERS = (
    Entry(
        type=Kind.BELONG,
        value=number(-0x35014542),
        flags=Flag.BINARY,
        line=10,
        description=b"Java class data",
    ),
    Entry(type=Kind.BYTE, value=number(-128), level=1, line=11, description=b"%d"),
    Entry(
        type=Kind.SHORT,
        value=number(0xFFFF),
        level=1,
        flags=Flag.UNSIGNED,
        mask_operator=0x40,
        mask=0xFF00,
        line=12,
        description=b"\\b, flags %#x",
    ),
    Entry(
        type=Kind.LONG,
        value=number(7),
        level=1,
        relation="&",
        offset=16,
        flags=Flag.INDIRECT | Flag.RELATIVE,
        indirect=(Kind.LELONG, 0x83, -4),
        mask_operator=3,
        mask=1,
        line=13,
    ),
    Entry(
        type=Kind.QUAD,
        value=number((1 << 64) - 1),
        level=2,
        relation="<",
        flags=Flag.INDIRECT | Flag.RELATIVE_INSIDE | Flag.FROM_END,
        offset=8,
        indirect=(Kind.BYTE, 0, 0),
        line=14,
    ),
    Entry(type=Kind.BEFLOAT, value=("f", 1.5), level=1, relation=">", line=15, description=b"%g"),
    Entry(type=Kind.LEDOUBLE, value=("d", -0.5), level=1, relation="!", line=16),
    Entry(type=Kind.GUID, value=bytes(range(1, 17)), value_length=0, level=1, line=17),
    Entry(type=Kind.CLEAR, relation="x", level=1, line=18),
    Entry(type=Kind.DEFAULT, relation="x", level=1, line=19, description=b"of no known kind"),
)
TEXTS = (
    Entry(
        type=Kind.SEARCH,
        value=b"<?xml version=",
        mask=(4096, 0x25),
        flags=Flag.TEXT,
        factor=("/", 2),
        line=20,
        description=b"XML",
        mime_type=b"text/xml",
    ),
    Entry(type=Kind.REGEX, value=b"^[a-z]+$", mask=(3, 0x800), level=1, line=21, description=b"%s"),
    Entry(
        type=Kind.PSTRING,
        value=b"name",
        value_length=6,
        mask=(0, 0x1100),
        level=1,
        relation=">",
        line=22,
        description=b'"%-.20s"',
    ),
    Entry(type=Kind.PSTRING, relation="x", mask=(0, 0x80), level=1, line=23, description=b"%s"),
    Entry(type=Kind.STRING, value=b"y" * 127, mask=(0, 0), level=1, relation="^", line=24),
    Entry(type=Kind.INDIRECT, relation="x", mask=(0, 1), level=1, line=25, description=b"in it:"),
    Entry(type=Kind.DER, value=b"seq", level=1, line=26),
)
PART = (
    Entry(type=Kind.NAME, value=b"part", mask=(0, 0), line=30),
    Entry(type=Kind.BYTE, value=number(1), level=1, line=31, description=b"32-bit"),
    Entry(type=Kind.BYTE, value=number(2), level=1, line=32, description=b"64-bit"),
)
TESTS = (ELF, USE_PART, USE_SWAPPED, *NUMBERS, *TEXTS)
SOURCE = Entry(
    type=Kind.BESHORT,
    value=number(0x1F8B),
    flags=Flag.BINARY | Flag.FROM_START,
    line=2,
    source=b"magic/compress",
)


_ORDERS: Final[tuple[tuple[str, Order], ...]] = (("little", "<"), ("big", ">"))


def some(version: int, order: Order) -> bytes:
    """A file with an entry of each kind that the version has."""
    tests: tuple[Entry, ...] = TESTS
    if version >= WIDE:
        tests = (*tests, SOURCE)
    return build(tests, PART, version=version, order=order)


def of_21(kind: int, value: bytes | tuple[str, int]) -> Entry:
    """An entry with a type that version 21 put in, or moved."""
    return Entry(type=kind, value=value, value_length=0, flags=Flag.BINARY, line=1)


VALID = (
    *(
        Sample(
            f"version-{version}-{name}-endian.mgc",
            f"version {version}, {name} endian",
            some(version, order),
        )
        for version in (16, 17, 18, 20, 21)
        for name, order in _ORDERS
    ),
    Sample("empty.mgc", "no entries", build(())),
    Sample("names-only.mgc", "a named list that nobody uses", build((), PART)),
    Sample(
        "version-21-types.mgc",
        "the types that version 21 put in between, and one that it moved",
        build(
            (
                of_21(50, bytes(range(16))),
                of_21(51, bytes(range(16))),
                of_21(52, number(1 << 40)),
            ),
            version=21,
        ),
    ),
    Sample(
        "extensions-full.mgc",
        "extensions that leave no room for a NUL",
        build(
            (
                Entry(
                    type=Kind.BYTE,
                    value=number(1),
                    flags=Flag.BINARY,
                    description=b"x",
                    extensions=b"abcdefg/" * 7 + b"abcdefgh",
                ),
            )
        ),
    ),
    Sample(
        "description-full.mgc",
        "a description of 63 bytes, not in ASCII",
        build(
            (
                Entry(
                    type=Kind.OCTAL,
                    value=b"755",
                    mask=(0, 0),
                    flags=Flag.BINARY,
                    description=("3½″".encode() * 11)[:63],
                ),
            )
        ),
    ),
)
