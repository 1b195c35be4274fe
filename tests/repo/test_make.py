"""The Makefile has the targets that documents promise, and says what each does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT, project_files

PROMISED = [
    *("help", "setup", "clean", "demo", "docs"),
    *("test", "check", "check-deep", "lint", "type"),
    *("incidents", "kaitai", "mutants", "bench", "selffuzz"),
]


def explained_targets() -> set[str]:
    """The targets that `make help` lists."""
    listing = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return {line.split()[0] for line in listing.stdout.splitlines()}


def unknown_commands(document: str, targets: set[str]) -> list[str]:
    """`make` targets that a document names in code, and that do not exist."""
    code = re.findall(r"`make ([a-z-]+)", document) + re.findall(
        r"^(?:\$ | {4})?make ([a-z-]+)", document, flags=re.MULTILINE
    )
    return sorted(set(code) - targets)


@pytest.mark.parametrize("target", PROMISED)
def test_make_help_explains_each_promised_target(target: str) -> None:
    """Every promised target is there, with a line of explanation."""
    assert target in explained_targets()


def test_every_target_is_explained() -> None:
    """No target is left out of `make help`."""
    phony = re.findall(r"^\.PHONY: (\S+)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert set(phony) == explained_targets()


def documents() -> list[Path]:
    """All Markdown files of the project."""
    return [path for path in project_files() if path.suffix == ".md"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_targets_that_exist(path: Path) -> None:
    """A reader can type every `make` command that a document shows."""
    assert unknown_commands(path.read_text(), explained_targets()) == []


def test_a_target_that_does_not_exist_is_found() -> None:
    """Both in running text and in a code block."""
    document = "Try `make tea`.\n\n    make coffee\n\nand make sure of it; `make test` works."
    assert unknown_commands(document, {"test"}) == ["coffee", "tea"]
