"""Small schemas on which the engines differed, or erred together: both find the same, and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.schema import load
from tests.native.agreement import Both

REGIONS = """
seq:
  - {id: key, type: u1}
  - {id: xs, type: box, size: 1, process: xor(key), repeat: expr, repeat-expr: 2}
types:
  box: {seq: [], instances: {s: {pos: 0, type: inner}}}
  inner: {seq: [{id: a, type: u1, valid: 9}]}
"""

SUM = "{id: sum, type: u1, -checksum: {algorithm: sum8, zeroed: [sum, opt]}}"
OPTIONAL = f"""
seq:
  - {{id: has, type: u1}}
  - {SUM}
  - {{id: opt, type: u1, if: has == 1}}
  - {{id: body, size: 2}}
"""
OPTIONAL_LIST = OPTIONAL.replace("u1, if", "u1, repeat: expr, repeat-expr: 1, if")
ELSEWHERE = f"""
seq:
  - {{id: region, type: region, size: 2, process: xor(1)}}
  - {{id: head, type: head, size: 3}}
types:
  region: {{seq: [{{id: a, type: u1}}, {{id: b, type: u1}}]}}
  head:
    seq: [{SUM}, {{id: body, size: 2}}]
    instances: {{opt: {{io: _root.region._io, pos: 0, type: u1, -overlap: allow}}}}
"""
# what is found out of a long text is looked up again, after what a check took is forgotten
COUNTED = """
-allow: [unlimited-size]
seq:
  - {id: texts, type: text, repeat: expr, repeat-expr: 3, KEY}
  - id: sum
    type: u1
    -checksum: {algorithm: sum8, over: {start: 0, end: "texts[1].it.length - 149"}}
  - {id: total, type: u2, -refers-to: {table: "[sum, 300]", by: "_ + texts[2].it.length"}}
  - {id: others, type: text, repeat: expr, repeat-expr: 3, -unique-by: {by: _.size}}
-invariants:
  - {id: long, check: texts.all(_.it.length > 140) and others.all(_.it.length > 130)}
types:
  text: {seq: [{id: size, type: u2}, {id: it, type: str, size: size, encoding: UTF-8}]}
"""


def counted(*lengths: int) -> str:
    """Texts with so many characters, each of two bytes."""
    return "".join(f"{2 * length:04x} {'c3a9' * length}" for length in lengths)


TEXTS = f"{counted(141, 150, 200)} 01 01f4 {counted(131, 132, 133)}"

CUT = """
seq:
  - {id: a, type: u1}
  - {id: sum, type: u4, -checksum: {algorithm: crc32, over: {start: 0, end: 1}, zeroed: [late]}}
  - {id: late, type: u4}
"""
ALIGNED = """
seq:
  - {id: n, type: u1}
  - {id: pad, size: n}
  - {id: x, size: 2, type: u, -align: 4}
  - {id: xs, size: 4, type: u, process: xor(0), repeat: expr, repeat-expr: 2, -align: 4}
instances: {late: {pos: n, size: 2, type: u, -align: 4, -overlap: allow}}
types: {u: {seq: [{id: y, size-eos: true}]}}
"""
SHARED = """
seq: [{id: n, type: u1}, {id: boxes, type: box, repeat: expr, repeat-expr: 2}, {id: xs, size: 4}]
instances:
  a: {pos: 3, type: u1, repeat: expr, repeat-expr: 2, -overlap: allow}
  b: {pos: 3, type: u1, repeat: expr, repeat-expr: 2, valid: {max: 4}, -overlap: allow}
  c: {pos: 3, size: 2, type: t, repeat: expr, repeat-expr: 2, -overlap: allow}
  d: {pos: 3, size: 2, type: t, repeat: expr, repeat-expr: 2, -align: 4, -overlap: allow}
  e: {pos: 3, type: t, repeat: expr, repeat-expr: 2, valid: {expr: _.x > 1}, -overlap: allow}
  f: {pos: 3, type: t, repeat: expr, repeat-expr: 2, valid: {expr: _.x < 5}, -overlap: allow}
types:
  t: {seq: [{id: x, type: u1}, {id: y, type: u1}]}
  box:
    seq: [{id: most, type: u1}]
    instances:
      own:
        io: _root._io
        pos: 3
        type: s1
        repeat: expr
        repeat-expr: 2
        valid: {max: most}
        -overlap: allow
"""

CASES = {
    "equal regions": (REGIONS, "00 09 09", []),
    "equal wrong regions": (REGIONS, "00 08 08", ["B202", "B202"]),
    "zeroed is absent": (OPTIONAL, "00 03 0102", []),
    "zeroed is absent, wrong sum": (OPTIONAL, "00 00 0102", ["I502"]),
    "zeroed is absent, any body": (OPTIONAL, "00 00 ffff", ["I502"]),
    "zeroed is there": (OPTIONAL, "01 04 aa 0102", []),
    "zeroed is there, wrong sum": (OPTIONAL, "01 ae aa 0102", ["I502"]),
    "zeroed list is absent": (OPTIONAL_LIST, "00 03 0102", []),
    "zeroed list is there": (OPTIONAL_LIST, "01 04 aa 0102", []),
    "zeroed is of other data": (ELSEWHERE, "0102 03 0102", []),
    "zeroed is cut off": (CUT, "08 00000000 000000", ["S101"]),
    "one region is not aligned": (
        ALIGNED.replace("size: 2", "size: 4"),
        "03 000000 01020304 0102030405060708",
        ["S108"],
    ),
    "two of four regions are not aligned": (
        ALIGNED,
        "01 00 0102 0102030405060708",
        ["S108", "S108"],
    ),
    "shared lists, all valid": (SHARED.replace("-align: 4, ", ""), "00 0909 02040302", []),
    "shared lists, wrong where they are shared": (
        SHARED,
        "00 0903 06050302",
        ["B201", "B201", "B201", "B201", "B208", "S108", "S108"],
    ),
    "zeroed is all there": (CUT, "08 00000000 00000000", ["I502"]),
    "lengths are sorted": (COUNTED.replace("KEY", "-sorted-by: {by: _.it.length}"), TEXTS, []),
    "lengths are unique": (COUNTED.replace("KEY", "-unique-by: {by: _.it.length}"), TEXTS, []),
    "lengths in a sum and a table": (COUNTED.replace(", KEY", ""), TEXTS, []),
    "parts are sorted": (
        COUNTED.replace("KEY", '-sorted-by: {by: "_.it.substring(1, 130)"}'),
        TEXTS,
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_both_find_what_there_is(name: str, tmp_path: Path) -> None:
    """No more, no less."""
    schema, content, codes = CASES[name]
    path = tmp_path / "sample.ksy"
    path.write_text(f"meta: {{id: sample, endian: be}}\n{schema}", encoding="utf-8")
    found = Both(load(path, use_cache=False), tmp_path).findings(bytes.fromhex(content))
    assert sorted(finding.code for finding in found) == codes
