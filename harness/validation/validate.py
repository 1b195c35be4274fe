"""Checking files: each is opened, its schema found, its companions read, and its findings kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import msgspec

from harness.findings.model import Finding, sort_key
from harness.findings.registry import RULES
from harness.reading import Reader, Reading
from harness.reading.stream import Buffer
from harness.schema import Schema, load
from harness.schema.library import HEAD_BYTES, find, match
from harness.schema.overlay import Overlay
from harness.validation.inputs import (
    Input,
    UnreadableError,
    expand,
    is_regular,
    read_input,
    refuse_large,
)
from harness.validation.request import CompanionUse, Request, Result, SchemaUse


def validate_file(path: Path, request: Request) -> Result:
    """Check one file.

    Raises:
        SchemaError: when a schema or a contract cannot be used.
    """
    return Validator(request).validate(Input(str(path)))


def validate_paths(
    names: Sequence[str], request: Request, standard_input: BinaryIO | None = None
) -> Iterator[Result]:
    """Check files and folders, and yield what is known of each file.

    Args:
        names: paths as the user gave them; `-` for standard input.
        request: how to check.
        standard_input: what `-` reads.

    Raises:
        SchemaError: when a schema or a contract cannot be used.
    """
    validator = Validator(request, standard_input)
    for name in names:
        is_folder = Path(name).is_dir()
        count = 0
        for item in expand(name):
            result = validator.validate(item)
            count += result.checked or bool(result.findings)
            yield result
        if is_folder and count == 0:
            yield _unchecked(Input(name), "T004", "a file of a known schema", "none")


class Validator:
    """Checks files by one request; schemas and companions are read once."""

    def __init__(self, request: Request, standard_input: BinaryIO | None = None) -> None:
        self._request = request
        self._standard_input = standard_input
        self._chosen = find(request.schema) if request.schema is not None else None
        self._companions: dict[tuple[str, Path], tuple[Reading, CompanionUse] | Finding] = {}

    def validate(self, item: Input) -> Result:
        """Check one file; what prevents the check is a finding (T0xx)."""
        if item.no_content:
            return _passed_over(item, item.no_content)
        if item.is_walked and not is_regular(item.name):
            return self._not_regular(item)
        if item.unreadable:
            return _unreadable(item, UnreadableError(item.unreadable))
        most = self._request.max_bytes
        try:
            data = read_input(item.name, self._standard_input, max_bytes=most)
        except UnreadableError as error:
            return _unreadable(item, error)
        return self.validate_data(item, data)

    def validate_data(self, item: Input, data: Buffer) -> Result:
        """Check content that is at hand; `item` says what it is called."""
        path = self._chosen or match(item.name, bytes(data[:HEAD_BYTES]))
        if path is None:
            return self._unknown(item, len(data))
        try:
            refuse_large(data, self._request.max_bytes)
        except UnreadableError as error:
            return _unreadable(item, error)
        reader = reader_for(path, self._request)
        companions: dict[str, tuple[Reading, CompanionUse]] = {}
        for name, type_name in reader.schema.companions.items():
            found = self._companion(reader.schema, name, type_name, item.name)
            if isinstance(found, Finding):
                return Result(
                    file=item.name, checked=False, is_walked=item.is_walked, findings=(found,)
                )
            companions[name] = found
        return self._read(item, reader, data, companions)

    def _read(
        self,
        item: Input,
        reader: Reader,
        data: Buffer,
        companions: Mapping[str, tuple[Reading, CompanionUse]],
    ) -> Result:
        readings = {name: reading for name, (reading, _) in companions.items()}
        reading = reader.read(
            data,
            file=item.name,
            companions=readings,
            max_findings=self._request.max_findings,
            instances=self._request.instances,
        )
        findings = list(reading.findings)
        dropped = dict(reading.dropped)
        for companion in readings.values():
            findings += companion.findings
            for code, count in companion.dropped.items():
                dropped[code] = dropped.get(code, 0) + count
        return Result(
            file=item.name,
            checked=True,
            is_walked=item.is_walked,
            findings=tuple(sorted(findings, key=sort_key)),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            schema=schema_use(reader.schema),
            lenient=reader.is_lenient,
            companions=tuple(use for _, use in companions.values()),
            dropped=dropped,
            reading=reading,
        )

    def _not_regular(self, item: Input) -> Result:
        """A link to a folder, a pipe, a socket or a device in a folder: never opened."""
        said = item.unreadable or "is no regular file"
        if self._request.strict_walk:
            return _unreadable(item, UnreadableError(said))
        return _passed_over(item, said)

    def _unknown(self, item: Input, size: int) -> Result:
        """A file of no known schema: a finding when it was named, else only counted."""
        if item.is_walked and not self._request.strict_walk:
            return _passed_over(item, "is of no known format", size)
        return _unchecked(item, "T003", "a known extension or magic", "neither is known")

    def _companion(
        self, schema: Schema, name: str, type_name: str, file: str
    ) -> tuple[Reading, CompanionUse] | Finding:
        """Read a companion once; a finding about `file` when it cannot be had."""
        given = self._request.companions.get(name)
        if given is None:
            return _finding(file, "T002", f"`{name}`, a {type_name} file", "none was given")
        path = schema_file(schema, type_name)
        if (name, path) not in self._companions:
            self._companions[name, path] = self._read_companion(name, given, path)
        return self._companions[name, path]

    def _read_companion(
        self, name: str, given: Path, path: Path
    ) -> tuple[Reading, CompanionUse] | Finding:
        most = self._request.max_bytes
        try:
            data = read_input(str(given), max_bytes=most)
            refuse_large(data, most)
        except UnreadableError as error:
            return _finding(str(given), "T002", f"`{name}`, a readable file", error.reason)
        plain = msgspec.structs.replace(self._request, overlays=())
        reading = reader_for(path, plain).read(
            data,
            file=str(given),
            prefix=f"{name}:",
            max_findings=self._request.max_findings,
            instances=self._request.instances,
        )
        digest = hashlib.sha256(data).hexdigest()
        return reading, CompanionUse(name=name, file=str(given), sha256=digest)


def reader_for(path: Path, request: Request) -> Reader:
    """Return the reader of a schema on a request's terms; made once while it does not change."""
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
    except OSError:
        stamp = (0, 0)
    return _reader(path, stamp, request.overlays, request.import_paths, request.lenient)


@lru_cache(maxsize=32)
def _reader(
    path: Path,
    stamp: tuple[int, int],
    overlays: tuple[Overlay, ...],
    import_paths: tuple[Path, ...],
    lenient: bool,  # noqa: FBT001  # as `lru_cache` wants it
) -> Reader:
    del stamp  # only tells one state of the file from another
    schema = load(path, import_paths=import_paths, lenient=lenient)
    return Reader(schema, overlays, lenient=lenient)


def schema_use(schema: Schema) -> SchemaUse:
    """Return the record of a schema for results."""
    return SchemaUse(id=schema.id, file=str(schema.path), sha256=schema.digest)


def schema_file(schema: Schema, type_name: str) -> Path:
    """Return the file that declares an imported type: imports are named as the file is."""
    return next(Path(file.path) for file in schema.files if Path(file.path).stem == type_name)


def _finding(file: str, code: str, expected: str, actual: str) -> Finding:
    severity = RULES[code].severity
    return Finding(code=code, severity=severity, file=file, expected=expected, actual=actual)


def _passed_over(item: Input, reason: str, size: int = 0) -> Result:
    return Result(file=item.name, checked=False, reason=reason, is_walked=True, size=size)


def _unreadable(item: Input, error: UnreadableError) -> Result:
    return _unchecked(item, "T001", "a readable file", error.reason)


def _unchecked(item: Input, code: str, expected: str, actual: str) -> Result:
    finding = _finding(item.name, code, expected, actual)
    return Result(file=item.name, checked=False, is_walked=item.is_walked, findings=(finding,))
