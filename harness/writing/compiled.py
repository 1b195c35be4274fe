"""Expressions of a schema, each compiled once for all drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook
    from harness.schema.expression.typed import Expr


class Compiled:
    """Expressions of a schema, each compiled once."""

    def __init__(self, book: PlanBook) -> None:
        self._book = book
        self._known: dict[int, Evaluate] = {}
        self._parts: dict[int, tuple[typed.Field | typed.At, ...]] = {}
        self._trees: list[Expr] = []

    def of(self, tree: Expr) -> Evaluate:
        """Return the closure of an expression."""
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = self._book.expressions.compile(tree)
            self._trees.append(tree)  # or another one could get its number
        return known

    def looked_at(self, tree: Expr) -> tuple[typed.Field | typed.At, ...]:
        """Return the fields and elements that an expression looks at."""
        known = self._parts.get(id(tree))
        if known is None:
            known = self._parts[id(tree)] = tuple(
                node
                for node in nodes_of(tree)
                if isinstance(node, typed.At) or (isinstance(node, typed.Field) and node.owner)
            )
            self._trees.append(tree)
        return known
