"""The corpus of template definitions: what sensors of three releases define, and broken files."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.channel import (
    DEFINITIONS_HEADER,
    FIELD,
    INTEGER_KINDS,
    RECORD_SIZE,
    TEMPLATE_HEADER,
    DataType,
    Field,
    Kind,
    TemplateType,
    build_definitions,
    sealed,
)
from corpora.recipes.sample import Corpus, Sample, patched

MAX_FIELDS = 255


def number(name: str) -> Field:
    """A field that takes an integer."""
    return Field(name, DataType.INTEGER, INTEGER_KINDS)


PROCESS = TemplateType(
    1, "process", (Field("image_name"), Field("command_line"), number("parent_id"))
)
NETWORK = TemplateType(2, "network", (Field("host"), number("port")))

# The shape of 2024: a type for interprocess communication with 21 fields.
PIPE = TemplateType(
    7,
    "pipe",
    (
        Field("pipe_name"),
        Field("operation"),
        Field("image_name"),
        Field("command_line"),
        Field("user_name"),
        Field("parent_image_name"),
        Field("parent_command_line"),
        Field("integrity_level"),
        Field("session"),
        Field("remote_host"),
        Field("share_name"),
        Field("security_descriptor"),
        Field("signer"),
        Field("module_name"),
        Field("working_folder"),
        Field("token_privileges"),
        number("access_mask"),
        number("process_id"),
        number("thread_id"),
        number("buffer_size"),
        Field("client_image_name"),
    ),
)

TEMPLATES = (PROCESS, NETWORK, PIPE)
SENSOR_711 = build_definitions(TEMPLATES, release=711)

# Where things are in a file with one template type of two fields.
PAIR = TemplateType(1, "pair", (Field("text"), number("number")))
SMALL = build_definitions([PAIR])
SIZES = DEFINITIONS_HEADER.size
FIRST_TEMPLATE = SIZES + RECORD_SIZE.size
FIRST_FIELD = FIRST_TEMPLATE + TEMPLATE_HEADER.size
TEXT_KINDS_AT = FIRST_FIELD + 28
TEXT_TYPE_AT = FIRST_FIELD + 30
NUMBER_KINDS_AT = TEXT_KINDS_AT + FIELD.size


def edited(offset: int, replacement: bytes, data: bytes = SMALL) -> bytes:
    """The small file with other bytes, and its checksum put right."""
    return sealed(patched(data, offset, replacement))


def resized(data: bytes) -> bytes:
    """The file with size and checksum put right."""
    return sealed(patched(data, 8, len(data).to_bytes(4, "little")))


def _one(field: Field, *more: Field) -> bytes:
    """A file with one template type of these fields."""
    return build_definitions([TemplateType(1, "single", (field, *more))])


def _with_template_size(size: int) -> bytes:
    """The small file with another entry in its table of sizes."""
    return patched(SMALL, SIZES, size.to_bytes(4, "little"))


TEMPLATE_SIZE = len(SMALL) - FIRST_TEMPLATE

VALID = (
    Sample("sensor-7.11.tdef", "three types, one of them with 21 fields", SENSOR_711),
    Sample(
        "sensor-7.16.tdef",
        "the same types, a later release",
        build_definitions(TEMPLATES, release=716),
    ),
    Sample(
        "sensor-7.10.tdef",
        "an older release, which knows no pipes",
        build_definitions((PROCESS, NETWORK), release=710),
    ),
    Sample("smallest.tdef", "one type, one field", _one(Field("f"))),
    Sample("two-fields.tdef", "one type, a field of each data type", SMALL),
    Sample(
        "most-fields.tdef",
        "one type with 255 fields",
        _one(*(Field(f"field_{index}") for index in range(MAX_FIELDS))),
    ),
    Sample(
        "longest-names.tdef",
        "names that fill their space up to the NUL",
        build_definitions([TemplateType(1, "n" * 23, (Field("f" * 27),))]),
    ),
    Sample(
        "wildcard-only.tdef",
        "a field that allows nothing but a wildcard",
        _one(Field("f", kinds=(Kind.WILDCARD,))),
    ),
    Sample(
        "other-channel.tdef",
        "types of two channels, ids not in order",
        build_definitions((replace(PIPE, id=65_535), replace(PROCESS, channel_id=292))),
    ),
)

INVALID = (
    Sample("empty.tdef", "no byte at all", b"", ("S101",)),
    Sample("magic.tdef", "the magic is `TDEG`", edited(0, b"TDEG"), ("S103",)),
    Sample("version.tdef", "version 2", edited(4, b"\2\0"), ("B202",)),
    Sample("header-size.tdef", "a header of 33 bytes", edited(6, b"\x21\0"), ("C303",)),
    Sample(
        "file-size.tdef",
        "a size one too small",
        edited(8, (len(SMALL) - 1).to_bytes(4, "little")),
        ("C303",),
    ),
    Sample(
        "checksum.tdef",
        "a flipped bit in the checksum",
        patched(SMALL, 12, bytes([SMALL[12] ^ 1])),
        ("I502",),
    ),
    Sample(
        "name-changed.tdef",
        "a changed letter, and the checksum of before",
        patched(SMALL, FIRST_FIELD, b"s"),
        ("I502",),
    ),
    Sample("release.tdef", "release 0", build_definitions([PAIR], release=0), ("B201",)),
    Sample("no-templates.tdef", "no template type", build_definitions([]), ("B201",)),
    Sample(
        "header-reserved.tdef", "a reserved byte of the header is 1", edited(31, b"\1"), ("S107",)
    ),
    Sample("truncated.tdef", "the last byte is missing", SMALL[:-1], ("C303", "I502", "S101")),
    Sample(
        "trailing.tdef",
        "four zero bytes too many, size and checksum to match",
        resized(SMALL + bytes(4)),
        ("S109",),
    ),
    Sample(
        "template-too-large.tdef",
        "eight bytes in a template type that belong to nothing",
        resized(_with_template_size(TEMPLATE_SIZE + 8) + bytes(8)),
        ("S110",),
    ),
    Sample(
        "template-too-small.tdef",
        "a template type whose second field lies beyond its end",
        resized(_with_template_size(TEMPLATE_SIZE - FIELD.size)[: -FIELD.size]),
        ("S101",),
    ),
    Sample(
        "template-id.tdef", "template type 0", build_definitions([replace(PAIR, id=0)]), ("B201",)
    ),
    Sample(
        "template-id-twice.tdef",
        "two template types with the same id",
        build_definitions([PAIR, replace(PAIR, name="other")]),
        ("I504",),
    ),
    Sample(
        "template-reserved.tdef",
        "a reserved byte of a template type is 1",
        edited(FIRST_TEMPLATE + 5, b"\1"),
        ("S107",),
    ),
    Sample(
        "template-name.tdef",
        "a template type without a name",
        build_definitions([replace(PAIR, name="")]),
        ("B208",),
    ),
    Sample(
        "no-fields.tdef",
        "a template type without fields",
        build_definitions([replace(PAIR, fields=())]),
        ("B201",),
    ),
    Sample("field-name.tdef", "a field without a name", _one(Field("")), ("B208",)),
    Sample(
        "field-name-open.tdef",
        "a field name that no NUL ends",
        edited(FIRST_FIELD, b"f" * 28),
        ("S102",),
    ),
    Sample(
        "field-name-padding.tdef",
        "a byte after the NUL of a field name is not zero",
        edited(FIRST_FIELD + 27, b"\1"),
        ("S107",),
    ),
    Sample(
        "field-name-encoding.tdef",
        "a field name that is not ASCII",
        edited(FIRST_FIELD, b"\xff"),
        ("S106",),
    ),
    Sample(
        "field-name-twice.tdef",
        "two fields with the same name",
        _one(Field("f"), Field("f")),
        ("I504",),
    ),
    Sample(
        "no-kinds.tdef",
        "a field that allows no kind of criterion",
        _one(Field("f", kinds=())),
        ("B201",),
    ),
    Sample(
        "kind-5.tdef",
        "a field that allows a kind that does not exist",
        edited(TEXT_KINDS_AT, b"\x39\0"),
        ("B201",),
    ),
    Sample(
        "integer-with-regex.tdef",
        "a field that takes integers and allows patterns",
        edited(NUMBER_KINDS_AT, b"\x17\0"),
        ("I501 kinds-fit-integer",),
    ),
    Sample(
        "text-with-range.tdef",
        "a field that takes text and allows ranges",
        edited(TEXT_KINDS_AT, b"\x1d\0"),
        ("I501 kinds-fit-text",),
    ),
    Sample(
        "data-type.tdef", "a data type that does not exist", edited(TEXT_TYPE_AT, b"\3"), ("S105",)
    ),
    Sample(
        "field-reserved.tdef",
        "a reserved byte of a field is 1",
        edited(FIRST_FIELD + 31, b"\1"),
        ("S107",),
    ),
    Sample(
        "zero-tail.tdef",
        "a torn write: the second half is zero",
        SMALL[: len(SMALL) // 2] + bytes(len(SMALL) // 2),
        ("B201", "B208", "I502", "I504", "S105"),
    ),
    Sample(
        "all-zero.tdef",
        "a torn write: the right length, all zero",
        bytes(len(SMALL)),
        ("B201", "B202", "C303", "I502", "S103", "S109"),
    ),
)

CORPUS = Corpus("template_definitions", VALID, INVALID)
