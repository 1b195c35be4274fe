"""What does not compile is told with its place, each once; all else compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.native.compile.unsupported import unsupported
from harness.schema import load

META = "meta: {id: box, endian: le, encoding: UTF-8}\n"
COMPANIONS = "params:\n" + "".join(f"  - {{id: c{n}, type: part}}\n" for n in range(9))
PART = "types: {part: {seq: [{id: x, type: u1}]}}\n"


def told(folder: Path, text: str) -> list[tuple[str, int]]:
    """Return what is told of a schema, with lines."""
    path = folder / "box.ksy"
    path.write_text(META + text)
    return [(words, place.line) for words, place in unsupported(load(path, use_cache=False))]


TEXT = "seq: [{id: x, type: str, size: 4, encoding: %s}]"
DECODED = """seq:
  - {id: x, size: 4}
  - {id: y, size: 4}
instances:
  z: {value: 'x.to_s("%s") + y.to_s("%s")'}
"""
VARYING = """seq:
  - {id: s, type: strz}
  - id: x
    type: {switch-on: s, cases: {'"a"': u1, '"b"': strz}}
instances:
  z: {value: x.to_s(s)}
"""
LONG = """seq: [{id: x, type: u2}]
instances:
  z: {value: '[%s2]'}
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("seq: [{id: x, size: 4, process: zlib}]", [("`process: zlib`", 2)]),
        ("seq: [{id: x, size: 4, process: xor(1)}]", []),
        (TEXT % "ISO-8859-2", [("the encoding `iso8859-2`", 2)]),
        (TEXT % "ISO-8859-1", []),
        (TEXT % "UTF-16LE", []),
        (DECODED % ("SJIS", "SJIS"), [("the encoding `shift_jis`", 6)]),
        (DECODED % ("ASCII", "utf8"), []),
        (VARYING, [("`to_s` with an encoding that only reading tells", 7)]),
        (COMPANIONS + PART, [("more than 8 companions", 1)]),
        (LONG % ("300, " * 990), []),
        (LONG % ("300, " * 1000), [("an expression of more than 1,000 parts", 4)]),
    ],
)
def test_what_does_not_compile_is_told(
    tmp_path: Path, text: str, wanted: list[tuple[str, int]]
) -> None:
    """zlib, most encodings and too many companions are told; their like is not."""
    assert told(tmp_path, text) == wanted
