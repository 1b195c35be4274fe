"""Values read from a stream other than their structure's: where they lie, and what is refused."""

from __future__ import annotations

import zlib

import pytest

from harness.reading import Reader
from tests.unit.bench import META, Bench, span, view_of

PACKED = zlib.compress(b"\x07\x08")


def test_a_value_from_unpacked_data_spans_the_packed_bytes(bench: Bench) -> None:
    """Its offsets in the unpacked data mean nothing in the file."""
    schema = """
    seq: [{id: box, type: box, size-eos: true, process: zlib}]
    instances: {x: {io: box._io, pos: 1, type: u1, valid: 9}}
    types: {box: {seq: [{id: all, size-eos: true}], -layout: {overlap: allow}}}
    """
    reading = bench.read(schema, PACKED.hex())
    (found,) = reading.findings
    assert (found.code, found.path, span(found)) == ("B202", "x", (0, len(PACKED)))
    assert span_of_view(view_of(reading, "x").span) == (0, len(PACKED))


def test_a_value_of_the_file_read_from_unpacked_data_has_its_own_bytes(bench: Bench) -> None:
    """`io: _root._io` leads back into the file."""
    schema = """
    seq: [{id: a, type: u1}, {id: box, type: box, size-eos: true, process: zlib}]
    types:
      box:
        seq: [{id: all, size-eos: true}]
        instances: {x: {io: _root._io, pos: 0, type: u1, valid: 9, -overlap: allow}}
    """
    found = bench.finding(schema, f"05 {PACKED.hex()}")
    assert (found.path, span(found)) == ("box.x", (0, 1))


def span_of_view(found: object) -> tuple[int, int]:
    """Return the offsets of a view's span."""
    return getattr(found, "start", -1), getattr(found, "end", -1)


@pytest.mark.parametrize(("measure", "expected"), [("size-of", len(PACKED)), ("offset-of", 1)])
def test_packed_data_is_measured_where_it_lies(bench: Bench, measure: str, expected: int) -> None:
    """A count of bytes in a file is about the file."""
    schema = f"""
    seq:
      - {{id: n, type: u1, -derive: {{{measure}: box}}}}
      - {{id: box, type: box, size-eos: true, process: zlib}}
    types: {{box: {{seq: [{{id: all, size-eos: true}}]}}}}
    """
    assert bench.codes(schema, f"{expected:02x} {PACKED.hex()}") == []
    assert len(bench.codes(schema, f"{expected + 1:02x} {PACKED.hex()}")) == 1


def test_the_same_bytes_under_two_keys_are_two_values(bench: Bench) -> None:
    """What differs in how it is unpacked is not shared."""
    schema = """
    seq: [{id: a, type: t(1)}, {id: b, type: t(2)}, {id: c, type: u1}]
    types:
      t:
        params: [{id: key, type: u1}]
        instances: {x: {io: _root._io, pos: 0, size: 1, process: xor(key), -overlap: allow}}
    """
    values = bench.values(schema, "00")
    assert (values["a.x"], values["b.x"]) == (b"\x01", b"\x02")


def test_the_stream_of_a_companion_is_refused(bench: Bench) -> None:
    """A companion is read by its own schema only."""
    bench.write("meta: {id: other}\nseq: [{id: a, type: u1}]\n", "other.ksy")
    schema = bench.schema(
        "meta: {id: sample, imports: [other]}\nparams: [{id: other, type: other}]\n"
        "seq: [{id: b, type: u1}]\ninstances: {x: {io: other._io, pos: 0, type: u1}}\n"
    )
    other = bench.schema("meta: {id: other}\nseq: [{id: a, type: u1}]\n")
    companion = Reader(other).read(b"\x01", file="other", prefix="other:")
    reading = Reader(schema).read(b"\x02", file="content", companions={"other": companion})
    assert [finding.code for finding in reading.findings] == ["B210"]


def test_the_root_of_an_import_is_its_own(bench: Bench) -> None:
    """`_root` in an imported type is the top structure of that file, not of the content."""
    bench.write(
        "meta: {id: part}\nseq: [{id: n, type: u1}, {id: inner, type: inner}]\n"
        "types: {inner: {seq: [{id: body, size: _root.n}]}}\n",
        "part.ksy",
    )
    schema = "meta: {id: sample, imports: [part]}\nseq: [{id: x, size: 1}, {id: p, type: part}]\n"
    assert bench.values(schema, "ff 02 6162")["p.inner.body"] == b"ab"


def test_a_companion_of_another_type_is_refused(bench: Bench) -> None:
    """Its fields would be taken for others."""
    bench.write("meta: {id: other}\nseq: [{id: a, type: u1}]\n", "other.ksy")
    schema = bench.schema(
        "meta: {id: sample, imports: [other]}\nparams: [{id: other, type: other}]\nseq: []\n"
    )
    wrong = Reader(bench.schema(f"{META}seq: [{{id: a, type: u1}}]\n")).read(b"\x01", file="wrong")
    with pytest.raises(ValueError, match="was not read as `other`"):
        Reader(schema).read(b"", file="content", companions={"other": wrong})


def test_a_companion_that_stopped_leaves_the_content_readable(bench: Bench) -> None:
    """What a limit kept from being read in it is unknown, and checks that need it are silent."""
    text = (
        "meta: {id: other}\n-limits: {items: 2}\nseq: [{id: a, type: u1, repeat: eos}]\n"
        "instances: {late: {pos: 0, type: u1, -overlap: allow}}\n"
    )
    bench.write(text, "other.ksy")
    schema = bench.schema(
        "meta: {id: sample, imports: [other]}\nparams: [{id: other, type: other}]\n"
        "seq: [{id: b, type: u1}]\n"
        "-invariants: [{id: r, check: other.late == b}, {id: s, check: other.a.size == b}]\n"
    )
    companion = Reader(bench.schema(text)).read(b"\x01\x02\x03", file="other", prefix="other:")
    assert not companion.is_complete
    reading = Reader(schema).read(b"\x09", file="content", companions={"other": companion})
    assert reading.is_complete
    assert reading.findings == ()
