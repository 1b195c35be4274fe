"""The probe of a `-coverage` matrix: which row and column each element of a list is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.coverage.cells import MAX_ROWS, WHOLE_ROW, Cell, Plane
from harness.coverage.matrices import Matrix, reference
from harness.coverage.planes import ItemTable, PlaneMaker
from harness.coverage.sink import Sink
from harness.coverage.values import name_of, plain
from harness.reading import methods
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, StructNode

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.plan import PlanBook


class MatrixProbe:
    """Counts the cells that the list of one structure uses, and learns the rows there are."""

    def __init__(self, book: PlanBook, matrix: Matrix) -> None:
        entries = book.schema.types[matrix.type].coverage
        entry = next(entry for entry in entries if entry.id == matrix.id)
        compile_ = book.expressions.compile
        self._matrix = matrix
        self._columns = dict(matrix.columns)
        self._members = dict(matrix.row_members)
        self._each = compile_(entry.each.tree)
        self._row, self._column = compile_(entry.row.tree), compile_(entry.column.tree)
        self._per = compile_(entry.per.tree) if entry.per is not None else None
        self._planes = PlaneMaker(book, matrix, entry, "")
        self._table = ItemTable.of(book, matrix, entry)
        attribute = reference(book.schema, entry)
        refers = attribute.refers if attribute is not None else None
        self._joined = refers.name if refers is not None else ""

    def __call__(self, node: StructNode, sink: Sink) -> None:
        """Count the elements of `node`."""
        if self._table is not None:
            self._table.show_planes(node, sink)
        per = "" if self._per is None else plain(self._per(node, NOTHING_BOUND))
        if per is None:
            return
        plane = self._plane(node, per, sink)
        items = self._each(node, NOTHING_BOUND)
        for index, item in enumerate(methods.elements(items, node)):
            cell = self._cell(node, plane, {"_": item, "_index": index})
            if cell is not None:
                place = _place(node, items, index)
                sink.hits(cell, 1, place)
                sink.hits(Cell(cell.group, WHOLE_ROW, cell.per, cell.row), 1, place)

    def _plane(self, node: StructNode, per: int | str, sink: Sink) -> Plane:
        """Return the plane of `per`, with as many rows as any structure of this content gives."""
        known = sink.plane(self._matrix.group, per)
        rows = self._planes.count(node, NOTHING_BOUND)
        if known is not None and known.files and (rows or 0) <= (known.rows or 0):
            return known
        name = name_of((node.joins or {}).get(self._joined))
        plane = self._planes.make(node, per, NOTHING_BOUND, name, 1)
        sink.show(plane)
        return plane

    def _cell(self, node: StructNode, plane: Plane, bound: Bound) -> Cell | None:
        """Return the cell of one element; None where it is unknown, or outside the matrix."""
        try:
            row, column = self._row(node, bound), self._column(node, bound)
        except (Unknown, Fault):
            return None
        point = self._columns.get(column)
        if point is None or not isinstance(row, int) or not self._has(plane, row):
            return None
        return Cell(self._matrix.group, point, plane.per, int(row))

    def _has(self, plane: Plane, row: int) -> bool:
        """Whether the matrix has such a row."""
        if self._members:
            return row in self._members
        return 0 <= row < (MAX_ROWS if plane.rows is None else min(plane.rows, MAX_ROWS))


def _place(node: StructNode, items: Any, index: int) -> Location:  # noqa: ANN401  # what an expression gives
    """Return where an element stands; the structure, where an expression made the list."""
    if not isinstance(items, ListNode) or items.node is None:
        return Location(node)
    item = items.items[index]
    return (
        Location(item) if isinstance(item, StructNode) else Location(items.node, items.slot, index)
    )
