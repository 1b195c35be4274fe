"""`harness replay`: content that once showed something, run again in isolation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from harness.cli import options
from harness.cli.exit_codes import CLEAN, FINDINGS, NOTHING, first_of, row_of_all
from harness.cli.output import style_for, write_report
from harness.cli.sources import FileSources
from harness.consumers.manifest import load
from harness.consumers.run import ConsumerError, prepare
from harness.findings.model import Severity
from harness.fuzzing.judging import Oracle
from harness.fuzzing.replay import Replayed
from harness.fuzzing.replay import replay as run_again
from harness.report.fuzz_text import replay_line
from harness.report.text import finding_lines

_EXAMPLES = """\b
Examples:
  harness replay campaigns/sensor-7.11 --consumer consumers/sensor-7.11.toml
  harness replay candidate.bin --consumer consumers/sensor-7.11-fixed.toml
"""


@click.command(epilog=_EXAMPLES)
@click.argument("path", metavar="CAMPAIGN_OR_FILE", type=click.Path(exists=True, path_type=Path))
@options.consumer_option
@options.schema_option
@options.import_path_option
@options.strict_option
@options.fail_on_option
def replay(
    path: Path,
    consumer: Path,
    schema: str | None,
    import_paths: tuple[Path, ...],
    fail_on: Severity,
) -> int:
    """Run a file, or all findings of a campaign, and say what is still there."""
    style, sources = style_for(sys.stdout, os.environ), FileSources({})
    lines: list[str] = []
    seen: list[Replayed] = []
    try:
        oracle = Oracle(prepare(load(consumer), environment=os.environ), schema, import_paths)
        for one in run_again(oracle, path):
            seen.append(one)
            for finding in one.findings:
                lines += finding_lines(finding, sources, style)
            lines.append(replay_line(one, style))
    except ConsumerError as error:
        finding = error.finding(str(consumer))
        lines += [*finding_lines(finding, sources, style), error.detail]
        write_report("\n".join(lines).rstrip() + "\n", None)
        return row_of_all([finding], fail_on).number
    if not seen:
        lines.append(f"nothing to replay in `{path}`")
    write_report("\n".join(lines) + "\n", None)
    rows = [row_of_all(one.findings, fail_on) for one in seen]
    rows += [FINDINGS for one in seen if one.stands_before]
    return first_of(rows or [NOTHING]).number if rows or not seen else CLEAN.number
