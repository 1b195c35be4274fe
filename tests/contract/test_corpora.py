"""The corpora are what their recipes make, and each file raises exactly what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.build import CORPORA, FOLDER, problems, write
from corpora.recipes.sample import Corpus, Sample
from harness.findings.model import Severity
from harness.validation import Request, validate_file

CASES = [
    pytest.param(corpus, kind, sample, id=f"{corpus.format}-{kind}-{sample.name}")
    for corpus in CORPORA
    for kind, samples in (("valid", corpus.valid), ("invalid", corpus.invalid))
    for sample in samples
]


def test_the_corpora_are_what_their_recipes_make() -> None:
    """Building them again changes no byte."""
    assert list(problems(FOLDER)) == []


def test_a_changed_a_missing_and_a_stray_file_are_found(tmp_path: Path) -> None:
    """The comparison sees all three kinds of difference."""
    write(tmp_path)
    assert list(problems(tmp_path)) == []
    valid = tmp_path / "tzif" / "valid"
    (valid / "v2-minimal.tzif").write_bytes(b"")
    (valid / "v1-minimal.tzif").unlink()
    (valid / "stray.tzif").write_bytes(b"")
    words = ("no recipe", "missing", "not what")
    assert [sum(word in line for line in problems(tmp_path)) for word in words] == [1, 1, 1]


@pytest.mark.parametrize(("corpus", "kind", "sample"), CASES)
def test_each_file_raises_exactly_its_findings(corpus: Corpus, kind: str, sample: Sample) -> None:
    """No finding is missing and none is there that is not expected."""
    companions = {name: FOLDER / path for name, path in corpus.companions}
    request = Request(schema=corpus.format, companions=companions)
    result = validate_file(FOLDER / corpus.format / kind / sample.name, request)
    raised = {f"{item.code} {item.rule}".strip() for item in result.findings}
    assert sorted(raised) == sorted(sample.findings)
    errors = [item for item in result.findings if item.severity is Severity.ERROR]
    assert bool(errors) == (kind == "invalid")
