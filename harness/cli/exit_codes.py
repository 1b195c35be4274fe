"""The exit codes, as data: with several outcomes the first row that applies wins."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

import msgspec

from harness.findings.model import Finding, Severity


class ExitCode(msgspec.Struct, frozen=True):
    """One row: the number, the outcome in a word, and when it applies."""

    number: int
    outcome: str
    when: str


INTERRUPTED = ExitCode(130, "interrupted", "interrupted; what was found is saved")
FAILED = ExitCode(
    1,
    "failed",
    "the tool failed: a bug, a full disk, a compiler, sandbox or engine that is needed and absent",
)
REFUSED = ExitCode(
    2,
    "refused",
    "usage; a named input or companion missing or unreadable; bad schema, manifest or policy",
)
FINDINGS = ExitCode(
    10,
    "findings",
    "findings at or above --fail-on; gate blocked; "
    "a consumer that crashed, hung, or whose own build or start failed",
)
NOTHING = ExitCode(
    3,
    "nothing-to-check",
    "nothing to check: empty folder, walked folder with no file of a known schema, "
    "named file of no known schema",
)
CLEAN = ExitCode(0, "clean", "everything named was checked and is clean")

TABLE = (INTERRUPTED, FAILED, REFUSED, FINDINGS, NOTHING, CLEAN)

# Codes that say that a check could not be made: they count whatever --fail-on says. A missing
# layer of isolation (T007), a sanitizer that is off (T013) and a slow engine (T014) are reported
# and leave the verdict; an engine that was asked for and cannot judge is an error of T014.
ROWS_OF_TOOL_CODES = MappingProxyType(
    {
        "T001": REFUSED,
        "T002": REFUSED,
        "T003": NOTHING,
        "T004": NOTHING,
        "T005": FINDINGS,
        "T006": FINDINGS,
        "T007": CLEAN,
        "T008": FAILED,
        "T009": FINDINGS,
        "T010": FINDINGS,
        "T011": REFUSED,
        "T012": REFUSED,
        "T013": CLEAN,
        "T014": CLEAN,
    }
)
_LINT_FAMILY = "Q"
_NO_MISTAKES = frozenset({"Q950"})  # why a schema is read by the slower engine


def first_of(rows: Iterable[ExitCode]) -> ExitCode:
    """Return the row that wins among those that apply; `CLEAN` where none does."""
    return min(rows, key=TABLE.index, default=CLEAN)


def row_of(finding: Finding, fail_on: Severity, *, lint: ExitCode = REFUSED) -> ExitCode:
    """Return the row that one finding calls for.

    Args:
        finding: any.
        fail_on: severities from this one up count.
        lint: the row of errors in a schema: `FINDINGS` where schemas are what is checked.
    """
    if finding.code == "T014" and finding.severity is Severity.ERROR:
        return FAILED
    if finding.code in ROWS_OF_TOOL_CODES:
        return ROWS_OF_TOOL_CODES[finding.code]
    if finding.code in _NO_MISTAKES or finding.severity.rank > fail_on.rank:
        return CLEAN
    return lint if finding.code.startswith(_LINT_FAMILY) else FINDINGS


def row_of_all(
    findings: Iterable[Finding], fail_on: Severity, *, lint: ExitCode = REFUSED
) -> ExitCode:
    """Return the row that wins among those of all findings."""
    return first_of({row_of(finding, fail_on, lint=lint) for finding in findings})
