"""Small schemas that use each check after reading in every way, with a content for each."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from harness.findings.model import Place, Severity
from harness.schema.overlay import Overlay, OverlayRule


class Case(NamedTuple):
    """A schema, a content of it, and the codes that damage to it brings to light.

    Attributes:
        schema: without `meta`.
        content: most of it is right.
        codes: what is found in some mutant of it.
        rules: of a contract: where, what must hold, and when.
    """

    schema: str
    content: bytes
    codes: frozenset[str]
    rules: tuple[tuple[str, str, str], ...] = ()

    def overlays(self) -> tuple[Overlay, ...]:
        """Return the contract, each rule with a severity and half of them with a reason."""
        severities = list(Severity)
        rules = tuple(
            OverlayRule(
                id=f"rule-{number}", at=at, check=check, when=when,
                place=Place("consumer.toml", number, 1), message="why" if number % 2 else "",
                severity=severities[number % len(severities)],
            )
            for number, (at, check, when) in enumerate(self.rules, 1)
        )  # fmt: skip
        return (Overlay(name="consumer", rules=rules),) if rules else ()


_ORDERS: Final = """
seq:
  - {id: n, type: u1}
  - {id: groups, type: group, repeat: expr, repeat-expr: n}
  - id: rest
    type: u1
    repeat: eos
    -sorted-by: {by: '_ * 72057594037927936 * 2', descending: true, when: '_ != 5'}
types:
  group:
    seq:
      - {id: n, type: u1}
      - id: items
        type: item
        repeat: expr
        repeat-expr: n
        -sorted-by: {by: _.key, within: sample}
        -unique-by: {by: _.key, within: group}
      - id: names
        type: strz
        encoding: UTF-8
        repeat: expr
        repeat-expr: n
        -sorted-by: {by: _, strict: true}
        -unique-by: {by: _, within: sample, when: '_.length > 1'}
      - id: floats
        type: f4
        repeat: expr
        repeat-expr: n
        -sorted-by: {by: _, strict: true, descending: true}
        -unique-by: {by: _}
      - id: raw
        size: 2
        repeat: expr
        repeat-expr: n
        -sorted-by: {by: _}
        -unique-by: {by: '_[0] == 1'}
  item: {seq: [{id: key, type: s2}, {id: pad, type: u1}]}
"""


def _group(keys: tuple[int, ...], names: bytes, floats: tuple[float, ...], raw: bytes) -> bytes:
    items = b"".join(struct.pack("<hB", key, 0) for key in keys)
    return bytes([len(keys)]) + items + names + struct.pack(f"<{len(floats)}f", *floats) + raw


_ORDERED: Final = (
    b"\x02"
    + _group((1, 2, 4), b"a\0bb\0\xc3\xa9x\0", (2.5, 1.0, -0.0), bytes([0, 1, 1, 0, 2, 2]))
    + _group((4, 4), b"bb\0a\0", (float("nan"), float("nan")), bytes([3, 0, 2, 9]))
    + bytes([9, 5, 4, 4, 200, 2])
)

_RULES: Final = """
-invariants:
  - {id: bytes, check: raw.all(_ < 200)}
  - {id: named, check: 'raw.all(byte, at: byte >= at or n == at)', severity: note}
  - {id: text, check: text.all(_ < 0xe9)}
  - {id: nested, check: 'items.all(x, at: recs.all(_.low <= x + 300 or _index == at))'}
  - {id: recs, when: n > 1, check: recs.all(_.low <= _.high and _.kind < 200)}
  - {id: fault, check: items.all(10 / _ >= 0)}
  - {id: range, check: 'items.all(raw[_] >= 0)'}
  - {id: made, check: '[1, 2, n].all(_ < 3)'}
  - {id: kept, check: subs.all(_.name.length > 0)}
  - {id: listed, check: subs.size != n or items.size < 3 and not (n == 7)}
seq:
  - {id: n, type: u1}
  - {id: raw, size: n, -padding: any}
  - {id: text, type: str, size: n, encoding: UTF-8}
  - {id: items, type: s2, repeat: expr, repeat-expr: n}
  - {id: recs, type: rec, repeat: expr, repeat-expr: n}
  - {id: subs, type: sub, repeat: eos}
types:
  rec: {seq: [{id: kind, type: u1}, {id: low, type: u2}, {id: high, type: u2}]}
  sub:
    seq:
      - {id: size, type: u1, -derive: {size-of: name, plus: 1}}
      - {id: name, type: str, size: size - 1, encoding: ASCII}
"""
_RULED: Final = (
    bytes([4, 1, 201, 3, 250]) + "aé\x01".encode() + struct.pack("<4h", 0, 3, -2, 9)
    + bytes([9, 1, 0, 2, 0, 8, 4, 0, 2, 0, 250, 0, 0, 0, 0, 1, 3, 0, 2, 0]) + b"\x03ab\x01\x02c"
)  # fmt: skip

_REFERENCES: Final = """
seq:
  - {id: n, type: u1}
  - {id: m, type: u1}
  - {id: table, type: entry, repeat: expr, repeat-expr: n}
  - {id: recs, type: rec, repeat: expr, repeat-expr: n}
  - {id: numbers, type: s2, repeat: expr, repeat-expr: n}
  - {id: users, type: user, repeat: expr, repeat-expr: m}
  - {id: keys, type: u1, repeat: expr, repeat-expr: m, -refers-to: {table: recs, by: _.key}}
  - id: places
    type: u1
    repeat: expr
    repeat-expr: m
    -refers-to: {table: numbers, when: _ != 255}
  - id: made
    type: u1
    repeat: expr
    repeat-expr: m
    -refers-to: {table: '[1, 2, 3, n, 2]', by: _ * 2}
types:
  entry: {seq: [{id: name, type: strz, encoding: ASCII}, {id: value, type: u2}]}
  rec: {seq: [{id: key, type: u1}, {id: other, type: u1}]}
  user:
    -invariants: [{id: value, check: entry.value == key}]
    seq:
      - id: name
        type: strz
        encoding: ASCII
        -refers-to: {table: _root.table, by: _.name, as: entry}
      - id: key
        type: u1
        -refers-to:
          table: _root.recs
          by: _.key + size - size
          value: _ + entry.value - entry.value
      - {id: size, type: u1}
      - {id: number, type: f4, -refers-to: {table: _root.numbers, by: _}}
"""
_USERS: Final = ((b"ab", 1, 2.0), (b"zz", 2, 2.5), (b"cd", 2, 1.0))
_REFERRED: Final = (
    b"\x03\x03ab\0\x01\0cd\0\x02\0ab\0\x03\0" + bytes([1, 0, 2, 0, 1, 0])
    + struct.pack("<3h", 1, 2, 1)
    + b"".join(name + b"\0" + struct.pack("<BBf", key, 1, number) for name, key, number in _USERS)
    + bytes([1, 2, 9, 0, 2, 255, 2, 4, 7])
)  # fmt: skip

_SUMS: Final = """
seq:
  - {id: a, type: u4, -checksum: {algorithm: crc32, zeroed: [a, b, c]}}
  - {id: b, type: u4, -checksum: {algorithm: crc32c, over: {start: 8, end: stop}}}
  - {id: c, type: u4, -checksum: {algorithm: adler32, zeroed: [c, d]}}
  - id: d
    size: 32
    -checksum: {algorithm: sha256, over: {start: 2, end: _io.size}, zeroed: [d]}
  - {id: e, type: u1, -checksum: {algorithm: sum8, over: {start: 0, end: stop}}}
  - {id: f, type: u2, -checksum: {algorithm: sum16, zeroed: [f]}}
  - {id: g, type: u4, -checksum: {algorithm: sum32}}
  - {id: h, type: u1, -checksum: {algorithm: xor8, over: {start: 3, end: _io.size}}}
  - {id: stop, type: s2}
  - {id: rest, size-eos: true}
"""
_SUMMED: Final = bytes(7 * place & 0xFF for place in range(52)) + b"\x40\0" + b"\xff" * 400

_DERIVED: Final = """
-layout: {gaps: zero, trailing: zero}
seq:
  - {id: n, type: u1, -derive: {count-of: items}}
  - {id: third, type: u1, -derive: {size-of: items, unit: 3, plus: -2}}
  - {id: at, type: u2, -derive: {offset-of: tail}}
  - {id: characters, type: u1, -derive: {count-of: name}}
  - {id: where, type: u1, -derive: {offset-of: items}}
  - {id: name, type: strz, encoding: UTF-8}
  - {id: items, type: item, repeat: expr, repeat-expr: n}
  - id: sizes
    type: u1
    repeat: expr
    repeat-expr: n
    -derive: {size-of: 'items[_index]'}
  - {id: packed, size: 4, process: xor(0x5a), type: inner}
instances:
  tail: {pos: at, type: tail}
types:
  item:
    seq:
      - id: me
        type: s1
        -derive: {index-of: '_io.size > 3 ? _root.items.first : _root.items.last'}
      - {id: more, size: me & 3}
  inner:
    seq:
      - {id: at, type: u1, -derive: {offset-of: value}}
      - {id: size, type: u1, -derive: {size-of: value}}
      - {id: value, type: u2}
  tail:
    seq:
      - {id: magic, contents: TT}
      - {id: n, type: u1, -derive: {count-of: _parent.items, plus: 1}}
"""
_DERIVING: Final = (
    bytes([2, 255, 20, 0, 2, 9]) + b"xy\0" + bytes([0, 1, 7, 1, 2])
    + bytes(byte ^ 0x5A for byte in (2, 2, 1, 1)) + bytes(2) + b"TT\x03\0"
)  # fmt: skip

# items that the engine does not keep, with instances that are read and checked
_RECORDS: Final = """
-layout: {gaps: allow, trailing: allow, overlap: allow}
-invariants:
  - {id: any, check: recs.all(_.far < 90)}
  - {id: sum, check: recs.sum(_.far) < 400}
  - {id: text, check: recs.any(_.text.length == 2) or n == 1}
seq:
  - {id: n, type: u1}
  - id: recs
    type: rec(_index)
    repeat: expr
    repeat-expr: n
    -unique-by: {by: _.twice}
    -sorted-by: {by: _.far, when: _.key > 1}
  - {id: names, type: name, repeat: expr, repeat-expr: n}
types:
  rec:
    params: [{id: i, type: s4}]
    -invariants:
      - {id: named, check: name.low <= far}
      - {id: self, check: far != twice or bad > 3, when: i > 0}
    seq:
      - id: key
        type: u1
        -refers-to: {table: _root.names, by: _.id, as: name, value: far & 7}
      - {id: at, type: u1, valid: {max: 250}}
    instances:
      twice: {value: key * 2}
      bad: {value: 100 / key, if: i != 1}
      far:
        pos: at
        type: u1
        -refers-to: {table: _root.recs, by: _.key, when: _ > 3}
        -derive: {index-of: name, plus: 3}
      text: {pos: at, type: strz, encoding: ASCII, if: key == 2}
      pair: {pos: at, size: 2, valid: '[1, 2]', if: key == 3}
  name: {seq: [{id: id, type: u1}, {id: low, type: u1}, {id: s, type: strz, encoding: ASCII}]}
"""
_RECORDED: Final = (
    bytes([4, 1, 9, 2, 12, 3, 15, 2, 20]) + b"\x01\x02ab\0\x02\x05cd\0\x03\x09e\0\x04\x01fgh\0"
)  # fmt: skip

_RUNS: Final = """
-layout: {gaps: zero}
seq:
  - {id: n, type: u1}
  - {id: pointers, type: pointer, repeat: expr, repeat-expr: n}
  - {id: m, type: u1}
  - {id: links, type: link, repeat: expr, repeat-expr: m}
  - {id: box, type: box, size: 12}
  - {id: packed, type: box, size: 12, process: xor(0x21)}
instances:
  whole: {pos: 0, type: pointer, if: n == 9}
  late: {pos: n, size: 3, -overlap: allow}
types:
  pointer:
    seq: [{id: at, type: u1}, {id: size, type: u1}]
    instances:
      body: {pos: at, size: size}
      other: {pos: size, type: u2, if: at > 40}
  link:
    seq: [{id: to, type: u1}, {id: kind, type: u1}]
    instances:
      next: {pos: to, type: link, if: kind != 0}
      more: {pos: to, type: link, repeat: expr, repeat-expr: kind & 1, if: kind > 2}
      name: {pos: to, type: strz, encoding: ASCII, if: kind == 7}
  box:
    -layout: {overlap: forbid, gaps: forbid, trailing: zero}
    seq: [{id: a, type: u1}, {id: b, type: u2}]
    instances:
      x: {pos: a, type: u2}
      y: {pos: b & 7, type: one, repeat: expr, repeat-expr: 2}
      z: {io: _root._io, pos: a, size: 2}
    types: {one: {seq: [{id: value, type: u1}]}}
"""
_RUN: Final = (
    bytes([2, 30, 4, 45, 2, 3, 6, 1, 8, 3, 6, 7, 4, 3, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    + bytes(byte ^ 0x21 for byte in (3, 5, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0)) + bytes(range(20))
)  # fmt: skip

# keys of kinds that only reading tells
_KINDS: Final = """
-invariants: [{id: all, check: 'rows.all(_.x == rows[0].x)'}]
seq:
  - {id: n, type: u1}
  - id: rows
    type: row
    repeat: expr
    repeat-expr: n
    -sorted-by: {by: _.x, strict: true}
    -unique-by: {by: _.x, within: sample}
  - id: mixed
    type: {switch-on: n, cases: {3: u1, 4: strz, 5: one, _: f4}}
    repeat: eos
    -sorted-by: {by: _, descending: true}
    -unique-by: {by: _}
    -refers-to: {table: rows, by: _.x}
types:
  one: {seq: [{id: value, type: u1}]}
  row:
    seq:
      - {id: k, type: u1}
      - id: x
        type: {switch-on: k & 7, cases: {1: u1, 2: strz, 3: f4, 5: one, 6: s8, 7: u8, _: b8}}
      - id: same
        type: {switch-on: k & 3, cases: {1: u1, 2: s2, _: strz}}
        -derive: {count-of: _root.rows}
"""
_KIND: Final = (
    bytes([4, 1, 5, 4, 6]) + struct.pack("<qh", 5, 4) + bytes([7]) + struct.pack("<Q", 1 << 63)
    + b"4\0\x03" + struct.pack("<f", 5.0) + b"4\0ab\0ab\0zz\0"
)  # fmt: skip

CASES: Final = {
    "kinds": Case(_KINDS, _KIND, frozenset({"I501", "I503", "I504", "I505", "B210", "C302"})),
    "orders": Case(_ORDERS, _ORDERED, frozenset({"I503", "I504", "B206"})),
    "rules": Case(
        _RULES,
        _RULED,
        frozenset({"I501", "B207", "K401"}),
        (
            ("rec", "kind < 9", "high > 0"),
            ("raw", "_.all(_ != 3)", ""),
            ("items[*]", "_ > 0 and 6 % _ == 0", ""),
            ("subs[1].name", "_ == 'c'", ""),
            ("sample", "subs.all(s, at: s.name.length == 2 - at)", ""),
        ),
    ),
    "references": Case(_REFERENCES, _REFERRED, frozenset({"I501", "I505", "I506"})),
    "sums": Case(_SUMS, _SUMMED, frozenset({"I502", "B204"})),
    "derived": Case(
        _DERIVED, _DERIVING, frozenset({"C302", "C303", "C304", "C305", "S117", "S111", "S109"})
    ),
    "records": Case(
        _RECORDS,
        _RECORDED,
        frozenset({"I501", "I503", "I504", "I505", "I506", "C305", "K401"}),
        (
            ("recs[*].far", "_ > 10", ""),
            ("recs[2].text", "_.all(c, i: c > 97 or i == 2)", ""),
            ("rec", "name.s.length > 1", "key != 3"),
            ("recs[*]", "name.id == key", ""),
            ("names[1].s", "_.all(_ > 99)", ""),
            ("sample", "recs.all(r, k: names[k].s.all(q: q > 98 or r.key == 2))", ""),
        ),
    ),
    "runs": Case(_RUNS, _RUN, frozenset({"S109", "S110", "S111", "S112", "S114"})),
}
