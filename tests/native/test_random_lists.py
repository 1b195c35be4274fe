"""Random schemas of lists: what the native engine says of findings alone is what the reader says.

A trial is enough for no content but one without a finding. So contents are made that have none, and
changed a little; those that still have none are changed again.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest

from harness.schema import Schema, load
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from tests.native import list_schemas
from tests.native.agreement import Both
from tests.native.test_sweeping import mutated

QUICK: Final = (range(5), 300)
DEEP: Final = tuple((range(first, first + 40), 2000) for first in range(0, 160, 40))
MOST_FINDINGS: Final = (1000, 3, 1)
ATTEMPTS: Final = 60
MOST_KEPT: Final = 400
LONGEST_BYTES: Final = 300
LONG_BYTES: Final = 8  # few that are longer have no items in their lists


def schema_of(seed: int, folder: Path) -> Schema:
    """Return a random schema; each of them is one that loads."""
    path = folder / "box.ksy"
    path.write_text(list_schemas.schema(Random(seed)))
    return load(path)


def beginnings(schema: Schema) -> list[bytes]:
    """Return different contents without a finding; where none can be made, some zeros."""
    generator = Generator(schema)
    made = (generator.attempt(RandomChoices(Random(number))) for number in range(ATTEMPTS))
    clean = dict.fromkeys(data for data in made if data is not None)
    return list(clean) or [bytes(size) for size in range(12)]


def swept_contents(seed: int, folder: Path, count: int) -> set[bytes]:
    """Judge contents of a random schema; return those that a trial was enough for."""
    schema, random, swept = schema_of(seed, folder), Random(seed), set()
    both, kept = Both(schema, folder), beginnings(schema)
    waiting = list(kept)
    for _ in range(count):
        data = waiting.pop() if waiting else mutated(random.choice(kept), random)[:LONGEST_BYTES]
        if both.findings(data, random.choice(MOST_FINDINGS)):
            continue
        if both.engine.was_swept:
            swept.add(data)
        if len(kept) < MOST_KEPT and data not in kept:
            kept.append(data)
    return swept


@pytest.mark.parametrize(
    ("seeds", "count"), [QUICK, *(pytest.param(*one, marks=pytest.mark.deep) for one in DEEP)]
)
def test_trials_of_random_lists_agree(tmp_path: Path, seeds: range, count: int) -> None:
    """Of each content both say the same; for some that are long, a trial is enough."""
    is_any_swept = False
    for seed in seeds:
        folder = tmp_path / f"seed-{seed}"
        folder.mkdir()
        swept = swept_contents(seed, folder, count)
        is_any_swept |= any(len(data) > LONG_BYTES for data in swept)
    assert is_any_swept
