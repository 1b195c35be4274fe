"""A stream: a file, a sized region of one, or a processed buffer; with what was read of it."""

from __future__ import annotations

from mmap import mmap
from typing import TYPE_CHECKING, NamedTuple

from harness.findings.model import Span

if TYPE_CHECKING:
    from harness.reading.session import Session
    from harness.reading.tree import StructNode

Buffer = bytes | mmap


class Run(NamedTuple):
    """Bytes read without a jump.

    Attributes:
        start: offset in the stream's data.
        end: likewise.
        node: the structure at whose attribute the run began.
        slot: that attribute; -1 for the structure itself.
        may_overlap: the attribute has `-overlap: allow`.
    """

    start: int
    end: int
    node: StructNode
    slot: int
    may_overlap: bool


# for whom bytes are read: a structure, an attribute of it or -1, and whether that may overlap
Claim = tuple["StructNode | None", int, bool]
# where reading stood before a jump, and for whom
Saved = tuple[int, Claim]


class Stream:
    """A window on data with a cursor.

    Attributes:
        session: the reading it belongs to.
        data: the whole buffer.
        start: first offset of the window in `data`; positions in schemas count from here.
        end: end of the window.
        position: the cursor, an offset in `data`.
        origin: the packed bytes in the file, when `data` is a processed buffer.
        whole: the first stream on the same data; it tells equal data of two places apart.
        packed: the stream of the packed bytes, and their offsets in its data.
        owner: the structure that the stream is for, once there is one.
        runs: what was read, in order.
        is_abandoned: reading broke off in it, so that unread bytes mean nothing.
        bits: bits of the last byte that are not yet used.
        bits_left: how many.
    """

    __slots__ = (
        "_barren", "_claim", "_marks", "bits", "bits_left", "data", "end", "is_abandoned", "origin",
        "owner", "packed", "position", "run_start", "runs", "session", "start", "whole",
    )  # fmt: skip

    def __init__(
        self, session: Session, data: Buffer, start: int, end: int, origin: Span | None = None
    ) -> None:
        self.session = session
        self.data = data
        self.start = start
        self.end = end
        self.position = start
        self.origin = origin
        self.whole = self
        self.packed: tuple[Stream, int, int] | None = None
        self.owner: StructNode | None = None
        self.runs: list[Run] = []
        self.is_abandoned = False
        self.bits = 0
        self.bits_left = 0
        self.run_start = start
        self._claim: Claim = (None, -1, False)
        self._barren: dict[tuple[bytes, int], int] | None = None
        self._marks: dict[tuple[bytes, int, bool], int] | None = None

    # what was read

    def own(self, node: StructNode) -> None:
        """Let the stream be that of `node`, which reads it from its start."""
        self.owner = node
        self._claim = (node, -1, False)

    def begin_run(self, node: StructNode, slot: int, position: int, *, may_overlap: bool) -> Saved:
        """Jump to `position` and start a run there; return what `end_run` needs to come back."""
        self.close_run()
        saved = (self.position, self._claim)
        self.position = self.run_start = position
        self._claim = (node, slot, may_overlap)
        return saved

    def end_run(self, saved: Saved, *, comes_back: bool = True) -> None:
        """Close the run and go on for whom it was before, there or here."""
        self.close_run()
        position, self._claim = saved
        if comes_back:
            self.position = position
        self.run_start = self.position

    def close_run(self) -> None:
        """Put what was read since the last jump on record."""
        node, slot, may_overlap = self._claim
        if self.position > self.run_start and node is not None:
            self.runs.append(Run(self.run_start, self.position, node, slot, may_overlap))
        self.run_start = self.position

    # searching; what was searched in vain is remembered, so that asking again costs nothing

    def find_unit(self, unit: bytes, start: int) -> int:
        """Return where `unit` first stands at a multiple of its length from `start`; else -1."""
        barren = self._barren
        name = (unit, start % len(unit))
        if barren is not None and start >= barren.get(name, start + 1):
            return -1
        at = find_aligned(self.data, unit, start, self.end)
        if at < 0:
            if barren is None:
                barren = self._barren = {}
            barren[name] = start
        return at

    def find_mark(self, mark: bytes, start: int, *, is_last: bool) -> int:
        """Return where `mark` first or last stands at or after `start`; -1 for nowhere."""
        if self._marks is None:
            self._marks = {}
        name = (mark, start, is_last)
        if name not in self._marks:
            find = self.data.rfind if is_last else self.data.find
            self._marks[name] = find(mark, start, self.end)
        return self._marks[name]

    def span(self, start: int, end: int) -> Span:
        """Return offsets of `data` as a span of the file."""
        return self.origin or Span(start, end)


def find_aligned(data: Buffer, unit: bytes, start: int, end: int) -> int:
    """Return where `unit` first stands at a multiple of its length from `start`; else -1."""
    at = data.find(unit, start, end)
    while at >= 0 and (at - start) % len(unit):
        at = data.find(unit, at + 1, end)
    return at
