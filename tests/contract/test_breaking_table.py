"""Of everything that known schemas forbid, how much can be broken, and broken alone."""

from __future__ import annotations

import pytest

from benchmarks.breaking import COUNT, measured

# the least part of the targets that are broken alone; docs/writing.md says which others could be
BARS = {
    "template_definitions": 1.0,
    "channel_file": 0.96,
    "gettext_mo": 0.75,
    "terminfo": 0.78,
    "tzif": 0.91,
    "dtb": 0.73,
    "mime_cache": 0.97,
    "magic_mgc": 0.86,
    "maxmind_db": 0.6,
    "yara_compiled": 0.8,
    "yara_compiled_3": 0.65,
}


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(BARS))
def test_most_of_what_a_schema_forbids_is_broken_alone(name: str) -> None:
    """By the reader's word, at least 95 of a hundred files; none raises what is unrelated."""
    row = measured(name, COUNT)
    assert row.share("alone") >= BARS[name], row.details
    assert not row.outcomes["unrelated"], row.details
    assert not row.outcomes["none"], row.details


def test_the_table_of_a_small_schema() -> None:
    """Every target of the smallest one is broken alone."""
    row = measured("template_definitions", 3)
    assert (row.share("alone"), row.count) == (1.0, 15)
