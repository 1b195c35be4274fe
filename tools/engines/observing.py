"""A contract that observes much of what content of a schema has, to compare engines by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.findings.model import Place
from harness.schema.ir import Attribute, Schema, ValueInstance
from harness.schema.overlay import Observe, Overlay
from harness.schema.types import BoolValue, BytesValue, IntValue, StructValue, TextValue

_DEEPEST: Final = 4
_MOST: Final = 60
_PLACE: Final = Place("observed", 1)


def observing(schema: Schema) -> Overlay:
    """Return a contract that observes numbers, sizes and ends from the top down.

    Instances of items of lists are left out, since such items are kept for them: few engines have
    anything to say of items that are never kept then.
    """
    found = dict.fromkeys(_of_type(schema, schema.id, "", 1))
    entries = [
        Observe(name=f"{number}[*]" if "_index" in text else str(number), expression=text,
                place=_PLACE)
        for number, text in enumerate(list(found)[:_MOST])
    ]  # fmt: skip
    return Overlay(name="observed", observe=tuple(entries))


def _of_type(schema: Schema, owner: str, before: str, depth: int) -> Iterator[str]:
    type_ = schema.types[owner]
    is_item = "_index" in before
    for field in (*type_.sequence, *(() if is_item else type_.instances)):
        name = f"{before}{field.id}"
        is_list = isinstance(field, Attribute) and field.repeat is not None
        if is_list:
            yield f"{name}.size"
        if is_list and is_item:
            continue
        yield from _of_value(schema, field, f"{name}[_index]" if is_list else name, depth)


def _of_value(
    schema: Schema, field: Attribute | ValueInstance, name: str, depth: int
) -> Iterator[str]:
    match field.type:
        case IntValue() | BoolValue():
            yield name
        case TextValue() | BytesValue():
            yield f"{name}.size"
        case StructValue(name=inner) if inner and depth < _DEEPEST:
            yield from _of_type(schema, inner, f"{name}.", depth + 1)
