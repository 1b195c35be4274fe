"""A stream: a file, a sized region of one, or a processed buffer; with what was read of it."""

from __future__ import annotations

from mmap import mmap
from typing import TYPE_CHECKING, NamedTuple

from harness.findings.model import Span

if TYPE_CHECKING:
    from harness.reading.session import Session
    from harness.reading.tree import StructNode

Buffer = bytes | mmap | memoryview


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


class Stream:
    """A window on data with a cursor.

    Attributes:
        session: the reading it belongs to.
        data: the whole buffer.
        start: first offset of the window in `data`; positions in schemas count from here.
        end: end of the window.
        position: the cursor, an offset in `data`.
        origin: the packed bytes, when `data` is a processed buffer.
        owner: the structure that the stream is for, once there is one.
        runs: what was read, in order.
        is_abandoned: reading broke off in it, so that unread bytes mean nothing.
        bits: bits of the last byte that are not yet used, and how many.
    """

    __slots__ = (
        "bits", "bits_left", "data", "end", "is_abandoned", "origin", "owner", "position",
        "run_may_overlap", "run_node", "run_slot", "run_start", "runs", "session", "start",
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
        self.owner: StructNode | None = None
        self.runs: list[Run] = []
        self.is_abandoned = False
        self.bits = 0
        self.bits_left = 0
        self.run_start = start
        self.run_node: StructNode | None = None
        self.run_slot = -1
        self.run_may_overlap = False

    def begin_run(
        self, node: StructNode, slot: int, position: int, *, may_overlap: bool
    ) -> tuple[int, StructNode | None, int, bool]:
        """Jump to `position` and start a run there; return what `end_run` needs to come back."""
        self.close_run()
        saved = (self.position, self.run_node, self.run_slot, self.run_may_overlap)
        self.position = self.run_start = position
        self.run_node, self.run_slot, self.run_may_overlap = node, slot, may_overlap
        return saved

    def end_run(self, saved: tuple[int, StructNode | None, int, bool]) -> None:
        """Close the run and go on where the reader was before it."""
        self.close_run()
        self.position, self.run_node, self.run_slot, self.run_may_overlap = saved
        self.run_start = self.position

    def close_run(self) -> None:
        """Put what was read since the last jump on record."""
        if self.position > self.run_start and self.run_node is not None:
            self.runs.append(
                Run(
                    self.run_start,
                    self.position,
                    self.run_node,
                    self.run_slot,
                    self.run_may_overlap,
                )  # fmt: skip
            )
        self.run_start = self.position

    def span(self, start: int, end: int) -> Span:
        """Return offsets of `data` as a span of the file."""
        return self.origin or Span(start, end)
