"""Typed expressions to closures `(node, bound) -> value`: what they find in the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.reading import casts, methods, operators, quantifiers
from harness.reading.faults import Unknown
from harness.reading.slots import Slots
from harness.reading.tree import Missing, StructNode, Value, ancestors
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Schema
from harness.schema.types import AnyValue, StructValue

Bound = Mapping[str, Value]
# `Any`: an expression gives whatever its static type says, which the typer has checked.
Evaluate = Callable[[StructNode, Bound], Any]
# An expression in words, put together only when there is something to say of it.
Words = Callable[[], str]

NOTHING_BOUND: Final[Bound] = {}


class ExpressionCompiler:
    """Compiles the expressions of one schema."""

    def __init__(self, schema: Schema, slots: Slots) -> None:
        self._schema = schema
        self._slots = slots

    def text(self, node: Expr) -> str:
        """Return the expression in words, for messages."""
        return unparse(node, self._schema.enums)

    def _words(self, node: Expr) -> Words:
        return lambda: unparse(node, self._schema.enums)

    def compile(self, node: Expr) -> Evaluate:
        """Return a closure that evaluates `node`; it raises Unknown, Fault or Stopped."""
        match node:
            case typed.Constant(value=constant):
                return lambda _node, _bound: constant
            case typed.ConstantBytes(value=literal):
                return lambda _node, _bound: literal
            case typed.Self():
                return lambda node, _bound: node
            case typed.Root(type=StructValue(name=name)):
                return lambda node, _bound: root_of(node, name)
            case typed.Bound(name=name):
                return _bound_value(name)
            case typed.Parent(base=base):
                return self._parent(base)
            case typed.Field():
                return self._field(node)
            case typed.Joined():
                return self._joined(node)
            case typed.Io(base=base):
                struct = self.compile(base)
                return lambda node, bound: struct(node, bound).stream
            case typed.StreamProperty():
                return self._stream_property(node)
            case typed.Offset():
                return self._offset(node)
            case _:
                return self._compound(node)

    def _compound(self, node: Expr) -> Evaluate:
        """Compile what is made of other values."""
        match node:
            case typed.ListOf(items=items):
                return operators.list_of([self.compile(item) for item in items])
            case typed.Join(pieces=pieces):
                return operators.join([self.compile(piece) for piece in pieces])
            case typed.At(base=base, index=index):
                return operators.at(self.compile(base), self.compile(index))
            case typed.Cast(base=base):
                return casts.cast(self.compile(base), base.type, node.type, self._words(base))
            case typed.Method():
                return self._method(node)
            case typed.Quantifier(base=base, body=body):
                whole, each = self.compile(base), self.compile(body)
                return quantifiers.quantifier(node, whole, each, self._words(node))
            case typed.Operation(left=left, right=right):
                text, first = self._words(node), self.compile(left)
                if right is None:
                    return operators.unary(node, first, text)
                return operators.binary(node, first, self.compile(right), text)
            case typed.Choice(condition=condition, then=then, otherwise=otherwise):
                parts = (condition, then, otherwise)
                return operators.choice(*(self.compile(part) for part in parts))
            case _:
                raise AssertionError(node)

    def _parent(self, base: Expr) -> Evaluate:
        struct = self.compile(base)

        def parent(node: StructNode, bound: Bound) -> StructNode:
            found: StructNode | None = struct(node, bound).parent
            if found is None:
                raise Unknown("_parent", is_reported=False)
            return found

        return parent

    def _field(self, node: typed.Field) -> Evaluate:
        name = node.name
        if not node.owner:
            base = self.compile(node.base)
            return lambda node, bound: methods.member(base(node, bound), name, node)
        slot = self._slots.of(node.owner, name)
        if isinstance(node.base, typed.Self):

            def own(node: StructNode, _bound: Bound) -> Any:
                value = node.values[slot]
                return methods.present(node, slot, name) if value.__class__ is Missing else value

            return own
        struct = self.compile(node.base)

        def field(node: StructNode, bound: Bound) -> Any:
            found = struct(node, bound)
            value = found.values[slot]
            return methods.present(found, slot, name) if value.__class__ is Missing else value

        return field

    def _joined(self, node: typed.Joined) -> Evaluate:
        struct, name = self.compile(node.base), node.name

        def joined(node: StructNode, bound: Bound) -> Any:
            joins = struct(node, bound).joins
            if joins is None or name not in joins:
                raise Unknown(name, is_reported=True)
            return joins[name]

        return joined

    def _stream_property(self, node: typed.StreamProperty) -> Evaluate:
        base = self.compile(node.base)
        match node.name:
            case "size":
                return lambda node, bound: (stream := base(node, bound)).end - stream.start
            case "pos":
                return lambda node, bound: (stream := base(node, bound)).position - stream.start
            case _:
                return lambda node, bound: methods.at_end(base(node, bound))

    def _offset(self, node: typed.Offset) -> Evaluate:
        """`x._start`: a structure knows its own bytes; its plain values' are kept by it too."""
        which, base = node.which, node.base
        if isinstance(base, typed.Cast):
            base = base.base
        if isinstance(base, typed.Field) and base.owner:
            slot = self._slots.of(base.owner, base.name)
            struct, value = self.compile(base.base), self.compile(base)

            def of_field(node: StructNode, bound: Bound) -> int:
                value(node, bound)
                return methods.offset(which, struct(node, bound), slot)

            return of_field
        whole = self.compile(base)
        return lambda node, bound: methods.struct_offset(which, whole(node, bound))

    def _method(self, node: typed.Method) -> Evaluate:
        base, name = self.compile(node.base), node.name
        arguments = [self.compile(argument) for argument in node.arguments]
        if name in ("size", "length") and not isinstance(node.base.type, StructValue | AnyValue):
            return lambda node, bound: methods.size(base(node, bound))

        def call(node: StructNode, bound: Bound) -> Any:
            values = [argument(node, bound) for argument in arguments]
            return methods.call(base(node, bound), name, values, node)

        return call


def root_of(node: StructNode, wanted: str) -> StructNode:
    """Return `_root`: the top structure or, in an imported type, the top one of its own file."""
    root = node.stream.session.root
    if root is not None and root.plan.type.name == wanted:
        return root
    found: StructNode | None = None
    for around in ancestors(node):
        name = around.plan.type.name
        if name == wanted:
            found = around
        elif not name.startswith(f"{wanted}::"):
            break
    if found is None:
        raise Unknown("_root", is_reported=False)
    return found


def _bound_value(name: str) -> Evaluate:
    def value(_node: StructNode, bound: Bound) -> Any:
        found = bound[name]
        if found.__class__ is Missing:
            raise Unknown(name, is_reported=found is Missing.ABANDONED)
        return found

    return value
