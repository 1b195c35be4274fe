"""Lists that are swept in a trial: what is right is told so, and nothing else ever is."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import pytest

from harness.native.engine import Engine
from harness.reading import Reader, Reading
from harness.schema import load
from tests.native.agreement import MAX_FINDINGS, compiled

HEAD: Final = "meta: {id: box, endian: le}\n"
MUTANTS: Final = 400
DEEP_MUTANTS: Final = 20_000


class Case(NamedTuple):
    """A schema with a list, and how contents of it are made that have no finding."""

    name: str
    schema: str
    make: Callable[[Random], bytes]


def _records(random: Random) -> bytes:
    """Each has a kind that decides what else must hold."""
    values = {0: 0, 1: random.randrange(100), 2: random.randrange(10, 20)}
    kinds = random.choices(range(3), k=random.randrange(6))
    return b"".join(struct.pack("<BBH", kind, 0, values[kind]) for kind in kinds)


RECORDS = Case(
    "conditions",
    HEAD
    + """
seq: [{id: items, type: item, repeat: eos}]
types:
  item:
    seq:
      - {id: kind, type: u1, enum: kind}
      - {id: reserved, type: u1, -padding: zero}
      - {id: value, type: u2}
    instances:
      third: {value: value / 3, if: kind == kind::large}
      is_small: {value: value < 10}
    -invariants:
      - {id: none, when: kind == kind::none, check: value == 0}
      - {id: either, when: kind == kind::some or kind == kind::large, check: value <= 100}
      - {id: large, when: kind == kind::large, check: not is_small and third >= 3}
      - {id: chosen, check: "(kind == kind::none ? 1 : 2) + (value & 1) <= 3"}
enums: {kind: {0: none, 1: some, 2: large}}
""",
    _records,
)


def _sized(random: Random) -> bytes:
    """A table of sizes, then records in regions: a name, numbers, a text, a tail for some."""
    items = []
    for _ in range(random.randrange(4)):
        name = random.choice([b"", b"abc", b"abcdefgh", "gr\u00fcn".encode()]).ljust(8, b"\0")
        count = random.randrange(4)
        numbers = struct.pack(f">{count}H", *range(count))
        text = random.choice([b"", b"x", "h\u00e9h\u00e9".encode()])
        tail = struct.pack("<I", len(text.decode())) if count > 1 else b""
        point = struct.pack("<bh", -1, 5)
        items.append(name + bytes([count]) + numbers + text + b"\0" + tail + point)
    sizes = struct.pack(f"<{len(items)}H", *map(len, items))
    return bytes([len(items)]) + sizes + b"".join(items)


SIZED = Case(
    "regions",
    HEAD
    + """
seq:
  - {id: count, type: u1}
  - {id: sizes, type: u2, repeat: expr, repeat-expr: count}
  - {id: items, type: item, size: "sizes[_index]", repeat: expr, repeat-expr: count}
types:
  item:
    seq:
      - {id: name, type: str, size: 8, terminator: 0, eos-error: false, encoding: UTF-8}
      - {id: count, type: u1, valid: {max: 3}}
      - {id: numbers, type: u2be, repeat: expr, repeat-expr: count}
      - {id: text, type: strz, encoding: UTF-8, valid: {expr: _.length < 5}}
      - {id: length, type: u4, if: count > 1}
      - {id: point, type: point}
    -invariants:
      - {id: length, when: count > 1, check: length == text.length}
      - {id: many, check: numbers.size <= 3 and name.length <= 8}
      - {id: left, check: point.x < point.y}
  point:
    seq:
      - {id: x, type: s1}
      - {id: y, type: s2}
    -invariants: [{id: low, check: x == -1}]
""",
    _sized,
)


def _keyed(random: Random) -> bytes:
    """Items with keys that rise or not, then an index that is sorted, with their offsets."""
    keys = random.sample(range(300), random.randrange(5))
    if random.randrange(2):
        keys.sort()
    items = b"".join(struct.pack("<HB", key, key & 1) for key in keys)
    index = b"".join(
        struct.pack("<HH", key, 1 + 3 * place)
        for key, place in sorted((key, place) for place, key in enumerate(keys))
    )
    return bytes([len(keys)]) + items + index


KEYED = Case(
    "keys",
    HEAD
    + """
seq:
  - {id: count, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: count, -unique-by: {by: _.key}}
  - {id: index, type: entry, repeat: eos, -sorted-by: {by: _.key, strict: true}}
types:
  item:
    seq:
      - {id: key, type: u2}
      - {id: parity, type: u1}
    -invariants: [{id: parity, check: parity == (key & 1)}]
  entry:
    seq:
      - id: key
        type: u2
        -refers-to: {table: _root.items, by: _.key, as: item}
      - {id: offset, type: u2, -derive: {offset-of: item}}
""",
    _keyed,
)


def _pooled(random: Random) -> bytes:
    """Records with texts in a pool, some of which share one."""
    texts = [b"a" * size for size in random.sample(range(12), random.randrange(1, 4))]
    pool, places = b"", []
    for text in texts:
        places.append(len(pool))
        pool += text + b"\0"
    uses = [*range(len(texts)), *random.choices(range(len(texts)), k=random.randrange(3))]
    if random.randrange(2):
        random.shuffle(uses)
    items = b"".join(struct.pack("<BHH", 1, places[use], len(texts[use])) for use in uses)
    items += struct.pack("<BHH", 0, 0, 0) * random.randrange(3)
    return struct.pack("<HH", len(items) // 5, 4 + len(items)) + items + pool


POOLED = Case(
    "texts at offsets",
    HEAD
    + """
seq:
  - {id: count, type: u2}
  - {id: pool_at, type: u2}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
instances:
  pool: {pos: pool_at, size-eos: true, type: pool}
types:
  pool: {seq: []}
  item:
    seq:
      - {id: is_text, type: u1, valid: {max: 1}}
      - {id: at, type: u2}
      - {id: length, type: u2}
    instances:
      text: {io: _root.pool._io, pos: at, type: strz, encoding: ASCII, if: is_text == 1}
    -invariants:
      - {id: length, when: is_text == 1, check: text.length == length}
      - {id: nothing, when: is_text == 0, check: at == 0 and length == 0}
""",
    _pooled,
)


def _nested(random: Random) -> bytes:
    """Three groups, each with a few numbers that rise from its own."""
    groups = [(random.randrange(5), random.randrange(10, 30)) for _ in range(3)]
    return b"".join(
        bytes([count, base]) + struct.pack(f">{count}I", *range(base, base + count))
        for count, base in groups
    )


NESTED = Case(
    "lists in items",
    HEAD
    + """
seq: [{id: groups, type: group(_index), repeat: expr, repeat-expr: 3}]
types:
  group:
    params: [{id: place, type: s4}]
    seq:
      - {id: count, type: u1}
      - {id: base, type: u1, valid: {expr: _ >= 10}}
      - {id: cells, type: cell(_index), repeat: expr, repeat-expr: count}
    -invariants:
      - {id: not-many, check: cells.size < 9}
      - {id: place, check: base >= place}
  cell:
    params: [{id: column, type: s4}]
    seq: [{id: value, type: u4be}]
    -invariants:
      - {id: rises, check: value == _parent.base + column}
      - {id: far, when: column > 2, check: value / 3 > 3 and value % 7 <= 6}
""",
    _nested,
)

CASES = (RECORDS, SIZED, KEYED, POOLED, NESTED)


EXTREMES: Final = (
    HEAD
    + """
seq: [{id: items, type: item, repeat: eos}]
types:
  item:
    seq: [{id: x, type: s8}, {id: y, type: s8}]
    -invariants:
      - {id: above, check: x > 0}
      - {id: not-above, when: x <= 0, check: y == 1}
      - {id: below, check: x < y or y < -1}
      - {id: at-least, check: -1 >= x or x >= 1}
      - {id: same, when: x == y, check: x != y}
"""
)
ENDS: Final = (-(1 << 63), -(1 << 63) + 1, -1, 0, 1, (1 << 63) - 2, (1 << 63) - 1)
OVERLAP: Final = (
    HEAD
    + """
seq:
  - {id: count, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
types:
  item:
    seq: [{id: at, type: u1}]
    instances: {text: {pos: at, type: strz, encoding: ASCII}}
"""
)


RECURSIVE: Final = (
    HEAD
    + """
seq: [{id: nodes, type: node, repeat: eos}]
types:
  node:
    seq:
      - {id: count, type: u1}
      - {id: nodes, type: node, repeat: expr, repeat-expr: count}
"""
)


CASTS: Final = (
    HEAD
    + """
seq: [{id: items, type: item, repeat: eos}]
types:
  item:
    seq: [{id: key, type: s1}, {id: kind, type: u1}, {id: wide, type: s8}]
    -invariants:
      - {id: part, when: kind == 1, check: "100 / (key.as<u1> + 1) < 60"}
      - {id: rest, when: kind == 2, check: "100 % (key.as<u1> + 1) < 60"}
      - {id: top, when: kind == 3, check: "wide.as<s1> * 0x100000000000000 < 5"}
      - {id: moved, when: kind == 4, check: "(3 << (key & 7) - 2) > 0"}
"""
)
REFERRING: Final = (
    HEAD
    + """
seq:
  - {id: n, type: u1}
  - {id: known, type: u1, repeat: expr, repeat-expr: n}
  - id: items
    type: item
    repeat: expr
    repeat-expr: n
    -refers-to: {table: known, by: _, value: _.key}
types: {item: {seq: [{id: key, type: u1}, {id: text, type: strz, encoding: ASCII}]}}
"""
)
DEFINED: Final = """meta: {id: defined}
seq: [{id: a, type: one}, {id: b, type: one}, {id: c, type: one}, {id: d, type: one}]
instances: {all: {value: "[a, b, c, d]"}}
types: {one: {seq: [{id: id, type: u1}, {id: most, type: u1}]}}
"""
JOINED: Final = """meta: {id: box, imports: [defined]}
params: [{id: given, type: defined}]
seq: [{id: n, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: n}]
types:
  item:
    seq:
      - {id: id, type: u1, -refers-to: {table: _root.given.all, by: _.id, as: one}}
      - {id: text, type: strz, encoding: ASCII}
    -invariants: [{id: short, check: text.length <= one.most}]
"""


class Pair:
    """The reader and the native engine of a case."""

    def __init__(self, case: Case, folder: Path) -> None:
        path = folder / "box.ksy"
        path.write_text(case.schema)
        schema = load(path)
        self._reader = Reader(schema)
        self._engine: Engine = compiled(schema, folder)
        self._companions: dict[str, Reading] = {}

    def give(self, name: str, schema: Path, data: bytes) -> None:
        """Give both a companion."""
        self._companions[name] = Reader(load(schema)).read(data, file=name)
        assert self._engine.give_companion(data, name, f"{name}:") == ""

    def judge(self, data: bytes) -> tuple[bool, bool]:
        """Return whether a content is clean, and whether a trial said so; both engines agree."""
        wanted = self._reader.read(
            data, file="box", companions=self._companions, max_findings=MAX_FINDINGS
        ).findings
        found = self._engine.check(data, "box", MAX_FINDINGS).findings
        assert found == wanted, data.hex()
        return not wanted, self._engine.was_swept


def mutated(data: bytes, random: Random) -> bytes:
    """Change a content in a few places."""
    made = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(len(made) + 1)
        match random.randrange(8):
            case 0 if at < len(made):
                made[at] ^= 1 << random.randrange(8)
            case 1 if at < len(made):
                made[at] = random.choice((0, 1, 2, 127, 128, 255))
            case 2 if at < len(made):
                made[at] = random.choice(made)
            case 3 if at < len(made):
                made[at] = (made[at] + random.choice((1, 255))) % 256
            case 4:
                del made[at : at + random.choice((1, 2, 4))]
            case 5:
                made = _changed_everywhere(made, at, random)
            case 6:
                made[at:at] = random.randbytes(random.choice((1, 2, 4)))
            case _:
                made[at:at] = made[:at][-4:]
    return bytes(made)


def _changed_everywhere(data: bytearray, at: int, random: Random) -> bytearray:
    """Change a few bytes wherever the same stand: a key, and what refers to it."""
    before = data[at : at + random.choice((1, 2, 4))]
    if not before:
        return data
    after = bytearray(before)
    after[random.randrange(len(after))] = random.choice((0, 1, 128, 255, random.randrange(256)))
    return data.replace(before, after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_right_is_swept(case: Case, tmp_path: Path) -> None:
    """Each of these contents has no finding, and a trial is enough to say so."""
    pair, random = Pair(case, tmp_path), Random(1)
    for _ in range(50):
        data = case.make(random)
        assert pair.judge(data) == (True, True), data.hex()


def test_numbers_at_the_ends_of_their_range_compare(tmp_path: Path) -> None:
    """Also where the difference of two is none of 64 bits, by a glance as in a trial."""
    pair = Pair(Case("extremes", EXTREMES, _records), tmp_path)
    right = struct.pack("<qq", 1, 2)
    assert pair.judge(right) == (True, True)
    for x, y in itertools.product(ENDS, ENDS):
        record = struct.pack("<qq", x, y)
        for data in (record, right + record, record + b"\0"):
            is_clean, was_swept = pair.judge(data)
            assert is_clean or not was_swept


def test_bytes_that_are_read_twice_are_no_trial_s_to_allow(tmp_path: Path) -> None:
    """The sequence reads all of them, and a text some of them again."""
    pair = Pair(Case("overlap", OVERLAP, _records), tmp_path)
    assert pair.judge(bytes([1, 0])) == (False, False)
    assert pair.judge(bytes([1, 2]) + b"a\0") == (True, True)


def test_structures_that_hold_their_like_are_read_in_full(tmp_path: Path) -> None:
    """How deep they go is only told by reading."""
    pair = Pair(Case("recursive", RECURSIVE, _records), tmp_path)
    assert pair.judge(bytes([1, 2, 0, 0])) == (True, False)


@pytest.mark.parametrize("kind", range(6))
def test_casts_that_do_not_hold_are_not_computed_with(kind: int, tmp_path: Path) -> None:
    """Nothing is divided by zero, or shifted out, also where the rule does not apply."""
    pair = Pair(Case("casts", CASTS, _records), tmp_path)
    for key, wide in itertools.product((-128, -1, 0, 1, 127), ENDS):
        is_clean, was_swept = pair.judge(struct.pack("<bBq", key, kind, wide))
        assert is_clean or not was_swept


def test_what_a_list_as_a_whole_refers_to_is_looked_up(tmp_path: Path) -> None:
    """Its items are all there before that is done."""
    pair = Pair(Case("referring", REFERRING, _records), tmp_path)
    assert pair.judge(b"\2\1\2\1a\0\2\0")[0]
    assert pair.judge(b"\2\1\2\1a\0\3\0") == (False, False)


def test_a_table_that_is_computed_joins_any_number_of_items(tmp_path: Path) -> None:
    """It has no place in the companion that would tell how many there may be."""
    (tmp_path / "defined.ksy").write_text(DEFINED)
    pair = Pair(Case("joined", JOINED, _records), tmp_path)
    pair.give("given", tmp_path / "defined.ksy", b"\1\2\2\2\3\2\4\2")
    assert pair.judge(b"\x50" + b"\1a\0\2a\0\3a\0\4a\0" * 20)[0]
    assert pair.judge(b"\2\1a\0\3aaaaa\0") == (False, False)


def _mutants_agree(case: Case, folder: Path, count: int) -> int:
    """Judge mutants; return how many a trial was enough for."""
    pair, random, swept = Pair(case, folder), Random(2), 0
    for _ in range(count):
        is_clean, was_swept = pair.judge(mutated(case.make(random), random))
        assert is_clean or not was_swept
        swept += was_swept
    return swept


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_never_said_to_be_right(case: Case, tmp_path: Path) -> None:
    """Of damaged contents both engines say the same, and few are still right."""
    assert 0 < _mutants_agree(case, tmp_path, MUTANTS) < MUTANTS


@pytest.mark.deep
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_many_damaged_contents(case: Case, tmp_path: Path) -> None:
    """As above, with many more."""
    assert _mutants_agree(case, tmp_path, DEEP_MUTANTS) > 0
