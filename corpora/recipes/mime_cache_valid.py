"""Sound MIME caches: each list, and what draws a warning."""

from __future__ import annotations

from corpora.recipes.mime_cache import (
    CASE_SENSITIVE,
    Cache,
    Glob,
    Match,
    Matchlet,
    build,
)
from corpora.recipes.sample import Sample

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

VALID = (
    Sample("some.mime.cache", "an entry or more in each list", build(SOME)),
    Sample("empty.mime.cache", "no entry in any list", build(Cache(type_count=0))),
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
)
