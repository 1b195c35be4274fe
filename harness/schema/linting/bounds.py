"""Counts and sizes that only the file itself bounds, or not even that."""

from __future__ import annotations

from typing import Final

from harness.schema.expression import typed
from harness.schema.expression.typed import Expression
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Limits, StructData, Type
from harness.schema.linting.facts import NOTHING
from harness.schema.linting.sizes import Sizes
from harness.schema.linting.spots import Spot, spots_of
from harness.schema.linting.subject import Subject, Where
from harness.schema.walk import data_of

# What a reader allows any content, however short.
FREE_ITEMS: Final = 1 << 16
LARGE: Final = (1 << 32) - 1


def check(subject: Subject, sizes: Sizes) -> None:
    """Report counts of what takes no bytes (Q935), and that nothing limits the others (Q936)."""
    limited = _limited(subject)
    for type_ in subject.own:
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and type_.name not in limited:
                _check_empty(subject, type_, field, sizes)
    large = [
        spot
        for type_ in subject.own
        if type_.name not in limited
        for spot in spots_of(type_)
        if spot.role in ("size", "count") and _is_large(subject, spot)
    ]
    if large:
        first, others = large[0], len(large) - 1
        more = f", and so may {others} more" if others else ""
        actual = f"`{first.expression.text}` may be as large as a file can be{more}"
        subject.report("Q936", first.where, actual, node=Where(subject.schema.id))


def _check_empty(subject: Subject, type_: Type, field: Attribute, sizes: Sizes) -> None:
    repeat = field.repeat
    if repeat is None or repeat.kind != "expr" or repeat.expression is None:
        return
    if _is_paid_for(repeat.expression) or _has_companion(type_, repeat.expression, sizes):
        return
    most = subject.valid.interval(repeat.expression.tree, NOTHING).high
    if most > FREE_ITEMS and sizes.least_element(field, NOTHING) == 0:
        where = Where(type_.name, field.id, ("repeat-expr",))
        actual = f"there may be {most} elements, and each may take no bytes"
        subject.report("Q935", where, actual)


def _has_companion(type_: Type, count: Expression, sizes: Sizes) -> bool:
    """Whether another list, whose elements take bytes, has the same count: a table of sizes."""
    return any(
        field.repeat.expression is not None
        and field.repeat.expression.tree == count.tree
        and sizes.least_element(field, NOTHING) > 0
        for field in type_.sequence
        if field.repeat is not None and field.repeat.kind == "expr"
    )


def _is_large(subject: Subject, spot: Spot) -> bool:
    if _is_paid_for(spot.expression):
        return False
    return subject.valid.interval(spot.expression.tree, NOTHING).high >= LARGE


def _is_paid_for(expression: Expression) -> bool:
    """Whether it depends on how much was read: what is left of the stream, elements of a list."""
    return any(
        isinstance(node, typed.StreamProperty)
        or (isinstance(node, typed.Method) and node.name in ("size", "length"))
        for node in nodes_of(expression.tree)
    )


def _limited(subject: Subject) -> set[str]:
    """Return the types that are read only inside a type whose `-limits` say how much."""
    free: set[str] = set()
    waiting = [subject.schema.id]
    while waiting:
        name = waiting.pop()
        type_ = subject.schema.types[name]
        if name in free or _has_limits(type_.limits):
            continue
        free.add(name)
        waiting += [data.type for data in data_of(type_) if isinstance(data, StructData)]
    return set(subject.schema.types) - free


def _has_limits(limits: Limits) -> bool:
    return limits.items is not None or limits.bytes is not None
