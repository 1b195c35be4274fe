"""Broken terminfo entries: what is wrong stands in the extended part."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.sample import Sample, patched
from corpora.recipes.terminfo import (
    ITEMS,
    MORE_BOOLEANS,
    MORE_NUMBERS,
    MORE_STRINGS,
    MORE_TABLE_SIZE,
    Extended,
    build,
    short,
    start_of,
)
from corpora.recipes.terminfo_valid import (
    COLOURFUL,
    DIRECT,
    EMPTY,
    SMALL,
    SOME,
)

SOUND, LARGE = build(SOME), build(DIRECT)
MORE = start_of(SOME, "more header")


def in_some(part: str, rest: int = 0) -> int:
    """Where in `SOUND` a part begins."""
    return start_of(SOME, part) + rest


def more(offset: int, value: int) -> bytes:
    """`SOUND` with another short integer in the extended header."""
    return short(SOUND, MORE + offset, value)


INVALID = (
    Sample(
        "more-zeros",
        "an extended part that says nothing: ten zeros after the string table",
        build(replace(SMALL, extended=Extended())),
        ("I501 extended-part-needed",),
    ),
    Sample(
        "cut-in-more-header",
        "the extended header ends early",
        SOUND[: MORE + 7],
        ("I501 sizes-add-up", "S101"),
    ),
    Sample(
        "cut-in-more-table",
        "the last byte of the last name is missing",
        SOUND[:-1],
        ("I501 extended-sizes-add-up", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "more-trailing",
        "a byte after the extended part",
        SOUND + b"\0",
        ("I501 extended-sizes-add-up", "I501 sizes-add-up", "S109"),
    ),
    Sample(
        "more-alignment",
        "a byte before the extended part that is no NUL",
        patched(
            build(replace(SMALL, strings=(b"", b"\7"), extended=COLOURFUL)),
            start_of(replace(SMALL, strings=(b"", b"\7")), "table") + 3,
            b"\1",
        ),
        ("S107",),
    ),
    Sample(
        "more-numbers-alignment",
        "a byte before the extended numbers that is no NUL",
        patched(SOUND, in_some("more numbers alignment"), b"\1"),
        ("S107",),
    ),
    Sample(
        "more-flags-negative",
        "a negative number of flags",
        more(MORE_BOOLEANS, -1),
        ("B201", "C301", "I501 extended-sizes-add-up", "I501 sizes-add-up"),
    ),
    Sample(
        "more-flags-more",
        "one flag more than there is",
        more(MORE_BOOLEANS, 4),
        ("B201", "I501 extended-items", "I501 extended-sizes-add-up", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "more-numbers-more",
        "one number more than there is",
        more(MORE_NUMBERS, 3),
        ("B201", "I501 extended-items", "I501 extended-sizes-add-up", "I501 sizes-add-up", "S101"),
    ),
    Sample(
        "more-strings-fewer",
        "one string less than there is",
        more(MORE_STRINGS, 3),
        (
            "I501 extended-items",
            "I501 extended-names-in-order",
            "I501 extended-names-not-empty",
            "I501 extended-names-sorted",
            "I501 extended-sizes-add-up",
            "I501 sizes-add-up",
            "S109",
            "S110",
            "S111",
        ),
    ),
    Sample(
        "more-items-negative",
        "a negative number of items",
        more(ITEMS, -1),
        ("B201", "I501 extended-items"),
    ),
    Sample(
        "more-table-longer",
        "the table is told one byte long",
        more(MORE_TABLE_SIZE, 46),
        ("I501 extended-sizes-add-up", "I501 sizes-add-up", "S102", "S109"),
    ),
    Sample(
        "more-table-shorter",
        "the table is told one byte short",
        more(MORE_TABLE_SIZE, 44),
        ("I501 extended-sizes-add-up", "I501 sizes-add-up", "S102", "S109"),
    ),
    Sample(
        "more-table-4096",
        "a table too large for ncurses beside 16-bit numbers",
        build(replace(EMPTY, extended=Extended(strings=((b"E3", b"x" * 4092),)))),
        ("I501 legacy-entry-size", "I501 legacy-extended-size"),
    ),
    Sample(
        "more-flag-2",
        "a flag that is neither 0 nor 1",
        patched(SOUND, in_some("more booleans"), b"\2"),
        ("S105",),
    ),
    Sample(
        "more-number-minus-3",
        "a number of -3",
        short(SOUND, in_some("more numbers"), -3),
        ("B201",),
    ),
    Sample(
        "more-string-minus-3",
        "an offset of -3",
        short(SOUND, in_some("more offsets"), -3),
        (
            "B201",
            "I501 extended-items",
            "I501 extended-names-in-order",
            "I501 extended-names-not-empty",
            "I501 extended-names-sorted",
            "I501 extended-strings-in-order",
            "S110",
            "S111",
        ),
    ),
    Sample(
        "more-string-outside",
        "a string behind the table",
        short(SOUND, in_some("more offsets", 6), 45),
        (
            "I501 extended-names-in-order",
            "I501 extended-names-not-empty",
            "I501 extended-names-sorted",
            "I501 extended-strings-in-order",
            "S111",
        ),
    ),
    Sample(
        "more-string-in-names",
        "a string that is a name, so the names seem to begin elsewhere",
        short(SOUND, in_some("more offsets", 6), 13),
        (
            "I501 extended-names-in-order",
            "I501 extended-names-not-empty",
            "I501 extended-names-sorted",
            "I501 extended-strings-in-order",
            "S110",
            "S111",
        ),
    ),
    Sample(
        "more-name-absent",
        "a capability without name",
        short(SOUND, in_some("more name offsets"), -1),
        ("B201", "I501 extended-names-in-order", "S111"),
    ),
    Sample(
        "more-name-outside",
        "a name behind the table, counted from the end of the values",
        short(SOUND, in_some("more name offsets", 4), 40),
        ("B204", "I501 extended-names-in-order"),
    ),
    Sample(
        "more-name-empty",
        "a name without characters",
        build(replace(SMALL, extended=Extended(booleans=((b"", 1), (b"AX", 1))))),
        ("I501 extended-names-not-empty",),
    ),
    Sample(
        "more-name-8-bit",
        "a name that is not ASCII",
        build(replace(SMALL, extended=Extended(booleans=((b"\xc4X", 1),)))),
        ("S106",),
    ),
    Sample(
        "more-name-cut", "the last name has no NUL", patched(SOUND, len(SOUND) - 1, b"!"), ("S102",)
    ),
    Sample(
        "more-name-unused",
        "a name that no capability has",
        short(SOUND, in_some("more name offsets", 2), 0),
        ("I501 extended-names-in-order", "I501 extended-names-sorted", "S111"),
    ),
    Sample(
        "more-wide-cut",
        "32-bit numbers, told as 16-bit numbers, and an extended part",
        short(LARGE, 0, 0o432),
        ("B201", "C301", "I501 extended-sizes-add-up", "I501 sizes-add-up", "S107", "S110"),
    ),
)
