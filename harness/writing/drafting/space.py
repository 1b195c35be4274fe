"""What is being written: streams whose size and place in the file are not known yet.

What is reached by an offset is written into a *chunk*. Where a chunk will lie is known only once
everything is there, so until then its address is a number far beyond the end of any file, and
every sum of that number and an offset in the chunk still tells which chunk is meant.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from harness.reading.faults import Unknown

if TYPE_CHECKING:
    from harness.reading.tree import StructNode
    from harness.writing.drafting.draft import Draft

_SPACE_BITS: Final = 40
_CHUNK_BITS: Final = 24
_MIDDLE: Final = 1 << (_CHUNK_BITS - 1)
MAX_CHUNKS: Final = 1 << (_SPACE_BITS - _CHUNK_BITS)
MAX_SPACES: Final = 1 << 20
FIRST_ADDRESS: Final = 1 << _SPACE_BITS


class Nowhere:
    """An offset that is not known yet: every use of it leaves the result unknown."""

    __slots__ = ()

    def _unknown(self, *_: object) -> Any:
        raise Unknown("_start", is_reported=False)

    __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __index__ = __mod__ = __bool__ = _unknown


NOWHERE: Final[Any] = Nowhere()


class Chunk:
    """A run of bytes that an offset leads to.

    Attributes:
        space: where it lies.
        address: what stands for its offset in the stream until that is known.
        offset: where it was asked to lie; None where that is free.
        label: where somebody else had put it; chunks lie in the order of their labels.
        align: what its offset must be a multiple of.
        items: a structure and a slot of it each, one after the other.
        lead: bytes before the first, which offsets do not lead to.
        size: bytes of the items; None when a region in it is not complete.
        is_last: nothing may follow it.
    """

    __slots__ = (
        "address", "align", "is_last", "items", "label", "lead", "offset", "size", "space",
    )  # fmt: skip

    def __init__(self, space: Space, address: int, offset: int | None) -> None:
        self.space = space
        self.address = address
        self.offset = offset
        self.label: int | None = None
        self.align = 1
        self.items: list[tuple[StructNode, int]] = []
        self.lead = b""
        self.size: int | None = 0
        self.is_last = False


def rank(chunk: Chunk) -> tuple[bool, float]:
    """Chunks lie in the order they had, then in that of their making."""
    label = chunk.label if chunk.offset is None else chunk.offset
    return chunk.is_last, math.inf if label is None else label


class Space:
    """A stream being written; expressions may ask it what they ask a stream.

    Attributes:
        session: the draft it belongs to.
        number: tells it from the others.
        start: offsets count from here.
        wanted: bytes it must have; None where that is free.
        cursor: offset of what is written next, an address within a chunk; None for unknown.
        chunks: what is reached by offsets.
        bits_left: bits of the last byte that are not used yet.
        is_open: positions in it may still be given away, so that its size is not known.
        data: its bytes, once it is complete.
        base: where it begins in the file, once it is placed.
        is_packed: its bytes are processed before they are in the file.
    """

    __slots__ = (
        "base", "bits_left", "chunks", "cursor", "data", "is_open", "is_packed", "number",
        "session", "start", "wanted",
    )  # fmt: skip

    def __init__(self, session: Draft, number: int, wanted: int | None) -> None:
        self.session = session
        self.number = number
        self.start = 0
        self.wanted = wanted
        self.cursor: int | None = 0
        self.chunks: list[Chunk] = []
        self.bits_left = 0
        self.is_open = False
        self.data: bytes | None = None
        self.base = 0
        self.is_packed = False

    @property
    def end(self) -> int:
        """The size, where it is known."""
        if self.wanted is None:
            raise Unknown("_io.size", is_reported=False)
        return self.wanted

    @property
    def position(self) -> int:
        """Where the next value goes."""
        if self.cursor is None:
            raise Unknown("_io.pos", is_reported=False)
        return self.cursor

    @property
    def owner(self) -> StructNode:
        """Offsets of what is drafted are not known."""
        raise Unknown("_start", is_reported=False)

    @property
    def origin(self) -> None:
        """Offsets of what is drafted are not known."""
        raise Unknown("_start", is_reported=False)

    def advance(self, size: int | None) -> None:
        """Step over `size` bytes; None for a number that is not known."""
        if size is None or self.cursor is None:
            self.cursor = None
        else:
            self.cursor += size

    def left(self) -> int | None:
        """Return how many bytes are left; None where that is not known."""
        if self.wanted is None or self.cursor is None or self.cursor >= FIRST_ADDRESS:
            return None
        return self.wanted - self.cursor

    def full_size(self) -> int | None:
        """Return the bytes that it takes with all its chunks; None where that is not known."""
        end = self.cursor
        for chunk in sorted(self.chunks, key=rank):
            if end is None or chunk.size is None:
                return None
            if chunk.offset is None:
                end += -(end + len(chunk.lead)) % chunk.align + len(chunk.lead) + chunk.size
            else:
                end = max(end, chunk.offset + chunk.size)
        return end

    def add_chunk(self, offset: int | None = None) -> Chunk:
        """Begin a chunk at an offset, or anywhere."""
        if len(self.chunks) >= MAX_CHUNKS:
            raise OverflowError("too many offsets")
        number = ((self.number + 1) << _SPACE_BITS) | (len(self.chunks) << _CHUNK_BITS) | _MIDDLE
        chunk = Chunk(self, number if offset is None else offset, offset)
        self.chunks.append(chunk)
        return chunk

    def chunk_at(self, address: int) -> tuple[Chunk, int]:
        """Return the chunk that an address leads into, and how far into it.

        Raises:
            LookupError: it leads into none of this stream.
        """
        number = (address >> _CHUNK_BITS) & (MAX_CHUNKS - 1)
        if number_at(address) != self.number or number >= len(self.chunks):
            raise LookupError(address)
        return self.chunks[number], (address & (2 * _MIDDLE - 1)) - _MIDDLE


def space_of(node: StructNode) -> Space | None:
    """Return the stream that a structure is written to; None for one that was read back."""
    stream: object = node.stream
    return stream if isinstance(stream, Space) else None


def number_at(address: int) -> int:
    """Return the number of the stream that an address leads into."""
    return (address >> _SPACE_BITS) - 1


def is_address(value: object) -> bool:
    """Whether a number stands for an offset that is not known yet."""
    return value.__class__ is int and value >= FIRST_ADDRESS
