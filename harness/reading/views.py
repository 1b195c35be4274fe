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
    offsets_of,
    path_of,
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
        text: the value as people read it (enum members by name); the target's path for a shared one.
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
    waiting: list[tuple[Location, int]] = [(Location(reading.root), 0)]
    order = 0
    while waiting:
        place, depth = waiting.pop()
        value = _value(place)
        if isinstance(value, Missing):
            continue
        yield _view(reading, place, value, depth, order)
        order += 1
        waiting += ((inner, depth + 1) for inner in reversed(_below(place, value)))


def _value(place: Location) -> Value:
    if place.slot < 0:
        return place.node
    value = place.node.values[place.slot]
    if isinstance(value, ListNode) and place.index >= 0:
        return value.items[place.index]
    return value


def _is_shared(place: Location, value: StructNode) -> bool:
    return place.slot >= 0 and (value.parent is not place.node or value.slot != place.slot)


def _below(place: Location, value: Value) -> list[Location]:
    """Return what stands directly below a value."""
    if isinstance(value, ListNode):
        return [Location(place.node, place.slot, index) for index in range(len(value.items))]
    if not isinstance(value, StructNode) or _is_shared(place, value):
        return []
    first = value.plan.sequence_slots.start
    return [Location(value, slot) for slot in range(first, len(value.values))]


def _view(reading: Reading, place: Location, value: Value, depth: int, order: int) -> View:
    path = path_of(place)
    is_node = isinstance(value, StructNode)
    shared = is_node and _is_shared(place, value)  # type: ignore[arg-type]  # is_node
    kind: Literal["struct", "array", "value", "shared"] = (
        "shared" if shared else "struct" if is_node else
        "array" if isinstance(value, ListNode) else "value"
    )  # fmt: skip
    field = place.node.plan.fields[place.slot] if place.slot >= 0 else None
    plain = value if isinstance(value, int | float | bool | str | bytes) else None
    return View(
        path=path,
        name=path.rsplit(".", 1)[-1] or reading.schema.id,
        depth=depth,
        span=None if isinstance(field, ValueInstance) else _span(place),
        value=plain,
        label=_label(field, place, reading),
        kind=kind,
        order=order,
        text=_text(reading, field, value, shared=shared),
    )


def _span(place: Location) -> Span:
    node = place.node
    value = _value(place)
    if isinstance(value, StructNode):
        node = value
        return node.stream.span(node.start, max(node.start, node.end))
    field = node.plan.fields[place.slot]
    stream = node.stream
    if isinstance(field, Attribute) and field.io is not None and stream.origin is not None:
        return Span(0, 0)
    return stream.span(*offsets_of(place))


def _text(
    reading: Reading, field: Attribute | ValueInstance | Parameter | None, value: Value, *,
    shared: bool,
) -> str:  # fmt: skip
    enum = getattr(field, "enum", "")
    match value:
        case StructNode():
            return path_of(Location(value)) if shared else ""
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
    value = _value(place)
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
