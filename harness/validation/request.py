"""What is asked of validation, and what it answers about one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from harness.findings.model import Finding, Severity
from harness.reading import Reading
from harness.reading.reader import DEFAULT_MAX_FINDINGS
from harness.schema.overlay import Overlay
from harness.validation.inputs import MAX_BYTES

EngineName = Literal["native", "reference"]
EngineChoice = Literal["auto", "native", "reference"]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """How files are to be checked.

    Attributes:
        schema: name or path; None to find it by extension and magic.
        companions: by parameter name, the file to read for it.
        overlays: contracts laid over the schema.
        engine: who judges; `auto` is the native engine where it is there or pays, and both find
            the same. Only the reference reader leaves a tree.
        max_findings: how many findings are kept of one file; the rest is counted.
        max_bytes: how large a file or companion may be.
        strict_walk: a walked file of no known schema is a finding.
        import_paths: folders where schemas find their imports too.
        lenient: schemas mean what stock Kaitai makes of them; not together with overlays.
        instances: where reading is lenient, read what nothing has asked for too.
    """

    schema: str | None = None
    companions: Mapping[str, Path] = {}
    overlays: tuple[Overlay, ...] = ()
    engine: EngineChoice = "auto"
    max_findings: int = DEFAULT_MAX_FINDINGS
    max_bytes: int = MAX_BYTES
    strict_walk: bool = False
    import_paths: tuple[Path, ...] = ()
    lenient: bool = False
    instances: bool = False


class SchemaUse(msgspec.Struct, frozen=True, kw_only=True):
    """The schema that a file was read by, with the digest of all its text, imports included."""

    id: str
    file: str
    sha256: str


class CompanionUse(msgspec.Struct, frozen=True, kw_only=True):
    """A companion that a file was read against."""

    name: str
    file: str
    sha256: str


class Result(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is known of one file.

    Attributes:
        file: as the user named it.
        checked: it was read by a schema.
        reason: why it was not, where no finding says so.
        is_walked: it was found in a folder, not named.
        findings: sorted; those of its companions included.
        size: bytes; 0 where it was not read.
        sha256: of the file; empty where it was not read.
        schema: what it was read by.
        lenient: it was read as stock Kaitai does, so that no rule of ours was applied.
        companions: what it was read against.
        dropped: findings beyond the limit, counted by code.
        engine: what read it; empty where nothing did.
        reading: the tree, for those who show it or compute with it; the reference reader leaves
            one.
    """

    file: str
    checked: bool
    reason: str = ""
    is_walked: bool = False
    findings: tuple[Finding, ...] = ()
    size: int = 0
    sha256: str = ""
    schema: SchemaUse | None = None
    lenient: bool = False
    companions: tuple[CompanionUse, ...] = ()
    dropped: Mapping[str, int] = {}
    engine: EngineName | Literal[""] = ""
    reading: Reading | None = None

    @property
    def valid(self) -> bool:
        """Whether it was checked and no rule of the schema is broken by an error."""
        return self.checked and not self._has_error(contract=False)

    @property
    def in_contract(self) -> bool:
        """Whether no rule of a contract is broken by an error."""
        return not self._has_error(contract=True)

    def _has_error(self, *, contract: bool) -> bool:
        return bool(self.findings) and any(
            finding.severity is Severity.ERROR and finding.code.startswith("K") is contract
            for finding in self.findings
        )
