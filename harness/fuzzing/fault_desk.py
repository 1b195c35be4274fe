"""Faults that workers told of: what waits for which step, and what is kept.

A fault's file is removed once nothing of it can be lost: its finding lies in a folder of its own,
or it was put aside.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

import msgspec

from harness.consumers.isolation import Stop
from harness.fuzzing.bench import Case, Finish
from harness.fuzzing.corpus import digest
from harness.fuzzing.faults import Fault
from harness.fuzzing.ledger import Evidence, Ledger
from harness.fuzzing.settling import Settler
from harness.fuzzing.store import Store
from harness.fuzzing.tool_faults import ENDED, ToolFaults
from harness.schema.whole import write_whole


class _Waiting(msgspec.Struct, frozen=True):
    """A fault, and the file that it lies in until it is settled."""

    path: Path
    fault: Fault


class FaultDesk:
    """Settles faults: on a worker's own word first, by a run in isolation afterwards."""

    def __init__(
        self, settler: Settler, store: Store, ledger: Ledger, tool_faults: ToolFaults
    ) -> None:
        self._settler = settler
        self._store = store
        self._ledger = ledger
        self._tool_faults = tool_faults
        self._linked = store.linked_faults()
        self._open: dict[Path, Fault] = {}
        self._untold: deque[_Waiting] = deque()
        self._unshown: deque[_Waiting] = deque()
        self._lasting: deque[_Waiting] = deque()
        self._unconfirmed: deque[Evidence] = deque(ledger.untried())
        self.put_aside = 0

    @property
    def linked(self) -> frozenset[int]:
        """Faults that are settled, by the workers' keys."""
        return frozenset(self._linked)

    @property
    def known(self) -> frozenset[int]:
        """Faults that are settled or wait for it, by the workers' keys."""
        return self.linked | {fault.key for fault in self._open.values()}

    @property
    def waiting(self) -> int:
        """How many faults lie in their files still."""
        return len(self._open)

    def finding_of(self, fault: int) -> str:
        """Return the finding that a settled fault belongs to; empty for none."""
        return self._linked.get(fault, "")

    def link(self, fault: int, finding: str) -> None:
        """Settle a worker's key: it belongs to this finding; empty for none."""
        self._linked[fault] = finding
        self._store.link_fault(fault, finding)

    def add(self, path: Path, fault: Fault) -> None:
        """Put a fault on the list."""
        self._open[path] = fault
        waiting = _Waiting(path, fault)
        if self._is_settled(waiting):
            return
        if self._settler.may_take_long(fault):
            self._lasting.append(waiting)
        elif self._settler.is_tried_first(fault):
            self._unshown.append(waiting)
        else:
            self._untold.append(waiting)

    def next_told(self) -> Case | None:
        """Return the first step of the next fault that nobody has looked at."""
        while self._untold:
            waiting = self._untold.popleft()
            if not self._is_settled(waiting):
                return self._telling(waiting)
        return None

    def next_run(self) -> Case | None:
        """Return a run in isolation that is quick as a rule."""
        if self._unconfirmed:
            return self._confirming(self._unconfirmed.popleft())
        return self._next_attempt(self._unshown)

    def next_lasting_run(self) -> Case | None:
        """Return a run in isolation that may well use up its time."""
        return self._next_attempt(self._lasting)

    def _next_attempt(self, queue: deque[_Waiting]) -> Case | None:
        while queue:
            waiting = queue.popleft()
            if not self._is_settled(waiting):
                return self._attempting(waiting)
        return None

    def _is_settled(self, waiting: _Waiting) -> bool:
        """Whether an account of the same fault was settled before."""
        key = waiting.fault.key
        if not key or key not in self._linked:
            return False
        self._forget(waiting)
        return True

    # --- steps -----------------------------------------------------------------------------

    def _telling(self, waiting: _Waiting) -> Case:
        def work(stop: Stop) -> Finish:
            del stop  # it takes no time to speak of
            told = self._settler.tell(waiting.fault)
            return lambda: self._told(waiting, told)

        return work

    def _told(self, waiting: _Waiting, told: Evidence | None) -> None:
        if told is not None and self._ledger.keep(told):
            self._unconfirmed.append(told)
        self._settled(waiting, told)

    def _confirming(self, told: Evidence) -> Case:
        def work(stop: Stop) -> Finish:
            seen = self._settler.confirm(told, stop)
            return lambda: self._ledger.amend(seen)

        return work

    def _attempting(self, waiting: _Waiting) -> Case:
        def work(stop: Stop) -> Finish:
            seen = self._settler.attempt(waiting.fault, stop)
            return lambda: self._attempted(waiting, seen)

        return work

    def _attempted(self, waiting: _Waiting, seen: Evidence | None) -> None:
        if seen is not None:
            self._ledger.keep(seen)
        self._settled(waiting, seen)

    def _settled(self, waiting: _Waiting, seen: Evidence | None) -> None:
        fault = waiting.fault
        key = seen.key if seen is not None else ""
        if seen is None:
            self._put_aside(fault)
        if fault.key:
            self.link(fault.key, key)
        elif key:
            self._store.count(key, 1)
        self._forget(waiting)

    def _put_aside(self, fault: Fault) -> None:
        self.put_aside += 1
        if fault.kind == "oracle":  # the consumer alone comes back
            self._tool_faults.keep(ENDED, fault.content)
        folder = self._store.folder / "unconfirmed"
        folder.mkdir(exist_ok=True)
        write_whole(folder / f"{fault.kind}-{digest(fault.content)[:16]}", fault.content)

    def _forget(self, waiting: _Waiting) -> None:
        self._open.pop(waiting.path, None)
        waiting.path.unlink(missing_ok=True)
