"""A typed expression back to text, for messages: the same for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.schema.expression import typed
from harness.schema.types import IntValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Enum


def unparse(node: Expr, enums: Mapping[str, Enum]) -> str:
    """Return `node` as a schema author would write it."""
    match node:
        case typed.Constant():
            return _constant(node, enums)
        case typed.ConstantBytes(value=value):
            return "[" + ", ".join(f"0x{byte:02x}" for byte in value) + "]"
        case typed.ListOf(items=items) | typed.Join(pieces=items):
            return "[" + ", ".join(unparse(item, enums) for item in items) + "]"
        case typed.Self():
            return "this"
        case typed.Root(base=base):
            return "_root" if base is None else _member(base, "_root", enums)
        case typed.Bound(name=name):
            return name
        case typed.Cast(base=base):
            return unparse(base, enums)
        case typed.Parent(base=base):
            return _member(base, "_parent", enums)
        case typed.Io(base=base):
            return _member(base, "_io", enums)
        case typed.Offset(base=base, which=which):
            return _member(base, f"_{which}", enums)
        case typed.Field(base=base, name=name) | typed.Joined(base=base, name=name):
            return _member(base, name, enums)
        case typed.StreamProperty(base=base, name=name):
            return _member(base, name, enums)
        case typed.At(base=base, index=index):
            return f"{unparse(base, enums)}[{unparse(index, enums)}]"
        case typed.Method(base=base, name=name, arguments=arguments):
            call = ", ".join(unparse(argument, enums) for argument in arguments)
            return _member(base, f"{name}({call})" if arguments else name, enums)
        case typed.Quantifier():
            return _quantifier(node, enums)
        case typed.Operation():
            return _operation(node, enums)
        case typed.Choice(condition=condition, then=then, otherwise=otherwise):
            parts = (_operand(part, enums) for part in (condition, then, otherwise))
            return "{} ? {} : {}".format(*parts)


def _member(base: Expr, name: str, enums: Mapping[str, Enum]) -> str:
    return name if isinstance(base, typed.Self) else f"{_operand(base, enums)}.{name}"


def _operand(node: Expr, enums: Mapping[str, Enum]) -> str:
    text = unparse(node, enums)
    return f"({text})" if isinstance(node, typed.Operation | typed.Choice) else text


def _constant(node: typed.Constant, enums: Mapping[str, Enum]) -> str:
    value = node.value
    if isinstance(node.type, IntValue) and node.type.enum and isinstance(value, int):
        return f"{node.type.enum.rsplit('::', 1)[-1]}::{enums[node.type.enum].members[value]}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _quantifier(node: typed.Quantifier, enums: Mapping[str, Enum]) -> str:
    binder = "" if node.item == "_" else f"{node.item}: "
    if node.item != "_" and node.index != "_index":
        binder = f"{node.item}, {node.index}: "
    return f"{_operand(node.base, enums)}.{node.name}({binder}{unparse(node.body, enums)})"


def _operation(node: typed.Operation, enums: Mapping[str, Enum]) -> str:
    if node.right is None:
        space = " " if node.operator == "not" else ""
        return f"{node.operator}{space}{_operand(node.left, enums)}"
    return f"{_operand(node.left, enums)} {node.operator} {_operand(node.right, enums)}"
