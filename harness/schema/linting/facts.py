"""What a condition tells about the values in it: `len >= 4` holds, so `len` is at least 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Final, Protocol

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.linting.interval import ANY, Interval
from harness.schema.types import IntValue

_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Facts:
    """What is known where an expression stands.

    Attributes:
        ranges: of expressions, as they are written.
        above: pairs of which the first is at least the second, and by how much.
    """

    ranges: Mapping[Expr, Interval] = field(default_factory=dict)
    above: Mapping[tuple[Expr, Expr], int] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[tuple[str, str]]:
        """The fields that the facts speak of: type and name."""
        trees = [*self.ranges, *(tree for pair in self.above for tree in pair)]
        return frozenset(
            (node.owner, node.name)
            for tree in trees
            for node in nodes_of(tree)
            if isinstance(node, typed.Field)
        )

    def knows(self, tree: Expr, range_: Interval) -> Facts:
        """Return these facts and one more."""
        return replace(self, ranges={**self.ranges, tree: range_})

    def also(self, other: Facts) -> Facts:
        """Return what holds where both hold."""
        ranges, above = dict(self.ranges), dict(self.above)
        for tree, found in other.ranges.items():
            ranges[tree] = found.meet(ranges[tree]) if tree in ranges else found
        for pair, least in other.above.items():
            above[pair] = max(least, above.get(pair, least))
        return Facts(ranges, above)

    def or_else(self, other: Facts) -> Facts:
        """Return what holds whichever of the two holds."""
        return Facts(
            {
                tree: found.join(other.ranges[tree])
                for tree, found in self.ranges.items()
                if tree in other.ranges
            },
            {
                pair: min(least, other.above[pair])
                for pair, least in self.above.items()
                if pair in other.above
            },
        )

    def without(self, names: frozenset[str]) -> Facts:
        """Return the facts that do not speak of bound names."""
        return Facts(
            {tree: found for tree, found in self.ranges.items() if not _binds(tree, names)},
            {
                pair: least
                for pair, least in self.above.items()
                if not any(_binds(tree, names) for tree in pair)
            },
        )


NOTHING: Final = Facts()


class Judge(Protocol):
    """Who knows which integers an expression can be."""

    def interval(self, tree: Expr, facts: Facts) -> Interval:
        """Return the values of an integer expression, given the facts."""

    def length(self, tree: Expr, facts: Facts) -> Interval:
        """Return how long a string or byte array can be."""

    def implied(self, tree: typed.Field, *, holds: bool) -> Facts:
        """Return what follows from a computed condition of the same structure."""

    def spend(self) -> bool:
        """Whether one more step may be taken; a schema may not cost more than so many."""


def chain_of(operator: str, tree: Expr) -> list[Expr]:
    """Return the parts of `a and b and c`, or of the same with `or`, in their order."""
    parts: list[Expr] = []
    while isinstance(tree, typed.Operation) and tree.operator == operator:
        if tree.right is None:
            break
        parts.append(tree.right)
        tree = tree.left
    return [tree, *reversed(parts)]


def bare(tree: Expr) -> Expr:
    """Return an integer expression without the casts that leave its value alone."""
    while isinstance(tree, typed.Cast) and isinstance(tree.base.type, IntValue):
        tree = tree.base
    return tree


def assume(tree: Expr, facts: Facts, judge: Judge, *, holds: bool = True) -> Facts:
    """Return `facts` and what follows from the condition `tree` being true (or false)."""
    if not judge.spend():
        return facts
    match tree:
        case typed.Operation(operator="not"):
            return assume(tree.left, facts, judge, holds=not holds)
        case typed.Operation(operator="and" | "or" as name):
            parts = chain_of(name, tree)
            if (name == "and") is holds:
                for part in parts:
                    facts = assume(part, facts, judge, holds=holds)
                return facts
            # one of them, and nobody knows which
            ways = [assume(part, facts, judge, holds=holds) for part in parts]
            return reduce(Facts.or_else, ways)
        case typed.Choice(condition=condition, then=then, otherwise=otherwise):
            first = assume(condition, facts, judge)
            second = assume(condition, facts, judge, holds=False)
            first = assume(then, first, judge, holds=holds)
            second = assume(otherwise, second, judge, holds=holds)
            return first.or_else(second)
        case typed.Operation(operator=name, right=right) if name in _OPPOSITE and right is not None:
            operator = name if holds else _OPPOSITE[name]
            if isinstance(tree.left.type, IntValue) and isinstance(right.type, IntValue):
                return _compared(operator, bare(tree.left), bare(right), facts, judge)
            return facts
        case typed.Field():
            return facts.also(judge.implied(tree, holds=holds))
        case _:
            return facts


def _compared(operator: str, left: Expr, right: Expr, facts: Facts, judge: Judge) -> Facts:
    low, high = judge.interval(left, facts), judge.interval(right, facts)
    facts = _narrowed(operator, left, low, high, facts)
    facts = _narrowed(_MIRRORED[operator], right, high, low, facts)
    pairs = {
        ">=": (((left, right), 0),),
        ">": (((left, right), 1),),
        "<=": (((right, left), 0),),
        "<": (((right, left), 1),),
        "==": (((left, right), 0), ((right, left), 0)),
    }
    return replace(facts, above={**facts.above, **dict(pairs.get(operator, ()))})


def _narrowed(operator: str, tree: Expr, own: Interval, other: Interval, facts: Facts) -> Facts:
    """Note what a comparison leaves of the values of one side."""
    if isinstance(tree, typed.Constant):
        return facts
    left = own.meet(_allowed(operator, own, other))
    return facts if left == own else facts.knows(tree, left)


def _allowed(operator: str, own: Interval, other: Interval) -> Interval:
    match operator:
        case "==":
            return other
        case "<":
            return Interval(ANY.low, other.high - 1)
        case "<=":
            return Interval(ANY.low, other.high)
        case ">":
            return Interval(other.low + 1, ANY.high)
        case ">=":
            return Interval(other.low, ANY.high)
        case _ if other.is_single:
            return Interval(own.low + (own.low == other.low), own.high - (own.high == other.low))
        case _:
            return ANY


def _binds(tree: Expr, names: frozenset[str]) -> bool:
    return any(isinstance(node, typed.Bound) and node.name in names for node in nodes_of(tree))
