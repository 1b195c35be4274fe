"""Running one program through the launcher: its command line, its streams, its report."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import msgspec

from harness.consumers.observation import Layer
from harness.native import toolchain
from harness.schema.resources import runtime_folder

KEPT_OUTPUT_BYTES = 256 * 1024
MOST_RECORD_BYTES = 16 * 1024 * 1024
_MIB = 1024 * 1024
_PATIENCE_SECONDS = 30  # for the launcher itself, past the run's own time
LAUNCHER_SOURCES = (
    "launcher.c",
    "sandbox_calls.c",
    "sandbox_landlock.c",
    "sandbox_namespaces.c",
    "sandbox_report.c",
    "sandbox_rights.c",
)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may use.

    Attributes:
        timeout_seconds: by the clock; processor time may be one second more.
        address_bytes: address space; 0 for no limit, which sanitizers need.
        file_bytes: largest file.
        scratch_bytes: of the scratch folder.
        open_files: descriptors.
        processes: processes and threads that may be started.
    """

    timeout_seconds: float
    address_bytes: int = 0
    file_bytes: int = 32 * _MIB
    scratch_bytes: int = 64 * _MIB
    open_files: int = 256
    processes: int = 256


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One program to run.

    Attributes:
        words: the program and its arguments; `{record_fd}` stands for the records' descriptor.
        read: files and folders that it may read and execute.
        environment: its whole environment; `{scratch}` stands for the scratch folder.
        descriptors: open files that it inherits.
        limits: what it may use.
        without: layers that are switched off.
    """

    words: tuple[str, ...]
    read: tuple[Path, ...]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    limits: Limits
    without: tuple[str, ...] = ()


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """What the launcher told.

    Attributes:
        end: `exit`, `signal`, `limit`, `timeout`, `violation` or `lost`.
        detail: exit code, signal's name, limit or what was tried.
        code: exit code; None where it did not exit.
        failed: why the program could not be started; empty if it was.
        layers: of isolation, in the order in which they were set up.
        left: processes were still running at the end.
        records: what the program wrote to the records' descriptor, up to the limit.
        output: the last of its standard output and error.
        milliseconds: the whole run took.
    """

    end: str
    detail: str
    code: int | None
    failed: str
    layers: tuple[Layer, ...]
    left: bool
    records: bytes
    output: bytes
    milliseconds: int


def build_launcher(tools: toolchain.Toolchain, environment: Mapping[str, str]) -> Path:
    """Return the launcher, built if need be.

    Raises:
        toolchain.BuildError: the compiler refused it.
    """
    own = tuple(runtime_folder() / name for name in LAUNCHER_SOURCES)
    return toolchain.build(
        tools, toolchain.Job(sources=(), flags=toolchain.PLAIN, own=own), environment
    )


def launch(launcher: Path, job: Job) -> Ending:
    """Run `job` to its end, however it ends; nothing that it started lives on."""
    with tempfile.TemporaryDirectory(prefix="harness-") as scratch, _Pipes() as pipes:
        words = [
            str(launcher),
            *_options(job, Path(scratch), pipes.status.writer),
            *("--keep-fd", str(pipes.records.writer)),
            "--",
            *(word.replace("{record_fd}", str(pipes.records.writer)) for word in job.words),
        ]
        environment = {k: v.replace("{scratch}", scratch) for k, v in job.environment.items()}
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=pipes.output.writer,
            stderr=pipes.output.writer,
            pass_fds=(pipes.status.writer, pipes.records.writer, *job.descriptors),
            env=environment,
            start_new_session=True,
        )
        try:
            pipes.close_writers()
            _listen(process, pipes, job.limits.timeout_seconds + _PATIENCE_SECONDS)
        finally:
            _stop(process)
    return _ending(pipes)


def _options(job: Job, scratch: Path, status_fd: int) -> Iterator[str]:
    limits = job.limits
    numbers = {
        "--status-fd": status_fd,
        "--timeout-ms": max(1, round(limits.timeout_seconds * 1000)),
        "--cpu-seconds": int(limits.timeout_seconds) + 1,
        "--scratch-bytes": limits.scratch_bytes,
        "--file-bytes": limits.file_bytes,
        "--open-files": limits.open_files,
        "--address-bytes": limits.address_bytes,
        "--processes": limits.processes,
    }
    yield from ("--scratch", str(scratch))
    for option, number in numbers.items():
        yield from (option, str(number))
    for path in job.read:
        yield from ("--read", str(path.absolute()))
    for layer in job.without:
        yield from ("--without", layer)
    for descriptor in job.descriptors:
        yield from ("--keep-fd", str(descriptor))


class _Pipe:
    """One stream from the sandbox: what came through it, within bounds."""

    def __init__(self, *, keep_last: int = 0, most: int = 0) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.data = bytearray()
        self.overflowed = False
        self._keep_last = keep_last
        self._most = most

    def take(self) -> bool:
        """Read what is there; False at the end of the stream."""
        try:
            part = os.read(self.reader, 1 << 16)
        except BlockingIOError:
            return True
        self.data += part
        if self._keep_last and len(self.data) > 2 * self._keep_last:
            del self.data[: -self._keep_last]
        if self._most and len(self.data) > self._most:
            del self.data[self._most :]
            self.overflowed = True
        return bool(part)

    def last(self) -> bytes:
        return bytes(self.data[-self._keep_last :])


class _Pipes:
    """The three streams of a run."""

    def __init__(self) -> None:
        self.status = _Pipe(keep_last=_MIB)
        self.records = _Pipe(most=MOST_RECORD_BYTES)
        self.output = _Pipe(keep_last=KEPT_OUTPUT_BYTES)
        self.all = (self.status, self.records, self.output)
        self._open = {fd for pipe in self.all for fd in (pipe.reader, pipe.writer)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for descriptor in tuple(self._open):
            self.close(descriptor)

    def close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        os.close(descriptor)

    def close_writers(self) -> None:
        for pipe in self.all:
            self.close(pipe.writer)


def _listen(process: subprocess.Popen[bytes], pipes: _Pipes, patience_seconds: float) -> None:
    """Take in all three streams until they end, one of them is flooded or patience does."""
    deadline = time.monotonic() + patience_seconds
    with selectors.DefaultSelector() as selector:
        for pipe in pipes.all:
            selector.register(pipe.reader, selectors.EVENT_READ, pipe)
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(timeout=1.0):
                if not key.data.take():
                    selector.unregister(key.fd)
            if pipes.records.overflowed:
                return
            if process.poll() is not None and not selector.select(timeout=0):
                return  # a stream that is kept open by nobody who matters


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the launcher, which ends the run first; by force if it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ending(pipes: _Pipes) -> Ending:
    layers: list[Layer] = []
    end, detail, failed, left, milliseconds = "lost", "", "", False, 0
    for line in pipes.status.data.decode(errors="replace").splitlines():
        word, _, rest = line.partition(" ")
        match word:
            case "layer":
                name, state, why = (*rest.split(" ", 2), "")[:3]
                layers.append(Layer(name, state == "reached", why))
            case "failed":
                failed = rest
            case "end":
                end, _, detail = rest.partition(" ")
            case "left":
                left = True
            case "usage":
                milliseconds = int(rest.split()[2])
    if pipes.records.overflowed:
        end, detail = "violation", f"more than {MOST_RECORD_BYTES // _MIB} MiB of observations"
    code = int(detail) if end == "exit" else None
    if end == "signal":
        detail = _signal_name(int(detail))
    return Ending(
        end=end,
        detail=detail,
        code=code,
        failed=failed,
        layers=tuple(layers),
        left=left,
        records=bytes(pipes.records.data),
        output=pipes.output.last(),
        milliseconds=milliseconds,
    )


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def minimal_environment(path: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a consumer: nothing of the user's own but the search path."""
    return {
        "PATH": path,
        "HOME": "{scratch}",
        "TMPDIR": "{scratch}",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **extra,
    }


def readable(paths: Sequence[str]) -> tuple[Path, ...]:
    """Those of `paths` that are there, as paths."""
    return tuple(path for path in map(Path, paths) if path.exists())
