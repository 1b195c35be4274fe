"""Which bytes a value takes: sizes, terminators, padding, processing; regions for structures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.findings.model import Span
from harness.reading import processing
from harness.reading.faults import Fault
from harness.reading.stream import Stream, find_aligned
from harness.reading.tree import Location, StructNode, Value
from harness.reading.words import count, hex_bytes
from harness.schema.ir import Attribute, Extent

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

Take = Callable[[StructNode, int, int, Stream, "Bound"], bytes]
Region = Callable[[StructNode, int, int, Stream, "Bound"], Stream]
UnknownCase = Callable[[StructNode, int, int, Stream, "Bound", str], Value]

NUL: Final = b"\0"


def compile_extent(book: PlanBook, attribute: Attribute, extent: Extent) -> Take:
    """Return a closure that takes the bytes of one value from the stream."""
    bounds = _compile_bounds(book, extent)
    process = processing.compile_process(book, extent.process)
    trim = _compile_trim(attribute, extent)

    def take(node: StructNode, slot: int, index: int, stream: Stream, bound: Bound) -> bytes:
        start = stream.position
        end, after = bounds(node, stream, bound)
        found = bytes(stream.data[start:end])
        if trim is not None:
            found = trim(found, node, slot, index, stream)
        stream.position = after
        if process is None:
            return found
        return _processed((start, end), lambda: process(found, node, bound))

    return take


def compile_region(book: PlanBook, attribute: Attribute, extent: Extent) -> Region:
    """Return a closure that takes a region and gives the stream on it."""
    bounds = _compile_bounds(book, extent)
    process = processing.compile_process(book, extent.process)
    trim = _compile_trim(attribute, extent)

    def region(node: StructNode, slot: int, index: int, stream: Stream, bound: Bound) -> Stream:
        start = stream.position
        end, after = bounds(node, stream, bound)
        if trim is not None:
            end = start + len(trim(bytes(stream.data[start:end]), node, slot, index, stream))
        stream.position = after
        session = stream.session
        if process is None:
            inner = Stream(session, stream.data, start, end, stream.origin)
            inner.whole = stream.whole
            return session.add_stream(inner)
        packed = bytes(stream.data[start:end])
        unpacked = _processed((start, end), lambda: process(packed, node, bound))
        inner = Stream(session, unpacked, 0, len(unpacked), stream.origin or Span(start, end))
        inner.packed = (stream, start, end)
        return session.add_stream(inner)

    return region


def _processed(packed: tuple[int, int], process: Callable[[], bytes]) -> bytes:
    """Process bytes; what goes wrong is shown on the packed ones."""
    try:
        return process()
    except Fault as fault:
        fault.span = fault.span or packed
        raise


# where the bytes end, and where reading goes on
Bounds = Callable[[StructNode, Stream, "Bound"], tuple[int, int]]


def _compile_bounds(book: PlanBook, extent: Extent) -> Bounds:
    if extent.size is not None:
        return _sized(book.expressions.compile(extent.size.tree))
    if extent.to_end:
        return lambda _node, stream, _bound: (stream.end, stream.end)
    return _terminated(extent)


def _sized(size: Evaluate) -> Bounds:
    def sized(node: StructNode, stream: Stream, bound: Bound) -> tuple[int, int]:
        start, wanted = stream.position, size(node, bound)
        if wanted < 0:
            raise Fault("B205", "", count(wanted, "byte"), (start, start))
        end = start + wanted
        if end > stream.end:
            needed, left = count(wanted, "byte"), str(stream.end - start)
            raise Fault("S101", needed, left, (start, stream.end))
        return end, end

    return sized


def _terminated(extent: Extent) -> Bounds:
    terminator = extent.terminator or NUL
    wanted = hex_bytes(terminator)

    def terminated(_node: StructNode, stream: Stream, _bound: Bound) -> tuple[int, int]:
        start = stream.position
        at = stream.find_unit(terminator, start)
        if at < 0:
            if extent.eos_error:
                raise Fault("S102", wanted, "", (start, stream.end))
            return stream.end, stream.end
        past = at + len(terminator)
        return past if extent.include else at, past if extent.consume else at

    return terminated


# what is cut off a sized value

Trim = Callable[[bytes, StructNode, int, int, Stream], bytes]


def _compile_trim(attribute: Attribute, extent: Extent) -> Trim | None:
    """Cut a sized value at its terminator, strip its padding; None when there is neither."""
    is_sized = extent.size is not None or extent.to_end
    if not is_sized or (extent.terminator is None and extent.pad_right is None):
        return None
    terminator = extent.terminator
    pad = bytes([extent.pad_right]) if extent.pad_right is not None else None

    def trim(found: bytes, node: StructNode, slot: int, index: int, stream: Stream) -> bytes:
        stripped = found.rstrip(pad) if pad is not None else found
        if terminator is None:
            return stripped
        # padding that is the terminator too ends the value itself
        within = len(found) if pad == terminator else len(stripped)
        at = find_aligned(found, terminator, 0, within)
        if at < 0:
            if extent.eos_error and pad != terminator:
                start = stream.position
                stream.session.report(
                    "S102", Location(node, slot, index), hex_bytes(terminator), "",
                    stream.span(start, start + len(found)),
                )  # fmt: skip
            return stripped
        past = at + len(terminator)
        if attribute.padding != "any":
            _check_padding(stripped[past:], past, Location(node, slot, index), stream)
        return found[: past if extent.include else at]

    return trim


def _check_padding(padding: bytes, past: int, place: Location, stream: Stream) -> None:
    """The bytes after a terminator must be zero."""
    rest = padding.lstrip(NUL)
    if rest:
        start = stream.position + past + len(padding) - len(rest)
        rest = rest.rstrip(NUL)
        stream.session.report(
            "S107", place, "zero", hex_bytes(rest), stream.span(start, start + len(rest))
        )
