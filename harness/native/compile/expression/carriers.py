"""Which C type carries a value of each static type, and how one becomes another."""

from __future__ import annotations

import struct

from harness.schema.types import (
    AnyValue,
    BoolValue,
    BytesValue,
    IntValue,
    ListValue,
    StreamValue,
    StructValue,
    TextValue,
    ValueType,
)

_POINTERS = ("hv_node *", "hv_list *", "hv_stream *")
_UNBOXED = {
    "int64_t": "{}.as.i",
    "uint64_t": "{}.as.u",
    "int": "({}.as.i != 0)",
    "hv_slice": "((hv_slice){{{0}.as.p, {0}.n}})",
    "hv_node *": "{}.as.node",
    "hv_list *": "{}.as.list",
    "hv_stream *": "{}.as.stream",
    "hv_val": "{}",
}
_NOTHING = {
    "hv_slice": "{NULL, 0u}",
    "hv_val": "hv_missing(HV_UNREAD)",
    **dict.fromkeys(_POINTERS, "NULL"),
}


def carrier_of(type_: ValueType) -> str:
    """Return the C type of values of a static type.

    A float is an `hv_val`: where an integer and a float are alternatives, it may be either.
    """
    match type_:
        case IntValue(low=low) if type_.is_u64:
            return "uint64_t" if low >= 0 else "hv_val"
        case IntValue():
            return "int64_t"
        case BoolValue():
            return "int"
        case TextValue() | BytesValue():
            return "hv_slice"
        case StructValue():
            return "hv_node *"
        case ListValue():
            return "hv_list *"
        case StreamValue():
            return "hv_stream *"
        case _:
            return "hv_val"


def declared(carrier: str, name: str) -> str:
    """Return the declarator of a variable."""
    return f"{carrier}{name}" if carrier.endswith("*") else f"{carrier} {name}"


def nothing(carrier: str) -> str:
    """Return what a variable begins as."""
    return _NOTHING.get(carrier, "0")


def unboxed(code: str, type_: ValueType) -> str:
    """Return what carries the value of an `hv_val` that is there; `code` is a name or member."""
    return _UNBOXED[carrier_of(type_)].format(code)


def boxed(code: str, type_: ValueType) -> str:
    """Return a value as an `hv_val`; `code` is a name."""
    match carrier_of(type_):
        case "int64_t":
            return f"hv_int({code})"
        case "uint64_t":
            return f"hv_uint({code})"
        case "int":
            return f"hv_bool({code})"
        case "hv_slice":
            kind = "text" if isinstance(type_, TextValue) else "bytes"
            return f"hv_{kind}({code}.p, {code}.n)"
        case "hv_node *":
            return f"hv_of_node({code})"
        case "hv_list *":
            return f"hv_of_list({code})"
        case "hv_stream *":
            return f"hv_of_stream({code})"
        case _:
            return code


def carried(code: str, found: ValueType, wanted: ValueType) -> str:
    """Return a value of one type in what carries another, which holds it; `code` is a name."""
    ours, theirs = carrier_of(found), carrier_of(wanted)
    if ours == theirs:
        return code
    if theirs == "hv_val":
        return boxed(code, found)
    if ours == "hv_val":
        return unboxed(code, wanted)
    return f"({theirs}){code}"


def integer(value: int, *, is_u64: bool) -> str:
    """Return an integer literal."""
    if is_u64:
        return f"UINT64_C({value})"
    if value == -(1 << 63):
        return "INT64_MIN"
    return f"INT64_C({value})" if value >= 0 else f"(-INT64_C({-value}))"


def floating(value: float) -> str:
    """Return a float as an `hv_val`."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return f"hv_real(hv_float_of(UINT64_C({bits:#x})))"


def is_number(type_: ValueType) -> bool:
    """Whether a type is carried as `hv_val` though it is not of any kind."""
    return carrier_of(type_) == "hv_val" and not isinstance(type_, AnyValue)
