"""The tree beside the bytes: columns in line, findings below their node."""

from __future__ import annotations

from harness.findings.model import Finding, Severity, Span
from harness.reading import View
from harness.report.escape import cell_width
from harness.report.fold import Selection, arrange
from harness.report.style import Style
from harness.report.tree import TreeView, tree_lines

_CONTENT = b"BOX\x02" + "漢".encode() + bytes(40) + b"\xff" * 4


def _view(path: str, depth: int, span: Span, value: object, kind: str = "value") -> View:
    return View(
        path=path,
        name=path or "box",
        depth=depth,
        span=span,
        value=value,  # type: ignore[arg-type]  # a parameter of the test
        label="label",
        kind=kind,  # type: ignore[arg-type]  # a parameter of the test
        order=0,
        text="",
    )


_VIEWS = [
    _view("", 0, Span(0, 47), None, "struct"),
    _view("magic", 1, Span(0, 3), b"BOX"),
    _view("count", 1, Span(3, 4), 2),
    _view("title", 1, Span(4, 7), "漢\x1b"),
    _view("body", 1, Span(7, 47), bytes(40)),
]
_FINDINGS = [
    Finding(
        code="B202",
        severity=Severity.WARNING,
        file="a",
        path="count",
        span=Span(3, 4),
        expected="3",
        actual="2",
    ),
    Finding(code="S109", severity=Severity.ERROR, file="a", span=Span(47, 51), actual="4 bytes"),
]


def _lines(style: Style, *, everything: bool = False) -> list[str]:
    tree = TreeView(style=style, size=len(_CONTENT), everything=everything)
    items = arrange(_VIEWS, _FINDINGS, Selection())
    return list(tree_lines(items, lambda start, end: _CONTENT[start:end], tree))


def test_the_tree_is_drawn_beside_its_bytes() -> None:
    """Offset, hex, text, tree; a mark and the message where something is wrong."""
    assert _lines(Style(width=80)) == [
        " 0000│                       │        │box (label, 47 bytes)",
        " 0000│42 4f 58               │BOX     │  magic (label)",
        "▲0003│02                     │.       │  count: 2 (label)",
        "  ╰─ warning B202 unexpected-value: expected 3, found 2 (bytes 0x3..0x4)",
        ' 0004│e6 bc a2               │...     │  title: "漢\\x1b" (label)',
        " 0007│00 00 00 00 00 00 00 00│........│  body (label)",
        " 000f│00 00 00 00 00 00 00 00│........│",
        " 0017│00 00 00 00 00 00 00 00│........│",
        "     │… 16 more bytes        │        │",
        "✗002f│ff ff ff ff            │....    │  (4 unread bytes)",
        "  ╰─ error S109 trailing-bytes: 4 bytes after the end of the content (bytes",
        "     0x2f..0x33)",
    ]


def test_everything_shows_every_byte() -> None:
    """Nothing is cut short."""
    shown = [line.split("│")[1] for line in _lines(Style(width=80), everything=True) if "│" in line]
    assert bytes.fromhex("".join(shown)) == _CONTENT


def test_no_line_is_wider_than_the_terminal() -> None:
    """At 60, 80, 120 and 160 columns; wide characters counted as two."""
    for width in (60, 80, 120, 160):
        assert max(map(cell_width, _lines(Style(width=width)))) <= width


def test_deep_nodes_keep_room_for_their_names() -> None:
    """However deep: the limit of depth is the schema's to choose."""
    views = [_view(f"level{depth}", depth, Span(0, 1), None, "struct") for depth in range(200)]
    for width in (60, 80, 120):
        tree = TreeView(style=Style(width=width), size=51)
        drawn = list(tree_lines(arrange(views, (), Selection()), lambda *_: b"B", tree))
        assert max(map(len, drawn)) <= width
        assert "level199" in drawn[-1]


def test_a_stream_without_unicode_gets_ascii() -> None:
    """But for what the content itself says."""
    drawn = _lines(Style(width=80, unicode=False))
    assert all(line.isascii() for line in drawn if "title" not in line)


def test_no_escape_of_the_content_gets_through() -> None:
    """Values are shown, not obeyed."""
    assert all(line.isprintable() for line in _lines(Style(width=80)))
