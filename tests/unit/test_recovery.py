"""Faults and recovery (SEMANTICS §3): what is abandoned, what goes on, what is said about it."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, span, values_of

# One region of four bytes with a fault in it, then one byte after it.
REGION = """
-layout: {gaps: forbid}
seq:
  - {id: box, type: box, size: 4}
  - {id: after, type: u1}
types:
  box:
    seq:
      - {id: n, type: s1}
      - %s
      - {id: last, type: u1}
    instances: {%s}
  empty: {}
  deep: {seq: [{id: inner, type: deep}]}
  two: {-limits: {depth: 1}, seq: [{id: one, type: one}]}
  one: {seq: [{id: x, type: u1}]}
  marked: {meta: {endian: {switch-on: _parent.as<box>.n, cases: {9: le}}}, seq: [{id: x, type: u1}]}
"""

LAYOUT_FAULTS = {
    "truncated number": ("{id: a, type: u8}", "S101"),
    "truncated bytes": ("{id: a, size: 9}", "S101"),
    "truncated list": ("{id: a, type: u2, repeat: expr, repeat-expr: 9}", "S101"),
    "truncated bits": ("{id: a, type: b33}", "S101"),
    "missing terminator": ("{id: a, type: strz}", "S102"),
    "unknown case": ("{id: a, type: {switch-on: n, cases: {9: u1}}}", "S104"),
    "undecided byte order": ("{id: a, type: marked}", "S115"),
    "no progress": ("{id: a, type: empty, repeat: eos}", "S113"),
    "negative size": ("{id: a, size: -n}", "B205"),
    "negative count": ("{id: a, type: u1, repeat: expr, repeat-expr: -n}", "C301"),
    "size that needs itself": ("{id: a, size: cycle}", "S114"),
    "overflow in a size": ("{id: a, size: n + 0x7fffffffffffffff}", "B206"),
    "division in a count": ("{id: a, type: u1, repeat: expr, repeat-expr: 1 / (n - 1)}", "B207"),
    "too deep": ("{id: a, type: two}", "L601"),
}


def with_fault(attribute: str) -> str:
    """Return the schema with `attribute` in its region."""
    cycle = "cycle: {value: cycle + 1}" if "cycle" in attribute else ""
    return REGION % (attribute, cycle)


@pytest.mark.parametrize("name", LAYOUT_FAULTS)
def test_a_layout_fault_abandons_the_region(bench: Bench, name: str) -> None:
    """One finding inside the region, no unread bytes, and reading goes on after it."""
    attribute, code = LAYOUT_FAULTS[name]
    reading = bench.read(with_fault(attribute), "01020304 07")
    (finding,) = reading.findings
    assert (finding.code, finding.path.partition(".")[0]) == (code, "box")
    values = values_of(reading)
    assert ("box.last" in values, values["box.n"], values["after"]) == (False, 1, 7)


@pytest.mark.parametrize("name", LAYOUT_FAULTS)
def test_without_a_region_the_stream_is_abandoned(bench: Bench, name: str) -> None:
    """Without a sized region the rest of the file is not read, and no trailing bytes are said."""
    attribute, code = LAYOUT_FAULTS[name]
    reading = bench.read(with_fault(attribute).replace(", size: 4", ""), "01020304 07")
    assert [finding.code for finding in reading.findings] == [code]
    assert "after" not in values_of(reading)


VALUE_FAULTS = {
    "contents": ("{id: a, contents: x}", "S103"),
    "valid": ("{id: a, type: u1, valid: 9}", "B202"),
    "enum": ("{id: a, type: u1, enum: e}", "S105"),
    "encoding": ("{id: a, type: str, size: 1, encoding: ASCII}", "S106"),
    "padding": ("{id: a, type: u1, -padding: zero}", "S107"),
    "alignment": ("{id: a, type: u1, -align: 4}", "S108"),
    "derive": ("{id: a, type: u1, -derive: {size-of: _root}}", "C303"),
    "valid in a list": ("{id: a, type: u1, repeat: expr, repeat-expr: 1, valid: 1}", "B202"),
    "checksum": ("{id: a, type: u1, -checksum: {algorithm: sum8, zeroed: [a]}}", "I502"),
    "reference": ("{id: a, type: u1, -refers-to: {table: none}}", "I505"),
    "terminator in a size": ("{id: a, size: 1, terminator: 0}", "S102"),
    "case with a size": ("{id: a, size: 1, type: {switch-on: n, cases: {9: u1}}}", "S104"),
}


@pytest.mark.parametrize("name", VALUE_FAULTS)
def test_a_value_fault_stops_nothing(bench: Bench, name: str) -> None:
    """A wrong value is reported, and what follows it is read."""
    attribute, code = VALUE_FAULTS[name]
    schema = f"""
    seq:
      - {{id: n, type: u1}}
      - {attribute}
      - {{id: last, type: u1}}
      - {{id: none, type: u1, repeat: expr, repeat-expr: 0}}
    enums: {{e: {{0: zero}}}}
    """
    reading = bench.read(schema, "01 ff 07")
    assert [finding.code for finding in reading.findings] == [code]
    assert values_of(reading)["last"] == 7


def test_truncation_spans_what_is_left(bench: Bench) -> None:
    """The finding begins where reading began and ends with the region."""
    schema = """
    seq: [{id: n, type: u1}, {id: box, type: box, size: 3}, {id: after, type: u1}]
    types: {box: {seq: [{id: a, type: u1}, {id: b, type: u4}]}}
    """
    finding = bench.finding(schema, "00 010203 09")
    assert (finding.path, span(finding)) == ("box.b", (2, 4))
    assert (finding.expected, finding.actual) == ("4 bytes", "2")


def test_a_truncated_region(bench: Bench) -> None:
    """A region longer than what is left is not entered."""
    schema = """
    seq: [{id: n, type: u1}, {id: box, type: box, size: 5}]
    types: {box: {seq: [{id: a, type: u1}]}}
    """
    reading = bench.read(schema, "00 0102")
    (finding,) = reading.findings
    assert (finding.code, finding.path, span(finding)) == ("S101", "box", (1, 3))
    assert values_of(reading) == {"n": 0}


def test_a_truncated_element(bench: Bench) -> None:
    """The element that is cut is named, those before it are kept."""
    schema = "seq: [{id: a, type: u2, repeat: eos}]"
    reading = bench.read(schema, "0100 0200 03")
    (finding,) = reading.findings
    assert (finding.code, finding.path, span(finding)) == ("S101", "a[2]", (4, 5))
    assert values_of(reading) == {"a[0]": 1, "a[1]": 2}


def test_only_the_innermost_region_is_abandoned(bench: Bench) -> None:
    """The region around the abandoned one goes on, and its own leftover is reported."""
    schema = """
    seq: [{id: outer, type: outer, size: 4}]
    types:
      outer: {seq: [{id: inner, type: inner, size: 2}, {id: x, type: u1}]}
      inner: {seq: [{id: a, type: u4}]}
    """
    reading = bench.read(schema, "0102 03 04")
    assert [(f.code, f.path) for f in reading.findings] == [
        ("S101", "outer.inner.a"), ("S110", "outer"),
    ]  # fmt: skip
    assert values_of(reading) == {"outer.x": 3}


def test_each_region_of_a_list_recovers(bench: Bench) -> None:
    """A fault in one element with a size leaves the others alone."""
    schema = """
    seq: [{id: boxes, type: box, size: 2, repeat: eos}]
    types: {box: {seq: [{id: n, type: u1}, {id: body, size: n}]}}
    """
    reading = bench.read(schema, "01aa 09bb 01cc")
    assert [finding.path for finding in reading.findings] == ["boxes[1].body"]
    assert values_of(reading)["boxes[2].body"] == b"\xcc"


def test_checks_of_what_is_abandoned_are_silent(bench: Bench) -> None:
    """Invariants, derived counts and layouts that need an abandoned value say nothing more."""
    schema = """
    seq:
      - {id: count, type: u1, -derive: {count-of: box.list}}
      - {id: box, type: box, size: 2}
      - {id: more, type: more, size: 1}
      - {id: last, type: u1}
    -invariants: [{id: rule, check: box.tail == 1}]
    types:
      box: {seq: [{id: list, type: u1, repeat: expr, repeat-expr: 3}, {id: tail, type: u1}]}
      more: {seq: [{id: body, size: _root.box.tail}]}
    """
    reading = bench.read(schema, "03 0102 05 07")
    assert [(f.code, f.path) for f in reading.findings] == [("S101", "box.list[2]")]
    assert values_of(reading)["last"] == 7


def test_an_absent_layout_value_is_told(bench: Bench) -> None:
    """A size that was never there, through no fault reported yet, is a finding of its own."""
    schema = """
    seq:
      - {id: n, type: u1}
      - {id: size, type: u1, if: n == 1}
      - {id: body, size: size}
    """
    assert bench.codes(schema, "00 05") == ["S117"]


def test_a_fault_in_an_instance_leaves_seq_alone(bench: Bench) -> None:
    """An instance whose position is wrong is missing; everything else is read."""
    schema = """
    seq: [{id: at, type: u1}, {id: b, type: u1}]
    instances: {x: {pos: at, type: u1}, y: {pos: 1, type: u1, -overlap: allow}}
    """
    reading = bench.read(schema, "09 05")
    assert [(f.code, f.path) for f in reading.findings] == [("B204", "x")]
    assert values_of(reading) == {"at": 9, "b": 5, "y": 5}


def test_a_fault_in_a_region_of_unpacked_data(bench: Bench) -> None:
    """The unpacked stream is abandoned, the file goes on; the span is of packed bytes."""
    schema = """
    seq: [{id: a, type: t, size: 2, process: xor(0)}, {id: b, type: u1}]
    types: {t: {seq: [{id: x, type: u4}]}}
    """
    reading = bench.read(schema, "0102 07")
    (finding,) = reading.findings
    assert (finding.code, span(finding), values_of(reading)) == ("S101", (0, 2), {"b": 7})


def test_an_empty_file(bench: Bench) -> None:
    """Nothing at all is one truncation."""
    finding = bench.finding("seq: [{id: a, type: u1}, {id: b, type: u1}]", "")
    assert (finding.code, finding.path, span(finding)) == ("S101", "a", (0, 0))


@pytest.mark.parametrize("length", range(9))
def test_every_prefix_has_exactly_one_finding(bench: Bench, length: int) -> None:
    """A file cut anywhere is one truncation, never more."""
    schema = """
    seq: [{id: a, type: u2}, {id: b, type: t}, {id: c, size: 3}]
    types: {t: {seq: [{id: x, type: u1}, {id: y, type: s2be}]}}
    """
    content = ("00" * 8)[: 2 * length]
    assert bench.codes(schema, content) == (["S101"] if length < 8 else [])


@pytest.mark.parametrize(
    ("instances", "content", "closing"),
    [
        ("{first: {pos: 1, type: link}}", "00 02 01", (2, 3)),
        ("{a: {pos: 1, type: link}, b: {pos: 2, type: link}}", "00 02 01", (2, 3)),
        ("{a: {pos: 1, type: link}}", "00 01", (1, 2)),
    ],
)
def test_a_ring_of_offsets_is_a_cycle(
    bench: Bench, instances: str, content: str, closing: tuple[int, int]
) -> None:
    """Structures that lead back to one another are a finding, at the one that leads back."""
    schema = f"""
    seq: [{{id: head, type: u1}}]
    instances: {instances}
    types:
      link:
        seq: [{{id: at, type: u1}}]
        instances: {{next: {{io: _root._io, pos: at, type: link, if: at != 0}}}}
    """
    finding = bench.finding(schema, content)
    assert (finding.code, span(finding)) == ("S114", closing)


def test_a_chain_of_offsets_is_no_cycle(bench: Bench) -> None:
    """Two ways to one structure are no ring."""
    schema = """
    instances: {a: {pos: 0, type: link}, b: {pos: 1, type: link}}
    types:
      link:
        seq: [{id: at, type: u1}]
        instances: {next: {io: _root._io, pos: at, type: link, if: at != 0}}
    """
    assert bench.codes(schema, "02 02 00") == []


def test_an_index_in_a_layout_is_told(bench: Bench) -> None:
    """A size taken from an element that there is not, is a finding."""
    schema = """
    seq: [{id: a, type: u1, repeat: expr, repeat-expr: 1}, {id: b, size: 'a[5]'}]
    """
    assert bench.codes(schema, "01 02") == ["B203"]


@pytest.mark.parametrize(
    "check", ["a[5] == 1", "b == 1", "b == 1 and false", "a.any(_ == b)", "_io.size == b"]
)
def test_a_check_with_an_unknown_result_is_silent(bench: Bench, check: str) -> None:
    """An absent value, or an element that there is not, breaks no rule."""
    schema = f"""
    seq: [{{id: a, type: u1, repeat: expr, repeat-expr: 1}}, {{id: b, type: u1, if: 'a[0] == 9'}}]
    -invariants: [{{id: rule, check: '{check}'}}]
    """
    assert bench.codes(schema, "01") == []
