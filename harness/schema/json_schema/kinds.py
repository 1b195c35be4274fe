"""The kinds of value that keys take, as fragments of JSON Schema."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

Fragment = dict[str, Any]


class Key(NamedTuple):
    """A key: what it takes, and what it says, in a sentence or two."""

    kind: Fragment
    says: str


TEXT: Final[Fragment] = {"type": "string"}
PROSE: Final[Fragment] = {"type": ["string", "null"]}
FLAG: Final[Fragment] = {"type": "boolean"}
NAME: Final[Fragment] = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
RULE_NAME: Final[Fragment] = {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"}
# YAML makes numbers and booleans of what is an expression to us.
VALUE: Final[Fragment] = {"type": ["string", "integer", "number", "boolean"]}
INTEGER: Final[Fragment] = {"type": ["string", "integer"]}
CONDITION: Final[Fragment] = {"type": ["string", "boolean"]}
REFERENCE: Final[Fragment] = {"type": "string"}
BYTE: Final[Fragment] = {"type": "integer", "minimum": 0, "maximum": 255}
OCTETS: Final[Fragment] = {"type": "array", "items": {"anyOf": [TEXT, BYTE]}}
ANYTHING: Final[Fragment] = {}


def list_of(kind: Fragment) -> Fragment:
    """Return a list of values of one kind."""
    return {"type": "array", "items": kind}


def one_or_more(kind: Fragment) -> Fragment:
    """Return one value, or a list of them."""
    return {"anyOf": [kind, list_of(kind)]}


def choice(*words: str) -> Fragment:
    """Return one of a few words."""
    return {"enum": list(words)}


def whole(low: int, high: int) -> Fragment:
    """Return an integer of a range."""
    return {"type": "integer", "minimum": low, "maximum": high}


def refer(definition: str) -> Fragment:
    """Return the definition of that name."""
    return {"$ref": f"#/definitions/{definition}"}


def mapping(
    known: Collection[str], described: Mapping[str, Key], *, needs: Collection[str] = ()
) -> Fragment:
    """Return a mapping with the keys that the loader knows there, and no others.

    Args:
        known: the loader's table.
        described: each of its keys.
        needs: those that must be there.

    Raises:
        AssertionError: a key is in one of the two only.
    """
    if set(known) != set(described):
        raise AssertionError(f"described and known differ: {sorted(set(known) ^ set(described))}")
    found: Fragment = {
        "type": "object",
        "properties": {
            name: {**key.kind, "description": key.says}
            if "$ref" not in key.kind
            else {"allOf": [key.kind], "description": key.says}
            for name, key in described.items()
        },
        "additionalProperties": False,
    }
    return {**found, "required": sorted(needs)} if needs else found
