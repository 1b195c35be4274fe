"""How much damage the schemas find, and how near they point: a table, the same for a seed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from benchmarks.mutation import Kind, Side
from benchmarks.survey import FORMATS, Survey, Tally, survey

COUNT = 500
ROW = "{:20}  {:17}  {:16}  {:>7}  {:>7}  {:>7}  {:>6}  {:>9}  {:>9}  {:>6}  {:>7}"
HEAD = (
    *("format", "damage", "checksum", "mutants", "found", "near", "%"),
    *("found w/o", "near w/o", "%", "slowest"),
)
LEGEND = """
found    reading gives a finding that the undamaged file does not have
near     the span of such a finding covers or adjoins the damage; % of those found
w/o      the same without findings of the checksum, which span all that it sums
inside   the damage is in summed bytes; repaired: the same damage with a right checksum
slowest  milliseconds of the slowest reading; the only column that the seed does not decide"""


def rows(name: str, result: Survey) -> Iterator[str]:
    """Yield a line for each kind of damage and side of the checksum that occurred."""
    for kind in Kind:
        for side in Side:
            tally = result.tallies.get((kind, side))
            if tally is not None:
                yield _row(name, kind, side, tally)


def _row(name: str, kind: Kind, side: Side, tally: Tally) -> str:
    return ROW.format(
        *(name, kind, side, tally.mutants, tally.found, tally.near),
        _percent(tally.near, tally.found),
        *(tally.found_otherwise, tally.near_otherwise),
        _percent(tally.near_otherwise, tally.found_otherwise),
        f"{tally.slowest_ms:.1f}",
    )


def _percent(part: int, whole: int) -> str:
    """Return a share, rounded down, so that 100.0 means all."""
    return f"{part * 1000 // whole / 10:.1f}" if whole else "-"


def main(arguments: Sequence[str]) -> int:
    """Print the table.

    Returns:
        0, or 1 when a mutant had an outcome that must never be.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="mutants of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schema", choices=FORMATS, action="append", help="only this format")
    options = parser.parse_args(arguments)
    problems: list[str] = []
    print(ROW.format(*HEAD))
    for name in options.schema or FORMATS:
        result = survey(name, count=options.count, seed=options.seed)
        for line in rows(name, result):
            print(line, flush=True)
        problems += result.problems
    print(LEGEND)
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
