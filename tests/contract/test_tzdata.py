"""No TZif file of two releases of `tzdata` has an error, or a warning that is not true."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tzdata

from harness.findings.model import Severity
from harness.validation import Request, validate_file

OLDER_RELEASE = "2024.1"
FEWEST_ZONES = 500

# Version 3 where version 2 would do (RFC 9636 §4): true, and explained in docs/formats.md.
TRUE_FINDINGS = {
    ("America/Santiago", "version-3-needed"),
    ("Chile/Continental", "version-3-needed"),
    ("Chile/EasterIsland", "version-3-needed"),
    ("Pacific/Easter", "version-3-needed"),
}


def zones(folder: Path) -> list[Path]:
    """The files below a folder that begin with TZif's magic."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if path.read_bytes()[:4] == b"TZif")


def complaints(paths: list[Path]) -> set[tuple[str, str]]:
    """What the schema has to say: the zone, and the rule of a warning or the code of an error."""
    request = Request(schema="tzif")
    return {
        ("/".join(path.parts[-2:]), item.rule if item.severity is Severity.WARNING else item.code)
        for path in paths
        for item in validate_file(path, request).findings
    }


def test_the_installed_release_has_only_true_findings() -> None:
    """No false finding in the release that the tests are pinned to."""
    found = zones(Path(tzdata.__file__).parent)
    assert len(found) > FEWEST_ZONES
    assert complaints(found) == TRUE_FINDINGS


@pytest.mark.deep
def test_an_older_release_has_only_true_findings(tmp_path: Path) -> None:
    """No false finding in a release of another year, fetched from the package index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(tmp_path)]
    subprocess.run([*command, f"tzdata=={OLDER_RELEASE}"], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "unpacked")
    found = zones(tmp_path / "unpacked")
    assert len(found) > FEWEST_ZONES
    assert complaints(found) == TRUE_FINDINGS
