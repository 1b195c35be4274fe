"""Processed bytes: xor, rotation and zlib, the last with a limit on what it gives."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.reading.faults import Fault
from harness.schema.ir import Process

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook
    from harness.reading.tree import StructNode

Transform = Callable[[bytes, "StructNode", "Bound"], bytes]


def compile_process(book: PlanBook, process: Process | None) -> Transform | None:
    """Return a closure that undoes `process`, or raises Fault; None for none.

    What it gives counts as output of the content.
    """
    if process is None:
        return None
    if process.name == "zlib" or process.argument is None:
        return _tolerant if book.is_lenient else _inflate
    key = _checked(process.name, book.expressions.compile(process.argument.tree))
    if process.name == "xor":
        return _counted(xor, key)
    sign = 1 if process.name == "rol" else -1
    return _counted(lambda data, count: rotate(data, sign * count), key)


def _checked(name: str, key: Evaluate) -> Evaluate:
    """A number that is no byte, or turns further than all eight bits, means nothing to Kaitai.

    Its parsers raise an exception, or cut something off, each language in its own way.
    """
    most, wanted = (0xFF, "a byte") if name == "xor" else (8, "0 to 8 bits")

    def checked(node: StructNode, bound: Bound) -> int | bytes:
        found: int | bytes = key(node, bound)
        if isinstance(found, int) and not 0 <= found <= most:
            raise Fault("B206", wanted, f"{name}({found})")
        return found

    return checked


def _counted(change: Callable[[bytes, int | bytes], bytes], key: Evaluate) -> Transform:
    """A change that keeps the length."""

    def changed(data: bytes, node: StructNode, bound: Bound) -> bytes:
        node.stream.session.output.take(len(data), node)
        return change(data, key(node, bound))

    return changed


def xor(data: bytes, key: int | bytes) -> bytes:
    """Return bytes mixed with a key, which is repeated as long as need be."""
    if not isinstance(key, int | bytes):
        raise Fault("B210", "an integer or a byte array", "the key of `xor`")
    if isinstance(key, int):
        return data.translate(bytes(byte ^ (key & 0xFF) for byte in range(256)))
    if not key:
        return data
    count = len(data)
    mask = (key * (count // len(key) + 1))[:count]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
    return mixed.to_bytes(count, "little")


def rotate(data: bytes, count: int | bytes) -> bytes:
    """Return bytes, each rotated to the left by `count` bits."""
    if not isinstance(count, int):
        raise Fault("B210", "an integer", "the key of a rotation")
    left = count % 8
    table = bytes(((byte << left) | (byte >> (8 - left))) & 0xFF for byte in range(256))
    return data.translate(table)


def _tolerant(data: bytes, node: StructNode, _bound: Bound) -> bytes:
    """What follows the end is nobody's business."""
    return _unpacked(data, node)[0]


def _inflate(data: bytes, node: StructNode, _bound: Bound) -> bytes:
    unpacked, rest = _unpacked(data, node)
    if rest:
        raise Fault("S118", "zlib data", "bytes after its end")
    return unpacked


def _unpacked(data: bytes, node: StructNode) -> tuple[bytes, bytes]:
    """Return what zlib data hold, and the bytes after them."""
    machine = zlib.decompressobj()
    output = node.stream.session.output
    try:
        unpacked = machine.decompress(data, output.left + 1)
    except zlib.error as error:
        raise Fault("S118", "zlib data", str(error)) from None
    output.take(len(unpacked), node)
    if not machine.eof:
        raise Fault("S118", "zlib data", "no end")
    return unpacked, machine.unused_data
