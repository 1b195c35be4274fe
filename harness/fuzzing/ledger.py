"""The findings of a campaign as they are kept: each once, by its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.fuzzing.settings import Clock
from harness.fuzzing.store import Kept, Shown, Store, read_evidence, read_findings


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with all that shows it.

    Attributes:
        key: its name.
        finding: of the oracle.
        content: the input.
        observation: what the consumer did.
        shown: by a run in isolation.
        why: the rules that the content breaks, where the finding is about a verdict.
    """

    key: str
    finding: Finding
    content: bytes
    observation: Observation
    shown: Shown
    why: tuple[str, ...] = ()


class Ledger:
    """Knows the findings of a campaign, those of earlier starts included."""

    def __init__(self, store: Store, clock: Clock, replay: str) -> None:
        """Take the store, the time, and the command that replays a finding up to the input."""
        self._store = store
        self._clock = clock
        self._replay = replay
        self._kept = {one.key: one for one in read_findings(store.folder)}
        self._why = {why: one.key for one in self._kept.values() for why in one.why}

    def explains(self, faults: Sequence[str]) -> bool:
        """Whether a known finding about a verdict is about one of these broken rules."""
        return bool(self.finding_about(faults))

    def finding_about(self, faults: Sequence[str]) -> str:
        """Return that finding's key; empty for none."""
        return next((self._why[fault] for fault in faults if fault in self._why), "")

    def keep(self, evidence: Evidence) -> bool:
        """Keep a finding; false if it is known."""
        if evidence.key in self._kept:
            return False
        path = self._store.findings_folder / evidence.key / "input"
        kept = Kept(
            key=evidence.key,
            finding=msgspec.structs.replace(evidence.finding, file=str(path)),
            shown=evidence.shown,
            why=evidence.why,
        )
        command = f"{self._replay} {path}"
        self._store.keep(kept, evidence.content, evidence.observation, command, self._clock.date())
        self._kept[evidence.key] = kept
        self._why.update(dict.fromkeys(evidence.why, evidence.key))
        return True

    def amend(self, evidence: Evidence) -> None:
        """Take over what a run in isolation said of a known finding."""
        known = self._kept[evidence.key]
        finding = msgspec.structs.replace(evidence.finding, file=known.finding.file)
        self._kept[evidence.key] = kept = msgspec.structs.replace(
            known, finding=finding, shown=evidence.shown
        )
        self._store.amend(kept, evidence.observation)

    def untried(self) -> Iterator[Evidence]:
        """Yield findings that no run in isolation was made for, with what is kept of them."""
        for kept in list(self._kept.values()):
            found = read_evidence(self._store.findings_folder / kept.key)
            if kept.shown is Shown.UNTRIED and found is not None:
                yield Evidence(
                    key=kept.key,
                    finding=kept.finding,
                    content=found[0],
                    observation=found[1],
                    shown=kept.shown,
                    why=kept.why,
                )

    def has_settled(self, code: str) -> bool:
        """Whether a finding with this code was tried in isolation as well."""
        return any(
            one.finding.code == code and one.shown is not Shown.UNTRIED
            for one in self._kept.values()
        )

    @property
    def untried_count(self) -> int:
        """How many findings no run in isolation was made for."""
        return sum(one.shown is Shown.UNTRIED for one in self._kept.values())
