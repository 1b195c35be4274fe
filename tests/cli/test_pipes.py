"""A pipe where a schema, manifest or policy is wanted is refused; nobody waits for its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT

CODE = "import sys; from harness.cli.main import main; sys.exit(main())"
FILE = str(ROOT / "corpora/tzif/valid/v2-minimal.tzif")


@pytest.mark.parametrize(
    "words",
    [
        ("schema", "show", "{pipe}"),
        ("validate", "--schema", "{pipe}", FILE),
        ("validate", "--schema", "tzif", "--contract", "{pipe}", FILE),
        ("gate", FILE, "--policy", "{pipe}"),
        ("coverage", "--schema", "{pipe}", FILE),
    ],
    ids=["schema", "content", "manifest", "policy", "coverage"],
)
def test_a_pipe_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    """It ends by itself, with the code for what cannot be read."""
    pipe = tmp_path / "pipe.ksy"
    os.mkfifo(pipe)
    given = [word.replace("{pipe}", str(pipe)) for word in words]
    command = [sys.executable, "-c", CODE, *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("coverage", "--schema", "tzif", "--fail-under", "nan", FILE),
        ("generate", "--schema", "tzif", "--breaking", "", "-o", "made"),
    ],
)
def test_an_option_that_says_nothing_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    """A share that is no number, and a rule without a name, would check or break nothing."""
    command = [sys.executable, "-c", CODE, *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
