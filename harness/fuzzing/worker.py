"""One worker: a process that fuzzes, its folder, and what the engine says of its progress."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

from harness.consumers import isolation
from harness.consumers.isolation import Job, Status
from harness.consumers.observation import Layer
from harness.fuzzing import faults
from harness.fuzzing.corpus import Harvest
from harness.fuzzing.faults import Fault
from harness.fuzzing.page import PHASES, Counters, Page

# Of the driver, and unlike libFuzzer's own 70 to 78; the first: no longer fit to go on.
STARTED_ANEW = 113
CANNOT_START = 112
_PROGRESS = re.compile(rb"^#\d+\s.*?\bcov: (\d+) ft: (\d+)")
_KEPT_LINES = 200
_STOP_SECONDS = 5
_SCRATCH = "scratch-"
_JUDGE_HANGS = 114  # of the driver: the compiled schema does not come back
_OF_A_READING = frozenset(
    (_JUDGE_HANGS, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL)
)


class Lane(Protocol):
    """A kind of worker: native or Python."""

    @property
    def name(self) -> str:
        """`native` or `python`."""

    @property
    def program(self) -> Path | None:
        """The program that workers run, where it is the consumer's own."""

    @property
    def launcher(self) -> Path:
        """The program that isolates workers."""

    @property
    def told(self) -> frozenset[str]:
        """Kinds of faults that a worker's own word is enough for; see `Fault`."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What cannot be seen in this consumer."""

    @property
    def judges(self) -> bool:
        """Whether workers are to hold verdicts against the compiled schema themselves."""

    def job(self, folder: Path, page: Page, corpus: Path, options: Sequence[str]) -> Job:
        """Say how to run a worker.

        Args:
            folder: all that it may write to.
            page: shared with it.
            corpus: that it starts from.
            options: for libFuzzer.
        """

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """Return the content that a worker was executing when it ended, if it was."""


class _Running:
    """A process behind the launcher, with what it and the launcher say."""

    def __init__(self, launcher: Path, job: Job, scratch: Path) -> None:
        self._status, writer = os.pipe()
        os.set_blocking(self._status, False)
        self._told = b""
        try:
            self._process = subprocess.Popen(
                isolation.command_line(launcher, job, scratch, writer),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(writer, *job.descriptors),
                process_group=0,  # ctrl-c is for the supervisor, which then stops its workers
                env={
                    name: value.replace("{scratch}", str(scratch))
                    for name, value in job.environment.items()
                },
            )
        finally:
            os.close(writer)
        assert self._process.stderr is not None  # noqa: S101  # asked for above
        self.output: IO[bytes] = self._process.stderr

    def status(self) -> Status:
        """What the launcher has told so far."""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._status, 1 << 16):
                self._told += part
        return isolation.read_status(self._told)

    def has_ended(self) -> bool:
        """Whether the launcher is gone, and all that it started with it."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it at once; by force if the launcher does not."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Give the streams back."""
        self.output.close()
        os.close(self._status)


class Worker:
    """A process that is started again whenever it ends."""

    def __init__(self, number: int, folder: Path, lane: Lane) -> None:
        self.number = number
        self.folder = folder = folder.absolute()
        self.faults = folder / "faults"
        self.faults.mkdir(parents=True, exist_ok=True)
        (folder / "left").mkdir(exist_ok=True)
        self.harvest = Harvest(folder / "corpus")
        self.page = Page(folder / "page")
        self.edges = 0
        self.starts = 0
        self.layers: tuple[Layer, ...] = ()
        self._lane = lane
        self._running: _Running | None = None
        self._reader: threading.Thread | None = None
        self._said: deque[bytes] = deque(maxlen=_KEPT_LINES)

    def start(self, corpus: Path, options: Sequence[str]) -> None:
        """Start the process on the whole corpus."""
        self.harvest.clear()
        for path in (self.folder / "left").iterdir():
            path.unlink()
        self.page.rest()
        whole = (
            *options,
            f"-artifact_prefix={self.folder / 'left'}/",
            str(self.harvest.folder),
            str(corpus.absolute()),
        )
        job = self._lane.job(self.folder, self.page, corpus, whole)
        self.starts += 1
        self._running = _Running(self._lane.launcher, job, self._empty_scratch())
        self._reader = threading.Thread(
            target=self._listen, args=(self._running.output,), daemon=True
        )
        self._reader.start()

    def _empty_scratch(self) -> Path:
        """A folder for the consumer's own files; where mounts stand, one in memory covers it.

        It is another one each time: what a supervisor that was killed had started may still be
        there for a moment, and removes its own as it ends.
        """
        for left in self.folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=self.folder))

    @property
    def said(self) -> str:
        """The last lines that the process wrote to its standard error."""
        return b"".join(self._said).decode(errors="replace")

    def ended(self) -> int | None:
        """Return how a process that has ended did so; None while it runs.

        A number from 0 on is an exit code; a negative one is that of a signal.
        """
        if self._running is None:
            return 0
        has_ended = self._running.has_ended()
        status = self._running.status()
        if len(status.layers) > len(self.layers):  # they are told one by one
            self.layers = status.layers
        return self._code(status) if has_ended else None

    def _code(self, status: Status) -> int:
        if status.failed:
            self._said.append(status.failed.encode())
            return CANNOT_START
        match status.end:
            case "exit":
                return int(status.detail)
            case "signal":
                return -int(status.detail)
            case _:
                self._said.append(f"{status.end} {status.detail}".encode())
                return -signal.SIGSYS if status.end == "violation" else -signal.SIGKILL

    def stop(self) -> None:
        """End the process at once: all that it found is in files already."""
        if self._running is None:
            return
        self._running.stop()
        if self._reader is not None:
            self._reader.join(_STOP_SECONDS)
        self._running.close()
        self._running = None

    def lost(self, code: int) -> Fault | None:
        """Return what ended a process that did not mean to end, as a fault."""
        if code in (0, STARTED_ANEW, CANNOT_START):
            return None
        content = self._lane.lost_content(self.folder, self.page)
        if content is None:
            return None
        seen: Counters = self.page.counters()
        phase = PHASES[seen.phase % len(PHASES)]
        return Fault(
            kind="oracle" if phase == "judge" and code in _OF_A_READING else "died",
            what=f"exit-code-{code}" if code >= 0 else f"signal-{-code}",
            key=0,
            phase=phase,
            index=seen.index,
            cycle=seen.cycle,
            content=content,
            report=self.said,
        )

    def waiting(self) -> Iterator[tuple[Path, Fault]]:
        """Yield the faults that were told and not yet taken, with their files."""
        for path in faults.waiting(self.faults):
            fault = faults.parse(path.read_bytes())
            if fault is not None:
                yield path, fault

    def close(self) -> None:
        """Stop, and give the page back."""
        self.stop()
        self.page.close()

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            found = _PROGRESS.match(line)
            if found is None:
                self._said.append(line)
            else:
                self.edges = int(found[1])
