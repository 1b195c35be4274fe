"""Lists with items that are lost, and values that are an integer here and a float there."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench

# a name and a string that are no ASCII stand first among others
NAMES = """
seq:
  - {id: names, type: str, size: 1, encoding: ASCII, repeat: expr, repeat-expr: 2}
  - {id: tag, type: u1}
  - id: varying
    type: {switch-on: tag, cases: {0: u1, 1: strz}}
    repeat: eos
-invariants: [{id: rule, check: "%s"}]
"""


@pytest.mark.parametrize(
    ("check", "more"),
    [
        ("names.find(_index == 0).length == 2", []),
        ("names.find(_index == 1).length == 2", ["I501"]),
        ("names == names", []),
        ("varying.as<str[]>[1] == 'b'", []),
        ("varying.as<str[]>[1] == 'c'", ["I501"]),
        ("varying.as<u1[]>.size == 2", ["B210"]),
    ],
)
def test_a_lost_item_says_nothing_more(bench: Bench, check: str, more: list[str]) -> None:
    """An item that could not be read is neither found, nor of the wrong kind; it is unknown."""
    found = bench.codes(NAMES % check.replace("'", '\\"'), "ff61 01 ff00 6200")
    assert sorted(found) == sorted([*more, "S106", "S106"])


FLOATS = """
seq:
  - {id: floats, type: f4, repeat: expr, repeat-expr: 1}
  - {id: is_whole, type: u1}
instances:
  either: {value: "is_whole == 1 ? 9223372036854775807 : 0.5"}
  result: {value: "%s"}
"""
NAN = "0000c07f"


@pytest.mark.parametrize(
    ("value", "expected"), [("floats == floats", False), ("floats != floats", True)]
)
def test_a_list_with_nan_is_not_itself(bench: Bench, value: str, *, expected: bool) -> None:
    """NaN equals nothing, in a list neither."""
    schema = FLOATS.replace("%s", "floats[0] == floats[0]") + f"  whole: {{value: '{value}'}}\n"
    values = bench.values(schema, f"{NAN} 00")
    assert (values["result"], values["whole"]) == (False, expected)


@pytest.mark.parametrize("value", ["either * either", "-either - either - either"])
def test_an_integer_among_floats_stays_within_64_bits(bench: Bench, value: str) -> None:
    """Where an integer and a float are alternatives, the integer overflows as any other."""
    assert bench.codes(FLOATS.replace("%s", value), "00000000 01") == ["B206"]
    assert bench.codes(FLOATS.replace("%s", value), "00000000 00") == []
