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
from harness.gate.policy import Policy, PolicyError, load
from harness.gate.run import decide
from harness.gate.verdict import Kind, Verdict
from harness.report.model import Refusal, Report

_EXAMPLES = """\b
Examples:
  harness gate candidate.bin --policy gate.toml
  harness gate candidate.bin --policy gate.toml --last-good released.bin --report out/
"""
_JSON, _TEXT = "verdict.json", "verdict.txt"
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
    max_bytes: int | None
    engine: Any

    @property
    def reports(self) -> tuple[Path, ...]:
        """The files of the report folder, for machines and for people."""
        return () if self.report is None else (self.report / _JSON, self.report / _TEXT)


@click.command(epilog=_EXAMPLES)
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option(
    "--policy", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The policy."
)
@click.option(
    "--last-good",
    metavar="FILE",
    type=click.Path(path_type=Path),
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
@options.engine_option
@options.gate_max_bytes_option
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
    for written in (wanted.output, *wanted.reports):
        refuse_overwriting(written, read)
    # whatever becomes of this run, no verdict of an earlier one may be taken for its own
    for old in wanted.reports:
        old.unlink(missing_ok=True)
    _check_last_good(wanted.last_good)
    try:
        policy = load(wanted.policy, last_good=wanted.last_good)
    except PolicyError as error:
        _deliver_refusal(error, wanted)
        raise
    verdict = _decided(policy, wanted)
    report = _report(verdict)
    _write_folder(report, wanted.reports)
    return deliver(report, _destination(wanted))


def _check_last_good(file: Path | None) -> None:
    if file is not None and not file.is_file():
        raise click.BadParameter(f"`{file}` is no file", param_hint="'--last-good'")


def _decided(policy: Policy, wanted: Options) -> Verdict:
    case = Case(
        wanted.candidate,
        policy,
        companions=wanted.companions,
        environment=os.environ,
        clock=time.monotonic,
        max_bytes=wanted.max_bytes,
        engine=wanted.engine,
    )
    with Progress() as progress:
        return decide(case, dt.datetime.now(tz=dt.UTC).date(), progress.update)


def _destination(wanted: Options) -> Destination:
    return Destination(format=wanted.format_name, output=wanted.output, quiet=wanted.quiet)


def _deliver_refusal(error: PolicyError, wanted: Options) -> None:
    """Leave word that nothing was decided, where a verdict is looked for.

    People at a terminal read it on standard error.
    """
    report = Report(
        command="gate",
        outcome=REFUSED.outcome,
        exit_code=REFUSED.number,
        refusals=(Refusal(error.place, error.message),),
    )
    _write_folder(report, wanted.reports)
    if wanted.output is not None or wanted.format_name == "json":
        deliver(report, _destination(wanted))


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


def _write_folder(report: Report, files: tuple[Path, ...]) -> None:
    """Write the verdict for machines and for people."""
    for form, file in zip(("json", "text"), files, strict=False):
        file.parent.mkdir(parents=True, exist_ok=True)
        deliver(report, Destination(format=form, output=file))
