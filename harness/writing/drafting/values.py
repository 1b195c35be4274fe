"""The values of a content as plain data: what was read, without what was only computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from harness.reading.tree import ListNode, Missing, StructNode, Value
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    FloatData,
    IntegerData,
    SwitchData,
    TextData,
)
from harness.schema.walk import arms_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.ir import DataType

MISSING: Final = object()


def values_of(reading: Reading) -> dict[str, Any]:
    """Return the attributes and parse instances of a content, by name.

    Structures are dictionaries, repeated values are lists; enum members are their numbers. What is
    absent is left out. What several offsets lead to stands wherever they do.
    """
    return _structure(reading.root)


def _structure(node: StructNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for slot, field in enumerate(node.plan.fields):
        if isinstance(field, Attribute) and not isinstance(node.values[slot], Missing):
            found[field.id] = _value(node.values[slot])
    return found


def _value(value: Value) -> Any:
    match value:
        case StructNode():
            return _structure(value)
        case ListNode():
            return [_value(item) for item in value.items]
    return value


def range_of(data: IntegerData | BitsData) -> tuple[int, int]:
    """Return the least and the greatest integer that there are bytes for."""
    bits = data.width if isinstance(data, BitsData) else 8 * data.width
    low = -(1 << (bits - 1)) if isinstance(data, IntegerData) and data.signed else 0
    return low, low + (1 << bits) - 1


def is_held(value: object, data: DataType) -> bool:
    """Whether a plain value is of the kind that stands there, and an integer in its range."""
    match data:
        case IntegerData() | BitsData():
            low, high = range_of(data)
            return isinstance(value, int) and low <= value <= high
        case FloatData():
            return isinstance(value, int | float)
        case TextData():
            return isinstance(value, str)
        case BytesData():
            return isinstance(value, bytes)
        case SwitchData():
            return any(is_held(value, arm) for arm in arms_of(data))
    return False


def told_kind(field: Attribute) -> str:
    """Say what a field holds, or each item of its list."""
    kinds = dict.fromkeys(_kind(data, field.enum) for data in arms_of(field.data))
    return " or ".join(kinds)


def _kind(data: DataType, enum: str) -> str:
    match data:
        case IntegerData() | BitsData():
            low, high = range_of(data)
            of = f" (of the enum `{enum}`)" if enum else ""
            return f"an integer from {low:,} to {high:,}{of}"
        case FloatData():
            return "a number"
        case TextData():
            return f"a text ({data.encoding})"
        case BytesData():
            return "bytes"
    return "a structure"


class Given:
    """Values that somebody has decided, found by the structure they belong to.

    Attributes:
        are_kept: sizes, counts and offsets are taken as they are, too.
        junk: by path, bytes put at the end of a region, where nothing reads them.
    """

    def __init__(self, *, are_kept: bool, junk: Mapping[str, bytes] | None = None) -> None:
        self.are_kept = are_kept
        self.junk = junk or {}
        self._by_node: dict[int, Mapping[str, Any]] = {}

    def put(self, node: StructNode, values: object) -> None:
        """Let `values` be those of a structure.

        Raises:
            TypeError: they are no mapping.
        """
        if not isinstance(values, Mapping):
            raise TypeError("a structure is built from a mapping of names to values")
        self._by_node[id(node)] = values

    def of(self, node: StructNode, slot: int, index: int = -1) -> Any:
        """Return what was given for a slot, or for an item of its list; MISSING for nothing."""
        whole = self._by_node.get(id(node), {}).get(node.plan.names[slot], MISSING)
        if index < 0 or whole is MISSING:
            return whole
        if not isinstance(whole, Sequence) or index >= len(whole):
            return MISSING
        return whole[index]
