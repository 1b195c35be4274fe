"""The command line as a whole: its help text and the options before the command's name."""

from __future__ import annotations

import click

from harness import __version__
from harness.cli.commands import LazyGroup

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
