"""How what campaigns and replays found is delivered, in every format."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from harness import __version__
from harness.cli.exit_codes import ExitCode
from harness.cli.output import style_for, write_report
from harness.cli.reporting import each_once
from harness.findings.model import Finding
from harness.report.concise import concise_lines
from harness.report.json import Object, dumped, report_object
from harness.report.model import Report
from harness.report.style import Style


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What is delivered.

    Attributes:
        command: `fuzz` or `replay`.
        row: of the exit codes.
        findings: all of them.
        lines: the text for people.
        more: what the command adds to a report as JSON.
    """

    command: str
    row: ExitCode
    findings: Iterable[Finding]
    lines: Callable[[Style], Iterator[str]]
    more: Callable[[], Object]


def deliver(delivery: Delivery, format_name: str, output: Path | None) -> int:
    """Write what was found where it belongs, and return the exit code."""
    report = Report(
        command=delivery.command,
        outcome=delivery.row.outcome,
        exit_code=delivery.row.number,
        findings=each_once(delivery.findings),
    )
    match format_name:
        case "json":
            text = dumped({**report_object(report, __version__), **delivery.more()})
        case "concise":
            text = "".join(f"{line}\n" for line in concise_lines(report))
        case _:
            style = style_for(None if output is not None else sys.stdout, os.environ)
            text = "".join(f"{line}\n" for line in delivery.lines(style))
    write_report(text, output)
    return report.exit_code
