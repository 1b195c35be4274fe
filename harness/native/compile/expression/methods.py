"""Methods, members that only reading finds, and values put together."""

from __future__ import annotations

from typing import Final

from harness.native.compile.encodings import ENCODINGS
from harness.native.compile.expression import places
from harness.native.compile.expression.body import Body
from harness.native.compile.expression.carriers import unboxed
from harness.schema.encodings import codec_of
from harness.schema.expression import typed
from harness.schema.types import AnyValue, BytesValue, IntValue, ListValue, StructValue

_METHODS: Final = (
    "length", "size", "first", "last", "min", "max", "reverse", "substring", "to_i", "to_s", "pos",
    "eof",
)  # fmt: skip


def method(body: Body, node: typed.Method) -> str:
    """The result of a method."""
    kind = node.base.type
    if node.name in ("size", "length") and not isinstance(kind, StructValue | AnyValue):
        return _size(body, node)
    if node.name == "to_i" and isinstance(kind, IntValue):
        return body.as_type(node.base, node.type)
    is_loaded = isinstance(kind, ListValue) and places.is_ephemeral(body, kind.item)
    if is_loaded and node.name in ("first", "last"):
        return _end(body, node)
    arguments = [body.boxed(argument) for argument in node.arguments]
    return _called(body, node, node.name, arguments)


def member(body: Body, node: typed.Field) -> str:
    """A member of a value whose type only reading tells."""
    return _called(body, node, node.name, [])


def _size(body: Body, node: typed.Method) -> str:
    whole = body.named(node.base)
    match node.base.type:
        case ListValue():
            body.attempt(f"hv_complete(c, {whole})")
            return body.constant("int64_t", f"(int64_t){whole}->count")
        case BytesValue():
            return body.constant("int64_t", f"(int64_t){whole}.n")
        case _:
            return body.constant("int64_t", f"(int64_t)hv_length(c, {whole})")


def _end(body: Body, node: typed.Method) -> str:
    """The first or last item of a list whose items are loaded when they are looked at."""
    whole = body.named(node.base)
    if node.name == "last":
        body.attempt(f"hv_complete(c, {whole})")
    index = "0u" if node.name == "first" else f"{whole}->count - 1u"
    place = "hv_int(0)" if node.name == "first" else "hv_int(-1)"
    failure = f"hv_no_element(c, {whole}, {place}, 0u)"
    body.unless(f"{whole}->count > 0u", failure)
    return places.loaded_item(body, whole, index, node.type)


def _called(body: Body, node: typed.Method | typed.Field, name: str, arguments: list[str]) -> str:
    """Call a method by its number on a value in an `hv_val`, or take a member."""
    box = body.boxed(node.base)
    given = "NULL"
    if arguments:
        given = body.room_of("hv_val", len(arguments))
        for number, argument in enumerate(arguments):
            body.line(f"{given}[{number}] = {argument};")
    found = body.variable("hv_val")
    asked = _asked(body, node, name)
    body.attempt(f"hv_call(c, self, &{asked}, {box}, {given}, {len(arguments)}u, &{found})")
    return unboxed(found, node.type)


def _asked(body: Body, node: typed.Method | typed.Field, name: str) -> str:
    """Return what is asked of a value: its names, and what is said where it has none such."""
    words, unit = body.word(), body.unit
    code, wanted = ("B209", "a number") if name == "to_i" else ("B210", f"fit for `{name}`")
    number = f"HV_DO_{name.upper()}" if name in _METHODS else "HV_DO_NOTHING"
    parts = (
        body.members.number(name),
        unit.name(name),
        unit.message("B210", (f"a structure with `{name}`",), (words,)),
        unit.message("B210", (f"a value with `{name}`",), (words,)),
        unit.message(code, (wanted,), (words,)),
        unit.name("no elements"),
    )
    numbers = ", ".join(f"{part}u" for part in parts)
    return f"(hv_asked){{{number}, {numbers}, {_encoding(node)}}}"


def _encoding(node: typed.Method | typed.Field) -> str:
    """Return which encoding bytes are decoded from, where the schema says it."""
    if isinstance(node, typed.Method) and len(node.arguments) == 1:
        named = node.arguments[0]
        if isinstance(named, typed.Constant):
            known = ENCODINGS.get(codec_of(str(named.value)) or "")
            return known.decoder if known is not None else "-1"
    return "-1"


# values put together


def list_of(body: Body, node: typed.ListOf) -> str:
    """A list literal."""
    found = body.constant("hv_list *", "hv_new_list(c, NULL, 0u, HV_LIST_CELLS, NULL, 0u)")
    body.unless(f"{found} != NULL", "HV_STOPPED")
    for item in node.items:
        body.attempt(f"hv_append_value(c, {found}, {body.boxed(item)})")
    return found


def join(body: Body, node: typed.Join) -> str:
    """A format string."""
    pieces = []
    for piece in node.pieces:
        text = body.named(piece)
        body.attempt(f"hv_output(c, self, (int64_t)hv_characters({text}))")
        pieces.append(text)
    if not pieces:
        return body.constant("hv_slice", "{NULL, 0u}")
    given = body.room_of("hv_slice", len(pieces))
    for number, text in enumerate(pieces):
        body.line(f"{given}[{number}] = {text};")
    found = body.variable("hv_slice")
    body.attempt(f"hv_join(c, {given}, {len(pieces)}u, &{found})")
    return found
