"""A folder of boxes for every test, and one cache of built consumers for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.box_files import Boxes


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where consumers are built; once for equal sources."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture
def boxes(tmp_path: Path, built: Path) -> Boxes:
    """A fresh folder of boxes."""
    return Boxes(tmp_path, built)
