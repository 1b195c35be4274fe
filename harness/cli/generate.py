"""`harness generate`: valid files of a schema, files that break one rule, files at boundaries."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from harness import __version__
from harness.cli import options
from harness.cli.exit_codes import CLEAN, FAILED, INTERRUPTED, ExitCode
from harness.cli.given import companions_in, known_in, refuse_replacing
from harness.cli.output import OutputError, style_for, write_report
from harness.cli.progress import Progress
from harness.report.generate_json import generated_json
from harness.report.generate_text import Generated, generated_lines, health_lines
from harness.schema import load
from harness.schema.library import find
from harness.validation.inputs import MAX_BYTES
from harness.validation.judging import judge_of
from harness.writing.folder import Folder, FolderError, sha256
from harness.writing.generate import Health
from harness.writing.manifest import Companion, Manifest, NotMade, SchemaRecord, TargetRecord
from harness.writing.orders import ALL, Made, Order, OrderError
from harness.writing.production import Job, Terms
from harness.writing.workshop import batches

_COUNT = 100
_COUNT_OF_EACH = 10
# fewer jobs than this are done before another process would have started
_FEW_JOBS = 4

_EXAMPLES = """\b
Examples:
  harness generate --schema tzif -n 1000 -o files/
  harness generate --schema channel_file --breaking one-criterion-per-field -o broken/
  harness generate --schema gettext_mo --breaking all -o broken/
  harness generate --schema terminfo --boundaries -o edges/
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `generate`."""

    schema: str
    output: Path
    number: int | None
    breaking: str | None
    boundaries: bool
    companions: Mapping[str, Path]
    known: tuple[Path, ...]
    import_paths: tuple[Path, ...]
    max_bytes: int
    seed: int
    workers: int | None
    format_name: str
    quiet: bool


class Outcome(msgspec.Struct):
    """What came of it beside the files, until the end, or until somebody wanted no more."""

    not_made: list[NotMade] = []
    targets: dict[tuple[str, str], TargetRecord] = {}
    health: Health = msgspec.field(default_factory=Health)
    is_interrupted: bool = False
    failure: Exception | None = None


@click.command(epilog=_EXAMPLES)
@click.option("-s", "--schema", metavar="NAME|FILE", required=True, help="What to generate.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder for the files and their manifest; it must be empty, or made by this command.",
)
@click.option(
    "-n",
    "--number",
    metavar="N",
    type=click.IntRange(1, 1_000_000),
    help=f"Files [default: {_COUNT}]; with --breaking all, of each [default: {_COUNT_OF_EACH}].",
)
@click.option(
    "--breaking",
    metavar="CODE|RULE|all",
    callback=lambda _context, _option, value: _named(value),
    help="Files that raise this finding and, where that can be, no other.",
)
@click.option("--boundaries", is_flag=True, help="Files with each number at its least and most.")
@click.option(
    "--from",
    "known",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Valid files to be varied, for a format that none can be grown of; repeatable.",
)
@options.with_option
@options.import_path_option
@click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(min=1),
    default=MAX_BYTES,
    show_default=True,
    help="Larger companions are refused.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Of the random numbers; the same one makes the same files.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Processes [default: one for each processor]; the files are the same.",
)
@options.format_option("text", "json")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of what was made in vain.")
def generate(**given: Any) -> int:  # noqa: ANN401 -- `Options` names and types them
    """Make files of a format from its schema alone.

    The folder gets a `manifest.json` that says what each file is for. Companions that the format
    needs and that are not given are made too.
    """
    wanted = Options(**given)
    order = _order(wanted)
    try:
        order.check_companions()
        made = order.made_companions()
        terms = msgspec.structs.replace(order.terms(made), judge=judge_of)
        _check_known(wanted, order, terms)
        jobs = order.jobs(terms)
    except OrderError as error:
        raise click.UsageError(str(error)) from None
    folder = Folder(wanted.output, order.schema.extensions, sum(job.size for job in jobs))
    with closing(folder), _writing(wanted.output):
        _prepare(folder)
        companions = _companions(wanted, order, made, folder)
        outcome = _made(wanted, terms, jobs, folder)
        manifest = folder.finish(
            Manifest(
                schema=SchemaRecord(order.schema.id, order.schema.digest),
                seed=wanted.seed,
                is_complete=not outcome.is_interrupted and outcome.failure is None,
                companions=companions,
                not_made=tuple(outcome.not_made),
                targets=tuple(outcome.targets.values()),
            )
        )
    if outcome.failure is not None:
        raise outcome.failure
    return _reported(wanted, manifest, outcome)


def _prepare(folder: Folder) -> None:
    try:
        folder.prepare()
    except FolderError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say what could not be written, and why.

    Raises:
        OutputError: the disk is full, or it is not permitted.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"`{error.filename or folder}`", error) from None


def _named(breaking: str | None) -> str | None:
    """Refuse what can be no name of anything to break, such as the option that follows."""
    if breaking is not None and (not breaking or breaking.startswith("-")):
        given = f"got `{breaking}`" if breaking else "it is empty"
        raise click.UsageError(f"`--breaking` takes a code, the id of a rule, or `all`; {given}")
    return breaking


def _order(wanted: Options) -> Order:
    if wanted.breaking and wanted.boundaries:
        raise click.UsageError("`--breaking` and `--boundaries` make different files: choose one")
    if wanted.boundaries and wanted.number is not None:
        raise click.UsageError("`--boundaries` makes a file of each: it takes no `--number`")
    refuse_replacing(wanted.output, (*wanted.companions.values(), *wanted.known))
    default = _COUNT_OF_EACH if wanted.breaking == ALL else _COUNT
    return Order(
        schema=load(find(wanted.schema), import_paths=wanted.import_paths),
        import_paths=wanted.import_paths,
        companions=companions_in(wanted.companions, wanted.max_bytes),
        seed=wanted.seed,
        count=wanted.number or default,
        breaking=wanted.breaking or "",
        boundaries=wanted.boundaries,
        known=tuple(known_in(wanted.known)),
    )


def _check_known(wanted: Options, order: Order, terms: Terms) -> None:
    try:
        order.check_known(terms)
    except OrderError as error:
        folders = ", ".join(f"`{folder}`" for folder in wanted.known)
        raise click.UsageError(f"`--from`: {error} in {folders}") from None


def _companions(
    wanted: Options, order: Order, made: Mapping[str, Made], folder: Folder
) -> dict[str, Companion]:
    """Return what the manifest says of companions; those that were made are written."""
    found = {
        name: Companion(
            file=str(path),
            sha256=sha256(order.companions[name]),
            schema=order.schema.companions[name],
            is_generated=False,
        )
        for name, path in wanted.companions.items()
    }
    for name, one in made.items():
        schema = one.schema
        found[name] = folder.add_companion(name, one.data, schema.id, schema.extensions)
    return found


def _made(wanted: Options, terms: Terms, jobs: tuple[Job, ...], folder: Folder) -> Outcome:
    """Make all files; an interrupt leaves those that are there."""
    outcome, done = Outcome(), 0
    total = sum(job.size for job in jobs)
    workers = wanted.workers or (os.cpu_count() or 1 if len(jobs) > _FEW_JOBS else 1)
    try:
        # processes are begun before the bar has a thread of its own
        with batches(terms, jobs, workers) as coming, Progress() as progress:
            progress.update(f"generating {terms.schema.stem}", 0, total)
            for job, batch in zip(jobs, coming, strict=True):
                with _writing(wanted.output):
                    for data, purpose in batch.made:
                        folder.add(data, purpose)
                outcome.not_made += batch.not_made
                outcome.targets |= {(one.code, one.rule): one for one in batch.targets}
                outcome.health.add(batch.health)
                done += job.size
                progress.update(f"generating {terms.schema.stem}", done, total)
    except KeyboardInterrupt:
        outcome.is_interrupted = True
    except Exception as error:  # noqa: BLE001 -- raised again, once the manifest is written
        outcome.failure = error
    return outcome


def _reported(wanted: Options, manifest: Manifest, outcome: Outcome) -> int:
    row = _row(wanted, manifest)
    generated = Generated(
        folder=str(wanted.output),
        manifest=manifest,
        health=outcome.health,
        outcome=row.outcome,
        exit_code=row.number,
        is_varying_asked=bool(wanted.known),
    )
    if wanted.format_name == "json":
        write_report(generated_json(generated, __version__), None)
        return row.number
    style = style_for(sys.stdout, os.environ)
    write_report("".join(f"{line}\n" for line in generated_lines(generated, style)), None)
    if not wanted.quiet:
        for line in health_lines(outcome.health):
            click.echo(line, err=True)
    return row.number


def _row(wanted: Options, manifest: Manifest) -> ExitCode:
    """Where one kind of file was asked for, each that is missing is a failure."""
    if not manifest.is_complete:
        return INTERRUPTED
    is_survey = wanted.boundaries or wanted.breaking == ALL
    if not manifest.files or (manifest.not_made and not is_survey):
        return FAILED
    return CLEAN
