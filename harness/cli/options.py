"""Options that several commands share, each with its help text once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.findings.model import Severity
from harness.validation.inputs import MAX_BYTES

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
FORMATS = ("text", "concise", "json")


def named_files(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> Mapping[str, Path]:
    """Turn `NAME=FILE` texts into a mapping; a name given twice is refused."""
    files: dict[str, Path] = {}
    for text in given:
        name, separator, file = text.partition("=")
        if not separator or not name or not file:
            raise click.BadParameter(f"`{text}` is not NAME=FILE", context, parameter)
        if name in files:
            raise click.BadParameter(f"`{name}` is given twice", context, parameter)
        files[name] = Path(file)
    return files


def refused_lenience(
    context: click.Context,
    parameter: click.Parameter,
    given: bool,  # noqa: FBT001  # click's own call
) -> None:
    """Refuse to be lenient where a verdict is wanted."""
    del parameter
    if given:
        raise click.UsageError(
            f"`{context.info_name}` takes no `--lenient`: stock Kaitai accepts nearly everything, "
            "so to be held against its rules would be to pass unseen"
        )


def check_lenience(*, lenient: bool, instances: bool, contracts: tuple[Path, ...]) -> None:
    """Refuse what makes no sense together.

    Raises:
        click.UsageError: a contract, or instances, without what they need.
    """
    if lenient and contracts:
        raise click.UsageError(
            "`--contract` does not go with `--lenient`: a contract is held against strict reading"
        )
    if instances and not lenient:
        raise click.UsageError("`--instances` needs `--lenient`: strict reading reads all of them")


def writable_file(
    context: click.Context, parameter: click.Parameter, given: Path | None
) -> Path | None:
    """Refuse an output file whose folder is not there, before any work is done."""
    if given is not None and (given.is_dir() or not given.absolute().parent.is_dir()):
        raise click.BadParameter(f"no file can be made at `{given}`", context, parameter)
    return given


def folders(
    context: click.Context, parameter: click.Parameter, given: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Refuse what is no folder."""
    for path in given:
        if not path.is_dir():
            is_there = "it is no folder" if path.exists() else "there is no such folder"
            raise click.BadParameter(f"`{path}`: {is_there}", context, parameter)
    return given


schema_option = click.option(
    "-s", "--schema", metavar="NAME|FILE", help="Schema to read by; else found by name and magic."
)
import_path_option = click.option(
    "-I",
    "--import-path",
    "import_paths",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    callback=folders,
    help="Folder where the schema's imports are looked for too.",
)
lenient_option = click.option(
    "--lenient",
    is_flag=True,
    help="Read the schema as stock Kaitai does: lazily, and only what Kaitai rejects is wrong.",
)
with_option = click.option(
    "--with",
    "companions",
    metavar="NAME=FILE",
    multiple=True,
    callback=named_files,
    help="Companion that the content is read against.",
)
contract_option = click.option(
    "--contract",
    "contracts",
    metavar="MANIFEST",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also hold the content against what this consumer version can take.",
)
consumer_option = click.option(
    "--consumer",
    metavar="MANIFEST",
    required=True,
    type=click.Path(path_type=Path),
    help="Manifest of the consumer.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["auto", "native", "reference"]),
    default="auto",
    help="Who judges; both find the same. auto: native once it is compiled, or where that pays.",
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    callback=writable_file,
    help="Write the report to a file, in one step.",
)
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    callback=lambda _context, _parameter, given: Severity(given),
    help="Findings from this severity up make the exit code 10.",
)
max_findings_option = click.option(
    "--max-findings",
    metavar="N",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Findings kept per file; the rest is counted.",
)
strict_option = click.option(
    "--lenient",
    is_flag=True,
    hidden=True,
    expose_value=False,
    is_eager=True,
    callback=refused_lenience,
)
instances_option = click.option(
    "--instances",
    is_flag=True,
    help="With --lenient: also read the instances that nothing has asked for.",
)
max_bytes_option = click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(min=1),
    default=MAX_BYTES,
    show_default=True,
    help="Larger files are not read; that is a finding.",
)
gate_max_bytes_option = click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(min=1),
    help="Larger files are not read; takes the place of the policy's.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Findings only, no summary.")


def format_option(*formats: str) -> Callable[[Decorated], Decorated]:
    """Return the option that chooses among `formats`, the first being the default."""
    return click.option(
        "-f",
        "--format",
        "format_name",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the report is written.",
    )
