"""Limits (SEMANTICS §5): what one content may cost, and that Python's own limit plays no part."""

from __future__ import annotations

import sys
import zlib

import pytest

from tests.unit.bench import Bench, values_of

NESTED = """
%s
seq: [{id: outer, type: box}]
types:
  box: {seq: [{id: is_full, type: u1}, {id: inner, type: box, if: is_full == 1}]}
"""


@pytest.mark.parametrize(("depth", "codes"), [(63, []), (64, ["L601"])])
def test_depth_is_64(bench: Bench, depth: int, codes: list[str]) -> None:
    """Structures nest at most 64 deep, the top included."""
    assert bench.codes(NESTED % "", "01" * (depth - 1) + "00") == codes


@pytest.mark.parametrize(("depth", "codes"), [(63, []), (64, ["L601"])])
def test_depth_of_instances(bench: Bench, depth: int, codes: list[str]) -> None:
    """What is read at an offset nests in the structure that has the offset."""
    schema = """
    seq: [{id: first, type: link}]
    types:
      link:
        seq: [{id: next_at, type: u1}]
        instances: {next: {pos: next_at, type: link, if: next_at != 0}}
    """
    content = bytes([*range(1, depth), 0])
    assert bench.codes(schema, content.hex()) == codes


@pytest.mark.parametrize(("depth", "codes"), [(2, []), (3, ["L601"])])
def test_depth_by_type(bench: Bench, depth: int, codes: list[str]) -> None:
    """`-limits` sets another depth, counted from the type that sets it."""
    schema = NESTED % "-limits: {depth: 3}"
    assert bench.codes(schema, "01" * (depth - 1) + "00") == codes


OWN_DEPTH = """
%s
seq: [{id: outer, type: box}]
types:
  box:
    -limits: {depth: %d}
    seq: [{id: is_full, type: u1}, {id: inner, type: box, if: is_full == 1}]
"""


@pytest.mark.parametrize(("depth", "codes"), [(3, []), (4, ["L601"])])
def test_depth_of_a_type_in_itself(bench: Bench, depth: int, codes: list[str]) -> None:
    """What a type says holds for structures of it in structures of it: they do not begin anew."""
    assert bench.codes(OWN_DEPTH % ("", 3), "01" * (depth - 1) + "00") == codes


@pytest.mark.parametrize(("depth", "codes"), [(100, []), (101, ["L601"])])
def test_a_type_may_nest_deeper_than_others(bench: Bench, depth: int, codes: list[str]) -> None:
    """64 is what holds where the schema says nothing."""
    assert bench.codes(OWN_DEPTH % ("", 100), "01" * (depth - 1) + "00") == codes


@pytest.mark.parametrize(("depth", "codes"), [(4, []), (5, ["L601"])])
def test_depth_around_a_type_holds_in_it(bench: Bench, depth: int, codes: list[str]) -> None:
    """What is said of what is around it is not taken back; the top is one of five levels."""
    schema = OWN_DEPTH % ("-limits: {depth: 5}", 100)
    assert bench.codes(schema, "01" * (depth - 1) + "00") == codes


def test_depth_5000(bench: Bench) -> None:
    """Reading, checks and accounting of 5,000 levels need no room on Python's stack."""
    schema = NESTED % "-limits: {depth: 5000}" + "-invariants: [{id: a, check: outer._end > 0}]\n"
    before = sys.getrecursionlimit()
    reading = bench.read(schema, "01" * 4998 + "00")
    assert reading.findings == ()
    assert reading.is_complete
    assert sys.getrecursionlimit() == before


def test_depth_5001_is_refused(bench: Bench) -> None:
    """One level more is a finding, not a crash."""
    schema = NESTED % "-limits: {depth: 5000}"
    assert bench.codes(schema, "01" * 4999 + "00") == ["L601"]


def test_depth_ends_a_region_only(bench: Bench) -> None:
    """Too deep a region is abandoned, and what follows is read."""
    schema = """
    -limits: {depth: 3}
    seq: [{id: boxes, type: holder, size: 3, repeat: expr, repeat-expr: 2}, {id: z, type: u1}]
    types:
      holder: {seq: [{id: box, type: box}, {id: rest, size-eos: true}]}
      box: {seq: [{id: is_full, type: u1}, {id: inner, type: box, if: is_full == 1}]}
    """
    reading = bench.read(schema, "010000 000000 07")
    assert [(f.code, f.path.partition(".")[0]) for f in reading.findings] == [("L601", "boxes[0]")]
    assert values_of(reading)["z"] == 7


@pytest.mark.parametrize(("content", "codes"), [("010203", []), ("01020304", ["L602"])])
def test_items(bench: Bench, content: str, codes: list[str]) -> None:
    """Elements of lists are counted; beyond the limit nothing more is read."""
    schema = "-limits: {items: 3}\nseq: [{id: a, type: u1, repeat: eos}]"
    reading = bench.read(schema, content)
    assert [finding.code for finding in reading.findings] == codes
    assert reading.is_complete is (not codes)


def test_items_counted_at_once(bench: Bench) -> None:
    """A list of fixed size is not made before it is counted."""
    schema = """
    -limits: {items: 3}
    seq: [{id: n, type: u1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]
    """
    assert bench.codes(schema, "04 01020304") == ["L602"]


def test_items_by_type(bench: Bench) -> None:
    """A type's own limit counts anew in each structure of it."""
    schema = """
    seq: [{id: rows, type: row, repeat: eos}]
    types:
      row:
        -limits: {items: 2}
        seq: [{id: n, type: u1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]
    """
    assert bench.codes(schema, "020102 020102") == []
    assert bench.codes(schema, "020102 03010203") == ["L602"]


def test_items_of_a_type_in_itself(bench: Bench) -> None:
    """They do not count anew: regions that hold two like themselves would never end."""
    schema = """
    seq: [{id: pair, type: pair}]
    types:
      pair:
        -limits: {items: 1000}
        seq: [{id: inner, type: pair, size: 0, repeat: expr, repeat-expr: 2}]
    """
    finding = bench.read(schema, "").findings[-1]
    assert (finding.code, finding.expected) == ("L602", "1000")


@pytest.mark.parametrize(("content", "codes"), [("0102 0102", []), ("0102 020102", ["L602"])])
def test_items_around_a_type_count_too(bench: Bench, content: str, codes: list[str]) -> None:
    """Two rows and two numbers are what the top allows, though a row alone may have two numbers."""
    schema = """
    -limits: {items: 4}
    seq: [{id: rows, type: row, repeat: eos}]
    types:
      row:
        -limits: {items: 2}
        seq: [{id: n, type: u1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]
    """
    assert bench.codes(schema, content) == codes


def test_empty_items_are_counted(bench: Bench) -> None:
    """A few bytes cannot claim millions of empty structures."""
    schema = """
    seq: [{id: n, type: u4}, {id: a, type: empty, repeat: expr, repeat-expr: n}]
    types: {empty: {}}
    """
    assert bench.codes(schema, "ffffff7f") == ["L602"]


WINDOWS = """
%s
seq: [{id: n, type: u1}, {id: windows, type: 'window(_index)', repeat: expr, repeat-expr: n}]
types:
  window:
    params: [{id: index, type: u4}]
    instances: {body: {io: _root._io, pos: %s, size: 4, -overlap: allow}}
"""


@pytest.mark.parametrize(("count", "codes"), [(2, []), (3, ["L603"])])
def test_bytes_read(bench: Bench, count: int, codes: list[str]) -> None:
    """What instances read at positions is counted."""
    content = bytes([count, *range(3 + count)])
    schema = WINDOWS % ("-limits: {bytes: 8}", "index + 1")
    assert bench.codes(schema, content.hex()) == codes


@pytest.mark.parametrize(("count", "codes"), [(16, []), (17, ["L603"])])
def test_bytes_read_by_default(bench: Bench, count: int, codes: list[str]) -> None:
    """By default it is sixteen times the size of the content."""
    types = [f"t{number}" for number in range(count)]
    schema = f"""
    instances: {{{", ".join(f"{t}: {{pos: 0, type: {t}, -overlap: allow}}" for t in types)}}}
    types: {{{", ".join(f"{t}: {{seq: [{{id: a, size: 4}}]}}" for t in types)}}}
    """
    assert bench.codes(schema, "00" * 4) == codes


def test_shared_bytes_count_once(bench: Bench) -> None:
    """The same value at the same position is read once, however often it is used."""
    schema = WINDOWS % ("-limits: {bytes: 4}", "1")
    assert bench.codes(schema, "ff" + "00" * 4) == []


def test_output_of_processing(bench: Bench) -> None:
    """Unpacking stops at 64 MiB, in all."""
    bomb = zlib.compress(zlib.compress(bytes((64 << 20) + 1), 9), 9)
    schema = """
    seq: [{id: outer, type: inner, size-eos: true, process: zlib}]
    types: {inner: {seq: [{id: body, size-eos: true, process: zlib}]}}
    """
    assert bench.codes(schema, bomb.hex()) == ["L604"]


def test_nothing_is_said_after_a_limit(bench: Bench) -> None:
    """A reading that stopped says nothing of unread bytes or broken rules."""
    schema = """
    -limits: {items: 1}
    seq: [{id: a, type: u1, repeat: expr, repeat-expr: 2}, {id: b, type: u1}]
    -invariants: [{id: rule, check: false}]
    """
    assert bench.codes(schema, "01020304") == ["L602"]


def test_deep_dependence_of_values_is_bounded(bench: Bench) -> None:
    """Values that need one another 300 deep end in a finding, not in Python's limit."""
    chain = ", ".join(f"v{n}: {{value: v{n + 1} + 1}}" for n in range(300))
    codes = bench.codes(f"instances: {{{chain}, v300: {{value: 1}}}}", "")
    assert set(codes) <= {"L601"}
