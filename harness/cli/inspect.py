"""`harness inspect`: one file as a tree beside its bytes, findings marked in place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from harness import __version__
from harness.cli import options
from harness.cli.exit_codes import CLEAN, first_of, row_of_all
from harness.cli.output import style_for, write_report
from harness.cli.reporting import file_report
from harness.cli.sources import FileSources
from harness.cli.standard_input import KeptInput
from harness.findings.model import Finding, Severity
from harness.reading import View, views
from harness.report.fold import Selection, arrange
from harness.report.model import Report
from harness.report.style import Style
from harness.report.summary import summary_lines
from harness.report.text import finding_lines
from harness.report.tree import TreeView, tree_lines
from harness.report.tree_json import tree_json
from harness.validation import Request, Result, validate_paths

_EXAMPLES = """\b
Examples:
  harness inspect Europe/Berlin --schema tzif
  harness inspect candidate.bin --with definitions=definitions.bin --path 'instances[3]'
  harness inspect candidate.bin --depth 2
  harness inspect candidate.bin --format json | jq '.nodes[] | select(.path == "header.version")'
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `inspect`."""

    file: str
    schema: str | None
    companions: Mapping[str, Path]
    contracts: tuple[Path, ...]
    depth: int | None
    path: str
    everything: bool
    width: int | None
    max_findings: int
    format_name: str
    output: Path | None


@click.command(epilog=_EXAMPLES)
@click.argument("file")
@options.schema_option
@options.with_option
@options.contract_option
@click.option("--depth", metavar="N", type=click.IntRange(min=0), help="Levels of the tree.")
@click.option("--path", metavar="PATH", default="", help="Only this node and what is below it.")
@click.option("--all", "everything", is_flag=True, help="Fold no arrays, cut no values short.")
@click.option("--width", metavar="N", type=click.IntRange(min=60), help="Cells in a line.")
@options.max_findings_option
@options.format_option("text", "json")
@options.output_option
def inspect(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Show FILE as a tree beside its bytes, with findings marked where they are.

    Long arrays are folded; elements with findings are always shown.
    """
    wanted = Options(**given)
    kept = KeptInput()
    [result, *_] = validate_paths([wanted.file], _request(wanted), kept.stream)
    report = _report(result)
    if wanted.format_name == "json":
        text = tree_json(report, _views(result), __version__)
    else:
        stream = sys.stdout if wanted.output is None else None
        style = _style(style_for(stream, os.environ), wanted.width)
        lines = _lines(result, report, wanted, FileSources(kept.held), style)
        text = "".join(f"{line}\n" for line in lines)
    write_report(text, wanted.output)
    return report.exit_code
