"""Going over expressions: the parts of one, and all that a part of the IR holds."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.schema.expression.typed import Expr, Expression


def nodes_of(tree: Expr) -> Iterator[Expr]:
    """Yield `tree` and every node below it."""
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Expr):
            yield node
            waiting += [getattr(node, name) for name in node.__struct_fields__]
        elif isinstance(node, tuple):
            waiting += node


def expressions_of(part: msgspec.Struct) -> Iterator[Expression]:
    """Yield every expression that stands in a part of the IR, in no particular order."""
    waiting: list[object] = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Expression):
            yield node
        elif isinstance(node, msgspec.Struct):
            waiting += [getattr(node, name) for name in node.__struct_fields__]
        elif isinstance(node, tuple):
            waiting += node
