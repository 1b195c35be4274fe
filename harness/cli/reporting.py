"""From results to a report on its way: what validation found, as renderers want it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from harness.cli.output import style_for, write_report
from harness.cli.sources import FileSources
from harness.findings.model import Finding, sort_key
from harness.report.formats import Look, render
from harness.report.model import FileReport, Report
from harness.validation import Result


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where the report goes and how it looks.

    Attributes:
        format: `text`, `concise` or `json`.
        output: a file; None for standard output.
        quiet: findings only.
        held: content that is in memory, by the name the user gave it.
    """

    format: str
    output: Path | None = None
    quiet: bool = False
    held: Mapping[str, bytes] = {}


def deliver(report: Report, destination: Destination) -> int:
    """Write a report where it belongs and return its exit code."""
    stream = None if destination.output is not None else sys.stdout
    look = Look(
        format=destination.format,
        style=style_for(stream, os.environ),
        quiet=destination.quiet,
    )
    write_report(render(report, look, FileSources(destination.held)), destination.output)
    return report.exit_code


def file_report(results: Iterable[Result], contracts: tuple[str, ...]) -> FileReport:
    """Return what one file was judged by, plainly and by contracts, as one entry.

    Args:
        results: of the same file, one at least.
        contracts: names of the consumers whose contracts were laid over it.
    """
    several = tuple(results)
    first = several[0]
    if len(several) == 1:
        return _of_one(first, contracts)
    companions = {one: None for result in several for one in result.companions}
    dropped: dict[str, int] = {}
    for result in several:
        for code, number in result.dropped.items():
            dropped[code] = max(number, dropped.get(code, 0))
    return FileReport(
        file=first.file,
        checked=all(result.checked for result in several),
        valid=all(result.valid for result in several),
        in_contract=all(result.in_contract for result in several),
        reason=next((result.reason for result in several if result.reason), ""),
        size=first.size,
        sha256=first.sha256,
        schema=first.schema,
        engine=_slowest(several),
        lenient=first.lenient,
        companions=tuple(companions),
        contracts=contracts,
        dropped=dropped,
    )


def _of_one(result: Result, contracts: tuple[str, ...]) -> FileReport:
    """The entry of a file that was judged once, as most are."""
    return FileReport(
        file=result.file,
        checked=result.checked,
        valid=result.valid,
        in_contract=result.in_contract,
        reason=result.reason,
        size=result.size,
        sha256=result.sha256,
        schema=result.schema,
        engine=result.engine,
        lenient=result.lenient,
        companions=result.companions,
        contracts=contracts,
        dropped=result.dropped,
    )


def _slowest(results: Iterable[Result]) -> str:
    """The engine of a file that was read several times: the reference reader if it did any."""
    return max((result.engine for result in results), default="")


def each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of output, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=sort_key))
