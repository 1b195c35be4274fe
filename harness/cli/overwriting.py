"""Refuses a report that would replace a file which a walk finds and the command checks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.cli.output import refuse_overwriting
from harness.schema.library import HEAD_BYTES, match
from harness.validation.inputs import expand


def refuse_overwriting_walked(
    output: Path | None, names: Iterable[str], schema: str | None
) -> None:
    """Refuse a report in the place of a content below a folder.

    A report of an earlier run may lie in the folder: it is of no known format and is replaced.

    Args:
        output: where the report goes.
        names: files and folders as the user gave them.
        schema: what all of them are read by, where that is given.

    Raises:
        click.UsageError: `output` is one of the contents.
    """
    if output is not None and output.is_file() and (schema or _is_known(output)):
        refuse_overwriting(output, _walked(names))


def _is_known(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open("rb") as stream:
        return match(str(path.resolve()), stream.read(HEAD_BYTES)) is not None
    return False


def _walked(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (one.name for one in expand(name) if one.is_walked and not one.no_content)
