"""Which keys an attribute may have: that depends on what it reads, as in Kaitai Struct 0.11."""

from __future__ import annotations

from typing import Final

from harness.schema import extensions
from harness.schema.allowances import ALLOW
from harness.schema.datatypes import Named, Raw, Shape, Text
from harness.schema.shapes import Keys

_ANY: Final = frozenset(
    {
        "id", "doc", "doc-ref", "type", "if", "terminator", "consume", "include", "eos-error",
        "valid", "repeat", *extensions.ATTRIBUTE_KEYS,
    }
)  # fmt: skip
_BYTES: Final = frozenset({"size", "size-eos", "pad-right", "parent", "process"})
_TEXT: Final = frozenset({"size", "size-eos", "pad-right", "encoding"})
_REPEATS: Final = {"expr": frozenset({"repeat-expr"}), "until": frozenset({"repeat-until"})}
_INSTANCE: Final = frozenset({"pos", "io", *extensions.INSTANCE_KEYS})
VALUE_INSTANCE: Final = frozenset({"value", "doc", "doc-ref", "if", "enum", ALLOW})

SWITCH_KEYS: Final = frozenset({"switch-on", "cases"})
ATTRIBUTE: Final = _ANY | _BYTES | _TEXT | {"contents", "enum", "repeat-expr", "repeat-until"}
PARSE_INSTANCE: Final = ATTRIBUTE | _INSTANCE
# What says how many bytes there are and what is done with them; and of these what is meant.
OF_SIZES: Final = _BYTES | _TEXT | {"contents"}
OF_TEXTS: Final = _TEXT
OF_NUMBERS: Final = frozenset[str]()


def check_keys(keys: Keys, shape: Shape | None, *, is_instance: bool) -> None:
    """Report the keys of an attribute that say nothing.

    Args:
        keys: the attribute.
        shape: what it reads; None for a switch.
        is_instance: it stands under `instances`.
    """
    what = "an instance" if is_instance else "an attribute"
    known = PARSE_INSTANCE | {"value"} if is_instance else ATTRIBUTE
    meant = _meant(keys, shape) | (_INSTANCE if is_instance else frozenset())
    keys.allow(known, what)
    for key in keys.node.keys:
        if key in known and key not in meant:
            message = f"`{key}` says nothing {_beside(keys, key)}"
            keys.problems.add("Q902", keys.node.keys[key], message)


def _meant(keys: Keys, shape: Shape | None) -> frozenset[str]:
    """Return the keys that mean something."""
    meant = _ANY | {"enum"}  # what an enum needs is checked with the enum
    if "repeat" in keys:
        meant |= _REPEATS.get(keys.text("repeat"), frozenset())
    match shape:
        case Raw():
            return meant | _BYTES | {"contents"}
        case Named() | None:
            return meant | _BYTES
        case Text():
            return meant | _TEXT
        case _:
            return meant


def _beside(keys: Keys, key: str) -> str:
    if not key.startswith("repeat-"):
        return "about a value of this type"
    return f"beside `repeat: {keys.text('repeat')}`" if "repeat" in keys else "without `repeat`"
