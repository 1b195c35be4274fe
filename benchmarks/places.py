"""What a schema says of places in a file: bytes that a checksum sums, ends that leave it whole."""

from __future__ import annotations

from collections.abc import Iterator

from harness.findings.model import Span
from harness.reading import Reading
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.tree import Location, Missing, StructNode, offsets_of, pre_order
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Checksum


def summed(reading: Reading) -> Iterator[Span]:
    """Yield the bytes that each checksum of a file sums."""
    for node in pre_order(reading.root):
        for field in node.plan.fields:
            if isinstance(field, Attribute) and field.checksum is not None:
                yield _range(field.checksum, node, reading)


def _range(checksum: Checksum, node: StructNode, reading: Reading) -> Span:
    stream, compiled = node.stream, reading.session.book.expressions.compile
    start, end = (
        default if edge is None else int(compiled(edge.tree)(node, NOTHING_BOUND))
        for edge, default in ((checksum.start, stream.start), (checksum.end, stream.end))
    )
    return Span(start, end)


def whole_ends(reading: Reading) -> Iterator[int]:
    """Yield where a file could end and be whole: before parts that are read if bytes are left."""
    root = reading.root
    for slot in root.plan.sequence_slots:
        field = root.plan.fields[slot]
        is_there = not isinstance(root.values[slot], Missing)
        if is_there and isinstance(field, Attribute) and _asks_for_more(field):
            yield offsets_of(Location(root, slot))[0]


def _asks_for_more(attribute: Attribute) -> bool:
    """Whether the attribute is read only if the stream is not at its end."""
    condition = attribute.condition
    return condition is not None and any(
        isinstance(node, typed.StreamProperty) and node.name == "eof"
        for node in nodes_of(condition.tree)
    )
