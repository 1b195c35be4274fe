"""The native engine: one compiled schema with its companions, asked about many contents."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final

import msgspec

from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.native import binding, memory
from harness.native.binding import Functions, address_of
from harness.native.cells import CellTable
from harness.native.compile.words import Legend
from harness.native.libraries import Library
from harness.native.observing import Observations, Values
from harness.native.records import Decoder, Home
from harness.native.spans import SpanTable
from harness.reading.stream import Buffer

# only what is touched counts; where so much address space is not to be had, less must do
_SCRATCH_BYTES: Final = tuple(size << 28 for size in (64, 16, 4, 1))
_NO_RESERVE: Final = getattr(mmap, "MAP_NORESERVE", 0x4000)  # it has a name since Python 3.12
_KEPT_BYTES: Final = 64 << 20
_SMALL_BYTES: Final = 1 << 20
_RECORD_BYTES: Final = 1 << 16


class Checked(msgspec.Struct, frozen=True):
    """What the engine says of one content.

    Attributes:
        findings: in the order of output, at most as many as asked for.
        dropped: how many more there were, by code.
        is_complete: False where a limit stopped the reading.
        refusal: why the engine cannot judge this content, lower case; empty where it did.
        observed: of each contract, the values that it observes; unknown ones are left out. Empty
            unless they were asked for.
    """

    findings: tuple[Finding, ...] = ()
    dropped: Mapping[str, int] = {}
    is_complete: bool = True
    refusal: str = ""
    observed: tuple[Values, ...] = ()


CLEAN: Final = Checked()
_Room = Observations | SpanTable | CellTable


class Engine:
    """A loaded library, its scratch memory and the companions that it was given."""

    def __init__(self, library: Library) -> None:
        """Load the library.

        Raises:
            OSError: it cannot be loaded, or there is no memory for it.
        """
        self._library = library
        self._functions = Functions(library.path)
        self._scratch = _scratch()
        context = self._functions.open(binding.start_of(self._scratch), len(self._scratch))
        if not context:
            raise MemoryError("no scratch memory")
        self._context = ctypes.c_void_p(context)
        self._functions.bound_stack(self._context, memory.stack_bytes())
        self._given = 0
        self._is_bounded_for = -1
        self._bound_scratch(0)
        self._companions: list[tuple[Buffer, Home]] = []
        self._dropped = (ctypes.c_uint64 * len(RULES))()
        self._records = ctypes.create_string_buffer(_RECORD_BYTES)
        self._request = binding.Request(
            findings=ctypes.addressof(self._records),
            findings_size=_RECORD_BYTES,
            dropped=ctypes.addressof(self._dropped),
        )
        # made once: a number would become such a pointer in each call
        self._reference = ctypes.c_void_p(ctypes.addressof(self._request))
        self._check: Callable[..., int] = self._functions.check
        self._max_findings = 0
        self._is_dirty = False

    @cached_property
    def _legend(self) -> Legend:
        """Read when there is something to say: most contents are clean."""
        return self._library.legend()

    @cached_property
    def _decoder(self) -> Decoder:
        return Decoder(self._legend)

    @cached_property
    def _observations(self) -> Observations:
        return Observations(self._legend)

    @property
    def was_swept(self) -> bool:
        """Whether a trial was enough for the last content: it has no finding."""
        return bool(self._request.is_swept)

    def give_companion(self, data: Buffer, file: str, prefix: str) -> str:
        """Read the next companion, in the order in which the schema declares them.

        Args:
            data: its content.
            file: what findings call it.
            prefix: what paths in it begin with.

        Returns:
            Why it cannot be read, lower case; empty where it was.
        """
        number, give = len(self._companions), self._functions.give_companion
        self._given += len(data)
        self._bound_scratch(0)
        with address_of(data) as address:
            status = give(self._context, number, address, len(data))
        self._companions.append((data, Home(file, prefix)))
        return _REFUSALS.get(status, "")

    def check(
        self,
        data: Buffer,
        file: str,
        max_findings: int,
        prefix: str = "",
        *,
        observe: bool = False,
        spans: SpanTable | None = None,
        cells: CellTable | None = None,
    ) -> Checked:
        """Judge one content.

        Args:
            data: the whole content.
            file: what findings call it.
            max_findings: how many are kept.
            prefix: what paths begin with.
            observe: whether the values that contracts observe are told.
            spans: takes all values with their bytes; none of a content that is refused. Of items of
                lists, instances may be missing in a content that a limit stopped.
            cells: takes which cells of `-coverage` matrices the content uses.
        """
        request = self._request
        if max_findings != self._max_findings:
            request.max_findings = self._max_findings = max_findings
        rooms: Sequence[_Room] = ()
        if observe or spans is not None or cells is not None:
            rooms = self._rooms(spans, cells, observe=observe)
        status = self._run(data)
        while request.is_full or rooms:
            if not self._has_grown(rooms):
                break
            status = self._run(data)
        if rooms:
            request.observed = request.spans = request.cells = None
        if spans is not None:
            spans.fill(0 if status in _REFUSALS else request.span_count, self._legend.types)
        if cells is not None:
            cells.fill(request)
        if request.scratch_used > _KEPT_BYTES:
            self._give_back()
        if status == binding.DONE and not request.count:
            self._is_dirty = False  # nothing is dropped before something is kept
            if not observe:
                return CLEAN
        if status in _REFUSALS:
            return Checked(refusal=_REFUSALS[status])
        observed = self._observations.values() if observe else ()
        return self._checked(Home(file, prefix), observed, is_complete=status == binding.DONE)

    def _run(self, data: Buffer) -> int:
        if self._is_dirty:
            ctypes.memset(self._dropped, 0, ctypes.sizeof(self._dropped))
        self._is_dirty = True
        if len(data) > _SMALL_BYTES or self._is_bounded_for > _SMALL_BYTES:
            self._bound_scratch(len(data))
        if isinstance(data, bytes):
            return self._check(self._context, data, len(data), self._reference)
        with address_of(data) as address:
            return self._check(self._context, address, len(data), self._reference)

    def _bound_scratch(self, size: int) -> None:
        """Let contents of `size` bytes take what they may: small ones all the same."""
        self._is_bounded_for = size
        allowed = memory.scratch_bytes(self._given + max(size, _SMALL_BYTES))
        self._functions.bound_scratch(self._context, min(allowed, len(self._scratch)))

    def _rooms(
        self, spans: SpanTable | None, cells: CellTable | None, *, observe: bool
    ) -> Sequence[_Room]:
        """Have what is asked for beside findings written; return where to."""
        wanted = (self._observations if observe else None, spans, cells)
        rooms = [room for room in wanted if room is not None]
        for room in rooms:
            room.put_into(self._request)
        return rooms

    def _has_grown(self, rooms: Sequence[_Room]) -> bool:
        """Make room for what did not fit; the run must be repeated then."""
        has_grown = bool(self._request.is_full)
        if has_grown:
            size = 4 * len(self._records)
            self._records = ctypes.create_string_buffer(size)
            self._request.findings = ctypes.addressof(self._records)
            self._request.findings_size = size
        for room in rooms:
            has_grown |= room.has_grown(self._request)
        return has_grown

    def _give_back(self) -> None:
        """Let go of memory that the next content may not need; what companions hold stays."""
        kept = max(_KEPT_BYTES, self._request.scratch_kept)
        whole_pages = (kept + mmap.PAGESIZE) // mmap.PAGESIZE * mmap.PAGESIZE
        if whole_pages < len(self._scratch):
            self._scratch.madvise(mmap.MADV_DONTNEED, whole_pages)

    def _checked(self, home: Home, observed: tuple[Values, ...], *, is_complete: bool) -> Checked:
        homes = [home, *(home for _, home in self._companions)]
        written = memoryview(self._records).cast("B")[: self._request.used]
        findings = self._decoder.findings(written, homes)
        dropped = self._decoder.dropped(list(self._dropped))
        return Checked(findings, dropped, is_complete, observed=observed)


_REFUSALS: Final = MappingProxyType(
    {
        binding.NO_SCRATCH: "it takes too much memory",
        binding.TOO_LARGE: "it has 4 GiB or more",
        binding.TOO_NESTED: "it nests deeper than the stack is sure to hold",
        binding.NO_COMPANION: "a companion is missing",
    }
)


def _scratch() -> mmap.mmap:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    for size in _SCRATCH_BYTES:
        with contextlib.suppress(OSError):
            return mmap.mmap(-1, size, flags=flags)
    raise MemoryError("no scratch memory")
