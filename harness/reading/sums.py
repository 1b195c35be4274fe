"""Which bytes of a content its checksums cover: for tools that damage files, or mend them."""

from __future__ import annotations

from collections.abc import Iterator

from harness.findings.model import Span
from harness.reading.checksums import Sum
from harness.reading.reader import Reading
from harness.reading.tree import children
from harness.schema.ir import Attribute


def summed(reading: Reading) -> Iterator[tuple[Span, tuple[Span, ...]]]:
    """Yield, of each checksum in pre-order, the bytes it covers and those it takes as zero."""
    book = reading.session.book
    waiting = [reading.root]
    while waiting:
        node = waiting.pop()
        for slot, field in enumerate(node.plan.fields):
            if isinstance(field, Attribute) and field.checksum is not None:
                found = Sum(book, node.plan, slot, field.checksum).summed(node)
                if found is not None:
                    yield found
        waiting += reversed(children(node))
