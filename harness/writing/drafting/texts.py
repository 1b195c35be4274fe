"""Texts of which rules say what a part of them is, or which number is read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.writing.drafting.least import MOST_BYTES
from harness.writing.drafting.named import named_conditions
from harness.writing.drafting.numerals import Name, base_of, digits
from harness.writing.drafting.told import equalities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema, Type
    from harness.writing.choices import Choices

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})


class Piece(NamedTuple):
    """A part of a text that a rule tells."""

    start: int
    end: int
    tree: Expr


class Number(NamedTuple):
    """What a number that is read from a text is compared with, and its base."""

    base: int
    known: int


class Texts:
    """What is known of the texts of a schema, by field."""

    def __init__(self, schema: Schema) -> None:
        self._pieces: dict[Name, list[Piece]] = {}
        self._numbers: dict[Name, list[Number]] = {}
        for type_ in schema.types.values():
            for tree in _conditions(type_):
                for part in equalities(tree):
                    self._look_at_piece(part)
                for node in nodes_of(tree):
                    self._look_at_number(node)

    def _look_at_piece(self, equality: typed.Operation) -> None:
        for side, other in ((equality.left, equality.right), (equality.right, equality.left)):
            match side:
                case typed.Method(
                    base=typed.Field(base=typed.Self(), owner=owner, name=name),
                    name="substring",
                    arguments=(
                        typed.Constant(value=int() as start),
                        typed.Constant(value=int() as end),
                    ),
                ) if owner and other is not None and 0 <= start <= end <= MOST_BYTES:
                    self._pieces.setdefault((owner, name), []).append(Piece(start, end, other))

    def _look_at_number(self, node: Expr) -> None:
        if not isinstance(node, typed.Operation) or node.operator not in _COMPARISONS:
            return
        for side, other in ((node.left, node.right), (node.right, node.left)):
            match side, other:
                case (
                    typed.Method(base=typed.Field(owner=owner, name=name), name="to_i"),
                    typed.Constant(value=int() as known),
                ) if owner and known >= 0:
                    base = base_of(side)
                    if base is not None:
                        self._numbers.setdefault((owner, name), []).append(Number(base, known))

    def number(self, name: Name, choices: Choices, size: int | None) -> str | None:
        """Return a text that a number near what it is compared with is read from."""
        known = self._numbers.get(name)
        if known is None or not choices.integer(0, 3):
            return None
        base, near = choices.pick(known)
        number = max(0, near + choices.integer(-1, base * (near + 1)))
        return digits(number, base).rjust(size or 1, "0")

    def with_pieces(
        self, name: Name, text: str, size: int | None, told: Callable[[Expr], Any]
    ) -> str:
        """Return a text with the parts that rules tell, as far as they are known."""
        for start, end, tree in self._pieces.get(name, ()):
            part = told(tree)
            if isinstance(part, str) and len(part) == end - start:
                text = text[:start].ljust(start, "a") + part + text[end:]
        return text if size is None else text[: max(size, 0)]


def _conditions(type_: Type) -> Iterator[Expr]:
    """Yield what must hold of every structure of a type."""
    for check in type_.checks:
        if check.when is None:
            yield check.check.tree
    for _, tree in named_conditions(type_):
        yield tree
