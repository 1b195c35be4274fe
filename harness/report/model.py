"""What every renderer is given: the findings of one command and what they were found in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.findings.model import Finding, Place
from harness.gate.verdict import Verdict
from harness.validation import CompanionUse, SchemaUse


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one named or found file was judged by, and with what result.

    Attributes:
        file: as the user named it, or found below a folder so named.
        checked: it was read by a schema; False where none is known for it, or it cannot be read.
        reason: why it was not checked, where no finding says so.
        valid: no finding of severity `error` by the schema.
        in_contract: and none by a contract laid over it.
        size: bytes in the file; 0 where it was not read.
        sha256: of the file; empty where it was not read.
        schema: what it was read by.
        engine: what read it; empty where nothing did.
        lenient: as stock Kaitai does, so that no rule of ours was applied.
        companions: what it was read against.
        contracts: names and versions of the consumers whose contracts were laid over it.
        dropped: findings beyond `--max-findings`, counted by code.
    """

    file: str
    checked: bool
    valid: bool
    in_contract: bool
    reason: str = ""
    size: int = 0
    sha256: str = ""
    schema: SchemaUse | None = None
    engine: str = ""
    lenient: bool = False
    companions: tuple[CompanionUse, ...] = ()
    contracts: tuple[str, ...] = ()
    dropped: Mapping[str, int] = {}


class Refusal(msgspec.Struct, frozen=True):
    """Why a command did not begin: what is wrong, and where it is written."""

    place: Place
    message: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one command has to say.

    Attributes:
        command: `validate`, `schema check`, `gate`.
        outcome: the row of the exit-code table, in a word: `clean`, `findings`, ...
        exit_code: of that row.
        findings: sorted; of all files.
        files: what was checked or could not be, in the order of the output.
        verdict: of the gate, where the command is one.
        refusals: why it did not begin, where it did not.
    """

    command: str
    outcome: str
    exit_code: int
    findings: tuple[Finding, ...] = ()
    files: tuple[FileReport, ...] = ()
    verdict: Verdict | None = None
    refusals: tuple[Refusal, ...] = ()
