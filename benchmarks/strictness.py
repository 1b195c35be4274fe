"""How much damage passes for valid: with our reader, beside Kaitai's generated Python parser.

Both have the same schemas and read the same damaged files, made from the valid files of all
corpora. Ours accepts what it finds no error in. Kaitai's parser accepts what raises nothing while
it is parsed and every value is looked at, instances and computed values too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.mutation import flipped, truncated
from benchmarks.peers import Ours, Peers, Theirs, ours_of, schemas
from benchmarks.places import summed, whole_ends
from benchmarks.tables import Bar, Measured, Table, text
from corpora.build import CORPORA
from corpora.recipes.sample import Corpus, Sample
from harness.findings.model import Severity
from tools.kaitai.compare import MAX_SECONDS, bounded

SEED: Final = 0
TRAILING_BYTES: Final = 16
# of each format, at places that the seed draws
TRUNCATIONS: Final = 60
FLIPS: Final = 200

Mutants = Iterator[tuple[Sample, bytes]]


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage.

    Attributes:
        name: what is done, as the table says it.
        mutants: makes them for a format from a source of chance, each with what it was made from.
        found_share: how many of them must be found; None where nothing can be promised.
    """

    name: str
    mutants: Callable[[Subject, Random], Mutants]
    found_share: float | None = None


@dataclass(slots=True)
class Count:
    """How many mutants of a kind were read, and passed for valid.

    Attributes:
        read: by ours.
        accepted: by ours.
        kaitai_read: those made from files that Kaitai's parser accepts.
        kaitai_accepted: of those.
        kaitai_endless: those that it had not read after some seconds.
    """

    read: int = 0
    accepted: int = 0
    kaitai_read: int = 0
    kaitai_accepted: int = 0
    kaitai_endless: int = 0

    @property
    def found_share(self) -> float:
        """How many ours did not accept, from 0 to 1."""
        return 1 - self.accepted / self.read if self.read else 1.0


class Subject:
    """A format: its valid files, and both readers of its schema.

    Attributes:
        corpus: the files.
        summed: of each, the bytes that checksums sum.
        whole_ends: of each, where it could end and be valid by the schema itself.
    """

    def __init__(self, corpus: Corpus, ours: Ours, theirs: Theirs | None) -> None:
        self.corpus = corpus
        self._ours = ours
        self._theirs = theirs
        readings = {sample.name: ours.read(sample.data) for sample in corpus.valid}
        self.summed = {name: tuple(summed(reading)) for name, reading in readings.items()}
        self.whole_ends = {name: set(whole_ends(reading)) for name, reading in readings.items()}
        self._readable = {
            sample.name for sample in corpus.valid if self._kaitai_accepts(sample.data)
        }

    def count(self, damage: Damage) -> Count:
        """Read the mutants of one kind."""
        count = Count()
        for sample, data in damage.mutants(self, Random(f"{SEED} {self.corpus.format}")):
            count.read += 1
            count.accepted += self._accepts(data)
            if sample.name in self._readable:
                passed = self._kaitai_accepts(data)
                count.kaitai_read += 1
                count.kaitai_accepted += passed is True
                count.kaitai_endless += passed is None
        return count

    def _accepts(self, data: bytes) -> bool:
        found = self._ours.read(data).findings
        return not any(finding.severity is Severity.ERROR for finding in found)

    def _kaitai_accepts(self, data: bytes) -> bool | None:
        """Whether Kaitai's parser raises nothing; None when it comes to no end."""
        if self._theirs is None:
            return False
        try:
            with bounded():
                self._theirs.parse_all(data)
        except TimeoutError:
            return None
        except Exception:  # noqa: BLE001  # whatever it raises, it has not accepted
            return False
        return True


# damage


def _trailing(subject: Subject, random: Random) -> Mutants:
    for sample in subject.corpus.valid:
        yield sample, sample.data + bytes(TRAILING_BYTES)
        yield sample, sample.data + random.randbytes(TRAILING_BYTES)


def _cut(subject: Subject, _random: Random) -> Mutants:
    for sample in subject.corpus.valid:
        yield sample, sample.data[:-1]


def _truncations(subject: Subject, random: Random) -> Mutants:
    count = 0
    while count < TRUNCATIONS:
        sample = random.choice(subject.corpus.valid)
        data, _ = truncated(sample.data, random)
        if len(data) not in subject.whole_ends[sample.name]:
            yield sample, data
            count += 1


def _flips(subject: Subject, random: Random) -> Mutants:
    for _ in range(FLIPS):
        sample = random.choice(subject.corpus.valid)
        yield sample, flipped(sample.data, random)[0]


def _summed_flips(subject: Subject, random: Random) -> Mutants:
    """Change single bytes that some checksum sums, or the checksum itself."""
    samples = [sample for sample in subject.corpus.valid if subject.summed[sample.name]]
    for _ in range(FLIPS if samples else 0):
        sample = random.choice(samples)
        spans = subject.summed[sample.name]
        span = random.choices(spans, [span.end - span.start for span in spans])[0]
        middle = flipped(sample.data[span.start : span.end], random)[0]
        yield sample, sample.data[: span.start] + middle + sample.data[span.end :]


DAMAGES: Final = (
    Damage(f"{TRAILING_BYTES} bytes more", _trailing, found_share=1.0),
    Damage("cut by 1", _cut, found_share=1.0),
    Damage("truncated", _truncations, found_share=1.0),
    Damage("1 byte changed", _flips),
    Damage("1 summed byte changed", _summed_flips, found_share=0.99),
)


# the table

Counts = Mapping[str, Mapping[Damage, Count]]


def measure(formats: Sequence[str] = ()) -> Measured:
    """Count what both accept, for some formats or for all.

    Returns:
        A row for each format. The bars: what is promised to be found is found, and every schema
        that was asked for has a corpus.
    """
    peers, known = Peers(), schemas()
    wanted = set(formats) or set(known)
    counts: dict[str, dict[Damage, Count]] = {}
    for corpus in CORPORA:
        if corpus.format in wanted:
            schema = known[corpus.format]
            subject = Subject(corpus, ours_of(schema), peers.theirs_of(schema))
            counts[corpus.format] = {damage: subject.count(damage) for damage in DAMAGES}
    lacking = sorted(wanted - counts.keys())
    bars = [_bar(damage, damage.found_share, counts) for damage in DAMAGES if damage.found_share]
    claim = "every schema has a corpus"
    bars.append(Bar(claim + (f": not {', '.join(lacking)}" if lacking else ""), not lacking))
    return Measured(tables=(_table(counts),), bars=tuple(bars))


def _bar(damage: Damage, share: float, counts: Counts) -> Bar:
    """What is promised of a kind of damage, in each format by itself."""
    shares = {name: row[damage].found_share for name, row in counts.items() if row[damage].read}
    missed = [f"{name} {found:.1%}" for name, found in shares.items() if found < share]
    what = "all" if share == 1 else f"at least {share:.0%}"
    claim = f"{damage.name}: {what} found, in each of {len(shares)} formats"
    return Bar(claim + (f", but {', '.join(missed)}" if missed else ""), not missed)


def _table(counts: Counts) -> Table:
    names = [name for damage in DAMAGES for name in (damage.name, "Kaitai")]
    endless = sum(count.kaitai_endless for row in counts.values() for count in row.values())
    return Table(
        title="Damaged files that pass for valid: ours, and Kaitai's generated Python",
        head=("format", *names),
        rows=tuple(
            (name, *(cell for count in row.values() for cell in _cells(count)))
            for name, row in counts.items()
        ),
        notes=(
            "Accepted, of all that were read.",
            "Where nothing sums it, a changed byte may be another value that is just as good.",
            "Nothing is cut where a part begins that is read only if bytes are left.",
            f"Not read to the end by Kaitai's parser in {MAX_SECONDS} s: {endless}.",
        ),
    )


def _cells(count: Count) -> Iterator[str]:
    for accepted, read in (
        (count.accepted, count.read),
        (count.kaitai_accepted, count.kaitai_read),
    ):
        yield f"{accepted}/{read}" if read else "-"


if __name__ == "__main__":
    result = measure(sys.argv[1:])
    print("\n".join(text(result)))
    sys.exit(result.exit_code)
