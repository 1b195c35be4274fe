"""Broken compiled magic: what is wrong in the fields, values and texts of an entry."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.magic import (
    DESCRIPTION_SIZE,
    MIME_SIZE,
    VALUE_SIZE,
    Entry,
    Kind,
    build,
    number,
)
from corpora.recipes.magic_invalid import ALONE, BYTE, SIZE, TEXT, of
from corpora.recipes.magic_valid import PART
from corpora.recipes.sample import Sample, patched

ALONE_TEXT = build((TEXT,))
# Where in a record its parts are.
VALUE = 32
DESCRIPTION = VALUE + VALUE_SIZE
MIME = DESCRIPTION + DESCRIPTION_SIZE
EXTENSIONS = MIME + MIME_SIZE + 8


def in_record(data: bytes, offset: int, replacement: bytes) -> bytes:
    """Other bytes in the first entry."""
    return patched(data, SIZE + offset, replacement)


INVALID = (
    # Fields.
    Sample("type-zero.mgc", "no type", of(replace(BYTE, type=0)), ("I501 known-type", "S107")),
    Sample(
        "type-60.mgc",
        "a type that version 18 has not",
        of(replace(BYTE, type=60)),
        ("I501 known-type",),
    ),
    Sample(
        "type-59-in-17.mgc",
        "a type that version 17 has not",
        of(replace(TEXT, type=59), version=17),
        ("I501 known-type",),
    ),
    Sample(
        "type-62-in-21.mgc",
        "a type that version 21 has not",
        of(replace(BYTE, type=62), version=21),
        ("I501 known-type", "S107"),
    ),
    Sample(
        "relation.mgc", "a relation that there is not", of(replace(BYTE, relation="~")), ("S105",)
    ),
    Sample(
        "condition.mgc", "a condition that there is not", of(replace(BYTE, condition=4)), ("S105",)
    ),
    Sample(
        "factor-operator.mgc",
        "an operator for strength that there is not",
        of(replace(BYTE, factor=("%", 2))),
        ("S105",),
    ),
    Sample(
        "factor-alone.mgc",
        "a factor without operator",
        of(replace(BYTE, factor=("\0", 2))),
        ("I501 factor-without-operator",),
    ),
    Sample(
        "factor-by-zero.mgc",
        "a strength divided by zero",
        of(replace(BYTE, factor=("/", 0))),
        ("I501 factor-divides",),
    ),
    Sample(
        "factor-below.mgc",
        "the strength of a test below",
        of(BYTE, replace(BYTE, level=1, flags=0, factor=("+", 2))),
        ("I501 factor-at-top",),
    ),
    Sample("line-zero.mgc", "line 0", of(replace(BYTE, line=0)), ("B201",)),
    Sample(
        "mask-operator.mgc",
        "an operator for a mask with an unknown bit",
        of(replace(BYTE, mask_operator=8)),
        ("B208",),
    ),
    Sample(
        "mask-on-text.mgc",
        "a text with a mask",
        of(replace(TEXT, mask_operator=1)),
        ("I501 mask-of-number",),
    ),
    Sample(
        "modifier.mgc",
        "a modifier that there is not",
        of(replace(TEXT, mask=(0, 0x8000))),
        ("I501 known-modifiers",),
    ),
    Sample(
        "modifier-of-use.mgc",
        "a modifier where there is none",
        build((BYTE, Entry(type=Kind.USE, value=b"part", mask=(0, 1), level=1)), PART),
        ("I501 known-modifiers",),
    ),
    # Values.
    Sample(
        "byte-256.mgc",
        "a byte of 256",
        of(replace(BYTE, value=number(256))),
        ("I501 number-in-range",),
    ),
    Sample(
        "short-below.mgc",
        "a short of -32,769",
        of(replace(BYTE, type=Kind.SHORT, value=number(-32_769))),
        ("I501 number-in-range",),
    ),
    Sample(
        "long-above.mgc",
        "a long of 4,294,967,296",
        of(replace(BYTE, type=Kind.BELONG, value=number(1 << 32))),
        ("I501 number-in-range",),
    ),
    Sample(
        "number-with-length.mgc",
        "a number with a length",
        of(replace(BYTE, value_length=1)),
        ("I501 value-length",),
    ),
    Sample(
        "value-behind-number.mgc",
        "a byte behind a number",
        in_record(ALONE, VALUE + 8, b"\1"),
        ("S107",),
    ),
    Sample(
        "value-behind-text.mgc",
        "a byte behind a text",
        in_record(ALONE_TEXT, VALUE + 4, b"\1"),
        ("S107",),
    ),
    Sample(
        "value-of-any.mgc",
        "a value where anything will do",
        of(replace(BYTE, relation="x")),
        ("S107",),
    ),
    Sample(
        "text-too-long.mgc",
        "a text that leaves no room for its NUL",
        of(replace(TEXT, value=b"y" * 128)),
        ("I501 value-length",),
    ),
    Sample(
        "text-longer.mgc",
        "a text of 200 bytes",
        of(replace(TEXT, value_length=200)),
        ("I501 value-length",),
    ),
    Sample(
        "pascal-length.mgc",
        "a Pascal string shorter than its prefix",
        of(replace(TEXT, type=Kind.PSTRING, value=b"", value_length=1, mask=(0, 0x400))),
        ("I501 value-length",),
    ),
    # Texts.
    Sample(
        "description-endless.mgc",
        "a description without NUL",
        of(replace(BYTE, description=b"x" * 64)),
        ("S102",),
    ),
    Sample(
        "description-dirty.mgc",
        "a byte behind a description",
        in_record(ALONE, DESCRIPTION + 10, b"x"),
        ("S110",),
    ),
    Sample(
        "source-in-18.mgc",
        "the name of a file behind an empty description, which begins with version 20",
        of(replace(BYTE, mime_type=b"", description=b"", source=b"magic/x")),
        ("S110",),
    ),
    Sample(
        "two-formats.mgc",
        "a description with two places for the value",
        of(replace(BYTE, description=b"%d%s")),
        ("I501 one-format",),
    ),
    Sample(
        "format-of-nothing.mgc",
        "a place for a value where there is none",
        of(BYTE, Entry(type=Kind.DEFAULT, relation="x", level=1, description=b"%s")),
        ("I501 one-format",),
    ),
    Sample(
        "not-described.mgc",
        "a MIME type without description",
        of(replace(BYTE, description=b"")),
        ("I501 described",),
    ),
    Sample(
        "mime-endless.mgc",
        "a MIME type without NUL",
        of(replace(BYTE, mime_type=b"a/" + b"b" * 78)),
        ("S102",),
    ),
    Sample(
        "mime-character.mgc",
        "a MIME type with a blank",
        of(replace(BYTE, mime_type=b"a/b c")),
        ("I501 mime-type-characters",),
    ),
    Sample(
        "mime-not-ascii.mgc",
        "a MIME type that is not ASCII",
        of(replace(BYTE, mime_type=b"a/\xe4")),
        ("S106",),
    ),
    Sample(
        "mime-dirty.mgc", "a byte behind a MIME type", in_record(ALONE, MIME + 10, b"x"), ("S107",)
    ),
    Sample(
        "apple-character.mgc",
        "a creator with a comma",
        of(replace(BYTE, apple=b"ab,c")),
        ("I501 apple-characters",),
    ),
    Sample(
        "extension-character.mgc",
        "an extension with a blank",
        of(replace(BYTE, extensions=b"a b")),
        ("I501 extension-characters",),
    ),
    Sample(
        "extension-after-nul.mgc",
        "an extension behind a NUL",
        in_record(ALONE, EXTENSIONS + 4, b"x"),
        ("I501 extension-characters",),
    ),
)
