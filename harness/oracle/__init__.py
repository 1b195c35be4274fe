"""What schema and contract say of a content, held against what a consumer did: pure."""

from __future__ import annotations

from harness.oracle.expectation import Expectation, Validity, expect
from harness.oracle.judge import judge

__all__ = ["Expectation", "Validity", "expect", "judge"]
