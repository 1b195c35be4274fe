"""Which bytes a value takes: sizes, terminators, padding, processing; and regions for structures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.findings.model import Span
from harness.reading import processing
from harness.reading.faults import Fault
from harness.reading.stream import Stream
from harness.reading.tree import Location, StructNode, Value
from harness.reading.words import hex_bytes
from harness.schema.ir import Attribute, Extent

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

Take = Callable[[StructNode, int, int, Stream, "Bound"], bytes]
Region = Callable[[StructNode, Stream, "Bound"], Stream]
UnknownCase = Callable[[StructNode, int, int, Stream, "Bound", str], Value]


def compile_extent(book: PlanBook, attribute: Attribute, extent: Extent) -> Take:
    """Return a closure that takes the bytes of one value from the stream."""
    bound_of = _compile_bounds(book, extent)
    process = processing.compile_process(book, extent.process)
    trim = _compile_trim(attribute, extent)

    def take(node: StructNode, slot: int, index: int, stream: Stream, bound: Bound) -> bytes:
        start = stream.position
        end, after = bound_of(node, stream, bound)
        found = bytes(stream.data[start:end])
        if trim is not None:
            found = trim(found, node, slot, index, stream)
        stream.position = after
        if process is None:
            return found
        return _processed(stream, (start, end), lambda: process(found, node, bound))

    return take


def compile_region(book: PlanBook, extent: Extent) -> Region:
    """Return a closure that takes a region and gives the stream on it."""
    bound_of = _compile_bounds(book, extent)
    process = processing.compile_process(book, extent.process)

    def region(node: StructNode, stream: Stream, bound: Bound) -> Stream:
        start = stream.position
        end, after = bound_of(node, stream, bound)
        stream.position = after
        if process is None:
            return stream.session.add_stream(
                Stream(stream.session, stream.data, start, end, stream.origin)
            )
        packed = bytes(stream.data[start:end])
        unpacked = _processed(stream, (start, end), lambda: process(packed, node, bound))
        origin = stream.origin or Span(start, end)
        return stream.session.add_stream(Stream(stream.session, unpacked, 0, len(unpacked), origin))

    return region


def _processed(stream: Stream, packed: tuple[int, int], process: Callable[[], bytes]) -> bytes:
    """Process bytes; what goes wrong is shown on the packed ones."""
    try:
        return stream.session.count_output(process())
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
            raise Fault("B205", "", f"{wanted} bytes", (start, start))
        end = start + wanted
        if end > stream.end:
            raise Fault("S101", f"{wanted} bytes", f"{stream.end - start}", (start, stream.end))
        return end, end

    return sized


def _terminated(extent: Extent) -> Bounds:
    terminator = extent.terminator or b"\0"
    wanted = hex_bytes(terminator)

    def terminated(_node: StructNode, stream: Stream, _bound: Bound) -> tuple[int, int]:
        start = stream.position
        at = _find(stream.data, terminator, start, stream.end)
        if at < 0:
            if extent.eos_error:
                raise Fault("S102", wanted, "", (start, stream.end))
            return stream.end, stream.end
        past = at + len(terminator)
        return past if extent.include else at, past if extent.consume else at

    return terminated


def _find(data: object, terminator: bytes, start: int, end: int) -> int:
    """Return where `terminator` first stands at a multiple of its own length; -1 for nowhere."""
    find = data.find  # type: ignore[attr-defined]  # bytes and mmap both have it
    at: int = find(terminator, start, end)
    while at >= 0 and (at - start) % len(terminator):
        at = find(terminator, at + 1, end)
    return at


# what is cut off a sized value

Trim = Callable[[bytes, StructNode, int, int, Stream], bytes]


def _compile_trim(attribute: Attribute, extent: Extent) -> Trim | None:
    """Cut a sized value at its terminator and strip its padding; None when there is nothing to cut."""
    is_sized = extent.size is not None or extent.to_end
    if not is_sized or (extent.terminator is None and extent.pad_right is None):
        return None
    terminator = extent.terminator
    pad = bytes([extent.pad_right]) if extent.pad_right is not None else None

    def trim(found: bytes, node: StructNode, slot: int, index: int, stream: Stream) -> bytes:
        stripped = found.rstrip(pad) if pad is not None else found
        if terminator is None:
            return stripped
        at = _find(found, terminator, 0, len(found))
        if at < 0:
            if extent.eos_error and pad != terminator:
                start = stream.position
                stream.session.report(
                    "S102", Location(node, slot, index), hex_bytes(terminator), "",
                    stream.span(start, start + len(found)),
                )  # fmt: skip
            return stripped
        past = at + len(terminator)
        if attribute.padding != "any" and past < len(stripped):
            _report_padding(stripped, past, Location(node, slot, index), stream)
        return found[: past if extent.include else at]

    return trim


def _report_padding(found: bytes, past: int, place: Location, stream: Stream) -> None:
    """The bytes after a terminator must be zero."""
    rest = found[past:].lstrip(b"\0")
    if rest:
        start = stream.position + len(found) - len(rest)
        end = stream.position + len(found.rstrip(b"\0"))
        actual = hex_bytes(rest.rstrip(b"\0"))
        stream.session.report("S107", place, "zero", actual, stream.span(start, end))
