"""`harness fuzz`: a campaign against one consumer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cli import options
from harness.cli.campaigns import Delivery, deliver
from harness.cli.clock import SystemClock
from harness.cli.errors import AbsentEngineError
from harness.cli.exit_codes import FAILED, FINDINGS, INTERRUPTED, ExitCode, first_of, row_of_all
from harness.cli.live import LiveView
from harness.cli.output import refuse_overwriting
from harness.cli.sources import FileSources
from harness.consumers.manifest import load
from harness.consumers.run import ConsumerError
from harness.findings.model import Severity
from harness.findings.registry import RULES
from harness.fuzzing.engine import EngineMissingError
from harness.fuzzing.lanes import UnsupportedConsumerError
from harness.fuzzing.proving import DeadPartError
from harness.fuzzing.session import Request, Result
from harness.fuzzing.session import fuzz as run_campaign
from harness.fuzzing.store import CampaignInUseError
from harness.report.campaign_json import Run, campaign_object
from harness.report.escape import visible
from harness.report.fuzz_text import campaign_lines
from harness.report.style import Style
from harness.report.text import finding_lines

_EXAMPLES = """\b
Examples:
  harness fuzz --consumer consumers/sensor-7.11.toml --time 60s
  harness fuzz --consumer parser.toml --corpus samples/ --campaign nightly --workers 2
"""
_FAMILY = "D"  # what consumers do
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_TIME = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `fuzz`."""

    consumer: Path
    schema: str | None
    import_paths: tuple[Path, ...]
    seconds: float
    workers: int
    seed: int
    seeds: tuple[Path, ...]
    campaign: Path | None
    until: str
    format_name: str
    output: Path | None
    fail_on: Severity


def seconds_of(context: click.Context, parameter: click.Parameter, given: str) -> float:
    """Turn `60s`, `10m` or `1h` into seconds."""
    found = _TIME.fullmatch(given)
    if found is None:
        raise click.BadParameter(f"`{given}` is no time such as 60s, 10m or 1h", context, parameter)
    return float(found[1]) * _UNITS[found[2]]


def known_code(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """Refuse a code that no campaign ever finds."""
    if given and (given not in RULES or not given.startswith(_FAMILY)):
        raise click.BadParameter(f"`{given}` is no code of a finding here", context, parameter)
    return given


@click.command(epilog=_EXAMPLES)
@options.consumer_option
@options.schema_option
@options.import_path_option
@options.strict_option
@click.option(
    "--time", "seconds", metavar="TIME", default="60s", show_default=True, callback=seconds_of,
    help="How long, once the consumer is built: 60s, 10m, 1h.",
)  # fmt: skip
@click.option(
    "--workers", metavar="N", default=1, show_default=True, type=click.IntRange(1, 256),
    help="Processes that fuzz.",
)  # fmt: skip
@click.option(
    "--seed", metavar="N", default=1, show_default=True, type=click.IntRange(min=0),
    help="Of the random numbers.",
)  # fmt: skip
@click.option(
    "--corpus", "seeds", metavar="DIR", multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Content to begin with; else valid files known of the schema, or made from it.",
)  # fmt: skip
@click.option(
    "--campaign", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Where everything is kept; a campaign that is there goes on. [campaigns/MANIFEST]",
)  # fmt: skip
@click.option(
    "--until", metavar="CODE", default="", callback=known_code,
    help="End before the time is up, once there is a finding with this code, such as D702.",
)  # fmt: skip
@options.format_option("text", "concise", "json")
@options.output_option
@options.fail_on_option
def fuzz(**given: Any) -> int:  # noqa: ANN401  # `Options` names and types them
    """Fuzz the consumer of a manifest, and keep what it does wrong.

    Manifests are trusted, since they build and run programs. When the time is up, faults that wait
    for a run in isolation get five seconds more; what is left then is kept for the next start.
    """
    wanted = Options(**given)
    refuse_overwriting(wanted.output, (wanted.consumer, *wanted.seeds))
    manifest = load(wanted.consumer)
    request = Request(
        manifest=manifest,
        folder=wanted.campaign or Path("campaigns") / wanted.consumer.stem,
        schema=wanted.schema,
        import_paths=wanted.import_paths,
        seconds=wanted.seconds,
        workers=wanted.workers,
        seed=wanted.seed,
        seeds=wanted.seeds,
        until=wanted.until,
    )
    try:
        with LiveView(wanted.seconds) as view:
            result = run_campaign(request, os.environ, SystemClock(), view.show)
    except ConsumerError as error:
        return _not_run(error, wanted)
    except (EngineMissingError, DeadPartError) as error:
        raise AbsentEngineError(str(error)) from error
    except (UnsupportedConsumerError, CampaignInUseError) as error:
        raise click.ClickException(str(error)) from error
    run = Run(folder=request.folder, manifest=manifest, result=result)
    delivery = Delivery(
        command="fuzz",
        row=exit_row(result, wanted),
        findings=[kept.finding for kept in result.findings],
        lines=lambda style: _lines(run, style),
        more=lambda: {"campaign": campaign_object(run)},
    )
    return deliver(delivery, wanted.format_name, wanted.output)


def _not_run(error: ConsumerError, wanted: Options) -> int:
    """A consumer that does not build or start is a finding; what it said follows."""
    finding = error.finding(str(wanted.consumer))

    def lines(style: Style) -> Iterator[str]:
        yield from finding_lines(finding, FileSources({}), style)
        yield from error.detail.splitlines()

    delivery = Delivery(
        command="fuzz",
        row=row_of_all([finding], wanted.fail_on),
        findings=[finding],
        lines=lines,
        more=dict,
    )
    return deliver(delivery, wanted.format_name, wanted.output)


def _lines(run: Run, style: Style) -> Iterator[str]:
    yield from campaign_lines(run.result.outcome, run.result.findings, FileSources({}), style)
    yield f"campaign: {visible(str(run.folder))}"


def exit_row(result: Result, wanted: Options) -> ExitCode:
    """The row of the table of exit codes that a campaign ends with."""
    rows = [row_of_all([kept.finding for kept in result.findings], wanted.fail_on)]
    if result.outcome.snapshot.waiting:
        rows.append(FINDINGS)  # a worker saw a fault, and nobody has shown that it was none
    if result.outcome.tool_faults:
        rows.append(FAILED)
    if result.outcome.is_interrupted:
        rows.append(INTERRUPTED)
    return first_of(rows)
