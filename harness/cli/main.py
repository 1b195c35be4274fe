"""The entry point, and the one place that turns exceptions into exit codes."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from harness import __version__
from harness.cli.commands import LazyGroup
from harness.cli.exit_codes import FAILED, INTERRUPTED

# `\b` keeps click from joining the lines of a paragraph.
_EPILOG = """\b
Examples:
  harness validate candidate.bin --with definitions=definitions.bin
  harness validate candidate.bin --contract consumers/sensor-7.11.toml
  harness inspect candidate.bin --path 'instances[3]'
  harness gate candidate.bin --policy gate.toml

\b
Exit codes:
  0    everything named was checked and is clean
  10   findings, or the gate is blocked
  3    nothing to check
  2    bad usage, input, schema, manifest or policy
  1    the tool failed
  130  interrupted
"""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name="harness")
@click.option("--debug", is_flag=True, help="Show the traceback when the tool itself fails.")
def harness(*, debug: bool) -> None:
    """Decide whether a binary content file may be shipped."""
    del debug


def main() -> NoReturn:
    """Run the command line of this process, and exit."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    Commands return the code of the row that applies; what they raise is settled here.
    """
    try:
        with harness.make_context("harness", list(arguments)) as context:
            return int(harness.invoke(context) or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        # a command saves what it found before it lets go; here nothing was under way
        return INTERRUPTED.number
    except Exception as error:  # noqa: BLE001 -- the boundary: nothing may leave without a code
        return _settled(error, is_debug="--debug" in arguments[:1])


def _settled(error: Exception, *, is_debug: bool) -> int:
    """Name the failure and return its code; what that takes is loaded only when there is one."""
    try:
        failures = importlib.import_module("harness.cli.failures")
        code: int = failures.settle(error, is_debug=is_debug)
    except Exception:  # noqa: BLE001 -- the installation itself is broken: say what can be said
        click.echo(f"internal error: {type(error).__name__}: {str(error)!a}", err=True)
        return FAILED.number
    return code


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    """End as on ctrl-c: CI systems stop a job with SIGTERM."""
    del signal_number, frame
    raise KeyboardInterrupt
