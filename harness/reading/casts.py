"""Casts: a value must turn out to be what the schema takes it for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from harness.reading.faults import Fault, Unknown
from harness.reading.methods import complete
from harness.reading.stream import Stream
from harness.reading.tree import ListNode, Missing, StructNode
from harness.schema.expression.signatures import BYTE
from harness.schema.types import (
    S64_MAX,
    S64_MIN,
    U64_MAX,
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

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate, Words

Convert = Callable[[Any, "Words"], Any]

_CLASSES: Final[dict[type, type]] = {
    BoolValue: bool,
    TextValue: str,
    BytesValue: bytes,
    StreamValue: Stream,
}


def cast(base: Evaluate, found: ValueType, target: ValueType, text: Words) -> Evaluate:
    """Return a closure that gives the value of `base` as one of `target`, or raises Fault.

    Args:
        base: the value.
        found: what the schema knows of it.
        target: what it must be.
        text: the value in words, for the message.
    """
    if _needs_no_check(found, target):
        return base
    is_packing = isinstance(found, ListValue) and isinstance(target, BytesValue)
    convert = _packed if is_packing else _conversion(target)

    def converted(node: StructNode, bound: Bound) -> Any:
        return convert(base(node, bound), text)

    return converted


def widened(target: ValueType) -> ValueType:
    """Return `target` as Kaitai's parsers take it, who hold no integer against a width."""
    return IntValue(S64_MIN, U64_MAX) if isinstance(target, IntValue) else target


def _needs_no_check(found: ValueType, target: ValueType) -> bool:
    match found, target:
        case _, AnyValue():
            return True
        case IntValue(), IntValue():
            return target.low <= found.low and found.high <= target.high
        case _:
            return found == target


def _conversion(target: ValueType) -> Convert:
    match target:
        case IntValue():
            return _integer(target)
        case FloatValue():
            return _float
        case StructValue(name=name):
            return _structure(name)
        case ListValue(item=item):
            return _list(item)
        case _:
            return _instance_of(_CLASSES.get(type(target), object), with_article(target))


def mistyped(text: Words, value: object, wanted: str) -> Fault:
    """Return what to report when a value is of the wrong kind."""
    return Fault("B210", wanted, f"`{text()}`, {_kind_of(value)},")


def _kind_of(value: object) -> str:
    if isinstance(value, StructNode):
        return a_structure(value.plan.type.name)
    return KINDS.get(type(value), "something else")


def a_structure(name: str) -> str:
    """Return what a structure of the type `name` is called."""
    return f"a `{name}`"


KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {
        bool: "a boolean",
        int: "an integer",
        float: "a float",
        str: "a string",
        bytes: "a byte array",
        ListNode: "a list",
        Stream: "a stream",
    }
)
"""What each class of value is called."""


def _integer(target: IntValue) -> Convert:
    low, high = target.low, target.high
    bits = (high - low).bit_length()
    wanted = {(S64_MIN, S64_MAX): "s64"}.get((low, high), f"{'s' if low < 0 else 'u'}{bits}")

    def integer(value: Any, text: Words) -> int:
        if value.__class__ is not int:
            raise mistyped(text, value, "an integer")
        if not low <= value <= high:
            raise Fault("B206", wanted, f"{text()} = {value}")
        number: int = value
        return number

    return integer


def _float(value: Any, text: Words) -> float:
    if value.__class__ is not float and value.__class__ is not int:
        raise mistyped(text, value, "a float")
    return float(value)


def _packed(value: Any, text: Words) -> bytes:
    """Integers as bytes."""
    return bytes(_byte_of(item, text) for item in complete(value))


def _byte_of(item: Any, text: Words) -> int:
    if isinstance(item, Missing):
        raise Unknown("an element", is_reported=True)
    byte: int = _BYTE(item, text)
    return byte


def _structure(name: str) -> Convert:
    wanted = a_structure(name) if name else "a structure"

    def structure(value: Any, text: Words) -> StructNode:
        if not isinstance(value, StructNode) or (name and value.plan.type.name != name):
            raise mistyped(text, value, wanted)
        return value

    return structure


def _list(item: ValueType) -> Convert:
    convert = None if isinstance(item, AnyValue) else _conversion(item)

    def converted(value: Any, text: Words) -> ListNode:
        if not isinstance(value, ListNode):
            raise mistyped(text, value, "a list")
        if convert is not None:
            items = complete(value)
            if value.node is not None:
                value.node.stream.session.steps.take(len(items), value.node, value.slot)
            for element in items:
                if not isinstance(element, Missing):
                    convert(element, text)
        return value

    return converted


def _instance_of(kind: type, wanted: str) -> Convert:
    def same(value: Any, text: Words) -> Any:
        if not isinstance(value, kind):
            raise mistyped(text, value, wanted)
        return value

    return same


_BYTE: Final = _integer(BYTE)
