"""Every rule there is, by code: the families joined, each code once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.findings.rule import Rule
from harness.findings.rules import (
    behaviour,
    bounds,
    contract,
    counts,
    coverage,
    invariants,
    layout,
    limits,
    lint,
    lint_layout,
    lint_usage,
    lint_values,
    native,
    structure,
    tool,
)


def joined(*families: tuple[Rule, ...]) -> dict[str, Rule]:
    """Return the families as one mapping; a code or name given twice is a mistake of ours."""
    rules: dict[str, Rule] = {}
    for rule in (rule for family in families for rule in family):
        if rule.code in rules or rule.name in {other.name for other in rules.values()}:
            raise AssertionError(f"{rule.code} {rule.name} is registered twice")
        rules[rule.code] = rule
    return rules


RULES: Mapping[str, Rule] = MappingProxyType(
    joined(
        structure.RULES,
        layout.RULES,
        bounds.RULES,
        counts.RULES,
        contract.RULES,
        invariants.RULES,
        limits.RULES,
        behaviour.RULES,
        coverage.RULES,
        lint.RULES,
        lint_usage.RULES,
        lint_layout.RULES,
        lint_values.RULES,
        native.RULES,
        tool.RULES,
    )
)
