"""Broken MIME caches: each breaks one rule of the specification, or of the program that writes."""

from __future__ import annotations

import struct
from dataclasses import replace

from corpora.recipes.mime_cache import (
    ALIASES,
    CASE_SENSITIVE,
    GENERIC_ICONS,
    HEADER_SIZE,
    ICONS,
    PARENTS,
    SUFFIXES,
    TYPES,
    Cache,
    Glob,
    build,
    words,
)
from corpora.recipes.mime_cache_valid import GZIP, SOME, TAR, TEXT
from corpora.recipes.sample import Sample, patched

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


# Where the parts of the sound file are.
ALIAS_LIST = number(ALIASES)
PARENT_LIST = number(PARENTS)
FIRST_PARENTS = number(PARENT_LIST + 8)
ROOTS = number(SUFFIXES) + 8

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
        "parents-count-low.mime.cache",
        "a type with parents less than there is",
        with_number(PARENT_LIST, len(SOME.parents) - 1),
        ("I501 count-leads-to-parents", "S111"),
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
)
