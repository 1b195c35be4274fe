"""Limits that types set in one another are the same in both engines."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest

from corpora.recipes.sample import Corpus, Sample
from harness.reading import limits
from harness.schema import ir, load
from tests.native.agreement import Both, compiled
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


HUGE: Final = 1 << 40
MOST: Final = 10_000_000 + 16 * 4
# so many items that take no bytes, in one list or in four
LISTS: Final = {
    "of the top": f"""meta: {{id: sample, endian: le}}
-limits: {{items: {HUGE}}}
seq: [{{id: n, type: u4}}, {{id: e, size: 0, repeat: expr, repeat-expr: n}}]
""",
    "of types": f"""meta: {{id: sample, endian: le}}
seq: [{{id: n, type: u4}}, {{id: some, type: several, repeat: expr, repeat-expr: 4}}]
types:
  several:
    -limits: {{items: {HUGE}}}
    seq: [{{id: e, size: 0, repeat: expr, repeat-expr: _root.n}}]
""",
}
CLAIMS: Final = (
    pytest.param("of the top", MOST, id="as many as there may be"),
    pytest.param("of the top", MOST + 1, id="one more"),
    pytest.param("of types", MOST // 4 + 1, id="in all of them one more"),
)


@pytest.mark.deep
@pytest.mark.parametrize(("name", "claimed"), CLAIMS)
def test_there_is_a_limit_whatever_the_schema_says(name: str, claimed: int, tmp_path: Path) -> None:
    """Four bytes can claim to be lists without end; the reader takes seconds to the limit."""
    path = tmp_path / "sample.ksy"
    path.write_text(LISTS[name])
    found = Both(load(path), tmp_path).findings(claimed.to_bytes(4, "little"))
    too_many = () if claimed == MOST else (("L602", f"{MOST}"),)
    assert tuple((one.code, one.expected) for one in found) == too_many


def test_what_types_allow_is_spent_of_all() -> None:
    """The limits of the reader, without a content; nothing is spent twice by default."""
    top = limits.whole(ir.Limits(), 4)
    inner = limits.inside(ir.Limits(items=HUGE), top, 2)
    assert (inner.items.limit, inner.items.around, top.items.around) == (
        HUGE,
        top.items.beyond,
        None,
    )
    assert inner.items.around is not None
    assert inner.items.around.limit == MOST
    explicit = limits.whole(ir.Limits(items=HUGE), 4)
    assert (explicit.items.limit, explicit.items.is_default) == (MOST, False)
    assert limits.steps(ir.Limits(items=HUGE), 4).limit == MOST


@pytest.mark.parametrize("name", LISTS)
def test_the_native_engine_keeps_to_it(name: str, tmp_path: Path) -> None:
    """Which gets there soon."""
    path = tmp_path / "sample.ksy"
    path.write_text(LISTS[name])
    checked = compiled(load(path), tmp_path).check(b"\xff\xff\xff\xff", "content", 10)
    assert [(one.code, one.expected) for one in checked.findings] == [("L602", f"{MOST}")]
