"""Jobs shared by processes; what comes of them arrives in the order of the jobs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.context import BaseContext
from typing import Final

from harness.writing.production import Batch, Job, Maker, Terms

# jobs that wait beside the one that each process does: one may take as long as many others
_WAITING: Final = 16
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNABLE: Final = "no further process can be begun"
_ENDED: Final = "a process was killed or ran out of memory before its files were made"
_REMEDY: Final = "fewer `--workers` need less"

_maker: list[Maker] = []


@contextmanager
def batches(terms: Terms, jobs: Sequence[Job], workers: int) -> Iterator[Iterator[Batch]]:
    """Do all jobs; within it, what came of each arrives in their order.

    Args:
        terms: what contents are made by and with.
        jobs: the shares of the work.
        workers: processes; one does it all in this process.

    Raises:
        ChildProcessError: a process cannot be begun, or has ended before its time.
    """
    if workers < 2 or len(jobs) < 2:
        yield _alone(terms, jobs)
        return
    number = min(workers, len(jobs))
    pool = ProcessPoolExecutor(number, _start_of_processes(), _begin, (terms,))
    left, running = iter(jobs), deque[Future[Batch]]()
    try:
        _submit(pool, islice(left, number * _WAITING), running)
        yield _gathered(pool, left, running)
    except BaseException:  # somebody wants no more: nothing that is under way is waited for
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(wait=bool(running))  # it can be waited for once it has begun
        raise
    pool.shutdown()


def _alone(terms: Terms, jobs: Sequence[Job]) -> Iterator[Batch]:
    maker = Maker(terms)
    yield from map(maker.batch, jobs)


def _start_of_processes() -> BaseContext:
    """Forked ones are ready at once, but would share locks that other threads of this one hold."""
    may_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if may_fork else "spawn")


def _submit(pool: ProcessPoolExecutor, jobs: Iterator[Job], running: deque[Future[Batch]]) -> None:
    """Give out the first jobs, for which processes are begun; signals wait until they are."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        running += (pool.submit(_do, job) for job in jobs)
    except (OSError, RuntimeError) as error:
        raise ChildProcessError(f"{_UNABLE}: {error}; {_REMEDY}") from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _gathered(
    pool: ProcessPoolExecutor, left: Iterator[Job], running: deque[Future[Batch]]
) -> Iterator[Batch]:
    try:
        while running:
            yield running[0].result()
            running.popleft()
            running += (pool.submit(_do, job) for job in islice(left, 1))
    except BrokenProcessPool:
        raise ChildProcessError(f"{_ENDED}; {_REMEDY}") from None


def _begin(terms: Terms) -> None:
    """Make ready in a new process; an interrupt is for the one that gathers what is made."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # or a forked one would do what that one does
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    except RuntimeError:  # there is no room for one
        os._exit(1)
    _maker.append(Maker(terms))


def _end_with_parent() -> None:
    """End this process when the one that wants its work has ended, however that came about."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _do(job: Job) -> Batch:
    return _maker[0].batch(job)
