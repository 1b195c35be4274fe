"""What a start loads: heavy packages only where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.box_files import Boxes

_HEAVY = (
    "rich",
    "ruamel",
    "tomllib",
    "hypothesis",
    "construct",
    "atheris",
    "jinja2",
    "asyncio",
    "harness.consumers",
    "harness.native",
)
_SCRIPT = """
import sys
from harness.cli.main import run
run(sys.argv[2:])
loaded = sorted(set(sys.argv[1].split()) & set(sys.modules))
print(" ".join(loaded), file=sys.stderr)
"""


def _loaded(boxes: Boxes, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, " ".join(_HEAVY), *arguments],
        cwd=boxes.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.strip()


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_a_small_file_is_validated_without_heavy_packages(boxes: Boxes, form: str) -> None:
    """The schema comes from the cache, so not even YAML is read."""
    arguments = ("validate", "valid.box", "--schema", "box.ksy", "--format", form)
    boxes.run(*arguments)
    assert _loaded(boxes, *arguments) == ""


def test_help_loads_no_command(boxes: Boxes) -> None:
    """The list of commands is known without them."""
    assert _loaded(boxes, "--help") == ""
