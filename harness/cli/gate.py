"""`harness gate`: whether a candidate may be released, by a policy."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cli import options
from harness.cli.exit_codes import (
    CLEAN,
    FAILED,
    FINDINGS,
    INTERRUPTED,
    REFUSED,
    ExitCode,
    first_of,
    row_of,
)
from harness.cli.output import refuse_overwriting
from harness.cli.progress import Progress
from harness.cli.reporting import Destination, deliver, file_report
from harness.findings.model import Severity
from harness.gate.case import Case
from harness.gate.policy import load
from harness.gate.run import decide
from harness.gate.verdict import Kind, Verdict
from harness.report.model import Report

_EXAMPLES = """\b
Examples:
  harness gate candidate.bin --policy gate.toml
  harness gate candidate.bin --policy gate.toml --last-good released.bin --report out/
"""
_ROWS = {Kind.INTERRUPTED: INTERRUPTED, Kind.FAILED: FAILED, Kind.REFUSED: REFUSED}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `gate`."""

    candidate: Path
    policy: Path
    last_good: Path | None
    companions: Mapping[str, Path]
    report: Path | None
    format_name: str
    output: Path | None
    quiet: bool


@click.command(epilog=_EXAMPLES)
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option(
    "--policy", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The policy."
)
@click.option(
    "--last-good",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What was released before; takes the place of the policy's.",
)
@options.with_option
@options.strict_option
@click.option(
    "--report",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write verdict.json and verdict.txt there.",
)
@options.format_option("text", "concise", "json")
@options.output_option
@options.quiet_option
def gate(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Decide whether CANDIDATE may be released.

    All stages run, whatever the ones before found, and each must pass. Manifests and policies are
    trusted, since they build and run programs: do not take them from an untrusted change.
    """
    wanted = Options(**given)
    read = (wanted.candidate, wanted.policy, *wanted.companions.values())
    refuse_overwriting(wanted.output, read)
    case = Case(
        wanted.candidate,
        load(wanted.policy, last_good=wanted.last_good),
        companions=wanted.companions,
        environment=os.environ,
        clock=time.monotonic,
    )
    with Progress() as progress:
        verdict = decide(case, dt.datetime.now(tz=dt.UTC).date(), progress.update)
    report = _report(verdict)
    if wanted.report is not None:
        _write_folder(report, wanted.report)
    destination = Destination(format=wanted.format_name, output=wanted.output, quiet=wanted.quiet)
    return deliver(report, destination)


def _report(verdict: Verdict) -> Report:
    row = first_of(_rows(verdict))
    contracts = tuple(consumer.label for consumer in verdict.consumers)
    return Report(
        command="gate",
        outcome=row.outcome,
        exit_code=row.number,
        findings=verdict.findings,
        files=(file_report(verdict.results, contracts),) if verdict.results else (),
        verdict=verdict,
    )


def _rows(verdict: Verdict) -> Iterator[ExitCode]:
    yield CLEAN if verdict.is_pass else FINDINGS
    for finding in verdict.findings:
        yield row_of(finding, Severity.ERROR, lint=FINDINGS)
    for stage in verdict.stages:
        for obstacle in stage.obstacles:
            yield _ROWS[obstacle.kind]


def _write_folder(report: Report, folder: Path) -> None:
    """Write the verdict for machines and for people."""
    folder.mkdir(parents=True, exist_ok=True)
    deliver(report, Destination(format="json", output=folder / "verdict.json"))
    deliver(report, Destination(format="text", output=folder / "verdict.txt"))
