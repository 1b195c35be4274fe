"""Whatever the content asks for, twice as much of it costs about twice the work.

Work is counted in calls of Python functions, which the machine and its load do not change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pytest

from harness.reading import Reader, views
from harness.schema import load

META = "meta: {id: sample, endian: be, encoding: ASCII}\n"
SMALL = 400
ALLOWED = 2.6  # twice, and room for what is logarithmic


def calls(action: Callable[[], object]) -> int:
    """Return how many Python functions are called by an action."""
    count = 0

    def look(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def cost(schema: str, data: bytes, folder: Path) -> int:
    """Return the work of reading content and of listing its tree."""
    path = folder / "sample.ksy"
    path.write_text(META + schema)
    reader = Reader(load(path, use_cache=False))
    reader.read(data, file="content")  # what is compiled at first use is not the content's cost
    return calls(lambda: list(views(reader.read(data, file="content"))))


def numbers(values: list[int], width: int = 4) -> bytes:
    """Return integers as bytes."""
    return b"".join(value.to_bytes(width, "big") for value in values)


class Case(NamedTuple):
    """A schema, and content of it in a size."""

    schema: str
    content: Callable[[int], bytes]


CASES = {
    "instances that overlap": Case(
        """
seq: [{id: xs, type: x, repeat: expr, repeat-expr: _io.size / 4}]
types: {x: {seq: [{id: at, type: u4}], instances: {b: {pos: at, type: u4}}}}
""",
        lambda n: numbers([3 * k % (4 * n - 4) for k in range(n)]),
    ),
    "instances inside one another": Case(
        """
seq: [{id: xs, type: x, repeat: expr, repeat-expr: _io.size / 4}]
types: {x: {seq: [{id: at, type: u4}], instances: {b: {pos: 0, size: at}}}}
""",
        lambda n: numbers([k % 30 for k in range(n)]),
    ),
    "strings that never end": Case(
        """
seq: [{id: xs, type: x, repeat: expr, repeat-expr: _io.size / 5}]
types: {x: {seq: [{id: at, type: u4}], instances: {b: {pos: at, type: strz}}}}
""",
        lambda n: numbers([4 * n + k for k in range(n)]) + b"a" * n,
    ),
    "a marker sought by each": Case(
        """
seq: [{id: xs, type: x, repeat: eos}]
types:
  x:
    seq: [{id: a, type: u1}]
    instances: {b: {-locate: {marker: zz, occurrence: last}, size: 0}}
""",
        lambda n: b"a" * n + b"zz",
    ),
    "one list that all share": Case(
        """
seq: [{id: n, type: u1}, {id: xs, type: x, repeat: eos}]
types:
  x:
    seq: [{id: a, type: u1}]
    instances:
      zs: {value: _root.xs}
      ys:
        io: _root._io
        pos: 0
        type: y
        repeat: eos
        -overlap: allow
        -unique-by: _.a
  y: {seq: [{id: a, type: u1}]}
""",
        lambda n: bytes(k % 256 for k in range(n)),
    ),
    "a table that all refer to": Case(
        """
seq: [{id: n, type: u4}, {id: xs, type: x, repeat: eos}]
types: {x: {seq: [{id: a, type: u4, -refers-to: {table: _root.xs, by: _.a, as: y}}]}}
""",
        lambda n: numbers([n, *range(n)]),
    ),
    "order within the whole": Case(
        """
seq: [{id: xs, type: x, repeat: eos}]
types:
  x:
    seq:
      - id: a
        type: u1
        repeat: expr
        repeat-expr: 4
        -sorted-by: {by: _, within: sample}
""",
        lambda n: bytes(k % 256 for k in range(4 * n)),
    ),
    "records of no size": Case(
        """
seq: [{id: n, type: u4}, {id: xs, type: x, repeat: expr, repeat-expr: n}]
types: {x: {instances: {a: {value: 1}}}}
""",
        lambda n: numbers([n]),
    ),
    "a list of links": Case(
        """
-limits: {depth: 5000}
seq: [{id: first, type: x}]
types: {x: {seq: [{id: more, type: u1}, {id: next, type: x, if: more == 1}]}}
""",
        lambda n: b"\x01" * n + b"\x00",
    ),
    "a list of links by offset": Case(
        """
-limits: {depth: 5000}
seq: [{id: first, type: x}]
types:
  x:
    seq: [{id: at, type: u4}]
    instances: {next: {io: _root._io, pos: at, type: x, if: at != 0}}
""",
        lambda n: numbers([4 * (k + 1) for k in range(n)] + [0]),
    ),
    "regions that all break off": Case(
        """
seq: [{id: xs, type: x, size: 3, repeat: eos}]
types: {x: {seq: [{id: a, type: u4}]}}
""",
        lambda n: b"abc" * n,
    ),
    "a rule that each element breaks": Case(
        """
seq: [{id: text, type: str, size-eos: true}]
-invariants: [{id: r, check: text.all(_ == 0)}]
""",
        lambda n: b"a" * n,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_twice_the_content_costs_twice_the_work(name: str, tmp_path: Path) -> None:
    """Nothing is gone over again for each item."""
    schema, content = CASES[name]
    small, large = (cost(schema, content(size), tmp_path) for size in (SMALL, 2 * SMALL))
    assert large < ALLOWED * small


def test_more_than_linear_work_is_seen(tmp_path: Path) -> None:
    """The measure can fail: here each item looks at every other."""
    schema = (
        "seq: [{id: xs, type: u1, repeat: eos}]\n"
        "-invariants: [{id: r, check: 'xs.all(a: xs.all(b: a == b))'}]\n"
    )
    small, large = (cost(schema, b"a" * size, tmp_path) for size in (SMALL, 2 * SMALL))
    assert large > ALLOWED * small


@pytest.mark.parametrize(
    "check",
    [
        "xs.all(a: xs.all(b: xs.all(c: xs.all(d: a == d))))",
        "xs.count(a: xs.sum(b: xs.max(c: c + b)) > 0) > 0",
        "text.all(a: text.count(b: text.all(c: c != 0)) > 0)",
    ],
)
def test_loops_inside_loops_end(check: str, tmp_path: Path) -> None:
    """They end with a finding, after a number of steps that follows from the size."""
    path = tmp_path / "sample.ksy"
    path.write_text(
        f"{META}seq: [{{id: text, type: str, size: 600}}, {{id: xs, type: u1, repeat: eos}}]\n"
        f"-invariants: [{{id: r, check: '{check}'}}]\n"
    )
    reading = Reader(load(path, use_cache=False)).read(b"a" * 1200, file="content")
    assert [finding.code for finding in reading.findings] == ["L605"]
    assert not reading.is_complete
