"""Broken compiled magic: each breaks one thing that `file` checks when it compiles or reads."""

from __future__ import annotations

import struct
from dataclasses import replace

from corpora.recipes.magic import (
    Entry,
    Flag,
    Kind,
    build,
    number,
    record_size,
)
from corpora.recipes.magic_valid import PART, TESTS, some
from corpora.recipes.sample import Sample, inserted, patched

SOUND = some(18, "<")
SIZE = record_size(18)
VERSION, TESTS_COUNT, NAMES_COUNT = 4, 8, 12

BYTE = Entry(
    type=Kind.BYTE, value=number(1), flags=Flag.BINARY, description=b"one", mime_type=b"a/b"
)
TEXT = Entry(type=Kind.STRING, value=b"text", flags=Flag.BINARY, mask=(0, 0), description=b"text")
ALONE = build((BYTE,))


def of(entry: Entry, *below: Entry, version: int = 18) -> bytes:
    """A file with one test, and those below it."""
    return build((entry, *below), version=version)


def with_count(offset: int, value: int) -> bytes:
    """The sound file with another number in its first record."""
    return patched(SOUND, offset, struct.pack("<I", value))


INVALID = (
    # The whole.
    Sample("empty-file.mgc", "no byte at all", b"", ("S101",)),
    Sample("magic-only.mgc", "the magic number and nothing else", SOUND[:4], ("S101",)),
    Sample("other-magic.mgc", "another magic number", patched(SOUND, 0, b"\x1d"), ("B202", "S115")),
    Sample(
        "magic-swapped.mgc",
        "the magic number of the other byte order",
        SOUND[3::-1] + SOUND[4:],
        ("B202", "S104"),
    ),
    Sample(
        "cut-in-header.mgc",
        "the first record ends early",
        SOUND[:100],
        ("I501 counts-fill-file", "S101"),
    ),
    Sample(
        "cut-at-end.mgc", "the last byte is missing", SOUND[:-1], ("I501 counts-fill-file", "S101")
    ),
    Sample(
        "trailing-byte.mgc",
        "a byte behind the last entry",
        SOUND + b"\0",
        ("I501 counts-fill-file", "S109"),
    ),
    Sample(
        "trailing-entry.mgc",
        "an entry more than the counts say",
        SOUND + SOUND[-SIZE:],
        ("I501 counts-fill-file", "S109"),
    ),
    Sample(
        "entry-missing.mgc",
        "an entry less than the counts say",
        SOUND[:-SIZE],
        ("I501 counts-fill-file", "S101"),
    ),
    Sample(
        "byte-more.mgc",
        "a byte in the midst of an entry",
        inserted(SOUND, SIZE + 40, b"x"),
        (
            "B208",
            "I501 apple-characters",
            "I501 counts-fill-file",
            "I501 described",
            "I501 direct-offset",
            "I501 factor-without-operator",
            "I501 known-type",
            "I501 levels-of-names",
            "I501 levels-of-tests",
            "I501 names-at-top",
            "I501 number-in-range",
            "I501 value-length",
            "S105",
            "S107",
            "S109",
            "S110",
        ),
    ),
    Sample(
        "version-15.mgc",
        "a version that was never released",
        with_count(VERSION, 15),
        ("B202", "S104"),
    ),
    Sample(
        "version-19.mgc",
        "another that was never released",
        with_count(VERSION, 19),
        ("B202", "S104"),
    ),
    Sample(
        "version-20.mgc",
        "version 18 that says it is 20",
        with_count(VERSION, 20),
        (
            "B201",
            "B208",
            "I501 apple-characters",
            "I501 counts-fill-file",
            "I501 described",
            "I501 direct-offset",
            "I501 extension-characters",
            "I501 factor-at-top",
            "I501 factor-without-operator",
            "I501 indirect-offset",
            "I501 known-flags",
            "I501 known-type",
            "I501 relative-indirection",
            "I501 test-bits-at-top",
            "I501 value-length",
            "S101",
            "S105",
            "S106",
            "S107",
            "S110",
        ),
    ),
    Sample(
        "version-22.mgc", "a version that is yet to come", with_count(VERSION, 22), ("B202", "S104")
    ),
    Sample(
        "count-too-low.mgc",
        "a test less than there is",
        with_count(TESTS_COUNT, len(TESTS) - 1),
        ("I501 counts-fill-file", "I501 levels-of-names", "S109"),
    ),
    Sample(
        "count-too-high.mgc",
        "a test more than there is",
        with_count(TESTS_COUNT, len(TESTS) + 1),
        ("I501 counts-fill-file", "I501 names-stand-apart", "S101"),
    ),
    Sample(
        "count-hostile.mgc",
        "4,294,967,295 tests",
        with_count(TESTS_COUNT, 0xFFFF_FFFF),
        ("I501 counts-fill-file", "S101"),
    ),
    Sample(
        "names-count-low.mgc",
        "a name less than there is",
        with_count(NAMES_COUNT, 2),
        ("I501 counts-fill-file", "S109"),
    ),
    Sample(
        "first-record.mgc",
        "a byte in the empty part of the first record",
        patched(SOUND, 200, b"\1"),
        ("S107",),
    ),
    Sample(
        "torn.mgc",
        "zeros from the middle on, as after a power failure",
        SOUND[: len(SOUND) // 2] + bytes(len(SOUND) - len(SOUND) // 2),
        ("B201", "I501 known-type", "I501 names-at-top", "I505", "S105"),
    ),
    # Sets and levels.
    Sample(
        "name-among-tests.mgc", "a name in the first set", build(PART), ("I501 names-stand-apart",)
    ),
    Sample(
        "test-among-names.mgc",
        "a test in the second set",
        build((), (BYTE,)),
        ("I501 names-at-top",),
    ),
    Sample(
        "name-below.mgc",
        "a name below another one, as in release 5.39",
        build((), (*PART, replace(PART[0], level=1, value=b"other"))),
        ("I501 names-at-top",),
    ),
    Sample("name-twice.mgc", "two lists of one name", build((), PART + PART), ("I504",)),
    Sample(
        "use-of-nothing.mgc",
        "a list is used that is not there",
        build((BYTE, Entry(type=Kind.USE, value=b"port", mask=(0, 0), level=1)), PART),
        ("I505",),
    ),
    Sample(
        "level-at-start.mgc",
        "the first entry is below nothing",
        of(replace(BYTE, level=1, flags=0)),
        ("I501 levels-of-tests",),
    ),
    Sample(
        "level-skipped.mgc",
        "an entry two levels below",
        of(BYTE, replace(BYTE, level=2, flags=0)),
        ("I501 levels-of-tests",),
    ),
    # Flags and offsets.
    Sample(
        "flag-unknown-20.mgc",
        "a flag that version 20 has not",
        of(replace(BYTE, flags=0x220), version=20),
        ("I501 known-flags",),
    ),
    Sample(
        "relative-at-top.mgc",
        "a relative offset of level 0",
        of(replace(BYTE, flags=Flag.RELATIVE)),
        ("I501 relative-below-top",),
    ),
    Sample(
        "relative-inside-nothing.mgc",
        "relative inside an indirection that is none",
        of(BYTE, replace(BYTE, level=1, flags=Flag.RELATIVE_INSIDE)),
        ("I501 relative-indirection",),
    ),
    Sample(
        "text-below.mgc",
        "a test below that says it is for text",
        of(BYTE, replace(BYTE, level=1, flags=Flag.TEXT)),
        ("I501 test-bits-at-top",),
    ),
    Sample(
        "offset-negative.mgc",
        "an offset of -1 without the flag",
        of(replace(BYTE, offset=-1)),
        ("B201",),
    ),
    Sample(
        "indirect-type-direct.mgc",
        "a type for an indirection that is none",
        of(replace(BYTE, indirect=(Kind.LONG, 0, 0))),
        ("I501 direct-offset",),
    ),
    Sample(
        "indirect-offset-direct.mgc",
        "an offset for an indirection that is none",
        of(replace(BYTE, indirect=(0, 0, 4))),
        ("I501 direct-offset",),
    ),
    Sample(
        "indirect-type.mgc",
        "an indirect offset that is read as a string",
        of(replace(BYTE, flags=Flag.INDIRECT, indirect=(Kind.STRING, 0, 0))),
        ("I501 indirect-offset",),
    ),
    Sample(
        "indirect-operator.mgc",
        "an operator for an indirect offset with an unknown bit",
        of(replace(BYTE, flags=Flag.INDIRECT, indirect=(Kind.LONG, 0x10, 0))),
        ("B208",),
    ),
)
