"""Our own keys: each shape of each, seen to pass and seen to fail in content."""

from __future__ import annotations

import hashlib
import zlib

import pytest

from harness.findings.model import Severity
from tests.unit.bench import Bench, place, span


def tell(bench: Bench, schema: str, passes: str, breaks: str) -> tuple[str, str, tuple[int, int]]:
    """Require that one content passes; return code, path and bytes of what the other raises."""
    assert bench.codes(schema, passes) == []
    finding = bench.finding(schema, breaks)
    return finding.code, finding.path, span(finding)


# -invariants


@pytest.mark.parametrize(
    ("check", "passes", "breaks"),
    [
        ("a < b", "0102", "0201"),
        ("a == b", "0101", "0102"),
        ("not (a == b)", "0102", "0101"),
        ("a == 1 and b == 2", "0102", "0103"),
        ("[a, b].any(_ == 7)", "0701", "0102"),
        ("[a, b].sum(_) == 3", "0102", "0101"),
        ("[a, b].count(_ > 1) == 1", "0102", "0202"),
        ("[a, b].max(_) == 2", "0102", "0103"),
        ("[a, b].min(_) == 1", "0102", "0203"),
        ("[a, b].find(_ > 1) == 2", "0102", "0103"),
        ("b._start - a._start == a", "0100", "0200"),
        ("b._end == _io.size and a == 1", "0100", "0200"),
    ],
)
def test_invariants(bench: Bench, check: str, passes: str, breaks: str) -> None:
    """An invariant that does not hold is reported on its structure, with its id."""
    schema = f"""
    seq: [{{id: a, type: u1}}, {{id: b, type: u1}}]
    -invariants: [{{id: rule, check: '{check}'}}]
    """
    assert bench.codes(schema, passes) == []
    finding = bench.finding(schema, breaks)
    assert (finding.code, finding.rule, finding.path) == ("I501", "rule", "")


def test_an_invariant_tells_both_sides(bench: Bench) -> None:
    """`expected` and `actual` are the two sides of the comparison, and its place is given."""
    schema = """
    seq: [{id: a, type: u1}, {id: b, type: u1}]
    -invariants:
      - {id: rule, check: a == b + 1, message: because}
    """
    finding = bench.finding(schema, "0101")
    assert (finding.actual, finding.expected) == ("`a` is 1", "`b + 1` is 2")
    assert (finding.reason, place(finding)) == ("because", (4, 23))


def test_an_invariant_with_a_condition(bench: Bench) -> None:
    """`when` says where the rule applies."""
    schema = """
    seq: [{id: a, type: u1}, {id: b, type: u1}]
    -invariants: [{id: rule, check: b == 0, when: a == 1}]
    """
    assert tell(bench, schema, "0005", "0105")[0] == "I501"


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_an_invariant_with_a_severity(bench: Bench, severity: str) -> None:
    """The author chooses how bad a broken rule is."""
    schema = f"""
    seq: [{{id: a, type: u1}}]
    -invariants: [{{id: rule, check: a == 0, severity: {severity}}}]
    """
    assert bench.finding(schema, "01").severity is Severity(severity)


def test_nested_quantifiers_name_their_elements(bench: Bench) -> None:
    """With binders an inner quantifier sees the outer element."""
    schema = """
    seq:
      - {id: a, type: u1, repeat: expr, repeat-expr: 2}
      - {id: b, type: u1, repeat: eos}
    -invariants: [{id: rule, check: 'a.all(x, i: b.any(y: y == x + i))'}]
    """
    assert tell(bench, schema, "0102 01 03", "0102 01 02")[1:] == ("a[1]", (1, 2))


# -derive


@pytest.mark.parametrize(
    ("keys", "rest", "passes", "breaks", "code"),
    [
        ("{count-of: b}", "{id: b, type: u1, repeat: eos}", "02 0a0b", "03 0a0b", "C302"),
        ("{count-of: b, plus: 1}", "{id: b, type: u1, repeat: eos}", "03 0a0b", "02 0a0b", "C302"),
        ("{count-of: b, plus: -1}", "{id: b, type: u1, repeat: eos}", "01 0a0b", "02 0a0b", "C302"),
        ("{count-of: b}", "{id: b, size-eos: true}", "02 0a0b", "03 0a0b", "C302"),
        ("{size-of: b}", "{id: b, size-eos: true}", "02 0a0b", "03 0a0b", "C303"),
        ("{size-of: b, unit: 2}", "{id: b, size: 4}", "02 0a0b0c0d", "04 0a0b0c0d", "C303"),
        ("{size-of: b}", "{id: b, type: u2, repeat: eos}", "04 0a0b0c0d", "02 0a0b0c0d", "C303"),
        ("{size-of: _root}", "{id: b, size: 2}", "03 0a0b", "02 0a0b", "C303"),
        ("{size-of: b}", "{id: b, type: t}", "02 0a0b", "03 0a0b", "C303"),
        ("{offset-of: c}", "{id: b, size: 1}, {id: c, size: 1}", "02 0a0b", "01 0a0b", "C304"),
        ("{offset-of: b}", "{id: b, type: t}", "01 0a0b", "02 0a0b", "C304"),
    ],
)
def test_derive(  # one column each
    bench: Bench, keys: str, rest: str, passes: str, breaks: str, code: str
) -> None:
    """A count, size or offset must be that of what is there."""
    schema = f"""
    seq: [{{id: a, type: u1, -derive: {keys}}}, {rest}]
    types: {{t: {{seq: [{{id: x, type: u1}}, {{id: y, type: u1}}]}}}}
    """
    assert tell(bench, schema, passes, breaks) == (code, "a", (0, 1))


def test_derive_an_index(bench: Bench) -> None:
    """`index-of` is the place of a structure in its list."""
    schema = """
    seq: [{id: a, type: t, repeat: eos}]
    types: {t: {seq: [{id: number, type: u1, -derive: {index-of: '_parent.a[_io.size - 2]'}}]}}
    """
    assert [f.path for f in bench.read(schema, "00 00").findings] == []
    assert bench.codes(schema, "00 01") == ["C305"]


def test_derive_each_element(bench: Bench) -> None:
    """In a list every element is judged, `_index` being its own."""
    schema = """
    seq:
      - {id: ends, type: u1, repeat: expr, repeat-expr: 2, -derive: {count-of: 'rows[_index].x'}}
      - {id: rows, type: t, repeat: eos}
    types: {t: {seq: [{id: n, type: u1}, {id: x, type: u1, repeat: expr, repeat-expr: n}]}}
    """
    assert tell(bench, schema, "0102 010a 020a0b", "0101 010a 020a0b") == (
        "C302", "ends[1]", (1, 2),
    )  # fmt: skip


# -checksum

DATA = b"content"


def _crc32c(data: bytes) -> int:
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = (total >> 1) ^ (0x82F63B78 if total & 1 else 0)
    return total ^ 0xFFFFFFFF


SUMS = {
    "crc32": (4, zlib.crc32(DATA)),
    "crc32c": (4, _crc32c(DATA)),
    "adler32": (4, zlib.adler32(DATA)),
    "sum8": (1, sum(DATA) & 0xFF),
    "sum16": (2, sum(DATA)),
    "sum32": (4, sum(DATA)),
    "xor8": (1, 0x63 ^ 0x6F ^ 0x6E ^ 0x74 ^ 0x65 ^ 0x6E ^ 0x74),
}


@pytest.mark.parametrize("algorithm", SUMS)
def test_checksums(bench: Bench, algorithm: str) -> None:
    """Each sum over a range passes when it is right; the finding spans the bytes summed."""
    width, total = SUMS[algorithm]
    schema = f"""
    seq:
      - id: sum
        type: u{width}
        -checksum: {{algorithm: {algorithm}, over: {{start: sum._end, end: _io.size}}}}
      - {{id: body, size-eos: true}}
    """
    good = (total.to_bytes(width, "little") + DATA).hex()
    bad = ((total ^ 1).to_bytes(width, "little") + DATA).hex()
    assert tell(bench, schema, good, bad) == ("I502", "sum", (width, width + len(DATA)))


def test_the_known_crc32c(bench: Bench) -> None:
    """CRC-32C of `123456789` is 0xe3069283 (the check value of its catalogue entry)."""
    schema = """
    seq:
      - {id: body, size: 9}
      - {id: sum, type: u4be, -checksum: {algorithm: crc32c, over: {start: 0, end: 9}}}
    """
    assert bench.codes(schema, b"123456789".hex() + "e3069283") == []


def test_a_sha256(bench: Bench) -> None:
    """A digest is 32 bytes."""
    schema = """
    seq:
      - {id: body, size: 7}
      - {id: sum, size: 32, -checksum: {algorithm: sha256, over: {start: 0, end: sum._start}}}
    """
    digest = hashlib.sha256(DATA).hexdigest()
    assert tell(bench, schema, DATA.hex() + digest, DATA.hex() + "00" * 32)[0] == "I502"


@pytest.mark.parametrize("zeroed", ["[sum]", "sum"])
def test_a_checksum_over_all_but_itself(bench: Bench, zeroed: str) -> None:
    """By default the whole stream is summed, the zeroed attributes as zeros."""
    schema = f"""
    seq:
      - {{id: body, size: 2}}
      - {{id: sum, type: u4, -checksum: {{algorithm: crc32, zeroed: {zeroed}}}}}
    """
    total = zlib.crc32(b"ab\0\0\0\0").to_bytes(4, "little").hex()
    assert tell(bench, schema, "6162" + total, "6163" + total) == ("I502", "sum", (0, 6))


# -sorted-by, -unique-by


@pytest.mark.parametrize(
    ("order", "passes", "breaks"),
    [
        ("-sorted-by: _", "010203", "010302"),
        ("-sorted-by: {by: _}", "010103", "010300"),
        ("-sorted-by: {by: _, strict: true}", "010203", "010202"),
        ("-sorted-by: {by: _, descending: true}", "030201", "030102"),
        ("-sorted-by: {by: _, when: _ < 9}", "010902", "030902"),
        ("-sorted-by: {by: _ % 4}", "040506", "040605"),
        ("-unique-by: _", "010302", "010201"),
        ("-unique-by: {by: _ / 2, when: _ != 0}", "000002", "000203"),
        ("-unique-by: _ == 1", "0102", "010203"),
    ],
)
def test_orders(bench: Bench, order: str, passes: str, breaks: str) -> None:
    """The element that breaks the order, or that stood before, is named."""
    schema = f"seq: [{{id: a, type: u1, repeat: eos, {order}}}]"
    code, path, where = tell(bench, schema, passes, breaks)
    assert code == ("I503" if "sorted" in order else "I504")
    assert (path, where) == ("a[2]", (2, 3))


@pytest.mark.parametrize(("key", "code"), [("-sorted-by", "I503"), ("-unique-by", "I504")])
def test_orders_of_structures(bench: Bench, key: str, code: str) -> None:
    """The key of a structure is an expression over it; strings compare as bytes."""
    schema = f"""
    seq: [{{id: a, type: t, repeat: eos, {key}: _.name}}]
    types: {{t: {{seq: [{{id: name, type: strz}}]}}}}
    """
    breaks = "6200 6100" if code == "I503" else "6100 6100"
    assert tell(bench, schema, "6100 6200", breaks) == (code, "a[1]", (2, 4))


def test_uniqueness_within_an_ancestor(bench: Bench) -> None:
    """`within` judges all such lists below the named type together."""
    schema = """
    seq: [{id: groups, type: group, repeat: eos}]
    types:
      group:
        seq:
          - {id: a, type: u1, repeat: expr, repeat-expr: 2, -unique-by: {by: _%s}}
    """
    assert bench.codes(schema % "", "0102 0203") == []
    within = schema % ", within: sample"
    assert tell(bench, within, "0102 0304", "0102 0203") == ("I504", "groups[1].a[0]", (2, 3))


# -refers-to


@pytest.mark.parametrize(
    ("keys", "passes", "breaks"),
    [
        ("{table: rows}", "01", "02"),
        ("{table: rows, by: _.key}", "07", "01"),
        ("{table: rows, by: _.key, value: _ + 1}", "06", "08"),
        ("{table: rows, by: _.key, when: _ != 0}", "00", "01"),
        ("{table: rows, by: _.key + _index}", "09", "08"),
    ],
)
def test_references(bench: Bench, keys: str, passes: str, breaks: str) -> None:
    """A value must name an item: by its index, or by a key of it."""
    schema = f"""
    seq:
      - {{id: a, type: u1, -refers-to: {keys}}}
      - {{id: rows, type: row, repeat: eos}}
    types: {{row: {{seq: [{{id: key, type: u1}}]}}}}
    """
    assert tell(bench, schema, f"{passes} 07 08", f"{breaks} 07 08") == ("I505", "a", (0, 1))


def test_references_of_a_list(bench: Bench) -> None:
    """In a list each element must name an item."""
    schema = """
    seq:
      - {id: rows, type: u1, repeat: expr, repeat-expr: 2}
      - {id: a, type: u1, repeat: eos, -refers-to: {table: rows, by: _}}
    """
    assert tell(bench, schema, "0708 0708", "0708 0709") == ("I505", "a[1]", (3, 4))


def test_a_table_with_a_duplicate_key(bench: Bench) -> None:
    """Two items of one key cannot be told apart, which is said once, at the second."""
    schema = """
    seq:
      - {id: rows, type: row, repeat: expr, repeat-expr: 2}
      - {id: a, type: u1, repeat: eos, -refers-to: {table: rows, by: _.key}}
    types: {row: {seq: [{id: key, type: u1}]}}
    """
    assert tell(bench, schema, "0708 0707", "0707 0707") == ("I506", "rows[1]", (1, 2))


def test_a_joined_name_serves_checks(bench: Bench) -> None:
    """The item is known by its name in the type, and below it through `_parent`."""
    schema = """
    seq:
      - {id: rows, type: row, repeat: expr, repeat-expr: 2}
      - {id: use, type: use}
    types:
      row: {seq: [{id: key, type: u1}, {id: size, type: u1}]}
      use:
        seq:
          - {id: key, type: u1, -refers-to: {table: _root.rows, by: _.key, as: row}}
          - {id: inner, type: inner}
        -invariants: [{id: mine, check: inner.n <= row.size}]
      inner:
        seq: [{id: n, type: u1}]
        -invariants: [{id: below, check: n != _parent.row.key}]
    """
    assert bench.codes(schema, "0105 0206 02 06") == []
    assert [f.rule for f in bench.read(schema, "0105 0206 01 06").findings] == ["mine"]
    assert [f.rule for f in bench.read(schema, "0105 0206 02 02").findings] == ["below"]


def test_checks_of_a_dangling_reference_are_silent(bench: Bench) -> None:
    """What uses the item that there is not, says nothing more."""
    schema = """
    seq:
      - {id: a, type: u1, -refers-to: {table: rows, as: row}}
      - {id: rows, type: u1, repeat: eos}
    -invariants: [{id: rule, check: row == 5}]
    """
    assert bench.codes(schema, "00 05") == []
    assert bench.codes(schema, "01 05") == ["I505"]


def test_an_item_that_could_not_be_read_is_no_item_to_join(bench: Bench) -> None:
    """That it cannot be read is said once; what uses it says nothing more."""
    schema = """
    seq:
      - {id: names, type: str, size: 1, encoding: ASCII, repeat: expr, repeat-expr: 2}
      - {id: a, type: u1, -refers-to: {table: names, as: name}}
    -invariants: [{id: rule, check: name.length == 1}]
    """
    assert bench.codes(schema, "41 42 00") == []
    assert bench.codes(schema, "80 42 00") == ["S106"]


# -locate


@pytest.mark.parametrize(
    ("keys", "content", "expected"),
    [
        ("{marker: '!!'}", "00 2121 05", 5),
        ("{marker: [0x21, '!']}", "00 2121 05", 5),
        ("{marker: '!!', occurrence: first}", "2121 05 2121 06", 5),
        ("{marker: '!!', occurrence: last}", "2121 05 2121 06", 6),
        ("{marker: '!!', occurrence: last, within: 3}", "2121 05 2121 06", 6),
    ],
)
def test_locate(bench: Bench, keys: str, content: str, expected: int) -> None:
    """The first byte after the marker is where the instance is read."""
    schema = f"""
    -layout: {{gaps: allow, trailing: allow}}
    instances: {{a: {{type: u1, -locate: {keys}}}}}
    """
    assert bench.values(schema, content) == {"a": expected}


@pytest.mark.parametrize(
    ("keys", "content"),
    [
        ("{marker: '!!'}", "00 21 05"),
        ("{marker: '!!', within: 2}", "00 2121 05"),
        ("{marker: '!!', occurrence: last, within: 2}", "00 2121 05"),
    ],
)
def test_a_missing_marker(bench: Bench, keys: str, content: str) -> None:
    """A marker that does not occur, or not within so many bytes, is a finding."""
    schema = f"""
    -layout: {{gaps: allow, trailing: allow}}
    instances: {{a: {{type: u1, -locate: {keys}}}}}
    """
    assert bench.codes(schema, content) == ["S116"]


# -align, -padding


def test_align(bench: Bench) -> None:
    """A field starts at a multiple of n bytes, counted from the start of its stream."""
    schema = """
    seq: [{id: head, size: 1}, {id: a, type: t, size-eos: true}]
    types: {t: {seq: [{id: n, type: u1}, {id: pad, size: n}, {id: x, type: u2, -align: 2}]}}
    """
    assert tell(bench, schema, "00 01 00 0102", "00 00 0102") == ("S108", "a.x", (2, 4))


@pytest.mark.parametrize("process", ["", ", process: xor(0)"])
@pytest.mark.parametrize("repeat", ["", ", repeat: eos"])
def test_align_of_a_region(bench: Bench, process: str, repeat: str) -> None:
    """What has a size and a type starts where its region does, in the stream around that."""
    schema = f"""
    seq: [{{id: head, size: 1}}, {{id: a, type: t, size-eos: true}}]
    types:
      t:
        seq:
          - {{id: n, type: u1}}
          - {{id: pad, size: n}}
          - {{id: x, size: 2, type: u, -align: 2{process}{repeat}}}
      u: {{seq: [{{id: y, type: u2}}]}}
    """
    path = "a.x[0]" if repeat else "a.x"
    assert tell(bench, schema, "00 01 00 0102", "00 00 0102") == ("S108", path, (2, 4))


def test_align_of_a_region_at_a_position(bench: Bench) -> None:
    """Positions count from the start of the stream, alignments too."""
    schema = """
    seq: [{id: head, size: 1}, {id: a, type: t, size-eos: true}]
    types:
      t:
        seq: [{id: at, type: u1}]
        instances: {x: {pos: at, size: 2, type: u, -align: 2}}
        -layout: {gaps: zero}
      u: {seq: [{id: y, type: u2}]}
    """
    assert tell(bench, schema, "00 02 00 0102", "00 01 0102") == ("S108", "a.x", (2, 4))


@pytest.mark.parametrize(
    ("keys", "passes", "breaks"),
    [
        ("size: 2, -padding: zero", "0000", "0001"),
        ("type: u2, -padding: zero", "0000", "0001"),
        ("type: str, size: 2, -padding: zero", "0000", "0001"),
        ("type: strz, size: 4", "61000000", "61000001"),
        ("type: strz, size: 4, -padding: zero", "00000000", "61000000"),
    ],
)
def test_padding_zero(bench: Bench, keys: str, passes: str, breaks: str) -> None:
    """Padding is zero: after a terminator always, a whole field where it says so."""
    schema = f"seq: [{{id: a, {keys}}}]"
    assert tell(bench, schema, passes, breaks)[:2] == ("S107", "a")


def test_padding_any(bench: Bench) -> None:
    """`-padding: any` permits what is left in a buffer."""
    schema = "seq: [{id: a, type: strz, size: 4, -padding: any}]"
    assert bench.values(schema, "61006263") == {"a": "a"}
