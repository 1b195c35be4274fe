"""Random expressions over a structure with values of every kind, and contents for it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

FIELDS: Final = """
meta: {id: sample, endian: le, encoding: UTF-8}
seq:
  - {id: u1, type: u1}
  - {id: s1, type: s1}
  - {id: u8, type: u8}
  - {id: s8, type: s8}
  - {id: f4, type: f4}
  - {id: f8, type: f8}
  - {id: raw, size: 4}
  - {id: text, type: str, size: 5}
  - {id: nums, type: s4, repeat: expr, repeat-expr: 3}
  - {id: bigs, type: u8, repeat: expr, repeat-expr: 2}
  - {id: floats, type: f4, repeat: expr, repeat-expr: 2}
  - {id: recs, type: rec, repeat: expr, repeat-expr: 3}
  - {id: bare, type: bare, repeat: expr, repeat-expr: 3}
  - {id: names, type: strz, repeat: expr, repeat-expr: 2}
  - {id: tag, type: u1}
  - id: any
    type: {switch-on: tag, cases: {0: u8, 1: s8, 2: strz, 3: rec, 4: f8, 5: u1, 6: deep}}
    -unknown: allow
  - {id: mixed, type: {switch-on: tag % 2, cases: {0: u8, 1: s8}}}
  - id: anys
    type: {switch-on: tag, cases: {0: u1, 1: rec, 2: strz, 3: f4, 4: s8}}
    -unknown: allow
    repeat: expr
    repeat-expr: 2
  - {id: opt, type: u1, if: u1 > 100}
  - {id: deep, type: deep}
instances:
  later: {value: u1 + s1}
  far: {pos: 0, type: s2}
  made: {value: "text + names[0]"}
types:
  rec:
    seq:
      - {id: a, type: u1}
      - {id: b, type: s2}
      - {id: raw, size: 2}
    instances:
      sum: {value: a + b}
      up: {value: _parent._io.size}
  bare:
    seq:
      - {id: a, type: u1}
      - {id: b, type: s2}
      - {id: raw, size: 2}
    instances:
      sum: {value: a + b}
      up: {value: _parent._io.size}
  deep:
    seq:
      - {id: n, type: u1}
      - {id: items, type: node, repeat: expr, repeat-expr: n % 4}
      - {id: label, type: strz}
  node:
    seq:
      - {id: len, type: u1}
      - {id: name, type: str, size: len % 4}
      - {id: v, type: s8}
-invariants:
"""
_ITEMS: Final = {  # what can be said of `{}`, an element
    "recs": ("{}.a", "{}.b", "{}.sum"),
    "bare": ("{}.a", "{}.b", "{}.sum", "{}.raw[0]", "{}._start", "{}.b._end"),
    "deep.items": ("{}.len", "{}.v", "{}.name.size"),
    "names": ("{}.size", "{}[0]"),
    "anys": ("{}.a", "{}", "{}.size"),
    **dict.fromkeys(("nums", "bigs", "raw", "text", "any"), ("{}",)),
}
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
_ARITHMETIC: Final = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>")
_EDGES: Final = (0, 1, 2, 3, 7, 8, 63, 64, 127, 255, 256, (1 << 31) - 1, (1 << 32) - 1,
                 (1 << 63) - 1, 1 << 63, (1 << 64) - 1)  # fmt: skip
Names = tuple[str, ...]


class Texts:
    """Expressions by kind; most of them fit, and those that do not are refused by the schema."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._one = random.choice

    def checks(self, count: int) -> list[str]:
        """Return rules that fail nearly always, so that their two sides are told."""
        return [self._check(self._random.randrange(4)) for _ in range(count)]

    def _check(self, depth: int) -> str:
        sides: list[Callable[[], str]] = [
            lambda: f"{self.integer(depth)} == 1234567",
            lambda: f"{self.integer(depth)} == 1234567",
            lambda: f"{self.truth(depth)} == {self._one(('true', 'false'))}",
            lambda: f'{self.text(depth)} == "zz"',
            lambda: f"{self.float(depth)} == 0.125",
            lambda: f"{self.bytes(depth)} == [9, 9]",
            lambda: f"{self.any(depth)} == 9",
            lambda: self.truth(depth),
        ]
        return self._one(sides)()

    def integer(self, depth: int, names: Names = ()) -> str:
        """An integer."""
        if depth <= 0 or self._random.random() < 0.15:
            leaves = ("u1", "s1", "u8", "s8", "tag", "mixed", "later", "far", "opt", "any",
                      "deep.n", "nums[0]", "recs[0].a", "recs[1].b", "bare[2].sum", "bare[0].up",
                      str(self._one(_EDGES)), *4 * names)  # fmt: skip
            return self._one(leaves)
        if self._random.random() < 0.4:
            sign = self._one(_ARITHMETIC)
            return f"({self.integer(depth - 1, names)} {sign} {self.integer(depth - 1, names)})"
        return self._one((self._of_number, self._of_many, self._of_place))(depth - 1, names)

    def _of_number(self, depth: int, names: Names) -> str:
        number = self.integer(depth, names)
        return self._one(
            (
                f"(-{number})",
                f"(~{number})",
                f"({self.truth(depth, names)} ? {number} : {self.integer(depth, names)})",
                f"({number}).as<{self._one(('u1', 's1', 'u2', 's4', 'u4', 'u8', 's8'))}>",
                f"{self.float(depth, names)}.to_i",
                f"{self.truth(depth, names)}.to_i",
            )
        )

    def _of_many(self, depth: int, names: Names) -> str:
        measure = self._one(("size", "length", "first", "last", "min", "max"))
        return self._one(
            (
                f"{self.many(depth, names)}[{self.integer(depth, names)}]",
                f"{self.many(depth, names)}.{measure}",
                f"{self.bytes(depth, names)}.{measure}",
                f"{self.bytes(depth, names)}[{self.integer(depth, names)}]",
                f"{self.text(depth, names)}[{self.integer(depth, names)}]",
                f"{self.text(depth, names)}.{self._one(('size', 'to_i', 'to_i(16)'))}",
                self._quantified(self._one(("sum", "min", "max")), self.integer, depth, names),
                self._quantified("count", self.truth, depth, names),
                f"{self.any(depth, names)}.{measure}",
            )
        )

    def _of_place(self, depth: int, names: Names) -> str:
        member = self._one(("a", "b", "sum", "up", "_start", "_end", "_sizeof"))
        placed = ("nums", "names[1]", "deep", "deep.items", "bare[1].b", "text", "any", "later",
                  "opt", "recs", "mixed", "nums[1]", "deep.items[0].name")  # fmt: skip
        return self._one(
            (
                f"{self.structure(depth, names)}.{member}",
                f"{self._one(placed)}.{self._one(('_start', '_end', '_sizeof'))}",
                f"_io.{self._one(('size', 'pos'))}",
                f"{self.any(depth, names)}.{self._one(('a', 'n', 'to_i'))}",
            )
        )

    def _quantified(
        self, name: str, body: Callable[[int, Names], str], depth: int, names: Names
    ) -> str:
        """A quantifier over a list, bytes or a string; its body may use the element."""
        base = self._one(tuple(_ITEMS))
        item = self._one(("_", "x", "y"))
        inner = tuple(leaf.format(item) for leaf in _ITEMS[base])
        outer = tuple(one for one in names if not one.startswith(item))
        binder = "" if item == "_" else f"{item}: "
        return f"{base}.{name}({binder}{body(depth, (*outer, *inner, '_index'))})"

    def truth(self, depth: int, names: Names = ()) -> str:
        """A condition."""
        sign = self._one(_COMPARISONS)
        kind = self.integer if depth <= 0 else self._one(
            (self.integer, self.integer, self.text, self.bytes, self.float, self.any)
        )  # fmt: skip
        compared = f"({kind(depth - 1, names)} {sign} {kind(depth - 1, names)})"
        if depth <= 0 or self._random.random() < 0.4:
            return compared
        left, right = self.truth(depth - 1, names), self.truth(depth - 1, names)
        same = self._one(("==", "!="))
        return self._one(
            (
                f"({left} {self._one(('and', 'or'))} {right})",
                f"(not {left})",
                self._quantified(self._one(("all", "any")), self.truth, depth - 1, names),
                f"({self.many(depth - 1, names)} {same} {self.many(depth - 1, names)})",
                f"({self.structure(depth - 1, names)} {same} {self.structure(0, names)})",
                f"({self.any(depth - 1, names)} {sign} {self.float(depth - 1, names)})",
                "_io.eof",
            )
        )

    def text(self, depth: int, names: Names = ()) -> str:
        """A string."""
        if depth <= 0 or self._random.random() < 0.2:
            return self._one(
                ("text", "names[0]", "names[1]", '"ab"', '"é€"', '""', "deep.label", "any",
                 "names.first", "made", '"-12"', "deep.items[0].name", "names.find(_.size > 1)")
            )  # fmt: skip
        inner = self.text(depth - 1, names)
        start, end = self.integer(depth - 1, names), self._one(("1", "2", "3"))
        return self._one(
            (
                f"({inner} + {self.text(depth - 1, names)})",
                f"{inner}.reverse",
                f"{inner}.substring({start}, {end})",
                f"{inner}.substring(0, {end})",
                f"{inner}.to_s",
                f"{start}.to_s",
                f'{self.bytes(depth - 1, names)}.to_s("{self._one(("UTF-8", "ASCII", "latin1"))}")',
                f"({self.truth(depth - 1, names)} ? {inner} : {self.text(depth - 1, names)})",
            )
        )

    def bytes(self, depth: int, names: Names = ()) -> str:
        """A byte array."""
        one, other = self.integer(depth - 1, names), self.integer(depth - 1, names)
        leaves = ("raw", "recs[0].raw", "bare[1].raw", "[0x61, 0x62]", "[0xff]", "[1, 2, 3]")
        made = (f"[{one}, {other}].as<bytes>", f"({self.truth(0)} ? raw : [1, 2])")
        return self._one((*leaves, *made * 2 * (depth > 0)))

    def many(self, depth: int, names: Names = ()) -> str:
        """A list."""
        one, other = self.integer(depth - 1, names), self.any(depth - 1, names)
        return self._one(("nums", "bigs", "floats", "anys", f"[{one}, 1000]", f"[{other}, 1000]"))

    def float(self, depth: int, names: Names = ()) -> str:
        """A float, or an integer in its place."""
        if depth <= 0:
            return self._one(("f4", "f8", "floats[0]", "0.5", "1e300", "2.0", "any", "floats.max"))
        inner, number = self.float(depth - 1, names), self.integer(depth - 1, names)
        sign = self._one(_ARITHMETIC[:5])
        return self._one(
            (
                f"({inner} {sign} {self.float(depth - 1, names)})",
                f"({inner} {sign} {number})",
                f"(-{inner})",
                f"({self.truth(depth - 1, names)} ? {number} : {inner})",
                f"({number}).as<f8>",
            )
        )

    def structure(self, depth: int, names: Names = ()) -> str:
        """A structure."""
        place = self.integer(depth, names)
        return self._one(
            ("recs[0]", "recs[1]", "recs.first", "recs.last", f"recs[{place}]",
             "recs.find(_.a > 3)", "recs.find(_index == 1)", "any.as<rec>", "anys[0].as<rec>",
             "bare[0]", "bare.first", "bare.last", f"bare[{place}]", "bare.find(_.a > 3)",
             f"bare.find(x: {self.truth(depth - 1, ('x.a', 'x.b', '_index'))})",
             "(u1 > 3 ? bare[0] : bare.last)")
        )  # fmt: skip

    def any(self, depth: int, names: Names = ()) -> str:
        """A value of which only the content tells what it is."""
        leaves = ("any", "anys[0]", "anys[1]", "any.n", "any.a", "anys.first", "any.items")
        asked = ("to_s", "reverse", "substring(0, 1)", "to_i(16)", "substring(1)", "size(3)",
                 "first", "max", "items", "label", "to_s(1)")  # fmt: skip
        if depth <= 0:
            return self._one(leaves)
        sign, number = self._one(_ARITHMETIC), self.integer(depth - 1, names)
        joined = (f"(any {sign} {number})", f"(any {sign} anys[0])", f"(any {sign} f8)")
        chosen = f"({self.truth(depth - 1, names)} ? any : {number})"
        return self._one((*leaves, *joined, f"any.{self._one(asked)}", chosen))


class Contents:
    """Contents that fit the fields, some of them cut short or with something behind."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._one = random.choice

    def content(self) -> bytes:
        """Return one."""
        tag = self._random.randrange(8)
        first = self._bytes(1)
        parts = [
            first, self._bytes(1), self._bytes(8), self._bytes(8), self._float("<f"),
            self._float("<d"), self._bytes(4), self._text(5), *(self._bytes(4) for _ in range(3)),
            self._bytes(8), self._bytes(8), self._float("<f"), self._float("<f"),
            *(self._record() for _ in range(6)), self._string(), self._string(), bytes([tag]),
            self._any(tag), self._bytes(8), *(self._item(tag) for _ in range(2)),
            self._bytes(1) if first[0] > 100 else b"", self._deep(),
        ]  # fmt: skip
        whole = b"".join(parts)
        if self._random.random() < 0.15:
            return whole[: self._random.randrange(len(whole) + 1)]
        return whole + b"\0" * (self._random.random() < 0.05)

    def _bytes(self, width: int) -> bytes:
        bits = 8 * width
        edges = (0, 1, 2, 5, 127, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1)
        number = self._one((*edges, self._random.randrange(1 << bits)))
        return (number % (1 << bits)).to_bytes(width, "little")

    def _float(self, form: str) -> bytes:
        numbers = (0.0, -0.0, 1.5, -2.25, 3.0, 1e10, -7.0, 0.1, 1e-45, 9.3e18, -9.3e18, 1.8e19)
        return struct.pack(form, self._one((*numbers, *map(float, ("nan", "inf", "-inf")))))

    def _text(self, size: int) -> bytes:
        signs = "".join(self._one("ab1-é€😀z") for _ in range(size)).encode()[:size]
        if self._random.random() < 0.2:
            return signs  # its last character may be cut
        return signs.decode("utf-8", "ignore").encode().ljust(size, b"x")

    def _string(self) -> bytes:
        return self._text(self._random.randrange(4)) + b"\0"

    def _record(self) -> bytes:
        return self._bytes(1) + self._bytes(2) + self._bytes(2)

    def _deep(self) -> bytes:
        count = self._random.randrange(8)
        return bytes([count]) + b"".join(self._node() for _ in range(count % 4)) + self._string()

    def _node(self) -> bytes:
        size = self._random.randrange(8)
        return bytes([size]) + self._text(size % 4) + self._bytes(8)

    def _any(self, tag: int) -> bytes:
        numbers = {0: 8, 1: 8, 5: 1}
        if tag in numbers:
            return self._bytes(numbers[tag])
        kinds = {2: self._string, 3: self._record, 6: self._deep}
        return self._float("<d") if tag == 4 else kinds.get(tag, bytes)()

    def _item(self, tag: int) -> bytes:
        numbers = {0: 1, 4: 8}
        if tag in numbers:
            return self._bytes(numbers[tag])
        kinds = {1: self._record, 2: self._string}
        return self._float("<f") if tag == 3 else kinds.get(tag, bytes)()
