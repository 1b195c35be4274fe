"""Automatic domains for people: one line a domain, type by type, the missing points marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from harness.coverage.domains import Kind
from harness.coverage.findings import share
from harness.coverage.views import CellView, Coverage, DomainView
from harness.report.escape import cell_width, clip, pad, visible
from harness.report.style import Role, Style
from harness.report.words import count, short_number

_LONGEST_LABEL = 36
_LEAST_CELLS = 20
_GAP = "   "
# What is told of a field, where it is not its value.
_SAID: dict[Kind, str] = {
    "order": "byte order",
    "present": " if",
    "count": " items",
    "case": " case",
    "limit": " limit",
    "rule": "",
}


def domain_lines(
    coverage: Coverage, style: Style, *, domains: bool, missing: bool
) -> Iterator[str]:
    """Yield the automatic domains, or one line about them.

    Args:
        coverage: what was counted.
        style: of the stream.
        domains: whether to show them point by point.
        missing: of each, only the points that are missing.
    """
    used = sum(domain.used for domain in coverage.domains)
    wanted = sum(domain.wanted for domain in coverage.domains)
    if domains:
        yield from _types(coverage, style, missing=missing)
    said = share(used, wanted).replace("cells", "points")
    hint = "" if domains else "; --domains shows them"
    yield f"{style.paint('automatic domains', 'strong')}: {said}{hint}"
    if coverage.model.left_out:
        left = count(coverage.model.left_out, "domain")
        yield style.paint(f"{left} more than are counted", "warning")


def _types(coverage: Coverage, style: Style, *, missing: bool) -> Iterator[str]:
    for name, group in groupby(coverage.domains, key=lambda view: view.domain.type):
        views = list(group)
        short = visible(name.removeprefix(f"{coverage.model.schema}::"))
        type_ = next((view.points[0] for view in views if view.domain.kind == "type"), None)
        if type_ is not None and type_.state != "used":
            yield f"{style.paint(short, 'strong')}: {style.paint('never seen', 'warning')}"
            continue
        lines = list(_of_type([view for view in views if _has(view, missing)], style, missing))
        if lines:
            yield style.paint(short, "strong") + style.paint(_seen(type_), "dim")
            yield from lines


def _seen(type_: CellView | None) -> str:
    if type_ is None or type_.count is None:
        return ""
    return f"  {count(type_.count.uses, 'time')} in {count(type_.count.files, 'file')}"


def _has(view: DomainView, missing: bool) -> bool:  # noqa: FBT001  # what the user asked for
    return view.domain.kind != "type" and not (missing and view.used == view.wanted)


def _of_type(views: list[DomainView], style: Style, missing: bool) -> Iterator[str]:  # noqa: FBT001  # see above
    labels = [clip(_label(view), _LONGEST_LABEL) for view in views]
    width = max((cell_width(label) for label in labels), default=0)
    room = max(_LEAST_CELLS, style.width - width - 3)
    for view, label in zip(views, labels, strict=True):
        chosen = [point for point in view.points if not missing or point.state != "used"]
        lead = style.paint(pad(label, width), "name")
        for line in _folded([_point(point, style) for point in chosen], room, style):
            yield f"  {lead} {line}"
            lead = " " * width


def _label(view: DomainView) -> str:
    kind, field = view.domain.kind, visible(view.domain.field)
    if kind == "rule":
        return f"rule {field}"
    return f"{field}{_SAID.get(kind, '')}"


def _point(point: CellView, style: Style) -> tuple[str, str, Role]:
    """Name, count or mark, and the colour of both."""
    name = visible(point.name)
    if point.state == "used" and point.count is not None:
        return name, short_number(point.count.uses), "dim"
    mark = "!" if point.state == "invalid-only" else style.glyph("·", ".")
    return name, mark, "warning"


def _folded(points: Iterable[tuple[str, str, Role]], room: int, style: Style) -> Iterator[str]:
    """Yield points side by side, as many as fit in a line."""
    line, used = "", 0
    for name, number, role in points:
        width = cell_width(name) + 2 + len(number)
        if line and used + len(_GAP) + width > room:
            yield line
            line, used = "", 0
        lead = style.paint(f"{name}:", role) if role == "warning" else f"{name}:"
        gap = _GAP if line else ""
        line += f"{gap}{lead} {style.paint(number, role)}"
        used += len(gap) + width
    if line:
        yield line
