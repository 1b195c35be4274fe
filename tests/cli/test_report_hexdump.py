"""Excerpts show the damaged bytes, where they are, and a little around them."""

from __future__ import annotations

import itertools
import re

import pytest

from harness.findings.model import Span
from harness.report.hexdump import excerpt
from harness.report.style import Style
from tests.cli.bytes_at_hand import HeldSources

_CONTENT = bytes(range(256)) * 4
_PLAIN = Style(width=100)


def _lines(span: Span, style: Style = _PLAIN, content: bytes = _CONTENT) -> list[tuple[str, str]]:
    return excerpt(HeldSources(content), "a.bin", span, style, "error")[1]


def _marked(lines: list[tuple[str, str]]) -> bytes:
    """The bytes above the carets."""
    found = ""
    for (_, row), (_, marks) in itertools.pairwise(lines):
        if set(marks) <= {" ", "^"} and "^" in marks:
            found += row[marks.index("^") : len(marks)] + " "
    return bytes.fromhex(found)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (3, 5), (7, 9), (14, 18), (15, 16), (16, 17), (0x3FF, 0x400)]
)
def test_the_carets_stand_under_exactly_the_span(start: int, end: int) -> None:
    """Also across the gap between groups and across rows."""
    assert _marked(_lines(Span(start, end))) == _CONTENT[start:end]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Narrow terminals get rows of eight bytes."""
    gutter, lines = excerpt(
        HeldSources(_CONTENT), "a.bin", Span(0x5C, 0x1F3), Style(width=width), "error"
    )
    assert max(gutter + 3 + len(body) for _, body in lines) <= width


def test_a_long_span_shows_its_ends_and_says_what_it_leaves_out() -> None:
    """The number of bytes not shown is what lies between the rows shown."""
    lines = _lines(Span(0x5C, 0x1F3))
    offsets = [left for left, _ in lines if left.startswith("0x")]
    assert offsets == ["0x0050", "0x0060", "0x0070", "0x01f0"]
    assert ("…", "368 bytes not shown") in lines


def test_an_empty_span_at_the_end_is_one_caret_after_the_last_byte() -> None:
    """Missing bytes are marked where they should be."""
    lines = _lines(Span(3, 3), content=b"abc")
    assert lines[0][1].startswith("61 62 63  ")
    assert lines[1][1] == " " * 9 + "^"


def test_an_empty_span_after_a_full_row_has_a_row_of_its_own() -> None:
    """The caret does not disappear when the content ends with a row."""
    lines = _lines(Span(16, 16), content=bytes(16))
    assert [left for left, _ in lines] == ["0x0000", "0x0010", ""]
    assert lines[-1][1] == "^"


def test_a_span_beyond_the_content_does_no_harm() -> None:
    """Offsets that a hostile file declares may lie anywhere."""
    assert len(_lines(Span(1 << 62, (1 << 62) + 8), content=b"abc")) <= 2


def test_a_file_that_is_gone_has_no_excerpt() -> None:
    """The report goes on without one."""
    assert _lines(Span(0, 4), content=b"") == []


def test_colour_marks_bytes_and_text_and_nothing_else() -> None:
    """Without its sequences the coloured row is the plain one."""
    plain, coloured = _lines(Span(3, 5)), _lines(Span(3, 5), Style(width=100, colour=True))
    bare = [(left, re.sub(r"\x1b\[[0-9;]*m", "", body)) for left, body in coloured]
    assert bare == plain
    assert "\x1b[1;31m03\x1b[0m \x1b[1;31m04\x1b[0m" in coloured[0][1]
