"""Jobs shared by processes; what comes of them arrives in the order of the jobs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final

from harness.writing.production import Batch, Job, Maker, Terms

# jobs that wait beside the one that each process does: one may take as long as many others
_WAITING: Final = 16

_maker: list[Maker] = []


def batches(terms: Terms, jobs: Sequence[Job], workers: int) -> Generator[Batch, None, None]:
    """Do all jobs.

    Args:
        terms: what contents are made by and with.
        jobs: the shares of the work.
        workers: processes; one does it all in this process.

    Yields:
        What came of each, in the order of the jobs.
    """
    if workers < 2 or len(jobs) < 2:
        maker = Maker(terms)
        yield from map(maker.batch, jobs)
        return
    yield from _shared(terms, jobs, min(workers, len(jobs)))


def _shared(terms: Terms, jobs: Sequence[Job], workers: int) -> Generator[Batch, None, None]:
    # a forked process would share locks that threads of this one may hold
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (terms,))
    left, running = iter(jobs), deque[Future[Batch]]()
    try:
        for job in left:
            running.append(pool.submit(_do, job))
            if len(running) >= workers * _WAITING:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        for future in running:
            future.cancel()
        if running:  # somebody wants no more: nothing that is under way is waited for
            for process in multiprocessing.active_children():
                process.terminate()
        pool.shutdown(cancel_futures=True)


def _begin(terms: Terms) -> None:
    """Make ready in a new process; an interrupt is for the one that gathers what is made."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _maker.append(Maker(terms))


def _end_with_parent() -> None:
    """End this process when the one that wants its work has ended, however that came about."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _do(job: Job) -> Batch:
    return _maker[0].batch(job)
