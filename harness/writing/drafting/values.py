"""The values of a content as plain data: what was read, without what was only computed."""

from __future__ import annotations

import reprlib
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
from harness.writing.drafting.outcomes import Rejected

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


def refused(kind: str, value: object) -> Rejected:
    """Return what is raised for a value of another kind than there must be."""
    got = "no value was given" if value is MISSING else f"{reprlib.repr(value)} was given"
    return Rejected(f"it holds {kind}; {got}")


def unfit(data: BytesData | TextData, value: bytes | str, size: int | None) -> str:
    """Say why no bytes, or not as many as there must be, hold a text or octets."""
    try:
        raw = value.encode(data.encoding) if isinstance(data, TextData) else value  # type: ignore[union-attr]  # text
    except UnicodeEncodeError:
        return f"{reprlib.repr(value)} cannot be encoded in {data.encoding}"  # type: ignore[union-attr]  # text
    end = data.extent.terminator
    if size is None or (end is not None and (end in raw) != data.extent.include):
        return f"{reprlib.repr(value)} does not go with what ends it"
    return f"its {len(raw):,} bytes do not fit the {size:,} that it must take"


class Given:
    """Values that somebody has decided, found by the structure they belong to.

    Attributes:
        are_kept: sizes, counts and offsets are taken as they are, too.
        junk: by path, bytes put at the end of a region, where nothing reads them.
        unpacked: by path, what a compressed region holds, whatever its values are.
    """

    def __init__(
        self,
        *,
        are_kept: bool,
        junk: Mapping[str, bytes] | None = None,
        unpacked: Mapping[str, bytes] | None = None,
    ) -> None:
        self.are_kept = are_kept
        self.junk = junk or {}
        self.unpacked = unpacked or {}
        self._by_node: dict[int, Mapping[str, Any]] = {}

    def put(self, node: StructNode, values: object) -> None:
        """Let `values` be those of a structure.

        Names that begin with an underscore are those of `construct` itself.

        Raises:
            Rejected: they are no mapping, or have a name that the structure has not.
        """
        if not isinstance(values, Mapping):
            raise refused("a structure, built from a mapping of names to values", values)
        for name in values:
            if name not in node.plan.names and not str(name).startswith("_"):
                raise Rejected(f"it has no field `{name}`")
        self._by_node[id(node)] = values

    def of(self, node: StructNode, slot: int, index: int = -1) -> Any:
        """Return what was given for a slot, or for an item of its list; MISSING for nothing."""
        whole = self._by_node.get(id(node), {}).get(node.plan.names[slot], MISSING)
        if index < 0 or whole is MISSING:
            return whole
        if not isinstance(whole, Sequence) or index >= len(whole):
            return MISSING
        return whole[index]
