"""Stage `validate`: the candidate is valid by its schema, against the companions of the policy."""

from __future__ import annotations

from harness.gate.case import Case
from harness.gate.stage import Output


def check(case: Case) -> Output:
    """Read the candidate as `harness validate` would."""
    result = case.plain_result()
    against = ", ".join(str(path) for path in case.companions.values())
    return Output(detail=f"against {against}" if against else "", findings=result.findings)
