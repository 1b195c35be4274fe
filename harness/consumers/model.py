"""What a manifest says, as plain data: who the consumer is, how it is run, what it can take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from harness.findings.model import Place
from harness.schema.overlay import Overlay

LAYERS = (
    "user-namespace",
    "network-namespace",
    "ipc-namespace",
    "process-namespace",
    "read-only-mounts",
    "limits",
    "capabilities",
    "landlock-files",
    "landlock-network",
    "landlock-scope",
    "system-call-filter",
    "process-limit",
)
"""Layers that a manifest may switch off; `no-new-privileges` always stands."""

LONGEST_NAME_BYTES = 63
"""Of a companion: what the inputs of a run have room for."""


class LibraryRun(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer behind the C interface of `harness_consumer.h`.

    Attributes:
        sources: files to build with sanitizers; empty if `path` is given.
        flags: the author's own compiler flags.
        compiler: words that start the compiler; empty for the machine's own.
        path: a shared library that is already built; None if `sources` are given.
    """

    sources: tuple[Path, ...] = ()
    flags: tuple[str, ...] = ()
    compiler: str = ""
    path: Path | None = None


class PythonRun(msgspec.Struct, frozen=True, kw_only=True):
    """A Python callable; exceptions named in `rejects` reject the content, others are crashes."""

    module: str
    function: str
    rejects: tuple[str, ...] = ()


class CommandRun(msgspec.Struct, frozen=True, kw_only=True):
    """A program that is given files; exit codes in neither list are crashes."""

    words: tuple[str, ...]
    accept: tuple[int, ...] = (0,)
    reject: tuple[int, ...] = ()


class Quirk(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of the oracle's table that this version is known to get wrong, and why that is kept.

    Attributes:
        id: its name.
        outcome: what the consumer does.
        content: what schema and contract say of the content.
        reason: shown with the note that takes the finding's place.
        place: where it is written.
    """

    id: str
    outcome: Literal["crashed", "accepted", "rejected", "unstable"]
    content: Literal["valid", "out-of-contract", "invalid"]
    reason: str
    place: Place


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one consumer.

    Attributes:
        name: of the consumer.
        version: of the consumer.
        path: the manifest, as the user named it.
        digest: SHA-256 over manifest, sources or library, companions and events.
        schema: name of a known schema, or path of a `.ksy` file as written.
        companions: files that the content is read against, ready to open.
        run: how to run it.
        events: files fed after loading, by name.
        timeout_seconds: for one run: two loads with all events, and unloads.
        memory_mb: most memory that a run may use.
        read: more files and folders that the consumer may read.
        without: layers of isolation that are switched off.
        overlay: contract rules and observed values.
        quirks: silenced cells.
        place: where `[run]` is written.
    """

    name: str
    version: str
    path: Path
    digest: str
    schema: str
    companions: Mapping[str, Path]
    run: LibraryRun | PythonRun | CommandRun
    events: tuple[Path, ...]
    timeout_seconds: float
    memory_mb: int
    read: tuple[Path, ...]
    without: tuple[str, ...]
    overlay: Overlay
    quirks: tuple[Quirk, ...]
    place: Place

    @property
    def folder(self) -> Path:
        """Where the manifest is; its paths are relative to it."""
        return self.path.parent

    @property
    def label(self) -> str:
        """Name and version, as findings show it."""
        return f"{self.name} {self.version}"

    def schema_hint(self) -> str:
        """The schema for `schema.library.find`: a path relative to the manifest made whole."""
        if self.schema.endswith(".ksy"):
            return str(self.folder / self.schema)
        return self.schema
