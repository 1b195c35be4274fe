"""What waits for the oracle: in which order it is taken up, and what is kept of it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import pytest

from harness.cli.clock import SystemClock
from harness.consumers.isolation import Stop, StoppedError
from harness.consumers.observation import How, Observation, Verdict
from harness.findings.model import Finding, Severity
from harness.fuzzing.bench import Bench, Case, Finish
from harness.fuzzing.dispute_desk import DisputeDesk
from harness.fuzzing.docket import Docket
from harness.fuzzing.edits import Edit
from harness.fuzzing.fault_desk import FaultDesk
from harness.fuzzing.faults import Fault, encode
from harness.fuzzing.judging import Opinion, Oracle, Trial
from harness.fuzzing.ledger import Ledger
from harness.fuzzing.page import Sample
from harness.fuzzing.store import Store
from harness.fuzzing.tool_faults import ToolFaults
from harness.fuzzing.trials import Trials
from harness.fuzzing.verdict_desk import VerdictDesk
from harness.oracle import Validity

_SEEN = Observation(
    consumer="c 1", verdict=Verdict.ACCEPTED, reject_code=None, how=How.FINISHED, detail="",
    steps=(), report=None, layers=(), left_processes=False, stderr="", milliseconds=0,
)  # fmt: skip


class FakeOracle:
    """Calls content what its first word says; what it is to break stands behind that."""

    def __init__(self) -> None:
        self.tried: list[bytes] = []

    def opinion(self, content: bytes) -> Opinion:
        """`valid`, or `invalid` and the rules that are broken."""
        word, *faults = content.decode().split()
        return Opinion(validity=Validity(word), faults=tuple(faults))

    def compared(self, content: bytes) -> Opinion:
        """Likewise; the engines do not agree on what says so."""
        opinion = self.opinion(content.removesuffix(b" split"))
        return msgspec.structs.replace(opinion, is_split=content.endswith(b" split"))

    def study(self, content: bytes) -> tuple[Opinion, tuple[Edit, ...]]:
        """Likewise, without edits."""
        return self.opinion(content), ()

    def trial(self, content: bytes, file: str, *, stop: Stop) -> Trial:
        """Valid content is rejected by a reason that stands behind it, all else accepted."""
        del stop
        self.tried.append(content)
        is_valid = content.startswith(b"valid")
        code = "D707" if is_valid else "D706"
        reason = " ".join(content.decode().split()[1:]) if is_valid else ""
        finding = Finding(code=code, severity=Severity.ERROR, file=file)
        seen = msgspec.structs.replace(_SEEN, reason=reason)
        return Trial(findings=(finding,), observation=seen)


class Court:
    """A verdict desk with all that it needs."""

    def __init__(self, folder: Path) -> None:
        self.oracle = FakeOracle()
        self.store = Store(folder)
        self.ledger = Ledger(self.store, SystemClock(), "replay")
        self.taught: list[bytes] = []
        self.tool_faults = ToolFaults(folder)
        self.links: dict[int, str] = {}
        self.desk = self.verdict_desk()
        self.disputes = DisputeDesk(*self._terms(), self.tool_faults, self.links.__setitem__)

    def _terms(self) -> tuple[Oracle, Store, Ledger, Trials]:
        oracle = cast("Oracle", self.oracle)
        return oracle, self.store, self.ledger, Trials(oracle, self.store, self.ledger)

    def verdict_desk(self) -> VerdictDesk:
        """Another one, as a later start has it."""
        return VerdictDesk(*self._terms(), self.tool_faults, self.taught.append)

    def dispute(self, what: str, text: str) -> Path:
        """Let a worker suspect content, do all there is to do, and return the fault's file."""
        fault = Fault(
            kind="verdict", what=what, key=len(self.links) + 1, phase="judge", index=0, cycle=0,
            content=text.encode(), report="",
        )  # fmt: skip
        path = self.store.folder / "told.fault"
        path.write_bytes(encode(fault))
        self.disputes.add(path, fault)
        assert self.disputes.waiting == 1
        while (case := self.disputes.next()) is not None:
            case(lambda: False)()
        return path

    def judge(self, *samples: tuple[str, bool]) -> None:
        """Put samples on the list, each with the worker's verdict, and do all there is to do."""
        self.desk.add_samples(Sample(text.encode(), accepted) for text, accepted in samples)
        while (case := self.desk.next()) is not None:
            case(lambda: False)()

    @property
    def keys(self) -> list[str]:
        """Codes and labels of the findings."""
        return [key.rpartition("-")[0] for key in self.store.counts()]


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Court]:
    """A verdict desk on a campaign's folder of its own."""
    found = Court(tmp_path)
    yield found
    found.store.close()


def test_an_acceptance_is_about_a_rule_that_the_consumer_does_not_check(court: Court) -> None:
    """Of several broken rules, one whose breach alone is refused is not what it leaves out."""
    court.judge(("invalid A", False), ("invalid A B", True))
    assert court.keys == ["D706-accepts-invalid-B"]


def test_what_breaks_a_rule_that_is_known_as_unchecked_is_no_news(court: Court) -> None:
    """It is not even run: only another rule by itself is another finding."""
    court.judge(("invalid A", True), ("invalid A B", True), ("invalid B", True))
    assert court.keys == ["D706-accepts-invalid-A", "D706-accepts-invalid-B"]
    assert court.oracle.tried == [b"invalid A", b"invalid B"]


def test_rejections_of_valid_content_are_told_apart_by_their_reason(court: Court) -> None:
    """Another reason is another disagreement; the file's folder is no part of it."""
    reasons = ("E in `f` (/one/a.py:3)", "E in `g` (/one/a.py:9)", "E in `f` (/other/a.py:3)")
    court.judge(*((f"valid {reason}", False) for reason in reasons))
    assert court.keys == [
        "D707-rejects-valid-E-in-f-a.py-3",
        "D707-rejects-valid-E-in-g-a.py-9",
    ]


def test_rejections_that_show_nothing_new_are_tried_less_and_less(court: Court) -> None:
    """Only a run tells the reason, and most are known."""
    court.judge(*((f"valid {number * ' '}same", False) for number in range(40)))
    assert len(court.keys) == 1
    assert len(court.oracle.tried) < 10


def test_files_of_the_corpus_are_read_for_edits_and_run_once(court: Court, tmp_path: Path) -> None:
    """A seed first; judged before, it is only read again."""
    path = tmp_path / "seed"
    path.write_bytes(b"invalid A")
    court.desk.add_seed(path)
    case = court.desk.next_seed()
    assert case is not None
    case(lambda: False)()
    assert len(court.taught) == 1
    court.judge()
    assert court.oracle.tried == [b"invalid A"]
    again = court.verdict_desk()
    again.add_seed(path)
    case = again.next_seed()
    assert case is not None
    case(lambda: False)()
    assert len(court.taught) == 2
    assert again.next() is None


def test_a_suspicion_is_a_finding_once_a_run_shows_it(court: Court) -> None:
    """Its file goes, and the worker's key belongs to the finding."""
    path = court.dispute("accepted-invalid", "invalid A")
    assert court.keys == ["D706-accepts-invalid-A"]
    assert list(court.links.values()) == list(court.store.counts())
    assert not path.exists()
    assert court.disputes.waiting == 0


def test_a_suspicion_about_a_known_finding_is_counted_to_it(court: Court) -> None:
    """No run is made for it."""
    court.dispute("accepted-invalid", "invalid A")
    court.dispute("accepted-invalid", "invalid A B")
    assert len(set(court.links.values())) == 1
    assert court.oracle.tried == [b"invalid A"]


@pytest.mark.parametrize(
    ("what", "text"), [("accepted-invalid", "valid"), ("rejected-valid", "invalid A")]
)
def test_what_only_the_worker_suspects_is_put_aside(court: Court, what: str, text: str) -> None:
    """The consumer may have spoiled the memory that the worker judged in: it is no finding."""
    court.dispute(what, text)
    assert court.keys == []
    assert court.oracle.tried == []
    kept = list((court.store.folder / "unconfirmed").iterdir())
    assert [one.read_bytes() for one in kept] == [text.encode()]
    assert court.disputes.put_aside == 1
    assert court.tool_faults.said == ()


def test_engines_that_differ_are_a_fault_of_the_tool(court: Court) -> None:
    """It is said once, with the first content and the number of all."""
    court.dispute("accepted-invalid", "invalid A split")
    court.judge(("valid split", False))
    (said,) = court.tool_faults.said
    assert "the compiled schema and the reference reader" in said
    assert "(2 in all)" in said
    assert len(list((court.store.folder / "tool-faults").iterdir())) == 2


# --- benches -------------------------------------------------------------------------------


def test_an_error_of_a_case_is_raised_where_it_is_finished() -> None:
    """Not lost in a thread."""
    done: queue.Queue[Finish] = queue.Queue()
    bench = Bench(done)

    def broken(stop: Stop) -> Finish:
        raise ValueError(str(stop()))

    bench.give(broken)
    with pytest.raises(ValueError, match="False"):
        done.get(timeout=10)()
    assert bench.is_free
    assert bench.close()


def test_closing_breaks_off_what_is_under_way() -> None:
    """And leaves nothing to do."""
    done: queue.Queue[Finish] = queue.Queue()
    bench, begun = Bench(done), threading.Event()

    def endless(stop: Stop) -> Finish:
        begun.set()
        while not stop():
            time.sleep(0.01)
        raise StoppedError

    bench.give(endless)
    assert begun.wait(10)
    assert bench.close()
    done.get(timeout=10)()


class FakeDesk:
    """Hands out cases of one kind each, and keeps in mind in which order they were done."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.cases: dict[str, list[Case]] = {}

    def add(self, kind: str, *names: str, work: Callable[[Stop], None] | None = None) -> None:
        """Put cases on the list."""
        self.cases.setdefault(kind, []).extend(self._case(name, work) for name in names)

    def _case(self, name: str, work: Callable[[Stop], None] | None) -> Case:
        def case(stop: Stop) -> Finish:
            if work is not None:
                work(stop)
            return lambda: self.said.append(name)

        return case

    def take(self, kind: str) -> Case | None:
        """The next case of a kind."""
        waiting = self.cases.get(kind, [])
        return waiting.pop(0) if waiting else None

    def next_told(self) -> Case | None:
        """See `FaultDesk`."""
        return self.take("told")

    def next_run(self) -> Case | None:
        """See `FaultDesk`."""
        return self.take("run")

    def next_lasting_run(self) -> Case | None:
        """See `FaultDesk`."""
        return self.take("lasting")

    def next_seed(self) -> Case | None:
        """See `VerdictDesk`."""
        return self.take("seed")

    def next(self) -> Case | None:
        """See `VerdictDesk`."""
        return self.take("verdict")


class FakeDisputes:
    """Disputes of a desk."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk

    def next(self) -> Case | None:
        """See `DisputeDesk`."""
        return self._desk.take("dispute")


def _docket(desk: FakeDesk) -> Docket:
    return Docket(
        cast("FaultDesk", desk),
        cast("DisputeDesk", FakeDisputes(desk)),
        cast("VerdictDesk", desk),
        SystemClock(),
    )


def _until(docket: Docket, desk: FakeDesk, count: int) -> Sequence[str]:
    end = time.monotonic() + 30
    while len(desk.said) < count:
        assert time.monotonic() < end, desk.said
        docket.work(0.01)
    return desk.said


def test_faults_nobody_has_looked_at_come_first_then_seeds() -> None:
    """Then runs and verdicts in turn."""
    desk = FakeDesk()
    desk.add("verdict", "verdict-1", "verdict-2")
    desk.add("run", "run-1", "run-2")
    desk.add("seed", "seed-1")
    desk.add("told", "told-1", "told-2")
    docket = _docket(desk)
    said = _until(docket, desk, 7)
    docket.close()
    assert said[:3] == ["told-1", "told-2", "seed-1"]
    assert set(said[3:5]) & {"verdict-1"}
    assert set(said[3:5]) & {"run-1"}


def test_what_takes_long_does_not_hold_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is broken off and begun anew on the other bench."""
    monkeypatch.setattr("harness.fuzzing.docket._QUICK_SECONDS", 0.1)
    desk, release, begun = FakeDesk(), threading.Event(), []

    def long(stop: Stop) -> None:
        begun.append(threading.current_thread())
        while not release.is_set():
            if stop():
                raise StoppedError
            time.sleep(0.01)

    desk.add("run", "long", work=long)
    docket = _docket(desk)
    docket.work(0.05)
    desk.add("told", "told")
    assert _until(docket, desk, 1) == ["told"]
    release.set()
    assert _until(docket, desk, 2) == ["told", "long"]
    docket.close()
    assert len(set(begun)) == 2


def test_a_rest_of_verdicts_lasts_no_longer_than_its_share() -> None:
    """Many are read within one call: each rests the others for less time than it took."""
    desk = FakeDesk()
    desk.add("verdict", *map(str, range(20)), work=lambda _: time.sleep(0.001))

    def end(stop: Stop) -> None:
        del stop
        raise KeyboardInterrupt

    desk.add("verdict", "end", work=end)
    docket = _docket(desk)
    with pytest.raises(KeyboardInterrupt):
        docket.work(20)
    docket.close()
    assert len(desk.said) == 20


def test_at_the_end_only_faults_are_taken_on() -> None:
    """Verdicts and content can wait for another start."""
    desk = FakeDesk()
    docket = _docket(desk)
    docket.finish()
    desk.add("verdict", "verdict")
    desk.add("seed", "seed")
    desk.add("lasting", "lasting")
    desk.add("run", "run")
    desk.add("dispute", "dispute")
    assert set(_until(docket, desk, 3)) == {"lasting", "run", "dispute"}
    docket.work(0.05)
    assert docket.is_idle
    assert len(desk.said) == 3
    docket.close()


def test_time_that_is_up_as_work_begins_is_no_wait_for_ever() -> None:
    """A queue of Python 3.11 waits so, now and then, on a busy machine."""
    desk = FakeDesk()
    docket = _docket(desk)

    def work() -> None:
        docket.work(0.01)
        for number in range(2000):
            desk.add("verdict", f"verdict-{number}")
            docket.work(1e-6)
            time.sleep(0.0005)  # until it is done
            docket.work(1e-6 * (1 + number % 40))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    docket.close()
