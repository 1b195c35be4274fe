"""Links in documents lead somewhere: to a file, and to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT, project_files

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", flags=re.MULTILINE | re.DOTALL)


def anchors(document: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path: Path) -> list[str]:
    """Relative links of a document whose file or heading does not exist."""
    dead = []
    for link in _LINK.findall(_CODE.sub("", path.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            dead.append(link)
    return dead


def documents() -> list[Path]:
    """All Markdown files of the project."""
    return [path for path in project_files() if path.suffix == ".md"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(path: Path) -> None:
    """Each relative link names a file, and a heading in it, that exist."""
    assert dead_links(path) == []


def test_dead_links_are_found(tmp_path: Path) -> None:
    """A missing file and a missing heading are found; living links and URLs are not."""
    page = tmp_path / "page.md"
    page.write_text(
        "# The page\n[a](gone.md) [b](#nowhere) [c](#the-page) [d](page.md#the-page)"
        " [e](https://example.org/x) `[f](code.md)`\n"
    )
    assert dead_links(page) == ["gone.md", "#nowhere"]
