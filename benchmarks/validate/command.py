"""`harness validate` as a process of its own, and what it takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HARNESS: Final = Path(sys.executable).parent / "harness"
SCHEMA: Final = "channel_file"
_KILOBYTE: Final = 1024  # what Linux counts memory in


def validate(path: Path, definitions: Path, engine: str, schema: str = SCHEMA) -> None:
    """Validate a channel file or a folder of them.

    Raises:
        RuntimeError: the command does not end with 0; the message is what it said.
    """
    command = words(path, engine, schema, definitions)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def words(path: Path, engine: str, schema: str, definitions: Path | None = None) -> list[str]:
    """Return the words of the command."""
    companions = [] if definitions is None else ["--with", f"definitions={definitions}"]
    options = ["--quiet", "--engine", engine, "--schema", schema, *companions]
    return [str(HARNESS), "validate", *options, str(path)]


def peak_memory(command: Sequence[str]) -> int:
    """Run a command that must succeed, and return the most bytes that were resident.

    A process that starts counts what was resident in the one that it was started by; so that is a
    small one.

    Raises:
        RuntimeError: it does not end with 0; the message is what it said.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _MEASURER, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return int(done.stdout.splitlines()[-1]) * _KILOBYTE


_MEASURER: Final = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
