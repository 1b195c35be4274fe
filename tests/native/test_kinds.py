"""Values of which only reading tells what kind they are: numbers, texts, structures."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from harness.schema import load
from tests.native.agreement import Both

_HEAD: Final = "meta: {id: sample, endian: le, encoding: ASCII}\n-allow: [unlimited-size]\n"

_BOUNDS: Final = """
seq:
  - {id: low, type: entry}
  - {id: high, type: entry}
  - {id: count, type: u1}
  - {id: entries, type: judged, repeat: expr, repeat-expr: count}
types:
  entry:
    seq:
      - {id: kind, type: u1}
      - id: it
        type: {switch-on: kind, cases: {0: u1, 1: strz, 2: f4, 3: inner, 4: b1, 5: s8, 6: raw}}
  judged:
    seq:
      - {id: kind, type: u1}
      - id: it
        type: {switch-on: kind, cases: {0: u1, 1: strz, 2: f4, 3: inner, 4: b1, 5: s8, 6: raw}}
        valid: {min: _root.low.it, max: _root.high.it}
  inner: {seq: [{id: x, type: u1}]}
  raw: {seq: [{id: x, type: u1}]}
"""
_ENTRIES: Final = {
    "integer": b"\x00\x05",
    "text": b"\x01abc\x00",
    "float": b"\x02" + struct.pack("<f", 5.5),
    "not a number": b"\x02" + struct.pack("<f", float("nan")),
    "structure": b"\x03\x05",
    "bit": b"\x04\x80",
    "long": b"\x05" + struct.pack("<q", -1),
}


def both(schema: str, folder: Path, imports: Sequence[str] = ()) -> Both:
    """The two engines of a schema."""
    path = folder / "sample.ksy"
    head = _HEAD.replace("}", f", imports: [{', '.join(imports)}]}}")
    path.write_text(head + schema, encoding="utf-8")
    return Both(load(path), folder)


@pytest.mark.parametrize("field", ["least", "most"])
def test_values_of_other_kinds_than_their_bounds_are_found(field: str, tmp_path: Path) -> None:
    """Each kind beside each: what has no order is a finding, and never taken for good."""
    engines, kinds = both(_BOUNDS, tmp_path), list(_ENTRIES.values())
    seen = set()
    for bound in kinds:
        for value in kinds:
            ends = (bound, value) if field == "least" else (value, bound)
            found = engines.findings(b"".join(ends) + b"\1" + value)
            seen |= {(one.code, one.expected) for one in found}
    assert {code for code, _ in seen} == {"B201", "B210"}
    assert {wanted for code, wanted in seen if code == "B210"} == {"comparable", "ordered"}


def test_a_number_has_no_bound_that_is_a_text(tmp_path: Path) -> None:
    """Though the schema leaves open what the bound is."""
    engines = both(
        """
seq:
  - {id: kind, type: u1}
  - {id: bound, type: {switch-on: kind, cases: {0: u1, 1: strz}}}
  - {id: it, type: f4, valid: {min: bound}}
""",
        tmp_path,
    )
    contents = (b"\0\5" + struct.pack("<f", 5), b"\0\5" + struct.pack("<f", 4), b"\1a\0\0\0\0\0")
    codes = [[one.code for one in engines.findings(data)] for data in contents]
    assert codes == [[], ["B201"], ["B210"]]


@pytest.mark.parametrize("bound", ["{min: 1}", "{max: bound}", "{min: bound, max: 9.5}"])
def test_what_is_no_number_lies_in_no_range(bound: str, tmp_path: Path) -> None:
    """NaN is not below a bound, and not within it either."""
    engines = both(
        f"seq: [{{id: bound, type: f8}}, {{id: it, type: f4, valid: {bound}}}]", tmp_path
    )
    values = [struct.pack("<df", low, it) for low, it in ((2, 2), (2, math.nan), (math.nan, 2))]
    codes = [[one.code for one in engines.findings(data)] for data in values]
    assert codes == [[], ["B201"], [] if "bound" not in bound else ["B201"]]


@pytest.mark.parametrize("number", [2**53 + 1, 2**53, 2**63, 2**64 - 1, 2**64 - 2048, -(2**63)])
def test_a_float_is_no_integer_that_rounds_to_it(number: int, tmp_path: Path) -> None:
    """Of cases a float is only the one that it equals, however large."""
    engines = both(
        f"""
seq:
  - {{id: it, type: f8}}
  - {{id: body, type: {{switch-on: it, cases: {{{number}: u1, 3: u2, _: u4}}}}}}
""",
        tmp_path,
    )
    equal = float(number) == number
    codes = [
        [one.code for one in engines.findings(struct.pack("<d", float(number)) + bytes(size))]
        for size in (1, 4)
    ]
    assert codes == ([[], ["S109"]] if equal else [["S101"], []])


def test_casts_of_numbers_compile_without_a_warning(tmp_path: Path) -> None:
    """From every kind of integer to every other, and from those that are known by reading only."""
    kinds = ("u1", "s1", "u2", "s2", "u4", "s4", "u8", "s8")
    cases = ("u8", "s8"), ("u4", "s8"), ("u8", "strz")
    fields = [f"  - {{id: {kind}_, type: {kind}}}" for kind in kinds]
    for number, (one, other) in enumerate(cases):
        choice = f"{{switch-on: u1_ & 1, cases: {{0: {one}, _: {other}}}}}"
        fields.append(f"  - {{id: m{number}, type: {choice}}}")
    names = [f"{kind}_" for kind in kinds] + [f"m{number}" for number in range(len(cases))]
    rules = [
        f"  - {{id: r{number}, check: '{name}.as<{kind}> > 3'}}"
        for number, (name, kind) in enumerate(itertools.product(names, kinds))
    ]
    engines = both("\n".join(["seq:", *fields, "-invariants:", *rules, ""]), tmp_path)
    for number in (0, 5, 255):
        for sign in (0x00, 0x7F, 0x80, 0xFF):
            assert engines.findings(bytes([number, *[sign] * 29, *[number] * 8, *bytes(17)]))
