"""Schemas compiled for the native engine, or written as C; what stands in the way is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import msgspec

from harness.cli.exit_codes import CLEAN, FAILED
from harness.cli.output import OutputError, write_report
from harness.cli.progress import Progress
from harness.cli.reporting import each_once
from harness.consumers.manifest import load as load_manifest
from harness.findings.model import Finding, Severity
from harness.native import service
from harness.native.export import MAKER, exported
from harness.reading.reader import lowered_for
from harness.report.model import FileReport, Report
from harness.schema import SchemaError, load
from harness.schema.ir import Schema
from harness.schema.library import find
from harness.schema.overlay import Overlay
from harness.validation import SchemaUse

# the first of a file, where it tells what made it
_MARKED_BYTES = 1024


class CompileOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `schema compile`."""

    schemas: tuple[str, ...]
    cc: str | None
    import_paths: tuple[Path, ...]
    contracts: tuple[Path, ...]
    format_name: str
    output: Path | None
    quiet: bool


def report_of(wanted: CompileOptions, environment: Mapping[str, str]) -> Report:
    """Compile, and return what became of it.

    Raises:
        SchemaError: a schema or a contract cannot be used.
        ManifestError: a manifest cannot be used.
    """
    if wanted.cc is not None:
        environment = {**environment, "CC": wanted.cc}
    findings: list[Finding] = []
    files: list[FileReport] = []
    with Progress() as progress:
        for name in wanted.schemas:
            progress.update(name, len(files), len(wanted.schemas))
            schema = load(find(name), import_paths=wanted.import_paths)
            found = [*_obstacles(schema, wanted.contracts, environment)]
            if wanted.cc is not None:  # who names one wants to know whether it is there
                found += service.no_compiler(schema, environment)
            # what is a note elsewhere is what was asked for here
            findings += [msgspec.structs.replace(one, severity=Severity.ERROR) for one in found]
            files.append(_file(name, schema, is_compiled=not found))
    row = FAILED if findings else CLEAN
    return Report(
        command="schema compile",
        outcome=row.outcome,
        exit_code=row.number,
        findings=each_once(findings),
        files=tuple(files),
    )


def write_c(schema: Schema, contracts: tuple[Path, ...], folder: Path) -> Iterator[Path]:
    """Write the check of a schema as C; yield the files.

    Raises:
        SchemaError: a contract does not fit, or something does not compile.
        ManifestError: a manifest cannot be used.
        OutputError: the files cannot be written.
        click.UsageError: one would replace a file that is not of an earlier run.
    """
    manifests = [load_manifest(path) for path in contracts]
    overlays = [manifest.overlay for manifest in manifests]
    obstacles = service.uncompilable(schema, overlays)
    if obstacles:
        raise SchemaError(obstacles)
    lowered = [lowered_for(schema, overlay) for overlay in overlays]
    files = exported(schema, lowered, [manifest.label for manifest in manifests])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = [folder / name for name in files if _is_foreign(folder / name)]
    except OSError as error:
        raise OutputError(f"`{folder}`", error) from None
    if foreign:
        raise click.UsageError(f"`{foreign[0]}` is there and was not made by this command")
    for name, text in files.items():
        write_report(text, folder / name)
        yield folder / name


def _is_foreign(path: Path) -> bool:
    """Whether there is a file that was not written by `write_c`."""
    if not path.exists():
        return False
    with path.open("rb") as stream:
        return MAKER.encode() not in stream.read(_MARKED_BYTES)


def _obstacles(
    schema: Schema, contracts: tuple[Path, ...], environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Why the schema cannot be compiled, plainly or with one of the contracts."""
    overlays: list[tuple[Overlay, ...]] = [
        (),
        *((load_manifest(one).overlay,) for one in contracts),
    ]
    for laid_over in overlays:
        try:
            service.made(schema, laid_over, environment)
        except service.AbsentError as error:
            yield from error.findings


def _file(name: str, schema: Schema, *, is_compiled: bool) -> FileReport:
    return FileReport(
        file=name,
        checked=True,
        valid=True,
        in_contract=True,
        schema=SchemaUse(id=schema.id, file=str(schema.path), sha256=schema.digest),
        engine="native" if is_compiled else "reference",
    )
