"""What the gate decided, and all that it rests on."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from harness.findings.model import Finding
from harness.validation import Result


class Outcome(StrEnum):
    """How a stage ended; everything but `PASSED` blocks."""

    PASSED = "passed"
    BLOCKED = "blocked"
    UNFINISHED = "unfinished"


class Kind(StrEnum):
    """Why a stage could not be finished."""

    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Obstacle(msgspec.Struct, frozen=True):
    """What kept a stage from being finished; `trace` is for the tool's own developers."""

    kind: Kind
    message: str
    trace: str = ""


class Transcript(msgspec.Struct, frozen=True):
    """What another program said in its own words: a compiler, a sanitizer."""

    title: str
    text: str


class StageResult(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: how it ended, how long it took, what it found.

    Attributes:
        name: `schema`, `validate`, `contracts`, `consume`.
        outcome: PASSED only if it ran to its end and nothing in it blocks.
        seconds: by the clock that the gate was given.
        detail: what was done, in a few words.
        findings: all of the stage, the accepted ones included.
        obstacles: what kept parts of it from being done.
        transcripts: what other programs said of it.
    """

    name: str
    outcome: Outcome
    seconds: float
    detail: str
    findings: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    transcripts: tuple[Transcript, ...] = ()


class AcceptedFinding(msgspec.Struct, frozen=True):
    """A finding that the policy accepts: why, and until when."""

    finding: Finding
    reason: str
    expires: dt.date


class ConsumerUse(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer version that the candidate was held against."""

    label: str
    manifest: str
    digest: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The decision over one candidate.

    Attributes:
        candidate: as the user named it.
        policy: the policy file, as the user named it.
        policy_sha256: of its bytes.
        stages: what was run, in order; each that exists was run.
        absent: stages of the gate that this version does not have, so nobody takes their silence
            for consent.
        findings: of all stages, each once, sorted, without the accepted ones.
        accepted: findings that the policy accepts.
        consumers: the versions that the candidate was held against.
        results: what the candidate was read by, plainly and by each contract.
    """

    candidate: str
    policy: str
    policy_sha256: str
    stages: tuple[StageResult, ...]
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[AcceptedFinding, ...]
    consumers: tuple[ConsumerUse, ...]
    results: tuple[Result, ...]

    @property
    def is_pass(self) -> bool:
        """Whether the candidate may be released."""
        return bool(self.stages) and all(stage.outcome is Outcome.PASSED for stage in self.stages)
