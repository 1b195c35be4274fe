"""Ranges of integers, and what the operators of expressions make of them."""

from __future__ import annotations

from typing import Final, NamedTuple

from harness.schema.expression import ranges
from harness.schema.expression.signatures import LENGTH as LENGTH_TYPE
from harness.schema.types import S64_MIN, U64_MAX, IntValue, ValueType


class Interval(NamedTuple):
    """Every integer from `low` to `high`; none where `low` is above `high`."""

    low: int
    high: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds no integer."""
        return self.low > self.high

    @property
    def is_single(self) -> bool:
        """Whether it holds one integer."""
        return self.low == self.high

    def meet(self, other: Interval) -> Interval:
        """Return what both hold."""
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def join(self, other: Interval) -> Interval:
        """Return the smallest interval that holds both."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Interval(min(self.low, other.low), max(self.high, other.high))


ANY: Final = Interval(S64_MIN, U64_MAX)
# No file is as long as an integer can count; without this every sum of lengths would overflow.
LENGTH: Final = Interval(0, 1 << 56)


def of_type(kind: ValueType) -> Interval:
    """Return what an integer of the type can be; anything for a value of another type."""
    if kind == LENGTH_TYPE:
        return LENGTH
    return Interval(kind.low, kind.high) if isinstance(kind, IntValue) else ANY


def in_digits(length: int) -> Interval:
    """Return what a decimal number of at most so many characters can be, one perhaps a sign."""
    digits = min(length, 20)
    return Interval(-(10 ** max(digits - 1, 0)) + 1, 10**digits - 1)


def exact(operator: str, left: Interval, right: Interval) -> Interval:
    """Return a range of the mathematical results, those that overflow included."""
    if operator in ("/", "%") and right.low == 0:
        right = Interval(1, right.high)  # zero gives no result
    if left.is_empty or right.is_empty:
        return Interval(1, 0)
    if operator == ">>" and left.low >= 0 and 0 <= right.low <= right.high < 64:
        return Interval(left.low >> right.high, left.high >> right.low)
    found = Interval(*ranges.result(operator, IntValue(*left), IntValue(*right)))
    if operator == "|" and left.low >= 0 and right.low >= 0:
        return Interval(max(left.low, right.low), found.high)
    return found


def domain(operator: str, left: ValueType, right: ValueType) -> Interval:
    """Return what the result of an operator over two types may be without overflow."""
    if isinstance(left, IntValue) and isinstance(right, IntValue):
        return Interval(*ranges.domain(operator, left, right))
    return ANY
