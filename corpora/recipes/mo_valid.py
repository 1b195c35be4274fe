"""Sound GNU MO files: both byte orders, each part of the format, and what draws a warning."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.mo import (
    HASH_TABLE,
    LAST_PIECE,
    ORIGINALS,
    REVISION,
    TRANSLATIONS,
    Catalog,
    big_endian,
    build,
    word,
)
from corpora.recipes.sample import Sample

HEADER = (b"", b"Content-Type: text/plain; charset=UTF-8\n")
PLURAL_HEADER = (
    b"",
    HEADER[1] + b"Plural-Forms: nplurals=2; plural=n != 1;\n",
)
LATIN_HEADER = (
    b"",
    b"Last-Translator: J\xfcrgen\nContent-Type: text/plain; charset=ISO-8859-1\n",
)
FILES = (b"%d file\0%d files", b"%d Datei\0%d Dateien")
MENU_OPEN = (b"menu\4Open", "Öffnen".encode())
ONE, TWO = (b"one", b"eins"), (b"two", b"zwei")

HEADER_ONLY = Catalog((HEADER,), hash_size=0)
SOME = Catalog((PLURAL_HEADER, FILES, MENU_OPEN, ONE, TWO))
PLAIN = replace(SOME, hash_size=0)

# `%<PRIu64> bytes`, and `%Id`: digits as the locale writes them.
BYTES = (
    ((b"%", 0), (b" bytes\0", LAST_PIECE)),
    ((b"%", 0), (b" Byte\0", LAST_PIECE)),
)
DIGITS = (
    ((b"%d pages\0", LAST_PIECE),),
    ((b"%", 1), (b"d Seiten\0", LAST_PIECE)),
)
SYSDEP = replace(SOME, revision=1, segments=(b"PRIu64\0",), sysdep=(BYTES,))


def swapped_tables() -> bytes:
    """The table of translations before that of the originals."""
    data = build(PLAIN)
    start, size = 28, 8 * len(PLAIN.messages)
    first, second = data[start : start + size], data[start + size : start + 2 * size]
    data = data[:start] + second + first + data[start + 2 * size :]
    return word(word(data, ORIGINALS, start + size), TRANSLATIONS, start)


def shared(suffix: bytes) -> bytes:
    """Three messages with two strings at the end: the third translation is in the second."""
    pool = 28 + 2 * 3 * 8
    strings = b"".join(text + b"\0" for text in (b"", b"one", b"two", HEADER[1], b"undecided"))
    lengths = (0, 3, 3, len(HEADER[1]), 9)
    offsets = [pool + sum(lengths[:index]) + index for index in range(len(lengths))]
    data = build(Catalog((HEADER, (b"one", b""), (b"two", b"")), hash_size=0))[:pool] + strings
    last = (len(suffix), offsets[4] + lengths[4] - len(suffix))
    described = [*zip(lengths, offsets, strict=True), last]
    for index, (length, offset) in enumerate(described):
        data = word(word(data, 28 + 8 * index, length), 28 + 8 * index + 4, offset)
    return data


VALID = (
    Sample("le-header-only.mo", "the header entry and nothing else", build(HEADER_ONLY)),
    Sample("be-header-only.mo", "the same, big endian", build(big_endian(HEADER_ONLY))),
    Sample("le-hash.mo", "a hash table, a plural, a context; as msgfmt writes it", build(SOME)),
    Sample("be-hash.mo", "the same, big endian", build(big_endian(SOME))),
    Sample("le-no-hash.mo", "the same without hash table", build(PLAIN)),
    Sample("be-no-hash.mo", "the same without hash table, big endian", build(big_endian(PLAIN))),
    Sample(
        "hash-offset-without-hash.mo",
        "no hash table, and an offset of it that means nothing",
        word(build(PLAIN), HASH_TABLE, 0xFFFF_FFFF),
    ),
    Sample(
        "hash-of-many.mo",
        "a hash table in which some originals are not at their first place",
        build(Catalog((HEADER, *((b"message %02d" % n, b"Meldung %02d" % n) for n in range(40))))),
    ),
    Sample(
        "hash-just-enough.mo",
        "a hash table with a single empty entry",
        build(replace(SOME, messages=(HEADER, ONE), hash_size=3)),
    ),
    Sample(
        "plural-one-form.mo",
        "a language with one form: an original with plural, a translation without NUL",
        build(
            Catalog(
                (
                    (b"", HEADER[1] + b"Plural-Forms: nplurals=1; plural=0;\n"),
                    (b"%d file\0%d files", "%d 個のファイル".encode()),
                )
            )
        ),
    ),
    Sample(
        "plural-six-forms.mo",
        "a language with six forms",
        build(
            Catalog(
                (
                    (
                        b"",
                        HEADER[1] + b"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2"
                        b" ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;\n",
                    ),
                    (b"file\0files", b"zero\0one\0two\0few\0many\0other"),
                )
            )
        ),
    ),
    Sample(
        "context-and-plural.mo",
        "a context and a plural in one, and the same string without context",
        build(Catalog((PLURAL_HEADER, FILES, (b"disk\4%d file\0%d files", FILES[1])))),
    ),
    Sample(
        "context-with-eot.mo",
        "a context, an EOT byte, and a string with another EOT byte in it",
        build(Catalog((HEADER, (b"menu\4Open\4Close", b"Auf\4Zu")))),
    ),
    Sample(
        "charset-latin-1.mo",
        "in ISO-8859-1, as the header entry tells",
        build(
            Catalog(
                (
                    (b"", b"Content-Type: text/plain; charset=ISO-8859-1\n"),
                    (b"Open", "Öffnen".encode("latin-1")),
                )
            )
        ),
    ),
    Sample(
        "charset-unknown.mo",
        "an encoding that nobody knows, which is a matter of the text and not of the format",
        build(Catalog(((b"", b"Content-Type: text/plain; charset=x-none\n"), ONE))),
    ),
    Sample(
        "charset-unnamed.mo",
        "a header entry that tells no encoding, and ASCII",
        build(Catalog(((b"", b"Language: de\n"), ONE))),
    ),
    Sample(
        "charset-not-said.mo",
        "a content type that stops before the encoding, and ASCII",
        build(Catalog(((b"", b"Content-Type: text/plain\n"), ONE))),
    ),
    Sample(
        "charset-latin-1-header.mo",
        "a header entry that is itself in ISO-8859-1",
        build(Catalog((LATIN_HEADER, ONE))),
    ),
    Sample(
        "charset-broken.mo",
        "UTF-8 by its header entry, but with an octet that cannot be; strings are any bytes",
        build(Catalog((HEADER, (b"one", b"\xff")))),
    ),
    Sample(
        "header-not-fields.mo",
        "a header entry that is not lines of fields",
        build(Catalog(((b"", b"translated in a hurry"), ONE))),
    ),
    Sample(
        "header-date.mo",
        "a header entry with a date of its own form",
        build(Catalog(((b"", HEADER[1] + b"POT-Creation-Date: 2003-03-19\n"), ONE))),
    ),
    Sample(
        "header-bad-plural.mo",
        "a header entry whose rule for plurals is no expression",
        build(Catalog(((b"", HEADER[1] + b"Plural-Forms: nplurals=2; plural=n !!= 1;\n"), FILES))),
    ),
    Sample(
        "header-plural-with-not.mo",
        "a header entry whose rule for plurals compares with a negation, as C may",
        build(Catalog(((b"", HEADER[1] + b"Plural-Forms: nplurals=2; plural=n != !0;\n"), FILES))),
    ),
    Sample(
        "header-no-plural.mo",
        "a header entry that tells how many plural forms, and no rule for them",
        build(Catalog(((b"", HEADER[1] + b"Plural-Forms: nplurals=2\n"), FILES))),
    ),
    Sample(
        "header-date-folded.mo",
        "a header entry with a date that goes on in the next line",
        build(Catalog(((b"", HEADER[1] + b"POT-Creation-Date: 2003-03-19\n 12:00+0000\n"), ONE))),
    ),
    Sample(
        "empty-translation.mo",
        "a translation without a character",
        build(Catalog((HEADER, (b"one", b"")))),
    ),
    Sample(
        "sorted-by-octets.mo",
        "originals that only compare as unsigned octets are in order",
        build(
            Catalog(
                (HEADER, (b"Z", b"1"), (b"a", b"2"), (b"a b", b"3"), ("é".encode(), b"4")),
                hash_size=0,
            )
        ),
    ),
    Sample("aligned-8.mo", "strings at multiples of 8", build(replace(SOME, alignment=8))),
    Sample("tables-swapped.mo", "the translations' table first", swapped_tables()),
    Sample("shared-string.mo", "two messages with one translation", shared(b"undecided")),
    Sample("shared-suffix.mo", "a translation that is the end of another", shared(b"decided")),
    Sample("revision-1-0.mo", "major revision 1", build(replace(SOME, revision=0x1_0000))),
    Sample(
        "revision-0-1.mo",
        "minor revision 1, but nothing that depends on the system",
        build(replace(SOME, revision=1)),
    ),
    Sample("le-sysdep.mo", "a string with `PRIu64`; as msgfmt writes it", build(SYSDEP)),
    Sample("be-sysdep.mo", "the same, big endian", build(big_endian(SYSDEP))),
    Sample(
        "sysdep-digits.mo",
        "a translation with `I`, for the digits of the locale, and major revision 1",
        build(
            replace(
                SYSDEP,
                revision=0x1_0001,
                segments=(b"PRIu64\0", b"I\0"),
                sysdep=(BYTES, DIGITS),
            )
        ),
    ),
    # What draws a warning.
    Sample(
        "empty-catalog.mo",
        "no message at all",
        build(Catalog((), hash_size=0)),
        ("I501 header-entry",),
    ),
    Sample(
        "no-header-entry.mo",
        "messages, but no header entry",
        build(Catalog((ONE, TWO))),
        ("I501 header-entry",),
    ),
    Sample(
        "same-singular.mo",
        "two originals with the same singular, of which a reader finds only one",
        build(Catalog((PLURAL_HEADER, (b"file\0files", b"1"), (b"file\0filez", b"2")))),
        ("I501 original-told-apart",),
    ),
    Sample(
        "original-with-two-nuls.mo",
        "a second NUL in an original, which nothing prevents",
        build(Catalog((PLURAL_HEADER, (b"file\0files\0more", FILES[1])))),
        ("I501 plural-of-original",),
    ),
    Sample(
        "plural-of-nothing.mo",
        "a translation with two forms of an original that has one",
        build(Catalog((PLURAL_HEADER, (b"one", b"eins\0zwei")))),
        ("I501 plural-of-translation",),
    ),
    Sample(
        "torn-translations.mo",
        "zeros from the middle of the translations on: NULs, which nothing prevents",
        build(PLAIN)[:150] + bytes(len(build(PLAIN)) - 150),
        ("I501 plural-of-translation",),
    ),
    Sample(
        "revision-0-2.mo",
        "minor revision 2, of which only what it shares with 1 can be read",
        word(build(replace(SOME, revision=1)), REVISION, 2),
        ("I501 minor-revision",),
    ),
)
