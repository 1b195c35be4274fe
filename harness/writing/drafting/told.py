"""What rules tell of values: what one must equal, what follows from another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.schema.expression import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.reading.expressions import Evaluate
    from harness.schema.expression.typed import Expr


class Told(NamedTuple):
    """An expression of a structure, and the slots of it without which it has no value."""

    value: Evaluate
    needed: tuple[int, ...]


class Equal(NamedTuple):
    """A value must equal what an expression gives, where a condition holds.

    Attributes:
        when: the condition.
        value: the expression.
        above: the type whose rule says so, where that is one around the field's own.
    """

    when: Told | None
    value: Told
    above: str = ""


class Goal(NamedTuple):
    """A comparison for equality that must hold, where a condition does.

    Attributes:
        when: the condition.
        holds: the comparison.
        tree: likewise.
        fixed: slots that nothing can be decided for by it; as long as one is open, nothing follows.
        rule: the bit of the rule that it is a part of.
    """

    when: Told | None
    holds: Told
    tree: Expr
    fixed: tuple[int, ...]
    rule: int


def equalities(tree: Expr) -> Iterator[typed.Operation]:
    """Yield each comparison for equality that must hold for `tree` to."""
    if isinstance(tree, typed.Operation) and tree.right is not None:
        if tree.operator == "and":
            yield from equalities(tree.left)
            yield from equalities(tree.right)
        elif tree.operator == "==":
            yield tree


def alternatives(tree: Expr) -> Iterator[Expr]:
    """Yield the conditions of which one must hold for `tree` to."""
    if isinstance(tree, typed.Operation) and tree.operator == "or" and tree.right is not None:
        yield from alternatives(tree.left)
        yield from alternatives(tree.right)
    else:
        yield tree
