"""The points of one value's domain: the numbers, sizes and choices where programs go wrong."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from harness.reading.expressions import ExpressionCompiler
from harness.reading.faults import Fault, Unknown
from harness.reading.slots import Slots
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr, Expression
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Repeat, Schema, Valid
from harness.schema.types import IntValue

MAX_POINTS: Final = 256

_EACH_UP_TO: Final = 4
_LONGEST_NUMBER: Final = 99_999
_MOST_REPEATS: Final = 255
_MOST_VALID_REPEATS: Final = 65_535


class Range(NamedTuple):
    """A point: the numbers from `low` to `high`, both included."""

    label: str
    low: int
    high: int


class Classifier:
    """Says which range a number lies in."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = ranges
        self._lows = [one.low for one in ranges]

    def __call__(self, value: int) -> str | None:
        """Return the label; None where no range holds the number."""
        place = bisect_right(self._lows, value) - 1
        if place < 0 or value > self._ranges[place].high:
            return None
        return self._ranges[place].label


def static(expression: Expression | None) -> int | None:
    """Return the number that an expression always gives; None where content decides."""
    kind = expression.tree.type if expression is not None else None
    return kind.low if isinstance(kind, IntValue) and kind.low == kind.high else None


def number_ranges(schema: Schema, attribute: Attribute) -> tuple[Range, ...]:
    """Return the ranges of an integer: its ends, zero and one, and what lies between.

    Where `valid` sets an end, the number next to it is a point too. A number that `valid` forbids
    is none, nor is the end of the type where content sets a limit below it.
    """
    kind = attribute.type
    assert isinstance(kind, IntValue)
    chosen = _choices(attribute)
    if chosen is not None:
        return tuple(Range(str(number), number, number) for number in chosen)
    valid = valid_of(attribute)
    low, high = static(valid.min), static(valid.max)
    least = kind.low if low is None else max(low, kind.low)
    most = kind.high if high is None else min(high, kind.high)
    special = {0, 1}
    special |= {least, least + 1} if low is not None else {least} if valid.min is None else set()
    special |= {most, most - 1} if high is not None else {most} if valid.max is None else set()
    inside = sorted(number for number in special if least <= number <= most)
    return tuple(
        one
        for one in _between(inside, least, most, kind)
        if one.low != one.high or may_be(schema, valid, one.low)
    )


def _choices(attribute: Attribute) -> list[int] | None:
    """Return the numbers that `valid` enumerates; None where it does not."""
    valid = valid_of(attribute)
    if valid.any_of is None and valid.eq is None:
        return None
    several = valid.any_of if valid.any_of is not None else (valid.eq,)
    numbers = [static(one) for one in several]
    return sorted({number for number in numbers if number is not None})[:MAX_POINTS]


def _between(special: list[int], least: int, most: int, kind: IntValue) -> list[Range]:
    """Return the special numbers and the gaps between them."""
    if most - least < _EACH_UP_TO:
        return [Range(str(number), number, number) for number in range(least, most + 1)]
    found: list[Range] = []
    at = least
    for number in special:
        if at < number:
            found.append(_gap(at, number - 1, kind))
        found.append(Range(_number(number, kind), number, number))
        at = number + 1
    if at <= most:
        found.append(_gap(at, most, kind))
    return found


def _gap(low: int, high: int, kind: IntValue) -> Range:
    if low == high:
        return Range(_number(low, kind), low, high)
    label = f"..{high}" if low <= kind.low + 1 and low < 0 else f"{low}.."
    return Range(label, low, high)


def _number(number: int, kind: IntValue) -> str:
    if abs(number) <= _LONGEST_NUMBER:
        return str(number)
    return {kind.low: "min", kind.high: "max"}.get(number, str(number))


def valid_of(field: object) -> Valid:
    """Return what `valid` says; nothing where there is none."""
    valid = field.valid if isinstance(field, Attribute) else None
    return valid or Valid()


def may_be(schema: Schema, valid: Valid, value: Any) -> bool:  # noqa: ANN401  # of the attribute's type
    """Whether `valid: {expr: …}` lets a value be; True where that depends on other content."""
    if valid.expr is None or not _is_of_value_only(valid.expr.tree):
        return True
    evaluate: Callable[..., Any] = ExpressionCompiler(schema, Slots(schema)).compile(
        valid.expr.tree
    )
    try:
        return bool(evaluate(None, {"_": value}))
    except (Unknown, Fault, AttributeError):
        return True


def _is_of_value_only(tree: Expr) -> bool:
    """Whether a condition looks at `_` and at nothing else."""
    return all(
        isinstance(node, typed.Constant | typed.ConstantBytes | typed.Operation)
        or (isinstance(node, typed.Bound) and node.name == "_")
        for node in nodes_of(tree)
    )


def repeat_ranges(schema: Schema, repeat: Repeat) -> tuple[Range, ...]:
    """Return the ranges of a number of items: none, one, many, and the most where that is known."""
    least, most, is_near = _repeats(schema, repeat)
    if least == most:
        return ()
    found = [Range("none", 0, 0), Range("one", 1, 1)]
    if is_near and most > 1:
        found += [Range("many", 2, most - 1), Range("max", most, most)]
    else:
        found.append(Range("many", 2, most))
    return tuple(one for one in found if least <= one.high and one.low <= min(one.high, most))


def _repeats(schema: Schema, repeat: Repeat) -> tuple[int, int, bool]:
    """Return how many items there can be, and whether so many can be hoped for."""
    kind = repeat.expression.tree.type if repeat.expression is not None else None
    if repeat.kind != "expr" or not isinstance(kind, IntValue):
        return (1 if repeat.kind == "until" else 0), IntValue().high, False
    least, most = max(0, kind.low), kind.high
    valid = _valid_count(schema, repeat)
    low, high = static(valid.min), static(valid.max)
    least, most = max(least, low or 0), most if high is None else min(most, high)
    return least, most, most <= (_MOST_REPEATS if high is None else _MOST_VALID_REPEATS)


def _valid_count(schema: Schema, repeat: Repeat) -> Valid:
    """Return the `valid` of the attribute that holds the count, where one does."""
    tree = repeat.expression.tree if repeat.expression is not None else None
    if not isinstance(tree, typed.Field) or not tree.owner:
        return Valid()
    owner = schema.types[tree.owner]
    fields = (*owner.sequence, *owner.instances)
    return valid_of(next((field for field in fields if field.id == tree.name), None))
