"""Where a report goes: standard output or a file, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

import click

from harness.report.style import Style
from harness.schema.whole import write_whole

_DEFAULT_WIDTH = 100
_LEAST_WIDTH = 60


class OutputError(Exception):
    """A report could not be delivered; `is_quiet` where the reader went away by its own choice."""

    def __init__(self, where: str, error: OSError) -> None:
        super().__init__(f"cannot write to {where}: {error.strerror or error}")
        self.is_quiet = error.errno == errno.EPIPE


def refuse_overwriting(output: Path | None, inputs: Iterable[str | Path]) -> None:
    """Refuse a report that would replace a file which the command reads.

    Raises:
        click.UsageError: `output` is one of `inputs`.
    """
    if output is None or not output.exists():
        return
    for name in inputs:
        with contextlib.suppress(OSError, ValueError):
            if output.samefile(name):
                raise click.UsageError(f"`{name}` is read; the report cannot replace it")


def write_report(text: str, path: Path | None) -> None:
    """Write a whole report.

    Args:
        text: all of it, line ends included.
        path: a file, replaced in one step once everything is written; None is standard output.

    Raises:
        OutputError: the disk is full, the reader is gone, the stream is closed.
    """
    if path is None:
        _write_stream(text)
    else:
        _write_file(text, path)


def _write_stream(text: str) -> None:
    try:
        stream = _open_stdout()
        stream.write(text)
        stream.flush()
    except OSError as error:
        abandon_stdout()
        raise OutputError("standard output", error) from None


def _open_stdout() -> TextIO:
    """Standard output, able to write whatever a report contains."""
    # Python leaves None where the descriptor was closed before the start
    stream: object = sys.stdout
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return sys.stdout


def abandon_stdout() -> None:
    """Keep the interpreter from flushing once more at exit, which would set an exit code."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)
    except OSError:
        # no descriptors left: the code of the exit is the lesser loss
        return


def _write_file(text: str, path: Path) -> None:
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            # a device or pipe is written to; a rename would put a file in its place
            path.write_bytes(data)
        else:
            write_whole(path.resolve(), data)
    except OSError as error:
        raise OutputError(f"`{path}`", error) from None


def style_for(stream: TextIO | None, environment: Mapping[str, str]) -> Style:
    """Return what `stream` can show; None stands for a file.

    Colour needs a terminal, and neither `NO_COLOR` nor `TERM=dumb`; `FORCE_COLOR` gives it to
    pipes. `COLUMNS` sets the width.
    """
    encoding = "utf-8" if stream is None else (stream.encoding or "ascii")
    return Style(
        colour=_wants_colour(stream, environment),
        width=_width(stream, environment),
        unicode=encoding.lower().replace("-", "").startswith("utf"),
    )


def _wants_colour(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    if stream is None or environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def _width(stream: TextIO | None, environment: Mapping[str, str]) -> int:
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(_LEAST_WIDTH, int(columns))
    try:
        if stream is not None and stream.isatty():
            return max(_LEAST_WIDTH, os.get_terminal_size(stream.fileno()).columns)
    except OSError:
        # a terminal that does not know its size
        return _DEFAULT_WIDTH
    return _DEFAULT_WIDTH
