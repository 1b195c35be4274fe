"""The shape of a manifest, key by key; and one thing that is wrong with one."""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.findings.model import Place, Severity


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a manifest, and how to mend it."""

    place: Place
    message: str
    help: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ManifestError(Exception):
    """A manifest cannot be used; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class LibraryTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`run.library`."""

    sources: list[str] = []
    cflags: list[str] = []
    include: list[str] = []
    compiler: str = ""
    path: str | None = None


class RunTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[run]`."""

    library: LibraryTable | None = None
    python: str | None = None
    rejects: list[str] | None = None
    command: list[str] | None = None
    accept: list[int] | None = None
    reject: list[int] | None = None
    events: str | None = None
    timeout_seconds: float = 5.0
    memory_mb: int = 2048
    read: list[str] = []
    without: list[str] = []


class ContractTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[contract]]`."""

    id: str
    at: str
    check: str
    when: str = ""
    message: str = ""
    severity: Severity = Severity.ERROR


class QuirkTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[quirk]]`."""

    id: str
    outcome: Literal["crashed", "accepted", "rejected", "unstable"]
    content: Literal["valid", "out-of-contract", "invalid"]
    reason: str


class ManifestFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    name: str
    version: str
    schema: str
    run: RunTable
    companions: dict[str, str] = {}
    observe: dict[str, str] = {}
    contract: list[ContractTable] = []
    quirk: list[QuirkTable] = []
