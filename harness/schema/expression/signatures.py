"""What values can do: primitives by name, methods by kind of value, names of quantifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.schema.types import (
    S64_MAX,
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
)

INTEGER: Final = IntValue()
LENGTH: Final = IntValue(0, S64_MAX)
BYTE: Final = IntValue(0, 255)
CODE_POINT: Final = IntValue(0, 0x10FFFF)
BOOLEAN: Final = BoolValue()

QUANTIFIERS: Final = frozenset({"all", "any", "count", "sum", "min", "max", "find"})

# argument types and result; the result None is the list's element type
Signature = tuple[tuple[ValueType, ...], ValueType | None]

_MEASURES: Final[Mapping[str, Signature]] = {"length": ((), LENGTH), "size": ((), LENGTH)}
_PICKS: Final = ("first", "last", "min", "max")

METHODS: Final[Mapping[type, Mapping[str, Signature]]] = {
    TextValue: {
        **_MEASURES,
        "reverse": ((), TextValue()),
        "substring": ((INTEGER, INTEGER), TextValue()),
        "to_i": ((), INTEGER),
        "to_s": ((), TextValue()),
    },
    BytesValue: {
        **_MEASURES,
        **dict.fromkeys(_PICKS, ((), BYTE)),
        "to_s": ((TextValue(),), TextValue()),
    },
    ListValue: {**_MEASURES, **dict.fromkeys(_PICKS, ((), None))},
    IntValue: {"to_s": ((), TextValue()), "to_i": ((), INTEGER)},
    FloatValue: {"to_i": ((), INTEGER)},
    BoolValue: {"to_i": ((), IntValue(0, 1))},
    StreamValue: {"size": ((), LENGTH), "pos": ((), LENGTH), "eof": ((), BOOLEAN)},
}
ALL_METHODS: Final = frozenset(name for methods in METHODS.values() for name in methods)


def primitive_type(name: str) -> ValueType | None:
    """Return the value type of a primitive written in a cast or as a parameter's type."""
    if name in _PRIMITIVES:
        return _PRIMITIVES[name]
    if len(name) in (2, 3) and name[0] == "b" and name[1:].isdecimal() and name.isascii():
        width = int(name[1:])
        if 1 <= width <= 64 and name[1] != "0":
            return BOOLEAN if name == "b1" else IntValue(0, (1 << width) - 1)
    return None


def _integer_type(width: int, *, signed: bool) -> IntValue:
    bits = width * 8
    if signed:
        return IntValue(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    return IntValue(0, (1 << bits) - 1)


_PRIMITIVES: Final[Mapping[str, ValueType]] = {
    "str": TextValue(), "strz": TextValue(), "bytes": BytesValue(), "bool": BOOLEAN,
    "struct": StructValue(), "any": AnyValue(),
    **{
        f"{sign}{width}{order}": _integer_type(width, signed=sign == "s")
        for sign in "us" for width in (1, 2, 4, 8) for order in ("", "le", "be")
        if not (width == 1 and order)
    },
    **{f"f{width}{order}": FloatValue() for width in (4, 8) for order in ("", "le", "be")},
}  # fmt: skip
