"""From syntax to the typed expression: names resolved, types inferred, misuse refused."""

from __future__ import annotations

from typing import Final

from harness.schema.encodings import codec_of
from harness.schema.expression import operations, syntax, typed
from harness.schema.expression.conversion import (
    converted,
    element_of,
    required,
)
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.scope import Names, Scope
from harness.schema.expression.signatures import (
    ALL_METHODS,
    BOOLEAN,
    INTEGER,
    LENGTH,
    METHODS,
    QUANTIFIERS,
    primitive_type,
)
from harness.schema.expression.syntax import Syntax
from harness.schema.types import (
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

_PLACED: Final = (
    typed.Field, typed.Self, typed.Bound, typed.At, typed.Parent, typed.Root, typed.Joined,
    typed.Method, typed.Cast,
)  # fmt: skip


def has_no_bytes(tree: typed.Expr, names: Names) -> bool:
    """Whether a plain value has none of its own, since it is computed or passed."""
    if not isinstance(tree, typed.Field) or not tree.owner:
        return False
    is_plain = not isinstance(tree.type, StructValue | ListValue | AnyValue)
    return is_plain and names.is_made(tree.owner, tree.name)


def infer(tree: Syntax, names: Names, scope: Scope) -> typed.Expr:
    """Return the typed form of `tree`.

    Raises:
        ExpressionError: an unknown name (Q905), misused types (Q906), what the profile leaves out
            (Q907).
    """
    return _Typer(names, scope).visit(tree)


class _Typer:
    """One scope's worth of inference; quantifiers open another."""

    def __init__(self, names: Names, scope: Scope) -> None:
        self._names = names
        self._scope = scope

    def visit(self, node: Syntax) -> typed.Expr:
        """Return the typed form of `node`."""
        match node:
            case syntax.Literal(value=value, offset=offset):
                return typed.Constant(type=_literal_type(value, offset), value=value)
            case syntax.ListLiteral():
                return self._list(node)
            case syntax.FormatString(pieces=pieces):
                return self._format(pieces)
            case syntax.Name():
                return self._name(node)
            case syntax.ScopedName():
                return self._enum_member(node)
            case syntax.Member():
                return self._member(self.visit(node.base), node.name, node.offset)
            case syntax.Call():
                return self._call(node)
            case syntax.Index():
                return self._index(node)
            case syntax.Cast():
                return self._cast(node)
            case syntax.SizeOf():
                return self._size_of(node)
            case syntax.Unary():
                return operations.unary(node, self.visit(node.operand))
            case syntax.Binary():
                return operations.binary(node, self.visit(node.left), self.visit(node.right))
            case syntax.Ternary():
                parts = (node.condition, node.then, node.otherwise)
                return operations.ternary(node, *(self.visit(part) for part in parts))

    def _list(self, node: syntax.ListLiteral) -> typed.Expr:
        values = [item.value if isinstance(item, syntax.Literal) else None for item in node.items]
        numbers = [
            v for v in values if isinstance(v, int) and not isinstance(v, bool) and v in range(256)
        ]
        if len(numbers) == len(values):
            return typed.ConstantBytes(type=BytesValue(), value=bytes(numbers))
        items = tuple(self.visit(item) for item in node.items)
        item_type = items[0].type
        for item in items[1:]:
            item_type = operations.combined(item_type, item.type, node.offset)
        return typed.ListOf(type=ListValue(item_type), items=items)

    def _format(self, pieces: tuple[str | Syntax, ...]) -> typed.Expr:
        parts: list[typed.Expr] = []
        for piece in pieces:
            if isinstance(piece, str):
                parts.append(typed.Constant(type=TextValue(), value=piece))
                continue
            part = self.visit(piece)
            if isinstance(part.type, IntValue):
                part = typed.Method(type=TextValue(), base=part, name="to_s")
            parts.append(required(part, TextValue, piece.offset, "a string or an integer"))
        return typed.Join(type=TextValue(), pieces=tuple(parts))

    # names

    def _name(self, node: syntax.Name) -> typed.Expr:
        name, owner = node.name, self._scope.owner
        bound = self._scope.bound.get(name)
        if bound is not None:
            return typed.Bound(type=bound, name=name)
        myself = typed.Self(type=StructValue(owner))
        if name == "_root":
            return typed.Root(type=self._names.root_type(owner))
        if name.startswith("_") and name not in ("_", "_index", "_on"):
            return self._member(myself, name, node.offset)
        found = self._struct_member(myself, owner, name)
        if found is None:
            raise ExpressionError(self._unknown(name, owner), node.offset, "Q905")
        return found

    def _unknown(self, name: str, owner: str) -> str:
        text = f"`{owner}` has nothing named `{name[:80]}`"
        close = _closest(name, self._names.field_names(owner))
        return f"{text}; did you mean `{close}`?" if close else text

    def _struct_member(self, base: typed.Expr, owner: str, name: str) -> typed.Expr | None:
        found = self._names.field_type(owner, name)
        if found is not None:
            return typed.Field(type=found, base=base, owner=owner, name=name)
        joined = self._names.joined_type(owner, name) if self._scope.ours else None
        return None if joined is None else typed.Joined(type=joined, base=base, name=name)

    def _member(self, base: typed.Expr, name: str, offset: int) -> typed.Expr:
        special = self._special_member(base, name, offset)
        if special is not None:
            return special
        match base.type:
            case StructValue(name=owner) if owner:
                found = self._struct_member(base, owner, name)
                if found is None:
                    raise ExpressionError(self._unknown(name, owner), offset, "Q905")
                return found
            case StructValue() if not self._scope.ours:
                message = f"a structure of any type has no `{name[:80]}`; cast it with `.as<…>`"
                raise ExpressionError(message, offset, "Q905")
            case StructValue() | AnyValue():
                return typed.Field(type=AnyValue(), base=base, owner="", name=name)
            case _:
                return self._method(base, name, (), offset)

    def _special_member(self, base: typed.Expr, name: str, offset: int) -> typed.Expr | None:
        """`_parent`, `_root`, `_io`, `_start`, `_end`, `_sizeof`; None for any other name."""
        if name in ("_start", "_end", "_sizeof"):
            if name != "_sizeof" and not self._scope.ours:
                raise ExpressionError(f"`{name}` stands only in our own `-` keys", offset, "Q907")
            if not isinstance(base, _PLACED) or has_no_bytes(base, self._names):
                raise ExpressionError(f"`{name}` needs something that was read", offset, "Q906")
            if name == "_sizeof":
                return self._size_of_value(base, offset)
            return typed.Offset(type=LENGTH, base=base, which=name[1:])
        if name not in ("_parent", "_root", "_io"):
            return None
        base = required(base, StructValue, offset, "a structure")
        owner = base.type.name if isinstance(base.type, StructValue) else ""
        if name == "_io":
            return typed.Io(type=StreamValue(), base=base)
        if name == "_root":
            top = self._names.root_type(owner) if owner else StructValue()
            return typed.Root(type=top, base=base)
        parent = self._names.parent_type(owner) if owner else StructValue()
        return typed.Parent(type=parent, base=base)

    def _size_of_value(self, base: typed.Expr, offset: int) -> typed.Expr:
        """`x._sizeof`: known from the schema, as in Kaitai; in our keys it may be measured too."""
        bits: int | None = None
        if isinstance(base, typed.Field) and base.owner:
            bits = self._names.field_bits(base.owner, base.name)
        elif isinstance(base.type, StructValue) and base.type.name:
            bits = self._names.struct_bits(base.type.name)
        if bits is not None:
            size = (bits + 7) // 8
            return typed.Constant(type=IntValue(size, size), value=size)
        if not self._scope.ours:
            raise ExpressionError("content decides its size", offset, "Q906")
        return typed.Offset(type=LENGTH, base=base, which="sizeof")

    def _enum_member(self, node: syntax.ScopedName) -> typed.Expr:
        *path, label = node.names
        if not path:
            raise ExpressionError(f"`{label}` is no enum member", node.offset, "Q905")
        enum = self._names.find_enum("::".join(path), self._scope.owner)
        if enum is None:
            raise ExpressionError(f"there is no enum `{'::'.join(path)}`", node.offset, "Q905")
        value = self._names.enum_value(enum, label)
        if value is None:
            raise ExpressionError(f"enum `{enum}` has no member `{label}`", node.offset, "Q905")
        return typed.Constant(type=IntValue(value, value, enum), value=value)

    # postfix

    def _call(self, node: syntax.Call) -> typed.Expr:
        base = self.visit(node.base)
        if node.method in QUANTIFIERS and node.arguments:
            return self._quantifier(base, node)
        if any(argument.binder for argument in node.arguments):
            raise ExpressionError(f"`{node.method}` binds no names", node.offset)
        arguments = tuple(self.visit(argument.value) for argument in node.arguments)
        return self._method(base, node.method, arguments, node.offset)

    def _method(
        self, base: typed.Expr, name: str, arguments: tuple[typed.Expr, ...], offset: int
    ) -> typed.Expr:
        if isinstance(base.type, AnyValue | StructValue) and name in ALL_METHODS:
            return typed.Method(type=AnyValue(), base=base, name=name, arguments=arguments)
        if name == "to_i" and isinstance(base.type, TextValue) and len(arguments) == 1:
            radix = required(arguments[0], IntValue, offset, "an integer")
            return typed.Method(type=INTEGER, base=base, name=name, arguments=(radix,))
        if name == "to_i" and isinstance(base.type, IntValue) and not arguments:
            kind = IntValue(base.type.low, base.type.high)
            return typed.Method(type=kind, base=base, name=name)
        signature = METHODS.get(type(base.type), {}).get(name)
        if signature is None:
            raise ExpressionError(f"{with_article(base.type)} has no `{name[:80]}`", offset, "Q905")
        wanted, result = signature
        if len(wanted) != len(arguments):
            message = f"`{name}` takes {len(wanted)} arguments, not {len(arguments)}"
            raise ExpressionError(message, offset, "Q906")
        checked = tuple(
            required(argument, type(kind), offset, with_article(kind))
            for argument, kind in zip(arguments, wanted, strict=True)
        )
        if isinstance(base.type, StreamValue):
            return typed.StreamProperty(type=result or INTEGER, base=base, name=name)
        if name == "to_s" and isinstance(base.type, BytesValue):
            _check_encoding(checked[0], offset, is_lenient=self._names.is_lenient)
        given = element_of(base, offset) if result is None else result
        return typed.Method(type=given, base=base, name=name, arguments=checked)

    def _quantifier(self, base: typed.Expr, node: syntax.Call) -> typed.Expr:
        if not self._scope.ours:
            message = f"`{node.method}(…)` stands only in our own `-` keys"
            raise ExpressionError(message, node.offset, "Q907")
        *binders, last = node.arguments
        named = [*binders, last] if last.binder else []
        if len(node.arguments) > 2 or (binders and not last.binder):
            raise ExpressionError(f"`{node.method}` takes one expression", node.offset, "Q906")
        item = (named[0].binder or "_") if named else "_"
        index = (named[1].binder or "_index") if len(named) == 2 else "_index"
        kinds = {item: element_of(base, node.offset), index: LENGTH}
        body = _Typer(self._names, self._scope.binding(kinds)).visit(last.value)
        if node.method in ("all", "any", "count", "find"):
            body = required(body, BoolValue, node.offset, "a condition")
        else:
            body = required(body, IntValue, node.offset, "an integer")
        return typed.Quantifier(
            type=_quantified(node.method, kinds[item], body),
            base=base, name=node.method, item=item, index=index, body=body,
        )  # fmt: skip

    def _index(self, node: syntax.Index) -> typed.Expr:
        base = self.visit(node.base)
        index = required(self.visit(node.index), IntValue, node.index.offset, "an integer")
        return typed.At(type=element_of(base, node.offset), base=base, index=index)

    def _cast(self, node: syntax.Cast) -> typed.Expr:
        base = self.visit(node.base)
        kind = self._cast_type(node)
        if _is_packing(base.type, kind) and not node.is_array:
            return typed.Cast(type=kind, base=base)
        found = converted(base, ListValue(kind) if node.is_array else kind, node.offset)
        return found if isinstance(found, typed.Cast) else typed.Cast(type=found.type, base=found)

    def _cast_type(self, node: syntax.Cast) -> ValueType:
        primitive = primitive_type(node.type_name)
        if primitive is not None:
            return primitive
        found = self._names.find_type(node.type_name, self._scope.owner)
        if found is None:
            raise ExpressionError(f"there is no type `{node.type_name}`", node.offset, "Q905")
        return StructValue(found)

    def _size_of(self, node: syntax.SizeOf) -> typed.Expr:
        bits = self._names.size_in_bits(node.type_name, self._scope.owner)
        if bits is None:
            raise ExpressionError(f"`{node.type_name}` has no fixed size", node.offset, "Q906")
        size = bits if node.in_bits else (bits + 7) // 8
        return typed.Constant(type=IntValue(size, size), value=size)


def _closest(name: str, known: tuple[str, ...]) -> str:
    if len(name) > 80 or len(known) > 500:
        return ""  # a hint is not worth seconds
    import difflib  # noqa: PLC0415  # costs start-up time and is needed for mistakes only

    return next(iter(difflib.get_close_matches(name, known, 1)), "")


def _check_encoding(name: typed.Expr, offset: int, *, is_lenient: bool) -> None:
    if not isinstance(name, typed.Constant):
        raise ExpressionError("the encoding must be written out", offset, "Q907")
    if codec_of(str(name.value)) is None and not is_lenient:  # Kaitai finds out when it decodes
        raise ExpressionError(f"the encoding `{name.value}` is not supported", offset, "Q907")


def _is_packing(found: ValueType, target: ValueType) -> bool:
    """Whether a cast makes bytes of a list of integers: `[a, b].as<bytes>`."""
    is_of_integers = isinstance(found, ListValue) and isinstance(found.item, IntValue)
    return is_of_integers and isinstance(target, BytesValue)


def _literal_type(value: int | float | str | bool, offset: int) -> ValueType:  # noqa: FBT001, PYI041  # a literal
    match value:
        case bool():
            return BOOLEAN
        case int():
            if not S64_MIN <= value <= U64_MAX:
                raise ExpressionError(f"`{value}` does not fit 64 bits", offset)
            return IntValue(value, value)
        case float():
            return FloatValue()
        case _:
            return TextValue()


def _quantified(name: str, element: ValueType, body: typed.Expr) -> ValueType:
    """Return the type of a quantifier's result."""
    match name:
        case "all" | "any":
            return BOOLEAN
        case "count":
            return LENGTH
        case "find":
            return element
        case "sum":
            is_u64 = isinstance(body.type, IntValue) and body.type.is_u64
            return IntValue(0, U64_MAX) if is_u64 else INTEGER
        case _:
            return body.type
