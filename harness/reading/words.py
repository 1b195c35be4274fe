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


def hex_bytes(data: bytes, size: int = 0) -> str:
    """Return bytes as `ab cd ef`, the end left out when there are many.

    Args:
        data: the bytes, or at least as many of their first as are shown.
        size: how many there are, where `data` is not all of them.
    """
    size = max(size, len(data))
    shown = data[:MAX_SHOWN].hex(" ")
    return f"{shown} … ({size} bytes)" if size > MAX_SHOWN else shown or "no bytes"


def in_words(value: object, kind: ValueType, enums: Mapping[str, Enum]) -> str:
    """Return a value as text: enum members by name and number, strings quoted, bytes in hex."""
    match value:
        case bool():
            return truth(value)
        case int() if isinstance(kind, IntValue) and kind.enum:
            return number(value, enums[kind.enum].members)
        case int() | float():
            return str(value)
        case str():
            return quoted(value)
        case bytes():
            return hex_bytes(value)
        case ListNode():
            return listed(len(value.items))
        case StructNode():
            return structure(path_of(Location(value)))
        case _:
            return str(value)


def truth(value: bool) -> str:  # noqa: FBT001  # it is what is put into words
    """Return a boolean in words."""
    return "true" if value else "false"


def number(value: int, members: Mapping[int, str]) -> str:
    """Return an integer, with the name of the enum member that it is."""
    member = members.get(value)
    return f"`{member}` ({value})" if member else str(value)


def listed(items: int) -> str:
    """Return a list in words."""
    return f"a list of {items}"


def structure(path: str) -> str:
    """Return a structure in words."""
    return f"`{path or '_root'}`"


def checksum(value: object) -> str:
    """Return a sum in hex: `0x1f`, or all digits of bytes."""
    if isinstance(value, bytes):
        return value.hex()
    return f"{value:#x}" if isinstance(value, int) else str(value)


def quoted(text: str, length: int = 0) -> str:
    """Return a string in double quotes with anything unprintable escaped.

    Args:
        text: the string, or at least as much of its start as is shown.
        length: how many characters it has, where `text` is not all of it.
    """
    length = max(length, len(text))
    shown = text[: MAX_SHOWN * 2]
    body = "".join(_escaped(character) for character in shown)
    rest = f" … ({length} characters)" if length > len(shown) else ""
    return f'"{body}"{rest}'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
