"""The rows of a matrix for one value of `per`: how many, what they are called, what can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from harness.coverage.cells import MAX_ROWS, Plane
from harness.coverage.matrices import Matrix, measured_list, reference
from harness.coverage.sink import Sink
from harness.coverage.values import name_of, plain
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, StructNode
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Coverage, Refers

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

_ITEM: Final = "_item"


class PlaneMaker:
    """Makes planes where the expressions of a matrix stand, or of an item that nothing refers to.

    Args:
        book: of the schema.
        matrix: whose planes.
        entry: the same in the IR.
        joined: the joined name in whose place an item of the table is looked at, called `_item`;
            empty where expressions stand in a structure.
    """

    def __init__(self, book: PlanBook, matrix: Matrix, entry: Coverage, joined: str) -> None:
        self._matrix = matrix
        self._book = book
        self._joined = joined
        self._rows = self._compiled(entry.rows.tree if entry.rows is not None else None)
        self._list = self._compiled(measured_list(entry))
        self._when = self._compiled(entry.when.tree if entry.when is not None else None)

    def _compiled(self, tree: Expr | None) -> Evaluate | None:
        """Return a closure; None for nothing, and for what looks at more than the item."""
        if tree is not None and self._joined:
            tree = _replaced(tree, self._joined)
            if any(isinstance(node, typed.Self) for node in nodes_of(tree)):
                return None
        return None if tree is None else self._book.expressions.compile(tree)

    def count(self, node: StructNode, bound: Bound) -> int | None:
        """Return how many rows there are; None where that is not known."""
        if self._rows is None:
            return None
        try:
            found = self._rows(node, bound)
        except (Unknown, Fault):
            return None
        return max(0, found) if isinstance(found, int) else None

    def make(self, node: StructNode, per: int | str, bound: Bound, name: str, files: int) -> Plane:
        """Return a plane with all that is to be known of it."""
        rows = self.count(node, bound)
        shown = 0 if rows is None else min(rows, MAX_ROWS)
        numbers = [number for number, _ in self._matrix.row_members] or list(range(shown))
        return Plane(
            group=self._matrix.group,
            per=per,
            name=name,
            files=files,
            rows=rows,
            labels=self._labels(node, bound, shown),
            possible=self._possible(node, bound, numbers),
        )

    def _labels(self, node: StructNode, bound: Bound, shown: int) -> tuple[str, ...]:
        """Return the names of the items whose number is the number of rows."""
        if self._list is None:
            return ()
        try:
            items = self._list(node, bound)
        except (Unknown, Fault):
            return ()
        if not isinstance(items, ListNode):
            return ()
        node.stream.session.steps.take(shown, node)
        return tuple(name_of(item) for item in items.items[:shown])

    def _possible(self, node: StructNode, bound: Bound, numbers: list[int]) -> tuple[int, ...]:
        """Return for each row the columns that `when` allows, as bits; nothing without it."""
        if self._when is None:
            return ()
        node.stream.session.steps.take(len(numbers) * len(self._matrix.columns), node)
        return tuple(self._allowed(node, bound, number) for number in numbers)

    def _allowed(self, node: StructNode, bound: Bound, row: int) -> int:
        assert self._when is not None
        bits = 0
        for place, (column, _) in enumerate(self._matrix.columns):
            try:
                allowed = self._when(node, {**bound, "_": column, "_index": row})
            except (Unknown, Fault):
                allowed = True  # not known to be ruled out
            bits |= bool(allowed) << place
        return bits


class ItemTable:
    """The table that `per` refers to: an item that no content uses still has its cells."""

    def __init__(self, book: PlanBook, matrix: Matrix, entry: Coverage, refers: Refers) -> None:
        compile_ = book.expressions.compile
        self._group = matrix.group
        self._table = compile_(refers.table.tree)
        self._by = compile_(refers.by.tree) if refers.by is not None else None
        self._planes = PlaneMaker(book, matrix, entry, refers.name)

    @classmethod
    def of(cls, book: PlanBook, matrix: Matrix, entry: Coverage) -> ItemTable | None:
        """Return the table of a matrix; None where `per` refers to none."""
        attribute = reference(book.schema, entry)
        refers = attribute.refers if attribute is not None else None
        return None if refers is None or not refers.name else cls(book, matrix, entry, refers)

    def show_planes(self, node: StructNode, sink: Sink) -> None:
        """Show the planes of all items, once for each table."""
        try:
            table = self._table(node, NOTHING_BOUND)
        except (Unknown, Fault):
            return
        if not isinstance(table, ListNode) or (self._group, id(table)) in sink.tables:
            return
        if table.node is not None:  # else made by an expression, for this use only
            sink.tables.add((self._group, id(table)))
        node.stream.session.steps.take(len(table.items), node)
        for per, item in self._keyed(node, table):
            if sink.plane(self._group, per) is None:
                sink.show(self._planes.make(node, per, {_ITEM: item}, name_of(item), 0))

    def _keyed(self, node: StructNode, table: ListNode) -> Iterator[tuple[int | str, Any]]:
        for index, item in enumerate(table.items):
            try:
                key = index if self._by is None else self._by(node, {"_": item, "_index": index})
            except (Unknown, Fault):
                continue
            per = plain(key)
            if per is not None:
                yield per, item


def _replaced(tree: Expr, joined: str) -> Expr:
    """Return an expression that looks at `_item` where it looked at the joined item."""
    if isinstance(tree, typed.Joined) and isinstance(tree.base, typed.Self):
        if tree.name == joined:
            return typed.Bound(type=tree.type, name=_ITEM)
        return tree
    changes: dict[str, Any] = {}
    for name in tree.__struct_fields__:
        part = getattr(tree, name)
        if isinstance(part, Expr):
            changes[name] = _replaced(part, joined)
        elif isinstance(part, tuple):
            changes[name] = tuple(_replaced(one, joined) for one in part)
    return msgspec.structs.replace(tree, **changes)
