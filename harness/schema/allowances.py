"""`-allow`: the rules of lint that one node is excused from, by their names."""

from __future__ import annotations

import difflib
from typing import Final

from harness.findings.model import Severity
from harness.findings.registry import RULES
from harness.schema.shapes import Keys

ALLOW: Final = "-allow"


def allowable() -> frozenset[str]:
    """Return the names of the rules about what is legal but unwise in a schema."""
    rules = (rule for code, rule in RULES.items() if code.startswith("Q"))
    return frozenset(rule.name for rule in rules if rule.severity is not Severity.ERROR)


def check_allowances(keys: Keys) -> None:
    """Report what `-allow` of a type, a field or a parameter names that is no such rule."""
    known = allowable() if ALLOW in keys else ()
    for name in keys.texts(ALLOW):
        if name not in known:
            close = difflib.get_close_matches(name[:80], known, 1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            words = f"`{name[:80]}` is no rule that a schema can allow{hint}"
            keys.problems.add("Q905", keys.place(ALLOW), words)
