"""Numbers that describe other bytes, and that nothing is compared with."""

from __future__ import annotations

import re
from typing import Final

from harness.schema.ir import Attribute, BytesData, Schema
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.usage import Usage
from harness.schema.types import IntValue

# Names after the style guide of Kaitai Struct, and those that specifications use.
_MEASURES: Final = (
    (re.compile(r"num_.*|(.*_)?(count|cnt)"), "a count"),
    (re.compile(r"len_.*|(.*_)?(length|len|size)"), "a size"),
    (re.compile(r"ofs_.*|(.*_)?(offset|ofs)"), "an offset"),
    (re.compile(r"(.*_)?(crc|crc16|crc32|crc32c|checksum|adler32)"), "a checksum"),
)
_SUMS: Final = re.compile(r"(.*_)?(checksum|crc|crc32|md5|sha1|sha256|digest)")


def has_rules(schema: Schema) -> bool:
    """Whether an author means the schema to check content, not only to take it apart."""
    for type_ in schema.types.values():
        if type_.checks:
            return True
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and _is_checked(field):
                return True
    return False


def check(subject: Subject, usage: Usage) -> None:
    """Report counts, sizes, offsets and checksums that nothing looks at (Q925)."""
    if not has_rules(subject.schema):
        return
    for type_ in subject.own:
        for field in (*type_.sequence, *type_.instances):
            if not isinstance(field, Attribute) or _is_held(field):
                continue
            what = _measure(field)
            if what and not usage.uses_field(type_.name, field.id):
                actual = f"`{field.id}` looks like {what}, and nothing is compared with it"
                subject.report("Q925", Where(type_.name, field.id), actual)


def _measure(field: Attribute) -> str:
    """What a field describes, by its name; empty for a field of another kind."""
    if isinstance(field.type, IntValue) and not field.type.enum and field.repeat is None:
        return next((what for name, what in _MEASURES if name.fullmatch(field.id)), "")
    is_sum = isinstance(field.data, BytesData) and _SUMS.fullmatch(field.id)
    return "a checksum" if is_sum else ""


def _is_held(field: Attribute) -> bool:
    """Whether something says which values it may have."""
    return field.valid is not None or field.contents is not None or _is_checked(field)


def _is_checked(field: Attribute) -> bool:
    """Whether one of our own keys says so."""
    rules = (field.derive, field.checksum, field.refers, field.sorted_by, field.unique_by)
    return any(rule is not None for rule in rules) or bool(field.padding)
