"""Checks after reading: each schema of `check_cases` as both engines have it, contracts too."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.recipes.sample import Corpus, Sample
from harness.schema import load
from tests.native.check_cases import CASES
from tools.engines.compare import Twins
from tools.engines.contents import contents
from tools.engines.subjects import Subject

HEAD = "meta: {id: sample, endian: le, encoding: ASCII}\n-allow: [unlimited-size]\n"
MOST_FINDINGS = (1000, 1, 3, 0)
COUNTS = [pytest.param(400, id="400"), pytest.param(20_000, id="20000", marks=pytest.mark.deep)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", CASES)
def test_what_is_checked_after_reading_is_the_same(name: str, count: int, tmp_path: Path) -> None:
    """In content that is right for the most part, and in mutants of it; each code is seen."""
    case = CASES[name]
    path = tmp_path / "sample.ksy"
    path.write_text(HEAD + case.schema, encoding="utf-8")
    corpus = Corpus("sample", (Sample("content", "right for the most part", case.content),), ())
    subject = Subject(corpus, load(path), {}, case.overlays())
    twins, seen = Twins(subject), set[str]()
    for number, data in enumerate(contents(subject, 0, count)):
        assert twins.difference(data, MOST_FINDINGS[number % len(MOST_FINDINGS)]) == [], data.hex()
        seen |= {finding.code for finding in twins.reference(data, 1000).findings}
    assert case.codes <= seen


def test_long_names_are_said_in_full(tmp_path: Path) -> None:
    """A value that is not there is called by its whole name, however long."""
    name = "n" + "_long" * 12
    path = tmp_path / "sample.ksy"
    path.write_text(
        f"{HEAD}seq:\n  - {{id: count, type: u1}}\n"
        f"  - {{id: {name}, type: u1, if: count == 1}}\n  - {{id: rest, size: {name}}}\n",
        encoding="utf-8",
    )
    corpus = Corpus("sample", (Sample("content", "lacks the size", b"\0\1"),), ())
    twins = Twins(Subject(corpus, load(path), {}, ()))
    assert twins.difference(b"\0\1", 1000) == []
    assert any(name in finding.actual for finding in twins.reference(b"\0\1", 1000).findings)
