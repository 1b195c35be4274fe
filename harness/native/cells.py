"""Which cells of matrices a content uses, as a compiled schema writes it, by the model's names."""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import Final

from harness.coverage.cells import WHOLE_ROW, Cell
from harness.coverage.matrices import MAX_COLUMNS, Matrix, Model
from harness.coverage.sink import MAX_CELLS_OF_ONE
from harness.coverage.values import plain
from harness.native import binding
from harness.native.wording import Tag

_FIRST_RECORDS: Final = 256


class _Use(ctypes.Structure):
    """`hv_use` in runtime/engine/types.h."""

    _fields_ = (
        ("matrix", ctypes.c_uint32),
        ("column", ctypes.c_uint32),
        ("row", ctypes.c_uint32),
        ("uses", ctypes.c_uint32),
        ("tag", ctypes.c_uint8),
        ("state", ctypes.c_uint8),
        ("flags", ctypes.c_uint16),
        ("size", ctypes.c_uint32),
        ("bits", ctypes.c_uint64),
    )


class CellTable:
    """Memory for the cells that one content at a time uses; it grows as it must.

    Attributes:
        uses: how often the last content uses each cell of a matrix, whole rows too.
        is_measured: False where that would have taken too much, or the content was not read to its
            end.
    """

    def __init__(self, model: Model) -> None:
        """Make one for contents of a schema."""
        self._model = model
        self._records = (_Use * _FIRST_RECORDS)()
        self.uses: Counter[Cell] = Counter()
        self.is_measured = False

    def put_into(self, request: binding.Request) -> None:
        """Have uses written here."""
        request.cells = ctypes.addressof(self._records)
        request.cell_room = len(self._records)

    def has_grown(self, request: binding.Request) -> bool:
        """Make room for what did not fit; the run must be repeated then."""
        if request.cell_count <= len(self._records):
            return False
        self._records = (_Use * request.cell_count)()
        self.put_into(request)
        return True

    def fill(self, request: binding.Request) -> None:
        """Take note of what was written."""
        self.uses = Counter()
        self.is_measured = bool(request.is_measured)
        for record in self._records[: request.cell_count if self.is_measured else 0]:
            self.uses[_cell(self._model.matrices[record.matrix], record)] += record.uses
        if len(self.uses) > MAX_CELLS_OF_ONE:
            self.uses, self.is_measured = Counter(), False


def _cell(matrix: Matrix, use: _Use) -> Cell:
    row = matrix.row_members[use.row][0] if matrix.row_members else use.row
    point = WHOLE_ROW if use.column == MAX_COLUMNS else matrix.columns[use.column][1]
    return Cell(matrix.group, point, _per(use) if matrix.per else "", row)


def _per(use: _Use) -> int | str:
    """Return what a plane is told by."""
    if use.tag in (Tag.TEXT, Tag.BYTES):
        octets = ctypes.string_at(use.bits, use.size)
        return plain(octets.decode() if use.tag == Tag.TEXT else octets) or ""
    return int(use.bits - (1 << 64) if use.tag == Tag.INT and use.bits >> 63 else use.bits)
