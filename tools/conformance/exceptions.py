"""Which findings stand for which exception of Kaitai's runtime, by class as the suite demands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness.findings.model import Finding

# `valid/in-enum` lists what is expected, as `any-of` does.
_CODES: Final = {
    "EndOfStreamError": frozenset({"S101", "S102"}),
    "UndecidedEndiannessError": frozenset({"S115"}),
    "ConversionError": frozenset({"B209"}),
    "ValidationNotEqualError": frozenset({"B202", "S103"}),
    "ValidationLessThanError": frozenset({"B201"}),
    "ValidationGreaterThanError": frozenset({"B201"}),
    "ValidationNotAnyOfError": frozenset({"B202"}),
    "ValidationNotInEnumError": frozenset({"B202"}),
    "ValidationExprError": frozenset({"B208"}),
}


def stands_for(findings: Iterable[Finding], exception: str) -> bool:
    """Whether one of the findings is what the runtime calls `exception`."""
    codes = _CODES.get(exception, frozenset())
    return any(finding.code in codes for finding in findings)
