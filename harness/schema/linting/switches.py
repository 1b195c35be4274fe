"""Arms of a switch that no value reaches: values that cannot be, and values taken before."""

from __future__ import annotations

from collections.abc import Iterator

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.ir import Attribute, Case, SwitchData
from harness.schema.linting.facts import NOTHING, Facts, assume
from harness.schema.linting.interval import Interval
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.wording import in_words, source_of
from harness.schema.types import BoolValue, IntValue

Key = tuple[str, object]


def check(subject: Subject) -> None:
    """Report arms that cannot match (Q931)."""
    for type_ in subject.own:
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and isinstance(field.data, SwitchData):
                where = Where(type_.name, field.id, ("type", "cases"))
                for case, actual in _unreached(subject, field, field.data):
                    text = "_" if case.match is None else case.match.text
                    subject.report("Q931", where.key(text)._replace(is_key=True), actual)


def _unreached(
    subject: Subject, field: Attribute, switch: SwitchData
) -> Iterator[tuple[Case, str]]:
    facts = NOTHING
    if field.condition is not None:
        facts = assume(field.condition.tree, NOTHING, subject.valid)
    seen: dict[Key, str] = {}
    for case in switch.cases:
        if case.match is None:
            if _is_exhausted(subject, switch.on.tree, {value for _, value in seen}):
                yield case, "every value that there is has an arm of its own"
            continue
        key = _key(case.match.tree)
        if key is not None and key in seen:
            yield case, f"the same as the arm `{seen[key]}`, which comes first"
            continue
        if key is not None:
            seen[key] = case.match.text
        if (why := _impossible(subject, switch.on.tree, case.match.tree, facts)) is not None:
            yield case, why


def _key(tree: Expr) -> Key | None:
    match tree:
        case typed.Constant(value=value):
            return type(value).__name__, value
        case typed.ConstantBytes(value=value):
            return "bytes", value
        case _:
            return None


def _impossible(subject: Subject, on: Expr, match: Expr, facts: Facts) -> str | None:
    """Return why an arm never matches; None when it may."""
    judge, words = subject.valid, source_of(on, subject.schema.enums)
    if isinstance(on.type, IntValue) and isinstance(match.type, IntValue):
        possible = judge.interval(on, facts)
        is_out = possible.meet(judge.interval(match, NOTHING)).is_empty
        said = f"`{words}` is {in_words(possible)}"
    else:
        possible, wanted = judge.length(on, facts), judge.length(match, NOTHING)
        is_out = possible.meet(wanted).is_empty
        said = f"`{words}` has a length of {in_words(possible)}"
    return said if is_out and not possible.is_empty else None


def _is_exhausted(subject: Subject, on: Expr, values: set[object]) -> bool:
    """Whether nothing is left for the arm that takes the rest."""
    match on.type:
        case BoolValue():
            return {True, False} <= values
        case IntValue(enum=enum) if enum:
            members = subject.schema.enums[enum].members
            return bool(members) and members.keys() <= values and _is_strict(subject, on)
        case IntValue(low=low, high=high):
            numbers = {value for value in values if isinstance(value, int)}
            return len(numbers) > high - low and Interval(low, high).high in numbers
        case _:
            return False


def _is_strict(subject: Subject, on: Expr) -> bool:
    """Whether a number that is no member is a finding where it is read."""
    if subject.schema.lenient or not isinstance(on, typed.Field):
        return False
    member = subject.valid.members.find(on.owner, on.name)
    return isinstance(member, Attribute) and bool(member.enum) and not member.allows_unknown
