"""How fast the reference reader is: beside Kaitai's generated Python, and as files grow.

Both read the same bytes in turns, in one process, one thread: seconds are of the processor.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.contents import CONTENTS
from benchmarks.peers import Peers, ours_of, schemas
from benchmarks.tables import Bar, Measured, Table, text
from corpora.build import CORPORA
from harness.reading.leniency import relaxed
from harness.schema import Schema

ROUNDS: Final = 5
SLOPE_ROUNDS: Final = 3
SIZE: Final = 1 << 19
SLOPE_SIZES: Final = tuple(1 << power for power in range(15, 22))
SLOPE_OF: Final = "channel_file"
ALLOWED_RATIO: Final = 10.0
# a byte of the largest file may cost so many times what one costs at `SLOPE_BASE`
ALLOWED_GROWTH: Final = 1.5
SLOPE_BASE: Final = 1 << 17


@dataclass(slots=True)
class Pair:
    """Seconds of both parsers for one content, a pair a round, and of ours without our rules."""

    size: int
    theirs: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How many times as long ours takes: the median over the pairs."""
        return _median_ratio(self.ours, self.theirs)

    @property
    def bare_ratio(self) -> float:
        """The same without our rules."""
        return _median_ratio(self.bare, self.theirs)

    @property
    def per_byte(self) -> float:
        """Nanoseconds that ours takes for a byte."""
        return statistics.median(self.ours) / self.size * 1e9


def measure() -> Measured:
    """Time both parsers on every content, and on one of them in all sizes."""
    peers, known = Peers(), schemas()
    pairs = {
        row: compare(peers, known[name], make(SIZE), ROUNDS)
        for row, (name, make) in CONTENTS.items()
    }
    others = {
        name: compare(peers, known[name], data, ROUNDS)
        for name, data in corpus_contents()
        if peers.theirs_of(known[name]) is not None
    }
    name, make = CONTENTS[SLOPE_OF]
    slope = [compare(peers, known[name], make(size), SLOPE_ROUNDS) for size in SLOPE_SIZES]
    worst, growth = max(pair.ratio for pair in pairs.values()), growth_of(slope)
    return Measured(
        tables=(_ratios({**pairs, **others}), _slope(slope)),
        bars=(
            Bar(
                f"the reader takes at most {ALLOWED_RATIO:g} times as long as Kaitai's generated "
                f"Python at 0.5 MB ({worst:.1f})",
                worst <= ALLOWED_RATIO,
            ),
            Bar(
                f"linear: a byte costs at most {ALLOWED_GROWTH:g} times as much in "
                f"{_size(SLOPE_SIZES[-1])} as in {_size(SLOPE_BASE)} ({growth:.2f})",
                growth <= ALLOWED_GROWTH,
            ),
        ),
    )


def corpus_contents() -> Iterator[tuple[str, bytes]]:
    """Yield the largest valid corpus file of each format of which no larger ones are made."""
    made = {name for name, _ in CONTENTS.values()}
    for corpus in CORPORA:
        if corpus.format not in made:
            yield corpus.format, max((sample.data for sample in corpus.valid), key=len)


def compare(peers: Peers, schema: Schema, data: bytes, rounds: int) -> Pair:
    """Time both parsers on one content.

    Raises:
        ValueError: ours finds an error in it, or to Kaitai it is something else.
    """
    theirs = peers.theirs_of(schema)
    ours, bare = ours_of(schema), ours_of(relaxed(schema))
    if theirs is None or any(finding.severity == "error" for finding in ours.read(data).findings):
        raise ValueError(f"this `{schema.id}` cannot be compared")
    pair = Pair(len(data))
    for _ in range(rounds):
        pair.theirs.append(_seconds(theirs.parse, data))
        pair.ours.append(_seconds(ours.read, data))
        pair.bare.append(_seconds(bare.read, data))
    return pair


def growth_of(slope: Sequence[Pair]) -> float:
    """Return what a byte of the largest file costs, as a multiple of one in a small file."""
    base = next(pair for pair in slope if pair.size >= SLOPE_BASE)
    return slope[-1].per_byte / base.per_byte


def _seconds(action: Callable[[bytes], object], data: bytes) -> float:
    """Return processor time of one run; what it makes is thrown away outside of it."""
    gc.collect()
    start = time.process_time()
    made = action(data)
    seconds = time.process_time() - start
    del made
    return seconds


def _median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def _ratios(pairs: dict[str, Pair]) -> Table:
    return Table(
        title="Reading, beside Kaitai's generated Python",
        head=("content", "bytes", "Kaitai ms", "ours ms", "ratio", "without rules ms", "ratio"),
        rows=tuple(
            (
                *(row, f"{pair.size:,}", _milliseconds(pair.theirs), _milliseconds(pair.ours)),
                *(f"{pair.ratio:.1f}", _milliseconds(pair.bare), f"{pair.bare_ratio:.1f}"),
            )
            for row, pair in pairs.items()
        ),
        notes=(
            f"Medians of {ROUNDS} rounds of processor time.",
            "Kaitai: all parse instances are read.",
            "Ours: every rule, all bytes accounted for.",
            "Without rules: only those that Kaitai has too; all instances are read.",
        ),
    )


def _slope(slope: Sequence[Pair]) -> Table:
    return Table(
        title=f"Reading, as a `{SLOPE_OF}` grows",
        head=("size", "bytes", "Kaitai ms", "ours ms", "ratio", "ours ns a byte"),
        rows=tuple(
            (
                *(_size(size), f"{pair.size:,}", _milliseconds(pair.theirs)),
                *(_milliseconds(pair.ours), f"{pair.ratio:.1f}", f"{pair.per_byte:.0f}"),
            )
            for size, pair in zip(SLOPE_SIZES, slope, strict=True)
        ),
        notes=(f"Medians of {SLOPE_ROUNDS} rounds.",),
    )


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f}"


def _size(size: int) -> str:
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{size >> 10} KB"


if __name__ == "__main__":
    result = measure()
    print("\n".join(text(result)))
    sys.exit(result.exit_code)
