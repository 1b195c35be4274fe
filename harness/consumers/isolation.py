"""Running one program through the launcher: its command line, its streams, its report."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_GLANCE_SECONDS = 0.1  # how long a wish to stop may go unheard
_FOR_EVER_MS = 1 << 40
LAUNCHER_SOURCES = (
    "launcher.c",
    "sandbox_calls.c",
    "sandbox_landlock.c",
    "sandbox_namespaces.c",
    "sandbox_report.c",
    "sandbox_rights.c",
)


Stop = Callable[[], bool]
"""Asked again and again; true breaks a run off."""


class StoppedError(Exception):
    """A run was broken off from outside; what it would have come to is not known."""


def never() -> bool:
    """Run to the end."""
    return False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may use.

    Attributes:
        timeout_seconds: by the clock; processor time may be one second more. 0 for no limit.
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
        write: folders that it may write to, beside the scratch folder.
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
    write: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the launcher itself told.

    Attributes:
        end: `exit`, `signal`, `limit`, `timeout`, `violation`, or `lost` while nothing is told.
        detail: exit code, signal's number, limit or what was tried.
        failed: why the program could not be started; empty if it was.
        layers: of isolation, in the order in which they were set up.
        left: processes were still running at the end.
        milliseconds: the whole run took.
    """

    end: str = "lost"
    detail: str = ""
    failed: str = ""
    layers: tuple[Layer, ...] = ()
    left: bool = False
    milliseconds: int = 0


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended.

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


def launch(launcher: Path, job: Job, stop: Stop = never) -> Ending:
    """Run `job` to its end, however it ends; nothing that it started lives on.

    Raises:
        StoppedError: `stop` said so first.
    """
    with tempfile.TemporaryDirectory(prefix="harness-") as scratch, _Pipes() as pipes:
        kept = msgspec.structs.replace(
            job,
            words=tuple(
                word.replace("{record_fd}", str(pipes.records.writer)) for word in job.words
            ),
            descriptors=(pipes.records.writer, *job.descriptors),
        )
        words = command_line(launcher, kept, Path(scratch), pipes.status.writer)
        environment = {k: v.replace("{scratch}", scratch) for k, v in job.environment.items()}
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=pipes.output.writer,
            stderr=pipes.output.writer,
            pass_fds=(pipes.status.writer, *kept.descriptors),
            env=environment,
            start_new_session=True,
        )
        try:
            pipes.close_writers()
            _listen(process, pipes, job.limits.timeout_seconds + _PATIENCE_SECONDS, stop)
        finally:
            _stop(process)
    return _ending(pipes)


def command_line(launcher: Path, job: Job, scratch: Path, status_fd: int) -> list[str]:
    """Return the words that start `job` behind the launcher.

    Args:
        launcher: see `build_launcher`.
        job: what to run; its descriptors are inherited as they are.
        scratch: an empty folder.
        status_fd: where the launcher writes; the run ends when nobody reads there any more.
    """
    return [str(launcher), *_options(job, scratch, status_fd), "--", *job.words]


def _options(job: Job, scratch: Path, status_fd: int) -> Iterator[str]:
    limits = job.limits
    seconds = limits.timeout_seconds
    numbers = {
        "--status-fd": status_fd,
        "--timeout-ms": max(1, round(seconds * 1000)) if seconds else _FOR_EVER_MS,
        "--cpu-seconds": int(seconds) + 1 if seconds else 0,
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
    for path in job.write:
        yield from ("--write", str(path.absolute()))
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


def _listen(
    process: subprocess.Popen[bytes], pipes: _Pipes, patience_seconds: float, stop: Stop
) -> None:
    """Take in all three streams until they end, one of them is flooded or patience does."""
    deadline = time.monotonic() + patience_seconds
    with selectors.DefaultSelector() as selector:
        for pipe in pipes.all:
            selector.register(pipe.reader, selectors.EVENT_READ, pipe)
        while selector.get_map() and time.monotonic() < deadline:
            if stop():
                raise StoppedError
            for key, _ in selector.select(timeout=_GLANCE_SECONDS):
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
    told = read_status(bytes(pipes.status.data))
    end, detail = told.end, told.detail
    if pipes.records.overflowed:
        end, detail = "violation", f"more than {MOST_RECORD_BYTES // _MIB} MiB of observations"
    return Ending(
        end=end,
        detail=_signal_name(int(detail)) if end == "signal" else detail,
        code=int(detail) if end == "exit" else None,
        failed=told.failed,
        layers=told.layers,
        left=told.left,
        records=bytes(pipes.records.data),
        output=pipes.output.last(),
        milliseconds=told.milliseconds,
    )


def read_status(data: bytes) -> Status:
    """Read what the launcher wrote, which may be the beginning of it."""
    layers: list[Layer] = []
    end, detail, failed, left, milliseconds = "lost", "", "", False, 0
    for line in data.decode(errors="replace").splitlines():
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
    return Status(
        end=end,
        detail=detail,
        failed=failed,
        layers=tuple(layers),
        left=left,
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
