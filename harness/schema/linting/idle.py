"""Keys that decide nothing where they stand, and enum members that no field can hold."""

from __future__ import annotations

from collections.abc import Iterator

from harness.schema.ir import (
    Attribute,
    BytesData,
    DataType,
    Extent,
    Parameter,
    StructData,
    SwitchData,
    TextData,
    ValueInstance,
)
from harness.schema.linting.interval import Interval, of_type
from harness.schema.linting.subject import Subject, Where
from harness.schema.source import Mapping
from harness.schema.types import IntValue, ListValue
from harness.schema.walk import arms_of

_OF_TERMINATORS = ("include", "consume", "eos-error")


def check(subject: Subject) -> None:
    """Report keys without effect (Q927) and members out of reach (Q944)."""
    for type_ in subject.own:
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute):
                where = Where(type_.name, field.id)
                for key, actual in _idle_keys(subject, field, where):
                    subject.report("Q927", where.key(key)._replace(is_key=True), actual)
    _check_members(subject)


def _idle_keys(subject: Subject, field: Attribute, where: Where) -> Iterator[tuple[str, str]]:
    if field.allows_unknown and not field.enum and not _can_be_unknown(field.data):
        yield "-unknown", "nothing here can be unknown: there is neither an enum nor a switch"
    extents = [extent for data in arms_of(field.data) if (extent := _extent(data)) is not None]
    if all(extent.terminator is None for extent in extents):
        for key in _OF_TERMINATORS:
            if subject.written(where.key(key)) is not None:
                yield key, f"`{key}` is about a terminator, and there is none"


def _can_be_unknown(data: DataType) -> bool:
    if not isinstance(data, SwitchData):
        return False
    return all(case.match is not None for case in data.cases)


def _extent(data: DataType) -> Extent | None:
    return data.extent if isinstance(data, BytesData | TextData | StructData) else None


def _check_members(subject: Subject) -> None:
    """A member that is wider than every field with the enum is never met."""
    holders = _holders(subject)
    own = {type_.name for type_ in subject.own}
    for enum in subject.schema.enums.values():
        owner, _, name = enum.name.rpartition("::")
        held = holders.get(enum.name)
        if held is None or owner not in own:
            continue
        where = Where(owner, "", ("enums", name))
        node = subject.written(where)
        written = node.entries if isinstance(node, Mapping) else ()
        for key, (number, label) in zip(written, enum.members.items(), strict=False):
            if not held.low <= number <= held.high:
                actual = f"no field with the enum is as wide as `{label}`, {number}"
                subject.report("Q944", where.key(key)._replace(is_key=True), actual)


def _holders(subject: Subject) -> dict[str, Interval]:
    """Return what the fields with each enum can hold, all of them together."""
    found: dict[str, Interval] = {}
    for type_ in subject.schema.types.values():
        members = (*type_.parameters, *type_.sequence, *type_.instances)
        for member in members:
            kind = member.type.item if isinstance(member.type, ListValue) else member.type
            if isinstance(kind, IntValue) and kind.enum:
                held = _held(member, kind)
                found[kind.enum] = found.get(kind.enum, held).join(held)
    return found


def _held(member: Attribute | ValueInstance | Parameter, kind: IntValue) -> Interval:
    if isinstance(member, Attribute):
        return of_type(kind)
    return Interval(-(1 << 64), 1 << 64)  # computed elsewhere: who knows
