"""Casts: a value must turn out to be what the schema takes it for."""

from __future__ import annotations

from harness.native.compile.expression.body import Body
from harness.native.compile.expression.carriers import (
    boxed,
    carried,
    carrier_of,
    integer,
    unboxed,
)
from harness.native.compile.words import Word
from harness.schema.expression import typed
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

_TAGS = {
    BoolValue: "HV_BOOL", TextValue: "HV_TEXT", BytesValue: "HV_BYTES", StreamValue: "HV_STREAM",
}  # fmt: skip


def cast(body: Body, node: typed.Cast) -> str:
    """`base.as<type>`, and what stands where a value of another type was found."""
    found, target = node.base.type, node.type
    value = body.named(node.base)
    if _needs_no_check(found, target):
        return carried(value, found, target)
    text = body.unit.text(node.base)
    if isinstance(found, ListValue) and isinstance(target, BytesValue):
        return _packed(body, value, text)
    if isinstance(found, IntValue) and isinstance(target, IntValue):
        _check_range(body, value, found, target, text)
        return carried(value, found, target)
    box = body.once("hv_val", boxed(value, found))
    if isinstance(target, FloatValue):
        body.unless(f"hv_is_number({box})", _mistyped(body, box, "a float", text))
        return body.constant("hv_val", f"hv_real(hv_as_float({box}))")
    check(body, box, target, text)
    return unboxed(box, target)


def _needs_no_check(found: ValueType, target: ValueType) -> bool:
    match found, target:
        case _, AnyValue():
            return True
        case IntValue(), IntValue():
            return target.low <= found.low and found.high <= target.high
        case _:
            return found == target


def _mistyped(body: Body, box: str, wanted: str, text: str) -> str:
    """Return a call that reports a value of the wrong kind."""
    return body.fault("B210", (wanted,), (f"`{text}`, ", Word(0, "kind"), ","), box)


# integers


def _check_range(body: Body, value: str, found: IntValue, target: IntValue, text: str) -> None:
    """Give up unless an integer of one range lies in another."""
    carrier = carrier_of(found)
    wanted = body.fault(
        "B206", (_range_name(target),), (f"{text} = ", Word(0, "plain")), boxed(value, found)
    )
    if carrier == "hv_val":
        body.unless(_within(value, target), wanted)
        return
    is_u64 = carrier == "uint64_t"
    if target.low > found.low:
        body.unless(f"{value} >= {integer(target.low, is_u64=is_u64)}", wanted)
    if target.high < found.high:
        body.unless(f"{value} <= {integer(target.high, is_u64=is_u64)}", wanted)


def _range_name(target: IntValue) -> str:
    low, high = target.low, target.high
    if (low, high) == (S64_MIN, S64_MAX):
        return "s64"
    return f"{'s' if low < 0 else 'u'}{(high - low).bit_length()}"


def _within(box: str, target: IntValue) -> str:
    """Return whether an integer as `hv_val` lies in a range, but for tests that always hold."""
    if target.low < 0 and target.high == U64_MAX:
        return "1"
    is_u64 = target.high > S64_MAX
    member, least, most = (".as.u", 0, U64_MAX) if is_u64 else (".as.i", S64_MIN, S64_MAX)
    tests = [f"hv_is_unsigned({box})" if is_u64 else f"{box}.tag == HV_INT"]
    if target.low > least:
        tests.append(f"{box}{member} >= {integer(target.low, is_u64=is_u64)}")
    if target.high < most:
        tests.append(f"{box}{member} <= {integer(target.high, is_u64=is_u64)}")
    return " && ".join(tests)


# values of kinds that only reading tells


def check(body: Body, box: str, target: ValueType, text: str) -> None:
    """Give up unless a value is of a type; `box` is the name of an `hv_val`."""
    match target:
        case IntValue():
            failure = _mistyped(body, box, "an integer", text)
            body.unless(f"{box}.tag == HV_INT || {box}.tag == HV_UINT", failure)
            wanted = (_range_name(target),)
            words = (f"{text} = ", Word(0, "plain"))
            body.unless(_within(box, target), body.fault("B206", wanted, words, box))
        case FloatValue():
            body.unless(f"hv_is_number({box})", _mistyped(body, box, "a float", text))
        case StructValue(name=name):
            failure = _mistyped(body, box, f"a `{name}`" if name else "a structure", text)
            condition = f"{box}.tag == HV_NODE"
            if name:
                number = body.unit.type_numbers[name]
                condition += f" && {box}.as.node->type->id == {number}u"
            body.unless(condition, failure)
        case ListValue(item=item):
            body.unless(f"{box}.tag == HV_LIST", _mistyped(body, box, "a list", text))
            if not isinstance(item, AnyValue):
                _check_items(body, f"{box}.as.list", item, text)
        case AnyValue():
            return
        case _:
            failure = _mistyped(body, box, with_article(target), text)
            body.unless(f"{box}.tag == {_TAGS[type(target)]}", failure)


def _check_items(body: Body, whole: str, item: ValueType, text: str) -> None:
    body.attempt(f"hv_look_at_all(c, {whole})")
    index = body.name("i")
    with body.block(f"for (uint32_t {index} = 0; {index} < {whole}->count; {index}++)"):
        each = body.constant("hv_val", f"hv_look({whole}, {index})")
        body.line(f"if ({each}.state != HV_PRESENT) continue;")
        check(body, each, item, text)


def _packed(body: Body, whole: str, text: str) -> str:
    """Integers as bytes."""
    body.attempt(f"hv_complete(c, {whole})")
    room = body.constant("uint8_t *", f"hv_take(c, {whole}->count)")
    body.unless(f"{room} != NULL", "HV_STOPPED")
    index = body.name("i")
    with body.block(f"for (uint32_t {index} = 0; {index} < {whole}->count; {index}++)"):
        each = body.constant("hv_val", f"hv_look({whole}, {index})")
        body.unless(f"{each}.state == HV_PRESENT", body.unknown("an element", is_reported=True))
        check(body, each, BYTE, text)
        body.line(f"{room}[{index}] = (uint8_t){each}.as.u;")
    return body.constant("hv_slice", f"{{{room}, {whole}->count}}")
