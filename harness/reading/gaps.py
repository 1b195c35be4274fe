"""Bytes that stand in no value of the tree: terminators, padding, and what nothing read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harness.findings.model import Span
from harness.reading.reader import Reading
from harness.reading.stream import Stream
from harness.reading.views import views

Interval = tuple[int, int]


class Gap(msgspec.Struct, frozen=True):
    """Bytes of the file that no value holds; `was_read` where some field took them all the same."""

    span: Span
    was_read: bool


def gaps(reading: Reading) -> list[Gap]:
    """Return what the values of a tree leave of their file, in order.

    With the values it is the whole file, every byte once.
    """
    left = _without([(0, reading.size)], _merged(_held(reading)))
    unread = _merged(piece for stream in reading.session.streams for piece in _unread(stream))
    read = _without(left, unread)
    found = [Gap(Span(*piece), was_read=True) for piece in read]
    found += (Gap(Span(*piece), was_read=False) for piece in _without(left, read))
    return sorted(found, key=lambda gap: gap.span)


def outside(span: Span, covers: Iterable[Span]) -> list[Span]:
    """Return the parts of `span` that none of `covers` holds, in order."""
    pieces = _without([(span.start, span.end)], _merged((one.start, one.end) for one in covers))
    return [Span(*piece) for piece in pieces]


def _held(reading: Reading) -> Iterator[Interval]:
    for view in views(reading):
        if view.kind == "value" and view.span is not None and view.start < view.end:
            yield view.start, view.end


def _unread(stream: Stream) -> list[Interval]:
    """What is left of a window on the file; a processed buffer is none."""
    stream.close_run()
    if stream.origin is not None or (stream.owner is None and stream is not stream.session.main):
        return []
    runs = _merged((run.start, run.end) for run in stream.runs)
    return _without([(stream.start, stream.end)], runs)


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The intervals in order, those that touch as one; in order already, they take no room."""
    runs: list[Interval] = []
    for start, end in intervals:
        if runs and runs[-1][0] <= start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        elif start < end:
            runs.append((start, end))
    merged: list[Interval] = []
    for start, end in sorted(runs):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(intervals: list[Interval], holes: list[Interval]) -> list[Interval]:
    """What `holes` leave of `intervals`, both in order and each without overlaps."""
    left: list[Interval] = []
    at = 0
    for start, end in intervals:
        while at < len(holes) and holes[at][1] <= start:
            at += 1
        number, begin = at, start
        while number < len(holes) and holes[number][0] < end:
            if holes[number][0] > begin:
                left.append((begin, holes[number][0]))
            begin = max(begin, holes[number][1])
            number += 1
        if begin < end:
            left.append((begin, end))
    return left
