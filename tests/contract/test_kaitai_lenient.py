"""Lenient reading gives what Kaitai's own parsers give, and rejects what they reject."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from kaitaistruct import KaitaiStream

from harness.reading import Reader, Reading
from harness.schema import Schema, load
from tools.conformance.sample_worker import both
from tools.kaitai.compare import compare
from tools.kaitai.generated import compile_folder, parser_in

pytestmark = pytest.mark.kaitai

META = "meta: {id: %s, endian: le, bit-endian: be, encoding: ASCII}\n"
CONTENTS = 60
LONGEST = 24

SCHEMAS = {
    "nulls": """
        seq:
          - {id: n, type: u1}
          - {id: missed, type: u1, if: n > 60}
          - {id: p, type: 't(gone)'}
        instances:
          gone: {pos: 0, type: u1, if: n > 9}
          same: {value: gone}
          equal: {value: gone == 1}
          sum: {value: gone + 1}
          named: {value: missed}
          counted: {value: missed == 1}
          chosen: {value: 'n > 4 ? gone : n'}
          case: {pos: 0, type: {switch-on: gone, cases: {1: u1, 65: strz}}}
        types: {t: {params: [{id: q, type: u1}], instances: {r: {value: q == 65}}}}
        """,
    "texts": """
        seq:
          - {id: n, type: u1}
          - {id: a, type: strz, size: 3}
          - {id: b, type: str, size: n & 3, terminator: 65, pad-right: 1}
          - {id: d, terminator: 1, consume: false, eos-error: false}
          - {id: c, type: strz, encoding: UTF-16LE, eos-error: false}
        instances:
          part: {value: 'a.substring(0, 1)'}
          number: {value: a.to_i(16)}
          last: {value: 'b.length + d.last'}
        """,
    "bits": """
        seq:
          - {id: a, type: b3}
          - {id: b, type: t}
          - {id: c, type: b1}
          - {id: d, type: b2, repeat: expr, repeat-expr: a}
          - {id: e, type: u1, repeat: eos}
        instances: {f: {type: b4}, g: {pos: 1, type: b5}, h: {value: _io.eof}}
        types: {t: {seq: [{id: x, type: b7le}]}}
        """,
    "places": """
        seq:
          - {id: n, type: s1}
          - {id: r, type: t, size: 4}
          - {id: l, type: {switch-on: n, cases: {1: t, 2: u2}}, repeat: expr, repeat-expr: n}
        instances:
          on: {type: u1}
          far: {pos: n, type: u2}
          beyond: {pos: n * 9, size-eos: true}
          inside: {io: r._io, pos: 1, type: u1, valid: {max: 99}}
          count: {value: l.size}
          twice: {pos: n, type: u2}
        types:
          t:
            seq: [{id: k, contents: [1]}, {id: m, type: u1, enum: e}]
            instances: {up: {value: '_root.n + m.to_i'}}
        enums: {e: {1: one, 65: a}}
        """,
    "packed": """
        seq:
          - {id: n, type: u1}
          - {id: a, size: 2, process: xor(n)}
          - {id: b, size: 2, type: t, process: rol(3)}
          - {id: c, size-eos: true, process: zlib}
        types: {t: {seq: [{id: x, type: u2be}]}}
        """,
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The schemas as written, and as Kaitai's compiler made parsers of them."""
    schemas, generated = tmp_path_factory.mktemp("schemas"), tmp_path_factory.mktemp("generated")
    for name, text in SCHEMAS.items():
        (schemas / f"lenient_{name}.ksy").write_text(META % f"lenient_{name}" + dedent(text))
    compile_folder(schemas, generated)
    return schemas, generated


def contents(name: str) -> Iterator[bytes]:
    """Small values, so that sizes, cases and conditions are often met; the same in each run."""
    source = random.Random(name)
    for _ in range(CONTENTS):
        size = source.randrange(LONGEST)
        data = bytes(source.choice((0, 1, 1, 2, 3, 49, 65, 97, 255)) for _ in range(size))
        packed = zlib.compress(data[5:9]) + data[9:10]
        yield data[:5] + packed if name == "packed" and size % 4 else data


def schema_in(folder: Path, name: str) -> Schema:
    """Load one leniently."""
    return load(folder / f"lenient_{name}.ksy", use_cache=False, lenient=True)


@pytest.mark.parametrize("name", SCHEMAS)
def test_both_give_the_same(folders: tuple[Path, Path], name: str) -> None:
    """Values of attributes and of instances one by one, and what is rejected."""
    reader = Reader(schema_in(folders[0], name), lenient=True)
    parser = parser_in(folders[1], f"lenient_{name}")
    found = [both(parser, data, reader.read(data, file="x")) for data in contents(name)]
    assert [line for one in found for line in one.differences] == []
    assert sum(one.values for one in found) >= CONTENTS
    assert sum(one.rejections for one in found) > 0


def test_other_values_are_told(folders: tuple[Path, Path]) -> None:
    """A byte changed on one side is a difference."""
    parser = parser_in(folders[1], "lenient_places")
    theirs = parser(KaitaiStream(io.BytesIO(b"\0\1\2\3\4\5")))
    reader = Reader(schema_in(folders[0], "places"), lenient=True)

    def ours(data: bytes) -> Reading:
        return reader.read(data, file="x")

    assert compare(theirs, ours(b"\0\1\2\3\4\5")).differences == []
    found = compare(theirs, ours(b"\0\1\7\3\4\5")).differences
    assert "r.m: Kaitai has 2, we have 7" in found
    assert "r.up: Kaitai has 2, we have 7" in found
    assert any(line.startswith("beyond: ") for line in found)


def test_a_rejection_on_one_side_is_told(folders: tuple[Path, Path]) -> None:
    """Whichever side it is on."""
    parser = parser_in(folders[1], "lenient_places")
    reader = Reader(schema_in(folders[0], "places"), lenient=True)
    good, bad = b"\0\1\2\3\4\5", b"\0\7\2\3\4\5"
    (one,) = both(parser, bad, reader.read(good, file="x")).differences
    assert one.startswith("Kaitai raises ValidationNotEqualError")
    (other,) = both(parser, good, reader.read(bad, file="x")).differences
    assert other.startswith("Kaitai accepts it, we have S103 r.k")
