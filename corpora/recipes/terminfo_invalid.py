"""Broken terminfo entries: one for each rule of term(5), or of ncurses' reader, that is checked."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.sample import Sample, patched
from corpora.recipes.terminfo import (
    BOOLEANS,
    NAMES_SIZE,
    NUMBERS,
    STRINGS,
    TABLE_SIZE,
    Entry,
    build,
    filled,
    short,
    start_of,
)
from corpora.recipes.terminfo_valid import (
    ADM3A,
    DIRECT,
    ODD_NAMES,
    SMALL,
)

PLAIN, LARGE = build(SMALL), build(DIRECT)


def in_small(part: str, rest: int = 0) -> int:
    """Where in `PLAIN` a part begins."""
    return start_of(SMALL, part) + rest


def changed(offset: int, value: int) -> bytes:
    """`PLAIN` with another short integer."""
    return short(PLAIN, offset, value)


INVALID = (
    # Magic number and header.
    Sample("empty", "no byte at all", b"", ("S101",)),
    Sample("magic-only", "the magic number and nothing else", PLAIN[:2], ("S101",)),
    Sample("cut-in-header", "the header ends early", PLAIN[:9], ("S101",)),
    Sample(
        "magic", "the magic number of a screen dump, octal 0433", b"\x1b" + PLAIN[1:], ("B202",)
    ),
    Sample(
        "magic-swapped",
        "the magic number in the other byte order",
        b"\x01\x1a" + PLAIN[2:],
        ("B202",),
    ),
    Sample(
        "magic-of-wide",
        "16-bit numbers, told as 32-bit numbers",
        b"\x1e\x02" + PLAIN[2:],
        ("B201", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "magic-of-legacy",
        "32-bit numbers, told as 16-bit numbers",
        b"\x1a\x01" + LARGE[2:],
        ("B201", "C301", "I501 extended-sizes-add-up", "I501 sizes-add-up", "S107", "S110"),
    ),
    Sample(
        "no-names",
        "no byte for names, not even a NUL",
        changed(NAMES_SIZE, 0),
        (
            "B201",
            "B205",
            "I501 extended-sizes-add-up",
            "I501 sizes-add-up",
            "I501 strings-in-order",
            "S101",
            "S105",
            "S110",
        ),
    ),
    Sample(
        "names-short",
        "the names are told one byte short",
        changed(NAMES_SIZE, 22),
        ("B201", "I501 sizes-add-up", "I501 strings-in-order", "S101", "S103", "S110"),
    ),
    Sample(
        "names-long",
        "the names are told one byte long",
        changed(NAMES_SIZE, 24),
        ("I501 names-printable",),
    ),
    Sample(
        "names-513",
        "more names than ncurses reads",
        build(replace(SMALL, names=b"tvi|" + b"a" * 508)),
        ("B201", "I501 names-size"),
    ),
    Sample(
        "flags-negative",
        "a negative number of flags",
        changed(BOOLEANS, -1),
        ("B201", "C301", "I501 sizes-add-up"),
    ),
    Sample(
        "flags-more",
        "two flags more than there are",
        changed(BOOLEANS, 4),
        ("B201", "I501 sizes-add-up", "S101", "S105"),
    ),
    Sample(
        "flags-fewer",
        "one flag less than there is",
        changed(BOOLEANS, 1),
        ("B201", "I501 sizes-add-up", "I501 strings-in-order", "S101", "S110"),
    ),
    Sample(
        "numbers-negative",
        "a negative number of numbers",
        changed(NUMBERS, -1),
        ("B201", "C301", "I501 sizes-add-up"),
    ),
    Sample(
        "numbers-more",
        "one number more than there is",
        changed(NUMBERS, 2),
        ("B201", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "numbers-fewer",
        "one number less than there is",
        changed(NUMBERS, 0),
        ("B201", "I501 sizes-add-up", "I501 strings-in-order", "S101", "S110"),
    ),
    Sample(
        "strings-negative",
        "a negative number of strings",
        changed(STRINGS, -1),
        ("B201", "C301", "I501 sizes-add-up"),
    ),
    Sample(
        "strings-more",
        "one string more than there is",
        changed(STRINGS, 4),
        ("B201", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "strings-fewer",
        "one string less than there is",
        changed(STRINGS, 2),
        ("I501 sizes-add-up", "S101", "S110"),
    ),
    Sample(
        "strings-32767",
        "32767 strings",
        changed(STRINGS, 32767),
        ("B201", "I501 known-strings", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "table-negative",
        "a string table of -1 byte",
        changed(TABLE_SIZE, -1),
        ("B201", "B205", "I501 sizes-add-up"),
    ),
    Sample(
        "table-longer",
        "the string table is told one byte long",
        changed(TABLE_SIZE, 5),
        ("I501 sizes-add-up", "S101"),
    ),
    Sample(
        "table-shorter",
        "the string table is told one byte short",
        changed(TABLE_SIZE, 3),
        ("I501 sizes-add-up", "S101", "S102"),
    ),
    Sample(
        "size-32769",
        "an entry too large for ncurses, one byte above the limit",
        filled(replace(DIRECT, strings=(b"",) * 60, extended=None), 32769),
        ("I501 entry-size",),
    ),
    # Names.
    Sample(
        "names-without-nul",
        "a blank where the NUL of the names should be",
        patched(PLAIN, in_small("booleans", -1), b" "),
        ("S103",),
    ),
    Sample(
        "nul-in-names",
        "a NUL inside the names",
        patched(PLAIN, in_small("names", 5), b"\0"),
        ("I501 names-printable",),
    ),
    Sample(
        "name-empty",
        "an empty name",
        build(replace(SMALL, names=b"small||a terminal")),
        ("I501 names-not-empty",),
    ),
    Sample("names-empty", "no name, but a NUL", build(Entry(b"", SMALL.booleans)), ("B201",)),
    Sample(
        "name-with-tab",
        "a name with a tabulator",
        build(replace(SMALL, names=b"small|a\tsmall terminal")),
        ("I501 names-printable",),
    ),
    Sample(
        "name-8-bit",
        "a name with a letter that is not ASCII",
        build(replace(SMALL, names="klein|für Zwerge".encode("latin-1"))),
        ("S106",),
    ),
    # Flags, alignment, numbers.
    Sample(
        "flag-2",
        "a flag that is neither 0 nor 1",
        build(replace(SMALL, booleans=(0, 2))),
        ("S105",),
    ),
    Sample("flag-minus-1", "a flag of -1", build(replace(SMALL, booleans=(-1, 1))), ("S105",)),
    Sample(
        "alignment",
        "a byte before the numbers that is no NUL",
        patched(build(ODD_NAMES), start_of(ODD_NAMES, "alignment"), b"\1"),
        ("S107",),
    ),
    Sample(
        "alignment-missing",
        "numbers at an odd byte",
        build(ODD_NAMES)[: start_of(ODD_NAMES, "alignment")]
        + build(ODD_NAMES)[start_of(ODD_NAMES, "numbers") :],
        ("B201", "I501 sizes-add-up", "S101", "S107"),
    ),
    Sample("number-minus-3", "a number of -3", build(replace(SMALL, numbers=(-3,))), ("B201",)),
    Sample(
        "wide-number-minus-3",
        "a 32-bit number of -3",
        build(replace(DIRECT, numbers=(-3,))),
        ("B201",),
    ),
    # Strings.
    Sample(
        "string-minus-3",
        "an offset of -3",
        short(PLAIN, in_small("offsets", 2), -3),
        ("B201", "I501 strings-in-order", "S111"),
    ),
    Sample(
        "string-behind-table",
        "a string that begins where the table ends",
        short(PLAIN, in_small("offsets", 2), 4),
        ("B201", "I501 strings-in-order", "S111"),
    ),
    Sample(
        "string-32767",
        "a string far behind the table",
        short(PLAIN, in_small("offsets", 2), 32767),
        ("B201", "I501 strings-in-order", "S111"),
    ),
    Sample(
        "string-one-late",
        "an offset one too high, at the NUL of the string",
        short(PLAIN, in_small("offsets", 2), 1),
        ("I501 strings-in-order", "S111"),
    ),
    Sample(
        "last-nul", "the last string has no NUL", patched(PLAIN, len(PLAIN) - 1, b"!"), ("S102",)
    ),
    Sample(
        "unused",
        "bytes in the table that no string has",
        short(build(replace(SMALL, strings=(b"\7", b"lost"))), in_small("offsets", 2), -1),
        ("S110",),
    ),
    # Where the file ends.
    Sample("cut-in-names", "the file ends in the names", PLAIN[:20], ("I501 sizes-add-up", "S101")),
    Sample("cut-in-table", "the last byte is missing", PLAIN[:-1], ("I501 sizes-add-up", "S101")),
    Sample(
        "trailing-nul", "a NUL after the string table", PLAIN + b"\0", ("I501 sizes-add-up", "S101")
    ),
    Sample(
        "trailing-text",
        "a line feed after the string table",
        build(ADM3A) + b"\n",
        ("I501 sizes-add-up", "S101", "S107"),
    ),
)
