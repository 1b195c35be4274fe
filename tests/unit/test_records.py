"""Lists of structures of fixed size, which are read at once: nothing about them is special."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, span, values_of, view_of

RECORDS = """
seq: [{id: n, type: u1}, {id: xs, type: x, repeat: expr, repeat-expr: n}]
types: {x: {seq: [{id: a, type: u1}, {id: b, type: u2}]}}
"""


def test_all_are_read(bench: Bench) -> None:
    """Each has its values and its bytes."""
    reading = bench.read(RECORDS, "02 01 0200 03 0400")
    assert values_of(reading) == {
        "n": 2, "xs[0].a": 1, "xs[0].b": 2, "xs[1].a": 3, "xs[1].b": 4,
    }  # fmt: skip
    view = view_of(reading, "xs[1].b")
    assert (view.start, view.end) == (5, 7)
    assert (view_of(reading, "xs[1]").start, view_of(reading, "xs[1]").end) == (4, 7)


def test_one_of_a_single_field(bench: Bench) -> None:
    """A record may be one value."""
    schema = "seq: [{id: xs, type: x, repeat: eos}]\ntypes: {x: {seq: [{id: a, type: u2}]}}\n"
    assert bench.values(schema, "0100 0200") == {"xs[0].a": 1, "xs[1].a": 2}


@pytest.mark.parametrize(
    ("content", "path", "where"),
    [("02 01 0200 03 04", "xs[1].b", (5, 6)), ("02 01 0200", "xs[1].a", (4, 4))],
)
def test_the_one_that_is_cut_short_says_where(
    bench: Bench, content: str, path: str, where: tuple[int, int]
) -> None:
    """The finding names the attribute that lacks bytes; those before it are read."""
    reading = bench.read(RECORDS, content)
    (finding,) = reading.findings
    assert (finding.code, finding.path, span(finding)) == ("S101", path, where)
    assert values_of(reading)["xs[0].b"] == 2


def test_arguments_see_the_records_before(bench: Bench) -> None:
    """Each is complete when the next one's arguments are computed."""
    schema = """
seq: [{id: xs, type: "x(_index == 0 ? 7 : xs[_index - 1].a)", repeat: eos}]
types: {x: {params: [{id: before, type: u1}], seq: [{id: a, type: u1, valid: before + 1}]}}
"""
    assert bench.codes(schema, "08 09 0a") == []
    assert bench.codes(schema, "08 09 0b") == ["B202"]


def test_values_are_checked(bench: Bench) -> None:
    """A fault in one does not stop the next."""
    schema = """
seq: [{id: xs, type: x, repeat: eos}]
types: {x: {seq: [{id: a, contents: [1]}, {id: b, type: u1, valid: {max: 3}}]}}
"""
    found = bench.read(schema, "01 03 02 04 01 09").findings
    assert [(item.code, item.path) for item in found] == [
        ("S103", "xs[1].a"), ("B201", "xs[1].b"), ("B201", "xs[2].b"),
    ]  # fmt: skip


def test_a_check_of_the_whole_record_is_made(bench: Bench) -> None:
    """`valid` on the list looks at each record once it is read."""
    schema = """
seq: [{id: xs, type: x, repeat: eos, valid: {expr: _.a == 1}}]
types: {x: {seq: [{id: a, type: u1}]}}
"""
    found = bench.read(schema, "01 02 01 03").findings
    assert [(item.code, item.path) for item in found] == [("B208", "xs[1]"), ("B208", "xs[3]")]


def test_depth_counts(bench: Bench) -> None:
    """A record that lies too deep is a finding all the same."""
    schema = "-limits: {depth: 1}\n" + RECORDS
    assert bench.codes(schema, "01 01 0200") == ["L601"]


def test_items_count(bench: Bench) -> None:
    """So many are read as the limit allows."""
    reading = bench.read("-limits: {items: 2}\n" + RECORDS, "03 01 0200 03 0400 05 0600")
    (finding,) = reading.findings
    assert (finding.code, finding.path) == ("L602", "xs[2]")
    assert not reading.is_complete


def test_until_looks_at_each(bench: Bench) -> None:
    """A condition ends the list at the record that meets it."""
    schema = """
seq:
  - {id: xs, type: x, repeat: until, repeat-until: _.a == 0}
  - {id: rest, size-eos: true}
types: {x: {seq: [{id: a, type: u1}, {id: b, type: u1}]}}
"""
    values = bench.values(schema, "01 02 00 03 04 05")
    assert (values["xs[1].b"], values["rest"]) == (3, b"\x04\x05")


def test_a_region_larger_than_its_record_has_bytes_left(bench: Bench) -> None:
    """Sized records are regions of their own."""
    schema = """
seq: [{id: xs, type: x, size: 3, repeat: eos}]
types: {x: {seq: [{id: a, type: u2}]}}
"""
    found = bench.read(schema, "0100 00 0200 00").findings
    assert [(item.code, item.path, span(item)) for item in found] == [
        ("S110", "xs[0]", (2, 3)), ("S110", "xs[1]", (5, 6)),
    ]  # fmt: skip
