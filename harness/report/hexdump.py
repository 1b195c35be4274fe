"""Hex excerpts: the bytes of a span with a little around them, the span underlined."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.findings.model import Span
from harness.report.sources import Sources
from harness.report.style import Role, Style

_ROW_BYTES = 16
_NARROW_ROW_BYTES = 8
_HEAD_ROWS = 3
_CONTEXT_BYTES = 4
_GROUP_BYTES = 8


class _Row(msgspec.Struct, frozen=True):
    """One row of a dump: where it begins, its bytes, and the part of it that is marked."""

    start: int
    data: bytes
    marked: Span


def excerpt(
    sources: Sources, file: str, span: Span, style: Style, role: Role
) -> tuple[int, list[tuple[str, str]]]:
    """Return a span of a file as an annotated dump.

    Long spans show their first rows and their last. An empty span (bytes that should be there
    and are not) is marked by one caret where its first byte would stand.

    Args:
        sources: where the bytes come from.
        file: the content file, as the finding names it.
        span: the bytes to mark.
        style: colour and width.
        role: the colour of the marked bytes.

    Returns:
        The width of the widest offset, and the lines, each a gutter text and a body; no lines
        where the file cannot be read any more.
    """
    size = sources.size(file)
    if size == 0:
        return 0, []
    digits = max(4, len(f"{size:x}"))
    per_row = _ROW_BYTES if _width(_ROW_BYTES) + digits + 5 <= style.width else _NARROW_ROW_BYTES
    lines: list[tuple[str, str]] = []
    previous_end = -1
    for start in _row_starts(span, size, per_row):
        if previous_end not in (-1, start):
            lines.append((style.glyph("…", "..."), _hidden(start - previous_end)))
        row = _row(sources, file, start, per_row, span)
        lines.append((f"0x{start:0{digits}x}", _drawn(row, per_row, style, role)))
        lines.extend(("", marks) for marks in _underline(row, per_row, span, style, role))
        previous_end = start + per_row
    return digits + 2, lines


def ascii_of(data: bytes) -> str:
    """Return bytes as text, a dot for each that is not printable ASCII."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def _width(per_row: int) -> int:
    """Cells of a row's body: hex pairs, the gap between groups, and the text between bars."""
    return per_row * 3 - 1 + (per_row - 1) // _GROUP_BYTES + 2 + per_row + 2


def _hidden(count: int) -> str:
    return f"{count:,} bytes not shown"


def _row_starts(span: Span, size: int, per_row: int) -> Iterator[int]:
    """Row starts around `span`: context, the first rows, the last one, context."""
    first = max(0, span.start - _CONTEXT_BYTES) // per_row * per_row
    last_byte = max(span.start, span.end - 1)
    end = min(max(size, span.start + 1), last_byte + 1 + _CONTEXT_BYTES)
    starts = range(first, end, per_row)
    tail = sum(1 for start in starts if start + per_row >= last_byte + 1)
    if len(starts) <= _HEAD_ROWS + 1 + tail:
        yield from starts
        return
    yield from starts[:_HEAD_ROWS]
    yield from starts[-tail:]


def _row(sources: Sources, file: str, start: int, per_row: int, span: Span) -> _Row:
    data = sources.content(file, start, start + per_row)
    low, high = max(span.start, start), min(span.end, start + len(data))
    return _Row(start, data, Span(low - start, max(low, high) - start))


def _drawn(row: _Row, per_row: int, style: Style, role: Role) -> str:
    low, high = row.marked.start, row.marked.end
    pairs = [f"{byte:02x}" for byte in row.data]
    pairs[low:high] = [style.paint(pair, role) for pair in pairs[low:high]]
    pairs += ["  "] * (per_row - len(row.data))
    groups = [" ".join(pairs[at : at + _GROUP_BYTES]) for at in range(0, per_row, _GROUP_BYTES)]
    text = ascii_of(row.data)
    marked = style.paint(text[low:high], role)
    return f"{'  '.join(groups)}  |{text[:low]}{marked}{text[high:]}|"


def _underline(row: _Row, per_row: int, span: Span, style: Style, role: Role) -> Iterator[str]:
    """The line of carets below a row, if any byte of it is marked."""
    low, high = row.marked.start, row.marked.end
    missing = span.start == span.end and row.start <= span.start < row.start + per_row
    if low < high or missing:
        marks = "^" * (_column(high - 1) + 2 - _column(low)) if low < high else "^"
        yield " " * _column(low) + style.paint(marks, role)


def _column(at: int) -> int:
    """The cell at which byte `at` of a row begins."""
    return at * 3 + at // _GROUP_BYTES
