"""Every expression of a type with where it stands, what it is for, and what holds there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from harness.schema.expression.typed import Expression
from harness.schema.ir import (
    Attribute,
    BytesData,
    Check,
    Coverage,
    DataType,
    Extent,
    Order,
    Refers,
    StructData,
    SwitchData,
    TextData,
    Type,
    Valid,
    ValueInstance,
)
from harness.schema.linting.subject import Where

Role = Literal["size", "count", "position", "condition", "check", "until", "value", "case"]


class Spot(NamedTuple):
    """One expression.

    Attributes:
        where: its place.
        role: what its value is for; `value` for anything else.
        expression: the expression.
        guards: conditions that hold where it is evaluated.
    """

    where: Where
    role: Role
    expression: Expression
    guards: tuple[Expression, ...] = ()


def spots_of(type_: Type) -> Iterator[Spot]:
    """Yield the expressions of a type."""
    for field in (*type_.sequence, *type_.instances):
        where = Where(type_.name, field.id)
        if field.condition is not None:
            yield Spot(where.key("if"), "condition", field.condition)
        guards = (field.condition,) if field.condition is not None else ()
        for spot in _of_field(field, where):
            yield spot._replace(guards=(*guards, *spot.guards))
    here = Where(type_.name)
    for number, check in enumerate(type_.checks):
        yield from _of_check(check, here.key("-invariants", number))
    for number, matrix in enumerate(type_.coverage):
        yield from _of_coverage(matrix, here.key("-coverage", number))
    if type_.endian is not None:
        yield Spot(here.key("meta", "endian", "switch-on"), "value", type_.endian.on)


def _of_field(field: Attribute | ValueInstance, where: Where) -> Iterator[Spot]:
    if isinstance(field, ValueInstance):
        yield Spot(where.key("value"), "value", field.value)
        return
    if field.position is not None:
        yield Spot(where.key("pos"), "position", field.position)
    if field.io is not None:
        yield Spot(where.key("io"), "value", field.io)
    if field.repeat is not None and field.repeat.expression is not None:
        is_count = field.repeat.kind == "expr"
        key, role = ("repeat-expr", "count") if is_count else ("repeat-until", "until")
        yield Spot(where.key(key), role, field.repeat.expression)  # type: ignore[arg-type]  # two roles
    yield from _of_data(field.data, where)
    if field.valid is not None:
        yield from _of_valid(field.valid, where.key("valid"))
    yield from _of_extensions(field, where)


def _of_data(data: DataType, where: Where) -> Iterator[Spot]:
    match data:
        case BytesData(extent=extent) | TextData(extent=extent):
            yield from _of_extent(extent, where)
        case StructData(arguments=arguments, extent=extent, parent=parent):
            for argument in arguments:
                yield Spot(where.key("type"), "value", argument)
            if parent is not None:
                yield Spot(where.key("parent"), "value", parent)
            yield from _of_extent(extent, where)
        case SwitchData():
            yield from _of_switch(data, where)
        case _:
            return


def _of_extent(extent: Extent | None, where: Where) -> Iterator[Spot]:
    if extent is None:
        return
    if extent.size is not None:
        yield Spot(where.key("size"), "size", extent.size)
    if extent.process is not None and extent.process.argument is not None:
        yield Spot(where.key("process"), "value", extent.process.argument)


def _of_switch(data: SwitchData, where: Where) -> Iterator[Spot]:
    inner = where.key("type")
    yield Spot(inner.key("switch-on"), "value", data.on)
    yield from _of_extent(data.extent, where)
    for case in data.cases:
        text = "_" if case.match is None else case.match.text
        arm = inner.key("cases", text)
        if case.match is not None:
            yield Spot(arm._replace(is_key=True), "case", case.match)
        if isinstance(case.data, StructData):
            for argument in case.data.arguments:
                yield Spot(arm, "value", argument)


def _of_valid(valid: Valid, where: Where) -> Iterator[Spot]:
    forms = (("eq", valid.eq), ("min", valid.min), ("max", valid.max), ("expr", valid.expr))
    for name, expression in forms:
        if expression is not None:
            yield Spot(where.key(name), "check" if name == "expr" else "value", expression)
    for number, option in enumerate(valid.any_of or ()):
        yield Spot(where.key("any-of", number), "value", option)


def _of_extensions(field: Attribute, where: Where) -> Iterator[Spot]:
    if field.derive is not None:
        yield Spot(where.key("-derive"), "value", field.derive.target)
    if field.checksum is not None:
        for name, end in (("start", field.checksum.start), ("end", field.checksum.end)):
            if end is not None:
                yield Spot(where.key("-checksum", "over", name), "value", end)
    for name, order in (("-sorted-by", field.sorted_by), ("-unique-by", field.unique_by)):
        yield from _of_order(order, where.key(name))
    if field.refers is not None:
        yield from _of_refers(field.refers, where.key("-refers-to"))
    if field.generate is not None:
        hints = (*field.generate.values, field.generate.min, field.generate.max)
        yield from (Spot(where.key("-generate"), "value", hint) for hint in hints if hint)


def _of_order(order: Order | None, where: Where) -> Iterator[Spot]:
    if order is None:
        return
    guards = () if order.when is None else (order.when,)
    yield Spot(where.key("by"), "value", order.by, guards)
    if order.when is not None:
        yield Spot(where.key("when"), "check", order.when)


def _of_refers(refers: Refers, where: Where) -> Iterator[Spot]:
    yield Spot(where.key("table"), "value", refers.table)
    if refers.by is not None:  # `_` is an item of the table here, so `when` says nothing of it
        yield Spot(where.key("by"), "value", refers.by)
    if refers.value is not None:
        guards = () if refers.when is None else (refers.when,)
        yield Spot(where.key("value"), "value", refers.value, guards)
    if refers.when is not None:
        yield Spot(where.key("when"), "check", refers.when)


def _of_check(check: Check, where: Where) -> Iterator[Spot]:
    guards = () if check.when is None else (check.when,)
    if check.when is not None:
        yield Spot(where.key("when"), "check", check.when)
    yield Spot(where.key("check"), "check", check.check, guards)


def _of_coverage(matrix: Coverage, where: Where) -> Iterator[Spot]:
    parts = (
        ("each", matrix.each),
        ("row", matrix.row),
        ("column", matrix.column),
        ("per", matrix.per),
        ("rows", matrix.rows),
    )
    for name, expression in parts:
        if expression is not None:
            yield Spot(where.key(name), "value", expression)
