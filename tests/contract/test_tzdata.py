"""Every TZif file of two releases of the `tzdata` package is clean."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tzdata

from harness.findings.message import message
from harness.validation import Request, validate_file

OLDER_RELEASE = "2024.1"
FEWEST_ZONES = 500


def zones(folder: Path) -> list[Path]:
    """The files below a folder that begin with TZif's magic."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if path.read_bytes()[:4] == b"TZif")


def complaints(paths: list[Path]) -> list[str]:
    """What the schema has to say about the files."""
    request = Request(schema="tzif")
    results = (validate_file(path, request) for path in paths)
    return [f"{item.file}: {message(item)}" for result in results for item in result.findings]


def test_the_installed_release_is_clean() -> None:
    """No false finding in the release that the tests are pinned to."""
    found = zones(Path(tzdata.__file__).parent)
    assert len(found) > FEWEST_ZONES
    assert complaints(found) == []


@pytest.mark.deep
def test_an_older_release_is_clean(tmp_path: Path) -> None:
    """No false finding in a release of another year, fetched from the package index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(tmp_path)]
    subprocess.run([*command, f"tzdata=={OLDER_RELEASE}"], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "unpacked")
    found = zones(tmp_path / "unpacked")
    assert len(found) > FEWEST_ZONES
    assert complaints(found) == []
