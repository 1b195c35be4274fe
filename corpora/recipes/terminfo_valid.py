"""Sound terminfo entries: each part of the format, and what draws a warning or a note."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.sample import Sample
from corpora.recipes.terminfo import (
    ABSENT,
    CANCELLED,
    WIDE,
    Entry,
    Extended,
    at,
    build,
    filled,
    short,
    start_of,
    texts,
)

# Positions in `term.h`.
AM, XENL, NPC = 1, 4, 28
COLUMNS, LINES, COLORS, PAIRS = 0, 2, 13, 14
BEL, CR, CLEAR, CUP, CUB1, CUU1, HOME, IND = 1, 2, 5, 10, 14, 19, 12, 129

# The example of term(5).
ADM3A = Entry(
    b"adm3a|lsi adm3a",
    booleans=at({AM: 1}),
    numbers=at({COLUMNS: 80, LINES: 24}, ABSENT),
    strings=texts(
        {
            BEL: b"\7",
            CR: b"\r",
            CLEAR: b"\x1a$<1>",
            CUP: b"\x1b=%p1%{32}%+%c%p2%{32}%+%c",
            CUB1: b"\b",
            17: b"\f",
            CUU1: b"\v",
            11: b"\n",
            HOME: b"\x1e",
            IND: b"\n",
        }
    ),
)
ODD_NAMES = replace(ADM3A, names=b"adm3|lsi adm3a")
SMALL = Entry(b"small|a small terminal", at({AM: 1}), (80,), texts({BEL: b"\7", CR: b"\r"}))
COLOURFUL = Extended(
    booleans=((b"AX", 1), (b"XT", CANCELLED), (b"hidden", 0)),
    numbers=((b"RGB", 8), (b"U8", ABSENT)),
    strings=((b"E3", b"\x1b[3J"), (b"XM", ABSENT), (b"kUP3", CANCELLED), (b"rmxx", b"\x1b[29m")),
)
SOME = Entry(
    b"demo|demo-256color|demonstration terminal",
    booleans=(0, 1, 0, 0, 1),
    numbers=at({COLUMNS: 80, LINES: 24, 5: CANCELLED, COLORS: 256, PAIRS: 32767}, ABSENT),
    strings=texts({BEL: b"\7", CR: b"\r", 6: CANCELLED, CUP: b"\x1b[%i%p1%d;%p2%dH"}),
    extended=COLOURFUL,
)
DIRECT = replace(
    SOME, magic=WIDE, numbers=at({COLUMNS: 80, COLORS: 0x100_0000, PAIRS: CANCELLED}, ABSENT)
)
EMPTY = Entry(b"unknown|of unknown type")


def shared() -> bytes:
    """Two strings with the same bytes, and one that is the end of another."""
    entry = replace(SMALL, strings=(b"\x1b[H", b"", b""))
    offsets, table = start_of(entry, "offsets"), start_of(entry, "table")
    data = build(entry)[: table + len(b"\x1b[H\0")]
    data = short(data, 10, len(b"\x1b[H\0"))
    return short(short(data, offsets + 2, 0), offsets + 4, 2)


VALID = (
    Sample("adm3a", "the example of term(5)", build(ADM3A)),
    Sample("odd", "a NUL between flags and numbers, which begin on an even byte", build(ODD_NAMES)),
    Sample("names-only", "no capability at all", build(EMPTY)),
    Sample("one-name", "one name, not even a long one", build(Entry(b"dumb", at({AM: 1})))),
    Sample(
        "cancelled-flag",
        "a flag that was taken away, as term(5) has it; `tic` writes 0 for it",
        build(replace(SMALL, booleans=(CANCELLED, 1))),
    ),
    Sample(
        "8-bit", "a string with bytes above 0x7f", build(replace(SMALL, strings=(b"\x9b\xff",)))
    ),
    Sample("empty-string", "a string without characters", build(replace(SMALL, strings=(b"",)))),
    Sample("extended", "the extended part, with all kinds of values", build(SOME)),
    Sample(
        "extended-odd",
        "a NUL before the extended part, which begins on an even byte",
        build(replace(SOME, strings=(b"1", b"\7"))),
    ),
    Sample(
        "extended-only",
        "the extended part and nothing before it",
        build(replace(EMPTY, extended=COLOURFUL)),
    ),
    Sample(
        "extended-flags",
        "one flag by name and nothing else",
        build(replace(SMALL, extended=Extended(booleans=((b"AX", 1),)))),
    ),
    Sample("wide", "numbers of 32 bits", build(replace(DIRECT, extended=None))),
    Sample("wide-extended", "numbers of 32 bits in both parts", build(DIRECT)),
    Sample(
        "wide-32768",
        "an entry as large as any can be",
        filled(replace(DIRECT, strings=(b"",) * 60, extended=None), 32768),
    ),
    # What draws a warning or a note.
    Sample(
        "shared",
        "strings that share bytes, which no rule forbids, and `tic` never does",
        shared(),
        ("I501 strings-in-order",),
    ),
    Sample(
        "names-129",
        "more names than term(5) allows, as some terminals of Televideo have them",
        build(replace(SMALL, names=b"tvi|" + b"a" * 124)),
        ("I501 names-size",),
    ),
    Sample(
        "size-4097",
        "an entry with 16-bit numbers just too large for term(5)",
        filled(replace(SMALL, strings=(b"",)), 4097),
        ("I501 legacy-entry-size",),
    ),
    Sample(
        "flags-45",
        "a flag more than ncurses knows",
        build(replace(SMALL, booleans=(0,) * 44 + (1,))),
        ("I501 known-booleans",),
    ),
    Sample(
        "numbers-40",
        "a number more than ncurses knows",
        build(replace(SMALL, numbers=(ABSENT,) * 39 + (1,))),
        ("I501 known-numbers",),
    ),
    Sample(
        "strings-415",
        "a string more than ncurses knows",
        build(replace(SMALL, strings=(ABSENT,) * 414 + (b"1",))),
        ("I501 known-strings",),
    ),
    Sample(
        "blank-in-name",
        "a blank in a name that is not the last",
        build(replace(SMALL, names=b"a small|terminal|a small terminal")),
        ("I501 names-without-blanks",),
    ),
    Sample(
        "slash-in-name",
        "a slash in a name that is not the last",
        build(replace(SMALL, names=b"small/er|a small terminal with 80/132 columns")),
        ("I501 names-without-slash",),
    ),
    Sample(
        "extended-items",
        "the items of the extended table counted as ncurses 6.0 did",
        build(replace(SOME, extended=replace(COLOURFUL, items=13))),
        ("I501 extended-items",),
    ),
    Sample(
        "extended-unsorted",
        "names of flags that are not in order",
        build(replace(SMALL, extended=Extended(booleans=((b"XT", 1), (b"AX", 1))))),
        ("I501 extended-names-sorted",),
    ),
    Sample(
        "extended-twice",
        "a number by the same name twice",
        build(replace(SMALL, extended=Extended(numbers=((b"U8", 1), (b"U8", 0))))),
        ("I501 extended-names-sorted",),
    ),
)
