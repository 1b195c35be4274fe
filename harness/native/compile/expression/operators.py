"""Operators: checked 64-bit arithmetic, comparison, choice."""

from __future__ import annotations

from typing import Final

from harness.native.compile.expression.body import Body, Room
from harness.native.compile.expression.carriers import boxed, carried, carrier_of
from harness.schema.expression import ranges, typed
from harness.schema.types import (
    AnyValue,
    BoolValue,
    FloatValue,
    IntValue,
    ListValue,
    StreamValue,
    StructValue,
    TextValue,
    ValueType,
)

COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
# what an order of -1, 0, 1 or (not comparable) 2 must be
_OF_ORDER: Final = {
    "==": "{} == 0", "!=": "{} != 0", "<": "{} < 0", "<=": "{} <= 0", ">": "{} == 1",
    ">=": "({0} == 0 || {0} == 1)",
}  # fmt: skip
# by a function where compilers would find that it always holds
_UNSIGNED: Final = {
    "==": "{} == {}", "!=": "{} != {}", "<": "hv_is_less({0}, {1})", "<=": "!hv_is_less({1}, {0})",
    ">": "hv_is_less({1}, {0})", ">=": "!hv_is_less({0}, {1})",
}  # fmt: skip
_NAMES: Final = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder",
    "&": "and", "|": "or", "^": "xor", "<<": "left", ">>": "right",
}  # fmt: skip
_VARYING: Final = {
    **{sign: f"HV_{name.upper()}" for sign, name in _NAMES.items()},
    "==": "HV_EQUAL", "!=": "HV_UNEQUAL", "<": "HV_LESS", "<=": "HV_AT_MOST",
    ">": "HV_MORE", ">=": "HV_AT_LEAST",
}  # fmt: skip


def operation(body: Body, node: typed.Operation) -> str:
    """An operator with its operands."""
    right = node.right
    if right is None:
        return _unary(body, node)
    if node.operator in ("and", "or"):
        return _logical(body, node, right)
    if node.operator in COMPARISONS:
        return _comparison(body, node, right)
    return _arithmetic(body, node, right)


def choice(body: Body, node: typed.Choice) -> str:
    """`condition ? then : otherwise`."""
    carrier = carrier_of(node.type)
    found = body.variable(carrier)
    condition = body.value(node.condition)
    rooms: list[Room] = []
    for head, branch in ((f"if ({condition})", node.then), ("else", node.otherwise)):
        with body.block(head):
            value = body.named(branch)
            body.line(f"{found} = {carried(value, branch.type, node.type)};")
            rooms += body.rooms_of(value)
    body.stands_in(found, *rooms)
    return found


def _logical(body: Body, node: typed.Operation, right: typed.Expr) -> str:
    found = body.variable("int", body.value(node.left))
    condition = found if node.operator == "and" else f"!{found}"
    with body.block(f"if ({condition})"):
        body.line(f"{found} = {body.value(right)};")
    return found


# one operand


def _unary(body: Body, node: typed.Operation) -> str:
    operand = body.named(node.left)
    carrier = carrier_of(node.type)
    if node.operator == "not":
        return body.constant("int", f"!{operand}")
    if node.operator == "~":
        return _inverse(body, node, operand)
    overflow = body.fault("B206", ("s64",), (body.unit.text(node),))
    found = body.variable(carrier)
    if isinstance(node.left.type, FloatValue):
        body.unless(f"hv_minus({operand}, &{found})", overflow)
        return found
    number = body.variable("int64_t") if carrier != "int64_t" else found
    call = f"hv_subtract_number({_number('0', IntValue(0, 0))}, {_number(operand, node.left.type)}"
    body.unless(f"hv_s64_of({call}), &{number})", overflow)
    return number


def _inverse(body: Body, node: typed.Operation, operand: str) -> str:
    ours, carrier = carrier_of(node.left.type), carrier_of(node.type)
    if ours == "hv_val":
        found = body.variable("uint64_t")
        failure = body.fault("B206", ("u64",), (body.unit.text(node),))
        body.unless(f"hv_is_unsigned({operand})", failure)
        body.line(f"{found} = ~{operand}.as.u;")
        return found
    if ours == "uint64_t":
        return body.constant(carrier, f"~{operand}")
    return body.constant(carrier, f"({carrier})(-1 - {operand})")


# two operands


def _arithmetic(body: Body, node: typed.Operation, right: typed.Expr) -> str:
    match node.left.type, right.type:
        case IntValue() as one, IntValue() as other:
            return _integers(body, node, (one, other), right)
        case TextValue(), TextValue():
            return _concatenation(body, node, right)
        case _:
            return _varying(body, node, right)


def _integers(
    body: Body, node: typed.Operation, kinds: tuple[IntValue, IntValue], right: typed.Expr
) -> str:
    low, _ = ranges.domain(node.operator, *kinds)
    domain = "uint64_t" if low == 0 else "int64_t"
    one, other = body.named(node.left), body.named(right)
    text, name = body.unit.text(node), _NAMES[node.operator]
    _check_right(body, node.operator, other, kinds[1], text)
    is_plain = all(_fits(kind, domain) for kind in kinds)
    left_, right_ = (
        (_in_domain(one, kinds[0], domain), _in_domain(other, kinds[1], domain))
        if is_plain
        else (_number(one, kinds[0]), _number(other, kinds[1]))
    )
    can_overflow = ranges.can_overflow(node.operator, *kinds)
    if is_plain and not can_overflow and node.operator in "+-*&|^":
        found = body.constant(domain, f"{left_} {node.operator} {right_}")
    else:
        found = body.variable(domain)
        short = {"uint64_t": "u64", "int64_t": "s64"}[domain]
        call = f"hv_{name}_{short}({left_}, {right_}, &{found})"
        if not is_plain:
            call = f"hv_{short}_of(hv_{name}_number({left_}, {right_}), &{found})"
        failure = body.fault("B206", ("s64" if low else "u64",), (text,))
        body.unless(call, failure)
    wanted = carrier_of(node.type)
    return found if wanted == domain else body.constant(wanted, f"({wanted}){found}")


def _check_right(body: Body, operator: str, right: str, kind: IntValue, text: str) -> None:
    """What the operand on the right may not be, whatever is on the left."""
    if operator in ("/", "%") and kind.low <= 0 <= kind.high:
        is_there = f"{right}.as.u" if carrier_of(kind) == "hv_val" else right
        body.unless(f"{is_there} != 0", body.fault("B207", (), (text,)))
    elif operator in ("<<", ">>") and not (kind.low >= 0 and kind.high < 64):
        failure = body.fault("B206", ("a shift by 0 to 63 bits",), (text,))
        body.unless(f"{_unsigned(right, kind)} < 64u", failure)


def _unsigned(code: str, kind: IntValue) -> str:
    """Return a number of which any outside of s64 or below zero is large."""
    match carrier_of(kind):
        case "hv_val":
            return f"{code}.as.u"
        case "int64_t":
            return f"(uint64_t){code}"
        case _:
            return code


def _fits(kind: IntValue, domain: str) -> bool:
    """Whether every number of a range can be had in the C type `domain`."""
    return kind.low >= 0 if domain == "uint64_t" else not kind.is_u64


def _in_domain(code: str, kind: IntValue, domain: str) -> str:
    return code if carrier_of(kind) == domain else f"({domain}){code}"


def _number(code: str, kind: ValueType) -> str:
    """Return an integer as a sign and a magnitude."""
    short = {"int64_t": "s64", "uint64_t": "u64"}.get(carrier_of(kind), "val")
    return f"hv_number_{short}({code})"


def _concatenation(body: Body, node: typed.Operation, right: typed.Expr) -> str:
    one, other = body.named(node.left), body.named(right)
    found = body.variable("hv_slice")
    body.attempt(f"hv_concatenate(c, self, {one}, {other}, &{found})")
    return found


def _varying(body: Body, node: typed.Operation, right: typed.Expr) -> str:
    """Operands of kinds that only reading tells: two strings to join, or two numbers."""
    one, other = body.boxed(node.left), body.boxed(right)
    text, found = body.unit.text(node), body.variable("hv_val")
    messages = (
        body.unit.message("B210", (f"fit for `{node.operator}`",), (f"an operand of `{text}`",)),
        body.unit.message("B207", (), (text,)),
        body.unit.message("B206", ("a shift by 0 to 63 bits",), (text,)),
        body.unit.message("B206", ("64 bits",), (text,)),
    )
    says = "(hv_of_arithmetic){" + ", ".join(f"{message}u" for message in messages) + "}"
    sign = _VARYING[node.operator]
    body.attempt(f"hv_calculate(c, self, {sign}, {one}, {other}, &{says}, &{found})")
    return found


# comparison


def _comparison(body: Body, node: typed.Operation, right: typed.Expr) -> str:
    one, other = body.named(node.left), body.named(right)
    if one == other:  # compilers are wary of what is compared with itself
        other = body.constant(carrier_of(right.type), other)
    kinds = (node.left.type, right.type)
    if any(isinstance(kind, AnyValue | ListValue) for kind in kinds):
        found = _compared(body, node, (boxed(one, kinds[0]), boxed(other, kinds[1])))
    else:
        found = body.constant("int", _compare(body, node.operator, kinds, (one, other)))
    body.let_go(one, other)
    return found


def _compare(
    body: Body, operator: str, kinds: tuple[ValueType, ValueType], sides: tuple[str, str]
) -> str:
    """Return a comparison of two values of known kinds."""
    one, other = sides
    match kinds:
        case IntValue() as left, IntValue() as right:
            plain = _plainly(operator, (left, right), sides)
            if plain:
                return plain
            order = f"hv_order_numbers({boxed(one, left)}, {boxed(other, right)})"
        case (BoolValue() | StreamValue(), _):
            return f"{one} {operator} {other}"
        case (StructValue(), _):
            return f"hv_is_same_node({one}, {other}) {operator} 1"
        case (IntValue() | FloatValue(), _):
            order = f"hv_order_numbers({boxed(one, kinds[0])}, {boxed(other, kinds[1])})"
        case _:
            if operator in ("==", "!="):
                return f"{'' if operator == '==' else '!'}hv_is_same({one}, {other})"
            order = f"hv_order_slices({one}, {other})"
    return _OF_ORDER[operator].format(body.constant("int", order))


def _plainly(operator: str, kinds: tuple[IntValue, IntValue], sides: tuple[str, str]) -> str:
    """Return a comparison of two integers in one C type; empty where none holds both."""
    carriers = {carrier_of(kind) for kind in kinds}
    if carriers == {"int64_t"}:
        return f"{sides[0]} {operator} {sides[1]}"
    if carriers != {"uint64_t"} and any(kind.low < 0 for kind in kinds):
        return ""
    one, other = (
        _in_domain(side, kind, "uint64_t") for side, kind in zip(sides, kinds, strict=True)
    )
    return _UNSIGNED[operator].format(one, other)


def _compared(body: Body, node: typed.Operation, sides: tuple[str, str]) -> str:
    """Compare two values of kinds that only reading tells, or two lists."""
    text = f"what `{body.unit.text(node)}` compares"
    messages = (
        body.unit.message("B210", ("comparable",), (text,)),
        body.unit.message("B210", ("ordered",), (text,)),
    )
    found = body.variable("int")
    sign = _VARYING[node.operator]
    says = f"{messages[0]}u, {messages[1]}u"
    body.attempt(f"hv_compare(c, self, {sign}, {sides[0]}, {sides[1]}, {says}, &{found})")
    return found
