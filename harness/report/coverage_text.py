"""Format coverage for people: matrices with their counts, and what is missing in one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from harness.coverage.findings import matrix_title, plane_path, row_path, share
from harness.coverage.views import CellView, Coverage, MatrixView, PlaneView, RowView
from harness.findings.message import statement
from harness.findings.model import Finding
from harness.report.coverage_domains import domain_lines
from harness.report.escape import cell_width, clip, pad, visible
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.words import count, short_number

_PLANES_DRAWN = 12
_LINES_SHOWN = 10
_FOLDED_FROM = 4
_LONGEST_LABEL = 28
_LEAST_COLUMN = 5
_INDENT = 2
# A row that is only inert looks used; one that is never used is seen at once.
_WORST_FIRST = ("V802", "V803", "V801")

ByPath = Mapping[str, Finding]


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
    by_path = {finding.path: finding for finding in findings}
    for matrix in coverage.matrices:
        yield from _matrix(matrix, by_path, shown, style)
    yield from domain_lines(coverage, style, domains=shown.domains, missing=shown.missing)
    yield ""


def _matrix(matrix: MatrixView, by_path: ByPath, shown: Shown, style: Style) -> Iterator[str]:
    drawn = 0
    for plane in matrix.planes:
        is_drawn = not shown.missing and plane.plane.files > 0 and drawn < _PLANES_DRAWN
        if is_drawn:
            drawn += 1
            yield from _table(plane, style)
        yield from _summary(plane, by_path, shown, style)
        if is_drawn:
            yield ""
    if len(matrix.planes) > 1:
        title = visible(matrix_title(matrix))
        yield f"{style.paint(title, 'strong')}: {share(matrix.used, matrix.wanted)}"
    if matrix.is_cut:
        yield style.paint("the matrix is larger than what is counted and listed", "warning")


# the table


def _table(plane: PlaneView, style: Style) -> Iterator[str]:
    of = plane.matrix.type.rsplit("::", 1)[-1]
    title, rest = plane.label, f"  {plane.matrix.id} of {of}"
    if not plane.label:
        title, rest = plane.matrix.id, f" of {of}"
    rest += f", {count(plane.plane.files, 'file')}"
    yield style.paint(visible(title), "strong") + style.paint(visible(rest), "dim")
    labels = _Labels(plane)
    for columns in _blocks(plane, style.width - _INDENT - 2 - labels.width):
        yield _header(plane, labels, columns, style)
        for is_folded, rows in groupby(plane.rows, key=_is_blank):
            several = list(rows)
            if is_folded and len(several) >= _FOLDED_FROM:
                yield style.paint(f"  > {labels.run(several)}", "warning")
            else:
                yield from (_row(row, labels, columns, style) for row in several)
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
        """Return the label of several rows that nothing uses."""
        if not self._is_numbered:
            return f"{visible(rows[0].label)} to {visible(rows[-1].label)}: never used"
        return f"{rows[0].number}..{rows[-1].number}: never used"


def _is_blank(row: RowView) -> bool:
    return row.files == 0 and all(cell.state != "invalid-only" for cell in row.cells)


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


def _row(row: RowView, labels: _Labels, columns: list[int], style: Style) -> str:
    is_bad = row.wanted > 0 and row.used == 0
    mark = style.paint(">", "warning") if is_bad else " "
    label = style.paint(labels.of(row), "warning" if is_bad else "name")
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
    if said:
        yield style.paint(f"    {', '.join(said)}", "dim")


# summary and findings


def _summary(plane: PlaneView, by_path: ByPath, shown: Shown, style: Style) -> Iterator[str]:
    """One line for a plane, then one for each row that something is wrong with."""
    found = sorted(_found(plane, by_path), key=lambda finding: _WORST_FIRST.index(finding.code))
    whole = by_path.get(plane_path(plane))
    if whole is not None and plane.label:
        yield _line(whole, style)
        return
    title = visible(plane.label or plane.matrix.id)
    said = [share(plane.used, plane.wanted)]
    only = sum(row.is_inert_only for row in plane.rows)
    never = sum(row.files == 0 for row in plane.rows)
    said += [f"{count(only, 'row')} only inert"] if only else []
    said += [f"{count(never, 'row')} never used"] if never else []
    yield f"{style.paint(title, 'strong')}: {', '.join(said)}"
    most = len(found) if shown.missing else _LINES_SHOWN
    yield from (_line(finding, style) for finding in found[:most])
    if len(found) > most:
        yield f"  {len(found) - most:,} more (--missing lists all)"


def _found(plane: PlaneView, by_path: ByPath) -> Iterator[Finding]:
    for row in plane.rows:
        where = row_path(plane, row)
        for path in (where, *(f"{where}.{cell.name}" for cell in row.cells)):
            if path in by_path:
                yield by_path[path]


def _line(finding: Finding, style: Style) -> str:
    """A finding as one line, never folded: so that it can be searched for."""
    code = style.paint(finding.code, SEVERITY_ROLE[finding.severity])
    return f"  {code} {visible(statement(finding))}"
