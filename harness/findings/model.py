"""The one plain data type that every check produces and every renderer reads."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad a finding is; `--fail-on` compares by `rank`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst; findings at the same bytes sort by it."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Span(msgspec.Struct, frozen=True, order=True):
    """Half-open byte range `[start, end)`, absolute in its file."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"bytes 0x{self.start:x}..0x{self.end:x}"


class Place(msgspec.Struct, frozen=True):
    """Where a rule is written: a schema, manifest or policy; line and column count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Finding(msgspec.Struct, frozen=True):
    """One broken rule.

    Attributes:
        code: registry code, such as `I501`.
        severity: after the rule's or the author's choice.
        file: the file the finding is in, as the user named it.
        path: symbolic route of the node (`instances[3].kind`); empty for the whole file.
        span: the bytes concerned, or None where there are none (a missing file, a schema).
        rule: the author's id of an invariant or contract rule; else empty.
        expected: what the rule wants, as text with its unit; empty where that says nothing.
        actual: what was found, likewise.
        reason: the author's own message of an invariant or contract rule; else empty.
        source: where the rule stands, if it stands in a schema, manifest or policy.
        order: pre-order number of the node: the last key of the output order; not rendered.
    """

    code: str
    severity: Severity
    file: str
    path: str = ""
    span: Span | None = None
    rule: str = ""
    expected: str = ""
    actual: str = ""
    reason: str = ""
    source: Place | None = None
    order: int = 0


def sort_key(finding: Finding) -> tuple[str, int, int, int, str, str, int]:
    """The total order of output: file, start, end, severity, code, rule, pre-order number."""
    span = finding.span or Span(-1, -1)
    return (
        finding.file,
        span.start,
        span.end,
        finding.severity.rank,
        finding.code,
        finding.rule,
        finding.order,
    )
