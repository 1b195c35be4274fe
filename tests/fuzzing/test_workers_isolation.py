"""Workers run behind the layers that every run of a consumer runs behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from unittest.mock import Mock

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Snapshot
from harness.fuzzing.worker import Worker
from tests.fuzzing.conftest import MOST_SECONDS

_SCHEMA = "meta: {id: any, endian: le}\nseq:\n  - {id: all, size-eos: true}\n"
_NATIVE = """
#include "harness_consumer.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {
    (void)o;
    if (size > 0 && data[0] == 'W') close(open("%s", O_WRONLY | O_CREAT, 0600));
    if (size > 0 && data[0] == 'N') socket(AF_INET, SOCK_STREAM, 0);
    return 0;
}
"""
_PYTHON = """
import socket
def read(content):
    if content[:1] == b"W":
        try:
            open("%s", "w").close()
        except OSError:
            pass
    if content[:1] == b"N":
        socket.socket()
"""


def _fuzz(folder: Path, run: str, environment: Mapping[str, str]) -> Result:
    """A campaign until it has met the sandbox."""
    (folder / "any.ksy").write_text(_SCHEMA)
    (folder / "consumer.toml").write_text(
        f'name = "evil"\nversion = "1"\nschema = "any.ksy"\n[run]\n{run}\n'
    )
    (folder / "seeds").mkdir()
    for letter in "WN":
        (folder / "seeds" / letter).write_text(letter)

    def show(snapshot: Snapshot) -> None:
        if any(key.startswith("D705") for key in snapshot.findings):
            raise KeyboardInterrupt

    request = Request(
        manifest=load(folder / "consumer.toml"), folder=folder / "c", seconds=MOST_SECONDS,
        seeds=(folder / "seeds",),
    )  # fmt: skip
    return fuzz(request, environment, SystemClock(), show)


@pytest.mark.parametrize("lane", ["native", "python"])
def test_a_consumer_neither_writes_nor_talks(
    lane: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """No file outside its folder; a socket ends the worker, and is a finding; layers are told."""
    evil = tmp_path / "made-by-the-consumer"
    run = 'library = {sources = ["evil.c"]}'
    (tmp_path / "evil.c").write_text(_NATIVE % evil)
    if lane == "python":
        run = 'python = "evil_of_tests:read"'
        (tmp_path / "evil_of_tests.py").write_text(_PYTHON % evil)
    result = _fuzz(tmp_path, run, environment)
    assert any(kept.finding.code == "D705" for kept in result.findings)
    assert not evil.exists()
    reached = {layer.name for layer in result.outcome.layers if layer.reached}
    assert {"no-new-privileges", "limits"} <= reached


def test_each_start_has_a_scratch_folder_of_its_own(tmp_path: Path) -> None:
    """One that a killed supervisor left behind may still be removed while the next one runs."""
    workers = [Worker(0, tmp_path, Mock()) for _ in range(2)]
    left, scratch = (worker._empty_scratch() for worker in workers)
    for worker in workers:
        worker.close()
    assert scratch != left
    assert not left.exists()
    assert scratch.is_dir()
