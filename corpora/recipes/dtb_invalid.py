"""Broken flattened devicetrees: what is wrong stands in the header, or in the reservations."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.dtb import (
    COMPATIBLE,
    HEADER_SIZE,
    RESERVATIONS,
    STRINGS,
    STRINGS_SIZE,
    STRUCTURE,
    STRUCTURE_SIZE,
    TOTAL_SIZE,
    VERSION,
    build,
    word,
)
from corpora.recipes.dtb_valid import SOME
from corpora.recipes.sample import Sample, patched

SOUND = build(SOME)
SIZE, BLOCK, NAMES = len(SOUND), len(SOME.structure), len(SOME.strings)
AT = HEADER_SIZE + 16  # where the structure block is in `SOUND`
NAMES_AT = AT + BLOCK
ROOM = replace(SOME, space=(b"", b"", b"", bytes(64)))


def header(offset: int, value: int) -> bytes:
    """`SOUND` with another number in its header."""
    return word(SOUND, offset, value)


INVALID = (
    # Header.
    Sample("empty.dtb", "no byte at all", b"", ("S101",)),
    Sample("magic-only.dtb", "the magic number and nothing else", SOUND[:4], ("S101",)),
    Sample("cut-in-header.dtb", "the header ends early", SOUND[:30], ("B201", "S101")),
    Sample(
        "magic.dtb", "a bit of the magic number is wrong", patched(SOUND, 3, b"\xef"), ("S103",)
    ),
    Sample(
        "magic-swapped.dtb", "a little endian magic number", SOUND[3::-1] + SOUND[4:], ("S103",)
    ),
    Sample(
        "total-size-less.dtb",
        "the size is told one byte short",
        header(TOTAL_SIZE, SIZE - 1),
        ("B201", "S101", "S109"),
    ),
    Sample(
        "total-size-more.dtb",
        "the size is told one byte long",
        header(TOTAL_SIZE, SIZE + 1),
        ("B201", "S101"),
    ),
    Sample(
        "total-size-39.dtb",
        "a size smaller than the header",
        header(TOTAL_SIZE, 39),
        ("B201", "B205"),
    ),
    Sample(
        "total-size-hostile.dtb",
        "4,294,967,295 bytes",
        header(TOTAL_SIZE, 0xFFFF_FFFF),
        ("B201", "S101"),
    ),
    Sample("version-16.dtb", "version 16, whose header is shorter", header(VERSION, 16), ("B201",)),
    Sample(
        "compatible-2.dtb",
        "a reader of version 2 is told that it can read this",
        header(COMPATIBLE, 2),
        ("I501 compatible-version",),
    ),
    Sample(
        "compatible-18.dtb",
        "only for readers of version 18",
        build(replace(SOME, version=(18, 18))),
        ("B201", "I501 later-version"),
    ),
    Sample("cut.dtb", "the last byte is missing", SOUND[:-1], ("B201", "S101")),
    Sample("trailing.dtb", "a byte after the end that the header tells", SOUND + b"\0", ("S109",)),
    # Blocks.
    Sample(
        "reservations-in-header.dtb",
        "the memory reservation block in the header",
        header(RESERVATIONS, 24),
        ("B201", "B204"),
    ),
    Sample(
        "reservations-unaligned.dtb",
        "the memory reservation block at an odd word",
        build(replace(SOME, space=(bytes(4), b"", b"", b""))),
        ("I501 reservation-aligned",),
    ),
    Sample(
        "reservations-outside.dtb",
        "the memory reservation block after the end",
        header(RESERVATIONS, (SIZE + 7) // 8 * 8),
        ("B201", "I501 order-of-blocks"),
    ),
    Sample(
        "structure-in-header.dtb",
        "the structure block in the header",
        header(STRUCTURE, 36),
        ("B201", "B204", "I501 order-of-blocks"),
    ),
    Sample(
        "structure-unaligned.dtb",
        "the structure block at an odd address",
        build(replace(SOME, space=(b"", bytes(2), b"", b""))),
        ("I501 structure-aligned",),
    ),
    Sample(
        "structure-outside.dtb",
        "the structure block after the end",
        header(STRUCTURE, (SIZE + 3) // 4 * 4),
        ("B201", "B204", "I501 order-of-blocks"),
    ),
    Sample(
        "structure-size-less.dtb",
        "the structure block is told one token short",
        header(STRUCTURE_SIZE, BLOCK - 4),
        ("I501 structure-ends-with-end", "S101"),
    ),
    Sample(
        "structure-size-more.dtb",
        "the structure block is told one token long, into free space",
        word(build(replace(SOME, space=(b"", b"", bytes(4), b""))), STRUCTURE_SIZE, BLOCK + 4),
        ("I501 structure-ends-with-end", "S110"),
    ),
    Sample(
        "structure-size-odd.dtb",
        "the structure block has a byte too many",
        word(build(replace(SOME, space=(b"", b"", bytes(4), b""))), STRUCTURE_SIZE, BLOCK + 1),
        ("I501 structure-size-aligned", "S110"),
    ),
    Sample(
        "structure-size-hostile.dtb",
        "a structure block of 4,294,967,292 bytes",
        header(STRUCTURE_SIZE, 0xFFFF_FFFC),
        ("B201", "S101"),
    ),
    Sample(
        "strings-in-header.dtb",
        "the strings block in the header",
        header(STRINGS, 0),
        ("B201", "B204", "I501 order-of-blocks"),
    ),
    Sample(
        "strings-outside.dtb",
        "the strings block one byte after where it ends",
        header(STRINGS, NAMES_AT + 1),
        ("B201", "S101"),
    ),
    Sample(
        "strings-size-less.dtb",
        "the strings block is told one byte short",
        header(STRINGS_SIZE, NAMES - 1),
        ("I501 strings-end-with-nul", "S102"),
    ),
    Sample(
        "strings-size-more.dtb",
        "the strings block is told longer than the file",
        header(STRINGS_SIZE, NAMES + 1),
        ("B201", "S101"),
    ),
    Sample(
        "strings-in-structure.dtb",
        "the strings block begins in the structure block",
        word(header(STRINGS, NAMES_AT - 4), STRINGS_SIZE, NAMES + 4),
        (
            "I501 property-name-characters",
            "I501 property-name-not-empty",
            "I501 property-with-name",
            "S112",
        ),
    ),
    Sample(
        "reservations-in-structure.dtb",
        "the memory reservation block in the structure block",
        word(build(ROOM), RESERVATIONS, AT + 8 * (BLOCK // 16)),
        ("I501 list-goes-on", "I501 order-of-blocks", "S101", "S112"),
    ),
    # Reserved memory.
    Sample(
        "reservations-endless.dtb",
        "no end of the reserved regions before the end of the file",
        word(
            build(
                replace(
                    SOME,
                    order=("structure", "strings", "reservations"),
                    space=(b"", b"", bytes(-(BLOCK + NAMES) % 8), b""),
                )
            ),
            TOTAL_SIZE,
            HEADER_SIZE + BLOCK + NAMES + -(BLOCK + NAMES) % 8 + 8,
        ),
        ("B201", "I501 order-of-blocks", "S101", "S109"),
    ),
    Sample(
        "reservations-overlap.dtb",
        "two reserved regions that overlap",
        build(replace(SOME, reservations=((0x8000_0000, 0x1001), (0x8000_1000, 0x1000)))),
        ("I501 reservations-apart",),
    ),
    Sample(
        "reservation-wraps.dtb",
        "a reserved region beyond the end of the address space",
        build(replace(SOME, reservations=((0xFFFF_FFFF_FFFF_F000, 0x1001),))),
        ("I501 region-in-memory",),
    ),
)
