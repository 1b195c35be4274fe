"""Broken MIME caches: each breaks one rule of the specification, or of what is known beside it."""

from __future__ import annotations

import struct
from dataclasses import replace

from corpora.recipes.mime_cache import (
    ALIASES,
    CASE_SENSITIVE,
    GENERIC_ICONS,
    GLOBS,
    HEADER_SIZE,
    ICONS,
    LITERALS,
    MAGIC,
    NAMESPACES,
    PARENTS,
    SUFFIXES,
    TYPES,
    Cache,
    Glob,
    Match,
    Matchlet,
    build,
    words,
)
from corpora.recipes.mime_cache_valid import GZIP, SOME, TAR, TEXT
from corpora.recipes.sample import Sample, inserted, patched

SOUND = build(SOME)


def number(offset: int) -> int:
    """The number that stands at `offset` in the sound file."""
    (found,) = struct.unpack_from(">I", SOUND, offset)
    return int(found)


def with_number(offset: int, value: int) -> bytes:
    """The sound file with another number at `offset`."""
    return patched(SOUND, offset, words(value))


def with_glob(glob: Glob) -> bytes:
    """A file with one literal."""
    return build(Cache(literals=(glob,)))


def with_matchlet(matchlet: Matchlet) -> bytes:
    """A file with one match."""
    return build(Cache(magic=(Match(TEXT, (matchlet,)),)))


# Where the parts of the sound file are.
ALIAS_LIST = number(ALIASES)
PARENT_LIST = number(PARENTS)
FIRST_PARENTS = number(PARENT_LIST + 8)
ROOTS = number(SUFFIXES) + 8
MAGIC_LIST = number(MAGIC)
MATCHES = MAGIC_LIST + 12
MATCHLETS = MATCHES + 16 * len(SOME.magic)
FIRST_VALUE = number(MATCHLETS + 16)
LEAF = next(  # `.c` is the first ending that is one: its leaf follows the tree's inner nodes
    place for place in range(ROOTS, number(GLOBS), 12) if number(place) == 0
)
LONELY = build(Cache(endings=(Glob(".a", TEXT),)))
LONELY_ROOTS = LONELY.index(words(1, LONELY.index(words(ord("a"), 1)))) + 8
# Names that end in `a`, and of these some in `ba` and some in `ca`: a leaf and two characters.
FORKED = build(Cache(endings=(Glob("a", TEXT), Glob("ba", TAR), Glob("ca", GZIP))))
FORK = FORKED.index(words(ord("a"), 3)) + 12

INVALID = (
    # The whole.
    Sample("empty-file.mime.cache", "no byte at all", b"", ("S101",)),
    Sample("version-1.1.mime.cache", "minor version 1", patched(SOUND, 3, b"\1"), ("S103",)),
    Sample("version-2.2.mime.cache", "major version 2", patched(SOUND, 1, b"\2"), ("S103",)),
    Sample("cut-in-header.mime.cache", "the header ends early", SOUND[:42], ("B204", "S101")),
    Sample(
        "cut-at-end.mime.cache",
        "the last byte is missing",
        SOUND[:-1],
        ("I501 count-leads-to-end", "S101"),
    ),
    Sample(
        "trailing-byte.mime.cache",
        "a byte behind the last list",
        SOUND + b"x",
        ("I501 count-leads-to-end", "S109"),
    ),
    Sample(
        "trailing-zero.mime.cache",
        "a zero behind the last list",
        SOUND + b"\0",
        ("I501 count-leads-to-end", "S109"),
    ),
    Sample(
        "gap.mime.cache",
        "a byte between strings",
        patched(SOUND, HEADER_SIZE + 19, b"x"),
        ("S111",),
    ),
    Sample(
        "torn.mime.cache",
        "zeros from the middle on, as after a power failure",
        SOUND[: len(SOUND) // 2] + bytes(len(SOUND) - len(SOUND) // 2),
        (
            "I501 count-leads-to-end",
            "I501 count-leads-to-next-list",
            "I501 matches-follow",
            "I501 media-and-subtype",
            "S109",
            "S111",
            "S112",
        ),
    ),
    Sample(
        "list-outside.mime.cache",
        "a list behind the end",
        with_number(ICONS, len(SOUND)),
        ("I501 count-leads-to-next-list", "I501 parts-in-order", "S101"),
    ),
    Sample(
        "list-at-zero.mime.cache",
        "an offset of 0, as if there were no such list",
        with_number(GENERIC_ICONS, 0),
        (
            "B204",
            "I501 aligned",
            "I501 count-leads-to-next-list",
            "I501 media-and-subtype",
            "I501 parts-in-order",
            "I503",
            "S101",
            "S106",
        ),
    ),
    Sample(
        "lists-overlap.mime.cache",
        "icons are generic icons",
        with_number(ICONS, number(GENERIC_ICONS)),
        ("I501 count-leads-to-next-list", "I501 parts-in-order", "S111", "S112"),
    ),
    Sample(
        "string-outside.mime.cache",
        "a string behind the end",
        with_number(ALIAS_LIST + 4, len(SOUND) + 1),
        ("B204", "I501 aligned"),
    ),
    Sample(
        "string-shared-end.mime.cache",
        "a string that is the end of another one",
        with_number(number(ICONS) + 8, HEADER_SIZE + len("application/")),
        ("S111", "S112"),
    ),
    Sample(
        "string-not-terminated.mime.cache",
        "a string without NUL at the end of the file",
        with_number(ALIAS_LIST + 4, len(SOUND)) + b"last",
        ("I501 count-leads-to-end", "S102"),
    ),
    Sample(
        "string-not-utf-8.mime.cache",
        "a name in ISO-8859-1",
        patched(build(Cache(icons=((TEXT, "ab"),))), HEADER_SIZE + 12, b"\xe4"),
        ("S106",),
    ),
    Sample(
        "no-slash.mime.cache",
        "a type without subtype",
        build(Cache(icons=(("text", "x"),))),
        ("I501 media-and-subtype",),
    ),
    # Lists.
    Sample(
        "aliases-hostile.mime.cache",
        "4,294,967,295 aliases",
        with_number(ALIAS_LIST, 0xFFFF_FFFF),
        (
            "B204",
            "I501 aligned",
            "I501 count-leads-to-next-list",
            "I501 media-and-subtype",
            "I503",
            "S101",
            "S106",
        ),
    ),
    Sample(
        "alias-count-low.mime.cache",
        "an alias less than there is",
        with_number(ALIAS_LIST, 1),
        ("I501 count-leads-to-next-list", "S111"),
    ),
    Sample(
        "aliases-unsorted.mime.cache",
        "aliases in the wrong order",
        build(replace(SOME, aliases=SOME.aliases[::-1])),
        ("I503",),
    ),
    Sample(
        "alias-twice.mime.cache",
        "an alias of two types",
        build(Cache(aliases=(("a/b", TEXT), ("a/b", TAR)))),
        ("I503",),
    ),
    Sample(
        "parents-unsorted.mime.cache",
        "types with parents in the wrong order",
        build(replace(SOME, parents=SOME.parents[::-1])),
        ("I503",),
    ),
    Sample(
        "parent-count-high.mime.cache",
        "a parent more than there is",
        with_number(FIRST_PARENTS, 2),
        ("I501 aligned", "I501 media-and-subtype", "S112"),
    ),
    Sample(
        "literals-unsorted.mime.cache",
        "names in the wrong order",
        build(replace(SOME, literals=SOME.literals[::-1])),
        ("I503",),
    ),
    Sample(
        "namespaces-unsorted.mime.cache",
        "URIs in the wrong order",
        build(replace(SOME, namespaces=SOME.namespaces[::-1])),
        ("I503",),
    ),
    Sample(
        "namespace-twice.mime.cache",
        "an element of two types",
        build(Cache(namespaces=(("u", "n", TEXT), ("u", "n", TAR)))),
        ("I504",),
    ),
    Sample(
        "icons-unsorted.mime.cache",
        "icons in the wrong order",
        build(Cache(icons=((TEXT, "x"), (GZIP, "y")))),
        ("I503",),
    ),
    Sample(
        "weight-101.mime.cache",
        "a weight above 100",
        with_glob(Glob("x", TEXT, 101)),
        ("I501 weight-up-to-100",),
    ),
    Sample(
        "flag-unknown.mime.cache",
        "a flag that there is not",
        with_glob(Glob("x", TEXT, 50 | CASE_SENSITIVE | 0x200)),
        ("B201",),
    ),
    Sample(
        "type-list-not-zero.mime.cache",
        "a type list with an offset",
        with_number(number(TYPES) + 4, HEADER_SIZE),
        ("B202",),
    ),
    # The tree of endings.
    Sample(
        "roots-unsorted.mime.cache",
        "last characters in the wrong order",
        SOUND[:ROOTS]
        + SOUND[ROOTS + 12 : ROOTS + 24]
        + SOUND[ROOTS : ROOTS + 12]
        + SOUND[ROOTS + 24 :],
        ("I503",),
    ),
    Sample(
        "suffix-no-child.mime.cache",
        "a character that leads nowhere",
        patched(LONELY, LONELY_ROOTS + 4, words(0, 0)),
        ("I501 character-leads-on", "I501 children-follow", "S111"),
    ),
    Sample(
        "suffix-ring.mime.cache",
        "a character that leads back to itself",
        patched(LONELY, LONELY_ROOTS + 8, words(LONELY_ROOTS)),
        ("I501 children-follow", "S111", "S114"),
    ),
    Sample(
        "suffix-leaf-last.mime.cache",
        "a type after characters",
        patched(FORKED, FORK, FORKED[FORK + 12 : FORK + 24] + FORKED[FORK : FORK + 12]),
        ("I503",),
    ),
    Sample(
        "suffix-unsorted.mime.cache",
        "siblings in the wrong order",
        patched(FORKED, FORK + 12, words(ord("d"))),
        ("I503",),
    ),
    Sample(
        "suffix-character-twice.mime.cache",
        "the same character twice among its siblings",
        patched(FORKED, FORK + 24, words(ord("b"))),
        ("I504",),
    ),
    Sample(
        "suffix-surrogate.mime.cache",
        "a character that is half of one",
        patched(LONELY, LONELY_ROOTS, words(0xD834)),
        ("B208",),
    ),
    Sample(
        "suffix-beyond-unicode.mime.cache",
        "a character beyond Unicode",
        patched(LONELY, LONELY_ROOTS, words(0x11_0000)),
        ("B208",),
    ),
    Sample(
        "suffix-too-long.mime.cache",
        "an ending longer than any name",
        build(Cache(endings=(Glob("x" * 600, TEXT),))),
        ("L601",),
    ),
    Sample(
        "leaf-outside.mime.cache",
        "a type behind the end",
        with_number(LEAF + 4, 1 << 31),
        ("B204",),
    ),
    # Magic.
    Sample(
        "magic-unsorted.mime.cache",
        "a lower priority first",
        build(replace(SOME, magic=SOME.magic[::-1])),
        ("I503",),
    ),
    Sample("priority-101.mime.cache", "a priority above 100", with_number(MATCHES, 101), ("B201",)),
    Sample(
        "extent-too-low.mime.cache",
        "an extent that leaves values out",
        with_number(MAGIC_LIST + 4, 264),
        ("I501 within-max-extent",),
    ),
    Sample(
        "word-size-3.mime.cache",
        "words of three bytes",
        with_matchlet(Matchlet(b"abc", 0, 1, 3)),
        ("S105",),
    ),
    Sample(
        "word-size-0.mime.cache",
        "words of no bytes",
        with_matchlet(Matchlet(b"abc", 0, 1, 0)),
        ("S105",),
    ),
    Sample(
        "half-a-word.mime.cache",
        "three bytes in words of two",
        with_matchlet(Matchlet(b"abc", 0, 1, 2)),
        ("I501 whole-words",),
    ),
    Sample(
        "range-zero.mime.cache",
        "a value looked for at no place",
        with_matchlet(Matchlet(b"abc", 0, 0)),
        ("B201",),
    ),
    Sample(
        "value-outside.mime.cache",
        "a value behind the end",
        with_number(MATCHLETS + 16, len(SOUND)),
        ("I501 values-in-file", "S101"),
    ),
    Sample(
        "value-too-long.mime.cache",
        "a value of 4,294,967,295 bytes",
        with_number(MATCHLETS + 12, 0xFFFF_FFFF),
        ("I501 values-in-file", "I501 within-max-extent", "S101"),
    ),
    Sample(
        "value-gap.mime.cache",
        "padding that is not zero",
        patched(SOUND, FIRST_VALUE + 3, b"\1"),
        ("S111",),
    ),
    Sample(
        "mask-in-header.mime.cache",
        "a mask in the header",
        with_number(MATCHLETS + 20, 4),
        ("S112",),
    ),
    Sample(
        "matchlet-ring.mime.cache",
        "a matchlet that is its own child",
        patched(SOUND, MATCHLETS + 24, words(1, MATCHLETS)),
        ("I501 children-follow", "S114"),
    ),
    Sample(
        "matchlet-count-low.mime.cache",
        "a matchlet less than there is",
        with_number(MATCHES + 16 + 8, 2),
        ("S111",),
    ),
    Sample(
        "namespace-not-in-pool.mime.cache",
        "a URI inside the header",
        with_number(number(NAMESPACES) + 4, 4),
        ("S111", "S112"),
    ),
    Sample(
        "byte-more.mime.cache",
        "a byte in front of all lists",
        inserted(SOUND, ALIAS_LIST, b"\0"),
        ("B201", "B202", "B204", "I501 aligned", "I501 count-leads-to-next-list", "S101", "S106"),
    ),
    Sample(
        "literal-count-high.mime.cache",
        "a name more than there is",
        with_number(number(LITERALS), 4),
        ("I501 aligned", "I501 count-leads-to-next-list", "I501 media-and-subtype", "I503", "S112"),
    ),
)
