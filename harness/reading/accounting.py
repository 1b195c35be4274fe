"""Byte accounting: what no field read, and what two structures read, decided once a stream."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from harness.findings.model import Severity
from harness.reading.stream import Run, Stream
from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    offsets_of,
    path_of,
    value_at,
)
from harness.reading.words import count
from harness.schema.ir import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

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


# bytes that nothing read


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
    source = owner.plan.type.place
    span = stream.span(start, end)
    stream.session.report(
        code, Location(owner), "", count(end - start, "byte"), span, source=source
    )


# bytes that two structures read


class Overlap(NamedTuple):
    """The first bytes that a run reads again.

    Attributes:
        start: offset in the stream's data.
        end: likewise; as far as both runs go on together.
        earlier: the run that read them first.
    """

    start: int
    end: int
    earlier: Run


def _report_overlaps(stream: Stream) -> None:
    if not _has_overlap(stream.runs):
        return
    session = stream.session
    for run, overlap in _overlaps(stream.runs):
        if run.may_overlap:
            continue
        if not session.recorder.wants("S112", Severity.ERROR):
            session.recorder.count("S112")
            continue
        place = _deepest(Location(run.node, run.slot), stream, overlap.start)
        earlier = Location(overlap.earlier.node, overlap.earlier.slot)
        before = path_of(_deepest(earlier, stream, overlap.start)) or "_root"
        span = stream.span(overlap.start, overlap.end)
        length = count(overlap.end - overlap.start, "byte")
        session.report("S112", place, f"`{before}`", length, span)


def _has_overlap(runs: list[Run]) -> bool:
    at = -1
    for start, end in sorted((run.start, run.end) for run in runs):
        if start < at:
            return True
        at = max(at, end)
    return False


def _overlaps(runs: list[Run]) -> Iterator[tuple[Run, Overlap]]:
    """Yield each run that reads bytes again, in reading order.

    The bytes are cut at every end of a run into pieces. A piece belongs to the first run over it;
    `skip` leads from a piece past those that are taken, so each is looked at once.
    """
    edges = sorted({edge for run in runs for edge in (run.start, run.end)})
    number = {edge: piece for piece, edge in enumerate(edges)}
    owners: list[tuple[Run, int] | None] = [None] * len(edges)
    skip = list(range(len(edges)))
    for run in runs:
        first, last = number[run.start], number[run.end]
        again: Overlap | None = None
        piece = first
        while piece < last:
            owner = owners[piece]
            if owner is None:
                piece = _take(owners, skip, run, (piece, last))
                continue
            if again is None:
                end = min(edges[owner[1]], run.end)
                again = Overlap(edges[piece], end, owner[0])
            piece = _next_free(skip, piece)
        if again is not None:
            yield run, again


def _take(
    owners: list[tuple[Run, int] | None], skip: list[int], run: Run, pieces: tuple[int, int]
) -> int:
    """Give free pieces that follow one another to `run`; return the first that is not."""
    at, last = pieces
    while at < last and owners[at] is None:
        at += 1
    for piece in range(pieces[0], at):
        owners[piece] = (run, at)
        skip[piece] = at
    return at


def _next_free(skip: list[int], piece: int) -> int:
    """Return the first piece from `piece` on that no run has, and shorten the way there."""
    free = piece
    while skip[free] != free:
        free = skip[free]
    while skip[piece] != free and skip[piece] != piece:
        piece, skip[piece] = skip[piece], free
    return free


# which value holds a byte


def _deepest(place: Location, stream: Stream, offset: int) -> Location:
    """Return the smallest value at or below `place` that holds the byte at `offset`."""
    while True:
        inner = _inside(place, stream, offset)
        if inner is None:
            return place
        place = inner


def _inside(place: Location, stream: Stream, offset: int) -> Location | None:
    value = value_at(place)
    if isinstance(value, StructNode) and place.slot >= 0:
        return Location(value) if value.stream.whole is stream.whole else None
    if isinstance(value, ListNode):
        return _element(place, value, offset)
    if isinstance(value, StructNode):
        spots = (Location(value, slot) for slot in value.plan.sequence_slots)
        return next((spot for spot in spots if _holds(spot, offset)), None)
    return None


def _element(place: Location, value: ListNode, offset: int) -> Location | None:
    """Return the element that holds the byte; elements stand in the order of their bytes."""
    spots = range(len(value.items))
    after = bisect_right(spots, offset, key=lambda item: offsets_of(place._replace(item=item))[0])
    first = bisect_left(
        spots, offset + 1, hi=after, key=lambda item: offsets_of(place._replace(item=item))[1]
    )
    spot = place._replace(item=first)
    return spot if first < after and _holds(spot, offset) else None


def _holds(place: Location, offset: int) -> bool:
    if isinstance(place.node.values[place.slot], Missing):
        return False
    start, end = offsets_of(place)
    return start <= offset < end
