"""Typed expressions to closures `(node, bound) -> value`: what they find in the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.reading import casts, kinship, methods, nulls, operators, quantifiers
from harness.reading.faults import Unknown
from harness.reading.slots import Slots
from harness.reading.tree import ABANDONED, Missing, StructNode, Value
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Schema
from harness.schema.types import AnyValue, IntValue, StructValue

Bound = Mapping[str, Value]
# `Any`: an expression gives whatever its static type says, which the typer has checked.
Evaluate = Callable[[StructNode, Bound], Any]
# An expression in words, put together only when there is something to say of it.
Words = Callable[[], str]

NOTHING_BOUND: Final[Bound] = {}
_MYSELF: Final = typed.Self(type=StructValue())


class ExpressionCompiler:
    """Compiles the expressions of one schema."""

    def __init__(self, schema: Schema, slots: Slots, *, lenient: bool = False) -> None:
        self._schema = schema
        self._is_lenient = lenient
        self._slots = slots
        self._is_nested_plainly = kinship.is_nested_plainly(schema)
        self._own_file = "" if kinship.comes_back(schema) else schema.id

    def text(self, node: Expr) -> str:
        """Return the expression in words, for messages."""
        return unparse(node, self._schema.enums)

    def _words(self, node: Expr) -> Words:
        return lambda: unparse(node, self._schema.enums)

    def condition(self, node: Expr) -> Evaluate:
        """Return a closure for what is only asked whether it holds."""
        return nulls.truth(self, node) if self._is_lenient else self.compile(node)

    def value(self, node: Expr) -> Evaluate:
        """Return a closure for what is only passed on: None for null in lenient reading."""
        return nulls.nullable(self, node) if self._is_lenient else self.compile(node)

    def compile(self, node: Expr) -> Evaluate:
        """Return a closure that evaluates `node`; it raises Unknown, Fault or Stopped."""
        match node:
            case typed.Constant(value=constant):
                return lambda _node, _bound: constant
            case typed.ConstantBytes(value=literal):
                return lambda _node, _bound: literal
            case typed.Self():
                return lambda node, _bound: node
            case typed.Root():
                return self._root(node)
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
                target = casts.widened(node.type) if self._is_lenient else node.type
                return casts.cast(self.compile(base), base.type, target, self._words(base))
            case typed.Method():
                return self._method(node)
            case typed.Quantifier(base=base, body=body):
                whole, each = self.compile(base), self.compile(body)
                return quantifiers.quantifier(node, whole, each, self._words(node))
            case typed.Operation():
                return self._operation(node)
            case typed.Choice(condition=condition, then=then, otherwise=otherwise):
                holds = self.condition(condition)
                return operators.choice(holds, self.compile(then), self.compile(otherwise))
            case _:
                raise AssertionError(node)

    def _operation(self, node: typed.Operation) -> Evaluate:
        text, right = self._words(node), node.right
        if self._is_lenient and node.operator in ("==", "!=") and right is not None:
            return nulls.equality(self, node, right, text)
        is_logical = node.operator in ("not", "and", "or")
        operand = self.condition if is_logical else self.compile
        left = operand(node.left)
        if right is None:
            return operators.unary(node, left, text)
        return operators.binary(node, left, operand(right), text)

    def _root(self, root: typed.Root) -> Evaluate:
        if root.base is None and root.type == StructValue(self._own_file):
            return lambda node, _bound: kinship.top_of(node)
        struct = self.compile(root.base or _MYSELF)
        return lambda node, bound: kinship.top_of_file(struct(node, bound))

    def _parent(self, base: Expr) -> Evaluate:
        struct = self.compile(base)
        above = kinship.holder if self._is_nested_plainly else kinship.parent_of

        def parent(node: StructNode, bound: Bound) -> StructNode:
            found = above(struct(node, bound))
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
            slot, name = self._slots.of(base.owner, base.name), base.name
            struct = self.compile(base.base)

            def of_field(node: StructNode, bound: Bound) -> int:
                found = struct(node, bound)
                if found.values[slot].__class__ is Missing:
                    methods.present(found, slot, name)
                return methods.offset(which, found, slot)

            return of_field
        whole = self.compile(base)
        return lambda node, bound: methods.struct_offset(which, whole(node, bound))

    def _method(self, node: typed.Method) -> Evaluate:
        base, name = self.compile(node.base), node.name
        arguments = [self.compile(argument) for argument in node.arguments]
        if name in ("size", "length") and not isinstance(node.base.type, StructValue | AnyValue):
            return lambda node, bound: methods.size(base(node, bound))
        if name == "to_i" and isinstance(node.base.type, IntValue):
            return base  # an integer already, under the name of a member perhaps

        def call(node: StructNode, bound: Bound) -> Any:
            values = [argument(node, bound) for argument in arguments]
            return methods.call(base(node, bound), name, values, node)

        return call


def _bound_value(name: str) -> Evaluate:
    def value(_node: StructNode, bound: Bound) -> Any:
        found = bound[name]
        if found.__class__ is Missing:
            raise Unknown(name, is_reported=found is ABANDONED)
        return found

    return value
