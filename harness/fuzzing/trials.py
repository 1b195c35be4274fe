"""Runs in isolation of content that there is an opinion on, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from harness.consumers.isolation import Stop
from harness.findings.model import Finding
from harness.fuzzing import triage
from harness.fuzzing.bench import Case, Finish, nothing
from harness.fuzzing.judging import Opinion, Oracle, Trial
from harness.fuzzing.ledger import Evidence, Ledger
from harness.fuzzing.store import Shown, Store

_ABOUT_RULES = frozenset({"D706", "D708"})  # the consumer takes what breaks a rule


class Doubtful(msgspec.Struct, frozen=True):
    """Content that is to be run in isolation.

    Attributes:
        opinion: what schema and contract say of it.
        content: of an execution.
        file: of the corpus; None for an execution.
    """

    opinion: Opinion
    content: bytes = b""
    file: Path | None = None

    def read(self) -> bytes | None:
        """Return the bytes; those of a file are not kept in memory."""
        return self.content if self.file is None else read_file(self.file)


class Tried(msgspec.Struct, frozen=True):
    """What a run came to.

    Attributes:
        keys: of the findings that it shows.
        is_new: one of them was not known.
    """

    keys: tuple[str, ...]
    is_new: bool


class Trials:
    """Runs content, and keeps what the oracle finds in what the consumer does."""

    def __init__(self, oracle: Oracle, store: Store, ledger: Ledger) -> None:
        self._oracle = oracle
        self._store = store
        self._ledger = ledger
        self._checked: set[str] = set()

    def refused_alone(self, faults: tuple[str, ...]) -> None:
        """Learn rules whose breach alone is refused: no acceptance is about them."""
        self._checked.update(faults)

    def running(self, doubtful: Doubtful, done: Callable[[Tried], None]) -> Case:
        """Return the run of one content; `done` hears what it came to."""

        def work(stop: Stop) -> Finish:
            content = doubtful.read()
            if content is None:
                return nothing
            trial = self._oracle.trial(content, "input", stop=stop)
            return lambda: done(self._ran(doubtful, content, trial))

        return work

    def _ran(self, doubtful: Doubtful, content: bytes, trial: Trial) -> Tried:
        is_new, keys = False, []
        for finding in trial.findings:
            if self._is_told(finding, doubtful.opinion):
                evidence = self._evidence(finding, content, doubtful.opinion, trial)
                is_new = self._ledger.keep(evidence) or is_new
                self._store.count(evidence.key, 1)
                keys.append(evidence.key)
        return Tried(tuple(keys), is_new)

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


def read_file(path: Path) -> bytes | None:
    """Return the bytes of a file of the corpus; None if it was set aside meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
