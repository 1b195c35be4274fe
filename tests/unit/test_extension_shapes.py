"""Our own keys: what each cannot say."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, place


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("-overlap: deny", "Q903"),
        ("-unknown: deny", "Q903"),
        ("-padding: ones", "Q903"),
        ("-align: 0", "Q903"),
        ("-derive: []", "Q903"),
        ("-derive: {}", "Q903"),
        ("-derive: {count-of: b, size-of: b}", "Q903"),
        ("-derive: {count-of: nothing}", "Q905"),
        ("-derive: {count-of: n}", "Q906"),
        ("-derive: {index-of: b}", "Q906"),
        ("-derive: {count-of: b, by: 1}", "Q902"),
        ("-derive: {count-of: b, plus: x}", "Q903"),
        ("-derive: {count-of: b, unit: 0}", "Q903"),
        ("-checksum: crc32", "Q903"),
        ("-checksum: {algorithm: crc31}", "Q903"),
        ("-checksum: {algorithm: crc32}", "Q906"),
        ("-checksum: {algorithm: sum8, zeroed: [nothing]}", "Q905"),
        ("-checksum: {algorithm: sum8, zeroed: [n, twice]}", "Q906"),
        ("-checksum: {algorithm: sum8, over: {from: 1}}", "Q902"),
        ("-checksum: {algorithm: sum8, over: {start: true}}", "Q906"),
        ("-sorted-by: _", "Q903"),
        ("-unique-by: {by: _}", "Q903"),
        ("-refers-to: b", "Q903"),
        ("-refers-to: {by: _}", "Q903"),
        ("-refers-to: {table: n}", "Q906"),
        ("-refers-to: {table: b, by: '\"x\"'}", "Q906"),
        ("-refers-to: {table: b, key: _}", "Q902"),
        ("-generate: 1", "Q903"),
        ("-generate: {values: 1}", "Q903"),
        ("-generate: {low: 1}", "Q902"),
    ],
)
def test_wrong_shapes_on_an_attribute(bench: Bench, keys: str, code: str) -> None:
    """What a key cannot say is refused on its line."""
    schema = f"""
    seq:
      - {{id: n, type: u1, {keys}}}
      - {{id: b, type: u1, repeat: eos}}
    instances: {{twice: {{value: 2 * n}}}}
    """
    problem = bench.problem(schema)
    assert (problem.code, place(problem)[0]) == (code, 3)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("-sorted-by: {}", "Q903"),
        ("-sorted-by: {by: nothing}", "Q905"),
        ("-sorted-by: _ == 1", "Q906"),
        ("-sorted-by: {by: _, strict: 1}", "Q903"),
        ("-sorted-by: {by: _, when: 1}", "Q906"),
        ("-unique-by: {by: _, within: nothing}", "Q905"),
        ("-unique-by: []", "Q903"),
        ("-refers-to: {table: a, as: item}", "Q903"),
    ],
)
def test_wrong_shapes_on_a_list(bench: Bench, keys: str, code: str) -> None:
    """What an order or a reference of a list cannot say is refused."""
    assert bench.problem(f"seq: [{{id: a, type: u1, repeat: eos, {keys}}}]").code == code


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("-invariants: {}", "Q903"),
        ("-invariants: [{id: a}]", "Q903"),
        ("-invariants: [{check: true}]", "Q903"),
        ("-invariants: [{id: Not_kebab, check: true}]", "Q903"),
        ("-invariants: [{id: a, check: 1}]", "Q906"),
        ("-invariants: [{id: a, check: true, severity: fatal}]", "Q903"),
        ("-layout: allow", "Q903"),
        ("-layout: {gaps: maybe}", "Q903"),
        ("-layout: {overlap: zero}", "Q903"),
        ("-limits: {depth: 0}", "Q903"),
        ("-limits: {items: many}", "Q903"),
        ("-limits: 5", "Q903"),
        ("-coverage: [{id: a}]", "Q903"),
        ("-coverage: [{id: a, each: n, row: 1, column: 1}]", "Q906"),
        ("-coverage: [{id: a, each: list, row: _index, column: _}]", "Q906"),
        ("-coverage: [{id: a, each: kinds, row: _index, column: _, inert: [z]}]", "Q905"),
        ("instances: {i: {type: u1, -locate: {occurrence: last}}}", "Q903"),
        ("instances: {i: {type: u1, -locate: {marker: x, occurrence: middle}}}", "Q903"),
        ("instances: {i: {type: u1, pos: 0, -locate: {marker: x}}}", "Q903"),
        ("instances: {i: {type: u1, -locate: {marker: 256}}}", "Q903"),
        ("instances: {i: {type: u1, -locate: {marker: x, near: 1}}}", "Q902"),
    ],
)
def test_wrong_shapes_on_a_type(bench: Bench, keys: str, code: str) -> None:
    """What a key of a type or an instance cannot say is refused."""
    schema = f"""
    seq:
      - {{id: n, type: u1}}
      - {{id: list, type: u1, repeat: expr, repeat-expr: n}}
      - {{id: kinds, type: u1, enum: e, repeat: eos}}
    enums: {{e: {{0: x}}}}
    {keys}
    """
    assert code in {problem.code for problem in bench.problems(schema)}


def test_a_coverage_matrix(bench: Bench) -> None:
    """A matrix names what each cell counts; reading does not mind it."""
    schema = """
    seq: [{id: kinds, type: u1, enum: e, repeat: eos}]
    enums: {e: {0: x, 1: y}}
    -coverage: [{id: m, each: kinds, row: _index, rows: 4, column: _, inert: [x]}]
    """
    (matrix,) = bench.schema(schema).types["sample"].coverage
    assert (matrix.id, matrix.inert, bench.codes(schema, "0001")) == ("m", ("x",), [])


def test_hints_for_generators(bench: Bench) -> None:
    """`-generate` keeps values and bounds; reading does not mind it."""
    schema = "seq: [{id: a, type: u1, -generate: {values: [1, 2], min: 0, max: 9}}]"
    assert bench.problems(schema) == ()
    assert bench.codes(schema, "ff") == []


@pytest.mark.parametrize(
    "key",
    ["made._sizeof == 1", "made._start == 1", "given._end == 1", "_root.made._sizeof == 1"],
)
def test_what_is_computed_or_passed_has_no_bytes(bench: Bench, key: str) -> None:
    """It was measured as the whole structure around it."""
    schema = f"""
    params: [{{id: given, type: u1}}]
    seq: [{{id: a, size: 2}}, {{id: b, type: t}}]
    instances: {{made: {{value: a}}, inner: {{value: b}}}}
    -invariants: [{{id: fine, check: inner._sizeof == a._end}}, {{id: r, check: "{key}"}}]
    types: {{t: {{seq: [{{id: c, size-eos: true}}]}}}}
    """
    assert bench.problem(schema).code == "Q906"


def test_what_is_computed_is_not_derived_from(bench: Bench) -> None:
    """A size or an offset follows from something that was read."""
    schema = """
    seq: [{id: n, type: u1, -derive: {size-of: made}}, {id: a, size: n}]
    instances: {made: {value: a}}
    """
    assert bench.problem(schema).code == "Q906"
