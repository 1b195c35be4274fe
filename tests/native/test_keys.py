"""What is the same key, to both engines: of items, of references, of what was read before."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path
from typing import Final

from tests.native.agreement import Both
from tests.native.test_kinds import both

# as bits
_NO_NUMBERS: Final = (0x7FC00000, 0x7FC00001, 0xFFC00000)
_ONE: Final = 0x3F800000

_SHARED: Final = """
seq:
  - {id: size, type: u2}
  - {id: one, type: str, size: size}
  - {id: other, type: str, size: size}
instances:
  a: {pos: 2 * size + 2, type: t(one)}
  b: {pos: 2 * size + 2, type: t(other)}
types:
  t: {params: [{id: given, type: str}], seq: [{id: x, type: u1}]}
"""


def codes(engines: Both, data: bytes) -> list[str]:
    """What both find."""
    return [finding.code for finding in engines.findings(data)]


def test_arguments_may_be_long(tmp_path: Path) -> None:
    """What is read with the same is read once, whatever its length; with another, twice."""
    engines = both(_SHARED, tmp_path)
    for size in (1, 480, 490, 520, 4096, 4097, 60_000):
        text = b"a" * size
        other = bytearray(text)
        other[size // 2] = ord("b")
        head = struct.pack("<H", size) + text
        assert codes(engines, head + text + b"x") == []
        assert codes(engines, head + other + b"x") == ["S112"]


def test_an_argument_is_the_same_by_kind_and_worth(tmp_path: Path) -> None:
    """A number beyond 63 bits is none below zero that has the same bits."""
    engines = both(
        """
seq: [{id: one, type: u8}, {id: other, type: s8}]
instances: {a: {pos: 16, type: t(one)}, b: {pos: 16, type: t(other)}}
types: {t: {params: [{id: given, type: any}], seq: [{id: x, type: u1}]}}
""",
        tmp_path,
    )
    assert codes(engines, bytes([*[0] * 7, 0x70] * 2) + b"x") == []
    assert codes(engines, bytes([*[0] * 7, 0x80] * 2) + b"x") == ["S112"]


def test_all_that_is_no_number_is_one_key(tmp_path: Path) -> None:
    """As an argument, where it must be unique, and where it is referred to."""
    engines = both(
        """
seq:
  - {id: floats, type: f4, repeat: expr, repeat-expr: 2, -unique-by: {by: _}}
  - {id: uses, type: f4, repeat: expr, repeat-expr: 1, -refers-to: {table: floats, by: _}}
instances: {a: {pos: 12, type: 't(floats[0])'}, b: {pos: 12, type: 't(floats[1])'}}
types: {t: {params: [{id: given, type: f8}], seq: [{id: x, type: u1}]}}
""",
        tmp_path,
    )
    for one, other in itertools.product((*_NO_NUMBERS, _ONE), repeat=2):
        is_same = one == other or _ONE not in (one, other)
        data = struct.pack("<3I", one, other, other) + b"x"
        assert codes(engines, data) == (["I504", "I506"] if is_same else ["S112"])


def test_a_structure_is_itself_wherever_it_is_looked_at(tmp_path: Path) -> None:
    """One of a list that is not kept is loaded anew each time."""
    engines = both(
        """
seq:
  - {id: items, type: item, repeat: expr, repeat-expr: 3}
  - {id: x, type: u1, -refers-to: {table: items, by: _, value: 'items[x]'}}
types: {item: {seq: [{id: p, type: u1}, {id: q, type: u2}]}}
""",
        tmp_path,
    )
    assert codes(engines, bytes(9) + b"\1") == []


def test_each_structure_may_look_for_other_keys(tmp_path: Path) -> None:
    """Items that are not kept stand in one place: what was indexed for one is not for the next."""
    engines = both(
        """
seq:
  - {id: items, type: item, repeat: expr, repeat-expr: 3}
  - {id: uses, type: use, repeat: expr, repeat-expr: 3}
types:
  item: {seq: [{id: key, type: u1}]}
  use:
    seq:
      - {id: base, type: u1}
      - {id: wanted, type: u1, -refers-to: {table: _parent.items, by: _.key + base}}
""",
        tmp_path,
    )
    assert codes(engines, bytes([1, 2, 3, 0, 3, 1, 4, 2, 5])) == []
    assert codes(engines, bytes([1, 2, 3, 0, 3, 1, 1, 2, 2])) == ["I505", "I505"]


def test_long_keys_are_told_apart_by_all_of_them(tmp_path: Path) -> None:
    """Those that are read, and those that are made in memory that is used again."""
    engines = both(
        """
seq:
  - {id: lists, type: list, repeat: expr, repeat-expr: 2}
  - {id: one, type: str, size: 5000, -refers-to: {table: "lists[0].texts", by: _.it}}
types:
  list:
    seq:
      - {id: texts, type: text, repeat: expr, repeat-expr: 3, -unique-by: {by: _.it}}
      - {id: others, type: text, repeat: expr, repeat-expr: 3, -unique-by: {by: _.it + "x"}}
  text: {seq: [{id: it, type: str, size: 5000}]}
""",
        tmp_path,
    )

    def found(marks: str) -> list[str]:
        texts = (b"a" * 2500 + mark.encode() + b"a" * 2499 for mark in marks)
        return sorted(codes(engines, b"".join(texts)))

    assert found("bcdefgbcdefgd") == []
    assert found("bcdefgbcdefgg") == ["I505"]
    assert found("bcbefgbcdefgb") == ["I504", "I506"]
    assert found("bcdefebcdefgb") == ["I504"]
    assert found("bcdefgbcdeeeb") == ["I504", "I504"]


def test_each_imported_file_may_look_for_other_keys(tmp_path: Path) -> None:
    """What keys ask of `_root` is not the same in each structure that is an imported file."""
    (tmp_path / "part.ksy").write_text(
        """
meta: {id: part, endian: le}
params: [{id: given, type: "item[]"}]
seq: [{id: base, type: u1}, {id: uses, type: use, repeat: expr, repeat-expr: 2}]
types:
  item: {seq: [{id: key, type: u1}]}
  use: {seq: [{id: wanted, type: u1, -refers-to: {table: _root.given, by: _.key + _root.base}}]}
"""
    )
    engines = both(
        """
seq:
  - {id: items, type: "part::item", repeat: expr, repeat-expr: 2}
  - {id: parts, type: "part(items)", repeat: expr, repeat-expr: 2}
""",
        tmp_path,
        imports=["part"],
    )
    assert codes(engines, bytes([1, 2, 1, 2, 3, 5, 6, 7])) == []
    assert codes(engines, bytes([1, 2, 1, 2, 3, 5, 2, 3])) == ["I505", "I505"]


def test_each_imported_file_reads_by_its_own_root(tmp_path: Path) -> None:
    """What is read at one place is the same only where `_root` is, if that counts."""
    (tmp_path / "part.ksy").write_text(
        """
meta: {id: part, endian: le}
seq: [{id: count, type: u1}]
instances: {far: {pos: 2, type: outer, -overlap: allow}, same: {pos: 2, type: outer}}
types:
  outer: {seq: [{id: it, type: inner}]}
  inner: {seq: [{id: all, type: u1, repeat: expr, repeat-expr: _root.count, -overlap: allow}]}
"""
    )
    engines = both(
        """
seq: [{id: parts, type: part, repeat: expr, repeat-expr: 2}]
-invariants: [{id: own, check: parts.all(_.far.it.all.size == _.count)}]
""",
        tmp_path,
        imports=["part"],
    )
    assert codes(engines, bytes([1, 2, 8, 9])) == []
    assert codes(engines, bytes([2, 2, 8, 9])) == []


def test_places_in_another_region_are_others(tmp_path: Path) -> None:
    """What is read at one place is the same only where the region is, if that counts."""
    engines = both(
        """
seq: [{id: size, type: u1}, {id: box, type: box, size: size}]
instances: {whole: {pos: 3, type: outer, -overlap: allow}}
types:
  box:
    seq: [{id: first, type: u1}, {id: rest, size-eos: true}]
    instances: {it: {pos: 2, type: outer, -overlap: allow}}
  outer: {seq: [{id: it, type: inner}]}
  inner:
    seq: [{id: x, type: u1}]
    instances: {start: {pos: 0, type: u1, -overlap: allow}, length: {value: _io.size}}
-invariants:
  - {id: starts, check: whole.it.start == size and box.it.it.start == box.first}
  - {id: lengths, check: whole.it.length == size + 1 and box.it.it.length == size}
""",
        tmp_path,
    )
    assert codes(engines, bytes([5, 9, 1, 2, 3, 4])) == []


def test_what_is_known_stays_when_a_check_ends(tmp_path: Path) -> None:
    """However many places were read: instances of items that are not kept are looked up again."""
    engines = both(
        """
seq:
  - id: items
    type: item
    repeat: eos
    -sorted-by: {by: _.at}
    -unique-by: {by: 255 - _.at}
types:
  item:
    seq: [{id: x, type: u1}]
    instances: {at: {pos: x, type: u1, -overlap: allow}}
-invariants: [{id: all, check: items.all(_.at == _.x)}]
""",
        tmp_path,
    )
    for count in (63, 64, 65, 256):
        assert codes(engines, bytes(range(count))) == []
