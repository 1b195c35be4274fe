"""Python's readers and the schemas disagree where `docs/findings.md` says, nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora.build import FOLDER
from harness.consumers import manifest, run
from harness.oracle import expect, judge
from harness.reading import observed
from harness.validation import Request, validate_file

DOCUMENT = FOLDER.parent / "docs" / "findings.md"
MANIFESTS = sorted(FOLDER.glob("*/consumers/*.toml"))
ROW = re.compile(r"^\| `((?:in)?valid/[^`]+)` \|.* \| ([^|]+) \|$")

Disagreement = tuple[str, str]  # a file, and the code of what a reader does with it


def listed(reader: manifest.Manifest) -> set[Disagreement]:
    """The rows of the document that name a reader."""
    rows = (ROW.match(line) for line in _section(reader.schema).splitlines())
    return {
        (row[1], code)
        for row in rows
        if row
        for code, _, names in (part.partition(" ") for part in row[2].split("; "))
        if reader.name in names.split(", ")
    }


def _section(schema: str) -> str:
    """The part of the document that gives the command for a schema's corpus."""
    parts = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    return next(part for part in parts if f"harness replay corpora/{schema}/" in part)


def seen(reader: manifest.Manifest) -> Iterator[Disagreement]:
    """Give all files of the corpus to a reader."""
    consumer = run.prepare(reader, environment=os.environ)
    request = Request(schema=reader.schema, overlays=(reader.overlay,), engine="reference")
    for path in sorted((FOLDER / reader.schema).glob("*valid/*")):
        for code in _disagreements(path, consumer, request):
            yield f"{path.parent.name}/{path.name}", code


def _disagreements(path: Path, consumer: run.Consumer, request: Request) -> set[str]:
    content, result = path.read_bytes(), validate_file(path, request)
    values = observed(result.reading, consumer.manifest.overlay) if result.reading else {}
    expected = expect(str(path), len(content), result.findings, values)
    findings = judge(expected, [run.run(consumer, content)])
    return {finding.code for finding in findings if finding.code.startswith("D7")}


@pytest.mark.deep
@pytest.mark.parametrize("path", MANIFESTS, ids=[path.stem for path in MANIFESTS])
def test_the_document_has_all_disagreements(path: Path) -> None:
    """Neither a new one nor one that is gone goes unnoticed; versions are those of the manifest."""
    reader = manifest.load(path)
    assert set(seen(reader)) == listed(reader)
