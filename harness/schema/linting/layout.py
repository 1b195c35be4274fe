"""Fields that are never reached, loops that may not advance, types and sizes that cannot fit."""

from __future__ import annotations

import math

from harness.schema.ir import Attribute, Extent, Schema, StructData, Type
from harness.schema.linting import bounds
from harness.schema.linting.facts import NOTHING
from harness.schema.linting.progress import Progress, counts_elements
from harness.schema.linting.sizes import Sizes
from harness.schema.linting.subject import Subject, Where
from harness.schema.walk import arms_of


def check(subject: Subject) -> None:
    """Report what the layout of a type makes impossible or leaves unbounded (Q930 to Q936)."""
    sizes = Sizes(subject.schema, subject.valid)
    if not sizes.is_settled or subject.has_given_up:
        return
    progress = Progress(subject.schema, subject.valid, sizes)
    bounds.check(subject, sizes)
    endless = _endless(subject.schema, sizes)
    for type_ in subject.own:
        _check_reach(subject, type_, progress, sizes)
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute):
                where = Where(type_.name, field.id)
                _check_loop(subject, field, where, progress)
                _check_fit(subject, field, where, sizes)
        if type_.name in endless:
            said = f"`{_short(type_.name)}` always holds what holds it again"
            subject.report("Q933", Where(type_.name), f"{said}: no content can be so long")


def _endless(schema: Schema, sizes: Sizes) -> set[str]:
    """Return the types that have no end; those that only hold one of them are left out."""
    found = {name for name, least in sizes.least.items() if math.isinf(least)}
    held = {name: _held(schema.types[name]) & found for name in found}
    holders = dict.fromkeys(found, 0)
    for inner in (inner for name in found for inner in held[name]):
        holders[inner] += 1
    waiting = [name for name in found if not holders[name]]
    for name in waiting:
        found.discard(name)
        for inner in held[name]:
            holders[inner] -= 1
            waiting += [inner] if not holders[inner] else []
    return found


def _held(type_: Type) -> set[str]:
    fields = type_.sequence
    return {
        data.type
        for field in fields
        for data in arms_of(field.data)
        if isinstance(data, StructData)
    }


def _check_reach(subject: Subject, type_: Type, progress: Progress, sizes: Sizes) -> None:
    """Nothing that takes bytes can follow what takes all there are."""
    last: Attribute | None = None
    for field in type_.sequence:
        if last is not None and 0 < sizes.least_present(field, NOTHING) < math.inf:
            actual = f"`{last.id}` takes all bytes that there are, so none are left"
            subject.report("Q930", Where(type_.name, field.id), actual)
            return
        if last is None and progress.field_drains(field):
            last = field


def _check_loop(subject: Subject, field: Attribute, where: Where, progress: Progress) -> None:
    repeat = field.repeat
    if repeat is None or repeat.kind == "expr" or counts_elements(repeat.expression):
        return
    if not progress.element_advances(field, NOTHING):
        key = where.key("repeat")
        subject.report("Q932", key, "an element may take no bytes, and then it never ends")


def _check_fit(subject: Subject, field: Attribute, where: Where, sizes: Sizes) -> None:
    """What stands in a region of fixed size has room in it, and fills it."""
    for data in arms_of(field.data):
        extent = data.extent if isinstance(data, StructData) else None
        if not isinstance(data, StructData) or extent is None or extent.size is None:
            continue
        if extent.process is not None and extent.process.name == "zlib":
            continue
        _check_region(subject, data, extent, where, sizes)


def _check_region(
    subject: Subject, data: StructData, extent: Extent, where: Where, sizes: Sizes
) -> None:
    room, least, most = sizes.region(extent), sizes.least[data.type], sizes.most(data.type)
    name, words = _short(data.type), f"`{extent.size.text}`" if extent.size is not None else ""
    key = where.key("size")
    if room.high * 8 < least < math.inf:
        actual = f"`{name}` takes {_bytes(least)} at the least, {words} gives {room.high}"
        subject.report("Q934", key, actual)
        return
    type_ = subject.schema.types[data.type]
    is_lax = type_.layout.trailing != "forbid" or subject.schema.lenient or _is_placed(type_)
    if room.low * 8 > most and not is_lax and extent.terminator is None:
        actual = f"`{name}` takes {_bytes(most)} at the most, {words} gives {room.low}"
        subject.report("Q934", key, actual)


def _is_placed(type_: Type) -> bool:
    """Whether parts of it stand at positions, or others read in its region."""
    return not type_.sequence or any(isinstance(one, Attribute) for one in type_.instances)


def _bytes(bits: float) -> str:
    count = int(bits) // 8
    return f"{count} byte" if count == 1 else f"{count} bytes"


def _short(name: str) -> str:
    return name.rsplit("::", 1)[-1]
