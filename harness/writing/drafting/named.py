"""What `valid` says of a value that it calls `_`, said of the field by its name, as rules do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute
from harness.schema.types import StructValue

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Type


def named_conditions(type_: Type) -> list[tuple[Attribute, Expr]]:
    """Return the fields of a type of which `valid` gives a condition, each with that."""
    found = []
    for field in (*type_.sequence, *type_.instances):
        if not isinstance(field, Attribute) or field.valid is None or field.repeat is not None:
            continue
        condition = field.valid.expr
        if condition is not None and not _has_own_names(condition.tree):
            found.append((field, _named(condition.tree, type_.name, field.id)))
    return found


def _has_own_names(tree: Expr) -> bool:
    """Whether `_` may mean something else somewhere in it."""
    return any(isinstance(node, typed.Quantifier) for node in nodes_of(tree))


def _named(tree: Any, owner: str, name: str) -> Any:
    """Return an expression with a field in the place of `_`."""
    if isinstance(tree, typed.Bound) and tree.name == "_":
        own = typed.Self(type=StructValue(owner))
        return typed.Field(type=tree.type, base=own, owner=owner, name=name)
    if isinstance(tree, tuple):
        return tuple(_named(part, owner, name) for part in tree)
    if isinstance(tree, typed.Expr):
        parts = {part: getattr(tree, part) for part in tree.__struct_fields__ if part != "type"}
        return replace(tree, **{key: _named(part, owner, name) for key, part in parts.items()})
    return tree
