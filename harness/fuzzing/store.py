"""What a campaign keeps: findings as folders, and a database of figures that follows them.

A finding's folder is moved into place whole before anything else is told of it, so it survives
whatever happens to this process; the database is brought up to date from the folders.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from harness.consumers.observation import Observation
from harness.findings.model import Finding
from harness.schema.whole import write_whole

DATABASE = "campaign.sqlite"
_FINDING, _OBSERVATION = "finding.json", "observation.json"
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS statistics (
    session INTEGER NOT NULL, elapsed REAL NOT NULL, executions INTEGER NOT NULL,
    accepted INTEGER NOT NULL, rejected INTEGER NOT NULL, edges INTEGER NOT NULL,
    corpus INTEGER NOT NULL, judged INTEGER NOT NULL, valid INTEGER NOT NULL,
    findings INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS inputs (sha256 TEXT PRIMARY KEY, validity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS findings (
    key TEXT PRIMARY KEY, code TEXT NOT NULL, first_seen REAL NOT NULL, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (fault TEXT PRIMARY KEY, finding TEXT NOT NULL);
"""


class CampaignInUseError(Exception):
    """Another process works on the campaign's folder."""


class Shown(StrEnum):
    """Whether a run in isolation shows a finding as well.

    BEHIND: another fault ends the run before it. UNTRIED: the time was up first.
    """

    YES = "yes"
    NO = "no"
    BEHIND = "behind"
    UNTRIED = "untried"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of a campaign, as it lies in its folder.

    Attributes:
        key: its name.
        finding: of the oracle; its file is the kept input.
        shown: by a run in isolation.
        why: the rules that the content breaks, where the finding is about a verdict.
    """

    key: str
    finding: Finding
    shown: Shown = Shown.YES
    why: tuple[str, ...] = ()


class Store:
    """The folder of one campaign, open for this process alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings_folder = folder / "findings"
        self.findings_folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise CampaignInUseError(f"another process works on `{folder}`") from error
        self._database = sqlite3.connect(folder / DATABASE)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(_TABLES)
        self._recover()

    def _recover(self) -> None:
        """Remove halves of folders, and enter findings that the database does not know yet."""
        for path in self.findings_folder.glob(".*"):
            shutil.rmtree(path, ignore_errors=True)
        for kept in read_findings(self.folder):
            self._enter(kept, 0.0)

    def session(self) -> int:
        """Number this start of the campaign."""
        row = self._database.execute("SELECT value FROM about WHERE name = 'sessions'").fetchone()
        number = int(row[0]) + 1 if row else 1
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO about VALUES ('sessions', ?)", (str(number),))
        return number

    def describe(self, name: str, value: str) -> None:
        """Keep a fact about the campaign."""
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    def keep(self, kept: Kept, content: bytes, seen: Observation, replay: str, at: float) -> bool:
        """Keep a finding with its input, observation and replay command; false if it is known.

        Args:
            kept: the finding.
            content: that shows it.
            seen: what the consumer did.
            replay: the command that shows it again.
            at: seconds since the epoch.
        """
        folder = self.findings_folder / kept.key
        if folder.exists():
            return False
        part = self.findings_folder / f".{kept.key}"
        part.mkdir(exist_ok=True)
        (part / "input").write_bytes(content)
        (part / _FINDING).write_bytes(_pretty(kept))
        (part / _OBSERVATION).write_bytes(_pretty(seen))
        (part / "replay.txt").write_text(f"{replay}\n")
        part.rename(folder)
        self._enter(kept, at)
        return True

    def amend(self, kept: Kept, seen: Observation) -> None:
        """Replace what is known of a finding: each file is there whole at any moment."""
        folder = self.findings_folder / kept.key
        write_whole(folder / _OBSERVATION, _pretty(seen))
        write_whole(folder / _FINDING, _pretty(kept))

    def _enter(self, kept: Kept, at: float) -> None:
        with self._database as database:
            row = (kept.key, kept.finding.code, at, 0)
            database.execute("INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?)", row)

    def count(self, key: str, times: int) -> None:
        """Count that a finding was seen again."""
        with self._database as database:
            statement = "UPDATE findings SET count = count + ? WHERE key = ?"
            database.execute(statement, (times, key))

    def counts(self) -> dict[str, int]:
        """How often each finding was seen, in the order in which they were found."""
        rows = self._database.execute("SELECT key, count FROM findings ORDER BY rowid")
        return {str(key): int(count) for key, count in rows}

    def link_fault(self, fault: int, finding: str) -> None:
        """Remember to which finding a worker's fault belongs; empty for none."""
        with self._database as database:
            row = (f"{fault:016x}", finding)
            database.execute("INSERT OR REPLACE INTO faults VALUES (?, ?)", row)

    def linked_faults(self) -> dict[int, str]:
        """Faults of earlier sessions."""
        rows = self._database.execute("SELECT fault, finding FROM faults")
        return {int(fault, 16): str(finding) for fault, finding in rows}

    def judged(self) -> dict[str, str]:
        """Validity of the corpus files that were judged before, by their names."""
        rows = self._database.execute("SELECT sha256, validity FROM inputs")
        return {str(name): str(validity) for name, validity in rows}

    def judge(self, name: str, validity: str) -> None:
        """Keep the validity of a corpus file."""
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO inputs VALUES (?, ?)", (name, validity))

    def record(self, row: tuple[int | float, ...]) -> None:
        """Add a row of statistics."""
        with self._database as database:
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO statistics VALUES ({marks})", row)  # noqa: S608  # marks

    def close(self) -> None:
        """Close the database and let go of the folder."""
        self._database.close()
        os.close(self._lock)


def read_findings(folder: Path) -> Iterator[Kept]:
    """Yield the findings of a campaign's folder, in the order of their names."""
    for path in sorted((folder / "findings").glob(f"[!.]*/{_FINDING}")):
        yield msgspec.json.decode(path.read_bytes(), type=Kept)


def read_evidence(folder: Path) -> tuple[bytes, Observation] | None:
    """Return input and observation of one finding's folder; None where they are not there."""
    try:
        seen = msgspec.json.decode((folder / _OBSERVATION).read_bytes(), type=Observation)
        return (folder / "input").read_bytes(), seen
    except (OSError, msgspec.MsgspecError):
        return None


def _pretty(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
