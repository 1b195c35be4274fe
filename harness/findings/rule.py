"""A rule as data: its code, its name, and the explanation that `harness explain` prints."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.findings.example import Example
from harness.findings.model import Severity


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the registry.

    Attributes:
        code: a family letter and three digits; never reused.
        name: kebab-case; reads as "allow NAME".
        severity: what a finding of it has unless an author chose another.
        message: one line, a format string over `expected`, `actual`, `rule` and `reason`.
        help: the remedy, one sentence.
        remedies: other ones, by what a finding says is `expected`.
        checks: what is checked, in a paragraph.
        why: why it matters, with the incident that taught it where there is one.
        fix: how to mend the content, the schema or the consumer.
        example: what triggers it and what does not.
        sources: where the facts come from.
    """

    code: str
    name: str
    severity: Severity = Severity.ERROR
    message: str
    help: str
    checks: str
    why: str
    fix: str
    example: Example
    sources: tuple[str, ...] = ()
    remedies: Mapping[str, str] = {}
