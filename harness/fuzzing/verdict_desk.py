"""Verdicts and new content: what is read by the schema, and what is then run in isolation.

Reading is cheap beside a run, so there are many readings for one run that nothing calls for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from harness.consumers.isolation import Stop
from harness.findings.model import Finding
from harness.fuzzing import triage
from harness.fuzzing.bench import Case, Finish, nothing
from harness.fuzzing.corpus import digest
from harness.fuzzing.judging import Fits, Opinion, Oracle, Trial
from harness.fuzzing.ledger import Evidence, Ledger
from harness.fuzzing.page import Sample, pack_edits
from harness.fuzzing.store import Shown, Store
from harness.oracle import Validity

_RUNS_ONE_IN = 8  # turns: a file of the corpus is run that nobody has doubts about
_MOST_WAITING = 64  # samples: older ones give way
_MOST_SEEN = 100_000  # digests of samples that were judged
_MOST_PASSED_OVER = 1024  # rejections of valid content, after one that showed nothing new
_ABOUT_RULES = frozenset({"D706", "D708"})  # the consumer takes what breaks a rule


class _Doubtful(msgspec.Struct, frozen=True):
    """Content that is to be run in isolation.

    Attributes:
        opinion: what schema and contract say of it.
        content: of a sample.
        file: of the corpus; None for a sample.
        is_refused: the worker's consumer rejected it, and should not have.
    """

    opinion: Opinion
    content: bytes = b""
    file: Path | None = None
    is_refused: bool = False

    def read(self) -> bytes | None:
        """Return the bytes; those of a file are not kept in memory."""
        return self.content if self.file is None else _read(self.file)


class VerdictDesk:
    """Holds what a consumer says against what schema and contract say."""

    def __init__(
        self, oracle: Oracle, store: Store, ledger: Ledger, teach: Callable[[bytes], None]
    ) -> None:
        """Take what judges and keeps, and who is told of the edits that content suggests."""
        self._teach = teach
        self._oracle = oracle
        self._store = store
        self._ledger = ledger
        self._judged = store.judged()
        self._seeds: deque[Path] = deque()
        self._contents: deque[Path] = deque()
        self._samples: deque[Sample] = deque(maxlen=_MOST_WAITING)
        self._disputed: deque[_Doubtful] = deque()
        self._unrun: deque[_Doubtful] = deque()
        self._seen: set[str] = set()
        self._turn = 0
        self._checked: set[str] = set()  # rules whose breach alone was refused
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
            return self._running(self._disputed.popleft())
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
        return self._running(self._unrun.popleft()) if self._unrun else None

    def _studying(self, path: Path) -> Case:
        def work(stop: Stop) -> Finish:
            del stop  # reading has bounds of its own
            content = _read(path)
            if content is None:
                return nothing
            opinion, edits = self._oracle.study(content)
            entry = pack_edits(content, edits)
            return lambda: self._studied(path, opinion, entry)

        return work

    def _studied(self, path: Path, opinion: Opinion, entry: bytes) -> None:
        self._teach(entry)
        if path.name not in self._judged:
            self._count(opinion)
            self._unrun.append(_Doubtful(opinion, file=path))

    def _reading(self, sample: Sample) -> Case:
        def work(stop: Stop) -> Finish:
            del stop
            opinion = self._oracle.opinion(sample.content)
            return lambda: self._judge(sample, opinion)

        return work

    def _count(self, opinion: Opinion) -> None:
        self.judged += 1
        self.valid += opinion.validity is Validity.VALID

    def _judge(self, sample: Sample, opinion: Opinion) -> None:
        """Hold the verdict of one execution against schema and contract."""
        self._count(opinion)
        match opinion.fits(accepted=sample.accepted):
            case Fits.NO if self._is_news(opinion, accepted=sample.accepted):
                refused = not sample.accepted
                self._disputed.append(_Doubtful(opinion, sample.content, is_refused=refused))
            case Fits.YES if not sample.accepted and len(opinion.faults) == 1:
                self._checked.update(opinion.faults)

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

    def _running(self, doubtful: _Doubtful) -> Case:
        def work(stop: Stop) -> Finish:
            content = doubtful.read()
            if content is None:
                return nothing
            trial = self._oracle.trial(content, "input", stop=stop)
            return lambda: self._ran(doubtful, content, trial)

        return work

    def _ran(self, doubtful: _Doubtful, content: bytes, trial: Trial) -> None:
        is_new = False
        for finding in trial.findings:
            if self._is_told(finding, doubtful.opinion):
                evidence = self._evidence(finding, content, doubtful.opinion, trial)
                is_new = self._ledger.keep(evidence) or is_new
                self._store.count(evidence.key, 1)
        if doubtful.is_refused:
            more = min(_MOST_PASSED_OVER, 2 * self._passes_over + 1)
            self._passes_over = 0 if is_new else more
        if doubtful.file is not None:
            self._store.judge(doubtful.file.name, doubtful.opinion.validity)

    def _is_told(self, finding: Finding, opinion: Opinion) -> bool:
        """Whether it is kept here: crashes are the workers' to tell, and each rule is told once."""
        if triage.is_crash(finding) or finding.code == "D711":
            return False
        return finding.code not in _ABOUT_RULES or not self._ledger.explains(opinion.faults)

    def _evidence(
        self, finding: Finding, content: bytes, opinion: Opinion, trial: Trial
    ) -> Evidence:
        why = self._broken(opinion) if finding.code in _ABOUT_RULES else ()
        return Evidence(
            key=triage.key(finding, trial.observation, why),
            finding=finding,
            content=content,
            observation=trial.observation,
            shown=Shown.YES,
            why=why,
        )

    def _broken(self, opinion: Opinion) -> tuple[str, ...]:
        """The rule that an acceptance is about: of several the first that is not known as checked.

        A rule whose breach alone was refused is not what the consumer leaves out.
        """
        unchecked = [fault for fault in opinion.faults if fault not in self._checked]
        return tuple((unchecked or opinion.faults)[:1])


def _read(path: Path) -> bytes | None:
    """The bytes of a file of the corpus; None if it was set aside meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
