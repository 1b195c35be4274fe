"""Expressions of a schema, each compiled once for all drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook
    from harness.schema.expression.typed import Expr


class Compiled:
    """Expressions of a schema, each compiled once."""

    def __init__(self, book: PlanBook) -> None:
        self._book = book
        self._known: dict[int, Evaluate] = {}
        self._trees: list[Expr] = []

    def of(self, tree: Expr) -> Evaluate:
        """Return the closure of an expression."""
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = self._book.expressions.compile(tree)
            self._trees.append(tree)  # or another one could get its number
        return known
