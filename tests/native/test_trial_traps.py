"""Findings that a trial could overlook: what would be swept, but for one trap."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import pytest

from harness.native.compile.source import generate
from harness.schema import load
from tests.native.test_sweeping import HEAD, RECORDS, Case, Pair

TABLE: Final = """
seq:
  - {id: count, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
  - {id: uses, type: use, repeat: eos}
types:
"""


class Trap(NamedTuple):
    """A schema, contents that have a finding, and one that has none."""

    name: str
    schema: str
    wrong: tuple[bytes, ...]
    right: bytes


TRAPS: Final = (
    Trap(
        "an item without a key is none with the key 0",
        HEAD
        + TABLE
        + """
  item: {seq: [{id: has, type: u1}, {id: key, type: u1, if: has == 1}]}
  use: {seq: [{id: key, type: u1, -refers-to: {table: _root.items, by: _.key}}]}
""",
        (bytes([1, 0, 0]), bytes([2, 0, 1, 5, 5, 0])),
        bytes([2, 0, 1, 5, 5]),
    ),
    Trap(
        "a key that does not fit is none",
        HEAD
        + TABLE
        + """
  item: {seq: [{id: key, type: u2}]}
  use: {seq: [{id: key, type: u2, -refers-to: {table: _root.items, by: _.key.as<u1>}}]}
""",
        (bytes([1, 44, 1, 44, 1]),),
        bytes([1, 5, 0, 5, 0]),
    ),
    Trap(
        "no number of 64 bits with a sign reaches the least that is allowed",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types: {item: {seq: [{id: key, type: s8, valid: {min: 0x8000000000000000}}]}}
""",
        (b"\1" + b"\xff" * 8, b"\1" + bytes(8), b"\1" + b"\xff" * 7 + b"\x7f"),
        b"\0",
    ),
    Trap(
        "no number is one of none",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types: {item: {seq: [{id: key, type: u1, enum: kind}]}}
enums: {kind: {}}
""",
        (b"\1\0", b"\2\0\1"),
        b"\0",
    ),
    Trap(
        "no number is among none",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types: {item: {seq: [{id: key, type: u1, valid: {any-of: []}}]}}
""",
        (b"\1\0", b"\2\0\1"),
        b"\0",
    ),
    Trap(
        "a list that begins at the wrong place",
        HEAD
        + """
seq:
  - {id: count, type: u1}
  - {id: name, type: strz, encoding: ASCII}
  - {id: items, type: item, repeat: expr, repeat-expr: count, -align: 2}
types: {item: {seq: [{id: text, type: strz, encoding: ASCII}]}}
""",
        (b"\1a\0\0", b"\2a\0\0\0"),
        b"\1\0\0",
    ),
    Trap(
        "a number is not less than itself",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types:
  item:
    seq: [{id: key, type: s8}, {id: text, type: strz, encoding: ASCII}]
    -invariants: [{id: same, check: key >= key}, {id: less, check: key < key}]
""",
        (b"\1" + bytes(9),),
        b"\0",
    ),
    Trap(
        "an argument must fit even if nothing asks for the parameter",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types:
  item:
    seq: [{id: key, type: u2}, {id: inner, type: inner(key)}]
  inner:
    params: [{id: given, type: u1}]
    seq: [{id: text, type: strz, encoding: ASCII}]
""",
        (bytes([1, 0, 1, 0]), bytes([2, 9, 0, 0, 255, 255, 0])),
        bytes([1, 255, 0, 0]),
    ),
    Trap(
        "an argument must fit even where no rule asks for the parameter",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types:
  item:
    seq: [{id: key, type: u2}, {id: inner, type: inner(key)}]
  inner:
    params: [{id: given, type: u1}]
    seq: [{id: text, type: strz, encoding: ASCII}]
    -invariants: [{id: more, when: text.length > 0, check: given > 0}]
""",
        (bytes([1, 0, 1, 0]), bytes([1, 0, 1, 65, 0])),
        bytes([1, 1, 0, 65, 0]),
    ),
    Trap(
        "what is asked of the surroundings alone, a compiler asks first",
        HEAD
        + """
seq: [{id: count, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: count}]
types:
  item:
    seq: [{id: key, type: u2}]
    -invariants: [{id: one, when: _root.count == 2, check: key == 1}]
""",
        (bytes([2, 1, 0, 0, 0]),),
        bytes([1, 2, 0]),
    ),
)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name.replace(" ", "-"))
def test_what_is_wrong_is_found(trap: Trap, tmp_path: Path) -> None:
    """Both engines say the same, and no trial says that nothing is wrong."""
    pair = Pair(Case(trap.name, trap.schema, RECORDS.make), tmp_path)
    assert pair.judge(trap.right)[0]
    for data in trap.wrong:
        assert pair.judge(data) == (False, False), data.hex()


def test_lists_deep_in_one_another_are_read_in_full(tmp_path: Path) -> None:
    """Of those, a sweep that a compiler soon has done covers the innermost."""
    depth = 40
    seq = "{{id: count, type: u1}}, {{id: items, type: t{}, repeat: expr, repeat-expr: count}}"
    types = "".join(f"  t{n}: {{seq: [{seq.format(n + 1)}]}}\n" for n in range(depth))
    schema = (
        f"{HEAD}seq: [{seq.format(0)}]\ntypes:\n{types}  t{depth}: {{seq: [{{id: x, type: u1}}]}}\n"
    )
    path = tmp_path / "box.ksy"
    path.write_text(schema)
    sweeps = generate(load(path)).source.count("static int sweep_")
    assert 0 < sweeps < depth // 2
