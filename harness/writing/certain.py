"""What holds in every content of a schema, so that nothing can break it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.schema.expression import typed
from harness.schema.ir import Attribute, BytesData, StructData, SwitchData, TextData, ValueInstance
from harness.schema.types import BoolValue
from harness.schema.walk import arms_of

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema

_MOST_STEPS = 20


def is_complete(schema: Schema, switch: SwitchData) -> bool:
    """Whether a switch has an arm for each value that what it looks at can have."""
    possible = _possible(schema, switch.on.tree, _MOST_STEPS)
    if possible is None:
        return False
    cases = [case.match.tree if case.match is not None else None for case in switch.cases]
    return possible <= {one.value for one in cases if isinstance(one, typed.Constant)}


def _possible(schema: Schema, tree: Expr, steps: int) -> set[object] | None:
    """Return the values that an expression can have; None where there is no telling."""
    match tree:
        case typed.Constant(value=value):
            return {value}
        case typed.Choice(then=then, otherwise=otherwise):
            return _all_of(schema, (then, otherwise), steps)
        case typed.Field(owner=owner, name=name) if owner and steps:
            computed = _computed(schema, owner, name)
            if computed:
                return _all_of(schema, computed, steps - 1)
    return {False, True} if isinstance(tree.type, BoolValue) else None


def _all_of(schema: Schema, trees: tuple[Expr, ...], steps: int) -> set[object] | None:
    found: set[object] = set()
    for tree in trees:
        values = _possible(schema, tree, steps)
        if values is None:
            return None
        found |= values
    return found


def _computed(schema: Schema, owner: str, name: str) -> tuple[Expr, ...]:
    """Return all that a parameter is given, or what an instance is computed by."""
    type_ = schema.types[owner]
    for index, parameter in enumerate(type_.parameters):
        if parameter.id == name:
            return tuple(arguments_of(schema, owner, index))
    return tuple(
        instance.value.tree
        for instance in type_.instances
        if instance.id == name and isinstance(instance, ValueInstance)
    )


def fills_its_region(schema: Schema, name: str) -> bool:
    """Whether the last attribute of a type always takes all the bytes that are left."""
    last = next(reversed(schema.types[name].sequence), None)
    if last is None or last.condition is not None:
        return False
    if last.repeat is not None:
        return last.repeat.kind == "eos"
    held = last.data
    if isinstance(held, StructData) and held.extent is None:
        return held.type != name and fills_its_region(schema, held.type)
    if not isinstance(held, BytesData | TextData):
        return False
    return held.extent.to_end and held.extent.terminator is None


def arguments_of(schema: Schema, name: str, index: int) -> Iterator[Expr]:
    """Yield what is passed as one parameter of a type."""
    for type_ in schema.types.values():
        for field in (*type_.sequence, *type_.instances):
            for data in arms_of(field.data) if isinstance(field, Attribute) else ():
                if isinstance(data, StructData) and data.type == name and data.arguments:
                    yield data.arguments[index].tree
