"""What unit tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a bench that writes into the test's own folder."""
    return Bench(tmp_path)
