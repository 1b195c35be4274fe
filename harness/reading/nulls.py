"""Absent values as Kaitai's parsers have them: a null that may be passed on and compared.

A strict reader calls a value *unknown* once it needs one that an `if` left out. To Kaitai an
instance that is left out is null, and only what computes with it or looks into it fails. An
attribute that is left out has no value at all: in Python whatever names it fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reading import operators
from harness.reading.faults import Unknown
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate, ExpressionCompiler, Words
    from harness.reading.tree import StructNode


def nullable(compiler: ExpressionCompiler, node: Expr) -> Evaluate:
    """Return a closure that gives None where the value of `node` itself is absent."""
    match node:
        case typed.Cast(base=base):
            return _nullable(compiler.compile(node), base)
        case typed.Choice(condition=condition, then=then, otherwise=otherwise):
            holds = compiler.condition(condition)
            one, other = nullable(compiler, then), nullable(compiler, otherwise)
            return lambda node, bound: (
                one(node, bound) if holds(node, bound) else other(node, bound)
            )
        case _:
            return _nullable(compiler.compile(node), node)


def _nullable(plain: Evaluate, node: Expr) -> Evaluate:
    """Of the names in `a.b` only `b` may be null; of `a` something is asked."""
    if not isinstance(node, typed.Field | typed.Bound):
        return plain
    name = node.name

    def value(node: StructNode, bound: Bound) -> Any:
        try:
            return plain(node, bound)
        except Unknown as unknown:
            if not unknown.is_null or unknown.name != name:
                raise
            return None

    return value


def truth(compiler: ExpressionCompiler, node: Expr) -> Evaluate:
    """Return a closure for a condition: null is not true."""
    plain = nullable(compiler, node)
    return lambda node, bound: bool(plain(node, bound))


def equality(
    compiler: ExpressionCompiler, node: typed.Operation, right: Expr, text: Words
) -> Evaluate:
    """Return a closure for `==` or `!=`: null equals only null.

    Each side is evaluated once: twice, and a chain of comparisons would take twice as long for
    every link.

    Args:
        compiler: of the schema.
        node: the comparison.
        right: its right side.
        text: the comparison in words.
    """
    sides = nullable(compiler, node.left), nullable(compiler, right)
    plain = operators.binary(node, _side("left"), _side("right"), text)
    is_equality = node.operator == "=="

    def compared(node: StructNode, bound: Bound) -> bool:
        one, other = (side(node, bound) for side in sides)
        if one is None or other is None:
            return (one is other) == is_equality
        return bool(plain(node, {"left": one, "right": other}))

    return compared


def _side(name: str) -> Evaluate:
    return lambda _node, bound: bound[name]
