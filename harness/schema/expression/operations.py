"""Types of operators: what they join, and what comes of it."""

from __future__ import annotations

from typing import Final

from harness.schema.expression import ranges, syntax, typed
from harness.schema.expression.conversion import all_of, comparable, converted, required
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.signatures import BOOLEAN, INTEGER
from harness.schema.types import (
    S64_MAX,
    U64_MAX,
    AnyValue,
    BoolValue,
    FloatValue,
    IntValue,
    TextValue,
    ValueType,
    union,
    with_article,
)

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_INTEGER_ONLY: Final = frozenset({"&", "|", "^", "<<", ">>"})


def unary(node: syntax.Unary, operand: typed.Expr) -> typed.Expr:
    """Return `node`, given its operand.

    Raises:
        ExpressionError: the operator does not fit.
    """
    if node.operator == "not":
        condition = required(operand, BoolValue, node.offset, "a condition")
        return typed.Operation(type=BOOLEAN, operator="not", left=condition)
    if node.operator == "-" and isinstance(operand.type, FloatValue):
        return typed.Operation(type=FloatValue(), operator="-", left=operand)
    operand = required(operand, IntValue, node.offset, "an integer")
    kind = operand.type if isinstance(operand.type, IntValue) else INTEGER
    if kind.enum:
        message = f"`{node.operator}` cannot stand before {with_article(kind)}"
        raise ExpressionError(message, node.offset, "Q906")
    if node.operator == "-":
        result = ranges.clamped("-", IntValue(0, 0), kind)
    else:
        result = IntValue(0, U64_MAX) if kind.is_u64 else IntValue(~kind.high, ~kind.low)
    return typed.Operation(type=result, operator=node.operator, left=operand)


def binary(node: syntax.Binary, left: typed.Expr, right: typed.Expr) -> typed.Expr:
    """Return `node`, given its operands.

    Raises:
        ExpressionError: the operator cannot join them.
    """
    result = _joined(node.operator, left.type, right.type)
    if result is None:
        message = f"`{node.operator}` cannot join {with_article(left.type)} and "
        raise ExpressionError(message + with_article(right.type), node.offset, "Q906")
    if node.operator in ("and", "or"):
        left = required(left, BoolValue, node.offset, "a condition")
        right = required(right, BoolValue, node.offset, "a condition")
    return typed.Operation(type=result, operator=node.operator, left=left, right=right)


def _joined(operator: str, left: ValueType, right: ValueType) -> ValueType | None:
    """Return the type of what an operator gives; None when it cannot join the two."""
    both = (left, right)
    if operator in ("and", "or"):
        return BOOLEAN if all_of(both, BoolValue) else None
    if operator in _COMPARISONS:
        return BOOLEAN if comparable(operator, left, right) else None
    if isinstance(left, IntValue) and isinstance(right, IntValue):
        return None if left.enum or right.enum else ranges.clamped(operator, left, right)
    if isinstance(left, AnyValue) or isinstance(right, AnyValue):
        numbers = all_of(both, IntValue, FloatValue)
        return AnyValue() if numbers or (operator == "+" and all_of(both, TextValue)) else None
    if operator in _INTEGER_ONLY:
        return None
    if all_of(both, FloatValue, IntValue):
        return FloatValue()
    return TextValue() if operator == "+" and all_of(both, TextValue) else None


def ternary(
    node: syntax.Ternary, condition: typed.Expr, then: typed.Expr, otherwise: typed.Expr
) -> typed.Expr:
    """Return `node`, given its parts.

    Raises:
        ExpressionError: the condition is none.
    """
    condition = required(condition, BoolValue, node.offset, "a condition")
    result = combined(then.type, otherwise.type, node.offset)
    if isinstance(result, IntValue) and result.is_u64 and result.low < 0:
        # no type holds both sides: like a difference, it is s64, and the wider side is checked
        result = IntValue(result.low, S64_MAX, result.enum)
        then = converted(then, result, node.offset)
        otherwise = converted(otherwise, result, node.offset)
    return typed.Choice(type=result, condition=condition, then=then, otherwise=otherwise)


def combined(one: ValueType, other: ValueType, offset: int) -> ValueType:
    """Return the type that holds values of both, which must be of one kind.

    Raises:
        ExpressionError: no type of one kind does.
    """
    result = union(one, other)
    enums = {getattr(one, "enum", ""), getattr(other, "enum", "")}
    is_any = isinstance(one, AnyValue) or isinstance(other, AnyValue)
    if not is_any and (isinstance(result, AnyValue) or len(enums) > 1):
        message = f"nothing can be {with_article(one)} and {with_article(other)}"
        raise ExpressionError(message, offset, "Q906")
    return result
