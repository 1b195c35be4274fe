"""Typed expressions to C functions, each once: what harness/reading/expressions.py compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.native.compile.expression import casts, making, methods, operators, places, quantifiers
from harness.native.compile.expression.body import Binding, Body
from harness.native.compile.expression.carriers import (
    boxed,
    carrier_of,
    declared,
    floating,
    integer,
    nothing,
)
from harness.native.compile.expression.members import Members
from harness.reading import kinship
from harness.schema.expression import typed
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.types import AnyValue, IntValue, StructValue

if TYPE_CHECKING:
    from harness.native.compile.layout import Layouts
    from harness.native.compile.unit import Unit
    from harness.schema.types import ValueType


# what names mean beside the stock ones
Names = Mapping[str, Binding]
_NO_NAMES: Final[Names] = {}

_LARGE: Final = 60


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression as a C function.

    Attributes:
        name: of the function.
        ctype: of its result.
        type: of the expression.
    """

    name: str
    ctype: str
    type: ValueType


class ExpressionCompiler:
    """Compiles the expressions of one schema into functions of its unit.

    Attributes:
        members: names of members that only reading finds; its table must be put into the source.
    """

    def __init__(self, unit: Unit, layouts: Layouts) -> None:
        self._unit = unit
        self._layouts = layouts
        self.members = Members(unit)
        self._is_nested_plainly = kinship.is_nested_plainly(unit.schema)
        self._own_file = "" if kinship.comes_back(unit.schema) else unit.schema.id
        self._known: dict[Expr, Compiled] = {}
        self._boxed: dict[str, str] = {}

    def function(self, expr: Expr, owner: str, names: Names = _NO_NAMES) -> Compiled:
        """Return the function that evaluates `expr`, which stands in the type `owner`.

        It is put into the unit, once; each time where `names` say what names are bound to.

        `static int NAME(hv_ctx *c, hv_node *self, const hv_bound *b, CTYPE *out)` gives HV_OK and
        fills in `out`; or HV_UNKNOWN or HV_FAULT, `c->error` filled in; or HV_STOPPED.
        """
        if names:
            return self._compile(expr, owner, names)
        known = self._known.get(expr)
        if known is None:
            known = self._known[expr] = self._compile(expr, owner, names)
        return known

    def condition(self, expr: Expr, owner: str) -> Compiled:
        """Return the function for what is only asked whether it holds."""
        return self.function(expr, owner)

    def boxed(self, expr: Expr, owner: str, names: Names = _NO_NAMES) -> str:
        """Return the name of a function that gives the value as an `hv_val`."""
        inner = self.function(expr, owner, names)
        if inner.ctype == "hv_val":
            return inner.name
        if inner.name not in self._boxed:
            self._boxed[inner.name] = self._box(inner)
        return self._boxed[inner.name]

    def _compile(self, expr: Expr, owner: str, names: Names) -> Compiled:
        name, ctype = self._unit.fresh("value"), carrier_of(expr.type)
        body = Body(self._unit, self._layouts, self.members, self._emit)
        body.bound = names
        level = making.begin(body, expr)
        value = body.named(expr)
        making.end(body, level)
        body.line(f"*out = {value};")
        _outlive(body, expr.type)
        comment = f"/* {_one_line(owner)}: {_one_line(self._unit.text(expr))} */\n"
        # one of many parts takes much of the stack, which must be free again when more is read
        is_large = sum(1 for _ in nodes_of(expr)) > _LARGE
        self._unit.add(comment + body.function(_head(name, ctype, is_large=is_large)))
        return Compiled(name, ctype, expr.type)

    def _box(self, inner: Compiled) -> str:
        name = f"{inner.name}_boxed"
        self._unit.add(
            f"{_head(name, 'hv_val')}\n{{\n"
            f"    {declared(inner.ctype, 'found')} = {nothing(inner.ctype)};\n"
            f"    const int status = {inner.name}(c, self, b, &found);\n"
            f"    if (status == HV_OK) *out = {boxed('found', inner.type)};\n"
            "    return status;\n}"
        )
        return name

    # nodes

    def _emit(self, body: Body, node: Expr) -> str:
        """Put the evaluation of `node` into `body`; return what its value is there."""
        match node:
            case typed.Constant():
                return _constant(body, node)
            case typed.ConstantBytes(value=value):
                return body.constant("hv_slice", body.unit.literal(value))
            case typed.Self():
                return "self"
            case typed.Root():
                return places.root(body, node, self._own_file)
            case typed.Bound():
                return _bound(body, node)
            case typed.Parent():
                return places.parent(body, node, is_plain=self._is_nested_plainly)
            case typed.Field(owner=owner):
                return places.field(body, node) if owner else methods.member(body, node)
            case typed.Joined():
                return places.joined(body, node)
            case typed.Io(base=base):
                return body.constant("hv_stream *", f"{body.named(base)}->stream")
            case typed.StreamProperty():
                return places.stream_property(body, node)
            case typed.Offset():
                return places.offset(body, node)
            case _:
                return _compound(body, node)


def _compound(body: Body, node: Expr) -> str:
    """Put in what is made of other values."""
    match node:
        case typed.ListOf():
            return methods.list_of(body, node)
        case typed.Join():
            return methods.join(body, node)
        case typed.At():
            return places.element(body, node)
        case typed.Cast():
            return casts.cast(body, node)
        case typed.Method():
            return methods.method(body, node)
        case typed.Quantifier():
            return quantifiers.quantifier(body, node)
        case typed.Operation():
            return operators.operation(body, node)
        case typed.Choice():
            return operators.choice(body, node)
        case _:
            raise AssertionError(node)


def _constant(body: Body, node: typed.Constant) -> str:
    match node.value:
        case bool(value):
            return str(int(value))
        case int(value):
            is_u64 = isinstance(node.type, IntValue) and node.type.is_u64
            return integer(value, is_u64=is_u64)
        case float(value):
            return body.constant("hv_val", floating(value))
        case value:
            data = value.encode("utf-8", "surrogatepass")
            return body.constant("hv_slice", body.unit.literal(data))


def _bound(body: Body, node: typed.Bound) -> str:
    """A value bound by a quantifier here, or by what asks for the whole."""
    binding = body.bound.get(node.name) or _GIVEN[node.name]
    if not binding.is_boxed:
        return binding.code
    return body.taken(binding.code, node.name, node.type)


_GIVEN = {
    "_": Binding("b->it", AnyValue(), is_boxed=True),
    "_on": Binding("b->on", AnyValue(), is_boxed=True),
    "_index": Binding("b->index", LENGTH),
}


def _outlive(body: Body, kind: ValueType) -> None:
    """Let what the function gives outlive it, where it may be a structure that is only loaded."""
    match kind:
        case StructValue(name=name) if name == "" or places.is_ephemeral(body, kind):
            body.line("*out = hv_outliving(c, *out);")
            body.unless("*out != NULL", "HV_STOPPED")
        case AnyValue():
            body.attempt("hv_outlive(c, out)")


def _head(name: str, ctype: str, *, is_large: bool = False) -> str:
    out = declared(ctype, "*out") if not ctype.endswith("*") else f"{ctype}*out"
    kind = "HV_LOCAL HV_APART int" if is_large else "HV_LOCAL int"
    return f"{kind} {name}(hv_ctx *c, hv_node *self, const hv_bound *b, {out})"


def _one_line(text: str) -> str:
    """Return a text that can stand in a C comment."""
    shown = "".join(sign if sign.isprintable() and sign.isascii() else "?" for sign in text[:80])
    return shown.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ")
