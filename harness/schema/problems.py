"""Collecting what is wrong with a schema, so that one run reports all of it."""

from __future__ import annotations

from typing import Final

from harness.findings.message import message
from harness.findings.model import Finding, Place, Severity
from harness.findings.registry import RULES

MAX_PROBLEMS: Final = 200


class SchemaError(Exception):
    """The schema cannot be used; `findings` say why (Q9xx, each with its place)."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0] if findings else None
        where = "" if first is None else f"{first.source or first.file}: {first.code} "
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"{where}{message(first) if first is not None else 'no schema'}{more}")
        self.findings = findings


class Problems:
    """A list of findings about one schema.

    Attributes:
        is_lenient: the schema is taken as stock Kaitai takes it, to whom our own keys say nothing.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self._found: list[Finding] = []
        self.is_lenient = lenient

    def add(
        self,
        code: str,
        place: Place,
        actual: str,
        expected: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Note that `code` is broken at `place`; `severity` is that of its rule if not given."""
        if not self.is_full:
            self._found.append(
                Finding(
                    code=code,
                    severity=severity or RULES[code].severity,
                    file=place.file,
                    expected=expected,
                    actual=actual,
                    source=place,
                )
            )

    @property
    def is_full(self) -> bool:
        """Whether any more would only be dropped."""
        return len(self._found) >= MAX_PROBLEMS

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was noted, by file, line, column and code; each once."""
        unique = {(f.source, f.code, f.actual): f for f in self._found}
        return tuple(sorted(unique.values(), key=_by_place))

    @property
    def has_errors(self) -> bool:
        """Whether anything makes the schema unusable."""
        return any(finding.severity is Severity.ERROR for finding in self._found)

    def refuse_errors(self) -> None:
        """Raise SchemaError if any finding is an error."""
        if self.has_errors:
            raise SchemaError(self.findings)


def _by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.source or Place(finding.file, 0)
    return (place.file, place.line, place.column, finding.code, finding.actual)
