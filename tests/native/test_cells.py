"""The cells of `-coverage` matrices are counted natively as `measure` counts them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from harness.coverage import measure, model
from harness.native.cells import CellTable
from harness.reading import Reader
from harness.schema import load
from tests.native.agreement import MAX_FINDINGS, compiled

RECORD = """
meta: {{id: sample, endian: le, encoding: UTF-8}}
seq: [{{id: records, type: record, repeat: eos}}]
enums: {{kind: {{0: any, 1: text, 2: number}}}}
types:
  record:
    seq:
      - {{id: name, {per}}}
      - {{id: rows, type: u1}}
      - {{id: n, type: u1}}
      - {{id: items, type: item, repeat: expr, repeat-expr: n}}
    instances: {{codes: {{pos: 0, type: u1, repeat: expr, repeat-expr: 3}}}}
    -coverage:
      - {{id: m, per: name, each: items, rows: rows, row: _.x, column: _.kind}}
      - {{id: seen, each: items, row: _.x / (_.x - 1), column: _.kind_of_x}}
      - {{id: kinds, each: items, row: _.kind, column: _.kind}}
      - {{id: bytes, per: rows, each: codes, row: _index, column: '_ > 1 ? kind::text : kind::any'}}
  item:
    seq: [{{id: x, type: u1}}, {{id: kind, type: u1, enum: kind}}]
    instances: {{kind_of_x: {{value: 'x > 2 ? kind::text : kind::any'}}}}
"""

LOADED = """
meta: {id: sample, endian: le}
seq:
  - {id: n, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: n}
  - {id: records, type: record, repeat: eos}
enums: {kind: {0: any, 1: text, 2: number}}
types:
  item: {seq: [{id: x, type: u1}, {id: kind, type: u1, enum: kind}]}
  record:
    seq: [{id: p, type: u1, -refers-to: {table: _parent.items, by: _.x, as: it, when: p > 0}}]
    instances: {po: {pos: p, type: u1, -overlap: allow}}
    -coverage:
      - {id: joined, per: it.x, each: _parent.items, rows: p + 3, row: _.x, column: _.kind}
      - {id: read, per: po, each: _parent.items, row: _index, column: it.kind}
"""


@pytest.mark.parametrize("per", ["type: s1", "type: u8", "size: 2", "type: strz"])
def test_cells_are_those_of_the_measure(tmp_path: Path, per: str) -> None:
    """Planes of every kind, rows that are known or not, numbers, members, flags, bytes."""
    path = tmp_path / "sample.ksy"
    path.write_text(RECORD.format(per=per))
    schema = load(path)
    offered, reader, engine = model(schema), Reader(schema), compiled(schema, tmp_path)
    groups, table, random = {one.group for one in offered.matrices}, CellTable(offered), Random(0)
    seen = set()
    for number in range(60):
        octets = (0, 1, 1, 2, 2, 3, 4, 255) if number % 2 else (0, 1, 2)
        data = bytes(random.choice(octets) for _ in range(random.randint(0, 60)))
        reading = reader.read(data, file="content")
        counts = measure(offered, reading, is_valid=True).counts
        engine.check(data, "content", MAX_FINDINGS, cells=table)
        wanted = {one.cell: one.uses for one in counts if one.cell.group in groups}
        assert (table.is_measured, table.uses) == (True, wanted), data.hex()
        seen |= {cell.group for cell in wanted}
    assert seen == groups


def test_structures_that_are_not_kept_have_cells(tmp_path: Path) -> None:
    """Items of lists that are only loaded are counted, by what they join and read too."""
    path = tmp_path / "sample.ksy"
    path.write_text(LOADED)
    schema = load(path)
    offered, reader, engine = model(schema), Reader(schema), compiled(schema, tmp_path)
    table, data = CellTable(offered), bytes([2, 1, 1, 2, 2, 0, 1, 2, 1, 3])
    counts = measure(offered, reader.read(data, file="content"), is_valid=True).counts
    engine.check(data, "content", MAX_FINDINGS, cells=table)
    groups = {one.group for one in offered.matrices}
    wanted = {one.cell: one.uses for one in counts if one.cell.group in groups}
    assert (table.is_measured, table.uses) == (True, wanted)
    assert {cell.group for cell in wanted} == groups


def test_what_takes_too_much_is_not_measured(tmp_path: Path) -> None:
    """More planes than are worth it: nothing is counted, and the table says so."""
    path = tmp_path / "sample.ksy"
    path.write_text(RECORD.format(per="type: u2"))
    schema = load(path)
    engine, table = compiled(schema, tmp_path), CellTable(model(schema))
    for count, is_measured in ((1000, True), (1100, False)):
        data = b"".join(n.to_bytes(2, "little") + b"\x09\x01\x01\x01" for n in range(count))
        engine.check(data, "content", MAX_FINDINGS, cells=table)
        assert (table.is_measured, bool(table.uses)) == (is_measured, is_measured)
    engine.check(b"\x00\x00\x09\x01\x01\x01", "content", MAX_FINDINGS, cells=table)
    assert sum(cell.group.endswith("/m") for cell in table.uses) == 2
