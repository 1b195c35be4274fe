"""One worker: a process that fuzzes, its folder, and what the engine says of its progress."""

from __future__ import annotations

import re
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

import msgspec

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


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """How to start a worker's process."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()


class Lane(Protocol):
    """A kind of worker: native or Python."""

    @property
    def name(self) -> str:
        """`native` or `python`."""

    @property
    def program(self) -> Path | None:
        """The program that workers run, where it is the consumer's own."""

    def launch(self, folder: Path, page: Page, options: Sequence[str]) -> Launch:
        """Say how to start a worker.

        Args:
            folder: where it writes its faults.
            page: shared with it.
            options: for libFuzzer.
        """

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """Return the content that a worker was executing when it ended, if it was."""


class Worker:
    """A process that is started again whenever it ends."""

    def __init__(self, number: int, folder: Path, lane: Lane) -> None:
        self.number = number
        self.folder = folder
        self.faults = folder / "faults"
        self.faults.mkdir(parents=True, exist_ok=True)
        (folder / "left").mkdir(exist_ok=True)
        self.harvest = Harvest(folder / "corpus")
        self.page = Page(folder / "page")
        self.edges = 0
        self.starts = 0
        self._lane = lane
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._said: deque[bytes] = deque(maxlen=_KEPT_LINES)

    def start(self, corpus: Path, options: Sequence[str]) -> None:
        """Start the process on the whole corpus."""
        self.harvest.clear()
        for path in (self.folder / "left").iterdir():
            path.unlink()
        self.page.set_busy(busy=False)
        whole = (
            *options,
            f"-artifact_prefix={self.folder / 'left'}/",
            str(self.harvest.folder),
            str(corpus),
        )
        launch = self._lane.launch(self.folder, self.page, whole)
        self.starts += 1
        self._process = subprocess.Popen(
            launch.words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=launch.descriptors,
            process_group=0,  # ctrl-c is for the supervisor, which then stops its workers
            env={
                name: value.replace("{scratch}", str(self.folder))
                for name, value in launch.environment.items()
            },
        )
        assert self._process.stderr is not None  # noqa: S101  # asked for above
        self._reader = threading.Thread(
            target=self._listen, args=(self._process.stderr,), daemon=True
        )
        self._reader.start()

    @property
    def said(self) -> str:
        """The last lines that the process wrote to its standard error."""
        return b"".join(self._said).decode(errors="replace")

    def ended(self) -> int | None:
        """Return the exit code of a process that has ended; None while it runs."""
        if self._process is None:
            return 0
        return self._process.poll()

    def stop(self) -> None:
        """End the process at once: all that it found is in files already."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(_STOP_SECONDS)
        if self._reader is not None:
            self._reader.join(_STOP_SECONDS)
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process = None

    def lost(self, code: int) -> Fault | None:
        """Return what ended a process that did not mean to end, as a fault."""
        if code in (0, STARTED_ANEW, CANNOT_START):
            return None
        content = self._lane.lost_content(self.folder, self.page)
        if content is None:
            return None
        seen: Counters = self.page.counters()
        return Fault(
            kind="died",
            what=f"exit-code-{code}" if code >= 0 else f"signal-{-code}",
            key=0,
            phase=PHASES[seen.phase % len(PHASES)],
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
