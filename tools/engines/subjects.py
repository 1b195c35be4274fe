"""What the engines are compared on: formats of ours, and those of Kaitai's own test suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.survey import corpus_of
from corpora.build import FOLDER
from corpora.recipes.sample import Corpus, Sample
from harness.schema import Schema, SchemaError, load
from harness.schema.library import find
from harness.schema.overlay import Overlay
from tools.conformance.specs import Checkout, load_spec


@dataclass(frozen=True, slots=True)
class Subject:
    """A schema with contents of it.

    Attributes:
        corpus: the contents.
        schema: what they are read as.
        companions: what they are read against.
        overlays: contracts laid over.
    """

    corpus: Corpus
    schema: Schema
    companions: dict[str, bytes]
    overlays: tuple[Overlay, ...] = ()


def subject_of(name: str, overlays: Sequence[Overlay] = ()) -> Subject:
    """Return a format of ours."""
    corpus = corpus_of(name)
    companions = {one: (FOLDER / path).read_bytes() for one, path in corpus.companions}
    return Subject(corpus, load(find(name)), companions, tuple(overlays))


def kaitai_subjects(tests: Path, formats: Path) -> Iterator[Subject]:
    """Yield each specification of Kaitai's suite whose schema is a strict one, with its file.

    Args:
        tests: a checkout of kaitai_struct_tests.
        formats: a checkout of kaitai_struct_formats.
    """
    checkout = Checkout(tests, formats, formats)
    for path in checkout.specs:
        try:
            spec = load_spec(path)
            schema = load(checkout.schema(spec.name), import_paths=checkout.import_paths)
        except (SchemaError, ValueError):
            continue
        if schema.companions:
            continue
        data = checkout.content(spec.data).read_bytes()
        sample = Sample(spec.data, "the file of the specification", data)
        yield Subject(Corpus(spec.name, (sample,), ()), schema, {})
