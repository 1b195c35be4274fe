"""Boxes to decide about, and one cache of built consumers for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.box_files import GOOD, Boxes


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where consumers are built; once for equal sources."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture
def boxes(tmp_path: Path, built: Path) -> Boxes:
    """A folder of boxes with one good consumer and a policy that names it."""
    made = Boxes(tmp_path, built)
    made.write_consumer("good", GOOD)
    made.write_policy("good")
    return made
