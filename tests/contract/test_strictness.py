"""No file with something added or cut off passes for valid; with Kaitai's parsers many do."""

from __future__ import annotations

import pytest

from benchmarks.peers import ours_of
from benchmarks.strictness import DAMAGES, Damage, Subject, measure
from benchmarks.survey import corpus_of
from corpora.build import CORPORA
from harness.schema import load
from harness.schema.library import find


@pytest.mark.parametrize("name", [corpus.format for corpus in CORPORA])
@pytest.mark.parametrize("damage", DAMAGES[:2], ids=["more", "cut"])
def test_every_format_finds_what_is_added_or_cut_off(name: str, damage: Damage) -> None:
    """Bytes after the end, and a missing last one, pass in no valid file of any corpus."""
    count = Subject(corpus_of(name), ours_of(load(find(name))), None).count(damage)
    assert (count.accepted, count.kaitai_read) == (0, 0)
    assert count.read >= len(corpus_of(name).valid)


@pytest.mark.kaitai
def test_kaitai_accepts_what_is_added() -> None:
    """The same files, read by both: its parser takes what comes after the end for nothing."""
    measured = measure(["template_definitions"])
    (row,) = measured.tables[0].rows
    assert row[1:3] == ("0/18", "18/18")
    assert measured.exit_code == 0
