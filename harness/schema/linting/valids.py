"""`valid` that can never hold, or always holds."""

from __future__ import annotations

from collections.abc import Iterator

from harness.schema.expression.typed import Expression
from harness.schema.ir import Attribute, Valid
from harness.schema.linting.facts import NOTHING
from harness.schema.linting.interval import ANY, Interval, of_type
from harness.schema.linting.lengths import length_of
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.wording import in_words
from harness.schema.types import BytesValue, IntValue, TextValue


def check(subject: Subject) -> None:
    """Report `valid` that decides nothing (Q945, Q946)."""
    for type_ in subject.own:
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and field.valid is not None:
                where = Where(type_.name, field.id, ("valid",))
                for code, place, actual in _problems(subject, field, field.valid, where):
                    subject.report(code, place, actual)


def _problems(
    subject: Subject, field: Attribute, valid: Valid, where: Where
) -> Iterator[tuple[str, Where, str]]:
    for place, option in _options(valid, where):
        possible, value = _ranges(subject, field, option)
        if possible.meet(value).is_empty:
            kind = "the field" if isinstance(field.type, IntValue) else "its length"
            yield "Q945", place, f"`{option.text}` is no value: {kind} is {in_words(possible)}"
    if isinstance(field.type, IntValue):
        yield from _bounds(subject, field, valid, where)


def _options(valid: Valid, where: Where) -> Iterator[tuple[Where, Expression]]:
    """The values that are allowed one by one."""
    if valid.eq is not None:
        yield where.key("eq"), valid.eq
    for number, option in enumerate(valid.any_of or ()):
        yield where.key("any-of", number), option


def _ranges(subject: Subject, field: Attribute, option: Expression) -> tuple[Interval, Interval]:
    """What the field can be and what is wanted: numbers, or lengths of strings and bytes."""
    judge = subject.all
    match field.type:
        case IntValue():
            return of_type(field.type), judge.interval(option.tree, NOTHING)
        case BytesValue() | TextValue():
            return length_of(field, NOTHING, judge), judge.length(option.tree, NOTHING)
        case _:
            return ANY, ANY


def _bounds(
    subject: Subject, field: Attribute, valid: Valid, where: Where
) -> Iterator[tuple[str, Where, str]]:
    possible, judge = of_type(field.type), subject.all
    least = ANY if valid.min is None else judge.interval(valid.min.tree, NOTHING)
    most = ANY if valid.max is None else judge.interval(valid.max.tree, NOTHING)
    if valid.min is None and valid.max is None:
        return
    allowed = possible.meet(Interval(least.low, most.high))
    words = f"the field is {in_words(possible)}"
    if allowed.is_empty:
        yield "Q945", where, f"nothing is between `min` and `max`: {words}"
    elif least.high <= possible.low and possible.high <= most.low:
        yield "Q946", where, f"every value is allowed: {words}"
    elif valid.max is None and least.high <= possible.low:
        yield "Q946", where.key("min"), f"every value is allowed: {words}"
    elif valid.min is None and possible.high <= most.low:
        yield "Q946", where.key("max"), f"every value is allowed: {words}"
