"""Running content that once showed something again, in isolation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.findings.model import Finding
from harness.fuzzing.judging import Oracle
from harness.fuzzing.store import Kept

_RUNS = 2  # what differs between identical runs shows as well


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What one content shows now.

    Attributes:
        file: the content.
        before: the code of the finding that it was kept for; empty for a file by itself.
        findings: that it shows now.
    """

    file: Path
    before: str
    findings: tuple[Finding, ...]

    @property
    def still_there(self) -> bool:
        """It shows what it was kept for; a file by itself, if it shows anything."""
        codes = {finding.code for finding in self.findings}
        return self.before in codes if self.before else bool(codes)


def replay(oracle: Oracle, path: Path) -> Iterator[Replayed]:
    """Run one file, one finding's folder, or all findings of a campaign.

    Args:
        oracle: of the consumer.
        path: as the user named it.

    Raises:
        ConsumerError: the consumer cannot be started.
    """
    for file, before in inputs(path):
        trial = oracle.trial(file.read_bytes(), str(file), runs=_RUNS)
        yield Replayed(file=file, before=before, findings=trial.findings)


def inputs(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the contents that `path` stands for, with the codes they were kept for."""
    if path.is_file():
        yield path, _code(path.parent)
        return
    folders = [path] if (path / "input").is_file() else sorted((path / "findings").glob("[!.]*"))
    for folder in folders:
        if (folder / "input").is_file():
            yield folder / "input", _code(folder)


def _code(folder: Path) -> str:
    try:
        return msgspec.json.decode((folder / "finding.json").read_bytes(), type=Kept).finding.code
    except (OSError, msgspec.MsgspecError):
        return ""
