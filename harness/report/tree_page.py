"""The page that `inspect` shows: a title, the tree, findings of other files, and a summary."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reading import Reading, gaps, unread, views
from harness.report.escape import visible, visible_name
from harness.report.fold import Selection, arrange
from harness.report.gap_rows import with_gaps
from harness.report.model import Report
from harness.report.sources import Sources
from harness.report.style import Style
from harness.report.summary import summary_lines
from harness.report.text import finding_lines
from harness.report.tree import TreeView, header_line, tree_lines
from harness.report.words import count


def page_lines(
    report: Report, reading: Reading | None, selection: Selection, sources: Sources, style: Style
) -> Iterator[str]:
    """Yield the page as lines of text.

    Args:
        report: of one file.
        reading: its tree; None where it could not be read.
        selection: what of the tree to show.
        sources: where its bytes come from.
        style: how it may look.
    """
    file = report.files[0].file
    here = [one for one in report.findings if one.file == file and reading is not None]
    if reading is not None:
        size = count(reading.size, "byte")
        yield f"{style.paint(visible_name(file), 'strong')}: {visible(reading.schema.id)}, {size}"
        yield ""
        tree = TreeView(style=style, size=reading.size, everything=selection.everything)
        yield header_line(tree)
        nodes = with_gaps(views(reading), gaps(reading), here)
        items = arrange(nodes, here, selection)
        yield from tree_lines(items, lambda start, end: sources.content(file, start, end), tree)
        yield ""
        yield from _unread(unread(reading))
        yield from _elsewhere(sum(not selection.covers(one.path) for one in here), selection)
    for finding in report.findings:
        if finding not in here:
            yield from finding_lines(finding, sources, style)
    yield from summary_lines(report, style)


def _unread(number: int) -> Iterator[str]:
    """Instances that a lazy reader has left alone."""
    if number:
        yield f"{count(number, 'instance')} not read, since nothing asked (--instances)"


def _elsewhere(number: int, selection: Selection) -> Iterator[str]:
    """Findings that the chosen part of the tree does not show."""
    if number:
        yield f"{count(number, 'finding')} outside `{visible(selection.path)}` not shown"
