"""The native table of all values with their bytes is the reader's tree, whatever has to grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.native.spans import Kind, Spanned, SpanTable
from harness.reading import Reader
from harness.reading.views import views
from harness.schema import load
from tests.native.agreement import MAX_FINDINGS, compiled

SCHEMA = """
meta: {id: parts, encoding: UTF-8}
seq:
  - {id: count, type: b4}
  - {id: rest, type: b4}
  - {id: pairs, type: pair, repeat: expr, repeat-expr: count}
  - {id: packed, size: 3, type: box, process: xor(255)}
  - {id: numbers, type: u1, repeat: eos}
instances:
  whole: {pos: 0, type: box}
  again: {value: whole}
  first: {pos: 0, type: box}
  sums: {value: "[1, count, 3]"}
types:
  pair:
    seq: [{id: x, type: u1}, {id: y, type: u1}]
    instances: {sum: {value: x + y}}
  box: {seq: [{id: a, type: u1}, {id: text, type: str, size: 2}]}
"""
CONTENTS = ["20 0102 0304 9e9d9c 0506", "20 0102 0304 9e9d9c", "00 9e9d9c", "", "30 0102 03", "f0"]


@pytest.mark.parametrize("records", [1, 1000])
def test_the_table_is_the_tree(tmp_path: Path, records: int) -> None:
    """Paths, kinds and bytes in pre-order, of content that breaks off too."""
    path = tmp_path / "parts.ksy"
    path.write_text(SCHEMA)
    schema = load(path)
    reader, engine = Reader(schema), compiled(schema, tmp_path)
    kinds = {"struct": Kind.STRUCT, "array": Kind.LIST, "value": Kind.VALUE, "shared": Kind.SHARED}
    for text in CONTENTS:
        data, table = bytes.fromhex(text), SpanTable(records)
        reading = reader.read(data, file="content")
        found = engine.check(data, "content", MAX_FINDINGS, spans=table)
        wanted = [(one.path, kinds[one.kind], one.span) for one in views(reading)]
        assert [(one.path, one.kind, one.span) for one in table.values()] == wanted, text
        assert found.findings == reading.findings
        assert len(table) == len(wanted)


def test_what_a_record_tells(tmp_path: Path) -> None:
    """What holds it, the type of a structure, whether its bytes are those of something packed."""
    path = tmp_path / "parts.ksy"
    path.write_text(SCHEMA)
    engine, table = compiled(load(path), tmp_path), SpanTable()
    engine.check(bytes.fromhex(CONTENTS[0]), "content", MAX_FINDINGS, spans=table)
    by_path: dict[str, Spanned] = {one.path: one for one in table.values()}
    places = list(by_path)
    assert by_path[""].parent == -1
    assert places[by_path["pairs[1].x"].parent] == "pairs[1]"
    assert by_path["pairs[1]"].type == "parts::pair"
    assert (by_path["packed.a"].is_unpacked, by_path["whole.a"].is_unpacked) == (True, False)
    assert by_path["packed.a"].span == by_path["packed"].span
    engine.check(b"\x00", "content", MAX_FINDINGS)
    assert len(table) == len(by_path)
