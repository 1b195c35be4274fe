"""What stands where: structures, their members, items, streams and offsets."""

from __future__ import annotations

from harness.native.compile.expression.body import Body
from harness.native.compile.expression.carriers import boxed, carrier_of, unboxed
from harness.schema.expression import typed
from harness.schema.types import AnyValue, BytesValue, ListValue, StructValue, ValueType

_MYSELF = typed.Self(type=StructValue())


# structures


def root(body: Body, node: typed.Root, own_file: str) -> str:
    """`_root`."""
    if node.base is None and node.type == StructValue(own_file):
        found = body.constant("hv_node *", "self->stream->session->root")
    else:
        base = body.value(node.base or _MYSELF)
        found = body.constant("hv_node *", f"hv_top_of_file({base})")
    body.unless(f"{found} != NULL", body.unknown("_root"))
    return found


def parent(body: Body, node: typed.Parent, *, is_plain: bool) -> str:
    """`_parent`."""
    base = body.named(node.base)
    above = f"{base}->parent" if is_plain else f"hv_parent_of({base})"
    found = body.constant("hv_node *", above)
    body.let_go(base)
    body.unless(f"{found} != NULL", body.unknown("_parent"))
    return found


# members


def field(body: Body, node: typed.Field) -> str:
    """A parameter, attribute or instance of a structure whose type is known."""
    slot = body.unit.slots.of(node.owner, node.name)
    base = body.named(node.base)
    held = _present(body, node, base, slot)
    if held:
        found = body.constant(carrier_of(node.type), unboxed(f"{held}->v", node.type))
    else:
        found = _loaded(body, node, base, slot)
    body.let_go(base)
    return found


def _present(body: Body, node: typed.Field, base: str, slot: int) -> str:
    """Give up unless a slot holds its value; return its cell, empty where it has none."""
    name = body.unit.name(node.name)
    cell = body.layouts.of(node.owner).cell(slot)
    present = f"hv_present(c, {base}, {slot}u, {name}u)"
    if cell is None:
        body.unless(f"{base}->got > {slot}u", present)
        return ""
    held = body.constant("hv_cell *", f"&HV_CELLS({base})[{cell}]", "cell")
    with body.block(f"if ({held}->v.state != HV_PRESENT)"):
        body.attempt(present)
    return held


def _loaded(body: Body, node: typed.Field, base: str, slot: int) -> str:
    """A value of the group at the start of a structure."""
    layout, carrier = body.layouts.of(node.owner), carrier_of(node.type)
    load, order, width = layout.load(slot), layout.order(slot), layout.width(slot)
    inherited = f"({base}->flags & HV_IS_BIG) != 0"
    is_big = {"HV_LITTLE": "0", "HV_BIG": "1"}.get(order, inherited)
    at = f"{base}->stream->data + {base}->start + {layout.offset(slot)}u"
    if carrier == "hv_val":
        return body.constant(carrier, f"hv_load({at}, {width}u, {load}, {is_big})")
    if load == "HV_LOAD_BYTES":
        return body.constant(carrier, f"{{{at}, {width}u}}")
    taken = "hv_signed" if load == "HV_LOAD_SIGNED" else "hv_unsigned"
    return body.constant(carrier, f"({carrier}){taken}({at}, {width}u, {is_big})")


def joined(body: Body, node: typed.Joined) -> str:
    """What a `-refers-to … as` found."""
    base = body.named(node.base)
    owner = node.base.type.name if isinstance(node.base.type, StructValue) else ""
    cell = body.layouts.of(owner).join_cell(node.name)
    held = body.constant("hv_cell *", f"&HV_CELLS({base})[{cell}]", "cell")
    missing = body.unknown(node.name, is_reported=True)
    body.unless(f"{held}->v.state == HV_PRESENT", missing)
    return body.once(carrier_of(node.type), unboxed(f"{held}->v", node.type))


# elements


def element(body: Body, node: typed.At) -> str:
    """`base[index]`."""
    whole = body.named(node.base)
    index = body.named(node.index)
    match node.base.type:
        case ListValue():
            _check_index(body, node.index, index, f"{whole}->count", whole)
            return item(body, whole, f"(uint32_t){_as_index(node.index, index)}", node.type)
        case BytesValue():
            _check_index(body, node.index, index, f"{whole}.n", "NULL")
            found = f"(int64_t){whole}.p[{_as_index(node.index, index)}]"
            return body.constant("int64_t", found)
    box = body.once("hv_val", boxed(whole, node.base.type))
    place = body.once("hv_val", boxed(index, node.index.type))
    found = body.variable("hv_val")
    message = body.no_list()
    body.attempt(f"hv_element(c, {box}, {place}, {message}u, &{found})")
    return unboxed(found, node.type)


def _as_index(node: typed.Expr, index: str) -> str:
    return f"{index}.as.u" if carrier_of(node.type) == "hv_val" else index


def _check_index(body: Body, node: typed.Expr, index: str, count: str, whole: str) -> None:
    """Give up unless an index is one of `count` elements."""
    match carrier_of(node.type):
        case "int64_t":
            condition = f"{index} >= 0 && hv_is_less((uint64_t){index}, {count})"
        case "uint64_t":
            condition = f"hv_is_less({index}, {count})"
        case _:
            condition = f"hv_is_below({index}, {count})"
    place = boxed(index, node.type)
    body.unless(condition, f"hv_no_element(c, {whole}, {place}, {count})")


def item(body: Body, whole: str, index: str, type_: ValueType) -> str:
    """Return item `index` of a list, which it has; give up where it is missing."""
    if is_ephemeral(body, type_):
        return loaded_item(body, whole, index, type_)
    box = body.constant("hv_val", f"hv_look({whole}, {index})")
    body.unless(f"{box}.state == HV_PRESENT", "hv_unknown(c, HV_N_LIST, 1)")
    return unboxed(box, type_)


def is_ephemeral(body: Body, type_: ValueType) -> bool:
    """Whether items of lists of a type are loaded when they are looked at."""
    is_struct = isinstance(type_, StructValue) and type_.name != ""
    return is_struct and body.layouts.of(type_.name).is_ephemeral  # type: ignore[union-attr]  # is_struct


def loaded_item(body: Body, whole: str, index: str, type_: ValueType) -> str:
    """Return an item that is no longer than the function runs."""
    if not isinstance(type_, StructValue):
        raise TypeError(type_)
    carrier = f"hv_rec_{body.unit.type_numbers[type_.name]}"
    room = body.room(carrier)
    found = body.constant("hv_node *", f"hv_item_node({whole}, {index}, &{room}.head)")
    body.stands_in(found, (carrier, room))
    return found


# streams and offsets


def stream_property(body: Body, node: typed.StreamProperty) -> str:
    """`size`, `pos` or `eof` of a stream."""
    base = body.named(node.base)
    match node.name:
        case "size":
            return body.constant("int64_t", f"(int64_t){base}->end - (int64_t){base}->start")
        case "pos":
            return body.constant("int64_t", f"(int64_t){base}->position - (int64_t){base}->start")
        case _:
            return body.constant("int", f"hv_at_end({base})")


def offset(body: Body, node: typed.Offset) -> str:
    """`_start`, `_end`, `_sizeof`: the value must be there, though only its place is asked for."""
    base = node.base.base if isinstance(node.base, typed.Cast) else node.base
    if isinstance(base, typed.Field) and base.owner:
        slot = body.unit.slots.of(base.owner, base.name)
        holder = body.named(base.base)
        _present(body, base, holder, slot)
        place = f"hv_at({holder}, {slot}, -1)"
        pointer = holder
    else:
        pointer = body.named(base)
        box = body.once("hv_val", boxed(pointer, base.type))
        no_structure = body.fault("B210", ("a structure",), (body.word(),), box)
        if isinstance(base.type, AnyValue) or not isinstance(base.type, StructValue):
            body.unless(f"{box}.tag == HV_NODE", no_structure)
        place = f"hv_at({box}.as.node, -1, -1)"
    found = _measured(body, node.which, place)
    body.let_go(pointer)
    return found


def _measured(body: Body, which: str, place: str) -> str:
    if which == "sizeof":
        return body.constant("int64_t", f"hv_size_of({place})")
    found = body.variable("int64_t")
    message = body.unit.message("S117", (), (f"_{which}",))
    is_end = int(which == "end")
    body.attempt(f"hv_offset_of(c, {place}, {is_end}, {message}u, &{found})")
    return found
