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
from harness.report.summary import count

_ROW_BYTES = 8
_WIDE_ROW_BYTES = 16
_WIDE_FROM_CELLS = 132
_ROWS_OF_VALUE = 3
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
        return max(16, self.style.width - self.digits - 4 * self.per_row - 5)


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


def _row_lines(row: Row, content: Content, tree: TreeView) -> Iterator[str]:
    view = row.view
    role = _worst(row.findings)
    mark = _mark(role[1], tree) if role else " "
    label = _label(row, tree)
    if view.kind != "value" or view.start == view.end:
        yield _line(tree, mark, b"", label, offset=view.start if view.kind != "value" else None)
        return
    yield from _value_lines(view, content, tree, (mark, label, role[0] if role else _role(view)))


def _value_lines(
    view: View, content: Content, tree: TreeView, drawn: tuple[str, str, Role]
) -> Iterator[str]:
    """The rows of a value: its bytes, a long one cut short."""
    mark, label, role = drawn
    limit = view.end if tree.everything else view.start + _ROWS_OF_VALUE * tree.per_row
    for start in range(view.start, min(view.end, limit), tree.per_row):
        data = content(start, min(view.end, start + tree.per_row))
        yield _line(tree, mark, data, label, offset=start, role=role)
        mark, label = " ", ""
    if limit < view.end:
        left = f"{tree.style.glyph('…', '...')} {count(view.end - limit, 'more byte')}"
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
    unread = View(
        path="", name="", depth=0, start=span.start, end=span.end, value=None, label="",
        kind="value", order=0,
    )  # fmt: skip
    yield from _value_lines(unread, content, tree, (_mark(finding.severity, tree), label, role))


def _place(found: Found) -> str:
    """The path, where it is not that of the row above."""
    path = found.finding.path
    return f"{path}: " if path and path != found.at else ""


def _worst(findings: tuple[Finding, ...]) -> tuple[Role, Severity] | None:
    if not findings:
        return None
    severity = min((finding.severity for finding in findings), key=lambda one: one.rank)
    return SEVERITY_ROLE[severity], severity


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
    """The tree column of a node: its name, its value, its type."""
    view = row.view
    value = _value(view)
    parts: list[tuple[str, Role]] = [(visible(view.name), "strong" if _holds(view) else "name")]
    if value:
        parts += [(": ", "dim"), (value, _role(view))]
    said = [visible(view.label)] if view.label else []
    if _holds(view):
        said.append(count(view.end - view.start, "byte"))
    if said:
        parts.append((f" ({', '.join(said)})", "type"))
    return _fitted(parts, "  " * row.indent, tree)


def _fitted(parts: list[tuple[str, Role]], indent: str, tree: TreeView) -> str:
    """Paint the parts one after the other as far as the column reaches."""
    room = tree.tree_cells - len(indent)
    written = indent
    for text, role in parts:
        shown = clip(text, max(0, room))
        written += tree.style.paint(shown, role)
        room -= cell_width(text)
    return written


def _indented(tree: TreeView, indent: int, text: str, role: Role) -> str:
    return "  " * indent + tree.style.paint(text, role)


def _holds(view: View) -> bool:
    """Whether the node is made of others."""
    return view.kind != "value"


def _value(view: View) -> str:
    """A value as text; raw bytes stand in the hex column already."""
    match view.value:
        case bool():
            return "true" if view.value else "false"
        case int():
            return str(view.value) if -10 < view.value < 10 else f"{view.value} {view.value:#x}"
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
            return "type" if view.value is None else "dim"
