"""Limits on what one content may cost: depth, items, bytes, steps of evaluation, output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.tree import Location
from harness.schema import ir

if TYPE_CHECKING:
    from harness.reading.tree import StructNode

DEFAULT_DEPTH: Final = 64
DEFAULT_ITEMS: Final = 10_000_000
READ_FACTOR: Final = 16
MAX_OUTPUT_BYTES: Final = 64 << 20

# Items and steps are allowed in proportion to the content, and so many more: a few bytes that
# claim millions of empty records must not cost what millions of bytes do.
FREE_ITEMS: Final = 1 << 16
ITEMS_PER_BYTE: Final = 16
FREE_STEPS: Final = 4_000_000
STEPS_PER_BYTE: Final = 32


class Budget:
    """How much of one thing may be spent.

    Attributes:
        code: the rule that spending more breaks.
        limit: how much there was at first.
        left: how much there still is.
    """

    __slots__ = ("code", "left", "limit")

    def __init__(self, code: str, limit: int) -> None:
        self.code = code
        self.limit = limit
        self.left = limit

    def take(self, amount: int, node: StructNode, slot: int = -1, item: int = -1) -> None:
        """Spend `amount` on what stands at a place.

        Raises:
            Stopped: when there is not so much left; then it is reported, and nothing more is read.
        """
        self.left -= amount
        if self.left < 0:
            node.stream.session.exhaust(self, Location(node, slot, item))


class Limits(NamedTuple):
    """What is in force in a structure.

    Attributes:
        depth: how deep structures may nest, counted from the structure that set it.
        deepest: the same, counted from the top.
        items: elements of lists, and structures outside lists.
        bytes: read at positions.
    """

    depth: int
    deepest: int
    items: Budget
    bytes: Budget


def whole(limits: ir.Limits, size: int) -> Limits:
    """Return what is in force for a content of `size` bytes whose top type sets `limits`."""
    depth = limits.depth or DEFAULT_DEPTH
    proportional = FREE_ITEMS + ITEMS_PER_BYTE * size
    items = limits.items or min(DEFAULT_ITEMS, proportional)
    return Limits(
        depth, depth, Budget("L602", items), Budget("L603", limits.bytes or READ_FACTOR * size)
    )


def inside(limits: ir.Limits, outer: Limits, depth: int) -> Limits:
    """Return what is in force in a structure at `depth` whose type sets `limits`."""
    return Limits(
        depth=limits.depth or outer.depth,
        deepest=depth - 1 + limits.depth if limits.depth else outer.deepest,
        items=Budget("L602", limits.items) if limits.items else outer.items,
        bytes=Budget("L603", limits.bytes) if limits.bytes else outer.bytes,
    )


def steps(limits: ir.Limits, size: int) -> Budget:
    """Return how many elements expressions may look at, for a content of `size` bytes."""
    return Budget("L605", max(FREE_STEPS + STEPS_PER_BYTE * size, limits.items or 0))
