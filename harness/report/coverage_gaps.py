"""What is missing of a matrix, for people: a line for the plane, then one for each gap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from harness.coverage.findings import place_of, place_of_rows, plane_path, row_path, share
from harness.coverage.views import PlaneView, RowView
from harness.findings.message import statement
from harness.findings.model import Finding, Place
from harness.report.escape import visible
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.words import count

# A row that is only inert looks used; one that is never used is seen at once.
GAPS_WORST_FIRST: Final = ("V804", "V802", "V803", "V801")
FOLDED_FROM: Final = 4

_LINES_SHOWN: Final = 10

# findings by their path and by the matrix, whose id another type may use too
ByPlace = Mapping[tuple[str, Place | None], Finding]


def gap_lines(
    plane: PlaneView, by_place: ByPlace, style: Style, *, everything: bool
) -> Iterator[str]:
    """Yield what is used of a plane in one line, then each gap in one line, however long.

    Args:
        plane: the plane.
        by_place: the findings about it, among others.
        style: of the stream.
        everything: all gaps, not only the first few.
    """
    whole = by_place.get((plane_path(plane), plane.matrix.place))
    if whole is not None:
        yield _line(whole.code, statement(whole), whole, style)
        return
    yield _summary(plane, style, is_alone=everything)
    gaps = sorted(_gaps(plane, by_place), key=lambda gap: GAPS_WORST_FIRST.index(gap[0].code))
    most = len(gaps) if everything else _LINES_SHOWN
    yield from (_line(finding.code, said, finding, style) for finding, said in gaps[:most])
    if len(gaps) > most:
        yield f"  {len(gaps) - most:,} more (--missing lists all)"


def title_of(plane: PlaneView) -> str:
    """`field-by-kind of template_instance`: the matrix of a plane."""
    return f"{plane.matrix.id} of {plane.matrix.type.rsplit('::', 1)[-1]}"


def _summary(plane: PlaneView, style: Style, *, is_alone: bool) -> str:
    """How much is used; where no table stands above it, of which matrix."""
    title = visible(plane.label or title_of(plane))
    of = f" ({title_of(plane)})" if is_alone and plane.label else ""
    said = [share(plane.used, plane.wanted)]
    only = sum(row.is_inert_only for row in plane.rows)
    never = sum(row.files == 0 for row in plane.rows)
    said += [f"{count(only, 'row')} only inert"] if only else []
    said += [f"{count(never, 'row')} never used"] if never else []
    return f"{style.paint(title, 'strong')}{style.paint(visible(of), 'dim')}: {', '.join(said)}"


def _gaps(plane: PlaneView, by_place: ByPlace) -> Iterator[tuple[Finding, str]]:
    """Yield findings with what they say; neighbours that say the same are one line."""
    told = [(row, _of_row(plane, row, by_place)) for row in plane.rows]
    for _, group in groupby(told, key=lambda one: _key(*one)):
        several = list(group)
        rows = [row for row, _ in several]
        if len(rows) >= FOLDED_FROM:
            several = [(rows[0], several[0][1])]
        for row, gaps in several:
            where = place_of(plane, row) if len(rows) < FOLDED_FROM else place_of_rows(plane, rows)
            yield from ((finding, f"{where}: {said}") for finding, said in gaps)


def _of_row(plane: PlaneView, row: RowView, by_place: ByPlace) -> list[tuple[Finding, str]]:
    """Return the findings about a row, with what each says of it."""
    where, lead = row_path(plane, row), f"{place_of(plane, row)}: "
    paths = (where, *(f"{where}.{cell.name}" for cell in row.cells))
    found = [by_place.get((path, plane.matrix.place)) for path in paths]
    return [(one, statement(one).removeprefix(lead)) for one in found if one is not None]


def _key(row: RowView, gaps: list[tuple[Finding, str]]) -> tuple[object, ...]:
    """What rows that may share a line have in common; a row with a name keeps its own."""
    if is_single(row):
        return (row.number,)
    return tuple((finding.code, said) for finding, said in gaps)


def is_single(row: RowView) -> bool:
    """Whether a row is told by itself: it has a name, and some content uses it."""
    is_used = row.files > 0 or any(cell.state == "invalid-only" for cell in row.cells)
    return is_used and row.label != ""


def _line(code: str, said: str, finding: Finding, style: Style) -> str:
    """A gap in one line, so that it can be searched for."""
    return f"  {style.paint(code, SEVERITY_ROLE[finding.severity])} {visible(said)}"
