"""Of everything that known schemas forbid, how much can be broken, and broken alone."""

from __future__ import annotations

import pytest

from benchmarks.breaking import COUNT, measured

# the least part of the targets that are broken alone; that raise nothing unrelated beside it
BARS = {
    "template_definitions": (1.0, 1.0),
    "channel_file": (0.95, 1.0),
    "gettext_mo": (0.7, 0.95),
    "terminfo": (0.65, 0.95),
}


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(BARS))
def test_most_of_what_a_schema_forbids_is_broken_alone(name: str) -> None:
    """At least 95 of a hundred files of a target, by the reader's word."""
    alone, related = BARS[name]
    row = measured(name, COUNT)
    assert row.share("alone") >= alone, row.details
    assert row.share("alone", "related", "one change") >= related, row.details


def test_the_table_of_a_small_schema() -> None:
    """Every target of the smallest one is broken alone."""
    row = measured("template_definitions", 3)
    assert (row.share("alone"), row.count) == (1.0, 15)
