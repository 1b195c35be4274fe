"""Whether a condition can be both true and false, or only one of them."""

from __future__ import annotations

from typing import Final

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.linting.facts import Facts, Judge, assume, bare, chain_of
from harness.schema.linting.interval import Interval
from harness.schema.types import BytesValue, IntValue, TextValue

COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})


def truth(tree: Expr, facts: Facts, judge: Judge) -> bool | None:
    """Return what a condition always is, given the facts; None where content decides."""
    match tree:
        case typed.Constant(value=bool() as value):
            return value
        case typed.Operation(operator="not"):
            found = truth(tree.left, facts, judge)
            return None if found is None else not found
        case typed.Operation(operator="and" | "or" as name):
            return _joined(name, chain_of(name, tree), facts, judge)
        case typed.Operation(operator=name, right=right) if name in COMPARISONS and right:
            return compared(name, tree.left, right, facts, (judge))
        case _:
            return None


def _joined(name: str, parts: list[Expr], facts: Facts, judge: Judge) -> bool | None:
    """`and` is false as soon as one part is, `or` is true."""
    decides, is_open = name == "or", False
    for part in parts:
        found = truth(part, facts, judge)
        if found is decides:
            return decides
        is_open = is_open or found is None
        facts = assume(part, facts, judge, holds=not decides)
    return None if is_open else not decides


def compared(name: str, left: Expr, right: Expr, facts: Facts, judge: Judge) -> bool | None:
    """Return what a comparison always is; None where content decides."""
    match left.type, right.type:
        case IntValue(), IntValue():
            one, other = judge.interval(left, facts), judge.interval(right, facts)
            found = _by_range(name, one, other)
            return _by_mask(name, bare(left), bare(right)) if found is None else found
        case (BytesValue(), BytesValue()) | (TextValue(), TextValue()) if name in ("==", "!="):
            one, other = judge.length(left, facts), judge.length(right, facts)
            return None if not one.meet(other).is_empty else name == "!="
        case _:
            return None


def _by_range(name: str, left: Interval, right: Interval) -> bool | None:
    if left.is_empty or right.is_empty:
        return None  # nothing stands here in any content; whoever made it so is reported
    match name:
        case "==" | "!=":
            if left.meet(right).is_empty:
                return name == "!="
            return name == "==" if left == right and left.is_single else None
        case "<" | ">=":
            found = _is_less(left, right)
            return found if found is None or name == "<" else not found
        case _:
            found = _is_less(right, left)
            return found if found is None or name == ">" else not found


def _is_less(left: Interval, right: Interval) -> bool | None:
    if left.high < right.low:
        return True
    return False if left.low >= right.high else None


def _by_mask(name: str, left: Expr, right: Expr) -> bool | None:
    """`(flags & 0x0f) == 0x10` never holds, whatever the flags are."""
    if name not in ("==", "!="):
        return None
    for masked, constant in ((left, right), (right, left)):
        if isinstance(masked, typed.Operation) and _is_out_of_mask(masked, constant):
            return name == "!="
    return None


def _is_out_of_mask(masked: typed.Operation, constant: Expr) -> bool:
    if not isinstance(constant, typed.Constant) or not isinstance(constant.value, int):
        return False
    parts = [part for part in (masked.left, masked.right) if isinstance(part, typed.Constant)]
    masks = [part.value for part in parts if isinstance(part.value, int)]
    if len(masks) != 1 or masks[0] < 0 or constant.value < 0:
        return False
    match masked.operator:
        case "&":
            return constant.value & ~masks[0] != 0
        case "|":
            return masks[0] & ~constant.value != 0
        case _:
            return False
