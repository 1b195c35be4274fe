"""The switch that turns skipped tests into failures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT

ONE_TEST = "import pytest\ndef test_x():\n    pytest.skip('no gcc')\n"
WHOLE_MODULE = "import pytest\npytest.importorskip('no_such_module')\ndef test_x(): ...\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_x():\n    assert 0\n"


def run(folder: Path, text: str, *options: str, ci: str = "") -> int:
    """Run pytest on one file with the project's hooks; returns its exit code."""
    file = folder / "test_x.py"
    file.write_text(text)
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, f"--rootdir={folder}"]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", *options, str(file)]
    environment = os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True
    ).returncode


def test_a_skip_is_tolerated_on_a_developers_machine(tmp_path: Path) -> None:
    """Without the switch a skip is just that."""
    assert run(tmp_path, ONE_TEST) == 0


@pytest.mark.parametrize("text", [ONE_TEST, WHOLE_MODULE], ids=["test", "module"])
def test_a_skip_fails_when_skips_are_forbidden(tmp_path: Path, text: str) -> None:
    """The option alone makes the run fail."""
    assert run(tmp_path, text, "--forbid-skips") in {1, 2}


def test_a_skip_fails_in_continuous_integration(tmp_path: Path) -> None:
    """`CI=true` has the same effect as the option."""
    assert run(tmp_path, ONE_TEST, ci="true") == 1


def test_an_expected_failure_is_not_a_skip(tmp_path: Path) -> None:
    """Pytest reports xfail as a kind of skip; it stays allowed."""
    assert run(tmp_path, EXPECTED_TO_FAIL, "--forbid-skips") == 0
