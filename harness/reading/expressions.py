"""Typed expressions to closures `(node, bound) -> value`, with checked 64-bit arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.slots import Slots
from harness.reading.tree import ListNode, Missing, StructNode, Value
from harness.schema.expression import ranges, typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Schema
from harness.schema.types import FloatValue, IntValue

Bound = Mapping[str, Value]
# `Any`: an expression gives whatever its static type says, which the typer has checked.
Evaluate = Callable[[StructNode, Bound], Any]

NOTHING_BOUND: Final[Bound] = {}


class ExpressionCompiler:
    """Compiles the expressions of one schema."""

    def __init__(self, schema: Schema, slots: Slots) -> None:
        self._schema = schema
        self._slots = slots

    def text(self, node: Expr) -> str:
        """Return the expression in words, for messages."""
        return unparse(node, self._schema.enums)

    def compile(self, node: Expr) -> Evaluate:
        """Return a closure that evaluates `node`; it raises Unknown or Fault."""
        match node:
            case typed.Constant(value=constant):
                return lambda _node, _bound: constant
            case typed.ConstantBytes(value=literal):
                return lambda _node, _bound: literal
            case typed.ListOf(items=items):
                parts = [self.compile(item) for item in items]
                return lambda node, bound: methods.list_of(part(node, bound) for part in parts)
            case typed.Join(pieces=pieces):
                strings = [self.compile(piece) for piece in pieces]
                return lambda node, bound: "".join(part(node, bound) for part in strings)
            case typed.Self():
                return lambda node, _bound: node
            case typed.Root():
                return lambda node, _bound: node.stream.session.root_of(node)
            case typed.Bound(name=name):
                return lambda _node, bound: bound[name]
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
            case typed.At():
                return self._at(node)
            case typed.Method():
                return self._method(node)
            case typed.Quantifier():
                return self._quantifier(node)
            case typed.Operation():
                return self._operation(node)
            case typed.Choice():
                return self._choice(node)

    # what is in the tree

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
            return lambda node, bound: methods.dynamic(base(node, bound), name)
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
        """`x._start`: a structure knows its own bytes; a plain value's are kept by its structure."""
        which = node.which
        if isinstance(node.base, typed.Field) and node.base.owner:
            slot = self._slots.of(node.base.owner, node.base.name)
            struct = self.compile(node.base.base)
            value = self.compile(node.base)

            def of_field(node: StructNode, bound: Bound) -> int:
                value(node, bound)
                return methods.offset(which, struct(node, bound), slot, -1)

            return of_field
        base = self.compile(node.base)
        return lambda node, bound: methods.struct_offset(which, base(node, bound))

    def _at(self, node: typed.At) -> Evaluate:
        base, index = self.compile(node.base), self.compile(node.index)
        return lambda node, bound: methods.element(base(node, bound), index(node, bound))

    def _method(self, node: typed.Method) -> Evaluate:
        base, name = self.compile(node.base), node.name
        arguments = [self.compile(argument) for argument in node.arguments]
        if name == "size" and not arguments:
            return lambda node, bound: methods.size(base(node, bound))

        def call(node: StructNode, bound: Bound) -> Any:
            values = [argument(node, bound) for argument in arguments]
            return methods.call(base(node, bound), name, values)

        return call

    def _quantifier(self, node: typed.Quantifier) -> Evaluate:
        base, body = self.compile(node.base), self.compile(node.body)
        reduce = methods.QUANTIFIERS[node.name]
        item_name, index_name, text = node.item, node.index, self.text(node)

        def quantifier(node: StructNode, bound: Bound) -> Any:
            inner = dict(bound)

            def results() -> Any:
                for index, item in enumerate(methods.elements(base(node, bound))):
                    inner[item_name] = item
                    inner[index_name] = index
                    yield item, body(node, inner)

            return reduce(results(), text)

        return quantifier

    # operators

    def _choice(self, node: typed.Choice) -> Evaluate:
        condition = self.compile(node.condition)
        then, otherwise = self.compile(node.then), self.compile(node.otherwise)
        return lambda node, bound: (
            then(node, bound) if condition(node, bound) else otherwise(node, bound)
        )

    def _operation(self, node: typed.Operation) -> Evaluate:
        left = self.compile(node.left)
        if node.right is None:
            return self._unary(node, left)
        right = self.compile(node.right)
        match node.operator:
            case "and":
                return lambda node, bound: left(node, bound) and right(node, bound)
            case "or":
                return lambda node, bound: left(node, bound) or right(node, bound)
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                return _comparison(node.operator, left, right)
            case _:
                return self._arithmetic(node, left, right)

    def _unary(self, node: typed.Operation, operand: Evaluate) -> Evaluate:
        kind, text = node.left.type, self.text(node)
        if node.operator == "not":
            return lambda node, bound: not operand(node, bound)
        if node.operator == "~":
            mask = (1 << 64) - 1 if isinstance(kind, IntValue) and kind.is_u64 else -1
            return lambda node, bound: operand(node, bound) ^ mask
        if isinstance(kind, FloatValue):
            return lambda node, bound: -operand(node, bound)

        def negative(node: StructNode, bound: Bound) -> int:
            result: int = -operand(node, bound)
            if not -(1 << 63) <= result < 1 << 63:
                raise Fault("B206", "s64", text)
            return result

        return negative

    def _arithmetic(self, node: typed.Operation, left: Evaluate, right: Evaluate) -> Evaluate:
        assert node.right is not None
        kinds = (node.left.type, node.right.type)
        if not isinstance(kinds[0], IntValue) or not isinstance(kinds[1], IntValue):
            return self._loose(node, left, right)
        apply, text = _CHECKED[node.operator], self.text(node)
        if not ranges.can_overflow(node.operator, kinds[0], kinds[1]):
            return lambda node, bound: apply(left(node, bound), right(node, bound), text)
        low, high = ranges.domain(node.operator, kinds[0], kinds[1])
        wanted = "s64" if low else "u64"

        def checked(node: StructNode, bound: Bound) -> int:
            result = apply(left(node, bound), right(node, bound), text)
            if not low <= result <= high:
                raise Fault("B206", wanted, text)
            return result

        return checked

    def _loose(self, node: typed.Operation, left: Evaluate, right: Evaluate) -> Evaluate:
        """Operands that are floats, strings, or of a type that only reading tells."""
        apply, text = _CHECKED[node.operator], self.text(node)

        def loose(node: StructNode, bound: Bound) -> Any:
            first, second = left(node, bound), right(node, bound)
            try:
                result = first + second if apply is _add else apply(first, second, text)
            except (TypeError, OverflowError):
                raise Fault("B206", "its type", text) from None
            if isinstance(result, int) and not -(1 << 63) <= result < 1 << 64:
                raise Fault("B206", "64 bits", text)
            return result

        return loose


def _comparison(name: str, left: Evaluate, right: Evaluate) -> Evaluate:
    compare = {
        "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
        ">": operator.gt, ">=": operator.ge,
    }[name]  # fmt: skip

    def comparison(node: StructNode, bound: Bound) -> bool:
        first, second = left(node, bound), right(node, bound)
        if isinstance(first, ListNode) and isinstance(second, ListNode):
            first, second = methods.complete(first), methods.complete(second)
        try:
            return bool(compare(first, second))
        except TypeError:
            raise Fault("B206", "comparable values", name) from None

    return comparison


def _add(left: int, right: int, _text: str) -> int:
    return left + right


def _divide(left: int, right: int, text: str) -> Any:
    if right == 0:
        raise Fault("B207", "", text)
    return left / right if isinstance(left, float) or isinstance(right, float) else left // right


def _remainder(left: int, right: int, text: str) -> int:
    if right == 0:
        raise Fault("B207", "", text)
    return left % right


def _shift_left(left: int, right: int, text: str) -> int:
    if not 0 <= right < 64:
        raise Fault("B206", "a shift by 0 to 63 bits", text)
    return left << right


def _shift_right(left: int, right: int, text: str) -> int:
    if not 0 <= right < 64:
        raise Fault("B206", "a shift by 0 to 63 bits", text)
    return left >> right


_CHECKED: Final[Mapping[str, Callable[[Any, Any, str], Any]]] = {
    "+": _add,
    "-": lambda left, right, _text: left - right,
    "*": lambda left, right, _text: left * right,
    "/": _divide,
    "%": _remainder,
    "&": lambda left, right, _text: left & right,
    "|": lambda left, right, _text: left | right,
    "^": lambda left, right, _text: left ^ right,
    "<<": _shift_left,
    ">>": _shift_right,
}
