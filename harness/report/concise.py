"""One line a finding, for editors, logs and `grep`."""

from __future__ import annotations

from collections.abc import Iterator

from harness.findings.message import headline, statement
from harness.findings.model import Finding
from harness.report.escape import visible, visible_name
from harness.report.model import Report


def concise_lines(report: Report) -> Iterator[str]:
    """Yield each finding as `file:0xSTART-0xEND: severity CODE name (rule): path: message`.

    A finding in a schema, manifest or policy has `file:line:column` in front.
    """
    yield from (finding_line(finding) for finding in report.findings)


def finding_line(finding: Finding) -> str:
    """Return one finding as one line."""
    path = f"{finding.path}: " if finding.path else ""
    said = f"{finding.severity} {headline(finding)}: {path}{statement(finding)}"
    return f"{_where(finding)}: {visible(said)}"


def _where(finding: Finding) -> str:
    """File and position; the place of a rule counts only where there are no bytes to point at."""
    name = visible_name(finding.file)
    if finding.span is not None:
        return f"{name}:0x{finding.span.start:x}-0x{finding.span.end:x}"
    place = finding.source
    if place is not None and place.file == finding.file:
        return f"{name}:{place.line}:{place.column}"
    return name
