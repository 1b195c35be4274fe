"""A bench beside the supervisor: one thread for what takes long, which can be broken off.

The supervisor hands over one case after the other and never waits for one. A case does its work in
the thread and returns what is then left to do; the supervisor does that itself, so nothing but the
work is ever done twice at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from harness.consumers.isolation import Stop, StoppedError

Finish = Callable[[], None]
Case = Callable[[Stop], Finish]
_PATIENCE_SECONDS = 0.5  # for a run that is broken off to be gone


class Bench:
    """One thread, and what it has done."""

    def __init__(self, done: queue.Queue[Finish]) -> None:
        """Put what cases leave to do into `done`, which several benches may share."""
        self._done = done
        self._cases: queue.SimpleQueue[Case | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_free = True

    def give(self, case: Case) -> None:
        """Hand over a case; the bench must be free, and is again when the case is finished."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        self.is_free = False
        self._cases.put(case)

    def stop(self) -> None:
        """Break off what is under way, and take on nothing more."""
        self._stopping.set()
        self._cases.put(None)

    def close(self) -> bool:
        """Stop, and give the thread a moment to end.

        A case that only computes is not waited for: what it would have come to is not lost, since
        everything that is to be judged lies in files.

        Returns:
            Whether the thread has ended.
        """
        self.stop()
        if self._thread is None:
            return True
        self._thread.join(_PATIENCE_SECONDS)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (case := self._cases.get()) is not None and not self._stopping.is_set():
            self._done.put(self._finish(case))

    def _finish(self, case: Case) -> Finish:
        """Do the work of a case; an error is left to the supervisor, as all else is."""
        left: Finish = nothing
        error: BaseException | None = None
        try:
            left = case(self._stopping.is_set)
        except StoppedError:
            pass
        except BaseException as raised:  # noqa: BLE001  # it is raised again where it is heard
            error = raised

        def finish() -> None:
            self.is_free = True
            if error is not None:
                raise error
            left()

        return finish


def nothing() -> None:
    """Leave nothing to do."""
