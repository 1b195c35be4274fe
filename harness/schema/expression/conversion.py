"""Which types fit where; where only reading can tell, a cast checks it then."""

from __future__ import annotations

from harness.schema.expression import typed
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.signatures import BYTE, CODE_POINT, INTEGER
from harness.schema.types import (
    AnyValue,
    BoolValue,
    BytesValue,
    FloatValue,
    IntValue,
    ListValue,
    StreamValue,
    StructValue,
    TextValue,
    ValueType,
    with_article,
)

# What a value of varying type is checked to be where one of this kind is wanted.
_REPRESENTATIVES: dict[type, ValueType] = {
    IntValue: INTEGER,
    FloatValue: FloatValue(),
    BoolValue: BoolValue(),
    TextValue: TextValue(),
    BytesValue: BytesValue(),
    StructValue: StructValue(),
    StreamValue: StreamValue(),
    ListValue: ListValue(AnyValue()),
}


def required(found: typed.Expr, kind: type, offset: int, wanted: str) -> typed.Expr:
    """Return `found` as an expression of the kind of type `kind`.

    Args:
        found: the expression at hand.
        kind: one of the classes of `harness.schema.types`, `AnyValue` excepted.
        offset: where it stands in the text.
        wanted: the kind in words.

    Raises:
        ExpressionError: when it can never be of that kind.
    """
    if isinstance(found.type, kind):
        return found
    if isinstance(found.type, AnyValue):
        return typed.Cast(type=_REPRESENTATIVES[kind], base=found)
    message = f"{wanted} is wanted, this is {with_article(found.type)}"
    raise ExpressionError(message, offset, "Q906")


def converted(found: typed.Expr, target: ValueType, offset: int) -> typed.Expr:
    """Return `found` as a value of the type `target`: cast where reading must check it.

    Raises:
        ExpressionError: when it can never be one.
    """
    if _is_always(found.type, target):
        return found
    if _can_be(found.type, target):
        return typed.Cast(type=target, base=found)
    message = f"{with_article(target)} is wanted, this is {with_article(found.type)}"
    raise ExpressionError(message, offset, "Q906")


def _is_always(found: ValueType, target: ValueType) -> bool:
    """Whether every value of the one type is a value of the other."""
    match found, target:
        case _, AnyValue():
            return True
        case IntValue(), IntValue():
            return target.low <= found.low and found.high <= target.high
        case StructValue(), StructValue():
            return target.name in ("", found.name)
        case ListValue(item=item), ListValue(item=wanted):
            return _is_always(item, wanted)
        case _:
            return found == target


def _can_be(found: ValueType, target: ValueType) -> bool:
    """Whether some value of the one type is, or turns into, a value of the other."""
    match found, target:
        case AnyValue(), _:
            return True
        case IntValue(), (IntValue() | FloatValue()):
            return True
        case StructValue(name=name), StructValue():
            return not name
        case ListValue(item=item), ListValue(item=wanted):
            return _can_be(item, wanted) or _is_always(item, wanted)
        case _:
            return type(found) is type(target)


def element_of(base: typed.Expr, offset: int) -> ValueType:
    """Return the type of the elements of a list, of bytes or of a string.

    Raises:
        ExpressionError: when the expression has no elements.
    """
    match base.type:
        case ListValue(item=item):
            return item
        case BytesValue():
            return BYTE
        case TextValue():
            return CODE_POINT
        case AnyValue():
            return AnyValue()
        case other:
            raise ExpressionError(f"{with_article(other)} has no elements", offset, "Q906")


def all_of(types: tuple[ValueType, ...], *kinds: type) -> bool:
    """Whether each type is of one of the kinds, or may turn out to be."""
    return all(isinstance(type_, (*kinds, AnyValue)) for type_ in types)


def is_ordered(type_: ValueType) -> bool:
    """Whether values of the type come before or after one another."""
    return isinstance(type_, IntValue | FloatValue | TextValue | BytesValue | AnyValue)


def comparable(operator: str, left: ValueType, right: ValueType) -> bool:
    """Whether values of the two types can be compared with `operator`."""
    match left, right:
        case (AnyValue(), _) | (_, AnyValue()):
            return True
        case IntValue(), IntValue():
            return left.enum == right.enum and (not left.enum or operator in ("==", "!="))
        case ((IntValue() | FloatValue()), (IntValue() | FloatValue())):
            return True
        case (BoolValue(), BoolValue()) | (StructValue(), StructValue()):
            return operator in ("==", "!=")
        case ListValue(item=item), ListValue(item=other):
            return operator in ("==", "!=") and comparable("==", item, other)
        case _:
            return type(left) is type(right) and isinstance(left, TextValue | BytesValue)
