"""What is not covered, as findings: a plane, a row or a cell, the largest that is all unused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from harness.coverage.views import (
    CellView,
    Coverage,
    PlaneView,
    RowView,
)
from harness.findings.model import Finding, Place
from harness.findings.registry import RULES

_CODES_SHOWN: Final = 5
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def gaps(coverage: Coverage, *, each_cell: bool) -> Iterator[Finding]:
    """Yield what content leaves unused of the matrices.

    Args:
        coverage: what was counted.
        each_cell: also the single cells of rows that are used otherwise.
    """
    for matrix in coverage.matrices:
        for plane in matrix.planes:
            if plane.plane.files == 0 and plane.label:
                yield _of_plane(plane)
            else:
                for row in plane.rows:
                    yield from _of_row(plane, row, each_cell=each_cell)


def shortfalls(coverage: Coverage, percent: float, *, domains: bool) -> Iterator[Finding]:
    """Yield which matrices stay below a share.

    Args:
        coverage: what was counted.
        percent: that is asked for.
        domains: hold the automatic domains, all together, to it as well.
    """
    for matrix in coverage.matrices:
        yield from _shortfall(
            matrix.matrix.place, matrix.matrix.id, matrix.used, matrix.wanted, percent
        )
    if domains:
        used = sum(domain.used for domain in coverage.domains)
        wanted = sum(domain.wanted for domain in coverage.domains)
        yield from _shortfall(Place(coverage.model.file, 1), "domains", used, wanted, percent)


def _shortfall(
    place: Place, name: str, used: int, wanted: int, percent: float
) -> Iterator[Finding]:
    if used * 100 < wanted * percent:
        yield Finding(
            code="V805",
            severity=RULES["V805"].severity,
            file=place.file,
            path=name,
            expected=f"{percent:g} %",
            actual=share(used, wanted),
            source=place,
        )


def share(used: int, wanted: int) -> str:
    """Return a share in words; it is whole only where nothing is missing.

    >>> share(2, 3), share(999, 1000)
    ('2 of 3 cells (66 %)', '999 of 1,000 cells (99 %)')
    """
    percent = 100 * used // wanted if wanted else 100
    return f"{used:,} of {wanted:,} cells ({percent} %)"


def invalid_content(file: str, codes: Iterable[str]) -> Finding:
    """Return the finding that a content counts for nothing, because of these findings."""
    several = sorted(set(codes))
    shown = ", ".join(several[:_CODES_SHOWN]) + (", …" if len(several) > _CODES_SHOWN else "")
    return Finding(code="V806", severity=RULES["V806"].severity, file=file, actual=shown)


def unmeasured_content(file: str) -> Finding:
    """Return the finding that measuring a content was given up."""
    return Finding(code="L606", severity=RULES["L606"].severity, file=file)


# one plane, row or cell


def _of_plane(plane: PlaneView) -> Finding:
    rows = f" ({len(plane.rows)} rows)" if plane.rows else ""
    return _finding("V804", plane, "", "content that has it", f"{plane.label}: never used{rows}")


def _of_row(plane: PlaneView, row: RowView, *, each_cell: bool) -> Iterator[Finding]:
    if row.wanted in (0, row.used):
        return
    where = row_path(plane, row)
    names = ", ".join(cell.name for cell in row.cells if cell.is_wanted)
    said = f"{place_of(plane, row)}: "
    if row.is_inert_only:
        yield _finding("V802", plane, where, names, said + inert_use(plane, row))
    elif row.files == 0:
        yield _finding("V803", plane, where, names, f"{said}never used{_by_invalid(row.cells)}")
    elif each_cell:
        for cell in row.cells:
            if cell.is_wanted and cell.state != "used":
                actual = f"{said}no {cell.name}{_by_invalid([cell])}"
                yield _finding("V801", plane, f"{where}.{cell.name}", cell.name, actual)


def _finding(code: str, plane: PlaneView, where: str, expected: str, actual: str) -> Finding:
    matrix = plane.matrix
    return Finding(
        code=code,
        severity=RULES[code].severity,
        file=matrix.place.file,
        path=where or plane_path(plane),
        rule=matrix.id,
        expected=expected,
        actual=actual,
        source=matrix.place,
    )


def inert_use(plane: PlaneView, row: RowView) -> str:
    """`only wildcard (4 of 4 files)`: what a row is used with, in how many of those that could."""
    names = ", ".join(cell.name for cell in row.cells if cell.is_inert and cell.state == "used")
    files = f"{plane.plane.files} file{'' if plane.plane.files == 1 else 's'}"
    return f"only {names} ({row.files} of {files})"


def _by_invalid(cells: Iterable[CellView]) -> str:
    """Where only invalid content uses a cell, say where; it counts for nothing."""
    for cell in cells:
        if cell.state == "invalid-only" and cell.count is not None:
            witness = cell.count.witness
            return f" but in invalid content ({witness.file}: {witness.path})"
    return ""


# where in the matrix


def plane_path(plane: PlaneView) -> str:
    """`field-by-kind[7]`: the plane as a path."""
    return f"{plane.matrix.id}[{_key(plane)}]" if plane.label else plane.matrix.id


def row_path(plane: PlaneView, row: RowView) -> str:
    """`field-by-kind[7][20]`: the row as a path."""
    return f"{plane_path(plane)}[{row.label if row.is_member else row.number}]"


def _key(plane: PlaneView) -> str:
    members = dict(plane.matrix.per_members)
    per = plane.plane.per
    return members.get(per, str(per)) if isinstance(per, int) else per


def place_of(plane: PlaneView, row: RowView) -> str:
    """`template 7 "pipe": fields[20] client_image_name (the 21st)`: the row for people.

    Rows count from 0, people from 1: so both numbers are said.
    """
    if row.is_member:
        said = f"{plane.matrix.rows} {row.label}"
    else:
        name = f" {row.label}" if row.label else ""
        said = f"{plane.matrix.rows}[{row.number}]{name} (the {ordinal(row.number + 1)})"
    return f"{plane.label}: {said}" if plane.label else said


def place_of_rows(plane: PlaneView, rows: Sequence[RowView]) -> str:
    """`fields[5..19] (the 6th to the 20th)`: neighbouring rows for people."""
    first, last = rows[0], rows[-1]
    if first.is_member:
        said = f"{plane.matrix.rows} {first.label} to {last.label}"
    else:
        ordinals = f"the {ordinal(first.number + 1)} to the {ordinal(last.number + 1)}"
        said = f"{plane.matrix.rows}[{first.number}..{last.number}] ({ordinals})"
    return f"{plane.label}: {said}" if plane.label else said


def ordinal(number: int) -> str:
    """Return a number with its ending.

    >>> ordinal(1), ordinal(12), ordinal(21)
    ('1st', '12th', '21st')
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{_ENDINGS.get(number % 10, 'th')}"
