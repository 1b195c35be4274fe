"""`make setup` on a machine that lacks something says what, and how to get it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT

OLD = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'


@pytest.mark.parametrize(
    ("script", "complaint", "remedy"),
    [
        (None, "there is no", "install Python 3.11"),
        (OLD, "Python 3.9.2", "PYTHON=python3.11"),
        (WITHOUT_VENV, "cannot make virtual environments", "apt-get install python3-venv"),
    ],
    ids=["no-python", "old-python", "no-venv"],
)
def test_a_machine_that_cannot_make_the_environment_is_told_why(
    tmp_path: Path, script: str | None, complaint: str, remedy: str
) -> None:
    """It fails before anything is made, with the reason and the remedy."""
    python = tmp_path / "python3"
    if script:
        python.write_text(script)
        python.chmod(0o755)
    outcome = subprocess.run(
        [str(ROOT / "tools" / "new_venv.sh"), str(python), str(tmp_path / "venv")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 1
    assert complaint in outcome.stderr
    assert remedy in outcome.stderr
    assert not (tmp_path / "venv").exists()
