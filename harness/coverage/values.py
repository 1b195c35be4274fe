"""Values of content as names: of planes, and of the items that rows and planes stand for."""

from __future__ import annotations

import hashlib
from typing import Final

from harness.reading.tree import StructNode
from harness.schema.ir import TextData

_LONGEST_NAME: Final = 40
_LONGEST_KEY: Final = 64
_KEPT_OF_KEY: Final = 40


def plain(value: object) -> int | str | None:
    """Return what a plane is told by; None where the value is none of a plain kind.

    A long text keeps its beginning and a digest, so that two are not taken for one.
    """
    if isinstance(value, int):
        return int(value)
    if isinstance(value, bytes):
        value = value.hex()
    if not isinstance(value, str):
        return None
    if len(value) <= _LONGEST_KEY:
        return value
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{value[:_KEPT_OF_KEY]}…{digest[:12]}"


def name_of(item: object) -> str:
    """Return what an item calls itself: its first text; empty where it has none."""
    if not isinstance(item, StructNode):
        return ""
    for field in item.plan.type.sequence:
        if isinstance(field.data, TextData) and field.repeat is None:
            slot = item.plan.slot_of(field.id)
            value = item.values[slot] if slot is not None else None
            if isinstance(value, str):
                return value if len(value) <= _LONGEST_NAME else f"{value[: _LONGEST_NAME - 1]}…"
    return ""
