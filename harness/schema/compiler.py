"""Expressions in a schema's keys: parsed, typed, and reported at their own line and column."""

from __future__ import annotations

from harness.findings.model import Place
from harness.schema.expression.conversion import required
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.parser import parse
from harness.schema.expression.scope import Names, Scope
from harness.schema.expression.syntax import Syntax
from harness.schema.expression.typed import Expression
from harness.schema.expression.typing import infer
from harness.schema.problems import Problems
from harness.schema.shapes import Keys
from harness.schema.source import Scalar, Source
from harness.schema.types import AnyValue, BoolValue, IntValue, ListValue, ValueType, with_article


class Compiler:
    """Turns the text under a key into a typed expression, or notes why it cannot."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names = names
        self.problems = problems

    def expression(
        self, keys: Keys, name: str, scope: Scope, *wanted: type, what: str = ""
    ) -> Expression | None:
        """Return the expression under `name`; None when the key is absent or wrong (reported).

        Args:
            keys: the mapping.
            name: the key.
            scope: where the expression stands.
            wanted: value types it may have; none for any.
            what: the wanted types in words.
        """
        node = keys.get(name)
        return None if node is None else self.scalar(node, scope, *wanted, what=what)

    def scalar(
        self, node: Source, scope: Scope, *wanted: type, what: str = ""
    ) -> Expression | None:
        """Return the expression written in `node`."""
        if not isinstance(node, Scalar) or not node.text.strip():
            self.problems.add("Q903", node.place, "an expression must be a plain value")
            return None
        return self.text(node.text, node.place, scope, *wanted, what=what)

    def text(
        self, text: str, place: Place, scope: Scope, *wanted: type, what: str = ""
    ) -> Expression | None:
        """Return the expression `text` that stands at `place`."""
        try:
            return self.checked(parse(text), text, scope, *wanted, what=what)
        except ExpressionError as error:
            self.problems.add(error.code, moved(place, text, error.offset), error.message)
            return None

    def checked(
        self, tree: Syntax, text: str, scope: Scope, *wanted: type, what: str = ""
    ) -> Expression:
        """Type `tree` and require one of the types `wanted`.

        Raises:
            ExpressionError: at the offset of the mistake.
        """
        found = infer(tree, self.names, scope)
        what = what or "another type"
        if len(wanted) == 1:
            found = required(found, wanted[0], 0, what)
        elif wanted and not isinstance(found.type, (*wanted, AnyValue)):
            message = f"{what} is wanted, this is {with_article(found.type)}"
            raise ExpressionError(message, 0, "Q906")
        return Expression(text, found)

    def condition(self, keys: Keys, name: str, scope: Scope) -> Expression | None:
        """Return a boolean expression."""
        return self.expression(keys, name, scope, BoolValue, what="a condition")

    def integer(self, keys: Keys, name: str, scope: Scope) -> Expression | None:
        """Return an integer expression."""
        return self.expression(keys, name, scope, IntValue, what="an integer")


def moved(place: Place, text: str, offset: int) -> Place:
    """Return the place `offset` characters into `text`, which starts at `place`."""
    before = text[:offset]
    lines = before.count("\n")
    if lines:
        column = place.column - 1 + offset - before.rfind("\n")
        return Place(place.file, place.line + lines, column)
    return Place(place.file, place.line, place.column + offset)


def element_type(expression: Expression | None) -> ValueType:
    """Return the type of the elements of a list; any type when it is none."""
    if expression is not None and isinstance(expression.tree.type, ListValue):
        return expression.tree.type.item
    return AnyValue()
