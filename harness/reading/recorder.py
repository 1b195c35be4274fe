"""Findings as they are made: the first so many are kept, the rest counted; sorted at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from harness.findings.model import Finding, sort_key


class Recorder:
    """Keeps findings with the route of their node, which decides between equals."""

    def __init__(self, max_findings: int) -> None:
        self._left = max_findings
        self._kept: list[tuple[Finding, tuple[int, ...]]] = []
        self._dropped: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether the next finding will only be counted."""
        return self._left <= 0

    def add(self, finding: Finding, route: tuple[int, ...]) -> None:
        """Keep one finding, while there is room."""
        self._left -= 1
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
        by_route = sorted(self._kept, key=lambda entry: entry[1])
        numbered = [
            msgspec.structs.replace(finding, order=number)
            for number, (finding, _) in enumerate(by_route)
        ]
        return tuple(sorted(numbered, key=sort_key))
