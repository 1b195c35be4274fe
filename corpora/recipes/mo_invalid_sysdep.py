"""Broken GNU MO files of minor revision 1, whose strings may depend on the system."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.mo import (
    LAST_PIECE,
    LONG_HEADER_SIZE,
    REVISION,
    SEGMENT_TABLE,
    SYSDEP_ORIGINALS,
    Pieces,
    build,
    word,
)
from corpora.recipes.mo_valid import BYTES, SOME, SYSDEP
from corpora.recipes.sample import Sample

SOUND = build(SYSDEP)
COUNT = len(SOME.messages)
TABLES = LONG_HEADER_SIZE + 16 * COUNT + 4 * SYSDEP.hash_entries
FIRST_STRING, SECOND_STRING = TABLES + 16, TABLES + 16 + 20


def of_one(text: Pieces) -> bytes:
    """A file with a string that depends on the system; `text` is its translation."""
    return build(replace(SYSDEP, sysdep=((BYTES[0], text),)))


INVALID = (
    Sample(
        "sysdep-without-hash.mo",
        "minor revision 1 without hash table",
        build(replace(SYSDEP, hash_size=0)),
        ("I501 hash-table-for-sysdep",),
    ),
    Sample(
        "sysdep-hash-full.mo",
        "a hash table without room for the strings added when loaded",
        build(replace(SYSDEP, hash_size=COUNT + 1)),
        ("I501 hash-table-has-room",),
    ),
    Sample(
        "sysdep-table-in-header.mo",
        "minor revision 1, but the header of minor revision 0",
        word(build(SOME), REVISION, 1),
        (
            "B204",
            "I501 hash-table-has-room",
            "S101",
        ),
    ),
    Sample(
        "segments-outside.mo",
        "the table of segments is after the end of the file",
        word(SOUND, SEGMENT_TABLE, len(SOUND)),
        ("S101",),
    ),
    Sample(
        "segment-empty.mo",
        "a segment without a name, not even a NUL",
        build(replace(SYSDEP, segments=(b"",))),
        ("B201",),
    ),
    Sample(
        "segment-without-nul.mo",
        "the name of a segment has no NUL",
        build(replace(SYSDEP, segments=(b"PRIu64",))),
        ("S102",),
    ),
    Sample(
        "segment-with-nul.mo",
        "the name of a segment has a NUL in it",
        build(replace(SYSDEP, segments=(b"PRI\0u64\0",))),
        ("S107",),
    ),
    Sample(
        "segment-not-ascii.mo",
        "the name of a segment is not ASCII",
        build(replace(SYSDEP, segments=(b"PRI\xb5\0",))),
        ("S106",),
    ),
    Sample(
        "piece-of-no-segment.mo",
        "a piece is followed by a segment that is not there",
        of_one(((b"%", 1), BYTES[1][1])),
        ("I505",),
    ),
    Sample(
        "piece-without-nul.mo",
        "the last piece of a string has no NUL",
        of_one((BYTES[1][0], (b" Byte", LAST_PIECE))),
        ("I501 last-piece-ends-with-nul",),
    ),
    Sample(
        "piece-empty.mo",
        "the last piece of a string is empty, its NUL is in the one before",
        of_one(((b"%\0", 0), (b"", LAST_PIECE))),
        ("I501 last-piece-ends-with-nul",),
    ),
    Sample(
        "pieces-without-end.mo",
        "no piece is marked as the last",
        word(SOUND, SECOND_STRING + 16, 0),
        (
            "B204",
            "I505",
            "S101",
        ),
    ),
    Sample(
        "piece-outside.mo",
        "a piece is longer than the file",
        word(SOUND, FIRST_STRING + 12, 0x7FFF_FFFF),
        (
            "I501 pieces-in-file",
            "S101",
        ),
    ),
    Sample(
        "sysdep-strings-outside.mo",
        "the table of such strings is after the end of the file",
        word(SOUND, SYSDEP_ORIGINALS, 0xFFFF_FFF0),
        ("B204",),
    ),
    Sample(
        "sysdep-string-outside.mo",
        "such a string is described after the end of the file",
        word(SOUND, TABLES + 8, len(SOUND)),
        ("S101",),
    ),
    Sample(
        "sysdep-in-header.mo",
        "such a string has its bytes in the header",
        word(SOUND, FIRST_STRING, 0),
        (
            "S111",
            "S112",
        ),
    ),
)
