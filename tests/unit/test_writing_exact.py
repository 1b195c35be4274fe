"""Building whole contents: what was built is read as what was given, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from construct import ConstructError

from harness.reading import Reader
from harness.writing import construct_of
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_BEHIND = """
seq:
  - {id: name, type: strz, encoding: ASCII}
  - {id: at, type: u2}
instances:
  body: {pos: at, type: u4}
"""
_OPTIONAL = """
seq: [{id: f, type: u1}, {id: o, type: u2, if: f == 1}, {id: at, type: u2}, {id: n, type: u2}]
instances: {y: {pos: at, size: n}}
"""
_PACKED = """
seq:
  - {id: o, type: u1}
  - {id: n, type: u1}
  - {id: a, size: n, process: zlib, type: c}
instances: {z: {pos: o, type: u1}}
types: {c: {seq: [{id: x, size-eos: true}]}}
"""
_SUMS = """
seq:
  - {id: n, type: u1}
  - {id: b, type: u4, -checksum: {algorithm: crc32, over: {start: x._start, end: x._end}}}
  - {id: a, type: u4, -checksum: {algorithm: crc32, over: {start: 0, end: a._start}}}
  - {id: x, size: n}
"""
_SELF = """
seq:
  - {id: a, type: u4, -checksum: {algorithm: crc32, over: {start: 0, end: _io.size}}}
  - {id: x, size-eos: true}
"""
_TRAILING = """
seq: [{id: w, type: u1}, {id: z, size: w * 4, type: c}]
types: {c: {-layout: {trailing: zero}, seq: [{id: x, size-eos: true}]}}
"""


def _named(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda values: values.__setitem__("name", name)


def _optional(values: dict[str, Any]) -> None:
    values["f"] = 0
    del values["o"]


@pytest.mark.parametrize(
    ("text", "values", "change", "kept"),
    [
        (_BEHIND, {"name": "", "body": 77}, _named("abcdefgh"), "body"),
        (_BEHIND, {"name": "abcdef", "body": 77}, _named(""), "body"),
        (_OPTIONAL, {"f": 1, "o": 7, "y": b"abc"}, _optional, "y"),
        (_PACKED, {"a": {"x": b"hello"}, "z": 5}, lambda _: None, "z"),
    ],
)
def test_what_an_offset_leads_to_is_not_lost(
    bench: Bench,
    text: str,
    values: Mapping[str, Any],
    change: Callable[[dict[str, Any]], None],
    kept: str,
) -> None:
    """Where what stands before it gets longer or shorter, it is laid out anew."""
    schema = bench.schema(text)
    format_ = construct_of(schema)
    known = format_.parse(format_.build(values))
    change(known)
    built = format_.build(known)
    assert Reader(schema).read(built, file="").findings == ()
    assert format_.parse(built)[kept] == values[kept]


def test_sums_over_sums_are_right(bench: Bench) -> None:
    """Whichever is over more bytes."""
    schema = bench.schema(_SUMS)
    built = construct_of(schema).build({"x": b"abcdefgh"})
    assert Reader(schema).read(built, file="").findings == ()
    generator = Generator(schema)
    grown = [generator.valid(RandomChoices(Random(number))) for number in range(20)]
    assert max(len(data or b"") for data in grown) > 12
    assert generator.health.rejected == 0


@pytest.mark.parametrize(
    ("text", "values", "path"),
    [
        (_SELF, {"x": b"abcdefgh"}, "`a` cannot be built"),
        (_TRAILING, {"z": {"x": b"abcde"}}, "`z.x` cannot be built"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(
    bench: Bench, text: str, values: Mapping[str, Any], path: str
) -> None:
    """It is never written in silence."""
    with pytest.raises(ConstructError, match=path):
        construct_of(bench.schema(text)).build(values)


def test_values_that_are_not_valid_can_be_built(bench: Bench) -> None:
    """They are what was given; that the schema forbids them is for the reader to say."""
    schema = bench.schema("seq: [{id: a, type: u1, valid: {max: 5}}, {id: b, type: f4}]")
    built = construct_of(schema).build({"a": 9, "b": 0.1})
    assert [found.code for found in Reader(schema).read(built, file="").findings] == ["B201"]
