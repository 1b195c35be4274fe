"""Running content that once showed something again, in isolation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.fuzzing import faults, triage
from harness.fuzzing.judging import Oracle, Trial
from harness.fuzzing.store import Kept, read_evidence

_RUNS = 2  # what differs between identical runs shows as well


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Content that is to be run again.

    Attributes:
        file: that it lies in.
        content: the bytes.
        kept: the finding that it was kept for; None for a file by itself.
        is_waiting: a worker told of a fault, and no run in isolation was made for it yet.
    """

    file: Path
    content: bytes
    kept: Kept | None = None
    is_waiting: bool = False


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What one content shows now.

    Attributes:
        file: the content.
        before: the code of the finding that it was kept for; empty for a file by itself.
        findings: that it shows now.
        still_there: it shows what it was kept for; a file by itself, if it shows anything.
        stands_before: the key of another fault that ends the run, so that it cannot be told
            whether the kept one is still there; else empty.
        is_waiting: see `Input`.
    """

    file: Path
    before: str
    findings: tuple[Finding, ...]
    still_there: bool
    stands_before: str = ""
    is_waiting: bool = False

    @property
    def outcome(self) -> str:
        """In a word: what has become of what it was kept for, or whether it shows anything."""
        if self.stands_before:
            return "another-first"
        if self.is_waiting:
            return "confirmed" if self.still_there else "not-confirmed"
        return "still-there" if self.still_there else "gone"


def replay(oracle: Oracle, path: Path) -> Iterator[Replayed]:
    """Run one file, one finding's folder, or all findings of a campaign and what waits there.

    Args:
        oracle: of the consumer.
        path: as the user named it.

    Raises:
        ConsumerError: the consumer cannot be started.
    """
    for one in inputs(path):
        trial = oracle.trial(one.content, str(one.file), runs=_RUNS)
        evidence = read_evidence(one.file.parent) if one.kept is not None else None
        still_there = _shows(one.kept, evidence[1] if evidence else None, trial)
        yield Replayed(
            file=one.file,
            before=one.kept.finding.code if one.kept is not None else "",
            findings=trial.findings,
            still_there=still_there,
            stands_before="" if still_there else _other_fault(trial),
            is_waiting=one.is_waiting,
        )


def inputs(path: Path) -> Iterator[Input]:
    """Yield the contents that `path` stands for: of one file, one finding or a campaign."""
    if path.is_file():
        yield Input(file=path, content=path.read_bytes(), kept=_kept(path.parent))
        return
    folders = [path] if (path / "input").is_file() else sorted((path / "findings").glob("[!.]*"))
    for folder in folders:
        if (folder / "input").is_file():
            content = (folder / "input").read_bytes()
            yield Input(file=folder / "input", content=content, kept=_kept(folder))
    for file in sorted(path.glob(f"workers/*/faults/*{faults.SUFFIX}")):
        if (fault := faults.parse(file.read_bytes())) is not None:
            yield Input(file=file, content=fault.content, is_waiting=True)


def _kept(folder: Path) -> Kept | None:
    try:
        return msgspec.json.decode((folder / "finding.json").read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None


def _shows(kept: Kept | None, before: Observation | None, trial: Trial) -> bool:
    """Whether a finding comes back: by place or key, or by its code where no stack tells more."""
    if kept is None:
        return bool(trial.findings)
    alike = [one for one in trial.findings if one.code == kept.finding.code]
    if triage.is_crash(kept.finding) and not triage.own_functions(trial.observation.report):
        return bool(alike)
    if triage.is_crash(kept.finding) and before is not None:
        return bool(alike) and triage.same_place(before, trial.observation)
    return any(triage.key(one, trial.observation, kept.why) == kept.key for one in alike)


def _other_fault(trial: Trial) -> str:
    crashes = (one for one in trial.findings if triage.is_crash(one))
    return next((triage.key(one, trial.observation) for one in crashes), "")
