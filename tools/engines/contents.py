"""Contents that engines are compared on: samples, seeded damage, edits that a tree suggests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from benchmarks.mutation import CHECKSUMS, mutants
from corpora.recipes.sample import Corpus
from harness.fuzzing.edits import Edit, edits_of
from harness.reading import Reader, Reading
from harness.schema import load
from harness.schema.library import schema_file
from tools.engines.subjects import Subject

MOST_SEED_BYTES: Final = 2048
_MOST_EDITS: Final = 3
_SEALED_SHARE: Final = 0.9


def contents(subject: Subject, seed: int, count: int) -> Iterator[bytes]:
    """Yield all samples, then so many mutants of the small ones, the same for the same seed."""
    corpus = subject.corpus
    yield from (sample.data for sample in (*corpus.valid, *corpus.invalid))
    seeds = _small(corpus)
    damaged, edited = _damaged(seeds, seed), _edited(subject, seeds, seed)
    both = (data for pair in itertools.zip_longest(damaged, edited) for data in pair)
    yield from itertools.islice((data for data in both if data is not None), count)


def _small(corpus: Corpus) -> Corpus:
    """Return a corpus of its small files, malformed ones too; of the smallest where none is."""
    samples = (*corpus.valid, *corpus.invalid)
    by_size = sorted((one for one in samples if one.data), key=lambda one: len(one.data))
    kept = [one for one in by_size if len(one.data) <= MOST_SEED_BYTES]
    return replace(corpus, valid=tuple(kept or by_size[:1]), invalid=())


def _damaged(corpus: Corpus, seed: int) -> Iterator[bytes]:
    """Yield contents with bytes changed, moved, added and cut off, without end."""
    for number in itertools.count() if corpus.valid else ():
        yield from (mutant.data for mutant in mutants(corpus, seed, number))


def _edited(subject: Subject, corpus: Corpus, seed: int) -> Iterator[bytes]:
    """Yield contents in which one to three values are what the tree suggests, without end."""
    random = Random(f"{seed} {corpus.format}")
    checksum = CHECKSUMS.get(corpus.format)
    suggested = _suggested(subject, corpus)
    while suggested:
        data, edits = random.choice(suggested)
        for edit in random.sample(edits, min(len(edits), random.randint(1, _MOST_EDITS))):
            data = data[: edit.start] + edit.octets + data[edit.end :]
        is_sealed = random.random() < _SEALED_SHARE
        if checksum is not None and is_sealed and len(data) >= checksum.field.end:
            data = checksum.repaired(data)
        yield data


def _suggested(subject: Subject, corpus: Corpus) -> list[tuple[bytes, Sequence[Edit]]]:
    reader, companions = Reader(subject.schema), readings_of(subject)
    found = [
        (sample.data, edits_of(reader.read(sample.data, file="seed", companions=companions)))
        for sample in corpus.valid
    ]
    return [(data, edits) for data, edits in found if edits]


def readings_of(subject: Subject) -> dict[str, Reading]:
    """Return what the reference reader makes of a subject's companions."""
    schema = subject.schema
    return {
        name: Reader(load(schema_file(schema, type_name))).read(
            subject.companions[name], file=name, prefix=f"{name}:"
        )
        for name, type_name in schema.companions.items()
    }
