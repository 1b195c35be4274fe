"""Sound MIME caches: each list, and what draws a warning."""

from __future__ import annotations

from corpora.recipes.mime_cache import (
    ALIASES,
    CASE_SENSITIVE,
    HEADER_SIZE,
    TYPES,
    Cache,
    Glob,
    Match,
    Matchlet,
    build,
    words,
)
from corpora.recipes.sample import Sample, inserted, patched

GZIP, TAR, TEXT, CPP, C = (
    "application/gzip",
    "application/x-tar",
    "text/plain",
    "text/x-c++src",
    "text/x-csrc",
)
SOME = Cache(
    aliases=(("application/x-gzip", GZIP), ("text/x-c", C)),
    parents=((CPP, (C,)), (C, (TEXT,)), ("text/x-readme", (TEXT, "application/octet-stream"))),
    literals=(
        Glob("Makefile", "text/x-makefile", 50 | CASE_SENSITIVE),
        Glob("core", "application/x-core", 10),
        Glob("core", TEXT, 5),
    ),
    endings=(
        Glob(".c", C),
        Glob(".C", CPP, 50 | CASE_SENSITIVE),
        Glob(".gz", GZIP),
        Glob(".tar", TAR),
        Glob(".tar.gz", "application/x-compressed-tar", 60),
        Glob("~", TEXT, 0),
        Glob("~", "application/x-trash", 40),
        Glob(".téxt", TEXT, 100),
        Glob("𝄞", "audio/x-clef"),
    ),
    globs=(Glob("readme*", "text/x-readme", 10), Glob("*.[0-9]", "text/troff")),
    magic=(
        Match(GZIP, (Matchlet(b"\x1f\x8b"),), 60),
        Match(
            TAR,
            (
                Matchlet(b"ustar\0", 257),
                Matchlet(b"ustar  \0", 257),
                Matchlet(
                    b"\x12\x34",
                    8,
                    24,
                    2,
                    b"\xff\xf0",
                    (Matchlet(b"abc"), Matchlet(b"d" * 5, 4, 2, children=(Matchlet(b"e"),))),
                ),
            ),
        ),
        Match("image/x-pict", (Matchlet(b"\0\x11\x02\xff", 522, 1, 4),), 0),
    ),
    namespaces=(
        ("http://www.w3.org/1999/xhtml", "html", "application/xhtml+xml"),
        ("http://www.w3.org/2000/svg", "metadata", TEXT),
        ("http://www.w3.org/2000/svg", "svg", "image/svg+xml"),
    ),
    icons=((GZIP, "archive"),),
    generic_icons=((GZIP, "package-x-generic"), (TEXT, "text-x-generic")),
    type_count=3,
)

EMPTY = build(Cache(type_count=0))
# Where the lists of `EMPTY` are, each with nothing but its count.
FIRST_LIST, SUFFIX_TREE, LAST_LIST = HEADER_SIZE, HEADER_SIZE + 12, len(EMPTY) - 4

VALID = (
    Sample("some.mime.cache", "an entry or more in each list", build(SOME)),
    Sample("empty.mime.cache", "no entry in any list", EMPTY),
    Sample(
        "no-globs.mime.cache",
        "a type that takes back what others say of it, with a literal and a value made for that",
        build(
            Cache(
                literals=(Glob("__NOGLOBS__", TEXT, 0),),
                magic=(
                    Match(TEXT, (Matchlet(b"__NOMAGIC__"),), 0),
                    Match(GZIP, (Matchlet(b"\x1f\x8b"),), 0),
                ),
            )
        ),
    ),
    Sample(
        "long-ending.mime.cache",
        "an ending of 100 characters",
        build(Cache(endings=(Glob("." + "x" * 99, TEXT),))),
    ),
    Sample(
        "capital.mime.cache",
        "a capital letter in a name for which case is of no matter",
        build(Cache(literals=(Glob("README", TEXT),))),
        ("I501 lower-case",),
    ),
    Sample(
        "other-order.mime.cache",
        "two lists in another order than that of the header",
        patched(EMPTY, ALIASES, words(FIRST_LIST + 4, FIRST_LIST)),
        ("I501 count-leads-to-next-list", "I501 parts-in-order"),
    ),
    Sample(
        "not-aligned.mime.cache",
        "a zero more before the last list",
        patched(inserted(EMPTY, LAST_LIST, b"\0"), TYPES, words(LAST_LIST + 1)),
        ("I501 count-leads-to-next-list", "I501 parts-aligned"),
    ),
    Sample(
        "no-roots.mime.cache",
        "an empty tree whose nodes would be elsewhere",
        patched(EMPTY, SUFFIX_TREE + 4, words(FIRST_LIST)),
        ("I501 roots-follow",),
    ),
    Sample(
        "empty-value.mime.cache",
        "a value that is in every file",
        build(Cache(magic=(Match(TEXT, (Matchlet(b""),)),))),
        ("I501 empty-value",),
    ),
    Sample(
        "no-matchlets.mime.cache",
        "a match of nothing",
        build(Cache(magic=(Match(TEXT, ()),))),
        ("I501 count-leads-to-matchlets", "I501 matchlets-follow"),
    ),
)
