"""Lint of names: what is used by nothing, what hides another, what `-allow` excuses."""

from __future__ import annotations

import pytest

from harness.schema.lint import lint
from tests.unit.bench import Bench, place


def codes(bench: Bench, text: str) -> set[str]:
    """Return what lint says of a schema."""
    return {found.code for found in bench.problems(text)}


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("seq: [{id: x, type: u1}]", {"Q920"}),
        ("seq: [{id: x, type: box}]", set()),
        ("seq: [{id: x, type: {switch-on: 1, cases: {1: box}}}]", set()),
        ("seq: [{id: x, size: sizeof<box>}]", set()),
        ("seq: [{id: x, type: u1}]\nparams: [{id: p, type: box}]", {"Q922"}),
        ("seq: [{id: x, size: 1}]\ninstances: {y: {value: x.as<box>}}", {"Q906"}),
        ("doc: a library of types", set()),
    ],
)
def test_a_type_that_nothing_has_is_told(bench: Bench, use: str, told: set[str]) -> None:
    """Fields, cases, sizes and parameters use one; a library's types are for others."""
    assert codes(bench, f"{use}\ntypes:\n  box: {{seq: [{{id: a, type: u1}}]}}\n") == told


def test_an_unused_type_is_told_without_what_it_holds(bench: Bench) -> None:
    """At its name; the types inside it go with it."""
    text = "seq: [{id: x, type: u1}]\ntypes:\n  box:\n    seq: [{type: lid}]\n    types:\n"
    found = bench.problem(text + "      lid: {seq: [{size: 1}]}\n")
    assert (found.code, place(found)) == ("Q920", (4, 3))


def test_a_type_that_only_holds_others_is_used_with_them(bench: Bench) -> None:
    """It gives them a name to be called by."""
    text = (
        "seq: [{id: x, type: 'space::box'}]\ntypes:\n  space:\n    types:\n"
        "      box: {seq: [{size: 1}]}\n"
    )
    assert codes(bench, text) == set()


@pytest.mark.parametrize(
    ("seq", "told"),
    [
        ("{id: k, type: u1}", {"Q921"}),
        ("{id: k, type: u1, enum: kind}", set()),
        ("{id: k, type: u1, valid: {expr: _ == kind::a.to_i}}", set()),
    ],
)
def test_an_enum_that_nothing_has_is_told(bench: Bench, seq: str, told: set[str]) -> None:
    """Fields and expressions use one."""
    assert codes(bench, f"seq: [{seq}]\nenums:\n  kind: {{0: a, 1: b}}\n") == told


def test_an_import_that_is_not_used_is_told(bench: Bench) -> None:
    """Each at its own line; its types, its enums and sizes of its types count as use."""
    bench.write("meta: {id: one}\nseq: [{id: a, type: u1}]\n", "one.ksy")
    bench.write("meta: {id: two}\nenums: {e: {0: a}}\n", "two.ksy")
    head = "meta:\n  id: sample\n  imports:\n    - one\n    - two\n"
    found = bench.problems(head + "seq: [{id: x, type: u1}]\n")
    assert [(one.code, place(one)) for one in found] == [("Q923", (4, 7)), ("Q923", (5, 7))]
    used = "seq: [{id: x, size: sizeof<one>}, {id: y, type: u1, enum: 'two::e'}]\n"
    assert codes(bench, head + used) == set()


def test_types_of_other_files_are_not_judged(bench: Bench) -> None:
    """Whoever lints the other file is told there."""
    bench.write("meta: {id: one}\nseq: [{size: 1}]\ntypes: {a: {}}\n", "one.ksy")
    text = "meta: {id: sample, imports: [one]}\nseq: [{id: x, type: one}]\n"
    assert codes(bench, text) == set()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("", set()),
        ("-invariants: [{id: a, check: n > 3}]", {"Q924", "Q925"}),
        ("-invariants: [{id: a, check: twice > 3}, {id: b, check: num_xs == 4}]", set()),
    ],
)
def test_a_schema_with_rules_uses_its_numbers(bench: Bench, rules: str, told: set[str]) -> None:
    """Computed values and counts that nothing compares; without rules they are for readers."""
    text = (
        "seq:\n  - {id: n, type: u1}\n  - {id: num_xs, type: u1}\n"
        f"instances:\n  twice: {{value: n * 2}}\n{rules}\n"
    )
    assert codes(bench, text) == told


@pytest.mark.parametrize(
    ("types", "told"),
    [
        ("  a: {types: {a: {}}}", True),
        ("  a: {types: {b: {}}}\n  b: {}", True),
        ("  a: {types: {c: {}}}\n  b: {types: {c: {}}}", False),
        ("  u4: {}", True),
        ("  str: {}", True),
        ("  a: {enums: {e: {0: x}}}\nenums: {e: {0: x}}", True),
    ],
)
def test_a_name_that_hides_another_is_told(bench: Bench, types: str, told: bool) -> None:  # noqa: FBT001  # of a table
    """An inner type or enum, and a type with the name of a primitive; not that of a sibling's."""
    assert (codes(bench, f"types:\n{types}\n") == {"Q926"}) is told


def test_a_joined_item_that_a_field_hides_is_told(bench: Bench) -> None:
    """The field is found first, so the rule would compare it with itself."""
    text = (
        "seq:\n  - {id: xs, type: u1, repeat: expr, repeat-expr: 2}\n  - {id: x, type: u1}\n"
        "  - {id: r, type: u1, -refers-to: {table: xs, as: x}}\n"
    )
    found = bench.problem(text)
    assert (found.code, place(found)) == ("Q926", (5, 51))


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("type: u1, -unknown: allow", "-unknown"),
        ("type: {switch-on: 3, cases: {1: u1, _: u2}}, -unknown: allow", "-unknown"),
        ("size: 3, include: true", "include"),
        ("size: 3, eos-error: false", "eos-error"),
    ],
)
def test_a_key_that_decides_nothing_is_told(bench: Bench, field: str, key: str) -> None:
    """At the key."""
    text = f"seq:\n  - {{id: x, {field}}}\n"
    (found,) = (one for one in bench.problems(text) if one.code == "Q927")
    line, column = place(found)
    lines = (bench.folder / "sample.ksy").read_text().splitlines()
    assert lines[line - 1][column - 1 :].startswith(key)


def test_allow_excuses_a_node(bench: Bench) -> None:
    """By the name of the rule, on a type, a field, a parameter."""
    text = (
        "-allow: [unused-enum]\nenums: {e: {0: a}}\n"
        "seq:\n  - {id: n, type: u1}\n"
        "  - {id: x, size: n - 1, -allow: possible-negative}\n  - {id: y, type: box(1)}\n"
        "types:\n  box:\n    params: [{id: p, type: u1, -allow: [unused-parameter]}]\n"
        "    seq: [{size: 1}]\n"
    )
    assert codes(bench, text) == set()


def test_allow_is_about_its_own_node_only(bench: Bench) -> None:
    """What lies below is judged as before, and the excuse that nothing needs is told."""
    text = "-allow: [possible-negative]\nseq:\n  - {id: n, type: u1}\n  - {id: x, size: n - 1}\n"
    assert codes(bench, text) == {"Q928", "Q940"}


@pytest.mark.parametrize(
    ("allowed", "hint"),
    [("[unused-typ]", "`unused-type`"), ("[Q920]", "no rule"), ("[unknown-key]", "no rule")],
)
def test_allow_names_rules_of_lint(bench: Bench, allowed: str, hint: str) -> None:
    """Misspelt names, codes, and mistakes that no schema can allow are refused."""
    found = bench.problem(f"seq:\n  - {{id: x, type: u1, -allow: {allowed}}}\n")
    assert found.code == "Q905"
    assert hint in found.actual


def test_foreign_schemas_are_linted_leniently(bench: Bench) -> None:
    """Where our own keys say nothing, neither do rules that follow from being strict."""
    text = (
        "seq:\n  - {id: k, type: u1, enum: e}\n  - id: x\n    type: {switch-on: k, cases: "
        "{'e::a': u1, _: u2}}\n  - {id: y, type: box, size: 9}\n"
        "types: {box: {seq: [{size: 1}]}, lid: {}}\nenums: {e: {0: a}}\n"
    )
    path = bench.write(text)
    assert {one.code for one in lint(path)} == {"Q911", "Q920", "Q931", "Q934"}
    assert {one.code for one in lint(path, lenient=True)} == {"Q911", "Q920"}
