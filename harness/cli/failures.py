"""What each exception means to the user: a row of the exit codes and a short message."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator

import click

from harness.cli.errors import AbsentEngineError
from harness.cli.exit_codes import FAILED, REFUSED, ExitCode
from harness.cli.output import OutputError, abandon_stdout, style_for
from harness.cli.sources import FileSources
from harness.consumers.manifest import ManifestError
from harness.gate.policy import PolicyError
from harness.report.escape import visible
from harness.report.model import Refusal
from harness.report.style import Style
from harness.report.text import finding_lines, refusal_lines
from harness.schema import SchemaError
from harness.validation.engines import NativeEngineError


def settle(error: Exception, *, is_debug: bool) -> int:
    """Tell the user what went wrong and return the exit code.

    Args:
        error: what a command raised.
        is_debug: show the traceback of an internal error.
    """
    # gone or closed standard error must not hide the code
    with contextlib.suppress(OSError, ValueError):
        for line in _lines(error, style_for(sys.stderr, os.environ), is_debug=is_debug):
            click.echo(line, err=True)
    return _row(error).number


def _row(error: Exception) -> ExitCode:
    match error:
        case click.ClickException() | SchemaError() | ManifestError() | PolicyError():
            return REFUSED
        case _:
            return FAILED


def _lines(error: Exception, style: Style, *, is_debug: bool) -> Iterator[str]:
    sources = FileSources({})
    match error:
        case click.UsageError():
            yield from _usage(error)
        case click.ClickException():
            yield f"error: {visible(error.format_message())}"
        case SchemaError():
            for finding in error.findings:
                yield from finding_lines(finding, sources, style)
        case ManifestError():
            for problem in error.problems:
                yield from refusal_lines(Refusal(problem.place, problem.message), sources, style)
        case PolicyError():
            yield from refusal_lines(Refusal(error.place, error.message), sources, style)
        case OutputError() | AbsentEngineError() | NativeEngineError():
            if not getattr(error, "is_quiet", False):
                yield f"error: {visible(str(error))}"
        case MemoryError():
            yield "error: out of memory"
        case BrokenPipeError():
            abandon_stdout()
        case OSError():
            abandon_stdout()
            yield f"error: {visible(str(error))}"
        case _:
            yield from _bug(error, is_debug=is_debug)


def _usage(error: click.UsageError) -> Iterator[str]:
    """The command's usage line, then what is wrong with this use of it."""
    if error.ctx is not None:
        yield error.ctx.get_usage()
        yield f"Try '{error.ctx.command_path} --help'."
    yield f"error: {visible(error.format_message())}"


def _bug(error: Exception, *, is_debug: bool) -> Iterator[str]:
    if is_debug:
        yield from (visible(line) for line in _trace(error))
    yield f"internal error: {type(error).__name__}: {visible(str(error))}"
    if not is_debug:
        yield "this is a bug of the tool; `harness --debug ...` shows where"


def _trace(error: Exception) -> Iterator[str]:
    for part in traceback.format_exception(error):
        yield from part.rstrip("\n").split("\n")
