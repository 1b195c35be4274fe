"""What a benchmark gives: tables, and bars that its figures must clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows; the first column names what they are of.

    Attributes:
        title: what is measured.
        head: a name for each column.
        rows: as many cells each.
        notes: what a reader must know of the columns, in sentences.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """What the figures must hold, in words, and whether they do."""

    claim: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark gave."""

    tables: tuple[Table, ...]
    bars: tuple[Bar, ...]

    @property
    def exit_code(self) -> int:
        """0, or 1 when a bar is missed."""
        return int(not all(bar.holds for bar in self.bars))


def text(measured: Measured) -> Iterator[str]:
    """Yield lines for a terminal."""
    for table in measured.tables:
        yield table.title
        widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
        for row in (table.head, *table.rows):
            yield "  ".join(_padded(row, widths)).rstrip()
        yield from table.notes
        yield ""
    for bar in measured.bars:
        yield f"{_verdict(bar)}: {bar.claim}"


def markdown(measured: Measured) -> Iterator[str]:
    """Yield lines of a Markdown document."""
    for table in measured.tables:
        yield f"## {table.title}"
        yield ""
        yield _markdown_row(table.head)
        yield _markdown_row(["---", *("---:" for _ in table.head[1:])])
        yield from (_markdown_row(row) for row in table.rows)
        yield ""
        yield from table.notes
        if table.notes:
            yield ""
    for bar in measured.bars:
        yield f"- {_verdict(bar)}: {bar.claim}"
    yield ""


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    yield row[0].ljust(widths[0])
    yield from (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(bar: Bar) -> str:
    return "holds" if bar.holds else "MISSED"
