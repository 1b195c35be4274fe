"""The tree as a flat pre-order list of plain records, for people and for other rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from harness.findings.model import Span
from harness.reading.reader import Reading
from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    Value,
    path_of,
    span_of,
    value_at,
)
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    Parameter,
    StructData,
    SwitchData,
    TextData,
    ValueInstance,
)


class View(msgspec.Struct, frozen=True):
    """One node of the tree.

    Attributes:
        path: symbolic route; empty for the top.
        name: last step of the path.
        depth: 0 for the top.
        span: its bytes in the file; None for a computed value.
        value: a plain value; None for structures and lists.
        label: its type in words (`u4le`, `criterion`, `strz`).
        kind: structure, list, plain value, or a structure that stands elsewhere in the tree too.
        order: position in this list.
        text: the value as people read it (enum members by name); of a shared one its path.
    """

    path: str
    name: str
    depth: int
    span: Span | None
    value: int | float | bool | str | bytes | None
    label: str
    kind: Literal["struct", "array", "value", "shared"]
    order: int
    text: str

    @property
    def start(self) -> int:
        """First byte; -1 where it has none."""
        return self.span.start if self.span is not None else -1

    @property
    def end(self) -> int:
        """End of its bytes; -1 where it has none."""
        return self.span.end if self.span is not None else -1


def views(reading: Reading) -> Iterator[View]:
    """Yield the whole tree in pre-order; absent values and parameters are left out."""
    waiting: list[tuple[Location, int, str]] = [(Location(reading.root), 0, "")]
    order = 0
    while waiting:
        place, depth, around = waiting.pop()
        value = value_at(place)
        if isinstance(value, Missing):
            continue
        path = _path(place, around)
        yield _view(reading, place, value, (path, depth, order))
        order += 1
        inside = around if isinstance(value, ListNode) else path
        waiting += ((inner, depth + 1, inside) for inner in reversed(_below(place, value)))


def _shared_as(place: Location, value: Value) -> Location | None:
    """Return where a structure or list stands that is only referred to at `place`."""
    if place.slot < 0 or (place.item >= 0 and not isinstance(value, StructNode)):
        return None
    if isinstance(value, StructNode):
        is_here = value.parent is place.node and value.slot == place.slot
        return None if is_here else Location(value)
    if isinstance(value, ListNode) and value.node is not None:
        is_here = value.node is place.node and value.slot == place.slot
        return None if is_here else Location(value.node, value.slot)
    return None


def _below(place: Location, value: Value) -> list[Location]:
    """Return what stands directly below a value."""
    if _shared_as(place, value) is not None:
        return []
    if isinstance(value, ListNode):
        return [Location(place.node, place.slot, item) for item in range(len(value.items))]
    if not isinstance(value, StructNode):
        return []
    first = value.plan.sequence_slots.start
    return [Location(value, slot) for slot in range(first, len(value.values))]


def _path(place: Location, around: str) -> str:
    """Return the path of a place in the structure whose path is `around`."""
    if place.slot < 0:
        return around
    name = place.node.plan.names[place.slot]
    step = name if place.item < 0 else f"{name}[{place.item}]"
    return f"{around}.{step}" if around else step


def _view(reading: Reading, place: Location, value: Value, where: tuple[str, int, int]) -> View:
    path, depth, order = where
    shared = _shared_as(place, value)
    field = place.node.plan.fields[place.slot] if place.slot >= 0 else None
    plain = value if isinstance(value, int | float | bool | str | bytes) else None
    return View(
        path=path,
        name=path.rsplit(".", 1)[-1] or reading.schema.id,
        depth=depth,
        span=None if isinstance(field, ValueInstance) else span_of(place),
        value=plain,
        label=_label(field, place, reading),
        kind="shared" if shared is not None else _kind(value),
        order=order,
        text=path_of(shared) if shared is not None else _text(reading, field, value),
    )


def _kind(value: Value) -> Literal["struct", "array", "value"]:
    if isinstance(value, StructNode):
        return "struct"
    return "array" if isinstance(value, ListNode) else "value"


def _text(
    reading: Reading, field: Attribute | ValueInstance | Parameter | None, value: Value
) -> str:
    enum = getattr(field, "enum", "")
    match value:
        case ListNode():
            return f"{len(value.items)} items"
        case bool():
            return "true" if value else "false"
        case int() if enum:
            member = reading.schema.enums[enum].members.get(value)
            return f"{member} ({value})" if member else f"{value} (no member)"
        case _:
            return ""


def _label(
    field: Attribute | ValueInstance | Parameter | None, place: Location, reading: Reading
) -> str:
    value = value_at(place)
    if isinstance(value, StructNode):
        return value.plan.type.name.rsplit("::", 1)[-1]
    if isinstance(field, ValueInstance):
        return "computed"
    if not isinstance(field, Attribute):
        return reading.schema.id
    label = data_label(field.data)
    return f"{label}[]" if isinstance(value, ListNode) else label


def data_label(data: DataType) -> str:
    """Return a data type in a word or two."""
    match data:
        case IntegerData(width=width, signed=signed, endian=endian):
            order = "" if width == 1 or endian == "inherited" else endian
            return f"{'s' if signed else 'u'}{width}{order}"
        case FloatData(width=width, endian=endian):
            return f"f{width}{'' if endian == 'inherited' else endian}"
        case BitsData(width=width, endian=endian):
            return f"b{width}{endian}"
        case BytesData():
            return "bytes"
        case TextData(extent=extent):
            return "strz" if extent.terminator is not None else "str"
        case StructData(type=name):
            return name.rsplit("::", 1)[-1]
        case SwitchData():
            return "switch"
