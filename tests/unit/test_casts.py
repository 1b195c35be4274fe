"""Values whose kind only the content tells: each use checks it."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, span

# `x` is a u4, a string, one of two structures, or a float, by the first byte.
VARYING = """
seq:
  - {{id: tag, type: u1}}
  - id: x
    type: {{switch-on: tag, cases: {{1: u4, 2: strz, 3: left, 4: right, 5: f4}}}}
instances:
  it: {{value: '{value}'}}
types:
  left: {{seq: [{{id: a, type: u1}}, {{id: b, type: u1}}]}}
  right: {{seq: [{{id: b, type: u1}}, {{id: c, type: u1}}]}}
"""
CONTENTS = {
    "integer": "01 05000000",
    "string": "02 6162 00",
    "left": "03 0a0b",
    "right": "04 0c0d",
    "float": "05 0000803f",
}


@pytest.mark.parametrize(
    ("value", "fitting"),
    [
        ("x + 1", {"integer": 6, "float": 2.0}),
        ('x + "c"', {"string": "abc"}),
        ("x * 2", {"integer": 10, "float": 2.0}),
        ("x & 4", {"integer": 4}),
        ("-x", {"integer": -5}),
        ("~x", {"integer": -6}),
        ("x == 5", {"integer": True, "float": False}),
        ('x == "ab"', {"string": True}),
        ("x < 6", {"integer": True, "float": True}),
        ("not x", {}),
        ("x ? 1 : 2", {}),
        ("x.length", {"string": 2}),
        ("x.reverse", {"string": "ba"}),
        ("x.to_i", {"integer": 5, "float": 1}),
        ("x[0]", {"string": 0x61}),
        ("x.b", {"left": 0x0B, "right": 0x0C}),
        ("x._io.size", {"left": 3, "right": 3}),
        ("x._parent.as<sample>.tag", {"left": 3, "right": 4}),
        ("x.as<left>.b", {"left": 0x0B}),
        ("x.as<right>.b", {"right": 0x0C}),
        ("x.as<u1>", {"integer": 5}),
        ("x.as<str>", {"string": "ab"}),
        ("x.as<f8>", {"integer": 5.0, "float": 1.0}),
        ("x.as<bytes>", {}),
        ("x.as<bool>", {}),
        ("x.as<u1[]>", {}),
    ],
)
def test_a_use_checks_the_kind(bench: Bench, value: str, fitting: dict[str, object]) -> None:
    """A fitting value gives the result; any other is one fault, at the instance."""
    schema = VARYING.format(value=value)
    for name, content in CONTENTS.items():
        reading = bench.read(schema, content)
        found = [(finding.code, finding.path) for finding in reading.findings]
        if name in fitting:
            assert (name, found) == (name, [])
            assert reading.root.values[-1] == fitting[name]
        else:
            assert found in ([("B210", "it")], [("B209", "it")])


@pytest.mark.parametrize(("content", "codes"), [("ff00", []), ("0001", ["B206"])])
def test_a_cast_to_a_narrow_integer_cuts_nothing_off(
    bench: Bench, content: str, codes: list[str]
) -> None:
    """`.as<u1>` of 256 is a fault, not 0."""
    schema = "seq: [{id: a, type: u2}]\ninstances: {b: {value: a.as<u1>}}\n"
    assert bench.codes(schema, content) == codes


def test_an_argument_must_fit_its_parameter(bench: Bench) -> None:
    """An integer beyond the parameter's type is a fault where reading stands."""
    schema = """
    seq: [{id: a, type: u2}, {id: b, type: t(a)}]
    types: {t: {params: [{id: p, type: u1}], seq: [{id: c, size: p}]}}
    """
    assert bench.values(schema, "0100 07") == {"a": 1, "b.c": b"\x07"}
    found = bench.finding(schema, "0101 07")
    assert (found.code, found.path, span(found)) == ("B206", "b", (2, 2))


@pytest.mark.parametrize(
    ("argument", "parameter"),
    [
        ('"text"', "u1"),
        ("a", "str"),
        ("a", "bytes"),
        ("_root", "other"),
        ("[1, 2]", "u1"),
        ("1.5", "u8"),
    ],
)
def test_an_argument_of_another_kind_is_refused(
    bench: Bench, argument: str, parameter: str
) -> None:
    """What can never fit is a mistake of the schema."""
    schema = f"""
    seq: [{{id: a, type: u1}}, {{id: b, type: 't({argument})'}}]
    types: {{t: {{params: [{{id: p, type: {parameter}}}]}}, other: {{}}}}
    """
    assert bench.problem(schema).code == "Q906"


@pytest.mark.parametrize(
    ("kind", "name"), [("struct", "p.as<sample>"), ("any", "p"), ("sample", "p")]
)
def test_a_structure_is_passed_as_it_is(bench: Bench, kind: str, name: str) -> None:
    """A parameter may take any structure, whose members then need a cast, or one of a type."""
    schema = f"""
    seq: [{{id: a, type: u1}}, {{id: b, type: t(_root)}}]
    types: {{t: {{params: [{{id: p, type: {kind}}}], instances: {{c: {{value: '{name}.a + 1'}}}}}}}}
    """
    assert bench.values(schema, "05")["b.c"] == 6


def test_a_size_must_turn_out_to_be_an_integer(bench: Bench) -> None:
    """The fault is where reading stands."""
    schema = """
    seq:
      - {id: tag, type: u1}
      - {id: x, type: {switch-on: tag, cases: {1: u1, 2: strz}}}
      - {id: body, size: x}
    """
    assert bench.codes(schema, "01 01 07") == []
    found = bench.finding(schema, "02 31 00 07")
    assert (found.code, found.path, span(found)) == ("B210", "body", (3, 3))


@pytest.mark.parametrize("key", ["-sorted-by", "-unique-by"])
def test_keys_of_unlike_kinds_are_told(bench: Bench, key: str) -> None:
    """They have no order; whether two are the same can be said all the same."""
    schema = f"""
    seq: [{{id: a, type: t, repeat: eos, {key}: _.x}}]
    types:
      t:
        seq:
          - {{id: tag, type: u1}}
          - {{id: x, type: {{switch-on: tag, cases: {{1: u1, 2: strz}}}}}}
    """
    assert bench.codes(schema, "01 01 02 31 00") == (["B210"] if key == "-sorted-by" else [])
