"""Structures, processed data, byte orders and instances: how attributes lie in one another."""

from __future__ import annotations

import zlib

import pytest

from tests.unit.bench import Bench, span, values_of


def test_parameters(bench: Bench) -> None:
    """Arguments of a type are computed where it is used, `_index` included."""
    schema = """
    seq: [{id: a, type: 't(_index, 2)', repeat: expr, repeat-expr: 2}]
    types:
      t:
        params: [{id: number, type: u1}, {id: size, type: u1}]
        seq: [{id: body, size: size}]
        instances: {where: {value: number * 10}}
    """
    values = bench.values(schema, "01020304")
    assert (values["a[1].body"], values["a[1].where"]) == (b"\3\4", 10)


def test_a_sized_type_has_a_stream_of_its_own(bench: Bench) -> None:
    """In a substream the end is the region's, and reading goes on after it."""
    schema = """
    seq: [{id: a, type: t, size: 2}, {id: b, type: u1}]
    types: {t: {seq: [{id: all, size-eos: true}], instances: {n: {value: _io.size}}}}
    """
    assert bench.values(schema, "010203") == {"a.all": b"\1\2", "a.n": 2, "b": 3}


def test_a_terminated_type(bench: Bench) -> None:
    """A type may end at a terminator."""
    schema = """
    seq: [{id: a, type: t, terminator: 0x2c}, {id: b, type: u1}]
    types: {t: {seq: [{id: all, size-eos: true}]}}
    """
    assert bench.values(schema, "61622c03") == {"a.all": b"ab", "b": 3}


@pytest.mark.parametrize(
    ("process", "content", "expected"),
    [
        ("xor(0xff)", "fefd", b"\1\2"),
        ("xor([1, 2])", "000300", b"\1\1\1"),
        ("xor(key)", "0203", b"\5\4"),
        ("rol(1)", "8140", b"\3\x80"),
        ("ror(1)", "0180", b"\x80\x40"),
        ("rol(0)", "81", b"\x81"),
        ("ror(8)", "81", b"\x81"),
        ("zlib", zlib.compress(b"hello").hex(), b"hello"),
    ],
)
def test_processing(bench: Bench, process: str, content: str, expected: bytes) -> None:
    """Packed bytes are unpacked with a fixed or a computed key."""
    schema = f"""
    seq: [{{id: a, size-eos: true, process: '{process}'}}]
    instances: {{key: {{value: 7}}}}
    """
    assert bench.values(schema, content)["a"] == expected


@pytest.mark.parametrize(
    "content", ["00", zlib.compress(b"x")[:-1].hex(), zlib.compress(b"x").hex() + "00"]
)
def test_bad_packed_data(bench: Bench, content: str) -> None:
    """Data that is not zlib, has no end or has bytes after it, is refused where it is packed."""
    finding = bench.finding("seq: [{id: a, size-eos: true, process: zlib}]", content)
    assert (finding.code, span(finding)) == ("S118", (0, len(content) // 2))


def test_a_structure_in_packed_data(bench: Bench) -> None:
    """A fault inside unpacked data spans the packed bytes."""
    schema = """
    seq: [{id: n, type: u1}, {id: a, type: t, size: 2, process: xor(1)}]
    types: {t: {seq: [{id: x, type: u1}, {id: y, type: u1, valid: 9}]}}
    """
    reading = bench.read(schema, "00 0100")
    (finding,) = reading.findings
    assert (finding.code, finding.path, span(finding)) == ("B202", "a.y", (1, 3))
    assert values_of(reading)["a.x"] == 0


ORDERS = """
seq: [{id: mark, type: u1}, {id: a, type: t}]
types:
  t:
    meta: {endian: {switch-on: _root.mark, cases: {1: le, 2: be}}}
    seq: [{id: x, type: u2}, {id: y, type: inner}]
  inner: {meta: {endian: %s}, seq: [{id: z, type: u2}]}
"""


@pytest.mark.parametrize(("mark", "x"), [("01", 0x0201), ("02", 0x0102)])
def test_calculated_byte_order(bench: Bench, mark: str, x: int) -> None:
    """The content decides the order of a type; an inner type with its own keeps it."""
    values = bench.values(ORDERS % "le", f"{mark} 0102 0102")
    assert (values["a.x"], values["a.y.z"]) == (x, 0x0201)


def test_undecided_byte_order(bench: Bench) -> None:
    """A value without a case leaves the order undecided."""
    assert "S115" in bench.codes(ORDERS % "le", "03 0102 0102")


# instances


def test_an_instance_is_read_at_its_position(bench: Bench) -> None:
    """`pos` counts from the start of the stream, and reading of `seq` is not moved."""
    schema = """
    seq: [{id: at, type: u1}, {id: next, type: u1}]
    instances: {far: {pos: at, type: u1}}
    """
    assert bench.values(schema, "02 05 07") == {"at": 2, "next": 5, "far": 7}


def test_a_position_in_a_substream(bench: Bench) -> None:
    """In a sized type `pos` counts from the start of the region."""
    schema = """
    seq: [{id: n, type: u1}, {id: a, type: t, size: 2}]
    types: {t: {instances: {x: {pos: 0, type: u1}, y: {pos: 1, type: u1}}}}
    """
    assert bench.values(schema, "00 05 07") == {"n": 0, "a.x": 5, "a.y": 7}


def test_io_names_another_stream(bench: Bench) -> None:
    """`io` reads from the stream of another structure."""
    schema = """
    seq: [{id: pool, type: pool, size: 2}, {id: a, type: t}]
    types:
      pool: {}
      t:
        seq: [{id: at, type: u1}]
        instances: {x: {io: _root.pool._io, pos: at, size: 2}}
    """
    assert bench.values(schema, "4142 00") == {"a.at": 0, "a.x": b"AB"}


@pytest.mark.parametrize("position", ["5", "n - 2"])
def test_a_position_outside_its_stream(bench: Bench, position: str) -> None:
    """A position before the start or beyond the end is a fault."""
    schema = f"""
    seq: [{{id: n, type: u1}}]
    instances: {{x: {{pos: {position}, type: u1}}}}
    """
    assert bench.codes(schema, "01") == ["B204"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a + 1", 8),
        ("b.c", 9),
        ("b.up", 7),
        ("b.top", 7),
        ("list.size", 2),
        ("list[1]", 2),
        ("_io.size", 4),
        ("_io.pos", 4),
        ("_io.eof", True),
        ("other + 1", 9),
    ],
)
def test_value_instances(bench: Bench, value: str, expected: object) -> None:
    """A computed value sees its structure, those above and below it, and the stream."""
    schema = f"""
    seq: [{{id: a, type: u1}}, {{id: b, type: t}}, {{id: list, type: u1, repeat: eos}}]
    instances:
      x: {{value: '{value}'}}
      other: {{value: a + 1}}
    types:
      t:
        seq: [{{id: c, type: u1}}]
        instances: {{up: {{value: _parent.a}}, top: {{value: _root.a}}}}
    """
    assert bench.values(schema, "07 09 01 02")["x"] == expected


def test_a_value_instance_with_an_enum(bench: Bench) -> None:
    """A computed value may be a member of an enum."""
    schema = """
    seq: [{id: a, type: u1}]
    instances:
      kind: {value: a & 1, enum: kinds}
      is_odd: {value: 'kind == kinds::odd'}
    enums: {kinds: {0: even, 1: odd}}
    """
    assert bench.values(schema, "03")["is_odd"] is True


def test_a_value_that_needs_itself(bench: Bench) -> None:
    """A cycle of computed values is a finding, not a hang."""
    schema = "instances: {a: {value: b + 1}, b: {value: a + 1}}"
    assert "S114" in bench.codes(schema, "")


def test_a_layout_by_the_previous_element(bench: Bench) -> None:
    """An argument may use the element before it, so layouts can be chained."""
    schema = """
    seq:
      - {id: a, type: 't(_index == 0 ? 1 : a[_index - 1].next)', repeat: expr, repeat-expr: 2}
    types:
      t:
        params: [{id: size, type: u4}]
        seq: [{id: next, type: u1}, {id: body, size: size}]
    """
    values = bench.values(schema, "02 61 00 6263")
    assert (values["a[0].body"], values["a[1].body"]) == (b"a", b"bc")
