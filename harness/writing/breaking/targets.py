"""What can be broken in contents of a schema: each rule of the schema, each kind of mistake."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from harness.schema.encodings import CODECS
from harness.schema.expression.typed import Constant, Io
from harness.schema.ir import (
    Attribute,
    Extent,
    Schema,
    StructData,
    SwitchData,
    TextData,
    Type,
)
from harness.schema.types import StructValue
from harness.schema.walk import arms_of, types_used
from harness.writing.breaking.certain import (
    fills_its_region,
    is_complete,
    is_own_measure,
    may_repeat_keys,
    reads_all,
)
from harness.writing.breaking.measuring import Measurer
from harness.writing.changing.octets import foreign_octets
from harness.writing.changing.packed import is_compressed
from harness.writing.drafting.compiled import is_constant
from harness.writing.drafting.tables import placing_types

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expression
    from harness.schema.ir import DataType

_MEASURES = {"count": "C302", "size": "C303", "offset": "C304", "index": "C305"}


class Target(msgspec.Struct, frozen=True, order=True):
    """One thing to break.

    Attributes:
        code: the finding that must be raised.
        rule: the id of the schema's own rule, for I501; else empty.
    """

    code: str
    rule: str = ""

    def __str__(self) -> str:
        """Return how it is asked for on the command line."""
        return self.rule or self.code


def targets_of(schema: Schema) -> tuple[Target, ...]:
    """Return everything that contents of a schema can break, in order of the codes.

    Limits, and faults that only arise in computing (overflow, division by zero), are not among
    them: whether any content leads there does not show in the schema.
    """
    found = {Target("S101")}
    root = schema.root
    if root.layout.trailing == "forbid" and not fills_its_region(schema, schema.id):
        found.add(Target("S109"))
    for name in types_used(schema, schema.id):
        found.update(_of_type(schema, schema.types[name]))
    found.update(_of_streams(schema))
    return tuple(sorted(found))


def _of_streams(schema: Schema) -> Iterator[Target]:
    """Yield what can be wrong between values: bytes that none reads, bytes that two read."""
    used = types_used(schema, schema.id)
    placing = placing_types(schema)
    fields = [f for name in used for f in _fields(schema.types[name])]
    streams = {schema.id} | {
        data.type
        for field in fields
        for data in arms_of(field.data)
        if isinstance(data, StructData) and data.extent is not None
    }
    for name in sorted(streams):
        layout = schema.types[name].layout
        placed = [
            field
            for field in fields
            if (name in placing if field.io is None else _may_name(field.io, name, streams))
        ]
        may_have_gaps = layout.gaps != "allow" and not reads_all(schema, name)
        if may_have_gaps and any(map(_leads, placed)):
            yield Target("S111")
        if layout.overlap == "forbid" and any(_is_owner(schema, field) for field in placed):
            yield Target("S112")


def _fields(type_: Type) -> Iterator[Attribute]:
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, Attribute):
            yield field


def _may_name(stream: Expression, name: str, streams: set[str]) -> bool:
    """Whether `io` may be the stream of a type, of those that have one of their own."""
    owner = stream.tree.base.type if isinstance(stream.tree, Io) else None
    named = owner.name if isinstance(owner, StructValue) else ""
    return named == name or named not in streams


def _leads(field: Attribute) -> bool:
    """Whether a position is one that contents tell."""
    return field.position is not None and not is_constant(field.position.tree)


def _is_owner(schema: Schema, field: Attribute) -> bool:
    """Whether what is read at a position are bytes that nothing else may read."""
    takes_bytes = any(
        not isinstance(data, StructData) or schema.types[data.type].sequence
        for data in arms_of(field.data)
    )
    return field.position is not None and not field.allows_overlap and takes_bytes


def called(schema: Schema, what: str) -> tuple[Target, ...]:
    """Return what is broken by the name of a code, or of a rule.

    Raises:
        ValueError: nothing in the schema is called so; the text says what may have been meant.
    """
    known = targets_of(schema)
    found = tuple(one for one in known if what in (one.code, one.rule))
    if found:
        return found
    names = [str(target) for target in known]
    close = get_close_matches(what.lower(), {name.lower(): name for name in names}, n=1)
    meant = [name for name in names if name.lower() in close]
    hint = f"did you mean `{meant[0]}`?" if meant else f"it has {', '.join(names)}"
    raise ValueError(f"`{schema.id}` has no `{what}` to break; {hint}")


def fields_of(schema: Schema, code: str) -> frozenset[tuple[str, str]]:
    """Return the fields, by type and name, that a finding of `code` can be about."""
    return frozenset(
        (name, field.id)
        for name, type_ in schema.types.items()
        for field in (*type_.sequence, *type_.instances)
        if isinstance(field, Attribute) and code in set(_of_attribute(schema, field))
    )


def _of_type(schema: Schema, type_: Type) -> Iterator[Target]:
    for check in type_.checks:
        yield Target("I501", check.id)
    if type_.endian is not None and all(match is not None for match, _ in type_.endian.cases):
        yield Target("S115")
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, Attribute):
            for code in _of_attribute(schema, field):
                if not _is_always_right(schema, type_, field, code):
                    yield Target(code)


def _is_always_right(schema: Schema, type_: Type, field: Attribute, code: str) -> bool:
    """Whether a field cannot be wrong in what a code is about, by where it lies."""
    if code == "S110":
        return _is_always_full(schema, type_, field)
    if code in ("C302", "C303"):
        return is_own_measure(schema, type_, field)
    return code == "S108" and _is_always_aligned(schema, type_, field)


def _is_always_aligned(schema: Schema, type_: Type, field: Attribute) -> bool:
    """Whether a field always begins at the same offset of its stream, and that will do."""
    if field.position is not None:
        at = field.position.tree
        return isinstance(at, Constant) and isinstance(at.value, int) and not at.value % field.align
    if field.repeat is not None or field not in type_.sequence:
        return False
    offset = Measurer(schema).offset(type_.name, field)
    begins_stream = type_.name == schema.id and not _is_used(schema, type_.name)
    return begins_stream and offset is not None and offset % field.align == 0


def _is_used(schema: Schema, name: str) -> bool:
    """Whether a type stands anywhere but at the top."""
    return any(
        isinstance(data, StructData) and data.type == name
        for other in types_used(schema, schema.id)
        for field in _fields(schema.types[other])
        for data in arms_of(field.data)
    )


def _is_always_full(schema: Schema, type_: Type, field: Attribute) -> bool:
    """Whether what lies in the regions of a field takes all of them, whatever its values are."""
    measurer = Measurer(schema)
    return all(
        fills_its_region(schema, data.type) or measurer.always_fills(type_.name, field, data)
        for data in arms_of(field.data)
        if isinstance(data, StructData) and data.extent is not None
    )


def _of_attribute(schema: Schema, field: Attribute) -> Iterator[str]:
    if field.contents is not None:
        yield "S103"
    if field.align != 1:
        yield "S108"
    if field.enum and not field.allows_unknown and not (field.valid and field.valid.in_enum):
        yield "S105"
    if field.padding == "zero":
        yield "S107"
    yield from _of_valid(field)
    if field.derive is not None:
        yield _MEASURES[field.derive.measure]
    if field.checksum is not None:
        yield "I502"
    if field.sorted_by is not None:
        yield "I503"
    if field.unique_by is not None:
        yield "I504"
    if field.refers is not None:
        yield "I505"
        if may_repeat_keys(schema, field.refers):
            yield "I506"
    if field.locate is not None:
        yield "S116"
    if field.position is not None and not field.allows_overlap:
        yield "B204"
    for data in (field.data, *arms_of(field.data)):
        yield from _of_data(schema, field, data)


def _of_valid(field: Attribute) -> Iterator[str]:
    valid = field.valid
    if valid is None:
        return
    if valid.min is not None or valid.max is not None:
        yield "B201"
    if valid.eq is not None or valid.any_of or valid.in_enum:
        yield "B202"
    if valid.expr is not None:
        yield "B208"


def _of_data(schema: Schema, field: Attribute, data: DataType) -> Iterator[str]:
    if isinstance(data, SwitchData):
        closed = all(case.match is not None for case in data.cases) and not field.allows_unknown
        if closed and not is_complete(schema, field, data):
            yield "S104"
        return
    if isinstance(data, TextData) and data.encoding in CODECS and foreign_octets(data.encoding):
        yield "S106"
    extent: Extent | None = getattr(data, "extent", None)
    if extent is None:
        return
    if is_compressed(data):
        yield "S118"
    is_sized = extent.size is not None or extent.to_end
    if isinstance(data, StructData):
        may_be_left = schema.types[data.type].layout.trailing == "allow"
        yield from () if may_be_left or fills_its_region(schema, data.type) else ("S110",)
    if not is_sized and extent.eos_error:
        yield "S102"
    if is_sized and extent.terminator is not None and field.padding != "any":
        yield "S107"
