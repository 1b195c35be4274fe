"""Operators: checked 64-bit arithmetic, comparison, choice, and values put together."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from harness.reading import methods
from harness.reading.faults import Fault
from harness.reading.tree import ListNode, StructNode
from harness.schema.expression import ranges, typed
from harness.schema.types import (
    S64_MAX,
    S64_MIN,
    U64_MAX,
    AnyValue,
    IntValue,
    ListValue,
    TextValue,
)

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate, Words

Apply = Callable[[Any, Any, "Words"], Any]

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


# values put together


def list_of(items: Sequence[Evaluate]) -> Evaluate:
    """Return a closure for a list literal."""

    def listed(node: StructNode, bound: Bound) -> ListNode:
        made = ListNode(None, -1, 0)
        for item in items:
            made.items.append(item(node, bound))
        return made

    return listed


def join(pieces: Sequence[Evaluate]) -> Evaluate:
    """Return a closure for a format string."""

    def joined(node: StructNode, bound: Bound) -> str:
        parts: list[str] = []
        for piece in pieces:
            part: str = piece(node, bound)
            node.stream.session.output.take(len(part), node)
            parts.append(part)
        return "".join(parts)

    return joined


def at(base: Evaluate, index: Evaluate) -> Evaluate:
    """Return a closure for `base[index]`."""
    return lambda node, bound: methods.element(base(node, bound), index(node, bound))


def choice(condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    """Return a closure for `condition ? then : otherwise`."""
    return lambda node, bound: (
        then(node, bound) if condition(node, bound) else otherwise(node, bound)
    )


# one operand


def unary(node: typed.Operation, operand: Evaluate, text: Words) -> Evaluate:
    """Return a closure for `not`, `-` or `~`."""
    kind = node.left.type
    if node.operator == "not":
        return lambda node, bound: not operand(node, bound)
    if node.operator == "~":
        if isinstance(kind, IntValue) and kind.is_u64:
            return _inverse_u64(operand, text)
        return lambda node, bound: ~operand(node, bound)

    def negative(node: StructNode, bound: Bound) -> int | float:
        result: int | float = -operand(node, bound)
        if isinstance(result, int) and not S64_MIN <= result <= S64_MAX:
            raise Fault("B206", "s64", text())
        return result

    return negative


def _inverse_u64(operand: Evaluate, text: Words) -> Evaluate:
    """Return a closure for `~` of what should be a u64; where kinds mix it may be negative."""

    def inverse(node: StructNode, bound: Bound) -> int:
        number: int = operand(node, bound)
        if number < 0:
            raise Fault("B206", "u64", text())
        return number ^ U64_MAX

    return inverse


# two operands


def binary(node: typed.Operation, left: Evaluate, right: Evaluate, text: Words) -> Evaluate:
    """Return a closure for an operator between two values."""
    match node.operator:
        case "and":
            return lambda node, bound: left(node, bound) and right(node, bound)
        case "or":
            return lambda node, bound: left(node, bound) or right(node, bound)
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            return _comparison(node, left, right, text)
        case _:
            return _arithmetic(node, left, right, text)


def _comparison(node: typed.Operation, left: Evaluate, right: Evaluate, text: Words) -> Evaluate:
    compare = _COMPARISONS[node.operator]
    kinds = (node.left.type, node.right.type if node.right is not None else AnyValue())
    if any(isinstance(kind, AnyValue | ListValue) for kind in kinds):
        return lambda node, bound: compared(
            compare, left(node, bound), right(node, bound), node, text
        )
    if isinstance(node.right, typed.Constant):
        constant = node.right.value
        if node.operator == "==":  # by far the most frequent, so without a call
            return lambda node, bound: left(node, bound) == constant
        return lambda node, bound: compare(left(node, bound), constant)
    return lambda node, bound: compare(left(node, bound), right(node, bound))


def compared(
    compare: Callable[[Any, Any], bool], left: Any, right: Any, node: StructNode, text: Words
) -> bool:
    """Compare two values of kinds that only reading tells.

    Args:
        compare: the comparison.
        left: one value.
        right: the other.
        node: where the comparison stands.
        text: the comparison in words, for the message.

    Raises:
        Fault: when they are of different kinds, or have no order.
    """
    if isinstance(left, ListNode) and isinstance(right, ListNode):
        one, other = methods.complete(left), methods.complete(right)
        node.stream.session.steps.take(min(len(one), len(other)), node)
        compare = _by_items(compare)
        left, right = one, other
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    is_same = isinstance(left, bool) == isinstance(right, bool) if numbers else (
        left.__class__ is right.__class__
    )  # fmt: skip
    if not is_same:
        raise Fault("B210", "comparable", f"what `{text()}` compares")
    try:
        return bool(compare(left, right))
    except TypeError:
        raise Fault("B210", "ordered", f"what `{text()}` compares") from None


def _by_items(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a comparison of lists: the first items that differ decide, else the lengths do.

    Python's own takes one and the same NaN for equal to itself.
    """

    def by_items(one: list[Any], other: list[Any]) -> bool:
        if compare in (operator.eq, operator.ne) and len(one) != len(other):
            return compare is operator.ne
        for left, right in zip(one, other, strict=False):
            if left != right:
                return compare(left, right)
        return compare(len(one), len(other))

    return by_items


def _arithmetic(node: typed.Operation, left: Evaluate, right: Evaluate, text: Words) -> Evaluate:
    kinds = (node.left.type, node.right.type if node.right is not None else AnyValue())
    match kinds:
        case IntValue() as one, IntValue() as other:
            return _integers(node.operator, (one, other), left, right, text)
        case (TextValue(), TextValue()):
            return _concatenation(left, right)
        case _:
            return _varying(node.operator, left, right, text)


def _integers(
    name: str, kinds: tuple[IntValue, IntValue], left: Evaluate, right: Evaluate, text: Words
) -> Evaluate:
    apply = _OPERATIONS[name]
    if not ranges.can_overflow(name, *kinds):
        return lambda node, bound: apply(left(node, bound), right(node, bound), text)
    low, high = ranges.domain(name, *kinds)
    wanted = "s64" if low else "u64"

    def checked(node: StructNode, bound: Bound) -> int:
        result: int = apply(left(node, bound), right(node, bound), text)
        if not low <= result <= high and not _fits_either(result, node):
            raise Fault("B206", wanted, text())
        return result

    return checked


def _fits_either(number: int, node: StructNode) -> bool:
    """Whether a lenient reader takes a number: to Kaitai it is signed or not as it comes."""
    return node.stream.session.book.is_lenient and S64_MIN <= number <= U64_MAX


def _concatenation(left: Evaluate, right: Evaluate) -> Evaluate:
    def concatenated(node: StructNode, bound: Bound) -> str:
        first, second = left(node, bound), right(node, bound)
        node.stream.session.output.take(len(first) + len(second), node)
        joined: str = first + second
        return joined

    return concatenated


def _varying(name: str, left: Evaluate, right: Evaluate, text: Words) -> Evaluate:
    """Operands of which only reading tells what they are: two strings to join, or two numbers."""
    apply = _OPERATIONS[name]

    def varying(node: StructNode, bound: Bound) -> Any:
        first, second = left(node, bound), right(node, bound)
        if name == "+" and isinstance(first, str) and isinstance(second, str):
            node.stream.session.output.take(len(first) + len(second), node)
            return first + second
        allowed = (int,) if name in _INTEGER_ONLY else (int, float)
        if first.__class__ not in allowed or second.__class__ not in allowed:
            raise Fault("B210", f"fit for `{name}`", f"an operand of `{text()}`")
        result = apply(first, second, text)
        if isinstance(result, int) and not S64_MIN <= result <= U64_MAX:
            raise Fault("B206", "64 bits", text())
        return result

    return varying


def _divide(left: Any, right: Any, text: Words) -> Any:
    if right == 0:
        raise Fault("B207", "", text())
    return left / right if isinstance(left, float) or isinstance(right, float) else left // right


def _remainder(left: Any, right: Any, text: Words) -> Any:
    if right == 0:
        raise Fault("B207", "", text())
    return left % right


def _shift_left(left: int, right: int, text: Words) -> int:
    if not 0 <= right < 64:
        raise Fault("B206", "a shift by 0 to 63 bits", text())
    return left << right


def _shift_right(left: int, right: int, text: Words) -> int:
    if not 0 <= right < 64:
        raise Fault("B206", "a shift by 0 to 63 bits", text())
    return left >> right


_INTEGER_ONLY: Final = frozenset({"&", "|", "^", "<<", ">>"})
_OPERATIONS: Final[Mapping[str, Apply]] = {
    "+": lambda left, right, _text: left + right,
    "-": lambda left, right, _text: left - right,
    "*": lambda left, right, _text: left * right,
    "/": _divide,
    "%": _remainder,
    "&": lambda left, right, _text: left & right,
    "|": lambda left, right, _text: left | right,
    "^": lambda left, right, _text: left ^ right,
    "<<": _shift_left,
    ">>": _shift_right,
}
