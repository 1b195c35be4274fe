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
        around: what is spent of it too, since it holds for more; None where nothing is.
        is_default: the schema does not say how much, so that a type within may say more.
        beyond: what is spent of where one does; None where nothing is.
    """

    __slots__ = ("around", "beyond", "code", "is_default", "left", "limit")

    def __init__(
        self,
        code: str,
        limit: int,
        around: Budget | None = None,
        *,
        is_default: bool = False,
        beyond: Budget | None = None,
    ) -> None:
        self.beyond = beyond
        self.code = code
        self.limit = limit
        self.left = limit
        self.around = around
        self.is_default = is_default

    def take(self, amount: int, node: StructNode, slot: int = -1, item: int = -1) -> None:
        """Spend `amount` on what stands at a place.

        Raises:
            Stopped: when there is not so much left; then it is reported, and nothing more is read.
        """
        self.left -= amount
        if self.left < 0:
            node.stream.session.exhaust(self, Location(node, slot, item))
        if self.around is not None:
            self.around.take(amount, node, slot, item)

    def within(self, limit: int | None) -> Budget:
        """Return what is in force in a structure whose type sets `limit`: that, and this."""
        if not limit or (not self.is_default and self.left <= limit):
            return self
        return Budget(self.code, limit, self.beyond if self.is_default else self)


class Limits(NamedTuple):
    """What is in force in a structure.

    Attributes:
        depth: how deep structures may nest, counted from the structure that set it.
        deepest: the same, counted from the top.
        is_default: the schema does not say how deep.
        items: elements of lists, and structures outside lists.
        bytes: read at positions.
    """

    depth: int
    deepest: int
    is_default: bool
    items: Budget
    bytes: Budget


def whole(limits: ir.Limits, size: int) -> Limits:
    """Return what is in force for a content of `size` bytes whose top type sets `limits`."""
    depth = limits.depth or DEFAULT_DEPTH
    most = _most_items(size)
    usual = min(DEFAULT_ITEMS, FREE_ITEMS + ITEMS_PER_BYTE * size)
    return Limits(
        depth=depth,
        deepest=depth,
        is_default=not limits.depth,
        items=Budget(
            "L602",
            min(limits.items or usual, most),
            is_default=not limits.items,
            beyond=Budget("L602", most),
        ),
        bytes=Budget("L603", limits.bytes or READ_FACTOR * size, is_default=not limits.bytes),
    )


def inside(limits: ir.Limits, outer: Limits, depth: int) -> Limits:
    """Return what is in force in a structure at `depth` whose type sets `limits`.

    What a schema says of a type holds for all below it, structures of the same type too.
    """
    within = outer._replace(
        items=outer.items.within(limits.items), bytes=outer.bytes.within(limits.bytes)
    )
    deepest = depth - 1 + (limits.depth or 0)
    if not limits.depth or (not outer.is_default and outer.deepest <= deepest):
        return within
    return within._replace(depth=limits.depth, deepest=deepest, is_default=False)


def steps(limits: ir.Limits, size: int) -> Budget:
    """Return how many elements expressions may look at, for a content of `size` bytes."""
    items = min(limits.items or 0, _most_items(size))
    return Budget("L605", max(FREE_STEPS + STEPS_PER_BYTE * size, items))


def _most_items(size: int) -> int:
    """Return how many items a content may have whatever its schema says: some take no bytes."""
    return DEFAULT_ITEMS + ITEMS_PER_BYTE * size
