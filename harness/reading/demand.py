"""Values asked of a tree after it was read: instances are read when the question needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from harness.findings.model import Finding
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, OutOfRange, Stopped, Unknown
from harness.reading.methods import present
from harness.reading.reader import Reading
from harness.reading.recorder import Recorder
from harness.reading.stream import Stream
from harness.reading.tree import (
    ABANDONED,
    ABSENT,
    UNREAD,
    Location,
    Missing,
    StructNode,
    Value,
    pre_order,
)
from harness.schema.interpreter import deep_recursion, without_collection

MAX_FINDINGS = 100


class Answer(msgspec.Struct, frozen=True, eq=False):
    """What was asked for.

    Attributes:
        value: `ABSENT` where an `if` leaves it out; `ABANDONED` where it cannot be
            had, which a finding explains: one of these, or one from before.
        findings: what came up while it was read, sorted.
    """

    value: Value | Stream
    findings: tuple[Finding, ...]

    @property
    def is_present(self) -> bool:
        """Whether there is a value."""
        return not isinstance(self.value, Missing)


def evaluate(reading: Reading, text: str) -> Answer:
    """Return the value of an expression of the schema's top type.

    Args:
        reading: what was read; of a lenient reading, instances are read on demand, once.
        text: an expression of stock ksy: `header.entries[2].name.length`.

    Raises:
        SchemaError: the text is no expression, or names what the type does not have.
    """
    # the typer is slow to import, and validation has no need of it here
    from harness.schema.lowering import expression_at_top  # noqa: PLC0415

    expression = expression_at_top(reading.session.book.schema, text)
    value = reading.session.book.expressions.compile(expression.tree)
    return _answer(Location(reading.root), lambda: value(reading.root, NOTHING_BOUND))


def unread(reading: Reading) -> int:
    """Return how many instances nothing has asked for yet; of a strict reading none."""
    if reading.session.is_done:
        return 0
    return sum(
        node.values[slot] is UNREAD
        for node in pre_order(reading.root)
        for slot in node.plan.instance_slots
    )


def demand(node: StructNode, slot: int) -> Answer:
    """Return what stands in a slot of a structure, an instance read if it is one."""
    name = node.plan.names[slot]

    def value() -> Any:
        found = node.values[slot]
        return present(node, slot, name) if isinstance(found, Missing) else found

    return _answer(Location(node, slot), value)


def _answer(place: Location, ask: Callable[[], Any]) -> Answer:
    """Ask, and keep what is found meanwhile apart from what was found before."""
    session = place.node.stream.session
    before, session.recorder = session.recorder, Recorder(MAX_FINDINGS)
    session.steps.left = session.steps.limit
    try:
        with deep_recursion(), without_collection():
            value = _value(place, ask)
        return Answer(value, session.recorder.findings())
    finally:
        session.recorder = before


def _value(place: Location, ask: Callable[[], Any]) -> Any:
    session = place.node.stream.session
    try:
        return ask()
    except Stopped:
        return ABANDONED
    except Unknown as unknown:
        if not isinstance(unknown, OutOfRange) and not unknown.is_reported:
            return ABSENT
        problem: Unknown | Fault = unknown
    except Fault as fault:
        problem = fault
    session.report_problem(problem, place, place.node.stream)
    return ABANDONED
