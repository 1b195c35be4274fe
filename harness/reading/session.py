"""One reading of one content: the machine that runs frames, limits, and recovery from faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.findings.model import Finding, Place, Severity, Span
from harness.findings.registry import RULES
from harness.reading import limits
from harness.reading.faults import Fault, OutOfRange, Stopped, Unknown
from harness.reading.frames import Frame, advance
from harness.reading.instances import read_instance
from harness.reading.stream import Buffer, Stream
from harness.reading.tree import (
    ABANDONED,
    RUNNING,
    Location,
    StructNode,
    Value,
    path_of,
    route_of,
    span_of,
)
from harness.reading.words import count, hex_bytes

if TYPE_CHECKING:
    from harness.reading.limits import Budget
    from harness.reading.plan import PlanBook
    from harness.reading.recorder import Recorder

MAX_NESTING: Final = 64


class Session:
    """The state of one reading.

    Attributes:
        file: what findings call the content.
        prefix: what paths begin with (`definitions:` in a companion).
        root: the top structure, once reading has begun.
        streams: every stream that was opened, in order.
        memo: what was read where, so that shared offsets are read once.
        references: by structure, the slots whose value was read elsewhere and is shared.
        parents: by structure, its `_parent` where that is not what holds it.
        bits_place: the bit field that was read last.
        limits: what may be spent on the whole content.
        steps: how many elements expressions may look at.
        output: how many bytes processing and expressions may make.
        dropped: what was read in vain; kept, since the other tables know structures by their `id`.
        errors: how many findings of severity `error` there were.
        is_stopped: a limit on the whole content was exceeded.
        is_done: what was not read until now will not be.
    """

    def __init__(
        self, book: PlanBook, data: Buffer, file: str, prefix: str, recorder: Recorder
    ) -> None:
        self.book = book
        self.file = file
        self.prefix = prefix
        self.recorder = recorder
        self.streams: list[Stream] = []
        self.memo: dict[tuple[Any, ...], Any] = {}
        self.references: dict[int, set[int]] = {}
        self.parents: dict[int, StructNode | None] = {}
        self.root: StructNode | None = None
        self.bits_place: Location | None = None
        self.dropped: list[Value] = []
        self.errors = 0
        self.is_stopped = False
        self.is_done = False
        self._nesting = 0
        top = book.schema.root.limits
        self.limits = limits.whole(top, len(data))
        self.steps = limits.steps(top, len(data))
        self.output = limits.Budget("L604", limits.MAX_OUTPUT_BYTES)
        self.main = self.add_stream(Stream(self, data, 0, len(data)))

    def add_stream(self, stream: Stream) -> Stream:
        """Keep a stream for the byte accounting at the end."""
        self.streams.append(stream)
        return stream

    # findings

    def report(  # noqa: PLR0913  # a finding's own parts
        self, code: str, place: Location, expected: str = "", actual: str = "",
        span: Span | None = None, *, source: Place | None = None, rule: str = "",
        reason: str = "", severity: Severity | None = None,
    ) -> None:  # fmt: skip
        """Record a finding on what stands at `place`."""
        severity = severity or RULES[code].severity
        self.errors += severity is Severity.ERROR
        if not self.recorder.wants(code, severity):
            self.recorder.count(code)
            return
        home = place.node.stream.session
        self.recorder.add(
            Finding(
                code=code,
                severity=severity,
                file=home.file,
                path=home.prefix + path_of(place),
                span=span or span_of(place),
                rule=rule,
                expected=expected,
                actual=actual,
                reason=reason,
                source=source or _source(place),
            ),
            route_of(place),
        )

    def report_fault(
        self, fault: Fault, place: Location, *, source: Place | None, rule: str = ""
    ) -> None:
        """Record what went wrong in a check of what stands at `place`."""
        self.report(fault.code, place, fault.expected, fault.actual, source=source, rule=rule)

    def report_problem(self, problem: Fault | Unknown, place: Location, stream: Stream) -> None:
        """Record why reading cannot go on at `place`; silent when the cause is already known."""
        if isinstance(problem, Unknown):
            if problem.is_reported:
                return
            problem = _as_fault(problem, stream.position)
        if problem.slot >= 0:
            place = Location(place.node, problem.slot, problem.index)
        span = stream.span(*problem.span) if problem.span is not None else None
        self.report(problem.code, place, problem.expected, problem.actual, span)

    def lost(self, errors: int) -> bool:
        """Whether there is nothing to be had of what was read since there were so many errors.

        Kaitai then raises an exception; a strict reader keeps what it could read.
        """
        return self.errors > errors and self.book.is_lenient

    def align(self, stream: Stream) -> None:
        """Drop the rest of a byte whose first bits were read; it must be zero."""
        rest = stream.bits
        stream.bits = stream.bits_left = 0
        place = self.bits_place
        if rest and place is not None:
            field = place.node.plan.fields[place.slot]
            if getattr(field, "padding", "") != "any":
                span = stream.span(stream.position - 1, stream.position)
                self.report("S107", place, "zero", hex_bytes(bytes([rest & 0xFF])), span)

    # the machine

    def run(self, frame: Frame) -> None:
        """Read `frame` and all below it; faults are recorded and recovered from.

        Raises:
            Stopped: when a limit on the whole content is exceeded.
        """
        stack: list[Frame] = [frame]
        try:
            while stack:
                try:
                    advance(stack)
                except (Fault, Unknown) as problem:
                    self._recover(stack, problem)
        except Stopped:
            for left in reversed(stack):
                left.abandon()
            raise

    def _recover(self, stack: list[Frame], problem: Fault | Unknown) -> None:
        """Record the problem and abandon the innermost sized region, else everything."""
        top = stack[-1]
        if isinstance(problem, Fault) and problem.span is None:
            problem.span = (top.stream.position, top.stream.position)
        self.report_problem(problem, top.place(), top.stream)
        top.stream.is_abandoned = True
        while stack:
            frame = stack.pop()
            frame.abandon()
            if frame.owns_region:
                break

    def exhaust(self, budget: Budget, place: Location) -> None:
        """Report that a budget is spent, and read nothing more.

        Raises:
            Stopped: always.
        """
        stream = place.node.source(place.slot) if place.slot >= 0 else place.node.stream
        here = stream.span(stream.position, stream.position)
        self.is_stopped = True
        self.report(budget.code, place, str(budget.limit), "", here)
        raise Stopped

    # instances

    def force(self, node: StructNode, slot: int) -> Any:
        """Read or compute an instance whose value is needed now; return what its slot then holds.

        Raises:
            Fault: when needing it nests too deep.
            Stopped: when a limit on the whole content is exceeded.
        """
        if self._nesting >= MAX_NESTING:
            raise Fault("L601", str(MAX_NESTING))
        self._nesting += 1
        try:
            node.values[slot] = RUNNING
            read_instance(self, node, slot)
        finally:
            self._nesting -= 1
            if node.values[slot] is RUNNING:
                node.values[slot] = ABANDONED
        return node.values[slot]


def _as_fault(unknown: Unknown, position: int) -> Fault:
    """Return what to report when a layout needs a value that is not there."""
    if isinstance(unknown, OutOfRange):
        items = count(unknown.count, "item")
        return Fault("B203", items, str(unknown.index), (position, position))
    return Fault("S117", "", unknown.name, (position, position))


def _source(place: Location) -> Place | None:
    """Return where the schema describes what stands at `place`."""
    if place.slot >= 0:
        return place.node.plan.fields[place.slot].place
    if place.node.parent is not None:
        return place.node.parent.plan.fields[place.node.slot].place
    return place.node.plan.type.place
