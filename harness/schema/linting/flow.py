"""Going through an expression with what is known at each of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr, Expression
from harness.schema.linting.facts import NOTHING, Facts, Judge, assume, chain_of


def parts_of(
    expression: Expression,
    guards: tuple[Expression, ...],
    judge: Judge,
    facts: Facts = NOTHING,
) -> Iterator[tuple[Expr, Facts]]:
    """Yield every part of an expression with the facts that hold when it is evaluated.

    Args:
        expression: the expression.
        guards: conditions that hold where it stands.
        judge: who knows the ranges.
        facts: what else holds there.
    """
    for guard in guards:
        facts = assume(guard.tree, facts, judge)
    waiting: list[tuple[Expr, Facts]] = [(expression.tree, facts)]
    while waiting:
        tree, facts = waiting.pop()
        yield tree, facts
        waiting += reversed(list(_inside(tree, facts, judge)))


def _inside(tree: Expr, facts: Facts, judge: Judge) -> Iterator[tuple[Expr, Facts]]:
    match tree:
        case typed.Operation(operator="and" | "or" as name):
            for part in chain_of(name, tree):
                yield part, facts
                facts = assume(part, facts, judge, holds=name == "and")
        case typed.Choice():
            yield tree.condition, facts
            yield tree.then, assume(tree.condition, facts, judge)
            yield tree.otherwise, assume(tree.condition, facts, judge, holds=False)
        case typed.Quantifier():
            yield tree.base, facts
            yield tree.body, facts.without(frozenset({tree.item, tree.index}))
        case _:
            for field in tree.__struct_fields__:
                value = getattr(tree, field)
                for part in value if isinstance(value, tuple) else (value,):
                    if isinstance(part, Expr):
                        yield part, facts
