"""Damage to valid files: read without an exception, found where it must be, and pointed at."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.mutants import main
from benchmarks.mutation import Kind, Side, mutants
from benchmarks.survey import FORMATS, MAX_FINDINGS, Subject, Survey, corpus_of, survey, total

SEED = 0
NEAR_SHARE = 0.95
BYTE_FAULTS = (Kind.FLIP, Kind.ZERO)
COUNTS = [pytest.param(500, id="500"), pytest.param(20_000, id="20000", marks=pytest.mark.deep)]

each_format = pytest.mark.parametrize("name", FORMATS)
each_count = pytest.mark.parametrize("count", COUNTS)


@cache
def surveyed(name: str, count: int) -> Survey:
    """One survey serves all tests of a format."""
    return survey(name, count=count, seed=SEED)


@each_count
@each_format
def test_nothing_happens_that_must_never_be(name: str, count: int) -> None:
    """No mutant raises or floods; truncations and trailing additions are found, all of them."""
    assert surveyed(name, count).problems == []


@each_count
@each_format
@pytest.mark.parametrize("kinds", [(Kind.TRUNCATION,), BYTE_FAULTS], ids=["truncation", "byte"])
def test_findings_point_at_the_damage(name: str, count: int, kinds: tuple[Kind, ...]) -> None:
    """For at least 95 % of what is found, a finding covers or adjoins the damage."""
    tally = total(surveyed(name, count).tallies, *kinds, repaired=False)
    assert tally.near >= NEAR_SHARE * tally.found > 0


@each_count
@pytest.mark.parametrize("name", ["template_definitions", "channel_file"])
def test_a_repaired_checksum_hides_no_truncation(name: str, count: int) -> None:
    """Without the help of the checksum each is found too, and pointed at."""
    tally = total(surveyed(name, count).tallies, Kind.TRUNCATION, repaired=True)
    assert tally.near >= NEAR_SHARE * tally.found
    assert tally.found == tally.mutants > 0


@each_format
def test_the_seed_decides_everything(name: str) -> None:
    """The same seed and number give the same mutant, another seed gives others."""
    corpus = corpus_of(name)
    first, again, other = (
        [list(mutants(corpus, seed, number)) for number in range(60)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@each_format
def test_a_mutant_is_what_its_damage_says(name: str) -> None:
    """It differs from its sample, and in front of the damage only by a repaired checksum."""
    for number in range(120):
        for mutant in mutants(corpus_of(name), SEED, number):
            before = mutant.sample.data
            assert mutant.data != before
            assert 0 <= mutant.damage.start <= mutant.damage.end <= len(mutant.data)
            if mutant.side is not Side.SEALED:
                start = mutant.damage.start
                assert mutant.data[:start] == before[:start]


def test_damage_that_no_rule_sees_is_counted_as_not_found() -> None:
    """A survey can fail: letters of a translation are free, so not all flips are found."""
    tally = surveyed("gettext_mo", 500).tallies[Kind.FLIP, Side.NONE]
    assert tally.near <= tally.found < tally.mutants


def test_findings_are_no_more_than_asked_for() -> None:
    """The limit holds, but for the first finding of each severity."""
    subject = Subject("channel_file")
    damaged = subject.corpus.valid[0].data[:80] + b"\xff" * 400
    assert len(subject.read(damaged, max_findings=MAX_FINDINGS).findings) > 3
    assert len(subject.read(damaged, max_findings=1).findings) <= 3


def test_the_table_has_a_row_for_each_kind_of_damage(capsys: pytest.CaptureFixture[str]) -> None:
    """`make mutants` prints it, and ends well."""
    assert main(["--count", "12", "--schema", "tzif"]) == 0
    printed = capsys.readouterr().out
    assert all(f"tzif                  {kind}" in printed for kind in Kind)
