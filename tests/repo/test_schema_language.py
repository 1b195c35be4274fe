"""Every example of docs/schema-language.md does what stands below it, and every `-` key has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.findings.model import Severity
from harness.reading import read
from harness.schema import load
from harness.schema.attribute_keys import PARSE_INSTANCE
from harness.schema.builder import TYPE_KEYS
from harness.schema.lint import lint
from tests.repo.checkout import ROOT

PAGE = ROOT / "docs" / "schema-language.md"
_EXAMPLE = re.compile(r"^```yaml\n(.*?)^```\n\n^```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)$", re.MULTILINE)


class Example(NamedTuple):
    """A schema, and what is said of it: codes or `passes`, then content in hex."""

    schema: str
    claims: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """The id of the schema."""
        found = re.search(r"id: (\w+)", self.schema)
        assert found is not None
        return found[1]


def examples(text: str) -> list[Example]:
    """Return the examples of a page."""
    found = []
    for schema, said in _EXAMPLE.findall(text):
        claims = [tuple(line.split(":", 1)) for line in said.splitlines()]
        found.append(Example(schema, [(head, rest.strip()) for head, rest in claims]))
    return found


EXAMPLES = examples(PAGE.read_text(encoding="utf-8"))
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


def written(example: Example, folder: Path) -> Path:
    """Write the schema of an example."""
    path = folder / "example.ksy"
    path.write_text(example.schema, encoding="utf-8")
    return path


@each
def test_contents_raise_what_is_said(example: Example, tmp_path: Path) -> None:
    """`passes` nothing, a code itself and nothing else."""
    schema = load(written(example, tmp_path), use_cache=False)
    for claim, content in example.claims:
        if claim == "lint":
            continue
        found = read(schema, bytes.fromhex(content), file="content").findings
        assert {one.code for one in found} == (set() if claim == "passes" else {claim})


@each
def test_lint_says_what_is_said(example: Example, tmp_path: Path) -> None:
    """Notes, and the `doc-ref` that is left out, apart."""
    found = [one for one in lint(written(example, tmp_path)) if one.severity is not Severity.NOTE]
    claimed = {code for claim, codes in example.claims if claim == "lint" for code in codes.split()}
    assert {one.code for one in found} - {"Q911"} == claimed


def test_every_block_is_an_example() -> None:
    """None stands outside the pairs that are run."""
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert blocks == ["yaml", "text"] * len(EXAMPLES)


def test_every_key_of_ours_has_an_example() -> None:
    """And a heading of its own."""
    text = PAGE.read_text(encoding="utf-8")
    ours = {key for key in TYPE_KEYS | PARSE_INSTANCE if key.startswith("-")}
    shown = {key for example in EXAMPLES for key in re.findall(r"-[a-z-]+(?=:)", example.schema)}
    assert ours - shown == set()
    assert ours - set(re.findall(r"^### (-[a-z-]+)$", text, re.MULTILINE)) == set()


def test_a_claim_that_does_not_hold_is_found(tmp_path: Path) -> None:
    """The page is read as it is written."""
    (example,) = examples(
        "```yaml\nmeta: {id: e}\nseq: [{id: n, type: u1}]\n```\n\n```text\npasses: 01 02\n```\n"
    )
    with pytest.raises(AssertionError):
        test_contents_raise_what_is_said(example, tmp_path)
