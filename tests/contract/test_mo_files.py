"""No message catalog of a Django release has a finding, and damage to one does not go unseen."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness.findings.message import message
from harness.validation import Request, validate_file

DJANGO_RELEASE = "5.2.19"
FEWEST_CATALOGS = 1200


def complaints(paths: list[Path]) -> list[str]:
    """What the schema has to say, warnings included."""
    request = Request(schema="gettext_mo")
    return [
        f"{path}: {message(item)}"
        for path in paths
        for item in validate_file(path, request).findings
    ]


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All catalogs of the release, fetched from the package index."""
    folder = tmp_path_factory.mktemp("django")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(folder)]
    subprocess.run([*command, f"Django=={DJANGO_RELEASE}"], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "unpacked")
    return sorted((folder / "unpacked").rglob("*.mo"))


@pytest.mark.deep
def test_no_catalog_has_a_finding(catalogs: list[Path]) -> None:
    """They were all made with `msgfmt`, so a finding would be a false one."""
    assert len(catalogs) > FEWEST_CATALOGS
    assert complaints(catalogs) == []


@pytest.mark.deep
def test_a_catalog_that_lost_its_last_byte_has_one(catalogs: list[Path], tmp_path: Path) -> None:
    """The same check, seen to fail: a NUL is missing in each."""
    cut = tmp_path / "cut.mo"
    for catalog in catalogs[::100]:
        cut.write_bytes(catalog.read_bytes()[:-1])
        assert any("the data ends early" in line for line in complaints([cut])), catalog
