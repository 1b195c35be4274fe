"""Broken MIME caches: what is wrong in the tree of endings, and in magic."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.mime_cache import (
    GLOBS,
    LITERALS,
    MAGIC,
    NAMESPACES,
    SUFFIXES,
    Cache,
    Glob,
    Match,
    Matchlet,
    build,
    words,
)
from corpora.recipes.mime_cache_invalid import ALIAS_LIST, SOUND, number, with_number
from corpora.recipes.mime_cache_valid import GZIP, SOME, TAR, TEXT
from corpora.recipes.sample import Sample, inserted, patched


def with_matchlet(matchlet: Matchlet) -> bytes:
    """A file with one match."""
    return build(Cache(magic=(Match(TEXT, (matchlet,)),)))


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
    # The tree of endings.
    Sample(
        "roots-hostile.mime.cache",
        "4,294,967,295 last characters",
        with_number(ROOTS - 8, 0xFFFF_FFFF),
        ("I501 roots-in-file", "S111"),
    ),
    Sample(
        "suffix-hostile.mime.cache",
        "4,294,967,295 characters before one",
        patched(LONELY, LONELY_ROOTS + 4, words(0xFFFF_FFFF)),
        ("I501 children-in-file", "S111"),
    ),
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
        "matches-hostile.mime.cache",
        "4,294,967,295 matches",
        with_number(MAGIC_LIST, 0xFFFF_FFFF),
        ("I501 matches-in-file", "S111"),
    ),
    Sample(
        "matchlets-hostile.mime.cache",
        "4,294,967,295 matchlets",
        with_number(MATCHES + 8, 0xFFFF_FFFF),
        ("I501 matchlets-in-file", "S111"),
    ),
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
        ("I501 values-in-file", "S111"),
    ),
    Sample(
        "value-too-long.mime.cache",
        "a value of 4,294,967,295 bytes",
        with_number(MATCHLETS + 12, 0xFFFF_FFFF),
        ("I501 values-in-file", "I501 within-max-extent", "S111"),
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
        ("I501 values-follow", "S112"),
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
