"""What waits for the oracle, in which order, beside the supervisor.

Faults that nobody has looked at come first, then the seeds, whose trees lead the mutator. Then runs
in isolation that confirm a fault take turns with verdicts (those that workers dispute first) and
new content, which get a share of the time. What may use up all the time of its run, or turns out
to, has a bench of its own.
"""

from __future__ import annotations

import queue
from collections import deque

import msgspec

from harness.consumers.isolation import Stop, StoppedError, never
from harness.fuzzing.bench import Bench, Case, Finish
from harness.fuzzing.dispute_desk import DisputeDesk
from harness.fuzzing.fault_desk import FaultDesk
from harness.fuzzing.settings import Clock
from harness.fuzzing.verdict_desk import VerdictDesk

_RESTS = 0.4  # for each second that verdicts and content took
_QUICK_SECONDS = 2.0  # what takes longer goes to the other bench, and begins there anew


class _Overdue(msgspec.Struct, frozen=True):
    """A case that took too long for the quick bench."""

    case: Case
    is_fault: bool


class Docket:
    """Hands out what waits on three desks, and takes what is done."""

    def __init__(
        self, faults: FaultDesk, disputes: DisputeDesk, verdicts: VerdictDesk, clock: Clock
    ) -> None:
        self._faults = faults
        self._disputes = disputes
        self._verdicts = verdicts
        self._clock = clock
        # `SimpleQueue.get` of CPython 3.11 may wait for ever, where its time is up as it begins
        self._done: queue.Queue[Finish] = queue.Queue()
        self._quick, self._slow = Bench(self._done), Bench(self._done)
        self._overdue: deque[_Overdue] = deque()
        self._rests_until = clock.now()
        self._was_verdict = False
        self._was_overdue = False
        self._is_closing = False
        self._is_alone = True  # no bench is still at work once both are closed

    def work(self, seconds: float) -> None:
        """Hand out what waits, and take what is done, for so long.

        Raises:
            ConsumerError: the consumer cannot be run in isolation.
        """
        end = self._clock.now() + seconds
        self._hand_out()
        while (left := end - self._clock.now()) > 0:
            try:
                finish = self._done.get(timeout=min(left, self._rest() or left))
            except queue.Empty:
                pass
            else:
                finish()
            self._hand_out()

    def _rest(self) -> float:
        """How long verdicts rest while nothing else is at work in their place; 0 for not at all."""
        return max(0.0, self._rests_until - self._clock.now()) if self._quick.is_free else 0.0

    def finish(self) -> None:
        """Take on nothing but faults from now on."""
        self._is_closing = True
        self._overdue = deque(one for one in self._overdue if one.is_fault)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way; ask after `work`, which hands out what waits."""
        return self._quick.is_free and self._slow.is_free and self._done.empty()

    def close(self) -> None:
        """Break off what is under way; what it was about still waits."""
        self._slow.stop()
        for bench in (self._quick, self._slow):
            self._is_alone = bench.close() and self._is_alone

    def tell(self, seconds: float) -> None:
        """Once closed: give faults that nobody has looked at a name, as far as time allows."""
        end = self._clock.now() + seconds
        while self._is_alone and self._clock.now() < end:
            case = self._faults.next_told()
            if case is None:
                return
            case(never)()

    def _hand_out(self) -> None:
        if self._quick.is_free and (case := self._next()) is not None:
            self._quick.give(case)
        if self._slow.is_free and (case := self._next_lasting()) is not None:
            self._slow.give(case)

    def _next(self) -> Case | None:
        if (case := self._faults.next_told()) is not None:
            return case
        if not self._is_closing and (case := self._verdicts.next_seed()) is not None:
            return case
        steps = (self._next_run, self._next_verdict)
        for step in steps if self._was_verdict else reversed(steps):
            if (case := step()) is not None:
                self._was_verdict = step == self._next_verdict
                return case
        return None

    def _next_run(self) -> Case | None:
        case = self._faults.next_run()
        return self._limited(case, is_fault=True) if case is not None else None

    def _next_verdict(self) -> Case | None:
        if self._clock.now() < self._rests_until:
            return None
        case = self._disputes.next()
        if case is None and not self._is_closing:
            case = self._verdicts.next()
        return self._with_rest(self._limited(case, is_fault=False)) if case is not None else None

    def _next_lasting(self) -> Case | None:
        """Faults that may last, and what has shown that it does, in turn."""
        self._was_overdue = not self._was_overdue
        if self._was_overdue and self._overdue:
            return self._overdue.popleft().case
        case = self._faults.next_lasting_run()
        if case is None and self._overdue:
            case = self._overdue.popleft().case
        return case

    def _limited(self, case: Case, *, is_fault: bool) -> Case:
        """The same case, put off if it takes long."""

        def work(stop: Stop) -> Finish:
            end = self._clock.now() + _QUICK_SECONDS
            try:
                return case(lambda: stop() or self._clock.now() > end)
            except StoppedError:
                if stop():
                    raise
                return lambda: self._overdue.append(_Overdue(case, is_fault))

        return work

    def _with_rest(self, case: Case) -> Case:
        """The same case, after which there is a pause in proportion."""

        def work(stop: Stop) -> Finish:
            began = self._clock.now()
            finish = case(stop)
            ended = self._clock.now()
            self._rests_until = ended + _RESTS * (ended - began)
            return finish

        return work
