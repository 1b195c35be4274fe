"""Byte accounting (SEMANTICS §4): every byte is read, and read once, unless the schema says so."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, span, values_of


def test_trailing_bytes(bench: Bench) -> None:
    """Bytes of the file after all that was read are trailing."""
    finding = bench.finding("seq: [{id: a, type: u1}]", "01 0203")
    assert (finding.code, finding.path, span(finding)) == ("S109", "", (1, 3))
    assert finding.actual == "2 bytes"


def test_a_gap(bench: Bench) -> None:
    """Bytes between two that were read are a gap."""
    schema = "seq: [{id: a, type: u1}]\ninstances: {b: {pos: 3, type: u1}}"
    finding = bench.finding(schema, "01 0000 02")
    assert (finding.code, finding.path, span(finding)) == ("S111", "", (1, 3))


def test_a_gap_at_the_start(bench: Bench) -> None:
    """Bytes before all that was read are a gap too."""
    finding = bench.finding("instances: {b: {pos: 1, type: u1}}", "01 02")
    assert (finding.code, span(finding)) == ("S111", (0, 1))


def test_unread_bytes_of_a_region(bench: Bench) -> None:
    """Bytes left in a sized region are reported on the structure that owns it."""
    schema = """
    seq: [{id: n, type: u1}, {id: a, type: t, size: 3}, {id: b, type: u1}]
    types: {t: {seq: [{id: x, type: u1}]}}
    """
    finding = bench.finding(schema, "00 010203 04")
    assert (finding.code, finding.path, span(finding)) == ("S110", "a", (2, 4))


def test_a_gap_in_a_region(bench: Bench) -> None:
    """A gap in a region is reported on its structure."""
    schema = """
    seq: [{id: a, type: t, size: 3}]
    types: {t: {seq: [{id: x, type: u1}], instances: {y: {pos: 2, type: u1}}}}
    """
    finding = bench.finding(schema, "010203")
    assert (finding.code, finding.path, span(finding)) == ("S111", "a", (1, 2))


def test_unread_bytes_of_unpacked_data(bench: Bench) -> None:
    """An unpacked buffer is accounted by itself; the span is of the packed bytes."""
    schema = """
    seq: [{id: a, type: t, size: 3, process: xor(1)}]
    types: {t: {seq: [{id: x, type: u1}]}}
    """
    finding = bench.finding(schema, "010203")
    assert (finding.code, finding.path, span(finding)) == ("S110", "a", (0, 3))
    assert finding.actual == "2 bytes"


LAYOUT = """
seq: [{id: a, type: t, size: 4}]
types: {t: {-layout: {%s}, seq: [{id: x, type: u1}], instances: {y: {pos: 2, type: u1}}}}
"""


@pytest.mark.parametrize(
    ("layout", "content", "codes"),
    [
        ("", "01000200", ["S111", "S110"]),
        ("gaps: forbid", "01000200", ["S111", "S110"]),
        ("gaps: zero", "01000200", ["S110"]),
        ("gaps: zero", "01090200", ["S111", "S110"]),
        ("gaps: allow", "01090200", ["S110"]),
        ("trailing: zero", "01000200", ["S111"]),
        ("trailing: zero", "01000209", ["S111", "S110"]),
        ("trailing: allow", "01000209", ["S111"]),
        ("trailing: zero, gaps: zero", "01000200", []),
        ("trailing: allow, gaps: allow", "01090209", []),
    ],
)
def test_layout_of_a_region(bench: Bench, layout: str, content: str, codes: list[str]) -> None:
    """`-layout` forbids what is unread, wants it zero, or allows it."""
    assert bench.codes(LAYOUT % layout, content) == codes


@pytest.mark.parametrize(
    ("layout", "content", "codes"),
    [
        ("trailing: zero", "010000", []),
        ("trailing: zero", "010100", ["S109"]),
        ("trailing: allow", "010100", []),
        ("gaps: allow", "010100", ["S109"]),
    ],
)
def test_layout_of_the_file(bench: Bench, layout: str, content: str, codes: list[str]) -> None:
    """On the root it speaks of the file."""
    assert bench.codes(f"-layout: {{{layout}}}\nseq: [{{id: a, type: u1}}]", content) == codes


def test_layout_is_not_inherited(bench: Bench) -> None:
    """What the file allows, a region in it does not."""
    schema = """
    -layout: {trailing: allow}
    seq: [{id: a, type: t, size: 2}]
    types: {t: {seq: [{id: x, type: u1}]}}
    """
    assert bench.codes(schema, "0102 03") == ["S110"]


# overlaps

OVERLAP = """
seq: [{id: a, type: u4}, {id: b, type: u4%s}]
instances: {c: {pos: 2, type: u4%s}}
%s
"""


def test_an_overlap_is_named_on_the_later_node(bench: Bench) -> None:
    """What reads bytes again is named, with the first bytes, and with what read them first."""
    finding = bench.finding(OVERLAP % ("", "", ""), "00" * 8)
    assert (finding.code, finding.path, finding.expected) == ("S112", "c", "`a`")
    assert span(finding)[0] == 2


@pytest.mark.parametrize(
    ("seq", "instance", "layout", "codes"),
    [
        ("", ", -overlap: allow", "", []),
        (", -overlap: allow", "", "", ["S112"]),
        ("", "", "-layout: {overlap: allow}", []),
        ("", "", "-layout: {gaps: allow, trailing: allow}", ["S112"]),
    ],
)
def test_an_overlap_may_be_allowed(
    bench: Bench, seq: str, instance: str, layout: str, codes: list[str]
) -> None:
    """The later attribute, or the whole stream, allows it; the earlier one does not."""
    assert bench.codes(OVERLAP % (seq, instance, layout), "00" * 8) == codes


def test_an_overlap_inside_a_structure(bench: Bench) -> None:
    """The smallest earlier value that holds the bytes is named."""
    schema = """
    seq: [{id: a, type: t}]
    instances: {c: {pos: 1, type: u1}}
    types: {t: {seq: [{id: x, type: u1}, {id: y, type: u1}]}}
    """
    finding = bench.finding(schema, "0102")
    assert (finding.path, finding.expected, span(finding)) == ("c", "`a.y`", (1, 2))


def test_touching_is_no_overlap(bench: Bench) -> None:
    """Neighbours, and values without bytes, overlap nothing."""
    schema = """
    seq: [{id: a, type: u1}]
    instances: {b: {pos: 1, type: u1}, c: {pos: 1, size: 0}}
    """
    assert bench.codes(schema, "0102") == []


def test_a_shared_node_is_no_overlap(bench: Bench) -> None:
    """The same type at the same position is one node, read once, shared."""
    schema = """
    seq: [{id: a, type: ref}, {id: b, type: ref}]
    types:
      ref:
        seq: [{id: at, type: u1}]
        instances: {target: {pos: at, type: item}}
      item: {seq: [{id: x, type: u2}]}
    """
    assert bench.codes(schema, "02 02 0102") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("type: item", "type: other"), ("size: 2", "size: 1"), ("type: u2le", "type: u2be")],
)
def test_unlike_nodes_at_one_position_overlap(bench: Bench, first: str, second: str) -> None:
    """Another type, size or byte order at the same position is a second structure."""
    schema = f"""
    instances: {{a: {{pos: 0, {first}}}, b: {{pos: 0, {second}}}}}
    types:
      item: {{seq: [{{id: x, type: u2}}]}}
      other: {{seq: [{{id: x, type: u2}}]}}
    """
    finding = bench.finding(schema, "0102")
    assert (finding.code, finding.path.partition(".")[0]) == ("S112", "b")


def test_a_shared_node_with_other_arguments_is_another(bench: Bench) -> None:
    """Arguments are part of what makes a node the same."""
    schema = """
    instances: {a: {pos: 0, type: t(1)}, b: {pos: 0, type: t(%s)}}
    types: {t: {params: [{id: n, type: u1}], seq: [{id: x, size: n}]}}
    """
    assert bench.codes(schema % 1, "01") == []
    assert bench.codes(schema % 2, "0102") == ["S112"]


def test_substreams_are_accounted_apart(bench: Bench) -> None:
    """Bytes that a region's structure and the region itself read are not read twice."""
    schema = """
    seq: [{id: a, type: t, size: 2}]
    types: {t: {seq: [{id: x, type: u1}, {id: y, type: u1}]}}
    """
    assert bench.codes(schema, "0102") == []


def test_a_region_read_from_outside(bench: Bench) -> None:
    """A pool without fields of its own is accounted by those who read from it."""
    schema = """
    seq: [{id: pool, type: pool, size: 4}, {id: refs, type: ref, repeat: eos}]
    types:
      pool: {}
      ref:
        seq: [{id: at, type: u1}]
        instances: {text: {io: _root.pool._io, pos: at, type: strz}}
    """
    assert bench.codes(schema, "61006200 00 02") == []
    finding = bench.finding(schema, "61006200 00")
    assert (finding.code, finding.path, span(finding)) == ("S110", "pool", (2, 4))


# padding


def test_padding_is_read(bench: Bench) -> None:
    """Bytes behind a terminator, and pad bytes, count as read."""
    schema = """
    seq:
      - {id: a, type: strz, size: 4}
      - {id: b, type: str, size: 3, pad-right: 0x20}
      - {id: c, type: b4}
    """
    assert bench.codes(schema, "61000000 612020 10") == []


@pytest.mark.parametrize(
    ("schema", "content", "at"),
    [
        ("seq: [{id: a, type: strz, size: 4}]", "61000500", (2, 3)),
        ("seq: [{id: a, type: b4}, {id: b, type: u1}]", "1f 02", (0, 1)),
        ("seq: [{id: a, type: b4}]", "1f", (0, 1)),
        ("seq: [{id: a, type: u1, -padding: zero}]", "05", (0, 1)),
    ],
)
def test_padding_is_zero(bench: Bench, schema: str, content: str, at: tuple[int, int]) -> None:
    """What is not zero in padding is spanned exactly."""
    finding = bench.finding(schema, content)
    assert (finding.code, finding.path, span(finding)) == ("S107", "a", at)


def test_bits_at_the_end_of_a_region(bench: Bench) -> None:
    """Bits left over when a region ends are padding of it."""
    schema = """
    seq: [{id: a, type: t, size: 1}, {id: b, type: u1}]
    types: {t: {seq: [{id: x, type: b4}]}}
    """
    assert bench.codes(schema, "10 02") == []
    reading = bench.read(schema, "11 02")
    assert [(f.code, f.path) for f in reading.findings] == [("S107", "a.x")]
    assert values_of(reading)["b"] == 2
