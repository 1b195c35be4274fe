"""The wheel works by itself: an empty environment, another folder, one real file."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import tzdata

from harness.schema import resources
from tests.repo.checkout import ROOT

# What the shell sets up for the checkout must not help the installed package.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
ZONE = Path(tzdata.__file__).parent / "zoneinfo" / "Europe" / "Vilnius"
FOLDERS = "import harness.schema.resources as r; print(r.schemas_folder(), r.corpora_folder())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build backend that the project pins."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a new environment with the wheel and its dependencies, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    command += ["install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "bin"


def test_an_installed_wheel_validates_a_file(environment: Path, tmp_path: Path) -> None:
    """`harness validate` finds the schema in the wheel and the file clean."""
    outcome = subprocess.run(
        [str(environment / "harness"), "validate", str(ZONE)],
        cwd=tmp_path,
        env=ENVIRONMENT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_an_installed_wheel_reads_its_own_data(environment: Path, tmp_path: Path) -> None:
    """Both data folders lie in the environment, not in the checkout."""
    outcome = subprocess.run(
        [str(environment / "python"), "-c", FOLDERS],
        cwd=tmp_path,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )
    folders = [Path(folder) for folder in outcome.stdout.split()]
    assert [folder.is_relative_to(environment.parent.resolve()) for folder in folders] == [True] * 2


def test_an_editable_install_reads_the_checkout() -> None:
    """The environment of the tests sees the folders that authors edit."""
    assert resources.schemas_folder() == ROOT / "schemas"
    assert resources.corpora_folder() == ROOT / "corpora"
    assert resources.runtime_folder() == ROOT / "harness" / "native" / "runtime"


def test_a_damaged_installation_is_named(tmp_path: Path) -> None:
    """Without data in either place the error says what is missing."""
    with pytest.raises(FileNotFoundError, match="has no `schemas`"):
        resources.data_folder("schemas", tmp_path / "harness")


def test_the_wheel_holds_valid_data_and_c_sources_only(wheel: Path) -> None:
    """All schemas, all valid corpora, all C of the runtime; no crashes, no tests."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {f"harness/_data/{path}" for path in _data()} | set(_runtime())
    data = {name for name in names if name.startswith("harness/_data/")}
    assert expected - names == set()
    assert data - expected == set()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"harness"}


def _data() -> list[str]:
    files = [*ROOT.glob("schemas/**/*"), *ROOT.glob("corpora/*/valid/**/*")]
    return [path.relative_to(ROOT).as_posix() for path in files if path.is_file()]


def _runtime() -> list[str]:
    files = (ROOT / "harness" / "native" / "runtime").glob("**/*.[ch]")
    return [path.relative_to(ROOT).as_posix() for path in files]
