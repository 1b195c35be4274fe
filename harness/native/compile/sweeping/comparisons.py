"""Comparisons of whole numbers to C that is arithmetic alone: no compiler makes branches of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.native.compile.sweeping.statements import FALSE, TRUE
from harness.schema.expression import ranges, typed
from harness.schema.types import IntValue

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr

# how the two sides are compared, whether they are exchanged, and the opposite taken
COMPARISONS: Final = {
    "==": ("same", False, False), "!=": ("same", False, True), "<": ("less", False, False),
    ">": ("less", True, False), "<=": ("less", True, True), ">=": ("less", False, True),
}  # fmt: skip
_REFLEXIVE: Final = frozenset({"==", "<=", ">="})
_MOST_PLAIN: Final = 1 << 40


def alternatives(node: Expr) -> tuple[Expr, frozenset[int]] | None:
    """Return a number, and which it is said to be, of `x == 1 or x == 2`; None for all else.

    The numbers follow one another, and subtracting one from another never overflows.
    """
    match node:
        case typed.Operation(operator="or", left=left, right=right) if right is not None:
            sides = alternatives(left), alternatives(right)
        case typed.Operation(operator="==", left=left, right=typed.Constant(value=int(value))):
            kind = left.type
            if (
                not isinstance(kind, IntValue)
                or max(-kind.low, kind.high, abs(value)) > _MOST_PLAIN
            ):
                return None
            return left, frozenset({value})
        case _:
            return None
    first, second = sides
    if first is None or second is None or first[0] != second[0]:
        return None
    numbers = first[1] | second[1]
    return (first[0], numbers) if max(numbers) - min(numbers) < len(numbers) else None


def compared(operator: str, kinds: tuple[IntValue, IntValue], left: str, right: str) -> str:
    """Return a comparison, in arithmetic where that can be done."""
    how, is_exchanged, is_opposite = COMPARISONS[operator]
    if left == right:
        return TRUE if operator in _REFLEXIVE else FALSE
    first, second = kinds[::-1] if is_exchanged else kinds
    known = _foreseen(how, (first, second))
    if known is not None:
        return TRUE if known != is_opposite else FALSE
    if how == "less" and ranges.can_overflow("-", first, second):
        return f"(int64_t)({left} {operator} {right})"
    sides = f"{right}, {left}" if is_exchanged else f"{left}, {right}"
    found = f"hv_if_{how}({sides})"
    return f"({found} ^ 1)" if is_opposite else found


def _foreseen(how: str, kinds: tuple[IntValue, IntValue]) -> bool | None:
    """Return how a comparison ends, where the ranges of both sides tell."""
    left, right = kinds
    if how == "less" and (left.high < right.low or left.low >= right.high):
        return left.high < right.low
    if how == "same" and (left.high < right.low or right.high < left.low):
        return False
    return None
