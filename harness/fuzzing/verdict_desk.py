"""Samples and new content: what is read by the schema, and what is then run in isolation.

Reading is cheap beside a run, so there are many readings for one run that nothing calls for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from harness.consumers.isolation import Stop
from harness.fuzzing.bench import Case, Finish, nothing
from harness.fuzzing.corpus import digest
from harness.fuzzing.judging import Fits, Opinion, Oracle
from harness.fuzzing.ledger import Ledger
from harness.fuzzing.page import Sample, pack_edits
from harness.fuzzing.store import Store
from harness.fuzzing.tool_faults import DIFFER, ToolFaults
from harness.fuzzing.trials import Doubtful, Trials, Tried, read_file
from harness.oracle import Validity

_RUNS_ONE_IN = 8  # turns: a file of the corpus is run that nobody has doubts about
_COMPARES_ONE_IN = 16  # samples: the reference reader has a look as well
_MOST_WAITING = 64  # samples: older ones give way
_MOST_SEEN = 100_000  # digests of samples that were judged
_MOST_PASSED_OVER = 1024  # rejections of valid content, after one that showed nothing new


class VerdictDesk:
    """Holds what a consumer says against what schema and contract say."""

    def __init__(
        self, oracle: Oracle, store: Store, ledger: Ledger, trials: Trials,
        tool_faults: ToolFaults, teach: Callable[[bytes], None],
    ) -> None:  # fmt: skip  # who judges, who keeps, and who learns of the edits content suggests
        self._teach = teach
        self._oracle = oracle
        self._store = store
        self._ledger = ledger
        self._trials = trials
        self._tool_faults = tool_faults
        self._judged = store.judged()
        self._seeds: deque[Path] = deque()
        self._contents: deque[Path] = deque()
        self._samples: deque[Sample] = deque(maxlen=_MOST_WAITING)
        self._disputed: deque[tuple[Doubtful, bool]] = deque()
        self._unrun: deque[Doubtful] = deque()
        self._seen: set[str] = set()
        self._turn = 0
        self._sampled = 0
        self._passes_over = 0
        self._passed_over = 0
        self.judged = len(self._judged)
        self.valid = sum(one == Validity.VALID for one in self._judged.values())

    def add_seed(self, path: Path) -> None:
        """Put a file that is there at the start on the list: it is read before all else.

        What was judged before is only read again, for what its tree suggests.
        """
        self._seeds.append(path)

    def add_content(self, path: Path) -> None:
        """Put a new file of the corpus on the list."""
        self._contents.append(path)

    def add_samples(self, samples: Iterable[Sample]) -> None:
        """Put executions on the list."""
        self._samples.extend(samples)

    def next_seed(self) -> Case | None:
        """Return the next reading of what was there at the start."""
        return self._studying(self._seeds.popleft()) if self._seeds else None

    def next(self) -> Case | None:
        """Return what is next: samples and new files in turn, now and then a run."""
        if self._disputed:
            doubtful, is_refused = self._disputed.popleft()
            done = self._refused if is_refused else _heard
            return self._trials.running(doubtful, done)
        self._turn += 1
        sample, content, run = self._next_sample, self._next_content, self._next_run
        steps = (content, sample, run) if self._turn % 2 else (sample, content, run)
        if self._turn % _RUNS_ONE_IN == 0:
            steps = (run, sample, content)
        return next((case for step in steps if (case := step()) is not None), None)

    # --- reading ---------------------------------------------------------------------------

    def _next_sample(self) -> Case | None:
        while self._samples:
            sample = self._samples.popleft()
            name = digest(sample.content)
            if name not in self._seen:
                if len(self._seen) >= _MOST_SEEN:
                    self._seen.clear()
                self._seen.add(name)
                return self._reading(sample)
        return None

    def _next_content(self) -> Case | None:
        return self._studying(self._contents.popleft()) if self._contents else None

    def _next_run(self) -> Case | None:
        if not self._unrun:
            return None
        doubtful = self._unrun.popleft()
        return self._trials.running(doubtful, lambda _: self._ran_file(doubtful))

    def _studying(self, path: Path) -> Case:
        def work(stop: Stop) -> Finish:
            del stop  # reading has bounds of its own
            content = read_file(path)
            if content is None:
                return nothing
            opinion, edits = self._oracle.study(content)
            entry = pack_edits(content, edits)
            return lambda: self._studied(path, content, opinion, entry)

        return work

    def _studied(self, path: Path, content: bytes, opinion: Opinion, entry: bytes) -> None:
        self._compare(content, opinion)
        self._teach(entry)
        if path.name not in self._judged:
            self._count(opinion)
            self._unrun.append(Doubtful(opinion, file=path))

    def _reading(self, sample: Sample) -> Case:
        self._sampled += 1
        is_compared = self._sampled % _COMPARES_ONE_IN == 1

        def work(stop: Stop) -> Finish:
            del stop
            opinion = self._oracle.opinion(sample.content)
            if is_compared or opinion.fits(accepted=sample.accepted) is Fits.NO:
                opinion = self._oracle.compared(sample.content)
            return lambda: self._judge(sample, opinion)

        return work

    def _compare(self, content: bytes, opinion: Opinion) -> None:
        if opinion.is_split:
            self._tool_faults.keep(DIFFER, content)

    def _count(self, opinion: Opinion) -> None:
        self.judged += 1
        self.valid += opinion.validity is Validity.VALID

    def _judge(self, sample: Sample, opinion: Opinion) -> None:
        """Hold the verdict of one execution against schema and contract."""
        self._compare(sample.content, opinion)
        self._count(opinion)
        match opinion.fits(accepted=sample.accepted):
            case Fits.NO if self._is_news(opinion, accepted=sample.accepted):
                self._disputed.append((Doubtful(opinion, sample.content), not sample.accepted))
            case Fits.YES if not sample.accepted and len(opinion.faults) == 1:
                self._trials.refused_alone(opinion.faults)

    def _is_news(self, opinion: Opinion, *, accepted: bool) -> bool:
        """Whether a run may show something new.

        Content that breaks a rule whose breach is known to be accepted shows nothing, and no more
        does another valid one that is rejected, as a rule: only the run itself would say why, so
        the more of them showed nothing, the fewer are tried.
        """
        if accepted:
            return not self._ledger.explains(opinion.faults)
        self._passed_over += 1
        if self._passed_over <= self._passes_over:
            return False
        self._passed_over = 0
        return True

    # --- running ---------------------------------------------------------------------------

    def _refused(self, tried: Tried) -> None:
        more = min(_MOST_PASSED_OVER, 2 * self._passes_over + 1)
        self._passes_over = 0 if tried.is_new else more

    def _ran_file(self, doubtful: Doubtful) -> None:
        if doubtful.file is not None:
            self._store.judge(doubtful.file.name, doubtful.opinion.validity)


def _heard(tried: Tried) -> None:
    """Nothing follows from it but what is kept already."""
    del tried
