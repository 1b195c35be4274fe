"""Corpora read leniently: nothing of our own is found, and values are those of strict reading."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from corpora.build import CORPORA, FOLDER
from corpora.recipes.sample import Corpus, Sample
from harness.reading import Reader, Reading, views
from harness.schema import Schema, load
from harness.schema.ir import Attribute
from harness.schema.library import find

# what a parser of Kaitai's rejects: bytes that are not there, values that are not valid, text and
# packed data that are none, and expressions that cannot be computed; and what limits stop
KAITAI: Final = frozenset(
    {
        *("S101", "S102", "S103", "S106", "S114", "S115", "S117", "S118"),
        *("B201", "B202", "B203", "B204", "B205", "B206", "B207", "B208", "B209", "B210"),
        *("L601", "L602", "L603", "L604", "L605"),
    }
)
CASES = [
    pytest.param(corpus, kind, sample, id=f"{corpus.format}-{kind}-{sample.name}")
    for corpus in CORPORA
    for kind, samples in (("valid", corpus.valid), ("invalid", corpus.invalid))
    for sample in samples
]


@cache
def schema_of(name: str) -> Schema:
    """A schema of ours, with its rules."""
    return load(find(name))


@cache
def reader_of(name: str, *, lenient: bool) -> Reader:
    """A reader of a schema of ours."""
    return Reader(schema_of(name), lenient=lenient)


def read(corpus: Corpus, data: bytes, *, lenient: bool) -> Reading:
    """Read a file of a corpus with its companions, all instances included."""
    kinds = schema_of(corpus.format).companions
    companions = {
        name: reader_of(kinds[name], lenient=lenient).read((FOLDER / path).read_bytes(), file=name)
        for name, path in corpus.companions
    }
    reader = reader_of(corpus.format, lenient=lenient)
    return reader.read(data, file="content", companions=companions, instances=True)


def locates(schema: Schema) -> bool:
    """Whether `-locate`, which a lenient reader does not hear, says where anything is read."""
    fields = (field for type_ in schema.types.values() for field in type_.instances)
    return any(isinstance(field, Attribute) and field.locate is not None for field in fields)


@pytest.mark.parametrize(("corpus", "kind", "sample"), CASES)
def test_only_what_kaitai_rejects_is_found(corpus: Corpus, kind: str, sample: Sample) -> None:
    """No rule of ours; and nothing at all in a valid file, where it is read in the same places."""
    found = {one.code for one in read(corpus, sample.data, lenient=True).findings}
    assert found <= KAITAI
    if kind == "valid" and not locates(schema_of(corpus.format)):
        assert found == set()


@pytest.mark.parametrize(
    ("corpus", "kind", "sample"), [case for case in CASES if case.values[1] == "valid"]
)
def test_valid_files_have_the_same_values(corpus: Corpus, kind: str, sample: Sample) -> None:
    """Node by node."""
    assert kind == "valid"
    if locates(schema_of(corpus.format)):
        return  # lenient reading is elsewhere, as Kaitai's is
    strict, lenient = (read(corpus, sample.data, lenient=lenient) for lenient in (False, True))
    assert [(one.path, one.value, one.span) for one in views(lenient)] == [
        (one.path, one.value, one.span) for one in views(strict)
    ]
