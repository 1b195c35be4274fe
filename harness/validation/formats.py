"""One schema in a run: its companions, and the engines that judge its contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from harness.reading import Reader, Reading
from harness.reading.stream import Buffer
from harness.schema import Schema, load
from harness.schema.library import schema_file
from harness.schema.overlay import Overlay
from harness.validation.engines import Given, Judged, Native
from harness.validation.request import CompanionUse, Request, SchemaUse


class Format:
    """A schema, and what judges its contents under one request.

    Attributes:
        schema: what contents are read as.
        use: its record for results.
        is_lenient: contents are read as stock Kaitai does.
        companions: name of each companion that it takes, its type, and the schema file of that.
    """

    def __init__(self, path: Path, request: Request, environment: Mapping[str, str]) -> None:
        self._path = path
        self._request = request
        self.schema = schema_for(path, request)
        self.use = SchemaUse(
            id=self.schema.id, file=str(self.schema.path), sha256=self.schema.digest
        )
        self.companions = [
            (name, type_name, schema_file(self.schema, type_name))
            for name, type_name in self.schema.companions.items()
        ]
        self.is_lenient = request.lenient
        self._native = Native(self.schema, request, environment)

    def judge(
        self, data: Buffer, file: str, companions: Sequence[Companion] = (), prefix: str = ""
    ) -> Judged:
        """Judge one content.

        Args:
            data: the whole content.
            file: what findings call it.
            companions: in the order in which the schema takes them; the same ones each time.
            prefix: what paths begin with.

        Raises:
            NativeEngineError: the native engine was asked for, and cannot.
            SchemaError: a contract does not fit.
        """
        given = [one.given for one in companions]
        judged = self._native.judge(data, file, prefix, given)
        if judged is not None:
            return judged
        reading = self.read(data, file, companions, prefix)
        notes = self._native.take_notes()
        return Judged(reading.findings, reading.dropped, "reference", reading, notes)

    def read(
        self, data: Buffer, file: str, companions: Sequence[Companion] = (), prefix: str = ""
    ) -> Reading:
        """Read one content by the reference reader.

        Raises:
            SchemaError: a contract does not fit.
        """
        return self._reader.read(
            data,
            file=file,
            companions={one.given.name: one.reading for one in companions},
            prefix=prefix,
            max_findings=self._request.max_findings,
            instances=self._request.instances,
        )

    @cached_property
    def _reader(self) -> Reader:
        terms = self._request
        stamp = _stamp(self._path)
        return _reader(self._path, stamp, terms.overlays, terms.import_paths, terms.lenient)


class Companion:
    """A content that others are read against, with what was found in it."""

    def __init__(self, given: Given, format_: Format) -> None:
        """Judge it.

        Args:
            given: its content, and the parameter that takes it.
            format_: what it is read as.
        """
        self.given = given
        self._format = format_
        digest = hashlib.sha256(given.data).hexdigest()
        self.use = CompanionUse(name=given.name, file=given.file, sha256=digest)
        self.judged = format_.judge(given.data, given.file, prefix=f"{given.name}:")

    @cached_property
    def reading(self) -> Reading:
        """Its tree, for the reference reader."""
        given = self.given
        known = self.judged.reading
        return known or self._format.read(given.data, given.file, prefix=f"{given.name}:")


def schema_for(path: Path, request: Request) -> Schema:
    """Return a schema on a request's terms; loaded once while its file does not change.

    Raises:
        SchemaError: with one finding for each mistake.
    """
    return _schema(path, _stamp(path), request.import_paths, request.lenient)


def _stamp(path: Path) -> tuple[int, int]:
    """Tells one state of a file from another."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _schema(
    path: Path,
    stamp: tuple[int, int],
    import_paths: tuple[Path, ...],
    lenient: bool,  # noqa: FBT001  # as `lru_cache` wants it
) -> Schema:
    del stamp
    return load(path, import_paths=import_paths, lenient=lenient)


@lru_cache(maxsize=32)
def _reader(
    path: Path,
    stamp: tuple[int, int],
    overlays: tuple[Overlay, ...],
    import_paths: tuple[Path, ...],
    lenient: bool,  # noqa: FBT001  # as `lru_cache` wants it
) -> Reader:
    schema = _schema(path, stamp, import_paths, lenient)
    return Reader(schema, overlays, lenient=lenient)
