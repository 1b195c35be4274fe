"""Verdicts that workers found to differ from what the compiled schema says: suspicions so far.

The consumer shares a worker's memory and may have spoiled what judged it. So each content is read
again by both engines here, and a finding is what a run in isolation shows. A suspicion's file is
removed once nothing of it can be lost; what is not settled in the time waits for the next start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from harness.consumers.isolation import Stop
from harness.fuzzing.bench import Case, Finish
from harness.fuzzing.corpus import digest
from harness.fuzzing.faults import Fault
from harness.fuzzing.judging import Fits, Opinion, Oracle
from harness.fuzzing.ledger import Ledger
from harness.fuzzing.store import Store
from harness.fuzzing.tool_faults import DIFFER, ToolFaults
from harness.fuzzing.trials import Doubtful, Trials, Tried
from harness.schema.whole import write_whole

KIND: Final = "verdict"
_ACCEPTED = "accepted-"


class DisputeDesk:
    """Settles the suspicions of workers."""

    def __init__(
        self, oracle: Oracle, store: Store, ledger: Ledger, trials: Trials,
        tool_faults: ToolFaults, link: Callable[[int, str], None],
    ) -> None:  # fmt: skip  # who judges, who keeps, and who knows workers' keys for findings
        self._oracle = oracle
        self._store = store
        self._ledger = ledger
        self._trials = trials
        self._tool_faults = tool_faults
        self._link = link
        self._untold: deque[tuple[Path, Fault]] = deque()
        self._unrun: deque[tuple[Path, Fault, Opinion]] = deque()
        self._waiting: set[Path] = set()
        self.put_aside = 0

    @property
    def waiting(self) -> int:
        """How many suspicions lie in their files still."""
        return len(self._waiting)

    def add(self, path: Path, fault: Fault) -> None:
        """Put a suspicion on the list, with the file that it lies in."""
        self._waiting.add(path)
        self._untold.append((path, fault))

    def next(self) -> Case | None:
        """Return what is next: runs first."""
        while self._unrun:
            path, fault, opinion = self._unrun.popleft()
            if known := self._known(fault, opinion):
                self._settled(path, fault, known)
            else:
                return self._running(path, fault, opinion)
        return self._reading(*self._untold.popleft()) if self._untold else None

    def _known(self, fault: Fault, opinion: Opinion) -> str:
        """The finding that an acceptance belongs to; empty for none."""
        accepted = fault.what.startswith(_ACCEPTED)
        return self._ledger.finding_about(opinion.faults) if accepted else ""

    def _reading(self, path: Path, fault: Fault) -> Case:
        def work(stop: Stop) -> Finish:
            del stop  # reading has bounds of its own
            opinion = self._oracle.compared(fault.content)
            return lambda: self._read(path, fault, opinion)

        return work

    def _read(self, path: Path, fault: Fault, opinion: Opinion) -> None:
        if opinion.is_split:
            self._tool_faults.keep(DIFFER, fault.content)
        accepted = fault.what.startswith(_ACCEPTED)
        if opinion.fits(accepted=accepted) is not Fits.NO:
            self._settled(path, fault, "")  # the worker's memory was spoiled, or see above
        else:
            self._unrun.append((path, fault, opinion))

    def _running(self, path: Path, fault: Fault, opinion: Opinion) -> Case:
        def tried(tried: Tried) -> None:
            self._settled(path, fault, tried.keys[0] if tried.keys else "")

        return self._trials.running(Doubtful(opinion, fault.content), tried)

    def _settled(self, path: Path, fault: Fault, key: str) -> None:
        if not key:
            self.put_aside += 1
            folder = self._store.folder / "unconfirmed"
            folder.mkdir(exist_ok=True)
            write_whole(folder / f"{fault.kind}-{digest(fault.content)[:16]}", fault.content)
        self._link(fault.key, key)
        self._waiting.discard(path)
        path.unlink(missing_ok=True)
