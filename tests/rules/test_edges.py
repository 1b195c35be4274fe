"""What the examples are too small to show: where a finding points, and what comes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.findings.example import ContentExample
from harness.findings.model import Finding, Span
from harness.findings.registry import RULES
from harness.reading import read
from harness.schema import load
from harness.schema.lint import lint

_TOP = "meta: {id: example, encoding: UTF-8}\ndoc-ref: Example format 1.0\n"


def findings(schema: str, content: bytes, folder: Path) -> tuple[Finding, ...]:
    """What reading content by the text of a schema finds."""
    path = folder / "example.ksy"
    path.write_text(schema)
    return read(load(path, use_cache=False), content, file="content").findings


@pytest.mark.parametrize("code", ["S118", "L604"])
def test_what_goes_wrong_in_packed_data_spans_the_packed_bytes(code: str, tmp_path: Path) -> None:
    """Offsets in unpacked data mean nothing to somebody who looks at the file."""
    example = RULES[code].example
    assert isinstance(example, ContentExample)
    content = bytes.fromhex(example.breaks)
    (found,) = findings(example.schema, content, tmp_path)
    assert found.span == Span(0, len(content))


@pytest.mark.parametrize("text", ["12", "+12", "-12", "012"])
def test_a_number_has_digits_and_perhaps_a_sign(text: str, tmp_path: Path) -> None:
    """`to_i` takes these."""
    schema = _TOP + "seq: [{id: n, type: strz, valid: {expr: _.to_i != 0}}]\n"
    assert findings(schema, text.encode() + b"\0", tmp_path) == ()


@pytest.mark.parametrize("text", [" 12", "12 ", "1_2", "0x12", "+", "--1", "1.0", "", "\u0661"])
def test_a_number_has_nothing_else(text: str, tmp_path: Path) -> None:
    """Space, separators, prefixes and digits of other scripts are what other readers refuse."""
    schema = _TOP + "seq: [{id: n, type: strz, valid: {expr: _.to_i != 0}}]\n"
    (found,) = findings(schema, text.encode() + b"\0", tmp_path)
    assert found.code == "B209"


@pytest.mark.parametrize("size", ["nowhere", "'\"text\"'", "'1 +'"])
def test_a_wrong_size_is_one_mistake(size: str, tmp_path: Path) -> None:
    """Nobody is told to give a `size` that is there."""
    path = tmp_path / "example.ksy"
    path.write_text(_TOP + f"seq: [{{id: body, size: {size}}}]\n")
    assert len(lint(path)) == 1
