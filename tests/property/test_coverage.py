"""Whatever is measured: no exception, the same each time, and sums that do not mind the order."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mutation import mutants
from benchmarks.survey import FORMATS, Subject
from harness.coverage import (
    Cell,
    Count,
    Model,
    Plane,
    Tally,
    Witness,
    cells,
    measure,
    merged,
    model,
)
from harness.coverage.findings import gaps
from harness.coverage.views import coverage
from harness.findings.model import Span
from tests.property.repeatable import QUICK

MUTANTS = 150
SEED = 0

small = st.integers(0, 3)
pers = st.one_of(small, st.sampled_from(["", "a", "b"]))
texts = st.sampled_from(["", "x", "y"])
witnesses = st.builds(
    Witness,
    st.sampled_from(["a.bin", "b.bin"]),
    st.sampled_from(["", "x"]),
    st.one_of(st.none(), st.builds(Span, small, small)),
)
counts = st.builds(
    Count,
    st.builds(Cell, st.sampled_from(["g", "h"]), texts, pers, small),
    st.integers(1, 3),
    st.integers(1, 9),
    witnesses,
)
planes = st.builds(
    Plane,
    st.sampled_from(["g", "h"]),
    pers,
    texts,
    small,
    st.one_of(st.none(), small),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(small, max_size=3).map(tuple),
)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """A tally as measuring makes one: each cell and each plane once."""
    return merged(
        Tally(
            schema="d",
            valid=1,
            counts=(count,),
            invalid_counts=(draw(counts),),
            planes=(draw(planes),),
            unmeasured=tuple(draw(st.lists(st.sampled_from(["a.bin", "b.bin"]), max_size=1))),
        )
        for count in draw(st.lists(counts, max_size=6))
    )


@pytest.fixture(params=[(65_536, 256), (3, 2)], ids=["room-for-all", "cut"])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many cells and planes of a group are kept."""
    monkeypatch.setattr(cells, "MAX_CELLS", request.param[0])
    monkeypatch.setattr(cells, "MAX_PLANES", request.param[1])


@pytest.mark.usefixtures("room")
@QUICK
@given(found=st.tuples(tallies(), tallies(), tallies()))
def test_sums_mind_neither_order_nor_brackets(found: tuple[Tally, Tally, Tally]) -> None:
    """Also where there is more than is kept: what is kept is first by a total order."""
    a, b, c = found
    expected = merged([a, b, c])
    assert all(merged(order) == expected for order in permutations(found))
    assert (a | b) | c == a | (b | c) == expected
    assert a | Tally() == Tally() | a == a


@cache
def subject(name: str) -> Subject:
    """Made ready once."""
    return Subject(name)


@cache
def model_of(name: str) -> Model:
    """Of one of the formats."""
    return model(subject(name).read(b"").schema)


@pytest.mark.parametrize("name", FORMATS)
def test_measuring_never_raises_and_is_the_same_each_time(name: str) -> None:
    """Mutants of every kind; and what is counted can be shown."""
    found: list[Tally] = []
    for number in range(MUTANTS):
        for mutant in mutants(subject(name).corpus, SEED, number):
            reading, again = subject(name).read(mutant.data), subject(name).read(mutant.data)
            tally = measure(model_of(name), reading)
            assert tally == measure(model_of(name), again)
            assert tally.valid + tally.invalid == 1
            found.append(tally)
    total = merged(found)
    assert total == merged(reversed(found))
    view = coverage(model_of(name), total)
    assert list(gaps(view, each_cell=True)) == list(gaps(view, each_cell=True))


@pytest.mark.parametrize("name", FORMATS)
@QUICK
@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_are_measured(name: str, data: bytes) -> None:
    """Bytes without any order use cells too, if only invalid ones."""
    tally = measure(model_of(name), subject(name).read(data))
    assert tally.valid + tally.invalid + len(tally.unmeasured) == 1
