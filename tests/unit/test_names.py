"""Names of types and enums, written in parts; sizes that the schema alone decides."""

from __future__ import annotations

import pytest

from harness.reading import evaluate
from tests.unit.bench import Bench

NESTED = """
seq: [{id: a, type: u1, enum: '%s'}]
types:
  outer:
    types: {inner: {enums: {deep: {1: one}}}, beside: {}}
    enums: {wide: {1: one}}
  other: {}
enums: {flat: {1: one}}
"""


@pytest.mark.parametrize(
    "name",
    [
        "flat",
        "sample::flat",
        "outer::wide",
        "sample::outer::inner::deep",
        "outer::inner::deep",
        "outer::beside::wide",  # from `beside` outwards
        "outer::other::flat",  # `other` is found outside `outer`
    ],
)
def test_a_name_is_found_part_by_part(bench: Bench, name: str) -> None:
    """Each part is looked for from what the part before names, outwards."""
    schema = bench.schema(NESTED % name)
    assert schema.root.sequence[0].enum.endswith(name.rsplit("::", 1)[-1])


@pytest.mark.parametrize(
    "name", ["wide", "inner::deep", "outer::deep", "flat::one", "other::other::nothing", "::flat"]
)
def test_a_name_that_leads_nowhere(bench: Bench, name: str) -> None:
    """Inner names are not found from outside, and each part must be there."""
    assert bench.problem(NESTED % name).code == "Q905"


def test_a_name_of_many_parts_costs_little(bench: Bench) -> None:
    """Hostile names are refused, not searched for ever."""
    text = "seq: [{id: a, type: %s}]\ntypes: {t: {types: {t: {types: {t: {}}}}}}\n"
    assert bench.problem(text % "::".join(["t"] * 2_000 + ["u"])).code == "Q905"
    assert bench.problem(text % "::".join(["t"] * 20 + ["u"])).code == "Q905"


SIZES = """
seq: [{id: head, type: head}, {id: tail, size: 2 * 3}]
types:
  head:
    seq:
      - {id: magic, contents: [1, 2]}
      - {id: number, type: u4}
      - {id: flags, type: b12}
      - {id: names, type: str, size: 3, encoding: ASCII, repeat: expr, repeat-expr: 2}
      - {id: maybe, type: u2, if: number == 0}
  open: {seq: [{id: a, type: strz, encoding: ASCII}]}
  counted: {params: [{id: n, type: u1}], seq: [{id: a, type: u1, repeat: expr, repeat-expr: n}]}
  itself: {seq: [{id: a, type: itself}]}
instances: {it: {value: '%s'}}
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sizeof<head>", 16),
        ("bitsizeof<head>", 124),
        ("head._sizeof", 16),
        ("head.number._sizeof", 4),
        ("head.flags._sizeof", 2),
        ("head.names._sizeof", 6),
        ("head.maybe._sizeof", 2),
        ("tail._sizeof", 6),
        ("_sizeof", 22),
        ("_root.head.magic._sizeof", 2),
        ("sizeof<u4> + sizeof<b9>", 6),
    ],
)
def test_sizes_known_from_the_schema(bench: Bench, text: str, value: int) -> None:
    """As in Kaitai: constants, `if` or not, bits without what fills them up."""
    content = "0102 01000000 0000" + "616263" * 2 + "00" * 6
    reading = bench.read(SIZES % text, content)
    assert evaluate(reading, "it").value == value


@pytest.mark.parametrize(
    "text", ["sizeof<open>", "sizeof<counted>", "sizeof<itself>", "it._sizeof"]
)
def test_sizes_that_content_decides(bench: Bench, text: str) -> None:
    """They have no constant, and none is made up."""
    assert bench.problem(SIZES % text).code == "Q906"
