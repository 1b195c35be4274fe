"""Checking files: each is opened, its schema found, its companions read, and its findings kept."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from harness.findings.model import Finding, sort_key
from harness.findings.registry import RULES
from harness.reading.stream import Buffer
from harness.schema.library import HEAD_BYTES, find, match
from harness.validation.engines import BeyondEngineError, Given, Judged
from harness.validation.formats import Companion, Format
from harness.validation.inputs import (
    Input,
    UnreadableError,
    expand,
    is_regular,
    read_input,
    refuse_large,
)
from harness.validation.request import Request, Result


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
            result = _validated(validator, item)
            count += result.checked or bool(result.findings)
            yield result
        if is_folder and count == 0:
            yield _unchecked(Input(name), "T004", "a file of a known schema", "none")


def _validated(validator: Validator, item: Input) -> Result:
    """Check one file of several: what is beyond the engine that was asked for stops no other."""
    try:
        return validator.validate(item)
    except BeyondEngineError as error:
        return Result(
            file=item.name, checked=False, is_walked=item.is_walked, findings=(error.finding,)
        )


class Validator:
    """Checks files by one request; schemas and companions are read once."""

    def __init__(
        self,
        request: Request,
        standard_input: BinaryIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Make one.

        Args:
            request: how to check.
            standard_input: what `-` reads.
            environment: where compilers and the cache of compiled schemas are looked for.
        """
        self._request = request
        self._environment = environment
        self._standard_input = standard_input
        self._chosen = find(request.schema) if request.schema is not None else None
        self._plain = msgspec.structs.replace(request, overlays=())
        self._formats: dict[tuple[Path, bool], Format] = {}
        self._companions: dict[tuple[str, Path], Companion | Finding] = {}

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
        format_ = self._format(path, self._request)
        companions: list[Companion] = []
        for name, type_name, file in format_.companions:
            if name not in self._request.companions:
                said = _none_given(self._request.companions, format_)
                return _unchecked(item, "T002", f"`{name}`, a {type_name} file", said)
            found = self._companion(name, file)
            if isinstance(found, Finding):
                return Result(
                    file=item.name, checked=False, is_walked=item.is_walked, findings=(found,)
                )
            companions.append(found)
        judged = format_.judge(data, item.name, companions)
        return _result(item, data, format_, judged, companions)

    def _format(self, path: Path, request: Request) -> Format:
        """Prepare a schema, once in a run."""
        key = (path, request is self._request)
        if key not in self._formats:
            self._formats[key] = Format(path, request, self._environment)
        return self._formats[key]

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

    def _companion(self, name: str, path: Path) -> Companion | Finding:
        """Read a companion once; a finding about it when it cannot be read."""
        given = self._request.companions[name]
        if (name, path) not in self._companions:
            self._companions[name, path] = self._read_companion(name, given, path)
        return self._companions[name, path]

    def _read_companion(self, name: str, given: Path, path: Path) -> Companion | Finding:
        most = self._request.max_bytes
        try:
            data = read_input(str(given), max_bytes=most)
            refuse_large(data, most)
        except UnreadableError as error:
            return _finding(str(given), "T002", f"`{name}`, a readable file", error.reason)
        return Companion(Given(name, data, str(given)), self._format(path, self._plain))


def _result(
    item: Input, data: Buffer, format_: Format, judged: Judged, companions: Sequence[Companion]
) -> Result:
    findings, dropped = judged.findings + judged.notes, judged.dropped
    for one in companions:
        findings += one.judged.findings + one.judged.notes
        if one.judged.dropped:
            dropped = Counter(dropped) + Counter(one.judged.dropped)
    return Result(
        file=item.name,
        checked=True,
        is_walked=item.is_walked,
        findings=tuple(sorted(findings, key=sort_key)) if findings else (),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        schema=format_.use,
        lenient=format_.is_lenient,
        companions=tuple([one.use for one in companions]),
        dropped=dropped,
        engine=judged.engine,
        reading=judged.reading,
    )


def _none_given(given: Mapping[str, Path], format_: Format) -> str:
    """A name that was mistyped is told beside the one that was meant."""
    taken = {name for name, _, _ in format_.companions}
    others = ", ".join(f"`{name}`" for name in sorted(given) if name not in taken)
    return f"none was given; {others}: none of its companions" if others else "none was given"


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
