"""What could not be solved, in words: the expression, the field that it stands at, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.schema.expression.walk import expressions_of

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema


def told_of(schema: Schema, tree: Expr) -> str:
    """Return what is said of an expression of a schema; empty where it stands in none."""
    for type_ in schema.types.values():
        for part in (*type_.sequence, *type_.instances, *type_.checks):
            for expression in expressions_of(part):
                if expression.tree is tree:
                    name = f"{type_.name}.{part.id}"
                    where = f"{Path(part.place.file).name}:{part.place.line}"
                    return f"`{expression.text}` of `{name}` ({where})"
    return ""
