"""Python consumers: a function that takes bytes and returns, or raises what means a rejection."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.consumers import isolation
from harness.consumers.isolation import Job, Limits
from harness.consumers.model import Manifest, PythonRun

_CYCLES = 2
_MIB = 1024 * 1024
_HOST = Path(__file__).with_name("host.py")


def job(manifest: Manifest, run: PythonRun, inputs_fd: int, path: str) -> Job:
    """The run of a Python consumer on the inputs behind `inputs_fd`."""
    folder = str(manifest.folder.absolute())
    return Job(
        words=(
            *(sys.executable, "-s", "-B", "-P", str(_HOST)),
            *(str(inputs_fd), "{record_fd}", str(_CYCLES), folder, run.module, run.function),
            *run.rejects,
        ),
        read=(*isolation.readable([str(_HOST)]), *readable(manifest)),
        environment=isolation.minimal_environment(path, {"PYTHONHASHSEED": "0"}),
        descriptors=(inputs_fd,),
        limits=Limits(
            timeout_seconds=manifest.timeout_seconds,
            address_bytes=manifest.memory_mb * _MIB,
        ),
        without=manifest.without,
    )


def readable(manifest: Manifest) -> tuple[Path, ...]:
    """What a Python consumer may read: Python itself, all that it imports from, its own folder."""
    known = (sys.prefix, sys.base_prefix, sys.base_exec_prefix, *sys.path)
    return (
        *isolation.readable([sys.executable, str(manifest.folder.absolute())]),
        *isolation.readable([entry for entry in dict.fromkeys(known) if entry]),
        *manifest.read,
    )
