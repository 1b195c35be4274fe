"""What the compilers of checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.native.compile.words import Word
from harness.schema.expression.typed import Expression
from harness.schema.types import IntValue, ValueType

if TYPE_CHECKING:
    from harness.native.compile.expressions import ExpressionCompiler
    from harness.native.compile.layout import Layouts
    from harness.native.compile.unit import Unit


class Parts(NamedTuple):
    """What a compiler of checks works with.

    Attributes:
        unit: the compilation; functions and data are put into it.
        layouts: where slots stand.
        expressions: compiles expressions into functions of the unit.
    """

    unit: Unit
    layouts: Layouts
    expressions: ExpressionCompiler

    def decision(self, expression: Expression | None, owner: str) -> str:
        """Return the function of a condition; `NULL` for none."""
        if expression is None:
            return "NULL"
        return self.expressions.condition(expression.tree, owner).name

    def boxed(self, expression: Expression | None, owner: str) -> str:
        """Return the function that gives a value as an `hv_val`; `NULL` for none."""
        return "NULL" if expression is None else self.expressions.boxed(expression.tree, owner)

    def record(self, kind: str, *values: object) -> str:
        """Put a constant record into the unit; return its name."""
        name = self.unit.fresh(kind.removeprefix("hv_"))
        listed = ", ".join(map(str, values))
        self.unit.add(f"static const {kind} {name} = {{{listed}}};")
        return name


def word_of(number: int, kind: ValueType) -> Word:
    """Return the value `number` in words, as `in_words` puts values of the type."""
    return Word(number, "words", kind.enum if isinstance(kind, IntValue) else "")
