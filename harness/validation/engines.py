"""Which engine judges: the reference reader, or the native one where that is there or pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from harness.findings.message import message
from harness.findings.model import Finding, Severity
from harness.findings.registry import RULES
from harness.reading import Reading
from harness.reading.stream import Buffer
from harness.schema import Schema
from harness.validation.request import EngineName, Request

if TYPE_CHECKING:
    from harness.native.engine import Engine

# What the reference reader has read before it pays to load the native engine, and to compile a
# schema for it. Each file counts as some bytes more, for what it costs whatever its size.
LOOKS_FROM_BYTES: Final = 1 << 15
PAYS_FROM_BYTES: Final = 1 << 20
FILE_BYTES: Final = 1 << 10


class NativeEngineError(Exception):
    """The native engine was asked for and cannot be had; the text says why."""


class BeyondEngineError(NativeEngineError):
    """The native engine was asked for, and one content is beyond it; others may not be."""

    def __init__(self, note: Finding) -> None:
        super().__init__(f"`{note.file}`: {message(note)}")
        self.finding = msgspec.structs.replace(note, severity=Severity.ERROR)


class Judged(msgspec.Struct, frozen=True):
    """What an engine says of one content.

    Attributes:
        findings: in the order of output.
        dropped: findings beyond the limit, counted by code.
        engine: which it was.
        reading: the tree, where the reference reader made one.
        notes: why it was not the engine that it should have been.
    """

    findings: tuple[Finding, ...]
    dropped: Mapping[str, int]
    engine: EngineName
    reading: Reading | None = None
    notes: tuple[Finding, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """A companion: the parameter that takes it, its content, and what findings call it."""

    name: str
    data: Buffer
    file: str


class Native:
    """The native engine of one schema in a run, once it is there.

    Left to choose, a run takes it as soon as there is more to read than a few small files, if the
    schema is compiled already. Otherwise the schema is compiled once what the reference reader had
    to read has cost as much as that will.

    Attributes:
        notes: why there is none, until they are taken.
    """

    def __init__(self, schema: Schema, request: Request, environment: Mapping[str, str]) -> None:
        self._schema = schema
        self._request = request
        self._environment = environment
        self._engine: Engine | None = None
        self._is_sought = request.engine != "reference" and not request.lenient
        self._is_first = True
        self._read_bytes = 0
        self._notes: list[Finding] = []
        if request.engine == "native" and request.lenient:
            raise NativeEngineError("only the reference reader is lenient")

    def take_notes(self) -> tuple[Finding, ...]:
        """Return what is to be said of it, once."""
        notes = tuple(self._notes)
        self._notes.clear()
        return notes

    def judge(
        self, data: Buffer, file: str, prefix: str, companions: Sequence[Given]
    ) -> Judged | None:
        """Judge one content; None where the reference reader must do it.

        Args:
            data: the whole content.
            file: what findings call it.
            prefix: what paths begin with.
            companions: in the order in which the schema takes them; the same ones each time.

        Raises:
            BeyondEngineError: it was asked for, and cannot judge this content.
            NativeEngineError: it was asked for, and cannot be had.
        """
        if self._engine is None:
            if not self._is_sought:
                return None
            self._engine = self._obtained(len(data), companions)
            if self._engine is None:
                return None
        checked = self._engine.check(data, file, self._request.max_findings, prefix)
        if checked.refusal:
            note = _slow(file, checked.refusal)
            if self._request.engine == "native":
                raise BeyondEngineError(note)
            self._notes.append(note)
            return None
        return Judged(checked.findings, checked.dropped, "native")

    def _obtained(self, size: int, companions: Sequence[Given]) -> Engine | None:
        self._read_bytes += size + FILE_BYTES
        is_choice = self._request.engine == "auto"
        if is_choice and self._read_bytes < LOOKS_FROM_BYTES:
            return None
        # a start without the native engine does not pay for it
        from harness.native import service  # noqa: PLC0415

        terms = (self._schema, self._request.overlays, self._environment)
        engine = service.found(*terms) if self._is_first else None
        self._is_first = False
        if engine is None:
            if is_choice and self._read_bytes < PAYS_FROM_BYTES:
                return None
            try:
                engine = service.made(*terms)
            except service.AbsentError as error:
                self._is_sought = False
                self._refuse(error.findings)
                return None
        for one in companions:
            refusal = engine.give_companion(one.data, one.file, f"{one.name}:")
            if refusal:
                self._is_sought = False
                self._refuse((_slow(one.file, refusal),))
                return None
        return engine

    def _refuse(self, findings: tuple[Finding, ...]) -> None:
        if self._request.engine == "native":
            raise NativeEngineError("; ".join(message(finding) for finding in findings))
        self._notes += findings


def _slow(file: str, why: str) -> Finding:
    severity, wanted = RULES["T014"].severity, "content within bounds"
    return Finding(code="T014", severity=severity, file=file, expected=wanted, actual=why)
