"""Benchmarks: contents are valid, what passes for valid is counted, bars decide the exit code."""

from __future__ import annotations

import pytest

from benchmarks.contents import CONTENTS
from benchmarks.peers import ours_of
from benchmarks.places import whole_ends
from benchmarks.reading import SLOPE_BASE, Pair, growth_of
from benchmarks.strictness import DAMAGES, Subject
from benchmarks.survey import corpus_of
from benchmarks.tables import Bar, Measured, Table, markdown, text
from harness.reading.leniency import relaxed
from harness.schema import load
from harness.schema.library import find
from tests.unit.bench import Bench

MORE, *_, SUMMED = DAMAGES
TABLE = Table("Sizes", ("name", "bytes"), (("a", "1"), ("long", "200")), ("In bytes.",))


@pytest.mark.parametrize("row", CONTENTS)
@pytest.mark.parametrize("size", [5_000, 20_000])
def test_contents_are_valid_and_of_about_the_size(row: str, size: int) -> None:
    """The figures are of what a schema accepts, and the same bytes each time."""
    name, make = CONTENTS[row]
    data = make(size)
    assert make(size) == data
    assert 0.6 * size < len(data) < 3 * size
    assert not [
        item for item in ours_of(load(find(name))).read(data).findings if item.severity == "error"
    ]


def test_what_is_accepted_is_counted() -> None:
    """Without our own rules, all that is added passes."""
    name = "template_definitions"
    subject = Subject(corpus_of(name), ours_of(relaxed(load(find(name)))), None)
    count = subject.count(MORE)
    assert count.accepted == count.read > 0
    assert count.found_share == 0


def test_summed_bytes_are_found_from_the_schema() -> None:
    """A checksum over the whole file sums all its bytes; where there is none, none are."""
    with_sum, without = (
        Subject(corpus_of(name), ours_of(load(find(name))), None)
        for name in ("template_definitions", "tzif")
    )
    for sample in with_sum.corpus.valid:
        (span,) = with_sum.summed[sample.name]
        assert (span.start, span.end) == (0, len(sample.data))
    assert without.count(SUMMED).read == 0
    assert with_sum.count(SUMMED).accepted == 0


def test_a_file_may_end_before_a_part_that_needs_bytes(bench: Bench) -> None:
    """The schema itself says so; other conditions do not."""
    schema = """
seq:
  - {id: a, type: u1}
  - {id: b, type: u1, if: a > 0}
  - {id: c, type: u1, if: not _io.eof}
"""
    assert list(whole_ends(bench.read(schema, "01 02 03"))) == [2]
    assert list(whole_ends(bench.read(schema, "01 02"))) == []


def test_growth_is_that_of_a_byte() -> None:
    """Four times the bytes in eight times the time: a byte costs twice as much."""
    small, large = (
        Pair(SLOPE_BASE * times, ours=[float(times * cost)]) for times, cost in ((1, 1), (4, 2))
    )
    assert growth_of([Pair(8, ours=[1.0]), small, large]) == pytest.approx(2)


def test_a_missed_bar_decides_the_exit_code() -> None:
    """One bar that is missed is enough, and it is said which."""
    held, missed = Bar("a is small", holds=True), Bar("b is small", holds=False)
    assert Measured((TABLE,), (held,)).exit_code == 0
    assert Measured((TABLE,), (held, missed)).exit_code == 1
    assert "MISSED: b is small" in list(text(Measured((TABLE,), (held, missed))))


def test_tables_are_aligned() -> None:
    """The first column to the left, figures to the right."""
    assert list(text(Measured((TABLE,), ()))) == [
        *("Sizes", "name  bytes", "a         1", "long    200", "In bytes.", ""),
    ]


def test_tables_are_markdown_too() -> None:
    """The same cells, in a table that Markdown knows."""
    lines = list(markdown(Measured((TABLE,), (Bar("all is small", holds=True),))))
    assert lines[:6] == [
        *("## Sizes", "", "| name | bytes |", "| --- | ---: |", "| a | 1 |", "| long | 200 |"),
    ]
    assert "- holds: all is small" in lines
