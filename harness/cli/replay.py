"""`harness replay`: content that once showed something, run again in isolation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cli import options
from harness.cli.campaigns import Delivery, deliver
from harness.cli.exit_codes import (
    CLEAN,
    FINDINGS,
    INTERRUPTED,
    NOTHING,
    ExitCode,
    first_of,
    row_of_all,
)
from harness.cli.output import refuse_overwriting
from harness.cli.progress import Progress
from harness.cli.sources import FileSources
from harness.consumers.manifest import load
from harness.consumers.model import Manifest
from harness.consumers.run import ConsumerError, prepare
from harness.findings.model import Severity
from harness.fuzzing.judging import Oracle
from harness.fuzzing.replay import Replayed
from harness.fuzzing.replay import replay as run_again
from harness.report.campaign_json import replay_object
from harness.report.fuzz_text import replay_line
from harness.report.style import Style
from harness.report.text import finding_lines

_EXAMPLES = """\b
Examples:
  harness replay campaigns/sensor-7.11 --consumer consumers/sensor-7.11.toml
  harness replay candidate.bin --consumer consumers/sensor-7.11-fixed.toml
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `replay`."""

    path: Path
    consumer: Path
    schema: str | None
    import_paths: tuple[Path, ...]
    format_name: str
    output: Path | None
    fail_on: Severity


class _Seen(msgspec.Struct):
    """What was run again so far, and what ended it."""

    replayed: list[Replayed] = []
    error: ConsumerError | None = None
    is_interrupted: bool = False


@click.command(epilog=_EXAMPLES)
@click.argument("path", metavar="CAMPAIGN_OR_FILE", type=click.Path(exists=True, path_type=Path))
@options.consumer_option
@options.schema_option
@options.import_path_option
@options.strict_option
@options.format_option("text", "concise", "json")
@options.output_option
@options.fail_on_option
def replay(**given: Any) -> int:  # noqa: ANN401  # `Options` names and types them
    """Run a file, or all findings of a campaign, and say what is still there.

    Of a campaign, faults that no run in isolation was made for are run as well.
    """
    wanted = Options(**given)
    refuse_overwriting(wanted.output, (wanted.path, wanted.consumer))
    manifest = load(wanted.consumer)
    seen = _run(wanted, manifest)
    findings = [finding for one in seen.replayed for finding in one.findings]
    if seen.error is not None:
        findings.append(seen.error.finding(str(wanted.consumer)))
    delivery = Delivery(
        command="replay",
        row=_row(seen, wanted),
        findings=findings,
        lines=lambda style: _lines(seen, wanted, style),
        more=lambda: {"replay": replay_object(manifest, seen.replayed)},
    )
    return deliver(delivery, wanted.format_name, wanted.output)


def _run(wanted: Options, manifest: Manifest) -> _Seen:
    """Run everything, up to what ends it."""
    seen = _Seen()
    try:
        consumer = prepare(manifest, environment=os.environ)
        oracle = Oracle(consumer, wanted.schema, wanted.import_paths)
        with Progress() as progress:
            for one in run_again(oracle, wanted.path):
                seen.replayed.append(one)
                progress.update(str(one.file), len(seen.replayed))
    except ConsumerError as error:
        seen.error = error
    except KeyboardInterrupt:
        seen.is_interrupted = True
    return seen


def _lines(seen: _Seen, wanted: Options, style: Style) -> Iterator[str]:
    sources = FileSources({})
    for one in seen.replayed:
        for finding in one.findings:
            yield from finding_lines(finding, sources, style)
        yield replay_line(one, style)
    if seen.error is not None:
        yield from finding_lines(seen.error.finding(str(wanted.consumer)), sources, style)
        yield from seen.error.detail.splitlines()
    elif not seen.replayed:
        yield f"nothing to replay in `{wanted.path}`"


def _row(seen: _Seen, wanted: Options) -> ExitCode:
    rows = [row_of_all(one.findings, wanted.fail_on) for one in seen.replayed]
    rows += [FINDINGS for one in seen.replayed if one.stands_before]
    if seen.is_interrupted:
        rows.append(INTERRUPTED)
    if seen.error is not None:
        rows.append(row_of_all([seen.error.finding(str(wanted.consumer))], wanted.fail_on))
    return first_of(rows or [NOTHING]) if rows or not seen.replayed else CLEAN
