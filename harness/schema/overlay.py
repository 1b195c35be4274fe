"""Rules and observed values laid over a schema from outside: plain data."""

from __future__ import annotations

import msgspec

from harness.findings.model import Place, Severity


class OverlayRule(msgspec.Struct, frozen=True, kw_only=True):
    """A check that a consumer's contract adds.

    Attributes:
        id: kebab-case name of the rule.
        at: a type (`criterion`, `outer::inner`) or a path (`instances[*].criteria[*].kind`).
        check: a condition; names resolve as they do in that type, `_` is the value at a path.
        place: where it is written.
        when: the check applies only where this holds; empty for everywhere.
        message: the author's reason, shown before the values.
        severity: of the findings it raises.
    """

    id: str
    at: str
    check: str
    place: Place
    when: str = ""
    message: str = ""
    severity: Severity = Severity.ERROR


class Observe(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer reports under `name`, as the schema computes it.

    A name that ends in `[*]` is reported with an index, which the expression reads as `_index`.
    """

    name: str
    expression: str
    place: Place


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """All that one contract or manifest lays over a schema."""

    name: str
    rules: tuple[OverlayRule, ...] = ()
    observe: tuple[Observe, ...] = ()
