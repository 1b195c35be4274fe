"""A whole report of format coverage as text: what was not counted, matrices, domains, summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.coverage.views import Coverage
from harness.findings.message import statement
from harness.findings.model import Finding
from harness.report.concise import finding_line
from harness.report.coverage_text import Shown, coverage_lines
from harness.report.escape import visible
from harness.report.model import Report
from harness.report.sources import Sources
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.summary import summary_lines
from harness.report.text import finding_lines
from harness.report.words import count

_UNCOUNTED = frozenset({"V806", "L606"})
_SHORTFALL = "V805"
_NAMES_SHOWN = 10


def page_lines(
    report: Report, coverage: Coverage | None, shown: Shown, style: Style, sources: Sources
) -> Iterator[str]:
    """Yield a report as lines of text.

    Args:
        report: the files and all findings.
        coverage: what was counted; None where the schema could not be used.
        shown: how much of it.
        style: of the stream.
        sources: where excerpts come from.
    """
    if shown.quiet:
        yield from (finding_line(finding) for finding in report.findings)
        return
    by_code: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_code.setdefault(finding.code, []).append(finding)
    for code, findings in by_code.items():
        if not code.startswith("V") and code not in _UNCOUNTED:
            for finding in findings:
                yield from finding_lines(finding, sources, style)
    is_measured = coverage is not None and coverage.tally.schema != ""
    if coverage is not None and is_measured:
        yield from coverage_lines(coverage, report.findings, shown, style)
        yield from (_line(finding, style) for finding in by_code.get(_SHORTFALL, ()))
    yield from _uncounted([one for code in _UNCOUNTED for one in by_code.get(code, ())], style)
    yield from _left_out(shown.left_out)
    if coverage is not None and is_measured:
        yield from _counted(coverage, style)
    yield from summary_lines(report, style)


def _line(finding: Finding, style: Style) -> str:
    code = style.paint(finding.code, SEVERITY_ROLE[finding.severity])
    return f"{code} {visible(finding.path)}: {visible(statement(finding))}"


def _uncounted(findings: list[Finding], style: Style) -> Iterator[str]:
    """Say which files count for nothing, and why."""
    for finding in findings[:_NAMES_SHOWN]:
        code = style.paint(finding.code, SEVERITY_ROLE[finding.severity])
        yield f"{code} {visible(finding.file)}: {visible(statement(finding))}"
    if len(findings) > _NAMES_SHOWN:
        more = count(len(findings) - _NAMES_SHOWN, "more file")
        yield f"{more} not counted (--format json lists all)"


def _left_out(left_out: Mapping[str, int]) -> Iterator[str]:
    if left_out:
        codes = ", ".join(f"{code} {number:,}" for code, number in sorted(left_out.items()))
        yield f"{count(sum(left_out.values()), 'finding')} beyond --max-findings not shown: {codes}"


def _counted(coverage: Coverage, style: Style) -> Iterator[str]:
    """Say how much of the content the figures are of, unless it is all of it."""
    tally = coverage.tally
    others = tally.invalid + len(tally.unmeasured)
    if others:
        said = style.paint(f"{others:,} not counted", "warning")
        yield f"the figures are of {count(tally.valid, 'valid file')}; {said}"
