"""The untyped syntax tree: what the parser saw, each node with its offset in the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string or boolean."""

    value: int | float | str | bool
    offset: int


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b, c]`."""

    items: tuple[Syntax, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class FormatString:
    """`f"…{expression}…"`: pieces of text and expressions, in turn."""

    pieces: tuple[str | Syntax, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Name:
    """A plain name."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class ScopedName:
    """`a::b::c`: an enum member."""

    names: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Member:
    """`base.name`."""

    base: Syntax
    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call; `binder` where it is written `name: expression`."""

    binder: str | None
    value: Syntax


@dataclass(frozen=True, slots=True)
class Call:
    """`base.method(arguments)`."""

    base: Syntax
    method: str
    arguments: tuple[Argument, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Index:
    """`base[index]`."""

    base: Syntax
    index: Syntax
    offset: int


@dataclass(frozen=True, slots=True)
class Cast:
    """`base.as<type>`; `is_array` for `.as<type[]>`."""

    base: Syntax
    type_name: str
    is_array: bool
    offset: int


@dataclass(frozen=True, slots=True)
class SizeOf:
    """`sizeof<type>` or `bitsizeof<type>`."""

    type_name: str
    in_bits: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `~x`, `not x`."""

    operator: str
    operand: Syntax
    offset: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Syntax
    right: Syntax
    offset: int


@dataclass(frozen=True, slots=True)
class Ternary:
    """`condition ? then : otherwise`."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax
    offset: int


Syntax = (
    Literal | ListLiteral | FormatString | Name | ScopedName | Member | Call | Index | Cast
    | SizeOf | Unary | Binary | Ternary
)  # fmt: skip


def children(node: Syntax) -> tuple[Syntax, ...]:
    """Return the direct parts of `node`, in the order they are written."""
    match node:
        case Literal() | Name() | ScopedName() | SizeOf():
            return ()
        case ListLiteral(items=items):
            return items
        case FormatString(pieces=pieces):
            return tuple(piece for piece in pieces if not isinstance(piece, str))
        case Member(base=base) | Cast(base=base):
            return (base,)
        case Call(base=base, arguments=arguments):
            return (base, *(argument.value for argument in arguments))
        case Index(base=base, index=index):
            return (base, index)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Ternary(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
