"""Broken GNU MO files: one for each rule of the manual, or of gettext's reader, that is checked."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.mo import (
    HASH_SIZE,
    HASH_TABLE,
    HEADER_SIZE,
    ORIGINALS,
    REVISION,
    STRINGS,
    TRANSLATIONS,
    Catalog,
    big_endian,
    build,
    hash_slots,
    word,
)
from corpora.recipes.mo_valid import (
    FILES,
    HEADER,
    HEADER_ONLY,
    ONE,
    PLAIN,
    SOME,
    TWO,
)
from corpora.recipes.sample import Sample, patched

SOUND, NO_HASH = build(SOME), build(PLAIN)
COUNT = len(SOME.messages)
TRANSLATION_TABLE = HEADER_SIZE + 8 * COUNT
SLOTS = HEADER_SIZE + 16 * COUNT
FREE_SLOT = SLOTS + 4 * hash_slots(SOME).index(0)
USED_SLOTS = [SLOTS + 4 * place for place, slot in enumerate(hash_slots(SOME)) if slot]
POOL_WITHOUT_HASH = SLOTS  # where the strings are if there is no hash table
ALIGNED_POOL = -(-POOL_WITHOUT_HASH // 8) * 8  # the empty original, then seven bytes of padding


def original(index: int) -> int:
    """Where the length of an original is in `SOUND` and `NO_HASH`; the offset is 4 further."""
    return HEADER_SIZE + 8 * index


def translation(index: int) -> int:
    """Where the length of a translation is."""
    return TRANSLATION_TABLE + 8 * index


INVALID = (
    # Magic number and revision.
    Sample("empty.mo", "no byte at all", b"", ("S101",)),
    Sample("magic-only.mo", "the magic number and nothing else", SOUND[:4], ("S101",)),
    Sample(
        "cut-in-header.mo",
        "the header ends early",
        SOUND[:18],
        (
            "B204",
            "S101",
        ),
    ),
    Sample(
        "magic.mo",
        "a bit of the magic number is wrong",
        patched(SOUND, 0, b"\xdf"),
        ("B202", "S115"),
    ),
    Sample(
        "magic-half-swapped.mo",
        "the halves of the magic number are swapped",
        patched(SOUND, 0, b"\x04\x95\xde\x12"),
        ("B202", "S115"),
    ),
    Sample(
        "magic-of-other-order.mo",
        "big endian by its magic number, little endian in truth",
        patched(SOUND, 0, SOUND[3::-1]),
        (
            "B204",
            "I501 tables-in-file",
        ),
    ),
    Sample(
        "revision-2-0.mo",
        "major revision 2, at which a reader should stop",
        word(SOUND, REVISION, 0x2_0000),
        ("I501 major-revision",),
    ),
    # Tables.
    Sample(
        "count-too-high.mo",
        "one string more than there is",
        word(NO_HASH, STRINGS, COUNT + 1),
        (
            "B204",
            "I501 string-follows-tables",
            "I503",
        ),
    ),
    Sample(
        "count-too-low.mo",
        "one string less than there is",
        word(NO_HASH, STRINGS, COUNT - 1),
        (
            "S109",
            "S111",
        ),
    ),
    Sample(
        "hostile-count.mo",
        "4,294,967,295 strings",
        word(NO_HASH, STRINGS, 0xFFFF_FFFF),
        (
            "B204",
            "I501 tables-in-file",
            "I503",
            "S101",
        ),
    ),
    Sample(
        "be-hostile-count.mo",
        "the same, big endian",
        word(build(big_endian(PLAIN)), STRINGS, 0xFFFF_FFFF, ">"),
        (
            "B204",
            "I501 tables-in-file",
            "I503",
            "S101",
        ),
    ),
    Sample(
        "originals-outside.mo",
        "the table of originals is after the end of the file",
        word(NO_HASH, ORIGINALS, len(NO_HASH) + 4),
        (
            "B204",
            "I501 tables-in-file",
        ),
    ),
    Sample(
        "translations-outside.mo",
        "the table of translations reaches over the end of the file",
        word(NO_HASH, TRANSLATIONS, len(NO_HASH) - 8),
        (
            "B204",
            "I501 tables-in-file",
            "S101",
        ),
    ),
    Sample(
        "tables-overlap.mo",
        "the table of translations begins 4 bytes early",
        word(NO_HASH, TRANSLATIONS, TRANSLATION_TABLE - 4),
        (
            "I501 plural-of-translation",
            "I501 string-ends-with-nul",
            "I501 string-follows-tables",
            "S103",
            "S109",
            "S112",
        ),
    ),
    Sample(
        "one-table.mo",
        "originals and translations are the same table",
        word(NO_HASH, TRANSLATIONS, HEADER_SIZE),
        (
            "S109",
            "S111",
            "S112",
        ),
    ),
    Sample(
        "table-in-header.mo",
        "the table of originals begins in the header",
        word(build(HEADER_ONLY), ORIGINALS, HEADER_SIZE - 8),
        (
            "S111",
            "S112",
        ),
    ),
    # Strings.
    Sample(
        "original-outside.mo",
        "an original is after the end of the file",
        word(NO_HASH, original(2) + 4, len(NO_HASH) + 1),
        ("B204",),
    ),
    Sample(
        "original-too-long.mo",
        "an original is longer than the file",
        word(NO_HASH, original(2), 0x7FFF_FFFF),
        (
            "I501 string-ends-with-nul",
            "S101",
        ),
    ),
    Sample(
        "translation-outside.mo",
        "a translation at the last offset there is",
        word(NO_HASH, translation(2) + 4, 0xFFFF_FFFF),
        ("B204",),
    ),
    Sample(
        "length-one-short.mo",
        "an original is told one byte shorter than it is",
        word(NO_HASH, original(2), len(SOME.messages[2][0]) - 1),
        (
            "I501 string-ends-with-nul",
            "S103",
        ),
    ),
    Sample(
        "length-one-long.mo",
        "a translation is told one byte longer than it is",
        word(NO_HASH, translation(1), len(SOME.messages[1][1]) + 1),
        (
            "I501 string-ends-with-nul",
            "S103",
        ),
    ),
    Sample(
        "original-without-nul.mo",
        "an original has a blank where its NUL should be",
        patched(NO_HASH, POOL_WITHOUT_HASH + 1 + len(FILES[0]), b" "),
        (
            "I501 string-ends-with-nul",
            "S103",
        ),
    ),
    Sample(
        "cut-before-last-nul.mo",
        "the last NUL is missing",
        NO_HASH[:-1],
        (
            "I501 string-ends-with-nul",
            "S101",
        ),
    ),
    Sample(
        "cut-in-strings.mo",
        "the last ten bytes are missing",
        NO_HASH[:-10],
        (
            "B204",
            "I501 string-ends-with-nul",
            "S101",
        ),
    ),
    Sample(
        "torn.mo",
        "zeros from the originals on, as after a torn write",
        NO_HASH[:120] + bytes(len(NO_HASH) - 120),
        (
            "I501 original-told-apart",
            "I501 plural-of-original",
            "I501 plural-of-translation",
            "I503",
        ),
    ),
    Sample(
        "string-in-header.mo",
        "a translation in the header",
        word(word(NO_HASH, translation(2) + 4, 0), translation(2), 4),
        (
            "I501 string-follows-tables",
            "S111",
        ),
    ),
    Sample(
        "string-in-table.mo",
        "a translation in the table of originals",
        word(word(NO_HASH, translation(2) + 4, original(0) + 4), translation(2), 1),
        (
            "I501 string-follows-tables",
            "S111",
        ),
    ),
    Sample(
        "gap.mo",
        "bytes between two strings that are no padding",
        patched(build(replace(PLAIN, alignment=8)), ALIGNED_POOL + 3, b"?"),
        ("S111",),
    ),
    Sample("trailing.mo", "a byte after the last string", NO_HASH + b"\n", ("S109",)),
    # Order.
    Sample(
        "unsorted.mo",
        "two originals in the wrong order",
        build(Catalog((HEADER, TWO, ONE))),
        ("I503",),
    ),
    Sample("twice.mo", "an original twice", build(Catalog((HEADER, ONE, ONE))), ("I503",)),
    Sample(
        "sorted-by-letters.mo",
        "originals in the order of a dictionary, not of their octets",
        build(Catalog((HEADER, (b"apple", b"Apfel"), (b"Zebra", b"Zebra")))),
        ("I503",),
    ),
    Sample(
        "header-entry-last.mo",
        "the header entry is not the first",
        build(Catalog((ONE, HEADER))),
        (
            "I501 header-entry",
            "I503",
        ),
    ),
    # Hash table.
    Sample(
        "hash-of-one.mo",
        "a hash table with one entry",
        build(replace(HEADER_ONLY, hash_size=1)),
        (
            "B208",
            "I501 hash-table-has-room",
        ),
    ),
    Sample(
        "hash-of-two.mo",
        "a hash table with two entries",
        build(replace(HEADER_ONLY, hash_size=2)),
        ("B208",),
    ),
    Sample(
        "hash-full.mo",
        "a hash table without an empty entry",
        build(replace(SOME, hash_size=COUNT)),
        ("I501 hash-table-has-room",),
    ),
    Sample(
        "hash-entry-too-high.mo",
        "an entry for a string that is not there",
        word(SOUND, USED_SLOTS[0], COUNT + 1),
        ("B201",),
    ),
    Sample(
        "hash-entry-missing.mo",
        "an original without entry",
        word(SOUND, USED_SLOTS[0], 0),
        ("I501 hash-table-complete",),
    ),
    Sample(
        "hash-entry-more.mo",
        "an entry more than originals",
        word(SOUND, FREE_SLOT, 1),
        (
            "I501 hash-table-complete",
            "I504",
        ),
    ),
    Sample(
        "hash-entry-twice.mo",
        "an original with two entries, another with none",
        word(SOUND, USED_SLOTS[0], hash_slots(SOME)[(USED_SLOTS[1] - SLOTS) // 4]),
        ("I504",),
    ),
    Sample(
        "hash-outside.mo",
        "the hash table is after the end of the file",
        word(SOUND, HASH_TABLE, len(SOUND) + 4),
        (
            "B204",
            "I501 tables-in-file",
        ),
    ),
    Sample(
        "hash-hostile-size.mo",
        "4,294,967,295 entries",
        word(SOUND, HASH_SIZE, 0xFFFF_FFFF),
        (
            "B201",
            "I501 tables-in-file",
            "I504",
            "S101",
        ),
    ),
)
