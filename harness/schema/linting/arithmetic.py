"""Sizes, counts and indexes that can be negative, divisors that can be zero, and overflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.schema.expression import ranges, typed
from harness.schema.expression.typed import Expr
from harness.schema.linting.facts import NOTHING, Facts
from harness.schema.linting.flow import parts_of
from harness.schema.linting.interval import Interval
from harness.schema.linting.spots import Spot, spots_of
from harness.schema.linting.subject import Subject
from harness.schema.linting.values import Values
from harness.schema.linting.wording import source_of
from harness.schema.types import IntValue

_MEASURES: Final = {"size": "a size", "count": "a count", "position": "a position"}
_GROWING: Final = frozenset({"+", "-", "*", "<<"})

Problem = tuple[str, str]


def check(subject: Subject) -> None:
    """Report arithmetic that content can lead astray (Q940 to Q942)."""
    for type_ in subject.own:
        rules = subject.valid.rules(type_.name)
        for spot in spots_of(type_):
            if subject.has_given_up:
                return
            found = dict[str, str]()
            known = NOTHING if spot.role == "check" else rules
            for tree, facts in parts_of(spot.expression, spot.guards, subject.valid, known):
                is_whole = tree is spot.expression.tree
                found.update(_problems(subject, tree, facts, spot if is_whole else None))
            for code, actual in found.items():
                subject.report(code, spot.where, actual)


def _problems(subject: Subject, tree: Expr, facts: Facts, spot: Spot | None) -> Iterator[Problem]:
    """Yield what can go wrong where one part is evaluated; `spot` where it is the whole."""
    if spot is not None and spot.role in _MEASURES:
        yield from _negative(subject, tree, facts, _MEASURES[spot.role])
    match tree:
        case typed.At(base=base, index=index) if not _is_last(base, index):
            yield from _negative(subject, index, facts, "an index")
        case typed.Operation(operator="/" | "%", right=right) if right is not None:
            yield from _zero(subject, tree, right, facts)
        case typed.Operation(operator=name) if name in _GROWING:
            yield from _overflow(subject, tree, facts)


def _negative(subject: Subject, tree: Expr, facts: Facts, what: str) -> Iterator[Problem]:
    if not isinstance(tree.type, IntValue):
        return
    low = subject.valid.interval(tree, facts).low
    if low < 0 and not _is_of_stream(tree, subject.valid):
        words = source_of(tree, subject.schema.enums)
        yield "Q940", f"{what} can be negative: `{words}` is {low} at the least"


def _is_last(base: Expr, index: Expr) -> bool:
    """`xs[xs.size - 1]`, which asks for the last element as `xs.last` does."""
    if not isinstance(index, typed.Operation) or index.operator != "-":
        return False
    match index.left:
        case typed.Method(name="size" | "length", base=measured):
            return measured == base
        case _:
            return False


def _is_of_stream(tree: Expr, judge: Values) -> bool:
    """`_io.size - 22`: how large the content is, no `valid` can say."""
    waiting, has_stream = [tree], False
    while waiting:
        part = waiting.pop()
        match part:
            case typed.Operation(operator="+" | "-", right=right) if right is not None:
                waiting += [part.left, right]
            case typed.StreamProperty() | typed.Offset():
                has_stream = True
            case _ if not judge.interval(part, NOTHING).is_single:
                return False
    return has_stream


def _zero(subject: Subject, tree: typed.Operation, right: Expr, facts: Facts) -> Iterator[Problem]:
    if not isinstance(tree.left.type, IntValue) or not isinstance(right.type, IntValue):
        return
    divisor = subject.valid.interval(right, facts)
    if divisor.low <= 0 <= divisor.high:
        yield "Q941", f"`{source_of(right, subject.schema.enums)}` can be zero, and it divides"


def _overflow(subject: Subject, tree: typed.Operation, facts: Facts) -> Iterator[Problem]:
    right = tree.right.type if tree.right is not None else tree.left.type
    if not isinstance(tree.left.type, IntValue) or not isinstance(right, IntValue):
        return
    left = tree.left.type if tree.right is not None else IntValue(0, 0)
    low, high = ranges.domain(tree.operator, left, right)
    found = subject.valid.unbounded(tree, facts)
    if not found.is_empty and (found.low < low or found.high > high):
        words = source_of(tree, subject.schema.enums)
        yield "Q942", f"`{words}` can leave {'s64' if low else 'u64'}: {_extreme(found, low)}"


def _extreme(found: Interval, low: int) -> str:
    return f"it is {found.low} at the least" if found.low < low else f"up to {found.high}"
