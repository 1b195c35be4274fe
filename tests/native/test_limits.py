"""Limits that types set in one another are the same in both engines."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest

from corpora.recipes.sample import Corpus, Sample
from harness.schema import load
from tools.engines.compare import Twins
from tools.engines.subjects import Subject

SCHEMA: Final = """meta: {{id: sample, endian: le}}
-allow: [unlimited-size]
{}
seq: [{{id: nodes, type: node, repeat: eos}}]
types:
  node:
    -limits: {{depth: 6, items: 12, bytes: 40}}
    seq:
      - {{id: kind, type: u1}}
      - id: body
        size: kind & 7
        type: {{switch-on: kind >> 6, cases: {{0: list, 1: link, 2: node, 3: few}}}}
        -padding: any
  list:
    -limits: {{items: 5}}
    seq: [{{id: items, type: u1, repeat: eos}}]
  few:
    -limits: {{depth: 2, items: 20}}
    seq: [{{id: nodes, type: node, repeat: eos}}]
  link:
    -limits: {{bytes: 10}}
    seq: [{{id: at, type: u1}}, {{id: pairs, type: pair, repeat: eos}}]
    instances:
      far: {{io: _root._io, pos: at & 15, type: node, if: at > 100}}
      raw: {{io: _root._io, pos: at & 7, size: at >> 4}}
  pair: {{seq: [{{id: a, type: u1}}, {{id: b, type: u1}}]}}
"""
TOPS: Final = ("", "-limits: {depth: 4}", "-limits: {items: 30}", "-limits: {bytes: 60, depth: 9}")
COUNTS = [pytest.param(500, id="500"), pytest.param(50_000, id="50000", marks=pytest.mark.deep)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("top", TOPS)
def test_limits_in_limits_are_the_same(top: str, count: int, tmp_path: Path) -> None:
    """Nodes that hold lists, links to one another, and nodes."""
    path = tmp_path / "sample.ksy"
    path.write_text(SCHEMA.format(top), encoding="utf-8")
    corpus = Corpus("sample", (Sample("content", "empty", b""),), ())
    twins, seen, chances = Twins(Subject(corpus, load(path), {}, ())), set[str](), Random(1)
    for number in range(count):
        kinds = chances.choices((0x05, 0x07, 0x42, 0x46, 0x84, 0x87, 0xC5, 0xC7, 3, 200), k=30)
        data = bytes(kinds[: chances.randrange(30)])
        assert twins.difference(data, (1000, 1, 3)[number % 3]) == [], data.hex()
        seen |= {finding.code for finding in twins.reference(data, 1000).findings}
    assert seen >= {"L601", "L602", "L603"}
