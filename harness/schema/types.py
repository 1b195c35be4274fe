"""Types of values in expressions, with the range of each integer where it is known."""

from __future__ import annotations

from typing import Final

import msgspec

S64_MIN: Final = -(1 << 63)
S64_MAX: Final = (1 << 63) - 1
U64_MAX: Final = (1 << 64) - 1


class IntValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """An integer in `[low, high]`: u64 when `high` exceeds s64, else s64."""

    low: int = S64_MIN
    high: int = S64_MAX
    enum: str = ""

    @property
    def is_u64(self) -> bool:
        """Whether the value needs the unsigned type."""
        return self.high > S64_MAX


class FloatValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """An IEEE 754 double."""


class BoolValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """True or false."""


class TextValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A decoded string."""


class BytesValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A byte array."""


class StructValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A node of the type named; an empty name is a node of a type known only when reading."""

    name: str = ""


class ListValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A repeated value."""

    item: ValueType


class StreamValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A stream: `_io`."""


class AnyValue(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A value whose type depends on the content (a switch over unlike types)."""


ValueType = (
    IntValue | FloatValue | BoolValue | TextValue | BytesValue | StructValue | ListValue
    | StreamValue | AnyValue
)  # fmt: skip


def describe(type_: ValueType) -> str:
    """Return the type in words, for messages."""
    match type_:
        case IntValue(enum=enum):
            return f"enum `{enum}`" if enum else "integer"
        case StructValue(name=name):
            return f"`{name}`" if name else "structure"
        case ListValue(item=item):
            return f"list of {describe(item)}"
        case FloatValue():
            return "float"
        case BoolValue():
            return "boolean"
        case TextValue():
            return "string"
        case BytesValue():
            return "byte array"
        case StreamValue():
            return "stream"
        case AnyValue():
            return "value of varying type"


def with_article(type_: ValueType) -> str:
    """Return the type in words with its article, for sentences."""
    words = describe(type_)
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def union(left: ValueType, right: ValueType) -> ValueType:
    """Return the type that holds the values of both."""
    match left, right:
        case IntValue(), IntValue():
            enum = left.enum if left.enum == right.enum else ""
            return IntValue(min(left.low, right.low), max(left.high, right.high), enum)
        case ((IntValue() | FloatValue()), (IntValue() | FloatValue())):
            return FloatValue()
        case StructValue(), StructValue() if left != right:
            return StructValue()
        case ListValue(), ListValue():
            return ListValue(union(left.item, right.item))
        case _:
            return left if left == right else AnyValue()
