"""A campaign: workers that fuzz, and a supervisor that takes over, judges and keeps what they find.

The supervisor itself never waits for anything that takes long: it only looks after the workers, and
heeds the time and the user. Whatever must not be lost is in a file before it is told to anybody.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.fuzzing.corpus import Corpus
from harness.fuzzing.crew import Crew
from harness.fuzzing.dispute_desk import KIND as DISPUTE
from harness.fuzzing.dispute_desk import DisputeDesk
from harness.fuzzing.docket import Docket
from harness.fuzzing.fault_desk import FaultDesk
from harness.fuzzing.judging import Oracle
from harness.fuzzing.ledger import Ledger
from harness.fuzzing.settings import Clock, Outcome, Settings, Snapshot
from harness.fuzzing.settling import Settler
from harness.fuzzing.store import Store
from harness.fuzzing.tool_faults import ToolFaults
from harness.fuzzing.trials import Trials
from harness.fuzzing.verdict_desk import VerdictDesk
from harness.fuzzing.worker import Lane, Worker

_TICK_SECONDS = 0.1
_RECORD_SECONDS = 5.0
_LAST_SECONDS = 0.5  # for a user who wants to leave
GRACE_SECONDS = 5.0
"""How long faults are settled when the time is up; what is left waits for the next start."""


class Campaign:
    """One start of a campaign in its folder."""

    def __init__(
        self, settings: Settings, lane: Lane, oracle: Oracle, settler: Settler, store: Store,
        clock: Clock,
    ) -> None:  # fmt: skip  # the parts that a campaign is put together from
        self._settings = settings
        self._clock = clock
        self._store = store
        self._corpus = Corpus(store.folder / "corpus")
        self._crew = Crew(settings, lane, store.folder, self._corpus)
        self._lane_warnings = lane.warnings
        self._is_to_judge = lane.judges
        self._ledger = Ledger(store, clock, settings.replay)
        self._tool_faults = ToolFaults(store.folder)
        self._faults = FaultDesk(settler, store, self._ledger, self._tool_faults)
        terms = (oracle, store, self._ledger, Trials(oracle, store, self._ledger))
        self._verdicts = VerdictDesk(*terms, self._tool_faults, self._crew.teach)
        self._disputes = DisputeDesk(*terms, self._tool_faults, self._faults.link)
        self._docket = Docket(self._faults, self._disputes, self._verdicts, clock)
        self._started = clock.now()

    def run(self, show: Callable[[Snapshot], None]) -> Outcome:
        """Fuzz until the time is up or the user wants no more.

        Args:
            show: called about ten times a second with how things stand.

        Raises:
            WorkerError: the workers cannot run.
            ConsumerError: the consumer cannot be run in isolation.
        """
        session = self._store.session()
        is_interrupted = False
        try:
            try:
                self._prepare()
                self._fuzz(session, show)
                self._crew.stop()
                if not self._has_enough():
                    self._settle(show)
            except KeyboardInterrupt:
                is_interrupted = True
            self._crew.stop()
            self._docket.close()
            self._collect()
            self._docket.tell(_LAST_SECONDS)
            self._count()
            self._record(session)
            return Outcome(
                snapshot=self._snapshot(),
                is_interrupted=is_interrupted,
                layers=self._crew.layers,
                warnings=self._warnings(),
                tool_faults=self._tool_faults.said,
            )
        finally:
            self._docket.close()
            self._crew.close()

    def _warnings(self) -> tuple[str, ...]:
        warnings = [*self._lane_warnings]
        if self._is_to_judge and not self._crew.judges:
            warnings.append(
                "a worker could not have the companions read by the compiled schema: of its "
                "executions only samples were judged"
            )
        if self._crew.is_full:
            warnings.append("the table of faults is full: new ones were not told")
        return tuple(warnings)

    def _prepare(self) -> None:
        """Take over what an earlier start left, then the seeds."""
        self._collect()
        for path in self._settings.seeds:
            self._corpus.add(path.read_bytes())
        for path in self._corpus:
            self._verdicts.add_seed(path)

    def _fuzz(self, session: int, show: Callable[[Snapshot], None]) -> None:
        self._crew.start(self._faults.known)
        recorded = self._clock.now()
        while self._clock.now() - self._started < self._settings.seconds and not self._has_enough():
            self._docket.work(_TICK_SECONDS)
            self._crew.restart()
            self._collect()
            if self._clock.now() - recorded >= _RECORD_SECONDS:
                recorded = self._clock.now()
                self._record(session)
            show(self._snapshot())

    def _has_enough(self) -> bool:
        return bool(self._settings.until) and self._ledger.has_settled(self._settings.until)

    def _settle(self, show: Callable[[Snapshot], None]) -> None:
        """Use the grace for faults: nothing else is looked at any more."""
        self._collect()
        self._docket.finish()
        end = self._clock.now() + GRACE_SECONDS
        while self._clock.now() < end:
            self._docket.work(_TICK_SECONDS)
            show(self._snapshot())
            if self._docket.is_idle:
                return

    def _collect(self) -> None:
        """Take over what the workers left: faults first, since they must not be lost."""
        for path, fault in self._crew.faults():
            (self._disputes if fault.kind == DISPUTE else self._faults).add(path, fault)
        for worker, content in self._crew.inputs():
            self._keep_input(worker, content)
        self._verdicts.add_samples(self._crew.samples())
        self._count()

    def _count(self) -> None:
        """Count how often faults were seen whose finding is known."""
        for fault_key, times in self._crew.seen(self._faults.linked):
            if key := self._faults.finding_of(fault_key):
                self._store.count(key, times)

    def _keep_input(self, finder: Worker, content: bytes) -> None:
        path = self._corpus.add(content)
        if path is None:
            return
        self._verdicts.add_content(path)
        for worker in self._crew.workers:
            if worker is not finder:
                worker.harvest.give(path)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            elapsed=self._clock.now() - self._started,
            executions=self._crew.total("executions"),
            accepted=self._crew.total("accepted"),
            rejected=self._crew.total("rejected"),
            edges=self._crew.edges,
            corpus=len(self._corpus),
            judged=self._verdicts.judged + self._crew.total("judged"),
            valid=self._verdicts.valid + self._crew.total("valid"),
            findings=self._store.counts(),
            unconfirmed=self._faults.put_aside + self._disputes.put_aside,
            waiting=self._faults.waiting + self._disputes.waiting,
            untried=self._ledger.untried_count,
            starts=self._crew.starts,
        )

    def _record(self, session: int) -> None:
        now = self._snapshot()
        row = (session, now.elapsed, now.executions, now.accepted, now.rejected, now.edges)
        self._store.record((*row, now.corpus, now.judged, now.valid, len(now.findings)))
