"""The keys of Kaitai Struct 0.11, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.schema.extent_keys import MAX_TERMINATOR_BYTES
from harness.schema.json_schema.kinds import (
    ANYTHING,
    BYTE,
    CONDITION,
    FLAG,
    INTEGER,
    NAME,
    OCTETS,
    PROSE,
    REFERENCE,
    TEXT,
    VALUE,
    Key,
    choice,
    list_of,
    one_or_more,
    refer,
)

_DOC: Final = Key(PROSE, "What it is, for people.")
_DOC_REF: Final = Key(
    one_or_more(TEXT),
    "The section of the specification, or its address and then its title, that says so.",
)

META: Final[Mapping[str, Key]] = {
    "id": Key(NAME, "The name of the schema, and of its top type."),
    "title": Key(VALUE, "The name of the format, for people."),
    "application": Key(ANYTHING, "Programs that use the format."),
    "file-extension": Key(
        one_or_more(TEXT), "Extensions of file names, without the dot; files are found by them."
    ),
    "xref": Key(ANYTHING, "Where registries of formats list it."),
    "license": Key(ANYTHING, "The licence of the schema, as an SPDX expression."),
    "tags": Key(ANYTHING, "Words to find the schema by."),
    "ks-version": Key(
        {"type": ["string", "number"]},
        "The oldest Kaitai Struct that understands the schema; at most 0.11.",
    ),
    "ks-debug": Key(ANYTHING, "For Kaitai's compiler; it has no meaning here."),
    "ks-zero-copy-substream": Key(ANYTHING, "For Kaitai's compiler; it has no meaning here."),
    "ks-opaque-types": Key({"enum": [False]}, "Types of foreign code are not supported."),
    "imports": Key(
        one_or_more(TEXT), "Schemas whose types are used: names beside this file, or `/absolute`."
    ),
    "encoding": Key(TEXT, "The encoding of strings that name none, such as `UTF-8`."),
    "endian": Key(
        {"anyOf": [choice("le", "be"), refer("endian")]},
        "The byte order of numbers that name none; a switch where content decides.",
    ),
    "bit-endian": Key(choice("le", "be"), "In which order bit fields take the bits of a byte."),
}

TYPE: Final[Mapping[str, Key]] = {
    "meta": Key(refer("meta"), "What holds for the type and the types in it."),
    "doc": _DOC,
    "doc-ref": _DOC_REF,
    "params": Key(
        list_of(refer("parameter")),
        "What the type is given by those that read it; of the top type also companion files.",
    ),
    "seq": Key(list_of(refer("attribute")), "The fields, one after the other."),
    "types": Key(
        {"type": "object", "additionalProperties": refer("type")},
        "The types in this type, by name.",
    ),
    "instances": Key(
        {"type": "object", "additionalProperties": refer("instance")},
        "Fields that stand elsewhere (`pos`), and computed values (`value`), by name.",
    ),
    "enums": Key(
        {"type": "object", "additionalProperties": refer("enum")}, "Numbers with names, by name."
    ),
    "to-string": Key(TEXT, "A structure of the type in words; checked, and not used."),
}

PARAMETER: Final[Mapping[str, Key]] = {
    "id": Key(NAME, "The name of the parameter."),
    "type": Key(
        TEXT, "What it takes: `u4`, `str`, `bool`, a type of the schema, `…[]` for a list."
    ),
    "enum": Key(REFERENCE, "The enum of its numbers."),
    "doc": _DOC,
    "doc-ref": _DOC_REF,
}

SWITCH: Final[Mapping[str, Key]] = {
    "switch-on": Key(VALUE, "The expression that decides."),
    "cases": Key(
        {"type": "object", "additionalProperties": TEXT},
        "The type for each value; `_` is for all others.",
    ),
}
ENDIAN: Final[Mapping[str, Key]] = {
    "switch-on": Key(VALUE, "The expression that decides."),
    "cases": Key(
        {"type": "object", "additionalProperties": choice("le", "be")},
        "The byte order for each value; `_` is for all others.",
    ),
}
MEMBER: Final[Mapping[str, Key]] = {
    "id": Key(NAME, "The name of the number."),
    "doc": _DOC,
    "doc-ref": _DOC_REF,
}
VALID: Final[Mapping[str, Key]] = {
    "eq": Key(VALUE, "The only value."),
    "min": Key(VALUE, "The least value."),
    "max": Key(VALUE, "The greatest value."),
    "any-of": Key(list_of(VALUE), "All the values."),
    "in-enum": Key({"enum": [True]}, "The members of the field's enum."),
    "expr": Key(CONDITION, "A condition on the value, which is `_`."),
}

ATTRIBUTE: Final[Mapping[str, Key]] = {
    "id": Key(NAME, "The name of the field."),
    "type": Key(
        {"anyOf": [TEXT, refer("switch")]},
        "What is read: `u4`, `s2be`, `f8`, `b3`, `str`, `strz`, a type with its arguments, or a "
        "switch; bytes if it is left out.",
    ),
    "contents": Key({"anyOf": [TEXT, OCTETS]}, "The fixed bytes that must stand here."),
    "size": Key(INTEGER, "How many bytes; of a type, the region that it is read in."),
    "size-eos": Key(FLAG, "All bytes to the end of the stream."),
    "terminator": Key(
        {"anyOf": [BYTE, {**list_of(BYTE), "minItems": 1, "maxItems": MAX_TERMINATOR_BYTES}]},
        "The byte, or the bytes, that end the value.",
    ),
    "include": Key(FLAG, "The terminator is part of the value."),
    "consume": Key(FLAG, "Reading goes on after the terminator, rather than at it."),
    "eos-error": Key(FLAG, "A missing terminator is an error."),
    "pad-right": Key(BYTE, "The byte that fills up a sized value."),
    "process": Key(
        {"type": "string", "pattern": r"^(zlib|(xor|rol|ror)\(.*\))$"},
        "How bytes are transformed before they are read: `zlib`, `xor(key)`, `rol(n)`, `ror(n)`.",
    ),
    "encoding": Key(TEXT, "The encoding of the string."),
    "enum": Key(REFERENCE, "The enum that the number is a member of; others are errors."),
    "if": Key(CONDITION, "When the field is there at all."),
    "repeat": Key(
        choice("expr", "eos", "until"),
        "Read many: a number of them, to the end, or to a condition.",
    ),
    "repeat-expr": Key(INTEGER, "How many."),
    "repeat-until": Key(CONDITION, "What the last one, `_`, is known by."),
    "valid": Key({"anyOf": [VALUE, refer("valid")]}, "Which values are allowed."),
    "parent": Key(
        {"type": ["string", "boolean"]}, "The structure that is its `_parent`, or `false`."
    ),
    "doc": _DOC,
    "doc-ref": _DOC_REF,
}
PLACED: Final[Mapping[str, Key]] = {
    "pos": Key(INTEGER, "Where it begins, from the start of the stream."),
    "io": Key(TEXT, "The stream it is read from, such as `_root._io`."),
}
COMPUTED: Final[Mapping[str, Key]] = {
    "value": Key(VALUE, "The expression that computes it."),
    "if": ATTRIBUTE["if"],
    "enum": Key(REFERENCE, "The enum that the number is a member of."),
    "doc": _DOC,
    "doc-ref": _DOC_REF,
}
FOREIGN: Final[Mapping[str, Key]] = {
    "-orig-id": Key(ANYTHING, "The name in the specification."),
    "-webide-representation": Key(ANYTHING, "For Kaitai's web IDE."),
    "-webide-parse-mode": Key(ANYTHING, "For Kaitai's web IDE."),
    "-affected-by": Key(ANYTHING, "An issue of Kaitai Struct that the schema works around."),
    "-license": Key(ANYTHING, "A licence, where `meta/license` cannot say it."),
}
