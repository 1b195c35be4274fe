"""Consumers that try to get out, to stay on, or to use up the machine, are held; also as root."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from harness.consumers import isolation
from harness.consumers.observation import How, Observation, Verdict
from harness.consumers.run import Consumer, run
from harness.native import toolchain
from tests.consumers.conftest import HERE


def limited(consumer: Consumer, **changes: object) -> Consumer:
    """The consumer with other limits in its manifest."""
    manifest = msgspec.structs.replace(consumer.manifest, **changes)
    return msgspec.structs.replace(consumer, manifest=manifest)


def told(consumer: Consumer, content: str, **changes: object) -> Observation:
    """What the consumer does with `content`, a command and its argument."""
    return run(limited(consumer, **changes), content.encode())


def running(name: str) -> list[str]:
    """Processes of this machine with that name."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            found += [str(path)] if path.read_text().strip() == name else []
        except OSError:
            continue  # it ended while we looked
    return found


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("socket", "socket (AF_INET)"),
        ("ptrace", "ptrace"),
        ("unshare", "unshare"),
        ("mount", "mount"),
        ("fork-bomb", "more processes and threads than a run may start"),
    ],
)
def test_a_forbidden_call_ends_the_run_and_is_named(
    misbehaving: Consumer, content: str, what: str
) -> None:
    """The run ends with the first call of that kind."""
    seen = told(misbehaving, content)
    assert (seen.how, seen.detail, seen.verdict) == (How.VIOLATION, what, Verdict.NONE)


def test_a_local_socket_is_refused_and_no_violation(misbehaving: Consumer) -> None:
    """Name services try one and do without."""
    seen = told(misbehaving, "local-socket")
    assert (seen.how, seen.verdict) == (How.FINISHED, Verdict.ACCEPTED)


def test_nothing_is_written_outside(misbehaving: Consumer, tmp_path: Path) -> None:
    """A file that the test's own user may write is out of reach."""
    seen = told(misbehaving, f"write {tmp_path / 'evil'}")
    assert seen.verdict is Verdict.ACCEPTED  # it tried, and was refused
    assert list(tmp_path.iterdir()) == []


def test_no_file_outside_is_read_removed_or_opened_up(
    misbehaving: Consumer, tmp_path: Path
) -> None:
    """Neither content, nor name, nor rights of a file outside can be had."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o600)
    for attempt in ("read", "remove", "chmod"):
        assert told(misbehaving, f"{attempt} {secret}").verdict is Verdict.ACCEPTED, attempt
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_the_scratch_folder_can_be_written(misbehaving: Consumer) -> None:
    """It is the folder that a consumer starts in."""
    assert told(misbehaving, "scratch").verdict is Verdict.ACCEPTED


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process outside, of the same user."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


@pytest.mark.parametrize(
    "without",
    [
        (),
        ("process-namespace",),
        ("landlock-scope",),
        ("process-namespace", "landlock-scope"),  # the filter alone is left
    ],
)
def test_no_process_outside_can_be_signalled(
    misbehaving: Consumer, without: tuple[str, ...], bystander: subprocess.Popen[bytes]
) -> None:
    """Namespace, Landlock and filter each keep signals inside; the consumer's own still work."""
    seen = told(misbehaving, f"signal {bystander.pid}", without=without)
    assert seen.verdict is Verdict.ACCEPTED
    assert bystander.poll() is None
    assert told(misbehaving, "abort", without=without).detail == "abort"


def test_the_attempts_are_real(
    misbehaving: Consumer, tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    """With the layers off that stop it, each attempt succeeds: so the tests here test something."""
    off = (
        *("read-only-mounts", "landlock-files", "landlock-scope", "process-namespace"),
        *("user-namespace", "system-call-filter"),
    )
    kept = tmp_path / "kept"
    kept.write_text("kept")
    kept.chmod(0o600)
    attempts = [f"{word} {kept}" for word in ("read", "chmod", "write", "remove")]
    for attempt in (*attempts, "socket", f"signal {bystander.pid}"):
        seen = told(misbehaving, attempt, without=off)
        assert seen.steps[0].result == 1, attempt
    assert bystander.wait(timeout=5) == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def test_another_user_cannot_be_become(misbehaving: Consumer) -> None:
    """Root has no capabilities inside, and others never had."""
    assert told(misbehaving, "setuid").verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("without", [(), ("process-namespace",)])
def test_a_daemon_does_not_survive(misbehaving: Consumer, without: tuple[str, ...]) -> None:
    """What the run started ends with it, session of its own or not, and is reported."""
    name = f"hns-{os.getpid()}"
    seen = told(misbehaving, f"daemon {name}", without=without)
    assert (seen.how, seen.left_processes, seen.survived) == (How.FINISHED, True, False)
    assert running(name) == []


@pytest.mark.parametrize("content", ["loop", "ignore-signals", "stop"])
def test_a_consumer_that_never_ends_is_ended(misbehaving: Consumer, content: str) -> None:
    """A busy loop, one that ignores every signal, one that is stopped: the time is up."""
    seen = told(misbehaving, content, timeout_seconds=0.4)
    assert (seen.how, seen.where) == (How.TIMEOUT, "at the first load")


@pytest.mark.parametrize("without", [(), ("process-namespace",)])
def test_a_timeout_ends_the_whole_group(misbehaving: Consumer, without: tuple[str, ...]) -> None:
    """A child in a session of its own is killed with its parent."""
    name = f"hnt-{os.getpid()}"
    seen = told(misbehaving, f"fork-and-wait {name}", timeout_seconds=0.4, without=without)
    assert seen.how is How.TIMEOUT
    assert running(name) == []


@pytest.mark.parametrize("content", ["allocate-much", "allocate-forever", "map-forever"])
def test_memory_is_limited(misbehaving: Consumer, content: str) -> None:
    """One request that is too large, and many that add up, with and without malloc."""
    assert told(misbehaving, content).how is How.LIMIT


def test_a_file_does_not_grow_without_end(misbehaving: Consumer) -> None:
    """The size of a file has its own limit."""
    seen = told(misbehaving, "fill-file")
    assert (seen.how, seen.detail) == (How.VIOLATION, "more than the limit of file-size")


def test_a_flood_of_output_keeps_its_end(misbehaving: Consumer) -> None:
    """Output is read to the end of the run, and only the last of it is kept."""
    seen = told(misbehaving, "flood-output", timeout_seconds=0.4)
    assert seen.how is How.TIMEOUT
    assert "dull program" in seen.stderr
    assert len(seen.stderr) <= 16 * 1024


def test_a_flood_of_observations_ends_the_run(
    misbehaving: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Observations are kept, so there is an end to them."""
    monkeypatch.setattr(isolation, "MOST_RECORD_BYTES", 1 << 20)
    seen = told(misbehaving, "flood-observations", timeout_seconds=60)
    assert (seen.how, seen.detail) == (How.VIOLATION, "more than 1 MiB of observations")


def test_every_layer_is_reported_by_name(misbehaving: Consumer) -> None:
    """Each layer is there once; those that were reached say nothing more."""
    layers = told(misbehaving, "accept").layers
    assert sorted(layer.name for layer in layers) == sorted(
        [
            "capabilities",
            "ipc-namespace",
            "landlock-files",
            "landlock-network",
            "landlock-scope",
            "limits",
            "network-namespace",
            "no-new-privileges",
            "process-limit",
            "process-namespace",
            "read-only-mounts",
            "system-call-filter",
            "user-namespace",
        ]
    )
    assert all(layer.detail == "" for layer in layers if layer.reached)
    assert all(layer.detail for layer in layers if not layer.reached)


@pytest.mark.parametrize(
    "layer",
    [
        "user-namespace",
        "network-namespace",
        "ipc-namespace",
        "process-namespace",
        "read-only-mounts",
        "limits",
        "capabilities",
        "landlock-files",
        "landlock-network",
        "landlock-scope",
        "system-call-filter",
        "process-limit",
    ],
)
def test_a_layer_that_is_switched_off_is_never_silent(misbehaving: Consumer, layer: str) -> None:
    """The run goes on without it, and says so."""
    seen = told(misbehaving, "accept", without=(layer,))
    assert seen.verdict is Verdict.ACCEPTED
    assert (layer, "switched off") in [(missing.name, missing.detail) for missing in seen.missing]


@pytest.mark.parametrize("without", ["read-only-mounts", "landlock-files"])
def test_one_of_two_layers_is_enough_to_keep_files(
    misbehaving: Consumer, tmp_path: Path, without: str
) -> None:
    """Mounts and Landlock each keep a file from being written, removed and opened up."""
    kept = tmp_path / "kept"
    kept.write_text("kept")
    kept.chmod(0o600)
    layers = told(misbehaving, "accept", without=(without,)).layers
    stands = {layer.name for layer in layers if layer.reached}
    if not stands & {"read-only-mounts", "landlock-files"}:
        return  # this kernel, or the container around us, has only the layer that is off
    for attempt in (f"write {tmp_path / 'evil'}", f"remove {kept}", f"chmod {kept}"):
        seen = told(misbehaving, attempt, without=(without,))
        assert seen.verdict is Verdict.ACCEPTED, attempt
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_without_a_listener_the_kernel_kills_and_the_loss_is_reported(
    misbehaving: Consumer, environment: Mapping[str, str]
) -> None:
    """Inside a sandbox that has the only listener, the filter stands, and names no call."""
    wrapped = toolchain.build(
        toolchain.find(environment),
        toolchain.Job(
            sources=(HERE / "occupied.c",), flags=(f'-DLAUNCHER="{misbehaving.launcher}"',)
        ),
        environment,
    )
    inside = msgspec.structs.replace(misbehaving, launcher=wrapped)
    seen = told(inside, "socket")
    assert (seen.how, seen.detail) == (How.VIOLATION, "a forbidden system call")
    assert "process-limit" in [layer.name for layer in seen.missing]
    assert told(inside, "accept").verdict is Verdict.ACCEPTED


_RUNS_FOR_LONG = """
import os, sys
from pathlib import Path
from harness.consumers import manifest, run
consumer = run.prepare(manifest.load(Path(sys.argv[1])), environment=os.environ)
run.run(consumer, sys.argv[2].encode())
"""


def test_a_run_does_not_outlive_a_killed_harness(
    misbehaving: Consumer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """`kill -9` of the harness ends launcher, consumer and its child; no folder stays behind."""
    name = f"hnk-{os.getpid()}"
    whole = {**os.environ, **environment, "TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", _RUNS_FOR_LONG, str(misbehaving.manifest.path)]
    with subprocess.Popen([*words, f"fork-and-wait {name}"], env=whole) as harness:
        assert _soon(lambda: running(name) != [])
        harness.kill()
    assert _soon(lambda: running(name) == [])
    assert _soon(lambda: list(tmp_path.iterdir()) == [])


def _soon(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.02)
    return False
