"""Which expressions make texts or lists, and when these can be forgotten."""

from __future__ import annotations

from harness.native.compile.expression.body import Body
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.types import (
    AnyValue,
    BoolValue,
    BytesValue,
    FloatValue,
    IntValue,
    ListValue,
    StructValue,
    TextValue,
)


def begin(body: Body, tree: typed.Expr) -> str:
    """Remember what of the scratch is taken before `tree` is evaluated; empty for no need to."""
    keeps_nothing = isinstance(tree.type, IntValue | BoolValue | FloatValue | StructValue)
    if not keeps_nothing or not any(_makes(node) for node in nodes_of(tree)):
        return ""
    return body.constant("hv_level", "hv_level_of(c)", "level")


def end(body: Body, level: str) -> None:
    """Give back what was taken since, unless something of it stays."""
    if level:
        body.line(f"hv_forget(c, {level});")


def _makes(node: typed.Expr) -> bool:
    """Whether evaluating a node takes some of the scratch, its parts apart."""
    match node:
        case typed.ListOf() | typed.Join():
            return True
        case typed.Operation(operator="+"):
            return isinstance(node.type, TextValue | AnyValue)
        case typed.Method(name=name):
            return name in ("to_s", "reverse")
        case typed.Field(owner=owner):
            return not owner
        case typed.Cast():
            return isinstance(node.type, BytesValue) and isinstance(node.base.type, ListValue)
    return False
