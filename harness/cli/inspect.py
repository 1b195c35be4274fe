"""`harness inspect`: one file as a tree beside its bytes, findings marked in place."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from harness import __version__
from harness.cli import options
from harness.cli.exit_codes import row_of_all
from harness.cli.output import refuse_overwriting, style_for, write_report
from harness.cli.plan import plans_for
from harness.cli.reporting import each_once, file_report
from harness.cli.sources import FileSources
from harness.cli.standard_input import KeptInput
from harness.findings.model import Finding, Severity
from harness.reading import unread, views
from harness.report.fold import Selection
from harness.report.model import Report
from harness.report.style import Style
from harness.report.tree_json import tree_json
from harness.report.tree_page import page_lines
from harness.validation import Request, Result, validate_paths

_EXAMPLES = """\b
Examples:
  harness inspect Europe/Berlin --schema tzif
  harness inspect candidate.bin --with definitions=definitions.bin --path 'instances[3]'
  harness inspect candidate.bin --contract consumers/sensor-7.11.toml --depth 2
  harness inspect candidate.bin --format json | jq '.nodes[] | select(.depth == 1)'
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `inspect`."""

    file: str
    schema: str | None
    import_paths: tuple[Path, ...]
    lenient: bool
    instances: bool
    companions: Mapping[str, Path]
    contracts: tuple[Path, ...]
    depth: int | None
    path: str
    everything: bool
    width: int | None
    max_findings: int
    max_bytes: int
    format_name: str
    output: Path | None


@click.command(epilog=_EXAMPLES)
@click.argument("file")
@options.schema_option
@options.import_path_option
@options.lenient_option
@options.instances_option
@options.with_option
@options.contract_option
@click.option("--depth", metavar="N", type=click.IntRange(min=0), help="Levels of the tree.")
@click.option("--path", metavar="PATH", default="", help="Only this node and what is below it.")
@click.option("--all", "everything", is_flag=True, help="Fold no arrays, cut no values short.")
@click.option("--width", metavar="N", type=click.IntRange(min=60), help="Cells in a line.")
@options.max_findings_option
@options.max_bytes_option
@options.format_option("text", "json")
@options.output_option
def inspect(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Show FILE as a tree beside its bytes, with findings marked where they are.

    Long arrays are folded; elements with findings are always shown. `-` is standard input.
    """
    wanted = Options(**given)
    options.check_lenience(
        lenient=wanted.lenient, instances=wanted.instances, contracts=wanted.contracts
    )
    read: tuple[str | Path, ...] = (
        wanted.file,
        *wanted.companions.values(),
        *wanted.contracts,
        wanted.schema or "",
    )
    refuse_overwriting(wanted.output, read)
    if Path(wanted.file).is_dir():
        raise click.UsageError(f"`{wanted.file}` is a folder; one file can be inspected at a time")
    kept = KeptInput()
    results, report = _read(wanted, kept)
    reading = results[0].reading
    selection = Selection(depth=wanted.depth, path=wanted.path, everything=wanted.everything)
    if reading is not None and not any(selection.covers(view.path) for view in views(reading)):
        raise click.UsageError(f"no node is called `{wanted.path}`")
    if wanted.format_name == "json":
        nodes = selection.of(views(reading)) if reading is not None else iter(())
        left = unread(reading) if reading is not None else 0
        text = tree_json(report, nodes, __version__, left)
    else:
        lines = page_lines(report, reading, selection, FileSources(kept.held), _style(wanted))
        text = "".join(f"{line}\n" for line in lines)
    write_report(text, wanted.output)
    return report.exit_code


def _read(wanted: Options, kept: KeptInput) -> tuple[tuple[Result, ...], Report]:
    """Read the file by each contract, or plainly; findings of all, the tree of the first."""
    request = Request(
        schema=wanted.schema,
        engine="reference",  # for its tree
        companions=wanted.companions,
        max_findings=wanted.max_findings,
        max_bytes=wanted.max_bytes,
        import_paths=wanted.import_paths,
        lenient=wanted.lenient,
        instances=wanted.instances,
    )
    plans, more = plans_for(wanted.contracts, request)
    results = tuple(
        result
        for plan in plans
        for result in validate_paths([wanted.file], plan.request, kept.stream)
    )
    found: list[Finding] = [finding for result in results for finding in result.findings]
    findings = each_once((*found, *more))
    row = row_of_all(findings, Severity.ERROR)
    contracts = tuple(plan.contract for plan in plans if plan.contract)
    report = Report(
        command="inspect",
        outcome=row.outcome,
        exit_code=row.number,
        findings=findings,
        files=(file_report(results, contracts),),
    )
    return results, report


def _style(wanted: Options) -> Style:
    style = style_for(sys.stdout if wanted.output is None else None, os.environ)
    return style if wanted.width is None else msgspec.structs.replace(style, width=wanted.width)
