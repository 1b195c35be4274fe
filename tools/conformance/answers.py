"""What an expression gives at the top of a reading, and telling values apart as the suite does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from harness.findings.model import Finding
from harness.reading import Reading, evaluate
from harness.reading.tree import ListNode, Missing, StructNode
from harness.schema.lowering import expression_at_top
from harness.schema.types import IntValue, ListValue, ValueType

# The suite compares floats to six digits after the point, in every language.
_DIGITS: Final = 6


class State(Enum):
    """What evaluating gave."""

    VALUE = auto()
    ABSENT = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of evaluating one expression.

    Attributes:
        state: whether there is a value; a lost one is lost to a fault.
        value: plain data; lists as lists.
        enum: the enum of the value, or of the elements, by its type; empty for none.
        findings: what came up meanwhile.
    """

    state: State
    value: object = None
    enum: str = ""
    findings: tuple[Finding, ...] = ()


NOTHING: Final = Answer(State.ABSENT)


def ask(reading: Reading, text: str) -> Answer:
    """Return what the expression `text` gives at the top of a reading.

    Raises:
        harness.schema.SchemaError: it cannot stand there.
    """
    found = evaluate(reading, text)
    if isinstance(found.value, Missing):
        state = State.ABSENT if found.value is Missing.ABSENT else State.LOST
        return Answer(state, findings=found.findings)
    type_ = expression_at_top(reading.schema, text).tree.type
    return Answer(State.VALUE, _plain(found.value), _enum(type_), found.findings)


def differs(actual: Answer, expected: Answer) -> bool:
    """Whether two answers are not the same: their states, kinds, enums, contents."""
    if actual.state is not expected.state:
        return True
    if expected.enum and actual.enum != expected.enum:
        return True
    return not _same(actual.value, expected.value)


def _plain(value: object) -> object:
    match value:
        case ListNode(items=items):
            return [_plain(item) for item in items]
        case StructNode():
            return f"a structure `{value.plan.type.name}`"
        case _:
            return value


def _enum(type_: ValueType) -> str:
    while isinstance(type_, ListValue):
        type_ = type_.item
    return type_.enum if isinstance(type_, IntValue) else ""


def _same(actual: object, expected: object) -> bool:
    match actual, expected:
        case (bool(), _) | (_, bool()):
            return actual is expected
        case (float(), (int() | float()) as other) | (int() as other, float()):
            one = actual if isinstance(actual, float) else expected
            return isinstance(one, float) and round(abs(one - other), _DIGITS) == 0
        case (list() | bytes(), list() | bytes()):
            return len(actual) == len(expected) and all(
                _same(one, other) for one, other in zip(actual, expected, strict=True)
            )
        case _:
            return type(actual) is type(expected) and actual == expected
