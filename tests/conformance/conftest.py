"""What tests of the conformance runner share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return an empty checkout in the test's own folder."""
    return Tiny(tmp_path)
