"""Values in words, the same for every engine: what `expected` and `actual` of findings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.reading.tree import ListNode, Location, StructNode, path_of
from harness.schema.types import IntValue, ValueType

if TYPE_CHECKING:
    from harness.schema.ir import Enum

MAX_SHOWN: Final = 24


def count(number: int, thing: str) -> str:
    """Return a number of things: `1 byte`, `2 bytes`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def hex_bytes(data: bytes) -> str:
    """Return bytes as `ab cd ef`, the end left out when there are many."""
    shown = data[:MAX_SHOWN].hex(" ")
    return f"{shown} … ({len(data)} bytes)" if len(data) > MAX_SHOWN else shown or "no bytes"


def in_words(value: object, kind: ValueType, enums: Mapping[str, Enum]) -> str:
    """Return a value as text: enum members by name and number, strings quoted, bytes in hex."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() if isinstance(kind, IntValue) and kind.enum:
            member = enums[kind.enum].members.get(value)
            return f"`{member}` ({value})" if member else str(value)
        case int() | float():
            return str(value)
        case str():
            return quoted(value)
        case bytes():
            return hex_bytes(value)
        case ListNode():
            return f"a list of {len(value.items)}"
        case StructNode():
            return f"`{path_of(Location(value)) or '_root'}`"
        case _:
            return str(value)


def quoted(text: str) -> str:
    """Return a string in double quotes with anything unprintable escaped."""
    shown = text[: MAX_SHOWN * 2]
    body = "".join(_escaped(character) for character in shown)
    rest = f" … ({len(text)} characters)" if len(text) > len(shown) else ""
    return f'"{body}"{rest}'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
