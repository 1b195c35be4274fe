"""`harness schema`: what is wrong with a schema, and what the known ones are."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cli import options
from harness.cli.exit_codes import FINDINGS, row_of_all
from harness.cli.output import refuse_overwriting, style_for, write_report
from harness.cli.reporting import Destination, deliver
from harness.findings.model import Finding, Severity
from harness.findings.registry import RULES
from harness.report.model import FileReport, Report
from harness.report.schema_page import list_lines, page_lines
from harness.schema import SchemaError, load
from harness.schema.library import find, names
from harness.schema.lint import lint

_CHECK_EXAMPLES = """\b
Examples:
  harness schema check channel_file
  harness schema check schemas/*.ksy --fail-on warning
"""
_SHOW_EXAMPLES = """\b
Examples:
  harness schema show
  harness schema show tzif
"""
_COMPILE_EXAMPLES = """\b
Examples:
  harness schema compile channel_file template_definitions
  harness schema compile channel_file --contract consumers/sensor-7.11.toml
"""
_EXPORT_EXAMPLES = """\b
Examples:
  harness schema export c channel_file --output guard
  harness schema export c channel_file --contract consumers/sensor-7.11.toml --output guard
"""
_JSON_SCHEMA_EXAMPLES = """\b
Examples:
  harness schema json-schema --output ksy.schema.json
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `schema check`."""

    schemas: tuple[str, ...]
    import_paths: tuple[Path, ...]
    lenient: bool
    format_name: str
    output: Path | None
    fail_on: Severity
    quiet: bool


@click.group()
def schema() -> None:
    """Check and show schemas."""


@schema.command(epilog=_CHECK_EXAMPLES)
@click.argument("schemas", nargs=-1, required=True, metavar="SCHEMA...")
@options.import_path_option
@options.lenient_option
@options.format_option("text", "concise", "json")
@options.output_option
@options.fail_on_option
@options.quiet_option
def check(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Find every mistake in each SCHEMA, by name or path, and show its line."""
    wanted = Options(**given)
    refuse_overwriting(wanted.output, wanted.schemas)
    files, findings = [], list[Finding]()
    for name in wanted.schemas:
        found = _lint(name, wanted)
        findings += found
        files.append(_file_report(name, found, lenient=wanted.lenient))
    row = row_of_all(findings, wanted.fail_on, lint=FINDINGS)
    report = Report(
        command="schema check",
        outcome=row.outcome,
        exit_code=row.number,
        findings=tuple(dict.fromkeys(findings)),
        files=tuple(files),
    )
    destination = Destination(format=wanted.format_name, output=wanted.output, quiet=wanted.quiet)
    return deliver(report, destination)


@schema.command(epilog=_SHOW_EXAMPLES)
@click.argument("name", required=False)
@options.import_path_option
@options.lenient_option
def show(name: str | None, import_paths: tuple[Path, ...], lenient: bool) -> int:  # noqa: FBT001  # as click gives it
    """Show the known schemas, or what one SCHEMA, by name or path, is made of."""
    style = style_for(sys.stdout, os.environ)
    if name is None:
        lines = list_lines([load(find(known)) for known in names()], style)
    else:
        found = load(find(name), import_paths=import_paths, lenient=lenient)
        lines = page_lines(found, style)
    write_report("".join(f"{line}\n" for line in lines), None)
    return 0


@schema.command("compile", epilog=_COMPILE_EXAMPLES)
@click.argument("schemas", nargs=-1, required=True, metavar="SCHEMA...")
@click.option("--cc", metavar="COMPILER", help="C compiler; else `CC`, `cc`, `gcc` or `clang`.")
@options.import_path_option
@options.contract_option
@options.format_option("text", "concise", "json")
@options.output_option
@options.quiet_option
def compile_(**given: Any) -> int:  # noqa: ANN401 -- `CompileOptions` names and types them
    """Compile each SCHEMA for the native engine, so that validating starts with it at once."""
    # only this command needs the compiler
    from harness.cli.compiling import CompileOptions, report_of  # noqa: PLC0415

    wanted = CompileOptions(**given)
    refuse_overwriting(wanted.output, (*wanted.schemas, *wanted.contracts))
    destination = Destination(format=wanted.format_name, output=wanted.output, quiet=wanted.quiet)
    return deliver(report_of(wanted, os.environ), destination)


@schema.group()
def export() -> None:
    """Write a schema in another form."""


@export.command("c", epilog=_EXPORT_EXAMPLES)
@click.argument("name", metavar="SCHEMA")
@options.import_path_option
@options.contract_option
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; those of an earlier export are replaced.",
)
def export_c(
    name: str, import_paths: tuple[Path, ...], contracts: tuple[Path, ...], output: Path
) -> int:
    """Write SCHEMA as a check in C99 that any program can build in: header, source, example."""
    # only this command needs the compiler
    from harness.cli.compiling import write_c  # noqa: PLC0415

    for path in write_c(load(find(name), import_paths=import_paths), contracts, output):
        click.echo(path)
    return 0


@schema.command("json-schema", epilog=_JSON_SCHEMA_EXAMPLES)
@click.option("--lenient", is_flag=True, help="Tolerate `-` keys that nobody knows.")
@options.output_option
def json_schema(*, lenient: bool, output: Path | None) -> int:
    """Print the JSON Schema of .ksy files, for editors: keys, their values, what they say."""
    # only this command needs the descriptions
    from harness.schema.json_schema.document import document  # noqa: PLC0415

    write_report(json.dumps(document(lenient=lenient), indent=2) + "\n", output)
    return 0


def _lint(name: str, wanted: Options) -> tuple[Finding, ...]:
    """The mistakes in one schema; a name or path that is nothing is not a schema with mistakes."""
    try:
        path = find(name)
    except SchemaError as error:
        return (_unreadable(name, error.findings[0].actual),)
    if not path.is_file():
        return (_unreadable(name, "no such file"),)
    return lint(path, wanted.import_paths, lenient=wanted.lenient)


def _unreadable(name: str, why: str) -> Finding:
    return Finding(
        code="T001",
        severity=RULES["T001"].severity,
        file=name,
        expected="a schema",
        actual=why,
    )


def _file_report(name: str, found: tuple[Finding, ...], *, lenient: bool) -> FileReport:
    return FileReport(
        file=name,
        checked=not any(finding.code.startswith("T") for finding in found),
        valid=not any(finding.severity is Severity.ERROR for finding in found),
        in_contract=True,
        lenient=lenient,
    )
