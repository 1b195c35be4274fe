"""The formats of a report by name: findings, files and verdict put together as one text."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness import __version__
from harness.report.concise import concise_lines
from harness.report.json import report_json
from harness.report.model import Report
from harness.report.sources import Sources
from harness.report.style import Style
from harness.report.summary import summary_lines
from harness.report.text import finding_lines, refusal_lines
from harness.report.verdict_text import accepted_lines, stage_lines, transcript_lines, verdict_line


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How the user wants a report.

    Attributes:
        format: `text`, `concise` or `json`.
        style: of the stream that it goes to.
        quiet: findings only.
    """

    format: str
    style: Style
    quiet: bool = False


def render(report: Report, look: Look, sources: Sources) -> str:
    """Return a report as text, ready to be written.

    Args:
        report: what to say.
        look: how.
        sources: where excerpts come from.
    """
    match look.format:
        case "json":
            return report_json(report, __version__)
        case "concise":
            return _text(concise_lines(report))
        case "text":
            return _text(_lines(report, look, sources))
        case _:
            raise ValueError(f"no format is called {look.format}")


def _lines(report: Report, look: Look, sources: Sources) -> Iterator[str]:
    style, verdict = look.style, report.verdict
    if report.refusals:
        for one in report.refusals:
            yield from refusal_lines(one, sources, style)
        yield f"{style.paint('REFUSED', 'error')}: nothing was decided"
        return
    if verdict is not None and not look.quiet:
        yield from stage_lines(verdict, style)
    for finding in report.findings:
        yield from finding_lines(finding, sources, style)
    if verdict is not None and not look.quiet:
        yield from transcript_lines(verdict, style)
        yield from accepted_lines(verdict)
    if not look.quiet:
        yield from summary_lines(report, style)
    if verdict is not None:
        yield verdict_line(verdict, style)


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
