"""`_parent` and `_root`: who they are, what is known of them, and that files keep them apart."""

from __future__ import annotations

import pytest

from harness.reading import evaluate
from harness.reading.tree import Missing
from tests.unit.bench import Bench, place

# A leaf below a box below the top; the attribute under test says whose child the leaf is.
TREE = """
seq:
  - {{id: width, type: u1}}
  - {{id: box, type: box}}
types:
  box:
    seq:
      - {{id: width, type: u1}}
      - {{id: leaf, type: leaf{parent}}}
  leaf:
    seq:
      - {{id: data, size: {size}}}
"""


@pytest.mark.parametrize(
    ("parent", "size", "data"),
    [
        ("", "_parent.width", b"abc"),
        (", parent: _parent", "_parent.width", b"a"),
        (", parent: _root", "_parent.width", b"a"),
        (", parent: _parent", "_root.width", b"a"),
    ],
)
def test_an_attribute_may_name_the_parent(
    bench: Bench, parent: str, size: str, data: bytes
) -> None:
    """`parent:` decides what `_parent` is, and what is known of it."""
    reading = bench.read(TREE.format(parent=parent, size=size), "01 03 61 62 63")
    assert evaluate(reading, "box.leaf.data").value == data


def test_a_structure_without_a_parent(bench: Bench) -> None:
    """With `parent: false` there is none; the other uses of the type say what it is."""
    schema = """
    seq: [{id: n, type: u1}, {id: one, type: leaf}, {id: box, type: box}]
    types:
      box: {seq: [{id: leaf, type: leaf, parent: false}]}
      leaf: {seq: [{id: tag, type: u1}, {id: data, size: _parent.n, if: tag == 1}]}
    """
    reading = bench.read(schema, "02 01 6162 00")
    assert reading.findings == ()
    assert evaluate(reading, "one.data").value == b"ab"
    assert evaluate(reading, "box.leaf._parent").value is Missing.ABSENT


def test_needing_a_parent_that_is_not_there(bench: Bench) -> None:
    """A layout that needs it is a fault, not a guess."""
    schema = """
    seq: [{id: n, type: u1}, {id: one, type: leaf}, {id: two, type: leaf, parent: false}]
    types: {leaf: {seq: [{id: data, size: _parent.n}]}}
    """
    found = bench.finding(schema, "01 61 62")
    assert (found.code, found.path) == ("S117", "two.data")


def test_a_named_parent_is_not_mixed_up_when_a_place_is_shared(bench: Bench) -> None:
    """Two instances that read the same bytes for different parents give different structures."""
    schema = """
    -layout: {gaps: allow, trailing: allow, overlap: allow}
    seq: [{id: a, type: box(1)}, {id: b, type: box(2)}]
    types:
      box:
        params: [{id: n, type: u1}]
        instances:
          leaf: {pos: 0, type: leaf, parent: _root}
          own: {pos: 0, type: leaf2}
      leaf: {instances: {sum: {value: _parent.b.n}}, seq: [{id: x, type: u1}]}
      leaf2: {instances: {sum: {value: _parent.n}}, seq: [{id: x, type: u1}]}
    """
    reading = bench.read(schema, "05")
    for text, value in {"a.leaf.sum": 2, "b.leaf.sum": 2, "a.own.sum": 1, "b.own.sum": 2}.items():
        assert (text, evaluate(reading, text).value) == (text, value)


@pytest.mark.parametrize("value", ["1", "width", '"x"'])
def test_a_parent_is_a_structure(bench: Bench, value: str) -> None:
    """Anything else is refused where it is written."""
    problem = bench.problem(
        "seq:\n  - {id: width, type: u1}\n  - id: leaf\n    type: leaf\n"
        f"    parent: '{value}'\ntypes: {{leaf: {{}}}}\n"
    )
    assert (problem.code, place(problem)[0]) == ("Q906", 6)


@pytest.mark.parametrize(
    "uses",
    [
        "[{id: n, type: u1}, {id: a, type: leaf}, {id: b, type: box}]",
        "[{id: n, type: u1}]",
    ],
)
def test_nothing_is_known_of_a_parent_that_varies(bench: Bench, uses: str) -> None:
    """With several parents or none, its members need a cast, as in Kaitai."""
    schema = (
        f"seq: {uses}\ntypes:\n  box: {{seq: [{{id: c, type: leaf}}]}}\n"
        "  leaf:\n    seq:\n      - {id: data, size: '%s'}\n"
    )
    if "leaf" not in uses:
        schema = schema.replace("{id: c, type: leaf}", "{id: c, type: u1}")
    problem = bench.problem(schema % "_parent.n")
    assert (problem.code, place(problem)[0]) == ("Q905", 7)
    assert bench.schema(schema % "_parent.as<sample>.n").id == "sample"


def other_file(bench: Bench) -> None:
    """Write a schema to be imported; its leaf and its top tell their root."""
    bench.write(
        """
        meta: {id: other}
        seq: [{id: own, type: leaf}, {id: n, type: u1}]
        types: {leaf: {seq: [{id: x, type: u1}]}}
        """,
        "other.ksy",
    )


MAIN = """
meta: {id: sample, imports: [other]}
seq: [{id: leaf, type: 'other::leaf'}, {id: top, type: other}]
"""


@pytest.mark.parametrize("member", ["leaf._parent", "leaf._root", "top._parent"])
def test_nothing_crosses_into_another_file(bench: Bench, member: str) -> None:
    """A structure of an imported type has no parent and, but for a top type, no root."""
    other_file(bench)
    assert evaluate(bench.read(MAIN, "01 02 03"), member).value is Missing.ABSENT


@pytest.mark.parametrize(
    ("member", "value"),
    [("top.own._parent.n", 3), ("top.own._root.n", 3), ("top._root.n", 3), ("_root.top.n", 3)],
)
def test_each_file_has_its_own_root(bench: Bench, member: str, value: int) -> None:
    """Within a file, imported or not, `_parent` and `_root` are as ever."""
    other_file(bench)
    assert evaluate(bench.read(MAIN, "01 02 03"), member).value == value
