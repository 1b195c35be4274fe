"""A finding in words: one function for every engine and every renderer."""

from __future__ import annotations

from harness.findings.model import Finding
from harness.findings.registry import RULES


def message(finding: Finding) -> str:
    """Return the finding's message: one line that stands alone, lower case, units included."""
    where = f"`{finding.path}`: " if finding.path else ""
    span = f" ({finding.span})" if finding.span is not None else ""
    return f"{where}{statement(finding)}{span}"


def statement(finding: Finding) -> str:
    """Return the message without path and span, for renderers that show these apart."""
    text = RULES[finding.code].message.format(
        expected=finding.expected, actual=finding.actual, rule=finding.rule, reason=finding.reason
    )
    return f"{finding.reason}: {text}" if finding.reason else text


def headline(finding: Finding) -> str:
    """Return code, rule name and the author's id: `I501 invariant-broken (one-per-field)`."""
    named = f" ({finding.rule})" if finding.rule else ""
    return f"{finding.code} {RULES[finding.code].name}{named}"


def help_text(finding: Finding) -> str:
    """Return the remedy, one sentence."""
    rule = RULES[finding.code]
    return rule.remedies.get(finding.expected, rule.help)
