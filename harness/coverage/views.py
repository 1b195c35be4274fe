"""The model with what was counted: each cell with its state, for findings and renderers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from harness.coverage.cells import MAX_ROWS, WHOLE_ROW, Cell, Count, Plane, Tally, per_key
from harness.coverage.domains import Domain
from harness.coverage.matrices import Matrix, Model

State = Literal["used", "missing", "impossible", "invalid-only"]

# A matrix is listed cell by cell, so what is listed must end.
MAX_LISTED: Final = 65_536


class CellView(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: a column of a row, or a point of a domain.

    Attributes:
        name: of the column or point.
        state: valid content uses it, or none does; the schema rules it out; only invalid content
            uses it.
        is_inert: using it proves nothing.
        count: of valid content, or of invalid content where only that uses it.
    """

    name: str
    state: State
    is_inert: bool = False
    count: Count | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether using it proves something, and content can."""
        return not self.is_inert and self.state != "impossible"


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        number: of the row, or of the member of an enum that it is.
        label: its name; empty where it has none.
        is_member: it is a member of an enum, and so has a name and no place in a sequence.
        files: valid contents that use it.
        cells: one for each column.
    """

    number: int
    label: str
    is_member: bool
    files: int
    cells: tuple[CellView, ...]

    @property
    def is_inert_only(self) -> bool:
        """Whether content uses it, and only inertly, though it could do otherwise."""
        return self.files > 0 and self.wanted > 0 and self.used == 0

    @property
    def wanted(self) -> int:
        """Cells whose use would prove something."""
        return sum(cell.is_wanted for cell in self.cells)

    @property
    def used(self) -> int:
        """Those of them that are used."""
        return sum(cell.is_wanted and cell.state == "used" for cell in self.cells)


class PlaneView(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a matrix for one value of `per`.

    Attributes:
        matrix: the matrix.
        plane: what content shows of it.
        label: the value as people know it; empty where the matrix has no `per`.
        rows: as far as they are counted.
    """

    matrix: Matrix
    plane: Plane
    label: str
    rows: tuple[RowView, ...]

    @property
    def wanted(self) -> int:
        """Cells whose use would prove something."""
        return sum(row.wanted for row in self.rows)

    @property
    def used(self) -> int:
        """Those of them that are used."""
        return sum(row.used for row in self.rows)

    @property
    def uncounted_rows(self) -> int:
        """Rows beyond those that are counted."""
        return max(0, (self.plane.rows or 0) - MAX_ROWS)


class MatrixView(msgspec.Struct, frozen=True, kw_only=True):
    """One matrix.

    Attributes:
        matrix: the matrix.
        planes: sorted, as many as are listed.
        is_cut: there are more planes or cells than are counted or listed.
    """

    matrix: Matrix
    planes: tuple[PlaneView, ...]
    is_cut: bool

    @property
    def wanted(self) -> int:
        """Cells whose use would prove something."""
        return sum(plane.wanted for plane in self.planes)

    @property
    def used(self) -> int:
        """Those of them that are used."""
        return sum(plane.used for plane in self.planes)


class DomainView(msgspec.Struct, frozen=True, kw_only=True):
    """One automatic domain, with its points."""

    domain: Domain
    points: tuple[CellView, ...]

    @property
    def wanted(self) -> int:
        """Points."""
        return len(self.points)

    @property
    def used(self) -> int:
        """Points that are used."""
        return sum(point.state == "used" for point in self.points)


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """All that a set of contents uses of what a schema offers."""

    model: Model
    tally: Tally
    matrices: tuple[MatrixView, ...]
    domains: tuple[DomainView, ...]


def coverage(model: Model, tally: Tally) -> Coverage:
    """Return the model of a schema with what was counted by it.

    Raises:
        ValueError: the tally is of another schema.
    """
    if tally.schema and tally.schema != model.digest:
        raise ValueError("the tally is of another schema than the model's")
    counts = _Counts(tally)
    return Coverage(
        model=model,
        tally=tally,
        matrices=tuple(_matrix(matrix, tally, counts) for matrix in model.matrices),
        domains=tuple(_domain(domain, counts) for domain in model.domains),
    )


class _Counts:
    """Counts by cell."""

    def __init__(self, tally: Tally) -> None:
        self._valid = {count.cell: count for count in tally.counts}
        self._invalid = {count.cell: count for count in tally.invalid_counts}
        self._rows: dict[tuple[str, int | str], set[int]] = {}
        for cell in (*self._valid, *self._invalid):
            self._rows.setdefault((cell.group, cell.per), set()).add(cell.row)

    def files(self, cell: Cell) -> int:
        """Return how many valid contents use a cell."""
        found = self._valid.get(cell)
        return 0 if found is None else found.files

    def view(self, cell: Cell, *, is_possible: bool = True, is_inert: bool = False) -> CellView:
        """Return a cell with its state: what is used can be, whatever the schema says."""
        count = self._valid.get(cell)
        state: State = "used"
        if count is None:
            count = self._invalid.get(cell) if is_possible else None
            state = "impossible" if not is_possible else "invalid-only" if count else "missing"
        return CellView(name=cell.point, state=state, is_inert=is_inert, count=count)

    def rows(self, group: str, per: int | str) -> Iterable[int]:
        """Return the rows that any content uses, in order."""
        return sorted(self._rows.get((group, per), ()))


def _domain(domain: Domain, counts: _Counts) -> DomainView:
    points = tuple(counts.view(Cell(domain.group, point)) for point in domain.points)
    return DomainView(domain=domain, points=points)


def _matrix(matrix: Matrix, tally: Tally, counts: _Counts) -> MatrixView:
    listed: list[PlaneView] = []
    left = MAX_LISTED
    planes = _planes(matrix, tally)
    for plane in planes:
        rows = tuple(_rows(matrix, plane, counts))
        left -= len(rows) * len(matrix.columns)
        if left < 0 and listed:
            break
        label = _label(matrix, plane)
        listed.append(PlaneView(matrix=matrix, plane=plane, label=label, rows=rows))
    is_cut = matrix.group in tally.cut or matrix.left_out > 0 or len(listed) < len(planes)
    is_cut = is_cut or any(plane.uncounted_rows for plane in listed)
    return MatrixView(matrix=matrix, planes=tuple(listed), is_cut=is_cut)


def _planes(matrix: Matrix, tally: Tally) -> list[Plane]:
    """Return the planes that content shows, and those that the schema says there are."""
    found = {plane.per: plane for plane in tally.planes if plane.group == matrix.group}
    for number, _ in matrix.per_members:
        found.setdefault(number, Plane(matrix.group, number))
    if not matrix.per:
        found.setdefault("", Plane(matrix.group))
    return sorted(found.values(), key=lambda plane: per_key(plane.per))


def _label(matrix: Matrix, plane: Plane) -> str:
    """`template 7 "pipe"`, `version v2`, `name "abc"`."""
    if not matrix.per:
        return ""
    member = dict(matrix.per_members).get(plane.per) if isinstance(plane.per, int) else None
    value = member or (str(plane.per) if isinstance(plane.per, int) else f'"{plane.per}"')
    name = f' "{plane.name}"' if plane.name else ""
    return f"{matrix.per} {value}{name}"


def _rows(matrix: Matrix, plane: Plane, counts: _Counts) -> Iterator[RowView]:
    inert = frozenset(matrix.inert)
    for place, (number, label) in enumerate(_numbers(matrix, plane, counts)):
        allowed = plane.possible[place] if place < len(plane.possible) else -1
        cells = tuple(
            counts.view(
                Cell(matrix.group, name, plane.per, number),
                is_possible=bool(allowed >> column & 1),
                is_inert=name in inert,
            )
            for column, (_, name) in enumerate(matrix.columns)
        )
        whole = Cell(matrix.group, WHOLE_ROW, plane.per, number)
        yield RowView(
            number=number,
            label=label,
            is_member=bool(matrix.row_members),
            files=counts.files(whole),
            cells=cells,
        )


def _numbers(matrix: Matrix, plane: Plane, counts: _Counts) -> Iterable[tuple[int, str]]:
    """Return number and name of the rows: those there are, else those that were seen."""
    if matrix.row_members:
        return matrix.row_members
    numbers = (
        range(min(plane.rows, MAX_ROWS))
        if plane.rows is not None
        else counts.rows(matrix.group, plane.per)
    )
    labels = plane.labels
    return ((number, labels[number] if number < len(labels) else "") for number in numbers)
