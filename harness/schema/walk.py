"""Going over the IR: the data of a type, and the types it reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    Schema,
    StructData,
    SwitchData,
    TextData,
    Type,
)

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr


def data_of(type_: Type) -> Iterator[DataType]:
    """Yield the data types of the attributes of `type_`, those of switch arms included."""
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, Attribute):
            yield from arms_of(field.data)


def arms_of(data: DataType) -> Iterator[DataType]:
    """Yield `data` itself, or the data of the arms of a switch."""
    if isinstance(data, SwitchData):
        for case in data.cases:
            yield case.data
    else:
        yield data


def extents_of(field: Attribute) -> Iterator[Expr]:
    """Yield the expressions that tell how long a value is, and how many there are."""
    for data in (field.data, *arms_of(field.data)):
        extent = None
        if isinstance(data, BytesData | TextData | StructData | SwitchData):
            extent = data.extent
        if extent is not None and extent.size is not None:
            yield extent.size.tree
    if field.repeat is not None and field.repeat.kind == "expr" and field.repeat.expression:
        yield field.repeat.expression.tree


def is_bits(data: DataType) -> bool:
    """Whether a value may begin inside a byte."""
    return all(isinstance(arm, BitsData) for arm in arms_of(data))


def types_used(schema: Schema, name: str) -> list[str]:
    """Return `name` and the types of all structures that can lie below it."""
    found = [name]
    for reached in found:
        for data in data_of(schema.types[reached]):
            if isinstance(data, StructData) and data.type not in found:
                found.append(data.type)
    return found


def takes_nothing(schema: Schema, data: DataType) -> bool:
    """Whether a value has no bytes of its own: structures with nothing but instances."""
    waiting, seen = list(arms_of(data)), set[str]()
    while waiting:
        arm = waiting.pop()
        if not isinstance(arm, StructData) or arm.extent is not None:
            return False
        if arm.type not in seen:
            seen.add(arm.type)
            waiting += [d for field in schema.types[arm.type].sequence for d in arms_of(field.data)]
    return True


def goes_on(schema: Schema, data: DataType) -> bool:
    """Whether a value may begin where the bits before it end, inside a byte."""
    return any(
        isinstance(arm, BitsData)
        or (isinstance(arm, StructData) and not arm.extent and begins_inside(schema, arm.type))
        for arm in arms_of(data)
    )


def begins_inside(schema: Schema, name: str) -> bool:
    """Whether what is read first in a structure may be a bit field, which needs no whole byte."""
    waiting, seen = [name], {name}
    while waiting:
        for attribute in schema.types[waiting.pop()].sequence:
            arms = list(arms_of(attribute.data))
            if any(isinstance(arm, BitsData) for arm in arms):
                return True
            nested = {a.type for a in arms if isinstance(a, StructData) and a.extent is None}
            waiting += nested - seen
            seen |= nested
            if attribute.condition is None and attribute.repeat is None and not nested:
                break
    return False
