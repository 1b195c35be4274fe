"""Byte accounting: what no field read, and what two structures read, decided once a stream."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from harness.reading.stream import Run, Stream
from harness.reading.tree import ListNode, Location, Missing, StructNode, offsets_of, path_of
from harness.schema.ir import Layout

if TYPE_CHECKING:
    from harness.reading.session import Session


def account(session: Session) -> None:
    """Report unread and doubly read bytes of every stream that was read to its end."""
    for stream in session.streams:
        stream.close_run()
        if stream.owner is None or stream.is_abandoned:
            continue
        layout = stream.owner.plan.type.layout
        _report_unread(stream, stream.owner, layout)
        if layout.overlap == "forbid":
            _report_overlaps(stream)


def _report_unread(stream: Stream, owner: StructNode, layout: Layout) -> None:
    at = stream.start
    for start, end in sorted((run.start, run.end) for run in stream.runs):
        if start > at and not _is_allowed(stream, at, start, layout.gaps):
            _report(stream, owner, "S111", at, start)
        at = max(at, end)
    if at < stream.end and not _is_allowed(stream, at, stream.end, layout.trailing):
        is_file = stream is stream.session.main
        _report(stream, owner, "S109" if is_file else "S110", at, stream.end)


def _is_allowed(stream: Stream, start: int, end: int, leniency: str) -> bool:
    if leniency == "zero":
        return not bytes(stream.data[start:end]).strip(b"\0")
    return leniency == "allow"


def _report(stream: Stream, owner: StructNode, code: str, start: int, end: int) -> None:
    count = f"{end - start} byte{'s' if end - start > 1 else ''}"
    source = owner.plan.type.place
    place = Location(owner)
    stream.session.report(code, place, "", count, stream.span(start, end), source=source)


class _Covered:
    """Bytes read so far as disjoint ranges in ascending order, each with who read it first."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ranges: list[Run] = []

    def overlapped_by(self, run: Run) -> tuple[int, int, Run] | None:
        """Return the first range of bytes that `run` reads again, and who read it before."""
        at = max(bisect_right(self._starts, run.start) - 1, 0)
        while at < len(self._ranges):
            known = self._ranges[at]
            if known.start >= run.end:
                return None
            if known.end > run.start:
                return max(known.start, run.start), min(known.end, run.end), known
            at += 1
        return None

    def add(self, run: Run) -> None:
        """Cover the bytes of `run` that were not covered yet."""
        at = run.start
        while at < run.end:
            overlap = self.overlapped_by(run._replace(start=at))
            end = overlap[0] if overlap is not None else run.end
            if end > at:
                index = bisect_right(self._starts, at)
                self._starts.insert(index, at)
                self._ranges.insert(index, run._replace(start=at, end=end))
            at = overlap[1] if overlap is not None else run.end


def _report_overlaps(stream: Stream) -> None:
    if not _has_overlap(stream.runs):
        return
    covered = _Covered()
    for run in stream.runs:
        overlap = covered.overlapped_by(run)
        if overlap is not None and not run.may_overlap:
            start, end, earlier = overlap
            place = _deepest(Location(run.node, run.slot), stream, start)
            before = path_of(_deepest(Location(earlier.node, earlier.slot), stream, start))
            count = f"{end - start} byte{'s' if end - start > 1 else ''}"
            span = stream.span(start, end)
            stream.session.report("S112", place, f"`{before or '_root'}`", count, span)
        covered.add(run)


def _has_overlap(runs: list[Run]) -> bool:
    at = -1
    for start, end in sorted((run.start, run.end) for run in runs):
        if start < at:
            return True
        at = max(at, end)
    return False


def _deepest(place: Location, stream: Stream, offset: int) -> Location:
    """Return the smallest value at or below `place` that holds the byte at `offset`."""
    while True:
        inner = _inside(place, stream, offset)
        if inner is None:
            return place
        place = inner


def _inside(place: Location, stream: Stream, offset: int) -> Location | None:
    node, slot, index = place
    value = node if slot < 0 else node.values[slot]
    if isinstance(value, ListNode) and index >= 0:
        value = value.items[index]
    if isinstance(value, StructNode) and value is not node:
        return Location(value) if value.stream is stream else None
    if isinstance(value, ListNode):
        spots = (Location(node, slot, number) for number in range(len(value.items)))
    elif isinstance(value, StructNode):
        spots = (Location(node, number) for number in node.plan.sequence_slots)
    else:
        return None
    return next((spot for spot in spots if _holds(spot, offset)), None)


def _holds(place: Location, offset: int) -> bool:
    if isinstance(place.node.values[place.slot], Missing):
        return False
    start, end = offsets_of(place)
    return start <= offset < end
