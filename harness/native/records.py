"""Records of findings, as a compiled schema writes them, turned into findings."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from harness.findings.model import Finding, Place, Span
from harness.findings.registry import RULES
from harness.native.compile.words import Legend, Message, Named, Source
from harness.native.wording import Said, Tag, Wording
from harness.reading.recorder import in_order
from harness.reading.tree import step_of

# `hv_recorder` in runtime/engine/types.h says what the numbers are
_HEAD: Final = struct.Struct("=9I")
_STEP: Final = struct.Struct("=3i")
_VALUE: Final = struct.Struct("=2IQ")


class Home(NamedTuple):
    """A content that findings are in: what they call it, and what their paths begin with."""

    file: str
    prefix: str = ""


# from the top: number of the type, slot in it, index there or -1
_Steps = tuple[tuple[int, int, int], ...]


class _Record(NamedTuple):
    """One finding by numbers: its message, source and content; where it is; its values.

    `fault` is one more than the message of what a contract met.
    """

    message: int
    source: int
    fault: int
    home: int
    span: Span
    steps: _Steps
    values: tuple[Said, ...]


class Decoder:
    """Makes findings of what one compiled schema writes."""

    def __init__(self, legend: Legend) -> None:
        self._legend = legend
        self._types = legend.types
        self._wording = Wording(legend)
        self._roots = _roots(legend)

    def findings(self, written: memoryview, homes: Sequence[Home]) -> tuple[Finding, ...]:
        """Return the findings of one run, in the order of output.

        Args:
            written: the records, whole ones.
            homes: the candidate, then its companions in the order of the legend.
        """
        return in_order(
            (self._finding(record, homes[record.home]), _route(record))
            for record in self._records(written)
        )

    def dropped(self, counts: Sequence[int]) -> Mapping[str, int]:
        """Return how many findings of each code were only counted, by code."""
        codes = self._legend.codes
        found = {code: number for code, number in zip(codes, counts, strict=True) if number}
        return dict(sorted(found.items()))

    def _records(self, written: memoryview) -> Iterator[_Record]:
        at = 0
        while at < len(written):
            size, *numbers, step_count, value_count = _HEAD.unpack_from(written, at)
            message, source, fault, home, start, end = numbers
            first = at + _HEAD.size
            after = first + step_count * _STEP.size
            steps = tuple(_STEP.iter_unpack(written[first:after]))
            values = tuple(self._values(written[after : at + size], value_count))
            yield _Record(message, source, fault, home, Span(start, end), steps, values)
            at += size

    def _values(self, data: memoryview, count: int) -> Iterator[Said]:
        at = 0
        for _ in range(count):
            kind, size, number = _VALUE.unpack_from(data, at)
            at += _VALUE.size
            content = data[at : at + size]
            path = self._path(tuple(_STEP.iter_unpack(content))) if kind & 0xFF == Tag.NODE else ""
            yield Said(kind & 0xFF, kind >> 8, number, bytes(content), path)
            at += (size + 3) // 4 * 4

    def _finding(self, record: _Record, home: Home) -> Finding:
        message = self._legend.messages[record.message]
        source = self._legend.sources[record.source]
        expected, actual = self._said(record, message)
        return Finding(
            code=message.code,
            severity=source.severity or message.severity or RULES[message.code].severity,
            file=home.file,
            path=home.prefix + self._path(record.steps),
            span=record.span,
            rule=source.rule,
            expected=expected,
            actual=actual,
            reason=source.reason,
            source=self._place(record, source),
        )

    def _said(self, record: _Record, message: Message) -> tuple[str, str]:
        """Return `expected` and `actual`; the values are those of the fault, where one was met."""
        if record.fault:
            fault = self._legend.messages[record.fault - 1]
            met = self._wording.text(fault.actual, record.values)
            return "expected an answer", f"evaluating it gives {fault.code} at `{met}`"
        wording, values = self._wording, record.values
        return wording.text(message.expected, values), wording.text(message.actual, values)

    def _path(self, steps: _Steps) -> str:
        return ".".join(
            step_of(self._types[type_].names[slot], item) for type_, slot, item in steps
        )

    def _place(self, record: _Record, source: Source) -> Place | None:
        if source.place is not None:
            return source.place
        if record.steps:
            type_, slot, _ = record.steps[-1]
            return self._types[type_].places[slot]
        return self._roots[record.home].place


def _roots(legend: Legend) -> tuple[Named, ...]:
    """The top types of the candidate and its companions."""
    by_name = {type_.name: type_ for type_ in legend.types}
    return tuple(by_name[name] for name in (legend.schema, *dict(legend.companions).values()))


def _route(record: _Record) -> tuple[int, ...]:
    return tuple(number for _, slot, item in record.steps for number in (slot, item))
