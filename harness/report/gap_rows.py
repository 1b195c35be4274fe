"""Rows for bytes that stand in no value, so that a tree beside its bytes leaves none out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.findings.model import Finding, Span
from harness.reading import Gap, View, outside
from harness.report.fold import UNREAD_CODES
from harness.report.words import count

# The path of bytes that belong to no node: below the top, and no name that a schema could give.
_NOWHERE = "\0"


def with_gaps(
    views: Iterable[View], gaps: Iterable[Gap], findings: Iterable[Finding]
) -> Iterator[View]:
    """Yield the nodes of a tree, and one more for each gap between their bytes.

    Bytes that a field took, such as a terminator, follow the value before them, and are folded
    and chosen with it. Those that nothing read come last.

    Args:
        views: the whole tree, in pre-order.
        gaps: of the same file.
        findings: of the same file; those about unread bytes show these themselves.
    """
    shown = [one.span for one in findings if one.code in UNREAD_CODES and one.span is not None]
    taken = {gap.span.start: gap.span for gap in gaps if gap.was_read}
    around: dict[int, bool] = {}
    for view in views:
        yield view
        around[view.depth] = view.kind == "array"
        if view.kind == "value" and view.end in taken:
            depth = view.depth + around.get(view.depth - 1, False)
            yield _view(taken.pop(view.end), "terminator or padding", view.path, depth)
    for span in taken.values():
        yield _view(span, "in no value", _NOWHERE, 1)
    for gap in gaps:
        for span in [] if gap.was_read else outside(gap.span, shown):
            yield _view(span, "unread", _NOWHERE, 1)


def _view(span: Span, what: str, path: str, depth: int) -> View:
    return View(
        path=path,
        name=f"({what}, {count(span.end - span.start, 'byte')})",
        depth=depth,
        span=span,
        value=None,
        label="",
        kind="value",
        order=0,
        text="",
    )
