"""How long strings and byte arrays can be, as far as the schema tells."""

from __future__ import annotations

from typing import Final

from harness.schema.ir import Attribute, BytesData, Extent, TextData
from harness.schema.linting.facts import Facts, Judge
from harness.schema.linting.interval import LENGTH, Interval

# A character of these is a byte; of others it may be several.
_OF_ONE_BYTE: Final = ("ascii", "latin-1", "iso8859-", "cp", "koi8-")


def length_of(attribute: Attribute, facts: Facts, judge: Judge) -> Interval:
    """Return how many bytes or characters the value of an attribute can have.

    Args:
        attribute: not a repeated one.
        facts: what is known in the structure that holds it.
        judge: who knows the sizes.
    """
    match attribute.data:
        case BytesData(extent=extent):
            return _taken(extent, facts, judge)
        case TextData(extent=extent, encoding=encoding):
            taken = _taken(extent, facts, judge)
            return taken if encoding.startswith(_OF_ONE_BYTE) else Interval(0, taken.high)
        case _:
            return LENGTH


def _taken(extent: Extent, facts: Facts, judge: Judge) -> Interval:
    """Return how many bytes are left of a sized value."""
    if extent.size is None or (extent.process is not None and extent.process.name == "zlib"):
        return LENGTH
    size = judge.interval(extent.size.tree, facts).meet(LENGTH)
    is_cut = extent.terminator is not None or extent.pad_right is not None
    return Interval(0, size.high) if is_cut else size
