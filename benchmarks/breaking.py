"""Which rules of each schema can be broken alone? A table, the same for a seed but for its seconds.

Every file is read by the reader, which knows nothing of how it came about. A target counts by the
worst of what its files raise beside it: nothing; a finding about the same bytes, or one that came
with every content that raised the target; one that goes away with the one changed value; one that
is unrelated. It counts as unrelated, too, where fewer than 95 % of its files raise it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from harness.reading import Reading, read
from harness.schema import Schema, load
from harness.schema.library import find, names
from harness.schema.resources import corpora_folder
from harness.writing.breaking.bases import seeds_of
from harness.writing.breaking.breaker import Breaker
from harness.writing.breaking.targets import Target, targets_of
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.writing.breaking.breaker import Broken
    from harness.writing.manifest import TargetRecord

COUNT: Final = 20
OUTCOMES: Final = ("alone", "related", "one change", "unrelated", "none")
_RELATED: Final = {"same-bytes": 1, "always": 1, "one-change": 2, "unrelated": 3}
_ROW: Final = "{:21}{:>8}" + "{:>11}" * len(OUTCOMES) + "{:>8}"
_DETAIL: Final = "  {:36}{:11}{:>6} tried{:>6} raised  {}"


@dataclass(slots=True)
class Row:
    """What came of the targets of one schema.

    Attributes:
        schema: its name.
        outcomes: by outcome, the targets.
        details: a line for each that is not broken alone.
        seconds: of the processor.
    """

    schema: str
    outcomes: dict[str, list[Target]] = field(default_factory=lambda: {o: [] for o in OUTCOMES})
    details: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """How many targets there are."""
        return sum(map(len, self.outcomes.values()))

    def share(self, *outcomes: str) -> float:
        """Return the part of the targets that had one of some outcomes."""
        return sum(len(self.outcomes[outcome]) for outcome in outcomes) / self.count


def measured(name: str, count: int, seed: int = 0) -> Row:
    """Break every target of a schema `count` times."""
    begun, row = time.process_time(), Row(name)
    schema = load(find(name))
    companions = _companions(schema)
    breaker = Breaker(Generator(schema, companions), seeds_of(schema))
    for target in targets_of(schema):
        made = [
            breaker.broken(target, RandomChoices(Random(f"{seed}/{number}")))
            for number in range(count)
        ]
        record = breaker.record(target)
        outcome = _outcome(schema, companions, target, record, [one for one in made if one])
        row.outcomes[outcome].append(target)
        if outcome != "alone":
            beside = ", ".join(f"{one.title} ({one.why})" for one in record.beside)
            said = (str(target), outcome, record.tried, record.raised, beside)
            row.details.append(_DETAIL.format(*said).rstrip())
    row.seconds = time.process_time() - begun
    return row


def _companions(schema: Schema) -> dict[str, Reading]:
    """Return what the corpus of a known schema is read with."""
    expected = json.loads((corpora_folder() / schema.id / "expected.json").read_text())
    return {
        name: read(
            load(find(schema.companions[name])), (corpora_folder() / file).read_bytes(), file=""
        )
        for name, file in expected["with"].items()
    }


def _outcome(
    schema: Schema,
    companions: dict[str, Reading],
    target: Target,
    record: TargetRecord,
    made: Sequence[Broken],
) -> str:
    """Return what most files of a target come to, by the reader's word."""
    if not made:
        return "none"
    why = {(one.code, one.rule): _RELATED[one.why] for one in record.beside}
    ranks = []
    for one in made:
        findings = read(schema, one.data, file="", companions=companions).findings
        raised = {(finding.code, finding.rule) for finding in findings}
        others = raised - {(target.code, target.rule)}
        is_raised = len(others) < len(raised)
        ranks.append(max((why.get(o, 3) for o in others), default=0) if is_raised else 3)
    ranks.sort()
    return OUTCOMES[ranks[max(0, -(-len(ranks) * 95 // 100) - 1)]]


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table, row by row, then what is not broken alone."""
    yield _ROW.format("format", "targets", *OUTCOMES, "CPU s")
    known = []
    for row in rows:
        known.append(row)
        numbers = [len(row.outcomes[outcome]) for outcome in OUTCOMES]
        yield _ROW.format(row.schema, row.count, *numbers, f"{row.seconds:.0f}")
    for row in known:
        yield from (row.schema, *row.details) if row.details else ()


def main(arguments: Sequence[str]) -> int:
    """Print the table.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.breaking", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="files of each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schema", choices=names(), action="append")
    options = parser.parse_args(arguments)
    wanted = options.schema or names()
    for line in lines(measured(name, options.count, options.seed) for name in wanted):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
