"""Accepted findings: which they are, and which acceptances have run out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.gate.policy import Acceptance, PlacedAcceptance, Policy
from harness.gate.verdict import AcceptedFinding


def current(policy: Policy, today: dt.date) -> tuple[Acceptance, ...]:
    """Return the acceptances that hold today; the day they expire is their last."""
    return tuple(one.acceptance for one in policy.accept if one.acceptance.expires >= today)


def expired(policy: Policy, today: dt.date) -> tuple[Finding, ...]:
    """Return a finding for each acceptance that has run out."""
    return tuple(_finding(one, policy) for one in policy.accept if one.acceptance.expires < today)


def accepted(
    findings: Iterable[Finding], acceptances: tuple[Acceptance, ...]
) -> tuple[AcceptedFinding, ...]:
    """Return those of the findings that an acceptance covers, with the first that does."""
    found: list[AcceptedFinding] = []
    for finding in findings:
        cover = next((one for one in acceptances if _covers(one, finding)), None)
        if cover is not None:
            found.append(AcceptedFinding(finding, cover.reason, cover.expires))
    return tuple(found)


def _finding(placed: PlacedAcceptance, policy: Policy) -> Finding:
    acceptance = placed.acceptance
    return Finding(
        code="T010",
        severity=RULES["T010"].severity,
        file=str(policy.path),
        expected=str(acceptance.expires),
        actual=acceptance.code,
        reason=acceptance.reason,
        source=placed.place,
    )


def _covers(acceptance: Acceptance, finding: Finding) -> bool:
    return (
        finding.code == acceptance.code
        and acceptance.rule in ("", finding.rule)
        and (not acceptance.path or _matches(acceptance.path, finding.path))
    )


def _matches(pattern: str, path: str) -> bool:
    """Whether a path fits a pattern in which `[*]` stands for any index."""
    parts = (re.escape(part) for part in pattern.split("[*]"))
    return re.fullmatch(r"\[\d+\]".join(parts), path) is not None
