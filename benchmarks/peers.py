"""One schema read by both: our reference reader, and Kaitai's generated Python parser."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kaitaistruct import KaitaiStream, KaitaiStruct

from corpora.build import CORPORA, FOLDER
from harness.reading import Reader, Reading
from harness.schema import Schema, load
from harness.schema.library import find
from tools.kaitai import agree


class Ours:
    """The reference reader of a schema, its companions read."""

    def __init__(self, schema: Schema, companions: Mapping[str, Reading]) -> None:
        self._reader = Reader(schema)
        self._companions = companions

    def read(self, data: bytes) -> Reading:
        """Read strictly; findings are counted, and one of each severity kept."""
        return self._reader.read(data, file="content", companions=self._companions, max_findings=1)


class Theirs:
    """Kaitai's parser of a schema, its companions parsed."""

    def __init__(self, parser: Callable[..., Any], companions: Sequence[object]) -> None:
        self._parser = parser
        self._companions = companions

    def parse(self, data: bytes) -> object:
        """Parse, and read all parse instances, in the way Kaitai generates for that."""
        parsed = self._parser(*self._companions, KaitaiStream(io.BytesIO(data)))
        parsed._fetch_instances()  # noqa: SLF001  # part of what it generates
        return parsed

    def parse_all(self, data: bytes) -> None:
        """Parse, and ask for every instance, computed ones too."""
        waiting: list[object] = [self._parser(*self._companions, KaitaiStream(io.BytesIO(data)))]
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, KaitaiStruct) and id(node) not in seen:
                seen.add(id(node))
                members = vars(type(node)).items()
                instances = [name for name, item in members if isinstance(item, property)]
                waiting += [getattr(node, name) for name in instances]
                waiting += vars(node).values()


def schemas() -> dict[str, Schema]:
    """Load all our schemas, by id."""
    return {path.stem: load(path) for path in sorted(agree.SCHEMAS.glob("*.ksy"))}


def ours_of(schema: Schema) -> Ours:
    """Return our reader of a schema, or of one made from it."""
    files = _companion_files(schema)
    companions = {
        name: ours_of(load(find(kind))).read(files[name])
        for name, kind in schema.companions.items()
    }
    return Ours(schema, companions)


class Peers:
    """Kaitai's parsers of all our schemas.

    Raises:
        RuntimeError: Kaitai's compiler refuses one of them.
    """

    def __init__(self) -> None:
        agree.compile_schemas()
        self._parsers = agree.parsers()

    def theirs_of(self, schema: Schema) -> Theirs | None:
        """Return Kaitai's parser of a schema; None where to Kaitai it means something else."""
        if schema.id not in self._parsers:
            return None
        companions: list[object] = []
        files = _companion_files(schema)
        for parameter, kind in schema.companions.items():
            peer = self.theirs_of(load(find(kind)))
            if peer is None:
                return None
            companions.append(peer.parse(files[parameter]))
        return Theirs(self._parsers[schema.id].kaitai, companions)


def _companion_files(schema: Schema) -> Mapping[str, bytes]:
    """Return the companions that the corpus of a format is read with, by parameter."""
    if not schema.companions:
        return {}
    corpus = next(corpus for corpus in CORPORA if corpus.format == schema.id)
    return {name: (FOLDER / path).read_bytes() for name, path in corpus.companions}
