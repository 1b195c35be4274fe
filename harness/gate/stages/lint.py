"""Stage `schema`: the schema itself has no errors."""

from __future__ import annotations

from harness.gate.case import Case
from harness.gate.stage import Output
from harness.schema.lint import lint


def check(case: Case) -> Output:
    """Lint the schema of the policy."""
    path = case.schema()
    return Output(detail=str(path), findings=lint(path))
