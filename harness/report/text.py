"""Findings for people: a headline, where it is, the bytes, the values, the rule and the remedy."""

from __future__ import annotations

from collections.abc import Iterator

from harness.findings.message import headline, help_text, statement
from harness.findings.model import Finding, Place
from harness.report.escape import cell_width, clip, visible, visible_name
from harness.report.hexdump import excerpt
from harness.report.model import Refusal
from harness.report.sources import Sources
from harness.report.style import SEVERITY_ROLE, Role, Style

_LEAST_GUTTER = 4


def finding_lines(finding: Finding, sources: Sources, style: Style) -> Iterator[str]:
    """Yield one finding as lines of text, without line ends; the last line is empty."""
    role = SEVERITY_ROLE[finding.severity]
    gutter, dump = _dump(finding, sources, style, role)
    place = finding.source
    is_in_rules = place is not None and place.file == finding.file
    yield _headline(finding, style, role)
    if not is_in_rules:
        yield _arrow(gutter, _where(finding), style)
    yield from (_framed(gutter, left, body, style) for left, body in dump)
    notes = [_framed_note(gutter, label, said, style) for label, said in _notes(finding)]
    yield from () if is_in_rules else notes
    if place is not None:
        label = "" if is_in_rules else "rule: "
        yield _arrow(gutter, f"{label}{visible_name(str(place))}", style)
        yield from _source_lines(place, gutter, sources, style, role)
    yield from notes if is_in_rules else ()
    yield ""


def refusal_lines(refusal: Refusal, sources: Sources, style: Style) -> Iterator[str]:
    """Yield why a command did not begin as lines of text; the last one is empty."""
    yield f"{style.paint('error', 'error')}: {visible(refusal.message)}"
    yield from place_lines(refusal.place, sources, style)
    yield ""


def place_lines(place: Place, sources: Sources, style: Style) -> Iterator[str]:
    """Yield a place in a schema, manifest or policy with its line and a caret."""
    gutter = max(_LEAST_GUTTER, len(str(place.line)))
    yield _arrow(gutter, visible_name(str(place)), style)
    yield from _source_lines(place, gutter, sources, style, "error")


def _headline(finding: Finding, style: Style, role: Role) -> str:
    severity = style.paint(f"{finding.severity}[{finding.code}]", role)
    name = headline(finding).removeprefix(f"{finding.code} ")
    return f"{severity} {style.paint(visible(name), 'strong')}: {visible(statement(finding))}"


def _where(finding: Finding) -> str:
    """The file with the symbolic and the concrete place in it."""
    span = f"({finding.span})" if finding.span is not None else ""
    inside = " ".join(part for part in (finding.path, span) if part)
    name = visible_name(finding.file)
    return f"{name}: {visible(inside)}" if inside else name


def _dump(
    finding: Finding, sources: Sources, style: Style, role: Role
) -> tuple[int, list[tuple[str, str]]]:
    width, lines = 0, list[tuple[str, str]]()
    if finding.span is not None:
        width, lines = excerpt(sources, finding.file, finding.span, style, role)
    if lines:
        lines = [("", ""), *lines, ("", "")]
    line_number = len(str(finding.source.line)) if finding.source is not None else 0
    return max(_LEAST_GUTTER, width, line_number), lines


def _notes(finding: Finding) -> Iterator[tuple[str, str]]:
    """What the headline does not say already."""
    said = statement(finding)
    if finding.expected and finding.expected not in said:
        yield "expected", finding.expected
    if finding.actual and finding.actual not in said:
        yield "actual", finding.actual
    yield "help", help_text(finding)


def _source_lines(
    place: Place, gutter: int, sources: Sources, style: Style, role: Role
) -> Iterator[str]:
    line = sources.line(place.file, place.line)
    if line:
        text, column = _window(line, place.column, style.width - gutter - 3)
        yield _framed(gutter, str(place.line), text, style)
        yield _framed(gutter, "", " " * column + style.paint("^", role), style)


def _window(line: str, column: int, width: int) -> tuple[str, int]:
    """The part of a line around `column` that fits, and the cell of the caret in it."""
    indent = min(len(line) - len(line.lstrip()), column - 1)
    before, after = visible(line[indent : column - 1]), visible(line[column - 1 :])
    if cell_width(before) > width // 2:
        before = "…" + before[-(width // 3) :]
    return clip(before + after, width), cell_width(before)


def _arrow(gutter: int, text: str, style: Style) -> str:
    return f"{' ' * (gutter - 2)}{style.paint('-->', 'frame')} {text}"


def _framed(gutter: int, left: str, body: str, style: Style) -> str:
    return f"{style.paint(f'{left:>{gutter}} |', 'frame')} {body}".rstrip()


def _framed_note(gutter: int, label: str, said: str, style: Style) -> str:
    mark = style.paint(f"{'':>{gutter}} =", "frame")
    return f"{mark} {style.paint(f'{label}:', 'strong')} {visible(said)}"
