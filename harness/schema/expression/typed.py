"""The typed expression: every name resolved, every node with the type of its value."""

from __future__ import annotations

import msgspec

from harness.schema.types import ValueType


class _Node(msgspec.Struct, frozen=True, tag_field="node", tag=True, kw_only=True):
    """What all nodes have: the type of the value."""

    type: ValueType


class Constant(_Node, frozen=True):
    """A literal, an enum member (its number) or a size known from the schema."""

    value: int | float | str | bool


class ConstantBytes(_Node, frozen=True):
    """A byte array literal."""

    value: bytes


class ListOf(_Node, frozen=True):
    """A list literal."""

    items: tuple[Expr, ...]


class Join(_Node, frozen=True):
    """A format string: its pieces as strings, joined."""

    pieces: tuple[Expr, ...]


class Self(_Node, frozen=True):
    """The structure in whose type the expression stands."""


class Root(_Node, frozen=True):
    """`_root`: the top structure of the file; of `base`, where it is asked for another's."""

    base: Expr | None = None


class Parent(_Node, frozen=True):
    """`_parent` of a structure."""

    base: Expr


class Bound(_Node, frozen=True):
    """A value bound by the context: `_`, `_index`, `_on`, or a quantifier's own name."""

    name: str


class Field(_Node, frozen=True):
    """A parameter, attribute or instance; `owner` is empty when only reading tells."""

    base: Expr
    owner: str
    name: str


class Joined(_Node, frozen=True):
    """The item that a `-refers-to … as NAME` of the structure found."""

    base: Expr
    name: str


class Io(_Node, frozen=True):
    """`_io` of a structure."""

    base: Expr


class StreamProperty(_Node, frozen=True):
    """`size`, `pos` or `eof` of a stream."""

    base: Expr
    name: str


class Offset(_Node, frozen=True):
    """`x._start`, `x._end`, `x._sizeof`: bytes, absolute in the file (the last: a length)."""

    base: Expr
    which: str


class At(_Node, frozen=True):
    """An element of a list or byte array."""

    base: Expr
    index: Expr


class Method(_Node, frozen=True):
    """A method without its own scope, such as `size`, `to_i` or `substring`."""

    base: Expr
    name: str
    arguments: tuple[Expr, ...] = ()


class Cast(_Node, frozen=True):
    """`base`, which reading finds to be a value of the node's type, or a fault."""

    base: Expr


class Quantifier(_Node, frozen=True):
    """`all`, `any`, `count`, `sum`, `min`, `max`, `find` over a list, byte array or string.

    `item` and `index` are the bound names (`_` and `_index` unless the author chose others).
    """

    base: Expr
    name: str
    item: str
    index: str
    body: Expr


class Operation(_Node, frozen=True):
    """A unary (`right` is None) or binary operator."""

    operator: str
    left: Expr
    right: Expr | None = None


class Choice(_Node, frozen=True):
    """`condition ? then : otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


Expr = (
    Constant | ConstantBytes | ListOf | Join | Self | Root | Parent | Bound | Field | Joined | Io
    | StreamProperty | Offset | At | Method | Cast | Quantifier | Operation | Choice
)  # fmt: skip


class Expression(msgspec.Struct, frozen=True):
    """A typed expression with the text it was written as."""

    text: str
    tree: Expr
