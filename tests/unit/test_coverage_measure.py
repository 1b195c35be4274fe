"""What one content uses: rows from expressions and joins, points of domains, witnesses, limits."""

from __future__ import annotations

import msgspec
import pytest

from harness.coverage import Cell, Plane, Tally, measure, model, sink
from harness.coverage.cells import WHOLE_ROW
from harness.coverage.views import coverage
from harness.findings.model import Place, Span
from harness.reading import Reading
from harness.schema.overlay import Overlay, OverlayRule
from tests.unit.bench import Bench

# templates (name, fields by name), then instances of them with one kind for each field
TEMPLATES = """
seq:
  - {id: count, type: u1}
  - {id: templates, type: template, repeat: expr, repeat-expr: count}
  - {id: instances, type: instance, repeat: eos}
types:
  template:
    seq:
      - {id: id, type: u1}
      - {id: name, type: strz, encoding: ASCII}
      - {id: field_count, type: u1}
      - {id: fields, type: field, repeat: expr, repeat-expr: field_count}
  field: {seq: [{id: allowed, type: u1}, {id: name, type: strz, encoding: ASCII}]}
  instance:
    seq:
      - {id: which, type: u1, -refers-to: {table: _root.templates, by: _.id, as: template}}
      - {id: n, type: u1}
      - {id: kinds, type: u1, enum: kind, repeat: expr, repeat-expr: n}
    -coverage:
      - id: m
        per: which
        each: kinds
        rows: template.fields.size
        row: _index
        column: _
        when: template.fields[_index].allowed >> _.to_i & 1 == 1
        inert: [any]
enums: {kind: {0: any, 1: text, 2: number}}
"""
SEVEN = "07 7000 02 03 6100 07 6200"  # `p`: `a` takes any and text, `b` everything
NINE = "09 7100 01 07 6300"  # `q`: `c`


def measured(bench: Bench, schema: str, content: str) -> Tally:
    """Read and measure the bytes written in hex."""
    reading = bench.read(schema, content)
    return measure(model(reading.schema), reading)


def cells(tally: Tally) -> dict[str, int]:
    """Return the uses of all cells of matrices, as `per/row/column`."""
    return {
        f"{count.cell.per}/{count.cell.row}/{count.cell.point}": count.uses
        for count in (*tally.counts, *tally.invalid_counts)
        if "/" in count.cell.group and count.cell.point != WHOLE_ROW
    }


def points(tally: Tally) -> dict[str, int]:
    """Return the uses of all points of domains."""
    return {
        f"{count.cell.group.removeprefix('sample.')}={count.cell.point}": count.uses
        for count in tally.counts
        if "/" not in count.cell.group
    }


def test_tables_made_by_an_expression_have_planes_each(bench: Bench) -> None:
    """One is no longer there when the next is made, and may be where that was."""
    schema = """
    seq: [{id: items, type: item, repeat: eos}]
    types:
      item:
        seq:
          - {id: low, type: u1}
          - {id: key, type: u1, -refers-to: {table: "[low, low + 1]", by: _, as: found}}
          - {id: kinds, type: u1, enum: kind, repeat: expr, repeat-expr: 1}
        -coverage: [{id: m, per: key, each: kinds, rows: 1, row: _index, column: _}]
    enums: {kind: {0: any, 1: text}}
    """
    lows = [0, 0, 2, 4]
    tally = measured(bench, schema, bytes(n for low in lows for n in (low, low, 0)).hex())
    assert [plane.per for plane in tally.planes] == list(range(6))


def test_rows_columns_and_planes_are_counted(bench: Bench) -> None:
    """Each element is one use of its cell; another template's field is another cell."""
    tally = measured(bench, TEMPLATES, f"02 {SEVEN} {NINE} 07 02 0001 07 02 0002 09 01 02")
    assert cells(tally) == {"7/0/any": 2, "7/1/text": 1, "7/1/number": 1, "9/0/number": 1}
    rows = {count.cell.row: count.uses for count in tally.counts if count.cell.point == WHOLE_ROW}
    assert rows == {0: 1, 1: 2}
    assert (tally.valid, tally.invalid) == (1, 0)


def test_rows_come_from_the_joined_item_with_their_names(bench: Bench) -> None:
    """How many, what each is called, and which columns it can have."""
    tally = measured(bench, TEMPLATES, f"01 {SEVEN} 07 02 0000")
    assert tally.planes == (Plane("sample::instance/m", 7, "p", 1, 2, ("a", "b"), (0b011, 0b111)),)


def test_an_item_that_nothing_refers_to_has_its_plane(bench: Bench) -> None:
    """A template without instances still has its missing cells."""
    tally = measured(bench, TEMPLATES, f"02 {SEVEN} {NINE} 07 02 0000")
    assert [(plane.per, plane.files, plane.rows) for plane in tally.planes] == [
        (7, 1, 2),
        (9, 0, 1),
    ]
    assert (tally.planes[1].name, tally.planes[1].labels) == ("q", ("c",))
    assert tally.planes[1].possible == (0b111,)


def test_the_first_use_is_the_witness(bench: Bench) -> None:
    """File, path and bytes, so that anyone can look."""
    tally = measured(bench, TEMPLATES, f"01 {SEVEN} 07 02 0001 07 02 0101")
    cell = Cell("sample::instance/m", "text", 7, 1)
    (count,) = (count for count in tally.counts if count.cell == cell)
    assert (count.files, count.uses) == (1, 2)
    assert (count.witness.file, count.witness.path) == ("content", "instances[0].kinds[1]")
    assert count.witness.span == Span(14, 15)


def test_what_lies_outside_the_matrix_is_no_cell(bench: Bench) -> None:
    """More kinds than the template has fields, and a kind that no column is."""
    tally = measured(bench, TEMPLATES, f"01 {SEVEN} 07 03 000102")
    assert cells(tally) == {"7/0/any": 1, "7/1/text": 1}


def test_invalid_content_is_kept_apart(bench: Bench) -> None:
    """It shows no planes, and its cells are not among those that count."""
    tally = measured(bench, TEMPLATES, f"01 {SEVEN} 07 02 0009")
    assert (tally.valid, tally.invalid, tally.counts, tally.planes) == (0, 1, (), ())
    assert cells(tally) == {"7/0/any": 1}


def test_the_caller_can_know_better_what_is_valid(bench: Bench) -> None:
    """An error in a companion is not among the findings of the reading."""
    reading = bench.read(TEMPLATES, f"01 {SEVEN} 07 02 0000")
    assert measure(model(reading.schema), reading, is_valid=False).invalid == 1


def test_a_broken_contract_makes_content_no_less_valid(bench: Bench) -> None:
    """It is one consumer's matter; the schema is kept."""
    rule = OverlayRule(id="none", at="instance", check="n == 0", place=Place("contract", 1))
    overlay = Overlay(name="old", rules=(rule,))
    reading = bench.read(TEMPLATES, f"01 {SEVEN} 07 02 0000", overlays=[overlay])
    assert [finding.code for finding in reading.findings] == ["K401"]
    assert measure(model(reading.schema), reading).valid == 1


def test_unknown_rows_and_planes_are_passed_over(bench: Bench) -> None:
    """A reference to no template: nothing is known of its rows, so rows are as seen."""
    schema = TEMPLATES.replace("as: template}", "as: template, when: false}")
    tally = measured(bench, schema, f"01 {SEVEN} 07 02 0001")
    (plane,) = [plane for plane in tally.planes if plane.files]
    assert (plane.rows, plane.labels) == (None, ())
    assert cells(tally) == {"7/0/any": 1, "7/1/text": 1}


SCALARS = """
seq:
  - {id: n, type: u1}
  - {id: flag, type: b1}
  - {id: rest, type: b7}
  - {id: kind, type: u1, enum: e, -unknown: allow}
  - {id: real, type: f4}
  - {id: name, type: strz, encoding: ASCII}
  - {id: low, type: u1, valid: {max: n}}
  - {id: list, type: s1, repeat: expr, repeat-expr: n}
  - {id: extra, type: u1, if: n > 1}
  - {id: arm, type: {switch-on: kind, cases: {'e::x': u1, _: u2}}}
-invariants: [{id: many, when: n > 1, check: n < 9}]
enums: {e: {1: x}}
"""


def test_points_of_every_kind(bench: Bench) -> None:
    """One content, one point of each domain; of a list as many as it has."""
    tally = measured(bench, SCALARS, "03 80 01 0000807f 00 03 ff 00 05 02 09")
    assert points(tally) == {
        "flag:flag=true": 1, "rest:number=0": 1, "kind:member=x": 1, "real:float=infinite": 1,
        "name:size=empty": 1, "low:number=2..": 1, "low:limit=most": 1, "list:count=many": 1,
        "list:number=..-1": 1, "list:number=0": 1, "list:number=2..": 1,
        "extra:present=present": 1, "extra:number=2..": 1, "arm:case=x": 1, "many:rule=applies": 1,
    }  # fmt: skip


def test_other_points_of_every_kind(bench: Bench) -> None:
    """The other side: absent, empty, one, the arm for the rest."""
    tally = measured(bench, SCALARS, "01 7f 05 0000c0bf 6100 00 7f 0102")
    found = points(tally)
    for point in (
        "flag:flag=false", "rest:number=127", "kind:member=other", "real:float=negative",
        "name:size=filled", "low:number=0", "list:count=one", "list:number=127",
        "extra:present=absent", "arm:case=other",
    ):  # fmt: skip
        assert found[point] == 1, point
    assert "many:rule=applies" not in found
    assert "low:limit=most" not in found


def test_elements_that_could_not_be_read_are_no_points(bench: Bench) -> None:
    """A text that is none in its encoding is neither empty nor filled."""
    schema = "seq: [{id: a, type: strz, encoding: UTF-8, repeat: eos}]"
    tally = measured(bench, schema, "6100 ff00 00")
    sizes = [count for count in tally.invalid_counts if count.cell.group.endswith(":size")]
    assert [(count.cell.point, count.uses) for count in sizes] == [("empty", 1), ("filled", 1)]


def test_a_tally_is_plain_data(bench: Bench) -> None:
    """It survives JSON."""
    tally = measured(bench, TEMPLATES, f"02 {SEVEN} {NINE} 07 02 0001")
    assert msgspec.json.decode(msgspec.json.encode(tally), type=Tally) == tally


def test_measuring_leaves_the_reading_as_it_was(bench: Bench) -> None:
    """Twice the same, and what is left to spend is not less."""
    reading = bench.read(TEMPLATES, f"01 {SEVEN} 07 02 0001")
    steps = reading.session.steps
    first = measure(model(reading.schema), reading)
    assert measure(model(reading.schema), reading) == first
    assert reading.session.steps is steps


def test_a_reading_of_another_schema_is_refused(bench: Bench) -> None:
    """Its cells would be filed under the wrong names."""
    other = model(bench.schema("seq: [{id: a, type: u1}]"))
    reading = bench.read(TEMPLATES, f"01 {SEVEN}")
    with pytest.raises(ValueError, match="another schema"):
        measure(other, reading)


def read_nested(bench: Bench, count: int) -> Reading:
    """Return content whose matrix loops in loops."""
    schema = """
    seq: [{id: a, type: u1, enum: e, repeat: eos}]
    -coverage:
      - {id: m, each: a, row: 'a.count(w: a.all(x: a.all(y: a.any(z: z == x))))', column: _}
    enums: {e: {1: x}}
    """
    return bench.read(schema, "01" * count)


def test_measuring_that_takes_too_many_steps_counts_nothing_and_says_so(bench: Bench) -> None:
    """The time that a file can cost is bounded; half a count would be no count."""
    reading = read_nested(bench, 60)
    tally = measure(model(reading.schema), reading)
    assert (tally.valid, tally.invalid, tally.counts) == (0, 0, ())
    assert tally.unmeasured == ("content",)
    few = read_nested(bench, 3)
    assert measure(model(few.schema), few).unmeasured == ()


def test_content_with_more_planes_than_are_worth_it_is_not_measured(bench: Bench) -> None:
    """Each record its own plane: memory is bounded."""
    schema = """
    seq: [{id: records, type: record, repeat: eos}]
    types:
      record:
        seq: [{id: key, type: u2}, {id: a, type: u1, enum: e, repeat: expr, repeat-expr: 1}]
        -coverage: [{id: m, per: key, each: a, rows: 1, row: _index, column: _}]
    enums: {e: {1: x}}
    """
    many = "".join(f"{number & 255:02x}{number >> 8:02x}01" for number in range(1025))
    assert measured(bench, schema, many).unmeasured == ("content",)
    kept = measured(bench, schema, many[: 6 * 1024])
    assert (kept.unmeasured, len(kept.planes), kept.cut) == ((), 256, ("sample::record/m",))


def test_content_with_more_cells_than_are_worth_it_is_not_measured(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit it is measured, beyond it nothing of it counts."""
    content = f"01 {SEVEN} 07 02 0001"
    used = len(measured(bench, TEMPLATES, content).counts)
    monkeypatch.setattr(sink, "MAX_CELLS_OF_ONE", used)
    assert measured(bench, TEMPLATES, content).valid == 1
    monkeypatch.setattr(sink, "MAX_CELLS_OF_ONE", used - 1)
    assert measured(bench, TEMPLATES, content).unmeasured == ("content",)


PER_NAME = """
seq: [{id: records, type: record, repeat: eos}]
types:
  record:
    seq:
      - {id: name, type: strz, encoding: ASCII}
      - {id: a, type: u1, enum: e, repeat: expr, repeat-expr: 1}
    -coverage: [{id: m, per: name, each: a, rows: 1, row: _index, column: _}]
enums: {e: {1: x}}
"""


def test_planes_are_told_apart_by_long_texts(bench: Bench) -> None:
    """A text is cut to what can be shown, and what was cut off still counts."""
    first, second = "61" * 100 + "62", "61" * 100 + "63"
    tally = measured(bench, PER_NAME, f"{first} 00 01 {second} 00 01 7a 00 01")
    short, *long = sorted((str(plane.per) for plane in tally.planes), key=len)
    assert short == "z"
    assert len(set(long)) == 2
    assert {len(per) for per in long} == {53}


def test_rows_beyond_the_limit_are_told(bench: Bench) -> None:
    """A row that is not counted is neither used nor missing."""
    schema = """
    seq: [{id: rows, type: u2}, {id: a, type: u1, enum: e, repeat: eos}]
    -coverage: [{id: m, each: a, rows: rows, row: 'rows - 1', column: _}]
    enums: {e: {1: x}}
    """
    reading = bench.read(schema, "0008 01")
    (matrix,) = coverage(model(reading.schema), measure(model(reading.schema), reading)).matrices
    assert (matrix.is_cut, matrix.used, matrix.wanted) == (True, 0, 1024)
    few = bench.read(schema, "0001 01")
    (matrix,) = coverage(model(few.schema), measure(model(few.schema), few)).matrices
    assert (matrix.is_cut, matrix.used, matrix.wanted) == (False, 1, 256)
