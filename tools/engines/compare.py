"""Both engines on the same content: what one finds and the other does not."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from harness.coverage.cells import Cell
from harness.coverage.matrices import model
from harness.coverage.meter import measure
from harness.findings.model import Finding, Span
from harness.native import service
from harness.native.cells import CellTable
from harness.native.spans import SpanTable
from harness.reading import Reader, Reading, observed
from harness.reading.views import views
from tools.engines.contents import readings_of
from tools.engines.subjects import Subject

FILE: Final = "content"
MOST_SHOWN: Final = 3
_KINDS: Final = {"struct": "STRUCT", "array": "LIST", "value": "VALUE", "shared": "SHARED"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine says of one content."""

    findings: tuple[Finding, ...]
    dropped: Mapping[str, int]
    is_complete: bool
    observed: tuple[Mapping[str, int | tuple[int, ...]], ...] = ()
    spans: tuple[tuple[str, str, Span | None], ...] = ()
    cells: Mapping[Cell, int] = field(default_factory=dict)


class Twins:
    """The two readers of one subject."""

    def __init__(self, subject: Subject, *, environment: Mapping[str, str] = os.environ) -> None:
        """Make both; the schema is compiled.

        Raises:
            AbsentError: it does not compile.
        """
        self._reader = Reader(subject.schema, subject.overlays)
        self._engine = service.made(subject.schema, subject.overlays, environment)
        self._model = model(subject.schema)
        self._overlays, self._spans = subject.overlays, SpanTable()
        self._cells = CellTable(self._model)
        self._companions = readings_of(subject)
        for name in subject.schema.companions:
            refusal = self._engine.give_companion(subject.companions[name], name, f"{name}:")
            if refusal:
                raise ValueError(f"the companion `{name}` is refused: {refusal}")

    def reference(self, data: bytes, max_findings: int) -> Outcome:
        """What the reference reader says."""
        found = self._reader.read(
            data, file=FILE, companions=self._companions, max_findings=max_findings
        )
        values = tuple(observed(found, overlay) for overlay in self._overlays)
        spans = tuple((view.path, _KINDS[view.kind], view.span) for view in views(found))
        return Outcome(
            found.findings, found.dropped, found.is_complete, values, spans, self._cells_of(found)
        )

    def _cells_of(self, reading: Reading) -> Mapping[Cell, int]:
        """The cells of matrices that a content uses; none of one that a limit stopped."""
        groups = {matrix.group for matrix in self._model.matrices}
        if not groups or not reading.is_complete:
            return {}
        counts = measure(self._model, reading, is_valid=True).counts
        return {one.cell: one.uses for one in counts if one.cell.group in groups}

    def native(self, data: bytes, max_findings: int) -> Outcome | str:
        """What the native engine says, or why it refuses."""
        found = self._engine.check(
            data,
            FILE,
            max_findings,
            observe=bool(self._overlays),
            spans=self._spans,
            cells=self._cells,
        )
        spans = tuple((one.path, one.kind.name, one.span) for one in self._spans.values())
        return found.refusal or Outcome(
            found.findings,
            found.dropped,
            found.is_complete,
            found.observed,
            spans,
            self._cells.uses,
        )

    def difference(self, data: bytes, max_findings: int = 1000) -> list[str]:
        """Return in lines what they do not agree about; nothing where they do."""
        native = self.native(data, max_findings)
        if isinstance(native, str):
            return [f"native refuses: {native}"]
        return [
            *_lines(self.reference(data, max_findings), native),
            *self._alone(data, max_findings, native),
        ]

    def _alone(self, data: bytes, max_findings: int, native: Outcome) -> Iterator[str]:
        """Asked for findings alone, the native engine may try a shorter way to them."""
        found = self._engine.check(data, FILE, max_findings)
        if found.findings != native.findings or dict(found.dropped) != dict(native.dropped):
            yield "the native engine finds something else where only findings are asked for"
        if found.is_complete != native.is_complete:
            yield f"complete: native {native.is_complete}, without spans {found.is_complete}"


def _lines(reference: Outcome, native: Outcome) -> Iterator[str]:
    if reference.is_complete != native.is_complete:
        yield f"complete: reference {reference.is_complete}, native {native.is_complete}"
    if dict(reference.dropped) != dict(native.dropped):
        yield f"dropped: reference {dict(reference.dropped)}, native {dict(native.dropped)}"
    for mine, theirs in zip(reference.observed, native.observed, strict=True):
        for name in sorted(mine.keys() | theirs.keys()):
            if mine.get(name) != theirs.get(name):
                yield f"observed {name}: reference {mine.get(name)}, native {theirs.get(name)}"
    # the reader knows instances of items that are not kept, and are not read after a limit
    if reference.is_complete:
        yield from _span_lines(reference, native)
    yield from list(_cell_lines(reference, native))[:MOST_SHOWN]
    if reference.findings == native.findings:
        return
    if sorted(map(_said, reference.findings)) == sorted(map(_said, native.findings)):
        yield "the same findings in another order"
    pairs = zip(_padded(reference, native), _padded(native, reference), strict=True)
    different = [(left, right) for left, right in pairs if left != right]
    for left, right in different[:MOST_SHOWN]:
        yield f"  reference: {_only(left, right)}"
        yield f"  native:    {_only(right, left)}"
    if len(different) > MOST_SHOWN:
        yield f"  and {len(different) - MOST_SHOWN} more"


def _cell_lines(reference: Outcome, native: Outcome) -> Iterator[str]:
    for cell in sorted(reference.cells.keys() | native.cells.keys(), key=lambda cell: cell.key):
        one, two = reference.cells.get(cell), native.cells.get(cell)
        if one != two:
            yield f"cell {cell}: reference {one}, native {two}"


def _span_lines(reference: Outcome, native: Outcome) -> Iterator[str]:
    pairs = itertools.zip_longest(reference.spans, native.spans)
    different = [f"span: reference {one}, native {two}" for one, two in pairs if one != two]
    yield from different[:MOST_SHOWN]


def _padded(one: Outcome, other: Outcome) -> tuple[Finding | None, ...]:
    missing = max(0, len(other.findings) - len(one.findings))
    return (*one.findings, *[None] * missing)


def _said(finding: Finding) -> str:
    return repr(msgspec.structs.replace(finding, order=0))


def _only(one: Finding | None, other: Finding | None) -> str:
    """Return a finding: what tells what it is, and whatever the other one has not."""
    if one is None:
        return "none"
    span = one.span and (one.span.start, one.span.end)
    said = f"{one.code} {one.rule} at `{one.path}` {span}"
    if other is not None and (one.code, one.path) == (other.code, other.path):
        fields = [
            name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)
        ]
        return f"{said}: " + ", ".join(f"{name}={getattr(one, name)!r}" for name in fields)
    return f"{said}: expected {one.expected!r}, actual {one.actual!r}"
