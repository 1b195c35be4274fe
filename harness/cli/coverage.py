"""`harness coverage`: what a set of contents uses of what its schema offers."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from harness import __version__
from harness.cli import options
from harness.cli.exit_codes import INTERRUPTED, NOTHING, ExitCode, first_of, row_of_all
from harness.cli.measuring import Measured, measure_all
from harness.cli.output import refuse_overwriting, style_for, write_report
from harness.cli.overwriting import refuse_overwriting_walked
from harness.cli.reporting import each_once
from harness.cli.sources import FileSources
from harness.cli.standard_input import KeptInput
from harness.coverage import model as model_of
from harness.coverage.findings import gaps, shortfalls
from harness.coverage.views import Coverage
from harness.coverage.views import coverage as coverage_of
from harness.findings.model import Finding, Severity
from harness.report.coverage_json import coverage_json
from harness.report.coverage_page import page_lines
from harness.report.coverage_text import Shown
from harness.report.model import Report
from harness.schema import SchemaError, load
from harness.schema.library import find
from harness.validation import Request

_EXAMPLES = """\b
Examples:
  harness coverage --schema channel_file released/ --with definitions=definitions.bin
  harness coverage --schema tzif /usr/share/zoneinfo --domains --missing
  harness coverage --schema channel_file released/ --with definitions=definitions.bin \\
      --fail-under 80 --fail-on warning
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `coverage`."""

    corpus: tuple[str, ...]
    schema: str
    import_paths: tuple[Path, ...]
    companions: Mapping[str, Path]
    format_name: str
    output: Path | None
    domains: bool
    missing: bool
    fail_under: float | None
    fail_on: Severity
    max_findings: int
    quiet: bool


def _number(_context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Refuse what is no number: no share is smaller than that, and nothing would be checked."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("it is no number", param=option)
    return value


@click.command(epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, metavar="CORPUS...")
@click.option(
    "-s", "--schema", metavar="NAME|FILE", required=True, help="Schema of all the content."
)
@options.import_path_option
@options.with_option
@options.format_option("text", "json")
@options.output_option
@click.option("--domains", is_flag=True, help="Also show the automatic domains.")
@click.option("--missing", is_flag=True, help="List what is missing instead of what is there.")
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    callback=_number,
    help="A matrix of which content uses a smaller share is a finding.",
)
@options.fail_on_option
@options.max_findings_option
@options.quiet_option
def coverage(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Count which cells of the schema's matrices the content of each CORPUS uses.

    A matrix is a `-coverage` entry of the schema. Folders are walked; `-` is standard input.
    Invalid content is named, and counts for nothing.
    """
    wanted = Options(**given)
    read: tuple[str | Path, ...] = (*wanted.corpus, *wanted.companions.values(), wanted.schema)
    refuse_overwriting(wanted.output, read)
    refuse_overwriting_walked(wanted.output, wanted.corpus, wanted.schema)
    kept = KeptInput()
    measured, found = _measure(wanted, kept)
    about_cells = [] if found is None else list(_about_cells(wanted, found))
    shown = Shown(
        domains=wanted.domains,
        missing=wanted.missing,
        quiet=wanted.quiet,
        left_out=Counter(finding.code for finding in about_cells[wanted.max_findings :]),
    )
    row = _row(wanted, measured, (*measured.findings, *about_cells))
    report = Report(
        command="coverage",
        outcome=row.outcome,
        exit_code=row.number,
        findings=each_once((*measured.findings, *about_cells[: wanted.max_findings])),
        files=measured.files,
    )
    write_report(_rendered(wanted, report, found, shown, kept), wanted.output)
    return report.exit_code


def _measure(wanted: Options, kept: KeptInput) -> tuple[Measured, Coverage | None]:
    """Count all content; a schema that cannot be used is a finding, and nothing is counted."""
    request = Request(
        schema=wanted.schema,
        engine="reference",  # for its tree
        companions=wanted.companions,
        import_paths=wanted.import_paths,
    )
    try:
        model = model_of(load(find(wanted.schema), import_paths=wanted.import_paths))
    except SchemaError as error:
        return Measured(findings=tuple(error.findings)), None
    measured = measure_all(wanted.corpus, model, request, kept)
    return measured, coverage_of(model, measured.tally)


def _about_cells(wanted: Options, found: Coverage) -> Iterator[Finding]:
    """The worst first, so that what is left out beyond the number kept is the least of it."""
    if wanted.fail_under is not None:
        yield from shortfalls(found, wanted.fail_under, domains=wanted.domains)
    yield from gaps(found, each_cell=wanted.missing or wanted.fail_on is Severity.NOTE)


def _row(wanted: Options, measured: Measured, findings: tuple[Finding, ...]) -> ExitCode:
    rows = [row_of_all(findings, wanted.fail_on)]
    if measured.is_interrupted:
        rows.append(INTERRUPTED)
    if measured.tally.valid == 0:
        rows.append(NOTHING)
    return first_of(rows)


def _rendered(
    wanted: Options, report: Report, found: Coverage | None, shown: Shown, kept: KeptInput
) -> str:
    if wanted.format_name == "json":
        return coverage_json(report, found, shown, __version__)
    style = style_for(sys.stdout if wanted.output is None else None, os.environ)
    lines = page_lines(report, found, shown, style, FileSources(kept.held))
    return "".join(f"{line}\n" for line in lines)
