"""Automatic domains: what the layout of each type offers to be covered, a few points each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Literal

import msgspec

from harness.coverage.points import (
    MAX_POINTS,
    may_be,
    number_ranges,
    repeat_ranges,
    static,
    valid_of,
)
from harness.schema.expression import typed
from harness.schema.expression.typed import Expression
from harness.schema.expression.unparse import unparse
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    Extent,
    FloatData,
    Schema,
    SwitchData,
    TextData,
    Type,
    ValueInstance,
)
from harness.schema.types import BoolValue, IntValue, ValueType
from harness.schema.walk import arms_of

Kind = Literal[
    "type", "order", "present", "count", "case", "member", "number", "limit", "float", "flag",
    "size", "rule",
]  # fmt: skip

FLOATS = ("zero", "negative", "positive", "infinite", "nan")
REST = "other"


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that content can vary, and the points worth telling apart.

    Attributes:
        type: the type that it belongs to, by its qualified name.
        field: the attribute or instance, or the id of the rule; empty for the type itself.
        kind: what varies: whether it is there, how many there are, which arm, which value.
        points: in the order of values.
    """

    type: str
    field: str
    kind: Kind
    points: tuple[str, ...]

    @property
    def group(self) -> str:
        """What its cells are filed under."""
        return f"{self.type}.{self.field}:{self.kind}"


Points = tuple[str, ...]


def domains_of(schema: Schema, types: Iterable[Type]) -> Iterator[Domain]:
    """Yield the domains of `types`; what offers no choice is left out."""
    leading = _leading(schema)
    for type_ in types:
        for field, kind, points in _of_type(schema, type_, leading):
            yield Domain(type=type_.name, field=field, kind=kind, points=points[:MAX_POINTS])


def _of_type(
    schema: Schema, type_: Type, leading: Container[tuple[str, str]]
) -> Iterator[tuple[str, Kind, Points]]:
    if type_.name != schema.id:
        yield "", "type", ("used",)
    if type_.endian is not None:
        yield "", "order", ("le", "be")
    conditions: set[str] = set()
    for field in (*type_.sequence, *type_.instances):
        if field.condition is not None and field.condition.text not in conditions:
            # one stands for all fields that come and go together
            conditions.add(field.condition.text)
            yield field.id, "present", ("absent", "present")
        is_leading = (type_.name, field.id) in leading
        for kind, points in _of_field(schema, field, is_leading=is_leading):
            if len(points) > 1 or (kind == "limit" and points):
                yield field.id, kind, points
    for check in type_.checks:
        if check.when is not None:
            yield check.id, "rule", ("applies",)


def _of_field(
    schema: Schema, field: Attribute | ValueInstance, *, is_leading: bool
) -> Iterator[tuple[Kind, Points]]:
    if isinstance(field, ValueInstance):
        yield from _of_value(schema, field.type, field.enum)
        return
    if field.repeat is not None:
        yield "count", tuple(one.label for one in repeat_ranges(schema, field.repeat))
    if isinstance(field.data, SwitchData):
        yield "case", _arms(schema, field, field.data)
    if isinstance(field.type, IntValue):
        yield "limit", limits_of(field)
    is_chosen = not _follows(field) and (not is_leading or field.enum != "")
    if is_chosen and not isinstance(field.data, SwitchData):
        yield from _of_content(schema, field)


def _of_content(schema: Schema, field: Attribute) -> Iterator[tuple[Kind, Points]]:
    """Yield the domains of a value that the author of content chooses freely."""
    match field.data, field.type:
        case ((BytesData(extent=extent) | TextData(extent=extent)), _):
            if _varies(extent):
                yield "size", _sizes(schema, field, extent)
        case FloatData(), _:
            yield "float", FLOATS
        case _, IntValue() if not field.enum:
            yield "number", tuple(one.label for one in number_ranges(schema, field))
        case _:
            yield from _of_value(schema, field.type, field.enum, allows_more=field.allows_unknown)


def _of_value(
    schema: Schema, kind: ValueType, enum: str, *, allows_more: bool = False
) -> Iterator[tuple[Kind, Points]]:
    """Yield the domain of a value of few values: a member of an enum, or a flag."""
    if enum:
        members = tuple(name for _, name in sorted(schema.enums[enum].members.items()))
        yield "member", (*members[: MAX_POINTS - 1], REST) if allows_more else members
    elif isinstance(kind, BoolValue):
        yield "flag", ("false", "true")


def limits_of(field: Attribute) -> Points:
    """Return the ends that `valid` takes from content: a value can be just there."""
    valid = valid_of(field)
    ends = (("least", valid.min), ("most", valid.max))
    return tuple(name for name, end in ends if end is not None and is_of_structure(end))


def is_of_structure(end: Expression) -> bool:
    """Whether an end of `valid` is no constant, and the same for all items of a list."""
    bound = any(isinstance(node, typed.Bound) for node in nodes_of(end.tree))
    return static(end) is None and not bound


def _arms(schema: Schema, field: Attribute, data: SwitchData) -> Points:
    """Return the arms of a switch as the schema writes them; `other` for what none of them takes.

    Where a switch has no arm for the rest, the rest is wrong unless the schema allows it.
    """
    named = [case.match.tree for case in data.cases if case.match is not None]
    arms = tuple(unparse(tree, schema.enums).rsplit("::", 1)[-1] for tree in named)
    has_rest = len(named) < len(data.cases) or field.allows_unknown
    return (*arms[: MAX_POINTS - 1], REST) if has_rest else arms


def _varies(extent: Extent) -> bool:
    """Whether a value of this extent can have one size or another."""
    is_cut = extent.terminator is not None or extent.pad_right is not None
    return is_cut or static(extent.size) is None


def _sizes(schema: Schema, field: Attribute, extent: Extent) -> Points:
    kind = extent.size.tree.type if extent.size is not None else None
    is_cut = extent.terminator is not None or extent.pad_right is not None
    never = isinstance(kind, IntValue) and kind.low > 0 and not is_cut
    empty: str | bytes = "" if isinstance(field.data, TextData) else b""
    can_be_empty = not never and may_be(schema, valid_of(field), empty)
    return ("empty", "filled") if can_be_empty else ("filled",)


def _follows(field: Attribute) -> bool:
    """Whether the value follows from other content, or from the schema."""
    return (
        field.derive is not None
        or field.checksum is not None
        or field.refers is not None
        or field.contents is not None
        or field.padding != ""
    )


def _leading(schema: Schema) -> frozenset[tuple[str, str]]:
    """Return the fields that say how many, how long, where or which: others show their values."""
    return frozenset(
        (node.owner, node.name)
        for type_ in schema.types.values()
        for field in (*type_.sequence, *type_.instances)
        if isinstance(field, Attribute)
        for expression in _layout_of(field)
        for node in nodes_of(expression.tree)
        if isinstance(node, typed.Field)
    )


def _layout_of(field: Attribute) -> Iterator[Expression]:
    """Yield the expressions that decide where and as what an attribute is read."""
    if field.position is not None:
        yield field.position
    if field.repeat is not None and field.repeat.kind == "expr" and field.repeat.expression:
        yield field.repeat.expression
    if isinstance(field.data, SwitchData):
        yield field.data.on
    for data in arms_of(field.data):
        extent = getattr(data, "extent", None)
        if extent is not None and extent.size is not None:
            yield extent.size
