"""Nothing of one machine gets into the project: paths, package hosts, loose versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from tests.repo.checkout import ROOT, project_files, text_of

_PIN = re.compile(r"^([a-z0-9-]+)==([0-9][0-9A-Za-z.+!]*)$")
_HOME = re.compile(r"(?<![\w.])(?:/home/[a-z]\w*/|/Users/[A-Za-z]\w*/|/roo[t]/|[A-Z]:\\Users\\)")


def pins(text: str) -> dict[str, str]:
    """The packages and versions of a constraints file; anything but exact pins is an error."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    matches = {line: _PIN.match(line) for line in lines}
    assert [line for line, match in matches.items() if match is None] == []
    return {match[1]: match[2] for match in matches.values() if match}


def machine_paths(text: str, extra: tuple[str, ...] = ()) -> list[str]:
    """Paths in a text that exist on one machine only."""
    return _HOME.findall(text) + [path for path in extra if path in text]


def folders_of_this_machine() -> tuple[str, ...]:
    """The checkout and the home folder, where they are long enough to mean something."""
    return tuple(f"{path}/" for path in (ROOT, Path.home()) if len(path.parts) > 2)


def test_constraints_hold_exact_versions_and_nothing_else() -> None:
    """No addresses, no hashes, no ranges."""
    assert pins((ROOT / "constraints.txt").read_text())


@pytest.mark.parametrize(
    "line", ["click>=8", "click @ https://example.org/click.whl", "click==8.1.* # loose"]
)
def test_a_loose_constraint_is_found(line: str) -> None:
    """Ranges and addresses are no pins."""
    with pytest.raises(AssertionError):
        pins(f"rich==13.0\n{line}\n")


def test_every_dependency_is_pinned() -> None:
    """pyproject.toml names no package that constraints.txt leaves open."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~! ;]", entry)[0].lower().replace(".", "-") for entry in wanted}
    assert sorted(names - pins((ROOT / "constraints.txt").read_text()).keys()) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    """Home folders and this checkout's own path appear in no file."""
    extra = folders_of_this_machine()
    assert list(_with_machine_paths(project_files(), extra)) == []


def _with_machine_paths(paths: list[Path], extra: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for found in machine_paths(text_of(path) or "", extra):
            yield path.name, found


@pytest.mark.parametrize("path", ["/home/" + "ann/x", "/Users/" + "Ann/x", "C:\\" + "Users\\ann"])
def test_a_machine_path_is_found(path: str) -> None:
    """Home folders of the three systems are recognised."""
    assert machine_paths(f"see {path} for it")


def test_the_changelog_tells_of_this_version() -> None:
    """The version of the package has its own heading, newest first."""
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert headings[0] == harness.__version__
