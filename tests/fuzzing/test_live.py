"""The live view of a campaign: on a terminal, on standard error, and gone at the end."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_ENOUGH_SECONDS = 60
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONSUMER = (
    '#include "harness_consumer.h"\n#include <stdlib.h>\n'
    "__attribute__((noinline)) static int beyond(const char *block) { return block[8]; }\n"
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
    "  (void)o; char *block = calloc(1, 8); int seen = 0;\n"
    "  if (size > 0 && data[0] == '!') seen = beyond(block);\n  free(block);\n"
    "  return seen == 300; }\n"
)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The command line of a campaign that finds something at once."""
    (tmp_path / "consumer.c").write_text(_CONSUMER)
    (tmp_path / "any.ksy").write_text(
        "meta: {id: any, endian: le}\nseq:\n  - {id: all, size-eos: true}\n"
    )
    (tmp_path / "consumer.toml").write_text(
        'name = "steps"\nversion = "1"\nschema = "any.ksy"\n'
        '[run]\nlibrary = {sources = ["consumer.c"]}\n'
    )
    (tmp_path / "seed").write_bytes(b"!")
    words = [sys.executable, "-c", "from harness.cli.main import main; main()", "fuzz"]
    words += ["--consumer", str(tmp_path / "consumer.toml"), "--corpus", str(tmp_path / "seed")]
    return [*words, "--campaign", str(tmp_path / "c"), "--time", "10m"]


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **environment, "PYTHONPATH": str(_ROOT), "TERM": "xterm"}


def _read_until(terminal: int, pattern: str) -> str:
    """What was drawn, without colours and movements, once `pattern` is there."""
    said, end = "", time.monotonic() + _ENOUGH_SECONDS
    while not re.search(pattern, said, re.DOTALL):
        assert time.monotonic() < end, said[-2000:]
        said += _ESCAPE.sub("", os.read(terminal, 65536).decode(errors="replace"))
    return said


def test_a_terminal_shows_how_the_campaign_stands(
    words: list[str], environment: Mapping[str, str]
) -> None:
    """Time, executions, rate, edges, corpus, valid share and findings; standard output is free."""
    terminal, stderr = os.openpty()
    fcntl.ioctl(stderr, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=stderr, env=_variables(environment)
    )
    os.close(stderr)
    drawn = _read_until(
        terminal,
        r"of 600 s\s+[\d,]+ executions in [\d.]+ s \([\d,]+/s\).*?"
        r"[\d,]+ edges, [\d,]+ files? in the corpus, "
        r"[\d,]+ judged by the schema \([\d.]+ % valid\).*?"
        r"[\d,]+  D702-memory-fault-beyond-",
    )
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=_ENOUGH_SECONDS)
    os.close(terminal)
    assert process.returncode == 130
    assert "executions" in drawn
    assert b"\x1b[" not in out
    assert b"D702" in out


def test_nothing_is_drawn_where_nobody_looks(
    words: list[str], environment: Mapping[str, str]
) -> None:
    """A log gets no movements of a cursor."""
    done = subprocess.run(
        [*words, "--until", "D702"], capture_output=True, check=False, timeout=_ENOUGH_SECONDS,
        env=_variables(environment),
    )  # fmt: skip
    assert done.returncode == 10
    assert done.stderr == b""
