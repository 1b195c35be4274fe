"""The JSON Schema (draft-07, which editors take) of a schema file."""

from __future__ import annotations

from typing import Final

from harness.schema import attribute_keys, builder, enums, meta, validity
from harness.schema.json_schema import kaitai, ours
from harness.schema.json_schema.kinds import TEXT, Fragment, Key, mapping, refer
from harness.schema.shapes import FOREIGN_KEYS

_NUMBER: Final = "^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)$"
_OPEN: Final = "^-"


def document(*, lenient: bool = False) -> Fragment:
    """Return the JSON Schema of `.ksy` files.

    Args:
        lenient: tolerate `-` keys that nobody knows, as `--lenient` does.
    """
    definitions = {
        name: _with_foreign(definition, lenient=lenient)
        for name, definition in (_definitions() | ours.definitions()).items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:content-harness:ksy",
        "title": "Schema of a binary format (.ksy)",
        "description": (
            "Kaitai Struct 0.11 and the `-` keys of content-harness. What expressions mean is "
            "checked by `harness schema check`."
        ),
        "allOf": [refer("type")],
        "required": ["meta"],
        "properties": {"meta": {"required": ["id"]}},
        "definitions": definitions,
    }


def _definitions() -> dict[str, Fragment]:
    attribute = mapping(attribute_keys.ATTRIBUTE, {**kaitai.ATTRIBUTE, **ours.ATTRIBUTE})
    placed = {**kaitai.ATTRIBUTE, **kaitai.PLACED, **ours.ATTRIBUTE, **ours.INSTANCE}
    computed = {**kaitai.COMPUTED, **ours.PARAMETER}
    member = mapping(enums.MEMBER_KEYS, kaitai.MEMBER, needs=("id",))
    return {
        "type": mapping(builder.TYPE_KEYS, {**kaitai.TYPE, **ours.TYPE}),
        "meta": mapping(meta.META_KEYS, kaitai.META),
        "endian": mapping(
            attribute_keys.SWITCH_KEYS, kaitai.ENDIAN, needs=attribute_keys.SWITCH_KEYS
        ),
        "parameter": mapping(
            builder.PARAMETER_KEYS, {**kaitai.PARAMETER, **ours.PARAMETER}, needs=("id",)
        ),
        "attribute": {**attribute, **_rules()},
        "instance": {
            "if": {"required": ["value"]},
            "then": refer("computed"),
            "else": refer("placed"),
        },
        "placed": {**mapping(attribute_keys.PARSE_INSTANCE, placed), **_rules()},
        "computed": mapping(attribute_keys.VALUE_INSTANCE, computed, needs=("value",)),
        "switch": mapping(
            attribute_keys.SWITCH_KEYS, kaitai.SWITCH, needs=attribute_keys.SWITCH_KEYS
        ),
        "valid": {**mapping(validity.VALID_KEYS, kaitai.VALID), "minProperties": 1},
        "enum": {
            "type": "object",
            "propertyNames": {"pattern": _NUMBER},
            "additionalProperties": {"anyOf": [TEXT, {"type": "boolean"}, refer("member")]},
        },
        "member": member,
    }


def _rules() -> Fragment:
    """What keys of an attribute need of one another."""
    return {
        "dependencies": {f"repeat-{word}": _repeat(word) for word in ("expr", "until")},
        "allOf": [
            _without(r"^([us][1248]|f[48]|b[1-9][0-9]?)(le|be)?$", attribute_keys.OF_NUMBERS),
            _without("^strz?$", attribute_keys.OF_TEXTS),
        ],
    }


def _repeat(word: str) -> Fragment:
    return {"required": ["repeat"], "properties": {"repeat": {"const": word}}}


def _without(pattern: str, meant: frozenset[str]) -> Fragment:
    """Which keys say nothing about a value whose `type` has the pattern."""
    idle = sorted(attribute_keys.OF_SIZES - meant)
    is_so = {"properties": {"type": {"type": "string", "pattern": pattern}}, "required": ["type"]}
    return {"if": is_so, "then": {"properties": dict.fromkeys(idle, False)}}


def _with_foreign(definition: Fragment, *, lenient: bool) -> Fragment:
    """Keys of other tools may stand in every mapping of the language, and mean nothing."""
    if definition.get("additionalProperties") is not False:
        return definition
    if lenient:
        return {**definition, "patternProperties": {_OPEN: True}}
    foreign = {name: _described(kaitai.FOREIGN[name]) for name in sorted(FOREIGN_KEYS)}
    return {**definition, "properties": {**definition["properties"], **foreign}}


def _described(key: Key) -> Fragment:
    return {**key.kind, "description": key.says}
