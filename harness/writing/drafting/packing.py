"""Content to the bytes that hold it: processing undone backwards, terminators, padding."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

from harness.reading.processing import rotate, xor
from harness.reading.stream import find_aligned
from harness.schema.ir import Extent, Process

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.tree import StructNode
    from harness.writing.drafting.solve import Solver

_NUL: Final = b"\0"


class Unfit(Exception):
    """No bytes of the wanted size hold a content."""


def pack(extent: Extent, content: bytes, solver: Solver, node: StructNode, bound: Bound) -> bytes:
    """Return the bytes that processing turns into `content`."""
    process = extent.process
    if process is None:
        return content
    if process.name == "zlib" or process.argument is None:
        return zlib.compress(content)
    return restored(process, content, solver.value(process.argument.tree, node, bound))


def restored(process: Process, content: bytes, key: Any) -> bytes:
    """Return the bytes that a mixing or a rotation by a key turns into `content`."""
    if process.name == "xor":
        return xor(content, key)
    return rotate(content, -key if process.name == "rol" else key)


def changes_size(extent: Extent) -> bool:
    """Whether a content takes another number of bytes than what holds it."""
    return extent.process is not None and extent.process.name == "zlib"


def fill(extent: Extent, packed: bytes, size: int | None, *, is_ended: bool = True) -> bytes:
    """Return packed bytes with what ends them and fills them up.

    Args:
        extent: how the value is told from what follows.
        packed: its bytes.
        size: bytes that it must take; None for as many as it needs.
        is_ended: whether a terminator is written, where the end of the stream would do.

    Raises:
        Unfit: no reader would take the result for the same bytes.
    """
    terminator = extent.terminator
    if size is None and extent.size is None and not extent.to_end:
        return _terminated(extent, packed, is_ended=is_ended)
    if size is None:
        size = len(packed) + (len(terminator) if _needs_end(extent) and terminator else 0)
    if terminator is not None:
        packed = _ended(extent, packed, terminator, size)
    pad = bytes([extent.pad_right]) if extent.pad_right is not None else None
    if pad is not None and terminator is None and packed.endswith(pad):
        raise Unfit
    if len(packed) == size:
        return packed
    if len(packed) > size or (pad is None and terminator is None):
        raise Unfit
    return packed + (pad or _NUL) * (size - len(packed))


def _needs_end(extent: Extent) -> bool:
    """Whether a sized value must have its terminator."""
    pad = bytes([extent.pad_right]) if extent.pad_right is not None else None
    return extent.eos_error and pad != extent.terminator and not extent.include


def _ended(extent: Extent, packed: bytes, terminator: bytes, size: int) -> bytes:
    """Put the terminator behind a sized value, where there is room or there must be one."""
    if extent.include:
        pad = bytes([extent.pad_right]) if extent.pad_right is not None else None
        may_lack = (not extent.eos_error or pad == terminator) and (
            len(packed) == size or (pad is not None and pad != terminator)
        )
        return _including(packed, terminator, may_lack=may_lack)
    if find_aligned(packed, terminator, 0, len(packed)) >= 0:
        raise Unfit
    if len(packed) + len(terminator) <= size:
        return packed + terminator
    if _needs_end(extent):
        raise Unfit
    return packed


def _terminated(extent: Extent, packed: bytes, *, is_ended: bool) -> bytes:
    terminator = extent.terminator or _NUL
    if extent.include:  # without it, the value must be the last of its stream
        return _including(packed, terminator, may_lack=not extent.eos_error)
    if find_aligned(packed, terminator, 0, len(packed)) >= 0:
        raise Unfit
    return packed + terminator if is_ended and extent.consume else packed


def _including(packed: bytes, terminator: bytes, *, may_lack: bool) -> bytes:
    """Return a value that its terminator is a part of, which stands at its end and nowhere else."""
    at = find_aligned(packed, terminator, 0, len(packed))
    if (at < 0 and not may_lack) or (at >= 0 and at != len(packed) - len(terminator)):
        raise Unfit
    return packed
