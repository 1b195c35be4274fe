"""Companions that are made: those beside which contents differ most from one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Final

from harness.coverage.matrices import model
from harness.coverage.meter import measure
from harness.reading.reader import Reader
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.coverage.matrices import Model
    from harness.reading.reader import Reading
    from harness.schema.ir import Schema

_CANDIDATES: Final = 16
# contents that are made beside each, to see what can be in them
_CONTENTS: Final = 16


def made_companions(
    schema: Schema, missing: Mapping[str, Schema], given: Mapping[str, Reading], seed: int
) -> dict[str, bytes]:
    """Make companions: of several, those beside which most of what a schema offers is used.

    A definition that allows one kind of record leaves nothing to generate, or to break, about the
    others; of those that offer as much, the largest are taken.

    Args:
        schema: what is read with them.
        missing: by parameter, the schemas of those that are to be made.
        given: by parameter, those that are at hand.
        seed: of all random numbers.

    Returns:
        Their bytes, by parameter.

    Raises:
        LookupError: none could be made for a parameter, which is the error's argument.
    """
    if not missing:
        return {}
    found = {name: list(_candidates(theirs, name, seed)) for name, theirs in missing.items()}
    for name, candidates in found.items():
        if not candidates:
            raise LookupError(name)
    offer = _Offer(schema, given, seed)
    most = max(map(len, found.values()))
    sets = [{name: one[at % len(one)] for name, one in found.items()} for at in range(most)]
    best = max(sets, key=offer.of)
    return {name: data for name, (data, _) in best.items()}


_Candidate = tuple[bytes, "Reading"]


def _candidates(schema: Schema, name: str, seed: int) -> Iterator[_Candidate]:
    generator, reader = Generator(schema), Reader(schema)
    for number in range(_CANDIDATES):
        data = generator.valid(RandomChoices(Random(f"{seed}:companion:{name}:{number}")))
        if data is not None:
            yield data, reader.read(data, file=name)


class _Offer:
    """How much contents can use beside companions."""

    def __init__(self, schema: Schema, given: Mapping[str, Reading], seed: int) -> None:
        self._schema = schema
        self._given = given
        self._seed = seed
        self._model: Model = model(schema)

    def of(self, candidates: Mapping[str, _Candidate]) -> tuple[int, int]:
        """Return the points of domains that a few contents use, then the size, to compare by."""
        read = {name: reading for name, (_, reading) in candidates.items()}
        generator = Generator(self._schema, {**self._given, **read})
        used = set()
        for number in range(_CONTENTS):
            data = generator.valid(RandomChoices(Random(f"{self._seed}:beside:{number}")))
            if data is None:  # beside these hardly any content comes about
                break
            reading = generator.reader.read(data, file="", companions=generator.companions)
            counts = measure(self._model, reading).counts
            used |= {(one.cell.group, one.cell.point) for one in counts}
        return len(used), sum(len(data) for data, _ in candidates.values())
