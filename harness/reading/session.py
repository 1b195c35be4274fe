"""One reading of one content: the machine that runs frames, limits, and recovery from faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.findings.model import Finding, Place, Severity, Span
from harness.findings.registry import RULES
from harness.reading.faults import Fault, OutOfRange, Unknown
from harness.reading.frames import Frame, StructFrame
from harness.reading.instances import read_instance
from harness.reading.stream import Buffer, Stream
from harness.reading.tree import (
    Location,
    Missing,
    StructNode,
    ancestors,
    offsets_of,
    path_of,
    route_of,
)
from harness.reading.words import hex_bytes

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook
    from harness.reading.recorder import Recorder

DEFAULT_DEPTH: Final = 64
DEFAULT_ITEMS: Final = 10_000_000
READ_FACTOR: Final = 16
MAX_OUTPUT_BYTES: Final = 64 << 20
MAX_NESTING: Final = 64


class Stopped(Exception):
    """A limit on the whole content is exceeded: nothing more is read."""


class Session:
    """The state of one reading.

    Attributes:
        file: what findings call the content.
        prefix: what paths begin with (`definitions:` in a companion).
        root: the top structure, once reading has begun.
        streams: every stream that was opened, in order.
        memo: what was read where, so that shared offsets are read once.
        bits_place: the bit field that was read last.
        is_stopped: a limit on the whole content was exceeded.
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
        self.root: StructNode | None = None
        self.bits_place: Location | None = None
        self.is_stopped = False
        self._nesting = 0
        self._items = 0
        self._bytes = 0
        self._output = 0
        limits = book.schema.root.limits
        self._max_depth = limits.depth or DEFAULT_DEPTH
        self._max_items = limits.items or DEFAULT_ITEMS
        self._max_bytes = limits.bytes or READ_FACTOR * len(data)
        self.main = self.add_stream(Stream(self, data, 0, len(data)))

    def root_of(self, _node: StructNode) -> StructNode:
        """Return the top structure."""
        if self.root is None:
            raise Unknown("_root", is_reported=False)
        return self.root

    def add_stream(self, stream: Stream) -> Stream:
        """Keep a stream for the byte accounting at the end."""
        self.streams.append(stream)
        return stream

    # limits

    def count_items(self, count: int) -> None:
        """Count list elements."""
        self._items += count
        if self._items > self._max_items:
            raise Fault("L602", str(self._max_items), is_final=True)

    def count_bytes(self, count: int) -> None:
        """Count bytes read at positions."""
        self._bytes += count
        if self._bytes > self._max_bytes:
            raise Fault("L603", str(self._max_bytes), is_final=True)

    def count_output(self, data: bytes) -> bytes:
        """Count processed bytes."""
        self._output += len(data)
        if self._output > MAX_OUTPUT_BYTES:
            raise Fault("L604", str(MAX_OUTPUT_BYTES), is_final=True)
        return data

    # findings

    def report(  # noqa: PLR0913  # a finding's own parts
        self, code: str, place: Location, expected: str = "", actual: str = "",
        span: Span | None = None, *, source: Place | None = None, rule: str = "",
        reason: str = "", severity: Severity | None = None,
    ) -> None:  # fmt: skip
        """Record a finding on what stands at `place`."""
        home = place.node.stream.session
        self.recorder.add(
            Finding(
                code=code,
                severity=severity or RULES[code].severity,
                file=home.file,
                path="" if self.recorder.is_full else home.prefix + path_of(place),
                span=span or place.node.stream.span(*offsets_of(place)),
                rule=rule,
                expected=expected,
                actual=actual,
                reason=reason,
                source=source or _source(place),
            ),
            () if self.recorder.is_full else route_of(place),
        )

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

    def run(self, frame: Frame, depth: int) -> None:
        """Read `frame` and all below it; faults are recorded and recovered from.

        Raises:
            Stopped: when a limit on the whole content is exceeded.
        """
        frame.depth = depth
        stack: list[Frame] = [frame]
        while stack:
            top = stack[-1]
            try:
                nested = top.advance()
                if nested is None:
                    top.finish()
                    stack.pop()
                    continue
                nested.depth = top.depth + isinstance(nested, StructFrame)
                stack.append(nested)
                if nested.depth > self._max_depth:
                    raise Fault("L601", str(self._max_depth), span=(nested.stream.position,) * 2)
            except (Fault, Unknown) as problem:
                self._recover(stack, problem)

    def _recover(self, stack: list[Frame], problem: Fault | Unknown) -> None:
        """Record the problem and abandon the innermost sized region, else everything."""
        top = stack[-1]
        self.report_problem(problem, top.place(), top.stream)
        top.stream.is_abandoned = True
        while stack:
            frame = stack.pop()
            frame.abandon()
            if frame.owns_region:
                break
        if isinstance(problem, Fault) and problem.is_final:
            while stack:
                stack.pop().abandon()
            self.stop()

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

    def stop(self) -> None:
        """Read nothing more.

        Raises:
            Stopped: always.
        """
        self.is_stopped = True
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
            node.values[slot] = Missing.RUNNING
            read_instance(self, node, slot)
        finally:
            self._nesting -= 1
        return node.values[slot]

    def depth_of(self, node: StructNode) -> int:
        """Return how many structures are around `node`, itself included."""
        return sum(1 for _ in ancestors(node))


def _as_fault(unknown: Unknown, position: int) -> Fault:
    """Return what to report when a layout needs a value that is not there."""
    if isinstance(unknown, OutOfRange):
        return Fault("B203", f"{unknown.count} items", str(unknown.index), (position, position))
    return Fault("S117", "", unknown.name, (position, position))


def _source(place: Location) -> Place | None:
    """Return where the schema describes what stands at `place`."""
    if place.slot >= 0:
        return place.node.plan.fields[place.slot].place
    if place.node.parent is not None:
        return place.node.parent.plan.fields[place.node.slot].place
    return place.node.plan.type.place
