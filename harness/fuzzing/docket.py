"""What waits for the oracle: faults at once, verdicts and new content as far as time allows."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.fuzzing import triage
from harness.fuzzing.corpus import digest, write_whole
from harness.fuzzing.faults import Fault
from harness.fuzzing.judging import Fits, Opinion, Oracle
from harness.fuzzing.page import Sample
from harness.fuzzing.settings import Clock
from harness.fuzzing.settling import Settler
from harness.fuzzing.store import Kept, Store, read_findings
from harness.oracle import Validity

_MOST_WAITING = 64  # samples: older ones give way
_MOST_SEEN = 100_000  # digests of samples that were judged
_ABOUT_RULES = frozenset({"D706", "D708"})  # the consumer takes what breaks a rule


class Docket:
    """Judges what a campaign turns up, and keeps each distinct finding once."""

    def __init__(
        self, oracle: Oracle, settler: Settler, store: Store, clock: Clock, replay: str
    ) -> None:
        self._oracle = oracle
        self._settler = settler
        self._store = store
        self._clock = clock
        self._replay = replay
        self._linked = store.linked_faults()
        self._judged = store.judged()
        self._contents: deque[Path] = deque()
        self._samples: deque[Sample] = deque(maxlen=_MOST_WAITING)
        self._seen: set[str] = set()
        kept = list(read_findings(store.folder))
        self._why = {why for one in kept for why in one.why}
        self._codes = {one.finding.code for one in kept}
        self.judged = len(self._judged)
        self.valid = sum(one == Validity.VALID for one in self._judged.values())
        self.unconfirmed = 0

    @property
    def linked(self) -> frozenset[int]:
        """Faults that are settled, by the workers' keys."""
        return frozenset(self._linked)

    def finding_of(self, fault: int) -> str:
        """Return the finding that a settled fault belongs to; empty for none."""
        return self._linked.get(fault, "")

    def add_content(self, path: Path) -> None:
        """Put a file of the corpus on the list, unless it was judged before."""
        if path.name not in self._judged:
            self._contents.append(path)

    def add_samples(self, samples: Iterable[Sample]) -> None:
        """Put executions on the list."""
        self._samples.extend(samples)

    def work(self, seconds: float) -> None:
        """Judge samples and contents in turn for a limited time."""
        end = self._clock.now() + seconds
        turns: itertools.cycle[Callable[[], bool]] = itertools.cycle(
            (self._judge_sample, self._judge_content)
        )
        idle = 0
        while idle < 2 and self._clock.now() < end:
            idle = 0 if next(turns)() else idle + 1

    # --- faults ----------------------------------------------------------------------------

    def settle(self, fault: Fault) -> None:
        """Turn a fault into a finding, unless that is done already."""
        if fault.key and fault.key in self._linked:
            return
        settled = self._settler.settle(fault, "input")
        wanted = [one for one in settled.findings if _is_about(one, fault)]
        key = ""
        if wanted:
            key = triage.key(wanted[0], settled.observation)
            self._keep(
                key,
                wanted[0],
                fault.content,
                settled.observation,
                reproduced=settled.reproduced,
            )
        else:
            self.unconfirmed += 1
            folder = self._store.folder / "unconfirmed"
            folder.mkdir(exist_ok=True)
            write_whole(folder / f"{fault.kind}-{digest(fault.content)[:16]}", fault.content)
        if fault.key:
            self._linked[fault.key] = key
            self._store.link_fault(fault.key, key)
        elif key:
            self._store.count(key, 1)

    def _keep(  # all that a finding is kept with
        self,
        key: str,
        finding: Finding,
        content: bytes,
        seen: Observation,
        *,
        reproduced: bool,
        why: Sequence[str] = (),
    ) -> None:
        path = self._store.folder / "findings" / key / "input"
        named = msgspec.structs.replace(finding, file=str(path))
        kept = Kept(key=key, finding=named, reproduced=reproduced, why=tuple(why))
        self._store.keep(kept, content, seen, f"{self._replay} {path}", self._clock.date())
        self._why.update(why)
        self._codes.add(finding.code)

    # --- verdicts --------------------------------------------------------------------------

    def _judge_sample(self) -> bool:
        """Hold the verdict of one execution against schema and contract."""
        if not self._samples:
            return False
        sample = self._samples.popleft()
        name = digest(sample.content)
        if name in self._seen:
            return True
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen.add(name)
        opinion = self._opinion(sample.content)
        if opinion.fits(accepted=sample.accepted) is Fits.NO:
            self._dispute(sample.content, opinion, accepted=sample.accepted)
        return True

    def _judge_content(self) -> bool:
        """Run one file of the corpus in isolation: values, counts and state are compared."""
        if not self._contents:
            return False
        path = self._contents.popleft()
        content = path.read_bytes()
        opinion = self._opinion(content)
        self._dispute(content, opinion, accepted=None)
        self._store.judge(path.name, opinion.validity)
        return True

    def _opinion(self, content: bytes) -> Opinion:
        opinion = self._oracle.opinion(content)
        self.judged += 1
        self.valid += opinion.validity is Validity.VALID
        return opinion

    def _dispute(self, content: bytes, opinion: Opinion, *, accepted: bool | None) -> None:
        """Run content in isolation and keep what the oracle finds, crashes apart.

        Content that breaks a rule whose breach is known to be accepted shows nothing new, and no
        more does another valid one that is rejected.
        """
        if any(one in self._why for one in opinion.faults):
            return
        if accepted is False and "D707" in self._codes:
            return
        trial = self._oracle.trial(content, "input")
        for finding in trial.findings:
            if triage.is_crash(finding) or finding.code == "D711":
                continue
            why = opinion.faults[:1] if finding.code in _ABOUT_RULES else ()
            key = triage.key(finding, None, why)
            self._keep(key, finding, content, trial.observation, reproduced=True, why=why)
            self._store.count(key, 1)


def _is_about(finding: Finding, fault: Fault) -> bool:
    return finding.code == "D710" if fault.kind == "state" else triage.is_crash(finding)
