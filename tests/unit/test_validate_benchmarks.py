"""Benchmarks of validation: what is measured is what is said, and bars follow from figures."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from construct import ConstructError

from benchmarks.peers import Ours
from benchmarks.validate import dense, variants
from benchmarks.validate.command import peak_memory
from benchmarks.validate.construct_channel import CHANNEL
from benchmarks.validate.engines import BY_HAND, KAITAI_CPP, KAITAI_PYTHON, MB, NATIVE
from benchmarks.validate.native import native_engine
from benchmarks.validate.throughput import DENSE, SLOPE_BASE, bars, size_words
from corpora.recipes.sample import patched
from harness.schema import load
from harness.schema.library import find

RATES = {
    NATIVE: {SLOPE_BASE: 3e9, DENSE: 3e9},
    BY_HAND: {SLOPE_BASE: 5e9, DENSE: 5e9},
    KAITAI_CPP: {SLOPE_BASE: 1e8, DENSE: 1e8},
    KAITAI_PYTHON: {SLOPE_BASE: 4e6},
}


def test_bars_hold_for_good_figures() -> None:
    """Half as fast as C, many times as fast as Kaitai, linear."""
    held = list(bars(RATES))
    assert [bar.holds for bar in held] == [True] * 4


@pytest.mark.parametrize(
    ("name", "size", "rate", "words"),
    [
        (BY_HAND, DENSE, 7e9, "half as fast as C"),
        (KAITAI_CPP, DENSE, 2e8, "Kaitai C++"),
        (KAITAI_PYTHON, SLOPE_BASE, 2e7, "Kaitai Python"),
        (NATIVE, SLOPE_BASE, 6e9, "linear"),
    ],
)
def test_each_bar_can_be_missed(name: str, size: int, rate: float, words: str) -> None:
    """One figure that is worse misses the bar that is about it, and no other."""
    rates = {**RATES, name: {**RATES[name], size: rate}}
    missed = [bar.claim for bar in bars(rates) if not bar.holds]
    assert [words in claim for claim in missed] == [True]


def test_without_a_native_engine_there_is_no_bar() -> None:
    """Nothing is claimed of what was not measured."""
    assert list(bars({BY_HAND: {DENSE: 5e9}})) == []


def test_sizes_are_said_as_people_do() -> None:
    """Powers of two, and the dense file in millions."""
    assert [size_words(size) for size in (1 << 10, MB, DENSE)] == ["1 KB", "1 MB", "46 MB"]


@pytest.mark.parametrize("is_compiled", [False, True])
def test_construct_reads_dense_files_and_refuses_others(*, is_compiled: bool) -> None:
    """Interpreted and compiled it finds the same; a wildcard with a value is refused by both."""
    parser = CHANNEL.compile() if is_compiled else CHANNEL
    data = dense.channel(2_000)
    read = parser.parse(data)
    assert read.instances[0].criteria[dense.TEXT_FIELDS[0]].text.endswith("0000000.exe")
    first = read.header.instances_offset + 8
    wildcard = next(
        first + 8 * n for n, one in enumerate(read.instances[0].criteria) if not one.kind
    )
    with pytest.raises(ConstructError):
        parser.parse(patched(data, wildcard + 4, b"\1"))


@pytest.mark.parametrize("with_sum", [True, False])
def test_the_schema_without_its_checksum_is_the_same_but_for_it(
    tmp_path: Path, *, with_sum: bool
) -> None:
    """A wrong checksum is found or passes, as was asked for; nothing else changes."""
    schema = load(variants.channel_schema(tmp_path, with_sum=with_sum))
    companion = Ours(load(find("template_definitions")), {}).read(dense.definitions())
    reader = Ours(schema, {"definitions": companion})
    data = dense.channel(600)
    assert reader.read(data).findings == ()
    wrong = reader.read(patched(data, 12, b"\0\0\0\0")).findings
    assert [finding.code for finding in wrong] == ["I502"] * with_sum


def test_plain_records_are_valid(tmp_path: Path) -> None:
    """The file that has no joins has no finding either, and its rule can be broken."""
    reader = Ours(load(variants.plain_schema(tmp_path)), {})
    data = variants.plain(1_000)
    assert reader.read(data).findings == ()
    (broken,) = reader.read(patched(data, 4, b"\xff\xff")).findings
    assert broken.code == "I501"


def _python(source: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", source]


def test_peak_memory_is_that_of_the_command(megabytes: Callable[[str], int]) -> None:
    """What it takes counts, and what this process has does not."""
    ballast = b"x" * (200 << 20)
    small, large = megabytes("pass"), megabytes("b'x' * (100 << 20)")
    assert len(ballast) > (small << 20)
    assert 90 < large - small < 120


@pytest.fixture
def megabytes() -> Callable[[str], int]:
    """The peak memory of a Python program."""
    return lambda source: peak_memory(_python(source)) >> 20


def test_a_command_that_fails_is_not_measured() -> None:
    """Its figure would be that of a message."""
    with pytest.raises(RuntimeError, match="no such thing"):
        peak_memory(_python("raise SystemExit('no such thing')"))


def test_the_native_engine_is_given_what_the_others_are() -> None:
    """It accepts a dense file, and refuses one whose last text does not end."""
    check = native_engine(os.environ, with_sum=False)
    data = dense.channel(2_000)
    assert check(data)
    assert not check(patched(data, len(data) - 1, b"x"))
