"""Format coverage for people: matrices with their counts, and what is missing in one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from harness.coverage.findings import share
from harness.coverage.views import CellView, Coverage, MatrixView, PlaneView, RowView
from harness.findings.model import Finding
from harness.report.coverage_domains import domain_lines
from harness.report.coverage_gaps import (
    FOLDED_FROM,
    GAPS_WORST_FIRST,
    ByPlace,
    gap_lines,
    is_single,
    title_of,
)
from harness.report.escape import cell_width, clip, pad, visible
from harness.report.style import Style
from harness.report.words import count, short_number

_PLANES_DRAWN = 12
_LONGEST_LABEL = 28
_LEAST_COLUMN = 5
_INDENT = 2


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants to see.

    Attributes:
        domains: the automatic domains, point by point.
        missing: only what is missing, as a list.
        quiet: findings only.
        left_out: findings beyond the number that is kept, by code.
    """

    domains: bool = False
    missing: bool = False
    quiet: bool = False
    left_out: Mapping[str, int] = {}


def coverage_lines(
    coverage: Coverage, findings: tuple[Finding, ...], shown: Shown, style: Style
) -> Iterator[str]:
    """Yield the matrices and domains as lines of text.

    Args:
        coverage: what was counted.
        findings: about its matrices.
        shown: how much of it.
        style: of the stream.
    """
    by_place = {
        (finding.path, finding.source): finding
        for finding in findings
        if finding.code in GAPS_WORST_FIRST
    }
    for matrix in coverage.matrices:
        yield from _matrix(matrix, by_place, shown, style)
    yield from domain_lines(coverage, style, domains=shown.domains, missing=shown.missing)
    yield ""


def _matrix(matrix: MatrixView, by_place: ByPlace, shown: Shown, style: Style) -> Iterator[str]:
    drawn = 0
    for plane in matrix.planes:
        is_drawn = not shown.missing and plane.plane.files > 0 and drawn < _PLANES_DRAWN
        if is_drawn:
            drawn += 1
            yield from _table(plane, style)
        yield from gap_lines(plane, by_place, style, everything=shown.missing)
        if is_drawn:
            yield ""
    if len(matrix.planes) > 1:
        title = visible(title_of(matrix.planes[0]))
        yield f"{style.paint(title, 'strong')}: {share(matrix.used, matrix.wanted)}"
        yield ""
    if matrix.is_cut:
        yield style.paint("the matrix is larger than what is counted and listed", "warning")


# the table


def _table(plane: PlaneView, style: Style) -> Iterator[str]:
    title, rest = (plane.label, f"  {title_of(plane)}") if plane.label else (title_of(plane), "")
    rest += f", {count(plane.plane.files, 'file')}"
    yield style.paint(visible(title), "strong") + style.paint(visible(rest), "dim")
    labels = _Labels(plane)
    for columns in _blocks(plane, style.width - _INDENT - 2 - labels.width):
        yield _header(plane, labels, columns, style)
        for _, group in groupby(plane.rows, key=_look):
            rows = list(group)
            if len(rows) >= FOLDED_FROM:
                yield _row(rows[0], labels.run(rows), columns, style)
            else:
                yield from (_row(row, labels.of(row), columns, style) for row in rows)
    yield from _legend(plane, style)


class _Labels:
    """Numbers and names of the rows of a plane, in columns of their own."""

    def __init__(self, plane: PlaneView) -> None:
        self._plane = plane
        self._is_numbered = not plane.matrix.row_members
        self._digits = max((len(str(row.number)) for row in plane.rows), default=1)
        names = [cell_width(visible(row.label)) for row in plane.rows]
        header = self.header()
        width = max((self._digits + 1 + min(name, _LONGEST_LABEL) for name in names), default=0)
        self.width = max(width, min(len(header), _LONGEST_LABEL))

    def header(self) -> str:
        """Return what stands above them: rows are counted from 0, which people have to know."""
        noun = visible(self._plane.matrix.rows)
        return f"{noun} (from 0)" if self._is_numbered else noun

    def of(self, row: RowView) -> str:
        """Return the label of a row."""
        number = f"{row.number:>{self._digits}} " if self._is_numbered else ""
        return pad(clip(number + visible(row.label), self.width), self.width)

    def run(self, rows: list[RowView]) -> str:
        """Return the label of several rows that look the same."""
        first, last = rows[0], rows[-1]
        said = f"{visible(first.label)} to {visible(last.label)}"
        if self._is_numbered:
            said = f"{first.number:>{self._digits}}..{last.number}"
        return pad(clip(said, self.width), self.width)


def _look(row: RowView) -> tuple[object, ...]:
    """What rows that may share a line of the table have in common."""
    if is_single(row):
        return (row.number,)
    return tuple((cell.state, cell.count.uses if cell.count else 0) for cell in row.cells)


def _width_of(column: str) -> int:
    return max(cell_width(column), _LEAST_COLUMN) + 2


def _heading(plane: PlaneView, column: int) -> str:
    """Name of a column; in brackets where it is inert."""
    name = visible(plane.matrix.columns[column][1])
    return f"({name})" if name in plane.matrix.inert else name


def _blocks(plane: PlaneView, room: int) -> Iterator[list[int]]:
    """Yield columns in groups that fit side by side."""
    block: list[int] = []
    used = 0
    for column in range(len(plane.matrix.columns)):
        width = _width_of(_heading(plane, column))
        if block and used + width > room:
            yield block
            block, used = [], 0
        block.append(column)
        used += width
    if block:
        yield block


def _header(plane: PlaneView, labels: _Labels, columns: list[int], style: Style) -> str:
    names = [_heading(plane, column) for column in columns]
    cells = "".join(f"{name:>{_width_of(name)}}" for name in names)
    return style.paint(
        f"    {pad(clip(labels.header(), labels.width), labels.width)}{cells}", "dim"
    )


def _row(row: RowView, said: str, columns: list[int], style: Style) -> str:
    is_bad = row.wanted > 0 and row.used == 0
    mark = style.paint(">", "warning") if is_bad else " "
    label = style.paint(said, "warning" if is_bad else "name")
    shown = [(row.cells[column], _cell_width(row.cells[column])) for column in columns]
    return f"  {mark} {label}{''.join(_cell(cell, width, style) for cell, width in shown)}".rstrip()


def _cell_width(cell: CellView) -> int:
    return _width_of(f"({visible(cell.name)})" if cell.is_inert else visible(cell.name))


def _cell(cell: CellView, width: int, style: Style) -> str:
    match cell.state:
        case "impossible":
            return " " * width
        case "missing" if cell.is_inert:
            return " " * (width - 1) + style.paint(style.glyph("·", "."), "dim")
        case "missing":
            return " " * (width - 1) + style.paint(style.glyph("·", "."), "warning")
        case "invalid-only":
            return " " * (width - 1) + style.paint("!", "warning")
        case "used":
            number = short_number(cell.count.uses if cell.count is not None else 0)
            return " " * (width - len(number)) + style.paint(
                number, "dim" if cell.is_inert else "good"
            )


def _legend(plane: PlaneView, style: Style) -> Iterator[str]:
    states = {cell.state for row in plane.rows for cell in row.cells}
    said = [f"{style.glyph('·', '.')} missing"] if "missing" in states else []
    said += ["! only in invalid content"] if "invalid-only" in states else []
    said += ["blank: ruled out by the schema"] if "impossible" in states else []
    said += ["(in brackets): proves nothing"] if plane.matrix.inert else []
    runs = (len(list(group)) for _, group in groupby(plane.rows, key=_look))
    said += ["a..b: each of them"] if any(length >= FOLDED_FROM for length in runs) else []
    if said:
        yield style.paint(f"    {', '.join(said)}", "dim")
