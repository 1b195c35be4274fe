"""The workers of a campaign: started, started again, and relieved of what they found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.consumers.observation import Layer
from harness.fuzzing import faults
from harness.fuzzing.corpus import Corpus, digest
from harness.fuzzing.faults import SUFFIX, Fault, encode
from harness.fuzzing.page import FAULTS, Sample
from harness.fuzzing.settings import Settings
from harness.fuzzing.worker import CANNOT_START, Lane, Worker
from harness.schema.whole import write_whole

_LONGEST_BYTES = 1 << 20
_SHORTEST_LIMIT_BYTES = 4096
_MOST_IDLE_STARTS = 20  # in a row, without an execution


class WorkerError(Exception):
    """The workers cannot run at all; the text is what they said."""


class Crew:
    """All workers of one start of a campaign, on one corpus."""

    def __init__(self, settings: Settings, lane: Lane, folder: Path, corpus: Corpus) -> None:
        self._settings = settings
        self._folder = folder
        self._corpus = corpus
        self.workers = [
            Worker(number, folder / "workers" / str(number), lane)
            for number in range(settings.workers)
        ]
        self._before = [worker.page.counters() for worker in self.workers]
        self._counted = [worker.page.known() for worker in self.workers]
        self._done_at_start = [0] * settings.workers
        self._idle_starts = 0
        self._yielded: set[Path] = set()

    def start(self, known: frozenset[int] = frozenset()) -> None:
        """Start all workers.

        Args:
            known: faults that need not be told again. A worker that was killed may have counted
                one that it did not come to tell.
        """
        for worker in self.workers:
            worker.page.forget_but(known)
            self._counted[worker.number] = worker.page.known()
            self._start(worker)

    def restart(self) -> None:
        """Start workers again that have ended, and tell of those that did not mean to.

        Raises:
            WorkerError: they end before they do anything.
        """
        for worker in self.workers:
            code = worker.ended()
            if code is not None:
                self._restart(worker, code)

    def stop(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.stop()

    def close(self) -> None:
        """Stop, and give the pages back."""
        for worker in self.workers:
            worker.close()

    def faults(self) -> Iterator[tuple[Path, Fault]]:
        """Yield faults that were told, each once with its file; those of earlier starts too."""
        for folder in sorted(self._folder.glob("workers/*/faults")):
            for path in faults.waiting(folder):
                if path in self._yielded:
                    continue
                self._yielded.add(path)
                fault = faults.parse(path.read_bytes())
                if fault is not None:
                    yield path, fault

    def inputs(self) -> Iterator[tuple[Worker, bytes]]:
        """Yield what workers added to the corpus."""
        for worker in self.workers:
            for content in worker.harvest.new():
                yield worker, content

    def teach(self, entry: bytes) -> None:
        """Tell all workers of the edits that a content suggests; see `pack_edits`."""
        for worker in self.workers:
            worker.page.add_edits(entry)

    def samples(self) -> Iterator[Sample]:
        """Yield a few of the executions since the last call."""
        for worker in self.workers:
            yield from worker.page.samples()

    def seen(self, known: frozenset[int]) -> Iterator[tuple[int, int]]:
        """Yield how often faults were seen since the last call; those in `known` only."""
        for worker in self.workers:
            counted = self._counted[worker.number]
            for fault, count in worker.page.known().items():
                if fault in known and count > counted.get(fault, 0):
                    yield fault, count - counted.get(fault, 0)
                    counted[fault] = count

    def total(self, name: str) -> int:
        """Return a counter of all workers since the start of this campaign."""
        pairs = zip(self.workers, self._before, strict=True)
        return sum(getattr(one.page.counters(), name) - getattr(old, name) for one, old in pairs)

    @property
    def edges(self) -> int:
        """Places of the consumer that the best of the workers reached."""
        return max((worker.edges for worker in self.workers), default=0)

    @property
    def judges(self) -> bool:
        """Whether all workers that executed anything hold verdicts against the schema."""
        seen = [worker.page.counters() for worker in self.workers]
        return all(one.judging for one in seen if one.executions)

    @property
    def is_full(self) -> bool:
        """Whether a worker knows as many faults as it can."""
        return any(len(worker.page.known()) >= FAULTS for worker in self.workers)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers of isolation of the workers, which are started alike."""
        return next((worker.layers for worker in self.workers if worker.layers), ())

    @property
    def starts(self) -> int:
        """How often processes were started."""
        return sum(worker.starts for worker in self.workers)

    def _start(self, worker: Worker) -> None:
        longest = max((path.stat().st_size for path in self._corpus), default=0)
        limit = min(_LONGEST_BYTES, max(_SHORTEST_LIMIT_BYTES, 2 * longest))
        seed = self._settings.seed + worker.number + self._settings.workers * worker.starts
        self._done_at_start[worker.number] = worker.page.counters().executions
        worker.start(
            self._corpus.folder,
            (
                *(f"-seed={seed % (1 << 31) or 1}", f"-max_len={limit}", "-reload=1"),
                *("-print_final_stats=0", "-detect_leaks=0", *self._dictionary(worker)),
            ),
        )

    def _dictionary(self, worker: Worker) -> tuple[str, ...]:
        if not self._settings.words:
            return ()  # the engine ends at an empty one
        words = worker.folder / "words.dict"
        write_whole(words, self._settings.words.encode())
        return (f"-dict={words}",)

    def _set_aside(self, content: bytes) -> bool:
        """Keep workers from content that ended one; true if each would have begun with it."""
        name = self._corpus.set_aside(content)
        if name is None:
            return False
        for worker in self.workers:
            worker.harvest.take_back(name)
        return True

    def _restart(self, worker: Worker, code: int) -> None:
        fault = worker.lost(code)
        is_next_start_another = False
        if fault is not None:
            name = f"lost-{worker.starts}-{digest(fault.content)[:16]}{SUFFIX}"
            write_whole(worker.faults / name, encode(fault))
            is_next_start_another = self._set_aside(fault.content)
        is_idle = worker.page.counters().executions == self._done_at_start[worker.number]
        self._idle_starts = self._idle_starts + 1 if is_idle and not is_next_start_another else 0
        if code == CANNOT_START or self._idle_starts > _MOST_IDLE_STARTS:
            raise WorkerError(worker.said.strip() or f"the worker ends with code {code}")
        worker.stop()
        self._start(worker)
