"""The order of the rooms is enforced, and the enforcement works."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder that holds `pyproject.toml` and a `harness` package."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


def test_rooms_import_only_downwards() -> None:
    """The contracts in pyproject.toml hold for the package as it stands."""
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (
            {"findings/__init__.py": "import harness.reading\n", "reading/__init__.py": ""},
            "harness.findings is not allowed to import harness.reading",
        ),
        (
            {"findings/__init__.py": "", "oracle/__init__.py": "import harness.fuzzing.store\n"}
            | {"fuzzing/__init__.py": "", "fuzzing/store.py": ""},
            "harness.oracle is not allowed to import harness.fuzzing",
        ),
        (
            {"findings/__init__.py": "", "attic/__init__.py": ""},
            "attic",
        ),
        (
            {"findings/__init__.py": "", "findings/a.py": "import harness.findings.b\n"}
            | {"findings/b.py": "import harness.findings.a\n"},
            "No import cycles, in any room BROKEN",
        ),
    ],
    ids=["upwards", "upwards-into-a-module", "unknown-room", "cycle"],
)
def test_a_broken_layer_is_found(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    """A package that breaks one contract fails, and the report names the place."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in {"__init__.py": "", **files}.items():
        target = tmp_path / "harness" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    outcome = lint_imports(tmp_path)
    assert outcome.returncode != 0
    assert complaint in outcome.stdout
