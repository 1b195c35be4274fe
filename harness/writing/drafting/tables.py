"""Tables that something refers to, and types that hold something with a position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Schema, StructData
from harness.schema.walk import arms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.facts import Name


def needed_tables(schema: Schema) -> frozenset[Name]:
    """Return the lists of which every content refers to an item, by type and name."""
    found: set[Name] = set()
    waiting, seen = [schema.id], {schema.id}
    while waiting:
        for field in _always_there(schema, waiting.pop()):
            if isinstance(field.data, StructData) and field.data.type not in seen:
                seen.add(field.data.type)
                waiting.append(field.data.type)
            if field.refers is not None and field.refers.when is None:
                table = field.refers.table.tree
                if isinstance(table, typed.Field):
                    found.add((table.owner, table.name))
    return frozenset(found)


def _always_there(schema: Schema, name: str) -> Iterator[Attribute]:
    type_ = schema.types[name]
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, Attribute) and field.repeat is None and field.condition is None:
            yield field


def keys_of_tables(schema: Schema) -> dict[Name, list[Expr]]:
    """Return, by type and name, what references look for in the items of a list."""
    found: dict[Name, list[Expr]] = {}
    for type_ in schema.types.values():
        for field in (*type_.sequence, *type_.instances):
            refers = field.refers if isinstance(field, Attribute) else None
            if refers is None or refers.by is None:
                continue
            table, key = refers.table.tree, refers.by.tree
            if isinstance(table, typed.Field) and _is_of_item(key):
                keys = found.setdefault((table.owner, table.name), [])
                if key not in keys:
                    keys.append(key)
    return found


def _is_of_item(key: Expr) -> bool:
    """Whether a key depends on nothing but the item, not on who refers to it."""
    return not any(isinstance(node, typed.Self) for node in nodes_of(key))


def placing_types(schema: Schema) -> frozenset[str]:
    """Return the types that hold something with a position in the stream they are read from."""
    found = {
        name
        for name, type_ in schema.types.items()
        if any(isinstance(f, Attribute) and f.io is None for f in type_.instances)
    }
    while True:
        above = {
            name
            for name, type_ in schema.types.items()
            if name not in found
            and any(
                isinstance(data, StructData) and data.extent is None and data.type in found
                for field in (*type_.sequence, *type_.instances)
                if isinstance(field, Attribute)
                for data in arms_of(field.data)
            )
        }
        if not above:
            return frozenset(found)
        found |= above
