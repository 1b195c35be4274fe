"""Counts and sizes that the schema wants to be large, and those that are too large to be grown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.schema.expression import typed
from harness.schema.ir import Attribute, Schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from harness.writing.drafting.facts import Name

# how many items a list gets at most where its length is free, and how many bytes anything else
MOST_ITEMS: Final = 1 << 12
MOST_BYTES: Final = 1 << 16


class Least(NamedTuple):
    """What a number by which something is measured is at least, and at most in what is grown."""

    least: int
    most: int


def least_of(schema: Schema, measured: Mapping[Name, Collection[Name]]) -> dict[Name, Least]:
    """Return the least value of each field by which something is measured, where it is not zero.

    Args:
        schema: the format.
        measured: by field, what is measured by it.
    """
    found: dict[Name, Least] = {}
    for type_ in schema.types.values():
        for field in type_.sequence:
            name = (type_.name, field.id)
            low = field.valid.min if field.valid is not None else None
            value = low.tree.value if low and isinstance(low.tree, typed.Constant) else 0
            if name in measured and isinstance(value, int) and value > 0:
                lists = any(_is_list(schema, one) for one in measured[name])
                found[name] = Least(value, MOST_ITEMS if lists else MOST_BYTES)
    return found


def _is_list(schema: Schema, name: Name) -> bool:
    type_ = schema.types[name[0]]
    fields = (field for field in (*type_.sequence, *type_.instances) if field.id == name[1])
    return any(isinstance(field, Attribute) and field.repeat is not None for field in fields)


def too_large(known: Mapping[Name, Least]) -> Iterator[str]:
    """Yield what is said of counts and sizes that no content that is grown can have."""
    for name, (least, most) in known.items():
        if least > most:
            said = "no list gets more items" if most == MOST_ITEMS else "nothing gets more bytes"
            yield f"`{'.'.join(name)}` is at least {least:,}, and {said} than {most:,}"
