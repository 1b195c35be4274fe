"""Which integers an operation can give: ranges, and the type (s64 or u64) its result must fit.

An operation is mathematical. Its result must fit u64 when an operand is u64, else s64; a
difference is always s64, because what schemas subtract are positions and sizes.
"""

from __future__ import annotations

from harness.schema.types import S64_MAX, S64_MIN, U64_MAX, IntValue


def domain(operator: str, left: IntValue, right: IntValue) -> tuple[int, int]:
    """Return the smallest and largest integer that the result may be without overflow."""
    if operator in ("<<", ">>"):
        unsigned = left.is_u64
    else:
        unsigned = operator != "-" and (left.is_u64 or right.is_u64)
    return (0, U64_MAX) if unsigned else (S64_MIN, S64_MAX)


def result(operator: str, left: IntValue, right: IntValue) -> tuple[int, int]:
    """Return a range that holds every mathematical result, overflow included."""
    corners = [_apply(operator, a, b) for a in _ends(left) for b in _ends(right)]
    match operator:
        case "+" | "-" | "*":
            return min(corners), max(corners)
        case "/":
            return _divided(left, right)
        case "%":
            return _remainder(right)
        case "&" | "|" | "^":
            return _bitwise(operator, left, right)
        case "<<":
            return min(corners), max(corners)
        case _:
            return min(*corners, left.low, 0), max(*corners, left.high)


def _ends(value: IntValue) -> tuple[int, int]:
    return value.low, value.high


def _apply(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "<<":
            return left << max(0, min(right, 64))
        case ">>":
            return left >> max(0, min(right, 64))
        case _:
            return left


def _divided(left: IntValue, right: IntValue) -> tuple[int, int]:
    if right.low > 0:
        quotients = [a // b for a in _ends(left) for b in _ends(right)]
        return min(quotients), max(quotients)
    largest = max(abs(left.low), abs(left.high))
    return -largest - 1, largest


def _remainder(right: IntValue) -> tuple[int, int]:
    if right.low > 0:
        return 0, right.high - 1
    return min(right.low, 0), max(right.high, 0)


def _bitwise(operator: str, left: IntValue, right: IntValue) -> tuple[int, int]:
    if left.low >= 0 and right.low >= 0:
        if operator == "&":
            return 0, min(left.high, right.high)
        return 0, (1 << max(left.high, right.high).bit_length()) - 1
    if operator == "&" and (left.low >= 0 or right.low >= 0):
        return 0, left.high if left.low >= 0 else right.high
    return S64_MIN, U64_MAX if left.is_u64 or right.is_u64 else S64_MAX


def clamped(operator: str, left: IntValue, right: IntValue) -> IntValue:
    """Return the type of the operation's result, once overflow has been ruled out."""
    low, high = domain(operator, left, right)
    least, most = result(operator, left, right)
    return IntValue(min(max(least, low), high), max(min(most, high), low))


def can_overflow(operator: str, left: IntValue, right: IntValue) -> bool:
    """Whether some operands within their ranges give a result that does not fit."""
    low, high = domain(operator, left, right)
    least, most = result(operator, left, right)
    return least < low or most > high
