"""Python consumers: bytes in, a value or an exception out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.consumers import manifest
from harness.consumers.observation import How, Observation, Verdict
from harness.consumers.run import Consumer, ConsumerError, prepare, run
from tests.consumers.conftest import manifest_text

MODULE = """
import os, socket, sys

class Refused(ValueError):
    pass

CALLS = []

def read(content, companions, observe):
    CALLS.append(content)
    observe("consumed_bytes", len(content))
    observe("companion", companions["defs"][0], index=3)
    match content:
        case b"refuse": raise Refused("no")
        case b"crash": return [][1]
        case b"memory": return bytearray(1 << 33)
        case b"exit": os._exit(0)
        case b"leave": sys.exit(0)
        case b"deep": return read(content, companions, observe)
        case b"socket": socket.socket()
        case b"write":
            try:
                open("/tmp/evil", "w")
            except OSError:  # which one depends on the layers that this machine has
                raise RuntimeError
        case b"calls": observe("calls", len(CALLS))

def plain(content):
    return len

def deaf(content):
    return None
"""


def consumer_of(folder: Path, environment: Mapping[str, str], function: str) -> Consumer:
    """A consumer that calls `function` of the module above."""
    (folder / "module.py").write_text(MODULE)
    (folder / "defs.bin").write_bytes(b"\x07")
    lines = f'python = "{function}"\nrejects = ["ValueError"]\nmemory_mb = 1024'
    (folder / "m.toml").write_text(manifest_text(lines, '[companions]\ndefs = "defs.bin"'))
    return prepare(manifest.load(folder / "m.toml"), environment=environment)


@pytest.fixture
def reader(tmp_path: Path, environment: Mapping[str, str]) -> Consumer:
    """The consumer with companions and observations."""
    return consumer_of(tmp_path, environment, "module:read")


def told(seen: Observation) -> tuple[How, str, Verdict]:
    """What matters of a run."""
    return (seen.how, seen.detail.partition(" in ")[0], seen.verdict)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"good", (How.FINISHED, "", Verdict.ACCEPTED)),
        (b"refuse", (How.FINISHED, "", Verdict.REJECTED)),
        (b"crash", (How.EXIT, "uncaught IndexError", Verdict.NONE)),
        (b"deep", (How.EXIT, "uncaught RecursionError", Verdict.NONE)),
        (b"leave", (How.EXIT, "uncaught SystemExit", Verdict.NONE)),
        (b"write", (How.EXIT, "uncaught RuntimeError", Verdict.NONE)),
        (b"memory", (How.LIMIT, "memory", Verdict.NONE)),
        (b"exit", (How.EXIT, "exit code 0", Verdict.NONE)),
        (b"socket", (How.VIOLATION, "socket (AF_INET)", Verdict.NONE)),
    ],
)
def test_each_end_is_told_apart(
    reader: Consumer, content: bytes, expected: tuple[How, str, Verdict]
) -> None:
    """A subclass of a listed exception rejects; all else that is raised is a crash."""
    assert told(run(reader, content)) == expected


def test_the_line_that_raised_is_named(reader: Consumer) -> None:
    """Function and file of the innermost frame; the traceback is in the output."""
    seen = run(reader, b"crash")
    assert seen.detail == "uncaught IndexError in `read` (module.py:15)"
    assert "list index out of range" in seen.stderr


def test_a_rejection_has_the_consumers_own_reason(reader: Consumer) -> None:
    """The exception and its line: who refuses for another reason means something else."""
    assert run(reader, b"refuse").reason == "Refused in `read` (module.py:14)"
    assert run(reader, b"fine").reason == ""


def test_companions_and_observations(reader: Consumer) -> None:
    """They are given to the parameters of those names."""
    (first, _) = run(reader, b"good").steps
    assert (first.values, first.indexed) == ({"consumed_bytes": (4,)}, {"companion": {3: (7,)}})


def test_state_that_outlives_a_load_is_visible(reader: Consumer) -> None:
    """Both loads are made in one process."""
    assert [step.values["calls"] for step in run(reader, b"calls").steps] == [(1,), (2,)]


def test_events_go_to_what_the_function_returns(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """And what that returns is recorded."""
    seen = run(consumer_of(tmp_path, environment, "module:plain"), b"x", events=[b"ab", b""])
    assert [(step.phase, step.result) for step in seen.steps] == 2 * [
        ("load", 0),
        ("event", 2),
        ("event", 0),
    ]


def test_events_that_nobody_takes_are_no_success(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """A function that returns nothing cannot be fed."""
    seen = run(consumer_of(tmp_path, environment, "module:deaf"), b"x", events=[b"ab"])
    assert (seen.how, seen.survived) == (How.EXIT, False)


@pytest.mark.parametrize("function", ["none:read", "module:none", "module:CALLS"])
def test_a_function_that_is_not_there(
    tmp_path: Path, environment: Mapping[str, str], function: str
) -> None:
    """The consumer was not started."""
    with pytest.raises(ConsumerError, match="cannot be imported") as caught:
        run(consumer_of(tmp_path, environment, function), b"x")
    assert caught.value.code == "T006"
