"""Small schemas on which the engines differed, or erred together: both find the same, and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.schema import load
from tests.native.agreement import Both

REGIONS = """
seq:
  - {id: key, type: u1}
  - {id: xs, type: box, size: 1, process: xor(key), repeat: expr, repeat-expr: 2}
types:
  box: {seq: [], instances: {s: {pos: 0, type: inner}}}
  inner: {seq: [{id: a, type: u1, valid: 9}]}
"""

CASES = {
    "equal regions": (REGIONS, "00 09 09", []),
    "equal wrong regions": (REGIONS, "00 08 08", ["B202", "B202"]),
}


@pytest.mark.parametrize("name", CASES)
def test_both_find_what_there_is(name: str, tmp_path: Path) -> None:
    """No more, no less."""
    schema, content, codes = CASES[name]
    path = tmp_path / "sample.ksy"
    path.write_text(f"meta: {{id: sample, endian: be}}\n{schema}", encoding="utf-8")
    found = Both(load(path, use_cache=False), tmp_path).findings(bytes.fromhex(content))
    assert [finding.code for finding in found] == codes
