"""`harness validate`: content files against their schemas, companions and contracts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cli import options
from harness.cli.checking import Checked, check
from harness.cli.exit_codes import (
    CLEAN,
    INTERRUPTED,
    NOTHING,
    ExitCode,
    first_of,
    row_of_all,
)
from harness.cli.output import refuse_overwriting
from harness.cli.overwriting import refuse_overwriting_walked
from harness.cli.plan import plans_for
from harness.cli.reporting import Destination, deliver, each_once
from harness.cli.standard_input import KeptInput
from harness.findings.model import Finding, Severity
from harness.report.model import Report
from harness.validation import Request

_EXAMPLES = """\b
Examples:
  harness validate candidate.bin --schema channel_file --with definitions=definitions.bin
  harness validate candidate.bin --contract consumers/sensor-7.11.toml
  harness validate content/ --fail-on warning --format json --output report.json
  cat Europe/Berlin | harness validate --schema tzif -
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `validate`."""

    files: tuple[str, ...]
    schema: str | None
    import_paths: tuple[Path, ...]
    lenient: bool
    instances: bool
    companions: Mapping[str, Path]
    contracts: tuple[Path, ...]
    format_name: str
    output: Path | None
    engine: Any
    fail_on: Severity
    max_findings: int
    max_bytes: int
    quiet: bool
    strict_walk: bool


@click.command(epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.schema_option
@options.import_path_option
@options.lenient_option
@options.instances_option
@options.with_option
@options.contract_option
@options.format_option("text", "concise", "json")
@options.output_option
@options.engine_option
@options.fail_on_option
@options.max_findings_option
@options.max_bytes_option
@options.quiet_option
@click.option(
    "--strict-walk", is_flag=True, help="Files of no known schema in a folder are findings."
)
def validate(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Check that each FILE is what its schema says.

    The schema is the one given, else it is found by the name and the first bytes of the file.
    Folders are walked; `-` is standard input.
    """
    wanted = Options(**given)
    options.check_lenience(
        lenient=wanted.lenient, instances=wanted.instances, contracts=wanted.contracts
    )
    read: tuple[str | Path, ...] = (
        *wanted.files,
        *wanted.companions.values(),
        *wanted.contracts,
        wanted.schema or "",
    )
    refuse_overwriting(wanted.output, read)
    refuse_overwriting_walked(wanted.output, wanted.files, wanted.schema)
    request = Request(
        schema=wanted.schema,
        companions=wanted.companions,
        engine=wanted.engine,
        max_findings=wanted.max_findings,
        max_bytes=wanted.max_bytes,
        strict_walk=wanted.strict_walk,
        import_paths=wanted.import_paths,
        lenient=wanted.lenient,
        instances=wanted.instances,
    )
    plans, findings = plans_for(wanted.contracts, request)
    kept = KeptInput()
    checked = check(wanted.files, plans, kept)
    destination = Destination(
        format=wanted.format_name, output=wanted.output, quiet=wanted.quiet, held=kept.held
    )
    return deliver(_report(checked, findings, wanted.fail_on), destination)


def _report(checked: Checked, more: tuple[Finding, ...], fail_on: Severity) -> Report:
    findings = each_once((*checked.findings, *more))
    row = _row(checked, findings, fail_on)
    return Report(
        command="validate",
        outcome=row.outcome,
        exit_code=row.number,
        findings=findings,
        files=checked.files,
    )


def _row(checked: Checked, findings: tuple[Finding, ...], fail_on: Severity) -> ExitCode:
    """What was named and neither checked nor complained about must not pass."""
    rows = [row_of_all(findings, fail_on)]
    if checked.is_interrupted:
        rows.append(INTERRUPTED)
    if not any(file.checked for file in checked.files):
        rows.append(NOTHING)
    return first_of(rows) if rows else CLEAN
