"""What a schema offers to be covered: matrices as written, domains that follow by themselves."""

from __future__ import annotations

import pytest

from harness.coverage import model
from harness.coverage.matrices import MAX_COLUMNS
from harness.coverage.points import MAX_POINTS
from tests.unit.bench import Bench

Found = dict[str, tuple[str, ...]]


def domains(bench: Bench, schema: str) -> Found:
    """Return the points of each domain by its name without the type of the file."""
    found = model(bench.schema(schema)).domains
    return {
        f"{one.type}.{one.field}:{one.kind}".removeprefix("sample."): one.points for one in found
    }


def of_field(bench: Bench, field: str) -> Found:
    """Return the domains of one attribute `a`, which stands after a byte `n`."""
    head = "seq: [{id: n, type: u1}, "
    tail = "]\nenums: {e: {3: x, 1: y}}\ntypes: {t: {seq: [{id: b, size: 1}]}}"
    found = domains(bench, f"{head}{{id: a, {field}}}{tail}")
    return {
        name.partition(":")[2]: points for name, points in found.items() if name.startswith("a:")
    }


@pytest.mark.parametrize(
    ("field", "points"),
    [
        ("type: u1", ("0", "1", "2..", "255")),
        ("type: u4", ("0", "1", "2..", "max")),
        ("type: s2", ("-32768", "..-1", "0", "1", "2..", "32767")),
        ("type: b3", ("0", "1", "2..", "7")),
        ("type: b2", ("0", "1", "2", "3")),
        ("type: u1, valid: {min: 1}", ("1", "2", "3..", "255")),
        ("type: u1, valid: {max: 9}", ("0", "1", "2..", "8", "9")),
        ("type: u1, valid: {min: 10, max: 20}", ("10", "11", "12..", "19", "20")),
        ("type: s1, valid: {min: -5, max: 5}", ("-5", "-4", "-3..", "0", "1", "2..", "4", "5")),
        ("type: u1, valid: {min: 4, max: 6}", ("4", "5", "6")),
        ("type: u1, valid: {any-of: [7, 3]}", ("3", "7")),
        ("type: u1, valid: {expr: _ != 1}", ("0", "2..", "255")),
        ("type: u1, valid: {expr: _ < n}", ("0", "1", "2..", "255")),
        ("type: u1, valid: {max: n}", ("0", "1", "2..")),
    ],
)
def test_points_of_a_number(bench: Bench, field: str, points: tuple[str, ...]) -> None:
    """The ends, zero and one, the neighbours of ends that `valid` sets, and what lies between."""
    assert of_field(bench, field)["number"] == points


@pytest.mark.parametrize(
    ("field", "domain"),
    [
        ("type: u1, enum: e", {"member": ("y", "x")}),
        ("type: u1, enum: e, -unknown: allow", {"member": ("y", "x", "other")}),
        ("type: b1", {"flag": ("false", "true")}),
        ("type: f4", {"float": ("zero", "negative", "positive", "infinite", "nan")}),
        ("type: strz, encoding: ASCII", {"size": ("empty", "filled")}),
        ("size: n", {"size": ("empty", "filled")}),
        ("type: t, if: n > 3", {"present": ("absent", "present")}),
        ("type: t, repeat: eos", {"count": ("none", "one", "many")}),
        ("type: t, repeat: until, repeat-until: '_.b == [0]'", {"count": ("one", "many")}),
        ("type: t, repeat: expr, repeat-expr: n", {"count": ("none", "one", "many", "max")}),
        ("type: t, repeat: expr, repeat-expr: n + 2", {}),
    ],
)
def test_domains_of_a_field(bench: Bench, field: str, domain: Found) -> None:
    """Each kind of attribute has the domain that fits it; one point alone is no choice."""
    assert of_field(bench, field) == domain


@pytest.mark.parametrize(
    "field",
    [
        "contents: [1]",
        "type: u1, valid: 1",
        "size: 4",
        "size: 4, type: t",
        "type: u1, -padding: zero",
        "type: u1, -derive: {size-of: n}",
        "type: u4, -checksum: {algorithm: crc32}",
        "type: strz, encoding: ASCII, valid: {expr: _ != ''}",
        "type: t, repeat: expr, repeat-expr: 3",
    ],
)
def test_what_offers_no_choice_has_no_domain(bench: Bench, field: str) -> None:
    """Fixed bytes, fixed numbers of items, and values that follow from others."""
    assert of_field(bench, field) == {}


def test_a_limit_that_content_sets_is_a_point(bench: Bench) -> None:
    """Being just at `max` is worth telling, whatever the maximum is."""
    assert of_field(bench, "type: u1, valid: {max: n}")["limit"] == ("most",)


def test_fields_that_lead_have_no_numbers_of_their_own(bench: Bench) -> None:
    """How many items there are says what their count was."""
    found = domains(
        bench,
        "seq: [{id: n, type: u1}, {id: m, type: u1}, {id: a, type: u1, repeat: expr, repeat-expr:"
        " n}]",
    )
    assert "n:number" not in found
    assert "m:number" in found


def test_a_switch_has_a_point_for_each_arm(bench: Bench) -> None:
    """`other` is there only where something else may be."""
    arms = "{switch-on: n, cases: {1: u1, 2: u2%s}}"
    assert of_field(bench, f"type: {arms % ''}")["case"] == ("1", "2")
    assert of_field(bench, f"type: {arms % ', _: u4'}")["case"] == ("1", "2", "other")


def test_fields_that_come_and_go_together_have_one_domain(bench: Bench) -> None:
    """Five fields of one extension are one question."""
    found = domains(
        bench,
        "seq: [{id: n, type: u1}, {id: a, type: u1, if: n > 1}, {id: b, type: u1, if: n > 1}]",
    )
    assert [name for name in found if name.endswith(":present")] == ["a:present"]


def test_types_rules_instances_and_byte_orders(bench: Bench) -> None:
    """What is not an attribute can be covered too; a type that cannot occur is left out."""
    found = domains(
        bench,
        """
        seq: [{id: n, type: u1}, {id: t, type: t}]
        instances: {is_big: {value: n > 9}, sum: {value: n + 1}}
        -invariants: [{id: always, check: n >= 0}, {id: big, when: is_big, check: n < 99}]
        types:
          t: {meta: {endian: {switch-on: _root.n, cases: {0: le, 1: be}}}, seq: [{id: a, size: 1}]}
          nowhere: {seq: [{id: b, type: u1}]}
        """,
    )
    assert found == {
        "n:number": ("0", "1", "2..", "255"),
        "is_big:flag": ("false", "true"),
        "big:rule": ("applies",),
        "sample::t.:type": ("used",),
        "sample::t.:order": ("le", "be"),
    }


def test_companions_are_not_content(bench: Bench) -> None:
    """What a companion holds is not to be covered by the content read against it."""
    bench.write("meta: {id: other}\nseq: [{id: a, type: u1}]", "other.ksy")
    schema = """
    meta: {id: sample, imports: [other]}
    params: [{id: other, type: other}]
    seq: [{id: b, type: u1}]
    """
    assert list(domains(bench, schema)) == ["b:number"]


def test_a_matrix_says_what_its_planes_and_rows_are_called(bench: Bench) -> None:
    """By the joined item and by the list that `rows` measures."""
    schema = """
    seq:
      - {id: count, type: u1}
      - {id: types, type: kind, repeat: expr, repeat-expr: count}
      - {id: uses, type: use, repeat: eos}
    types:
      kind: {seq: [{id: n, type: u1}, {id: parts, size: 1, repeat: expr, repeat-expr: n}]}
      use:
        seq:
          - {id: which, type: u1, -refers-to: {table: _root.types, as: kind}}
          - {id: a, type: u1, enum: e, repeat: expr, repeat-expr: kind_count}
        instances: {kind_count: {value: 2}}
        -coverage:
          - {id: m, per: which, each: a, rows: kind.parts.size, row: _index, column: _, inert: [x]}
    enums: {e: {3: x, 1: y}}
    """
    (matrix,) = model(bench.schema(schema)).matrices
    assert (matrix.per, matrix.rows, matrix.inert) == ("kind", "parts", ("x",))
    assert matrix.columns == ((1, "y"), (3, "x"))
    assert matrix.group == "sample::use/m"


def test_enums_and_booleans_say_all_their_planes_and_rows(bench: Bench) -> None:
    """So a version that no file has still has its cells."""
    schema = """
    seq: [{id: v, type: u1, enum: e}, {id: a, type: u1, enum: e, repeat: eos}]
    -coverage: [{id: m, per: v, each: a, row: _index > 0, column: _}]
    enums: {e: {1: x, 2: y}}
    """
    (matrix,) = model(bench.schema(schema)).matrices
    assert matrix.per_members == ((1, "x"), (2, "y"))
    assert matrix.row_members == ((0, "false"), (1, "true"))


def test_enums_as_large_as_anyone_wants_are_cut_and_told(bench: Bench) -> None:
    """Hostile schemas make no endless tables."""
    members = ", ".join(f"{number}: m{number}" for number in range(300))
    schema = f"""
    seq: [{{id: a, type: u2, enum: e, repeat: eos}}]
    -coverage: [{{id: m, each: a, row: _index, column: _}}]
    enums: {{e: {{{members}}}}}
    """
    found = model(bench.schema(schema))
    (matrix,) = found.matrices
    assert (len(matrix.columns), matrix.left_out) == (MAX_COLUMNS, 300 - MAX_COLUMNS)
    assert max(len(domain.points) for domain in found.domains) == MAX_POINTS
