"""Running content that once showed something again, in isolation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.findings.model import Finding
from harness.fuzzing import triage
from harness.fuzzing.judging import Oracle, Trial
from harness.fuzzing.store import Kept

_RUNS = 2  # what differs between identical runs shows as well


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What one content shows now.

    Attributes:
        file: the content.
        before: the code of the finding that it was kept for; empty for a file by itself.
        findings: that it shows now.
        still_there: it shows what it was kept for; a file by itself, if it shows anything.
        stands_before: the key of another fault that ends the run, so that it cannot be told
            whether the kept one is still there; else empty.
    """

    file: Path
    before: str
    findings: tuple[Finding, ...]
    still_there: bool
    stands_before: str = ""


def replay(oracle: Oracle, path: Path) -> Iterator[Replayed]:
    """Run one file, one finding's folder, or all findings of a campaign.

    Args:
        oracle: of the consumer.
        path: as the user named it.

    Raises:
        ConsumerError: the consumer cannot be started.
    """
    for file, kept in inputs(path):
        trial = oracle.trial(file.read_bytes(), str(file), runs=_RUNS)
        still_there = _shows(kept, trial)
        yield Replayed(
            file=file,
            before=kept.finding.code if kept is not None else "",
            findings=trial.findings,
            still_there=still_there,
            stands_before="" if still_there else _other_fault(trial),
        )


def inputs(path: Path) -> Iterator[tuple[Path, Kept | None]]:
    """Yield the contents that `path` stands for, with the findings they were kept for."""
    if path.is_file():
        yield path, _kept(path.parent)
        return
    folders = [path] if (path / "input").is_file() else sorted((path / "findings").glob("[!.]*"))
    for folder in folders:
        if (folder / "input").is_file():
            yield folder / "input", _kept(folder)


def _kept(folder: Path) -> Kept | None:
    try:
        return msgspec.json.decode((folder / "finding.json").read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None


def _shows(kept: Kept | None, trial: Trial) -> bool:
    """Whether a finding comes back: by its key, or by its code where no stack tells more."""
    if kept is None:
        return bool(trial.findings)
    alike = [one for one in trial.findings if one.code == kept.finding.code]
    if triage.is_crash(kept.finding) and not triage.own_functions(trial.observation.report):
        return bool(alike)
    return any(triage.key(one, trial.observation, kept.why) == kept.key for one in alike)


def _other_fault(trial: Trial) -> str:
    crashes = (one for one in trial.findings if triage.is_crash(one))
    return next((triage.key(one, trial.observation) for one in crashes), "")
