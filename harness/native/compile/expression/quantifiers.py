"""Quantifiers as loops: `all`, `any`, `count`, `sum`, `min`, `max`, `find` over elements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.native.compile.expression import making, places
from harness.native.compile.expression.body import Binding, Body
from harness.native.compile.expression.carriers import boxed, carrier_of
from harness.schema.expression import typed
from harness.schema.expression.signatures import LENGTH
from harness.schema.types import AnyValue, BytesValue, IntValue, ListValue, ValueType


def quantifier(body: Body, node: typed.Quantifier) -> str:
    """Return the value of a quantifier."""
    match node.name:
        case "all" | "any":
            return _decided(body, node, is_any=node.name == "any")
        case "count":
            return _counted(body, node)
        case "find":
            return _found(body, node)
        case "sum":
            return _total(body, node)
        case _:
            return _extreme(body, node)


@contextmanager
def elements(body: Body, node: typed.Quantifier) -> Iterator[Binding]:
    """Open a loop over the elements of `node.base`, its names bound; yield what `_` is."""
    base, whole = node.base.type, body.named(node.base)
    index = body.name("i")
    match base:
        case ListValue():
            body.attempt(f"hv_complete(c, {whole})")
            count = f"{whole}->count"
        case BytesValue():
            count = f"{whole}.n"
        case _:
            walk = body.room("hv_walk")
            box = body.once("hv_val", boxed(whole, base))
            body.attempt(f"hv_begin_walk(c, {box}, {body.no_list()}u, &{walk})")
            count = f"{walk}.count"
    body.attempt(f"hv_steps(c, self, (int64_t){count})")
    with body.block(f"for (uint32_t {index} = 0; {index} < {count}; {index}++)"):
        match base:
            case ListValue(item=kind):
                each = _item(body, whole, index, kind)
            case BytesValue():
                byte = body.constant("int64_t", f"{whole}.p[{index}]")
                each = Binding(byte, IntValue(0, 255))
            case AnyValue():
                box = body.constant("hv_val", f"hv_walk_on(&{walk}, {index})")
                each = Binding(box, AnyValue(), is_boxed=True)
            case _:
                point = body.constant("int64_t", f"hv_walk_on(&{walk}, {index}).as.i")
                each = Binding(point, IntValue(0, 0x10FFFF))
        body.line(f"(void){each.code};")
        level = making.begin(body, node.body)
        with body.binding({node.item: each, node.index: Binding(f"(int64_t){index}", LENGTH)}):
            yield each
        making.end(body, level)
    if node.name != "find":
        body.give_back(*each.rooms)


def _item(body: Body, whole: str, index: str, kind: ValueType) -> Binding:
    if places.is_ephemeral(body, kind):
        found = places.loaded_item(body, whole, index, kind)
        return Binding(found, kind, rooms=body.rooms_of(found))
    return Binding(body.constant("hv_val", f"hv_look({whole}, {index})"), kind, is_boxed=True)


# what is made of what the body says


def _decided(body: Body, node: typed.Quantifier, *, is_any: bool) -> str:
    found = body.variable("int", str(int(not is_any)))
    with elements(body, node):
        holds = body.value(node.body)
        with body.block(f"if ({'' if is_any else '!'}{holds})"):
            body.line(f"{found} = {int(is_any)};")
            body.line("break;")
    return found


def _counted(body: Body, node: typed.Quantifier) -> str:
    found = body.variable("int64_t")
    with elements(body, node):
        body.line(f"{found} += {body.value(node.body)} != 0;")
    return found


def _found(body: Body, node: typed.Quantifier) -> str:
    is_found = body.variable("int")
    carrier = _item_carrier(body, node.base.type)
    found = body.variable(carrier)
    with elements(body, node) as each, body.block(f"if ({body.value(node.body)})"):
        body.line(f"{found} = {each.code};")
        body.line(f"{is_found} = 1;")
        body.line("break;")
    body.unless(is_found, body.unknown("find"))
    body.stands_in(found, *each.rooms)
    return body.taken(found, "find", each.type) if each.is_boxed else found


def _item_carrier(body: Body, whole: ValueType) -> str:
    """Return what carries an element as it is bound."""
    match whole:
        case ListValue(item=kind) if places.is_ephemeral(body, kind):
            return carrier_of(kind)
        case ListValue() | AnyValue():
            return "hv_val"
        case _:
            return "int64_t"


def _total(body: Body, node: typed.Quantifier) -> str:
    kind = node.body.type
    total = body.variable("hv_total", "{0u, 0}")
    short = {"int64_t": "s64", "uint64_t": "u64"}.get(carrier_of(kind), "val")
    with elements(body, node):
        body.line(f"hv_add_{short}_to(&{total}, {body.value(node.body)});")
    is_u64 = carrier_of(node.type) == "uint64_t"
    found = body.variable(carrier_of(node.type))
    wanted = "u64" if is_u64 else "s64"
    failure = body.fault("B206", (wanted,), (body.unit.text(node),))
    body.unless(f"hv_{wanted}_total({total}, &{found})", failure)
    return found


def _extreme(body: Body, node: typed.Quantifier) -> str:
    carrier = carrier_of(node.type)
    is_found, found = body.variable("int"), body.variable(carrier)
    with elements(body, node):
        value = body.named(node.body)
        sides = (value, found) if node.name == "min" else (found, value)
        less = f"{sides[0]} < {sides[1]}"
        if carrier == "hv_val":
            less = f"hv_order_numbers({sides[0]}, {sides[1]}) < 0"
        body.line(f"if (!{is_found} || {less}) {found} = {value};")
        body.line(f"{is_found} = 1;")
    body.unless(is_found, body.unknown("no elements"))
    return found
