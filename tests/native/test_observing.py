"""What contracts observe is the same natively, of content that a limit stopped too."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random

import pytest

from harness.findings.model import Place
from harness.native.engine import Engine
from harness.reading import Reader, observed
from harness.schema import load
from harness.schema.overlay import Observe, Overlay
from tests.native.agreement import compiled

SCHEMA = """
meta: {id: rows, endian: le, encoding: UTF-8}
-limits: {items: 6}
seq:
  - {id: count, type: u1}
  - {id: rows, type: row, repeat: expr, repeat-expr: count}
  - {id: sums, type: u8, repeat: eos}
types:
  row:
    seq: [{id: x, type: u1}, {id: y, type: s1}]
    instances: {twice: {value: x / y}}
"""
FIRST = {
    "count": "count",
    "x[*]": "rows[_index].x",
    "y[*]": "rows[_index].y",
    "twice[*]": "rows[_index].twice",
    "sums[*]": "sums[_index]",
    "none[*]": "rows[_index + 9].x",
    "early": "rows[_root.count].x",
    "fault": "1 / count",
    "is_long": "count > 2",
    "greatest": "18446744073709551615",
    "least": "-9223372036854775807 - 1",
    "many[*]": "rows[_index / 300].x",
}
SECOND = {"sum": "rows.sum(_.x)", "size": "sums.size"}
NESTED = """
meta: {id: boxes}
-limits: {items: 9}
seq: [{id: boxes, type: box, repeat: eos}]
instances: {lids: {pos: 1, type: lid, repeat: expr, repeat-expr: 2}}
types:
  lid: {seq: [{id: kind, type: u1}, {id: body, type: {switch-on: kind, cases: {1: u1, 2: box}}}]}
  box:
    seq:
      - {id: count, type: u1}
      - {id: cells, type: u1, repeat: expr, repeat-expr: count}
      - {id: marks, type: u1, repeat: until, repeat-until: _ == 0}
    instances: {first: {pos: 0, type: u1}}
"""
OF_NESTED = {
    "size": "boxes.size",
    "first[*]": "boxes[_index].first",
    "count[*]": "boxes[_index].count",
    "cells[*]": "boxes[_index].cells.size",
    "marks[*]": "boxes[0].marks[_index]",
    "more[*]": "boxes[_index].marks.size",
    "end[*]": "boxes[_index]._end",
    "lids": "lids.size",
    "kind[*]": "lids[_index].kind",
}
ENDLESS = {"endless[*]": "_index", "after": "count"}


def overlay(entries: dict[str, str]) -> Overlay:
    """A contract that observes these."""
    place = Place("consumer.toml", 1)
    observe = [Observe(name=name, expression=one, place=place) for name, one in entries.items()]
    return Overlay(name="consumer", observe=tuple(observe))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, tuple[Overlay, ...], Engine]:
    """The reference reader and the native engine, under the same contracts."""
    folder = tmp_path_factory.mktemp("rows")
    path = folder / "rows.ksy"
    path.write_text(SCHEMA)
    schema, overlays = load(path), (overlay(FIRST), overlay(SECOND))
    return Reader(schema, overlays), overlays, compiled(schema, folder, overlays)


@pytest.mark.parametrize("sums", [b"", b"\xff" * 8, b"\x01" * 16, b"\xff" * 3])
@pytest.mark.parametrize("count", range(9))
def test_both_observe_the_same(
    both: tuple[Reader, tuple[Overlay, ...], Engine], count: int, sums: bytes
) -> None:
    """Whole contents, those cut off, and those in which a limit stopped reading."""
    reader, overlays, engine = both
    rows = bytes(itertools.chain.from_iterable((n, (n - 1) % 3) for n in range(count)))
    for data in (bytes([count]) + rows + sums, bytes([count]) + rows[:-1]):
        reading = reader.read(data, file="content")
        wanted = tuple(observed(reading, one) for one in overlays)
        found = engine.check(data, "content", 10, observe=True)
        assert found.observed == wanted
        assert found.findings == reading.findings[:10]
        assert engine.check(data, "content", 10).observed == ()


def test_nested_lists_that_a_limit_stopped(tmp_path: Path) -> None:
    """Whatever was under way is there as far as it came."""
    path = tmp_path / "boxes.ksy"
    path.write_text(NESTED)
    schema, one = load(path), overlay(OF_NESTED)
    reader, engine = Reader(schema), compiled(schema, tmp_path, [one])
    random = Random(0)
    for _ in range(300):
        data = bytes(random.choice((0, 0, 1, 1, 2, 3)) for _ in range(random.randint(0, 14)))
        reading = reader.read(data, file="content")
        found = engine.check(data, "content", 10, observe=True)
        assert found.observed == (observed(reading, one),), data.hex()


def test_an_index_that_never_ends_is_unknown(tmp_path: Path) -> None:
    """As many as a content may have items; what comes after it is told."""
    path = tmp_path / "rows.ksy"
    path.write_text(SCHEMA)
    engine = compiled(load(path), tmp_path, [overlay(ENDLESS)])
    assert engine.check(b"\x00", "content", 10, observe=True).observed == ({"after": 0},)
