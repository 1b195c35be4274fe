"""Stage `validate`: the candidate is valid by its schema, against the companions of the policy."""

from __future__ import annotations

from harness.gate.case import Case
from harness.gate.stage import Output
from harness.validation import unused_companions


def check(case: Case) -> Output:
    """Read the candidate as `harness validate` would."""
    result = case.plain_result()
    against = ", ".join(str(path) for path in case.companions.values())
    used = {companion.name for companion in result.companions}
    unused = unused_companions(case.companions, used, result.findings)
    detail = f"against {against}" if against else ""
    return Output(detail=detail, findings=(*result.findings, *unused))
