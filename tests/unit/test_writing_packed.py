"""Packed regions: what follows from their bytes is computed before they are packed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from construct import ConstructError

from harness.reading import Reader
from harness.writing import construct_of
from harness.writing.changing.build import Builder
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.schema import Schema
    from tests.unit.bench import Bench

_SIZED = "seq:\n  - {id: l, type: u2}\n  - {id: z, size: l, process: %s, type: c}\n"
_SUMMED = "{seq: [{id: crc, type: u4, -checksum: {algorithm: crc32%s}}, {id: x, size-eos: true}]}\n"
_ZEROED = _SUMMED % ", zeroed: [crc]"
_RANGE = _SUMMED % ", over: {start: 4, end: _io.size}"
_TWICE = (
    _SIZED % "zlib" + "types:\n"
    "  c: {seq: [{id: l, type: u1}, {id: z, size: l, process: xor(%s), type: d}]}\n"
    "  d: " + _ZEROED
)
_MIXED = """
    seq:
      - {id: s, type: u4, -checksum: {algorithm: crc32, zeroed: [s]}}
      - {id: l, type: u2}
      - {id: z, size: l, process: zlib, type: c}
      - {id: n, type: u1, -derive: {size-of: z}}
      - {id: t, type: u1, -checksum: {algorithm: sum8, over: {start: 4, end: 6}}}
      - {id: after, type: strz, encoding: ASCII}
    types:
      c:
        seq:
          - {id: digest, size: 32, -checksum: {algorithm: sha256, over: {start: 32, end: _io.size}}}
          - {id: items, type: item, repeat: expr, repeat-expr: 2}
      item:
        seq:
          - {id: m, type: u1, -derive: {size-of: x}}
          - {id: l, type: u1}
          - {id: o, type: u4, -derive: {size-of: _root.after}}
          - {id: x, size: l, process: ror(3), type: d}
      d:
        seq:
          - {id: a, type: u1, -checksum: {algorithm: sum8, over: {start: 1, end: _io.size}}}
          - {id: b, type: u1, -checksum: {algorithm: xor8, over: {start: 2, end: _io.size}}}
          - {id: x, size-eos: true}
"""
_ONE = {"z": {"x": b"hello"}}
_TWO = {"z": {"z": {"x": b"hello"}}}
_MANY = {
    "z": {"digest": bytes(32), "items": [{"x": {"x": b"ab"}}, {"x": {"x": bytes(90)}}]},
    "after": "behind",
}


def codes(schema: Schema, data: bytes) -> list[str]:
    """Return what the reader says of a content."""
    return [finding.code for finding in Reader(schema).read(data, file="").findings]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (_SIZED % "zlib" + "types:\n  c: " + _ZEROED, _ONE),
        (_SIZED % "xor(7)" + "types:\n  c: " + _ZEROED, _ONE),
        (_SIZED % "xor(l)" + "types:\n  c: " + _RANGE, _ONE),
        (_TWICE % 3, _TWO),
        (_TWICE % "l", _TWO),
        (_MIXED, _MANY),
    ],
    ids=["zlib", "xor", "range", "twice", "by size", "mixed"],
)
def test_sums_in_packed_regions_are_right(
    bench: Bench, text: str, values: Mapping[str, object]
) -> None:
    """Inner ones before what is around them, in contents that are generated and built."""
    schema = bench.schema(text)
    format_ = construct_of(schema)
    assert codes(schema, format_.build(values)) == []
    generator = Generator(schema)
    grown = {generator.valid(RandomChoices(Random(number))) for number in range(20)}
    assert generator.health.invalid == 0
    assert max(len(data or b"") for data in grown) > 15
    assert all(data is not None and format_.build(format_.parse(data)) == data for data in grown)


def test_a_sum_over_itself_is_told(bench: Bench) -> None:
    """No value of it agrees with the bytes, which it is among."""
    format_ = construct_of(bench.schema(_SIZED % "zlib" + "types:\n  c: " + _SUMMED % ""))
    with pytest.raises(ConstructError, match=r"`z\.crc` cannot .* in `z` never agrees"):
        format_.build(_ONE)


def test_bytes_that_are_given_stay(bench: Bench) -> None:
    """What a packed region is to hold may be wrong on purpose; sums around it follow."""
    schema = bench.schema(
        _SIZED % "zlib" + "types:\n"
        "  c: {seq: [{id: sum, type: u1, -checksum: {algorithm: sum8, zeroed: [sum]}},"
        " {id: l, type: u1}, {id: z, size: l, process: xor(7), type: d}]}\n"
        "  d: " + _ZEROED
    )
    built = Builder(schema).build(_TWO, unpacked={"z.z": bytes(9)})
    (found,) = Reader(schema).read(built, file="").findings
    assert (found.code, found.path) == ("I502", "z.z.crc")


@pytest.mark.parametrize("process", ["xor(5)", "rol(3)", "xor([1, 2, 3])"])
def test_mixed_regions_may_have_a_fixed_size(bench: Bench, process: str) -> None:
    """What goes to the end of one takes all of it."""
    schema = bench.schema(
        f"seq: [{{id: a, size: 40, process: '{process}', type: c}}, {{id: b, type: u1}}]\n"
        "types: {c: {seq: [{id: n, type: u1}, {id: x, size-eos: true}]}}\n"
    )
    grown = [Generator(schema).valid(RandomChoices(Random(number))) for number in range(5)]
    assert [len(data or b"") for data in grown] == [41] * 5
    assert construct_of(schema).build(construct_of(schema).parse(grown[0])) == grown[0]
