"""Parameters of types: what `params:` may say."""

from __future__ import annotations

from typing import Protocol

from harness.schema.expression.signatures import primitive_type
from harness.schema.shapes import Keys
from harness.schema.types import AnyValue, BytesValue, IntValue, ListValue, StructValue, ValueType


class Lookup(Protocol):
    """How names of types and enums are found."""

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of the type written `name` inside `owner`."""

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of the enum written `name` inside `owner`."""


def parameter_type(keys: Keys, owner: str, lookup: Lookup) -> ValueType:
    """Return the value type of a parameter; any type where its text is wrong (reported)."""
    text = keys.text("type")
    if text.endswith("[]"):
        return ListValue(_single(text[:-2], keys, owner, lookup))
    return _single(text, keys, owner, lookup)


def _single(text: str, keys: Keys, owner: str, lookup: Lookup) -> ValueType:
    if not text:
        return BytesValue()
    found = primitive_type(text)
    if found is None:
        name = lookup.find_type(text, owner)
        if name is not None:
            return StructValue(name)
        _report(text, keys)
        return AnyValue()
    if isinstance(found, IntValue) and "enum" in keys:
        enum = lookup.find_enum(keys.text("enum"), owner)
        if enum is not None:
            return IntValue(found.low, found.high, enum)
        keys.problems.add("Q905", keys.place("enum"), f"there is no enum `{keys.text('enum')}`")
    return found


def _report(text: str, keys: Keys) -> None:
    if text == "io":
        keys.problems.add("Q907", keys.place("type"), "stream-typed parameters are not supported")
    else:
        keys.problems.add("Q905", keys.place("type"), f"there is no type `{text}`")
