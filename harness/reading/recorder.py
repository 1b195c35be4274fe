"""Findings as they are made: the first so many are kept, the rest counted; sorted at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from harness.findings.model import Finding, Severity, sort_key


class Recorder:
    """Keeps findings with the route of their node, which decides between equals.

    The first so many are kept. Beyond them, the first of each severity is kept too, of the schema
    and of contracts apart: a flood of warnings must not hide that there is an error.
    """

    def __init__(self, max_findings: int) -> None:
        self._left = max_findings
        self._kept: list[tuple[Finding, tuple[int, ...]]] = []
        self._dropped: Counter[str] = Counter()
        self._kinds: set[tuple[Severity, bool]] = set()

    def wants(self, code: str, severity: Severity) -> bool:
        """Whether a finding would be kept; otherwise it need not be made, only counted."""
        return self._left > 0 or _kind(code, severity) not in self._kinds

    def add(self, finding: Finding, route: tuple[int, ...]) -> None:
        """Keep a finding that is wanted."""
        self._left -= 1
        self._kinds.add(_kind(finding.code, finding.severity))
        self._kept.append((finding, route))

    def count(self, code: str) -> None:
        """Only count a finding."""
        self._dropped[code] += 1

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many findings of each code were only counted."""
        return dict(sorted(self._dropped.items()))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was kept, in the total order of output, `order` filled in."""
        return in_order(self._kept)


def in_order(kept: Iterable[tuple[Finding, tuple[int, ...]]]) -> tuple[Finding, ...]:
    """Return findings in the total order of output, `order` filled in.

    Args:
        kept: each with the route of its node, in the order in which they were made.
    """
    by_route = sorted(kept, key=lambda entry: entry[1])
    numbered = [
        msgspec.structs.replace(finding, order=number)
        for number, (finding, _) in enumerate(by_route)
    ]
    return tuple(sorted(numbered, key=sort_key))


def _kind(code: str, severity: Severity) -> tuple[Severity, bool]:
    return severity, code.startswith("K")
