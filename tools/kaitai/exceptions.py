"""Which of our findings say the same as an exception of Kaitai's Python parsers, loosely."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness.findings.model import Finding
from tools.conformance.exceptions import stands_for

# Beside what the suite names: exceptions of Python itself. A seek beyond the end is silent in
# Kaitai until something is read there; with us it is the fault.
_CODES: Final = {
    "EndOfStreamError": {"B204"},
    "UnicodeDecodeError": {"S106", "B210"},
    "InvalidArgumentError": {"B204", "B205"},
    "ZeroDivisionError": {"B207"},
    "IndexError": {"B203"},
    "RecursionError": {"S114", "L601"},
    "TimeoutError": {"B206", "L601", "L602", "L603"},
    "MemoryError": {"B206", "L601", "L602", "L603", "L604"},
}
_NAMED: Final = frozenset({"EndOfStreamError", "UndecidedEndiannessError"})


def agree(exception: Exception, findings: Iterable[Finding]) -> bool:
    """Whether findings say what an exception does; where both reject, order may differ.

    An exception that is not in the table (a `TypeError` of generated code) may be anything. So
    may one that comes with no finding of its own: what was lost before explains it.
    """
    names = [kind.__name__ for kind in type(exception).__mro__]
    found = tuple(findings)
    codes = {finding.code for finding in found}
    is_known = any(name in _CODES or name in _NAMED or "Validation" in name for name in names)
    is_said = any(stands_for(found, name) or codes & _CODES.get(name, set()) for name in names)
    return is_said or not is_known or not codes
