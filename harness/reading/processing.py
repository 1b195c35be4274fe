"""Processed bytes: xor, rotation and zlib, the last with a limit on what it gives."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Final

from harness.reading.faults import Fault
from harness.schema.ir import Process

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook
    from harness.reading.tree import StructNode

MAX_OUTPUT_BYTES: Final = 64 << 20

Transform = Callable[[bytes, "StructNode", "Bound"], bytes]


def compile_process(book: PlanBook, process: Process | None) -> Transform | None:
    """Return a closure that undoes `process`; None for none."""
    if process is None:
        return None
    if process.name == "zlib":
        return lambda data, _node, _bound: _inflate(data)
    assert process.argument is not None
    key = book.expressions.compile(process.argument.tree)
    if process.name == "xor":
        return _xor(key)
    sign = 1 if process.name == "rol" else -1
    return lambda data, node, bound: _rotate(data, sign * key(node, bound))


def _xor(key: Evaluate) -> Transform:
    def xor(data: bytes, node: StructNode, bound: Bound) -> bytes:
        value = key(node, bound)
        if isinstance(value, int):
            return bytes(byte ^ (value & 0xFF) for byte in data)
        if not value:
            return data
        return bytes(byte ^ mask for byte, mask in zip(data, cycle(value), strict=False))

    return xor


def _rotate(data: bytes, count: int) -> bytes:
    left = count % 8
    table = bytes(((byte << left) | (byte >> (8 - left))) & 0xFF for byte in range(256))
    return data.translate(table)


def _inflate(data: bytes) -> bytes:
    machine = zlib.decompressobj()
    try:
        unpacked = machine.decompress(data, MAX_OUTPUT_BYTES + 1)
    except zlib.error as error:
        raise Fault("S118", "zlib data", str(error)) from None
    if len(unpacked) > MAX_OUTPUT_BYTES:
        raise Fault("L604", str(MAX_OUTPUT_BYTES), is_final=True)
    if not machine.eof or machine.unused_data:
        what = "bytes after its end" if machine.eof else "no end"
        raise Fault("S118", "zlib data", f"{what}")
    return unpacked
