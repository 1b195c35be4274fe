"""How fast record-dense channel files are validated, from 1 KB on: ours beside its peers.

All are given the same bytes in turns, in one process, one thread: seconds are of the processor.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.tables import Bar, Measured, Table
from benchmarks.validate import dense
from benchmarks.validate.engines import (
    BY_HAND,
    KAITAI_CPP,
    KAITAI_PYTHON,
    MB,
    NATIVE,
    Engine,
    engines,
)

KB: Final = 1 << 10
DENSE: Final = 46_000_000  # about 4 million criteria
SIZES: Final = (KB, 16 * KB, 256 * KB, MB, 4 * MB, DENSE)
FULL_SIZES: Final = (*SIZES, 256 * MB)
ROUNDS: Final = 3
ENOUGH_SECONDS: Final = 0.02  # of one sample; what takes less is done many times
# at most so many times as fast as ours, or at least so many times as slow
ALLOWED_RATIO: Final = 2.0
LEAST_RATIO: Final = {KAITAI_CPP: 20.0, KAITAI_PYTHON: 200.0}
# a byte of the largest file may cost so many times what one costs at `SLOPE_BASE`
ALLOWED_GROWTH: Final = 1.5
SLOPE_BASE: Final = MB

Rates = Mapping[str, Mapping[int, float]]


def measure(runtime: Path | None, *, is_full: bool) -> Measured:
    """Give files of every size to all engines.

    Args:
        runtime: a checkout of Kaitai's run-time library for C++, if there is one.
        is_full: whether the largest file is measured too.
    """
    found, absent = engines(runtime)
    sizes = FULL_SIZES if is_full else SIZES
    rates: dict[str, dict[int, float]] = {engine.name: {} for engine in found}
    for size in sizes:
        data = dense.channel(size)
        for name, rate in _rates([one for one in found if size <= one.largest], data).items():
            rates[name][size] = rate
    return Measured((_speeds(rates, sizes, absent), _ratios(rates)), tuple(bars(rates)))


def _rates(found: Sequence[Engine], data: bytes) -> Mapping[str, float]:
    """Return bytes a second of each, the median of rounds in which they take turns.

    Raises:
        ValueError: one of them refuses the file, which is valid.
    """
    calls = dict[str, int]()
    for engine in found:
        if not engine.accepts(data):
            raise ValueError(f"{engine.name} refuses a valid file of {len(data)} bytes")
        calls[engine.name] = max(1, round(ENOUGH_SECONDS / _seconds(engine, data, 1)))
    samples: dict[str, list[float]] = {engine.name: [] for engine in found}
    for _ in range(ROUNDS):
        for engine in found:
            count = calls[engine.name]
            samples[engine.name].append(_seconds(engine, data, count) / count)
    return {name: len(data) / statistics.median(taken) for name, taken in samples.items()}


def _seconds(engine: Engine, data: bytes, count: int) -> float:
    """Processor time of so many runs."""
    gc.collect()
    accepts = engine.accepts
    start = time.process_time()
    for _ in range(count):
        accepts(data)
    return time.process_time() - start


def _speeds(rates: Rates, sizes: Sequence[int], absent: Sequence[str]) -> Table:
    return Table(
        title="Validation of record-dense channel files, MB/s",
        head=("engine", *map(size_words, sizes)),
        rows=tuple(
            (name, *(_megabytes(by_size.get(size)) for size in sizes))
            for name, by_size in rates.items()
        ),
        notes=(*_NOTES, *absent),
    )


_NOTES: Final = (
    f"Medians of {ROUNDS} rounds of processor time; 1 MB/s is 10^6 bytes a second.",
    f"A file of 46 MB has {dense.criteria_in(DENSE):,} criteria.",
    "C by hand: the rules of the schema, a verdict and no report; with the CRC, or without.",
    "With spans: the bytes of every value are written into a table too, 24 bytes for each.",
    "Reference: the same rules, and findings.",
    "Kaitai: layout, constants, ranges; index, pool and texts, which it reads late, are asked for.",
    "Kaitai C++ takes texts as they are, without iconv.",
    "construct: declared by hand; also which values go with which kind; texts are read.",
    "-: not given; it would take much longer than a second.",
)


def _ratios(rates: Rates) -> Table:
    """How many times as slow as ours each is, at the largest size that both were given."""
    return Table(
        title=f"How many times as fast as others {NATIVE} is",
        head=("engine", "size", "MB/s", f"{NATIVE}, MB/s", "ratio"),
        rows=tuple(
            (name, size_words(size), _megabytes(rates[name][size]), *_against(rates, name, size))
            for name in rates
            if name != NATIVE
            for size in [max(rates[name])]
        ),
    )


def _against(rates: Rates, name: str, size: int) -> tuple[str, str]:
    ours = rates.get(NATIVE, {}).get(size)
    if ours is None:
        return "-", "-"
    return _megabytes(ours), f"{ours / rates[name][size]:.2f}"


def bars(rates: Rates) -> Iterator[Bar]:
    """Yield what the native engine must hold; nothing where it is absent.

    Args:
        rates: bytes a second, by engine and by the size of the file.
    """
    if NATIVE not in rates:
        return
    ours = rates[NATIVE]
    if BY_HAND in rates:
        slower = rates[BY_HAND][DENSE] / ours[DENSE]
        claim = f"at least half as fast as C by hand at {size_words(DENSE)}"
        yield Bar(f"{claim} ({slower:.2f} times as slow)", slower <= ALLOWED_RATIO)
    for name in (name for name in LEAST_RATIO if name in rates):
        size = max(rates[name])
        faster = ours[size] / rates[name][size]
        claim = f"at least {LEAST_RATIO[name]:g} times as fast as {name} at {size_words(size)}"
        yield Bar(f"{claim} ({faster:.0f})", faster >= LEAST_RATIO[name])
    largest = max(ours)
    growth = ours[SLOPE_BASE] / ours[largest]
    claim = (
        f"linear: a byte costs at most {ALLOWED_GROWTH:g} times as much in {size_words(largest)}"
    )
    yield Bar(f"{claim} as in {size_words(SLOPE_BASE)} ({growth:.2f})", growth <= ALLOWED_GROWTH)


def size_words(size: int) -> str:
    """Return a size as people say it."""
    if size < MB:
        return f"{size // KB} KB"
    return f"{size // MB} MB" if size % MB == 0 else f"{size / 1e6:.0f} MB"


def _megabytes(rate: float | None) -> str:
    if rate is None:
        return "-"
    return f"{rate / 1e6:,.0f}" if rate >= 1e7 else f"{rate / 1e6:.1f}"
