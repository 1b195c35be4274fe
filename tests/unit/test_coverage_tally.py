"""Tallies add up, and the model with a tally says what is missing."""

from __future__ import annotations

import pytest

from harness.coverage import Cell, Count, Matrix, Model, Plane, Tally, Witness, merged
from harness.coverage.findings import gaps, ordinal, share, shortfalls
from harness.coverage.views import Coverage, coverage
from harness.findings.message import message
from harness.findings.model import Place, Span

MATRIX = Matrix(
    id="field-by-kind",
    type="file::rule",
    place=Place("file.ksy", 9),
    columns=((0, "any"), (1, "text"), (2, "number")),
    inert=("any",),
    per="template",
    per_members=(),
    rows="fields",
    row_members=(),
)
MODEL = Model(schema="file", file="file.ksy", digest="d", matrices=(MATRIX,), domains=())
HERE = Witness("a.bin", "rules[0]", Span(4, 5))


def count(per: int, row: int, point: str, files: int = 1, uses: int = 1) -> Count:
    """One count of the matrix."""
    return Count(Cell(MATRIX.group, point, per, row), files, uses, HERE)


def tally(*counts: Count, plane: Plane | None = None, invalid: tuple[Count, ...] = ()) -> Tally:
    """A tally with the rows that its counts need."""
    rows = [count(one.cell.per, one.cell.row, "", one.files) for one in counts]  # type: ignore[arg-type]  # numbers here
    shown = plane or Plane(MATRIX.group, 7, "pipe", 3, 2, ("name", "user"))
    return merged(
        [
            Tally(schema="d", valid=3, counts=(one,), planes=(shown,) if number == 0 else ())
            for number, one in enumerate((*counts, *dict.fromkeys(rows)))
        ]
        or [Tally(schema="d", valid=3, planes=(shown,))]
    ) | Tally(schema="d", invalid_counts=invalid)


def said(found: Coverage, *, each_cell: bool = True) -> list[str]:
    """Return code and words of all gaps."""
    return [f"{gap.code} {gap.actual}" for gap in gaps(found, each_cell=each_cell)]


def test_counts_add_up_and_the_least_witness_stays() -> None:
    """Whichever came first."""
    late = Witness("b.bin", "rules[0]", Span(0, 1))
    one = Tally(schema="d", valid=1, counts=(Count(Cell("g", "p"), 1, 5, late),))
    other = Tally(schema="d", valid=1, counts=(Count(Cell("g", "p"), 1, 2, HERE),))
    assert one | other == other | one
    assert (one | other).counts == (Count(Cell("g", "p"), 2, 7, HERE),)
    assert (one | Tally()) == one


def test_planes_join() -> None:
    """As many rows as either has, the names that are known, what either allows."""
    one = Plane("g", 7, "", 1, 2, ("a", ""), (0b01, 0b01))
    other = Plane("g", 7, "pipe", 2, 3, ("", "b", "c"), (0b10, 0b01, 0b11))
    (joined,) = (Tally(planes=(one,)) | Tally(planes=(other,))).planes
    assert joined == Plane("g", 7, "pipe", 3, 3, ("a", "b", "c"), (0b11, 0b01, 0b11))


def test_tallies_of_two_schemas_do_not_add_up() -> None:
    """Nor does a model take the tally of another."""
    with pytest.raises(ValueError, match="different schemas"):
        merged([Tally(schema="d"), Tally(schema="e")])
    with pytest.raises(ValueError, match="another schema"):
        coverage(MODEL, Tally(schema="e"))


def test_a_row_that_is_only_inert_is_one_line() -> None:
    """With both ways of counting: rows from 0, people from 1."""
    found = coverage(
        MODEL,
        tally(count(7, 0, "text"), count(7, 0, "number"), count(7, 1, "any", files=3)),
    )
    assert said(found) == [
        'V802 template 7 "pipe": fields[1] user (the 2nd): only any (3 of 3 files)'
    ]
    (gap,) = gaps(found, each_cell=True)
    assert (gap.path, gap.rule, gap.expected) == (
        "field-by-kind[7][1]",
        "field-by-kind",
        "text, number",
    )
    assert message(gap).startswith("`field-by-kind[7][1]`: template 7")


def test_a_row_that_nothing_uses_is_one_line() -> None:
    """The row domain is not what content shows."""
    found = coverage(MODEL, tally(count(7, 0, "text"), count(7, 0, "number")))
    assert said(found) == ['V803 template 7 "pipe": fields[1] user (the 2nd): never used']


def test_single_cells_are_told_on_demand() -> None:
    """And not those of a row that is told as a whole."""
    found = coverage(MODEL, tally(count(7, 0, "text"), count(7, 1, "any")))
    assert [line[:4] for line in said(found)] == ["V801", "V802"]
    assert said(found)[0] == 'V801 template 7 "pipe": fields[0] name (the 1st): no number'
    assert [line[:4] for line in said(found, each_cell=False)] == ["V802"]


def test_a_plane_that_nothing_uses_is_one_line() -> None:
    """Its rows are not told one by one."""
    found = coverage(MODEL, tally(plane=Plane(MATRIX.group, 8, "file", 0, 2)))
    assert said(found) == ['V804 template 8 "file": never used (2 rows)']


def test_what_only_invalid_content_uses_is_missing() -> None:
    """It says where the use is that does not count."""
    found = coverage(
        MODEL,
        tally(
            count(7, 0, "text"),
            count(7, 1, "text"),
            count(7, 1, "number"),
            invalid=(count(7, 0, "number"),),
        ),
    )
    (line,) = said(found)
    assert line.endswith("(the 1st): no number but in invalid content (a.bin: rules[0])")
    assert found.matrices[0].used == 3


def test_what_the_schema_rules_out_is_not_missing() -> None:
    """A number field has no texts; one that can only be inert misses nothing."""
    plane = Plane(MATRIX.group, 7, "pipe", 3, 2, (), (0b101, 0b001))
    found = coverage(MODEL, tally(count(7, 0, "number"), count(7, 1, "any"), plane=plane))
    assert said(found) == []
    assert (found.matrices[0].used, found.matrices[0].wanted) == (1, 1)


def test_a_cell_that_is_used_is_possible_whatever_the_schema_says() -> None:
    """What was seen was seen."""
    plane = Plane(MATRIX.group, 7, "pipe", 3, 1, (), (0b001,))
    found = coverage(MODEL, tally(count(7, 0, "number"), plane=plane))
    (row,) = found.matrices[0].planes[0].rows
    assert [cell.state for cell in row.cells] == ["missing", "impossible", "used"]


def test_rows_as_seen_where_nothing_says_how_many() -> None:
    """Without `rows`, a row is what some content uses."""
    plane = Plane(MATRIX.group, 7, "", 3, None)
    found = coverage(MODEL, tally(count(7, 4, "text"), count(7, 9, "any"), plane=plane))
    assert [row.number for row in found.matrices[0].planes[0].rows] == [4, 9]


def test_a_share_below_the_threshold_is_a_finding() -> None:
    """Just at it is enough."""
    found = coverage(MODEL, tally(count(7, 0, "text"), count(7, 0, "number"), count(7, 1, "text")))
    assert list(shortfalls(found, 75, domains=True)) == []
    (short,) = shortfalls(found, 75.1, domains=False)
    assert (short.code, short.actual, short.expected) == ("V805", "3 of 4 cells (75 %)", "75.1 %")


def test_nothing_wanted_is_all_there() -> None:
    """A matrix that no content shows a row of is not covered badly."""
    assert share(0, 0) == "0 of 0 cells (100 %)"
    assert list(shortfalls(coverage(MODEL, Tally()), 100, domains=True)) == []


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (13, "13th"),
        (111, "111th"),
        (122, "122nd"),
    ],
)
def test_ordinals(number: int, text: str) -> None:
    """As people say them."""
    assert ordinal(number) == text
