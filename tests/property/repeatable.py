"""How the property tests run: the same examples every time, and no judgement of wall time."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

QUICK = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DEEP = settings(QUICK, max_examples=2500)
