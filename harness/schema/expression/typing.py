"""From syntax to the typed expression: names resolved, types inferred, misuse refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from harness.schema.expression import ranges, syntax, typed
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.syntax import Syntax
from harness.schema.types import (
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
    describe,
    union,
)

LENGTH: Final = IntValue(0, (1 << 63) - 1)
_INT: Final = IntValue()
_BYTE: Final = IntValue(0, 255)
_BOOL: Final = BoolValue()

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_INTEGER_ONLY: Final = frozenset({"&", "|", "^", "<<", ">>"})
QUANTIFIERS: Final = frozenset({"all", "any", "count", "sum", "min", "max", "find"})

# base kind -> method -> (argument types, result); the result None is the list's element type
_Signature = tuple[tuple[ValueType, ...], ValueType | None]
_METHODS: Final[Mapping[type, Mapping[str, _Signature]]] = {
    TextValue: {
        "length": ((), LENGTH),
        "size": ((), LENGTH),
        "reverse": ((), TextValue()),
        "substring": ((_INT, _INT), TextValue()),
        "to_i": ((), _INT),
        "to_s": ((), TextValue()),
    },
    BytesValue: {
        "length": ((), LENGTH),
        "size": ((), LENGTH),
        "first": ((), _BYTE),
        "last": ((), _BYTE),
        "min": ((), _BYTE),
        "max": ((), _BYTE),
        "to_s": ((TextValue(),), TextValue()),
    },
    ListValue: {
        "length": ((), LENGTH),
        "size": ((), LENGTH),
        "first": ((), None),
        "last": ((), None),
        "min": ((), None),
        "max": ((), None),
    },
    IntValue: {"to_s": ((), TextValue()), "to_i": ((), _INT)},
    FloatValue: {"to_i": ((), _INT)},
    BoolValue: {"to_i": ((), IntValue(0, 1))},
    StreamValue: {"size": ((), LENGTH), "pos": ((), LENGTH), "eof": ((), _BOOL)},
}
_ALL_METHODS: Final = frozenset(name for methods in _METHODS.values() for name in methods)


class Names(Protocol):
    """What the typer asks of the schema's declarations."""

    def field_type(self, owner: str, name: str) -> ValueType | None:
        """Type of a parameter, attribute or instance; None when `owner` has none of that name."""

    def joined_type(self, owner: str, name: str) -> ValueType | None:
        """Type of the item a `-refers-to … as name` of `owner` names."""

    def parent_type(self, owner: str) -> StructValue:
        """Static type of `_parent`; unnamed where it differs."""

    def root_type(self, owner: str) -> StructValue:
        """Type of `_root`."""

    def field_names(self, owner: str) -> tuple[str, ...]:
        """All names of `owner`, for suggestions."""

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of the type written `name` inside `owner`."""

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of the enum written `name` inside `owner`."""

    def enum_value(self, enum: str, label: str) -> int | None:
        """Number of a member."""

    def size_in_bits(self, type_name: str, owner: str) -> int | None:
        """Fixed size of a type; None where content decides."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands.

    Attributes:
        owner: the type in which it stands.
        bound: names its context binds (`_`, `_index`, `_on`, quantifier names).
        ours: it stands in one of our keys, so extensions and joined names may be used.
    """

    owner: str
    bound: Mapping[str, ValueType] = field(default_factory=dict)
    ours: bool = False

    def binding(self, names: Mapping[str, ValueType]) -> Scope:
        """Return this scope with more bound names."""
        return replace(self, bound={**self.bound, **names})


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
        match node:
            case syntax.Literal(value=value):
                return typed.Constant(type=_literal_type(value), value=value)
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
                return self._unary(node)
            case syntax.Binary():
                return self._binary(node)
            case syntax.Ternary():
                return self._ternary(node)

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
            item_type = union(item_type, item.type)
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
            self._require(part, TextValue, piece.offset, "a string or an integer")
            parts.append(part)
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
        # difflib costs start-up time and is needed for mistakes only
        import difflib

        text = f"`{owner}` has nothing named `{name}`"
        close = difflib.get_close_matches(name, self._names.field_names(owner), 1)
        return f"{text}; did you mean `{close[0]}`?" if close else text

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
            case StructValue() | AnyValue():
                return typed.Field(type=AnyValue(), base=base, owner="", name=name)
            case _:
                return self._method(base, name, (), offset)

    def _special_member(self, base: typed.Expr, name: str, offset: int) -> typed.Expr | None:
        """`_parent`, `_root`, `_io`, `_start`, `_end`, `_sizeof`; None for any other name."""
        if name in ("_start", "_end") and not self._scope.ours:
            raise ExpressionError(f"`{name}` stands only in our own `-` keys", offset, "Q907")
        if name in ("_start", "_end", "_sizeof"):
            if not isinstance(
                base,
                typed.Field
                | typed.Self
                | typed.Bound
                | typed.At
                | typed.Parent
                | typed.Root
                | typed.Joined
                | typed.Method,
            ):
                raise ExpressionError(f"`{name}` needs something that was read", offset, "Q906")
            return typed.Offset(type=LENGTH, base=base, which=name[1:])
        if name not in ("_parent", "_root", "_io"):
            return None
        self._require(base, StructValue, offset, "a structure")
        owner = base.type.name if isinstance(base.type, StructValue) else ""
        if name == "_io":
            return typed.Io(type=StreamValue(), base=base)
        if name == "_root":
            return typed.Root(type=self._names.root_type(self._scope.owner))
        parent = self._names.parent_type(owner) if owner else StructValue()
        return typed.Parent(type=parent, base=base)

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
        if isinstance(base.type, AnyValue | StructValue) and name in _ALL_METHODS:
            return typed.Method(type=AnyValue(), base=base, name=name, arguments=arguments)
        if name == "to_i" and isinstance(base.type, TextValue) and len(arguments) == 1:
            self._require(arguments[0], IntValue, offset, "an integer")
            return typed.Method(type=_INT, base=base, name=name, arguments=arguments)
        if name == "to_i" and isinstance(base.type, IntValue) and not arguments:
            kind = IntValue(base.type.low, base.type.high)
            return typed.Method(type=kind, base=base, name=name)
        signature = _METHODS.get(type(base.type), {}).get(name)
        if signature is None:
            raise ExpressionError(f"{describe(base.type)} has no `{name}`", offset, "Q905")
        wanted, result = signature
        if len(wanted) != len(arguments):
            raise ExpressionError(
                f"`{name}` takes {len(wanted)} arguments, not {len(arguments)}", offset, "Q906"
            )
        for argument, kind in zip(arguments, wanted, strict=True):
            self._require(argument, type(kind), offset, describe(kind))
        if isinstance(base.type, StreamValue):
            return typed.StreamProperty(type=result or _INT, base=base, name=name)
        if result is None:
            assert isinstance(base.type, ListValue)
            result = base.type.item
        return typed.Method(type=result, base=base, name=name, arguments=arguments)

    def _quantifier(self, base: typed.Expr, node: syntax.Call) -> typed.Expr:
        if not self._scope.ours:
            raise ExpressionError(
                f"`{node.method}(…)` stands only in our own `-` keys", node.offset, "Q907"
            )
        *binders, last = node.arguments
        named = [*binders, last] if last.binder else []
        if len(node.arguments) > 2 or (binders and not last.binder):
            raise ExpressionError(f"`{node.method}` takes one expression", node.offset, "Q906")
        item = (named[0].binder or "_") if named else "_"
        index = (named[1].binder or "_index") if len(named) == 2 else "_index"
        kinds = {item: _element(base, node.offset), index: LENGTH}
        body = _Typer(self._names, self._scope.binding(kinds)).visit(last.value)
        if node.method in ("all", "any", "count", "find"):
            self._require(body, BoolValue, node.offset, "a condition")
        else:
            self._require(body, IntValue, node.offset, "an integer")
        result = {
            "all": _BOOL, "any": _BOOL, "count": LENGTH, "find": kinds[item],
            "sum": IntValue() if not _is_u64(body) else IntValue(0, (1 << 64) - 1),
        }.get(node.method, body.type)  # fmt: skip
        return typed.Quantifier(
            type=result, base=base, name=node.method, item=item, index=index, body=body
        )

    def _index(self, node: syntax.Index) -> typed.Expr:
        base, index = self.visit(node.base), self.visit(node.index)
        self._require(index, IntValue, node.index.offset, "an integer")
        return typed.At(type=_element(base, node.offset), base=base, index=index)

    def _cast(self, node: syntax.Cast) -> typed.Expr:
        base = self.visit(node.base)
        kind = self._cast_type(node)
        return _with_type(base, ListValue(kind) if node.is_array else kind)

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

    # operators

    def _unary(self, node: syntax.Unary) -> typed.Expr:
        operand = self.visit(node.operand)
        if node.operator == "not":
            self._require(operand, BoolValue, node.offset, "a condition")
            return typed.Operation(type=_BOOL, operator="not", left=operand)
        if node.operator == "-" and isinstance(operand.type, FloatValue):
            return typed.Operation(type=FloatValue(), operator="-", left=operand)
        self._require(operand, IntValue, node.offset, "an integer")
        kind = operand.type if isinstance(operand.type, IntValue) else _INT
        if node.operator == "-":
            result = ranges.clamped("-", IntValue(0, 0), kind)
        else:
            result = IntValue(0, (1 << 64) - 1) if kind.is_u64 else IntValue(~kind.high, ~kind.low)
        return typed.Operation(type=result, operator=node.operator, left=operand)

    def _binary(self, node: syntax.Binary) -> typed.Expr:
        left, right = self.visit(node.left), self.visit(node.right)
        result = self._binary_type(node, left.type, right.type)
        if result is None:
            raise ExpressionError(
                f"`{node.operator}` cannot join {describe(left.type)} and {describe(right.type)}",
                node.offset,
                "Q906",
            )
        return typed.Operation(type=result, operator=node.operator, left=left, right=right)

    def _binary_type(
        self, node: syntax.Binary, left: ValueType, right: ValueType
    ) -> ValueType | None:
        operator = node.operator
        if operator in ("and", "or"):
            return _BOOL if _all_of((left, right), BoolValue) else None
        if operator in _COMPARISONS:
            return _BOOL if _comparable(operator, left, right) else None
        if isinstance(left, IntValue) and isinstance(right, IntValue):
            return None if left.enum or right.enum else ranges.clamped(operator, left, right)
        if isinstance(left, AnyValue) or isinstance(right, AnyValue):
            return AnyValue()
        if operator in _INTEGER_ONLY:
            return None
        if _all_of((left, right), FloatValue, IntValue):
            return FloatValue()
        return TextValue() if operator == "+" and _all_of((left, right), TextValue) else None

    def _ternary(self, node: syntax.Ternary) -> typed.Expr:
        condition = self.visit(node.condition)
        self._require(condition, BoolValue, node.offset, "a condition")
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        result = union(then.type, otherwise.type)
        if isinstance(result, IntValue) and result.is_u64 and result.low < 0:
            raise ExpressionError(
                "one side may be negative, the other beyond s64: no type holds both",
                node.offset,
                "Q906",
            )
        return typed.Choice(type=result, condition=condition, then=then, otherwise=otherwise)

    def _require(self, found: typed.Expr, kind: type, offset: int, wanted: str) -> None:
        if not isinstance(found.type, kind | AnyValue):
            raise ExpressionError(
                f"{wanted} is wanted, this is {describe(found.type)}", offset, "Q906"
            )


def _with_type(base: typed.Expr, kind: ValueType) -> typed.Expr:
    """A cast changes what the schema knows, never the value."""
    import msgspec

    return msgspec.structs.replace(base, type=kind)


def _literal_type(value: float | str | bool) -> ValueType:
    match value:
        case bool():
            return _BOOL
        case int():
            return IntValue(value, value)
        case float():
            return FloatValue()
        case _:
            return TextValue()


def _element(base: typed.Expr, offset: int) -> ValueType:
    match base.type:
        case ListValue(item=item):
            return item
        case BytesValue():
            return _BYTE
        case TextValue():
            return IntValue(0, 0x10FFFF)
        case AnyValue():
            return AnyValue()
        case other:
            raise ExpressionError(f"{describe(other)} has no elements", offset, "Q906")


def _is_u64(expression: typed.Expr) -> bool:
    return isinstance(expression.type, IntValue) and expression.type.is_u64


def _all_of(types: tuple[ValueType, ...], *kinds: type) -> bool:
    return all(isinstance(type_, (*kinds, AnyValue)) for type_ in types)


def _comparable(operator: str, left: ValueType, right: ValueType) -> bool:
    match left, right:
        case (AnyValue(), _) | (_, AnyValue()):
            return True
        case IntValue(), IntValue():
            return left.enum == right.enum
        case ((IntValue() | FloatValue()), (IntValue() | FloatValue())):
            return True
        case (
            (BoolValue(), BoolValue()) | (ListValue(), ListValue()) | (StructValue(), StructValue())
        ):
            return operator in ("==", "!=")
        case _:
            return type(left) is type(right) and isinstance(left, TextValue | BytesValue)


def primitive_type(name: str) -> ValueType | None:
    """Return the value type of a primitive written in a cast or as a parameter's type."""
    if name in _PRIMITIVES:
        return _PRIMITIVES[name]
    if len(name) >= 2 and name[0] == "b" and name[1:].isdigit() and 1 <= int(name[1:]) <= 64:
        return _BOOL if name == "b1" else IntValue(0, (1 << int(name[1:])) - 1)
    return None


def _integer_type(width: int, *, signed: bool) -> IntValue:
    bits = width * 8
    return (
        IntValue(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        if signed
        else IntValue(0, (1 << bits) - 1)
    )


_PRIMITIVES: Final[Mapping[str, ValueType]] = {
    "str": TextValue(), "strz": TextValue(), "bytes": BytesValue(), "bool": _BOOL,
    "struct": StructValue(), "any": AnyValue(),
    **{
        f"{sign}{width}{order}": _integer_type(width, signed=sign == "s")
        for sign in "us" for width in (1, 2, 4, 8) for order in ("", "le", "be")
        if not (width == 1 and order)
    },
    **{f"f{width}{order}": FloatValue() for width in (4, 8) for order in ("", "le", "be")},
}  # fmt: skip
