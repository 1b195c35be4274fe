"""Companions that were given and that nothing took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from harness.findings.model import Finding, Severity
from harness.findings.registry import RULES

_NOT_READ = frozenset({"T001", "T002", "T003"})


def unused_companions(
    given: Mapping[str, Path], used: Collection[str], findings: Sequence[Finding]
) -> list[Finding]:
    """Return a finding for each companion that no checked file took.

    Args:
        given: what the user gave, by name.
        used: the names that the schemas of the checked files took.
        findings: of the same run. Where a file was not read, or not against its companions, they
            say so already, and nobody knows what that file would have taken.
    """
    if any(_says_unread(finding) for finding in findings):
        return []
    return [
        Finding(
            code="T011",
            severity=RULES["T011"].severity,
            file=str(path),
            expected=f"`{name}`",
            actual="which the schema of no checked file takes",
        )
        for name, path in given.items()
        if name not in used
    ]


def _says_unread(finding: Finding) -> bool:
    is_beyond_engine = finding.code == "T014" and finding.severity is Severity.ERROR
    return is_beyond_engine or finding.code in _NOT_READ
