"""What the text after `type:` says: a primitive with its width and byte order, or a type's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from harness.schema.expression.parser import parse_type_call
from harness.schema.expression.signatures import primitive_type
from harness.schema.expression.syntax import Syntax
from harness.schema.types import BytesValue, ValueType

_NUMBER: Final = re.compile(r"([us])([1248])(le|be)?|f([48])(le|be)?")
_BITS: Final = re.compile(r"b([1-9][0-9]?)(le|be)?")


@dataclass(frozen=True, slots=True)
class Number:
    """An integer or float; `order` is empty when the schema's default decides."""

    kind: Literal["unsigned", "signed", "float"]
    width: int
    order: Literal["", "le", "be"]


@dataclass(frozen=True, slots=True)
class Bits:
    """A bit field of 1 to 64 bits."""

    width: int
    order: Literal["", "le", "be"]


@dataclass(frozen=True, slots=True)
class Text:
    """`str`, or `strz` with its implied zero terminator."""

    is_zero_terminated: bool


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes: no type at all."""


@dataclass(frozen=True, slots=True)
class Named:
    """A type of the schema, with arguments."""

    name: str
    arguments: tuple[Syntax, ...]


Shape = Number | Bits | Text | Raw | Named


def shape_of(text: str | None) -> Shape:
    """Return what `type: text` means (None: no `type` key).

    Raises:
        ExpressionError: when it is neither a primitive nor `name(arguments)`.
    """
    if text is None:
        return Raw()
    number = _NUMBER.fullmatch(text)
    if number and not (number[2] == "1" and number[3]):
        order = number[3] or number[5] or ""
        if number[4]:
            return Number("float", int(number[4]), order)  # type: ignore[arg-type]  # from the pattern
        kind: Literal["unsigned", "signed"] = "signed" if number[1] == "s" else "unsigned"
        return Number(kind, int(number[2]), order)  # type: ignore[arg-type]  # from the pattern
    bits = _BITS.fullmatch(text)
    if bits and int(bits[1]) <= 64:
        return Bits(int(bits[1]), bits[2] or "")  # type: ignore[arg-type]  # from the pattern
    if text in ("str", "strz"):
        return Text(text == "strz")
    return Named(*parse_type_call(text))


def shape_type(shape: Number | Bits | Text | Raw) -> ValueType:
    """Return the value type of a primitive."""
    match shape:
        case Number(kind="float"):
            name = "f8"
        case Number(kind=kind, width=width):
            name = f"{kind[0]}{width}"
        case Bits(width=width):
            name = f"b{width}"
        case Text():
            name = "str"
        case Raw():
            return BytesValue()
    return cast("ValueType", primitive_type(name))
