"""Why a content that breaks one thing raises another: what the two have to do with each other.

A content that was broken in one thing is as good for its purpose when another finding cannot be
had without: it says the same of the same bytes, it came with every content that raised the target,
or one changed value makes both and putting it right takes both away. Anything else is unrelated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from harness.writing.breaking.hunting import ONE_CHANGE, is_of
from harness.writing.manifest import Beside, TargetRecord

if TYPE_CHECKING:
    from harness.findings.model import Finding
    from harness.writing.breaking.breaker import Plan
    from harness.writing.breaking.targets import Target
    from harness.writing.manifest import Why

# contents that raised a target, so that what all of them raised counts as always
LEAST_RAISED: Final = 20
_LOOKED_AT: Final = 8

Find = Callable[[bytes], Iterable["Finding"]]


def record_of(target: Target, plan: Plan, find: Find) -> TargetRecord:
    """Return what was learned of a target.

    Args:
        target: what was to be broken.
        plan: how it was.
        find: reads a content, and returns its findings.
    """
    samples = [list(find(data)) for data in plan.samples[:_LOOKED_AT]]
    return TargetRecord(
        code=target.code,
        rule=target.rule,
        tried=plan.tried,
        raised=plan.raised,
        beside=tuple(
            Beside(other.code, other.rule, _why(target, other, plan, samples))
            for other in sorted(plan.extras or ())
        ),
    )


def _why(target: Target, other: Target, plan: Plan, samples: list[list[Finding]]) -> Why:
    if all(_share_bytes(target, other, findings) for findings in samples):
        return "same-bytes"
    if other in plan.always and plan.raised >= LEAST_RAISED:
        return "always"
    if all(way.kind in ONE_CHANGE for way in plan.ways):
        return "one-change"
    return "unrelated"


def _share_bytes(target: Target, other: Target, findings: list[Finding]) -> bool:
    """Whether a finding of the one is about bytes that a finding of the other is about."""
    ones = [f.span for f in findings if is_of(f, target) and f.span is not None]
    others = [f.span for f in findings if is_of(f, other) and f.span is not None]
    return any(a.start < b.end and b.start < a.end for a in ones for b in others)
