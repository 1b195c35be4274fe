"""Two places that hold equal bytes are two places: what is read of one is not that of the other."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench

BOXES = """
seq:
  - {{id: key, type: u1}}
  - {{id: xs, type: box, size: {size}, process: xor(key), repeat: expr, repeat-expr: 2}}
types:
  box: {{seq: [], instances: {{s: {{pos: 0, type: inner}}}}}}
  inner: {{seq: [{{id: a, size-eos: true, valid: '[{valid}]'}}]}}
"""


@pytest.mark.parametrize("content", ["00 09 09", "05 0c 0c", "00 0909 0909"])
def test_equal_regions_are_read_each(bench: Bench, content: str) -> None:
    """However few bytes they have, each is read whole."""
    size = len(bytes.fromhex(content)) // 2
    schema = BOXES.format(size=size, valid=", ".join(["9"] * size))
    assert bench.codes(schema, content) == []


def test_empty_regions_are_judged_each(bench: Bench) -> None:
    """What is wrong with nothing at all is told of both."""
    found = bench.read(BOXES.format(size=0, valid="9"), "05").findings
    assert [finding.path for finding in found] == ["xs[0].s.a", "xs[1].s.a"]
