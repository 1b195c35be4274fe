"""The validator that is written by hand says of every file what the reference reader says.

It is what the native engine's speed is measured against, so it must do the same checks.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from random import Random

import pytest

from benchmarks.mutation import mutants
from benchmarks.peers import Ours
from benchmarks.survey import corpus_of
from benchmarks.validate import dense
from benchmarks.validate.handwritten import Handwritten, built
from corpora.build import FOLDER
from corpora.recipes.channel import sealed
from corpora.recipes.sample import Sample, patched
from harness.findings.model import Severity
from harness.reading import Reading
from harness.schema import load
from harness.schema.library import find

CHANNELS = corpus_of("channel_file")
DEFINITIONS = corpus_of("template_definitions")
MUTANTS = 1_500
FIGURES = 3_000
SMALL = tuple(sample for sample in CHANNELS.valid if len(sample.data) < 400)

Verdict = Callable[[bytes], bool]


@pytest.fixture(scope="module")
def library() -> Handwritten:
    """The built library."""
    return Handwritten(built(os.environ))


@pytest.fixture(scope="module")
def by_hand(library: Handwritten) -> Verdict:
    """The verdict of the library on a channel file."""
    with_file = library.definitions(_companion())
    assert with_file is not None
    return lambda data: library.is_valid(data, with_file)


@pytest.fixture(scope="module")
def by_reader() -> Verdict:
    """The verdict of the reference reader on a channel file."""
    companion = Ours(load(find("template_definitions")), {}).read(_companion())
    reader = Ours(load(find("channel_file")), {"definitions": companion})
    return lambda data: _is_valid(reader.read(data))


def _companion() -> bytes:
    return (FOLDER / dict(CHANNELS.companions)["definitions"]).read_bytes()


def _is_valid(reading: Reading) -> bool:
    return all(finding.severity is not Severity.ERROR for finding in reading.findings)


@pytest.mark.parametrize("sample", CHANNELS.valid, ids=lambda sample: sample.name)
def test_valid_files_are_valid_by_hand_too(sample: Sample, by_hand: Verdict) -> None:
    """Warnings do not count."""
    assert by_hand(sample.data)


@pytest.mark.parametrize("sample", CHANNELS.invalid, ids=lambda sample: sample.name)
def test_invalid_files_are_refused_by_hand_too(sample: Sample, by_hand: Verdict) -> None:
    """Each breaks one rule, so that rule is checked."""
    assert not by_hand(sample.data)


def test_both_say_the_same_of_damaged_files(by_hand: Verdict, by_reader: Verdict) -> None:
    """Damage of all kinds, with the checksum broken and repaired."""
    found = (mutant for number in range(MUTANTS) for mutant in mutants(CHANNELS, 6, number))
    data = [mutant.data for mutant in found]
    assert len(data) > MUTANTS
    assert _differences(data, by_hand, by_reader) == []


def test_both_say_the_same_of_changed_figures(by_hand: Verdict, by_reader: Verdict) -> None:
    """One or two figures of a small file changed to likely ones, its checksum right."""
    data = list(_changed(FIGURES))
    verdicts = {by_hand(item) for item in data}
    assert verdicts == {True, False}
    assert _differences(data, by_hand, by_reader) == []


def _differences(found: list[bytes], one: Verdict, other: Verdict) -> list[bytes]:
    return [data for data in found if one(data) != other(data)]


def _changed(count: int) -> Iterator[bytes]:
    random = Random(6)
    for _ in range(count):
        data = random.choice(SMALL).data
        for _ in range(random.choice((1, 1, 2))):
            at = 4 * random.randrange(len(data) // 4)
            (figure,) = struct.unpack_from("<I", data, at)
            near = (figure + random.choice((-8, -4, -1, 1, 4, 8))) % (1 << 32)
            other = 4 * random.randrange(len(data) // 4)
            likely = (0, near, len(data), data[other], random.getrandbits(32), 0xFFFF_FFFF)
            data = patched(data, at, struct.pack("<I", random.choice(likely)))
        yield sealed(data)


def test_the_parts_may_stand_in_the_other_order(by_hand: Verdict, by_reader: Verdict) -> None:
    """The schema has no order of index and pool, and says no more of where an empty pool is."""
    data = dense.channel(600)
    index, index_size, pool, pool_size = struct.unpack_from("<4I", data, 36)
    swapped = data[:index] + data[pool:] + data[index:pool]
    places = struct.pack("<4I", index + pool_size, index_size, index, pool_size)
    moved = sealed(patched(swapped, 36, places))
    files = [moved, *(_with_pool_at(at) for at in (0, 10, 64, 172, 173, 1 << 31))]
    assert _differences(files, by_hand, by_reader) == []


def _with_pool_at(offset: int) -> bytes:
    data = next(sample.data for sample in CHANNELS.valid if sample.name == "no-text.chnl")
    return sealed(patched(data, 44, struct.pack("<I", offset)))


def test_both_say_the_same_of_definitions(library: Handwritten) -> None:
    """All files of their corpus, and damaged ones."""
    reader = Ours(load(find("template_definitions")), {})
    found = [sample.data for sample in (*DEFINITIONS.valid, *DEFINITIONS.invalid)]
    for number in range(MUTANTS):
        found += [mutant.data for mutant in mutants(DEFINITIONS, 6, number)]
    verdicts = [library.definitions(data) is not None for data in found]
    assert set(verdicts) == {True, False}
    assert verdicts == [_is_valid(reader.read(data)) for data in found]


@pytest.mark.parametrize("size", [300, 20_000])
def test_dense_files_are_valid(size: int, library: Handwritten) -> None:
    """No finding at all by the reader, and of the size that was asked for."""
    data = dense.channel(size)
    assert dense.channel(size) == data
    assert 0.9 * size < len(data) < 1.1 * size
    companion = Ours(load(find("template_definitions")), {}).read(dense.definitions())
    reading = Ours(load(find("channel_file")), {"definitions": companion}).read(data)
    assert (companion.findings, reading.findings) == ((), ())
    by_hand = library.definitions(dense.definitions())
    assert by_hand is not None
    assert library.is_valid(data, by_hand)


def test_the_checksum_is_left_out_when_asked(library: Handwritten) -> None:
    """Then a wrong one passes, and nothing else does."""
    with_file = library.definitions(dense.definitions())
    assert with_file is not None
    wrong_sum, wrong_magic = (patched(dense.channel(600), at, b"\1") for at in (12, 0))
    for data, accepted in ((wrong_sum, (False, True)), (wrong_magic, (False, False))):
        verdicts = [library.is_valid(data, with_file, with_sum=word) for word in (True, False)]
        assert tuple(verdicts) == accepted
