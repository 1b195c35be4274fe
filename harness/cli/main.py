"""The entry point, and the one place that turns exceptions into exit codes.

It loads nothing before it can be interrupted without a traceback.
"""

from __future__ import annotations

import sys

# numbers of the table in `exit_codes`, which may not be loaded when they are needed
INTERRUPTED = 130
FAILED = 1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process, and exit."""
    try:
        import signal  # noqa: PLC0415  # see the top

        signal.signal(signal.SIGTERM, _interrupt)
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(signal.SIGHUP, _hang_up)
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # while the first modules were loaded, or while a failure was told
        code = INTERRUPTED
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    Commands return the code of the row that applies; what they raise is settled here.
    """
    import click  # noqa: PLC0415  # see the top

    from harness.cli.group import harness  # noqa: PLC0415

    try:
        with harness.make_context("harness", list(arguments)) as context:
            return int(harness.invoke(context) or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        # a command saves what it found before it lets go; here nothing was under way
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the boundary: nothing may leave without a code
        return _settled(error, is_debug="--debug" in arguments[:1])


def _settled(error: Exception, *, is_debug: bool) -> int:
    """Name the failure and return its code; what that takes is loaded only when there is one."""
    try:
        from harness.cli import failures  # noqa: PLC0415  # see the top

        return failures.settle(error, is_debug=is_debug)
    except Exception:  # noqa: BLE001 -- the installation itself is broken: say what can be said
        sys.stderr.write(f"internal error: {type(error).__name__}: {str(error)!a}\n")
        return FAILED


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    """End as on ctrl-c: CI systems stop a job with SIGTERM."""
    del signal_number, frame
    raise KeyboardInterrupt


def _hang_up(signal_number: int, frame: FrameType | None) -> None:
    """End as on ctrl-c: the terminal is gone, which its shell may tell once more."""
    import signal  # noqa: PLC0415  # see the top

    signal.signal(signal_number, signal.SIG_IGN)
    _interrupt(signal_number, frame)
