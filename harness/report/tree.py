"""A read file for people: offset, hex and text beside the tree, findings marked in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from harness.findings.message import headline, statement
from harness.findings.model import Finding, Severity, Span
from harness.reading import View
from harness.report.escape import cell_width, clip, pad, visible, wrap
from harness.report.fold import UNREAD_CODES, Found, Hidden, Item, Row
from harness.report.hexdump import ascii_of
from harness.report.style import SEVERITY_ROLE, Role, Style
from harness.report.words import count

_ROW_BYTES = 8
_WIDE_ROW_BYTES = 16
_WIDE_FROM_CELLS = 132
_ROWS_OF_VALUE = 3
_NAME_CELLS = 12
_MARKS: dict[Severity, tuple[str, str]] = {
    Severity.ERROR: ("✗", "x"),
    Severity.WARNING: ("▲", "!"),
    Severity.NOTE: ("·", "."),
}

Content = Callable[[int, int], bytes]


class TreeView(msgspec.Struct, frozen=True, kw_only=True):
    """How a tree is to be drawn.

    Attributes:
        style: colour, width and characters.
        size: bytes in the file.
        everything: show all bytes of long values.
    """

    style: Style
    size: int
    everything: bool = False

    @property
    def digits(self) -> int:
        """Hexadecimal digits of an offset."""
        return max(4, len(f"{self.size:x}"))

    @property
    def per_row(self) -> int:
        """Bytes in a row."""
        return _WIDE_ROW_BYTES if self.style.width >= _WIDE_FROM_CELLS else _ROW_BYTES

    @property
    def tree_cells(self) -> int:
        """Cells that are left for the tree."""
        return max(16, self.style.width - self.digits - 4 * self.per_row - 4)

    def indent(self, level: int) -> str:
        """Blanks before a node; deep ones share the last column that leaves room for a name."""
        return "  " * min(level, (self.tree_cells - _NAME_CELLS) // 2)


def tree_lines(items: Iterable[Item], content: Content, tree: TreeView) -> Iterator[str]:
    """Yield the tree as lines of text.

    Args:
        items: what to show, from `fold.arrange`.
        content: returns the bytes `[start, end)` of the file.
        tree: how to draw it.
    """
    for item in items:
        match item:
            case Row():
                yield from _row_lines(item, content, tree)
            case Hidden():
                more = f"{tree.style.glyph('…', '...')} {item.count:,} more"
                yield _line(tree, "", b"", _indented(tree, item.indent, more, "dim"))
            case Found():
                yield from _found_lines(item, content, tree)


def header_line(tree: TreeView) -> str:
    """Return the line above the tree that says what the columns are."""
    style, bar = tree.style, tree.style.glyph("│", "|")
    hex_title, text_title = pad("bytes", tree.per_row * 3 - 1), pad("text", tree.per_row)
    return style.paint(f" {pad('at', tree.digits)}{bar}{hex_title}{bar}{text_title}{bar}", "dim")


def _row_lines(row: Row, content: Content, tree: TreeView) -> Iterator[str]:
    view = row.view
    severity = min((one.severity for one in row.findings), key=_rank, default=None)
    mark = _mark(severity, tree) if severity is not None else " "
    label = _label(row, tree)
    if view.kind == "value" and view.span is not None and view.start < view.end:
        role = SEVERITY_ROLE[severity] if severity is not None else _role(view)
        yield from _value_lines(view.span, content, tree, (mark, label, role))
    else:
        yield _line(tree, mark, b"", label, offset=view.start if view.span is not None else None)


def _value_lines(
    span: Span, content: Content, tree: TreeView, drawn: tuple[str, str, Role]
) -> Iterator[str]:
    """The rows of a value: its bytes, a long one cut short."""
    mark, label, role = drawn
    limit = span.end if tree.everything else span.start + _ROWS_OF_VALUE * tree.per_row
    for start in range(span.start, min(span.end, limit), tree.per_row):
        data = content(start, min(span.end, start + tree.per_row))
        yield _line(tree, mark, data, label, offset=start, role=role)
        mark, label = " ", ""
    if limit < span.end:
        left = f"{tree.style.glyph('…', '...')} {count(span.end - limit, 'more byte')}"
        yield _line(tree, " ", b"", "", hex_text=left)


def _found_lines(found: Found, content: Content, tree: TreeView) -> Iterator[str]:
    """A finding below the node it is about; bytes that nobody read are shown with it."""
    finding = found.finding
    role = SEVERITY_ROLE[finding.severity]
    if finding.code in UNREAD_CODES and finding.span is not None:
        yield from _unread_lines(finding, finding.span, found.indent + 1, content, tree)
    corner, room = tree.style.glyph("╰─ ", "'- "), max(20, tree.style.width - 6)
    said = f"{finding.severity} {headline(finding)}: {_place(found)}{statement(finding)}"
    if finding.span is not None:
        said += f" ({finding.span})"
    for at, line in enumerate(wrap(visible(said), room)):
        yield f"  {tree.style.paint((corner if at == 0 else '   ') + line, role)}"


def _unread_lines(
    finding: Finding, span: Span, indent: int, content: Content, tree: TreeView
) -> Iterator[str]:
    role = SEVERITY_ROLE[finding.severity]
    label = _indented(tree, indent, f"({count(span.end - span.start, 'unread byte')})", role)
    yield from _value_lines(span, content, tree, (_mark(finding.severity, tree), label, role))


def _place(found: Found) -> str:
    """The path, where it is not that of the row above."""
    path = found.finding.path
    return f"{path}: " if path and path != found.at else ""


def _rank(severity: Severity) -> int:
    return severity.rank


def _mark(severity: Severity, tree: TreeView) -> str:
    return tree.style.paint(tree.style.glyph(*_MARKS[severity]), SEVERITY_ROLE[severity])


def _line(
    tree: TreeView,
    mark: str,
    data: bytes,
    label: str,
    *,
    offset: int | None = None,
    role: Role = "dim",
    hex_text: str = "",
) -> str:
    """One line: mark, offset, hex, text, tree."""
    style, per_row = tree.style, tree.per_row
    bar = style.paint(style.glyph("│", "|"), "frame")
    at = " " * tree.digits if offset is None else f"{offset:0{tree.digits}x}"
    pairs = pad(hex_text or data.hex(" "), per_row * 3 - 1)
    text = pad(ascii_of(data), per_row)
    row = f"{mark or ' '}{style.paint(at, 'dim')}{bar}{style.paint(pairs, role)}{bar}"
    return f"{row}{style.paint(text, role)}{bar}{label}".rstrip()


def _label(row: Row, tree: TreeView) -> str:
    """The tree column of a node: its name and value, and what else there is room for."""
    view = row.view
    indent = tree.indent(row.indent)
    room = max(0, tree.tree_cells - len(indent))
    value = _value(view, tree)
    name = visible(view.name)
    said = f"{name}: {value}" if value else name
    extra = next((one for one in _extras(view) if cell_width(said + one) <= room), "")
    shown = clip(said, room)
    painted = tree.style.paint(shown[: len(name)], "strong" if _holds(view) else "name")
    painted += tree.style.paint(shown[len(name) :], _role(view))
    return f"{indent}{painted}{tree.style.paint(extra, 'type')}"


def _extras(view: View) -> Iterator[str]:
    """What may stand after name and value, the longest first."""
    label = visible(view.label)
    if _holds(view):
        yield f" ({label}, {count(view.end - view.start, 'byte')})"
    if label:
        yield f" ({label})"


def _indented(tree: TreeView, indent: int, text: str, role: Role) -> str:
    return tree.indent(indent) + tree.style.paint(text, role)


def _holds(view: View) -> bool:
    """Whether the node is made of others, that follow it."""
    return view.kind in ("struct", "array")


def _value(view: View, tree: TreeView) -> str:
    """A value as text; raw bytes stand in the hex column already."""
    if view.kind == "shared":
        return f"{tree.style.glyph('→', '->')} {visible(view.text)}"
    if view.text:
        return visible(view.text)
    match view.value:
        case int():
            return str(view.value) if view.value < 10 else f"{view.value} {view.value:#x}"
        case str():
            return f'"{visible(view.value)}"'
        case float():
            return repr(view.value)
        case _:
            return ""


def _role(view: View) -> Role:
    match view.value:
        case bool() | int() | float():
            return "value"
        case str():
            return "text"
        case _:
            return "dim"
