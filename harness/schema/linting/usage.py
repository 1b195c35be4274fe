"""What a schema uses of what it declares: types, enums, names, imports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harness.schema.expression import typed
from harness.schema.expression.typed import Expression
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import Attribute, Parameter, Schema, StructData, Type, ValueInstance
from harness.schema.types import IntValue, ListValue, StructValue, ValueType
from harness.schema.walk import arms_of

# The typer turns these into numbers, so only the text still names the type.
_MEASURED: Final = re.compile(r"sizeof\s*<\s*(?:[a-z0-9_]+\s*::\s*)*([a-z0-9_]+)\s*>")


class Usage:
    """Everything that the types of a schema refer to.

    Args:
        schema: the schema.

    Attributes:
        types: qualified names, by the type that refers to them.
        enums: the same of enums.
        fields: owner and name of what expressions look at; the owner is empty where only reading
            tells it.
        measured: the last parts of names in `sizeof<…>`.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.types: dict[str, set[str]] = {name: set() for name in schema.types}
        self.enums: dict[str, set[str]] = {name: set() for name in schema.types}
        self.fields: set[tuple[str, str]] = set()
        self.measured: set[str] = set()
        for name, type_ in schema.types.items():
            self._declared(name, type_)
            for expression in expressions_of(type_):
                self._looked_at(name, expression)

    def _declared(self, name: str, type_: Type) -> None:
        for parameter in type_.parameters:
            self._of_value(name, parameter.type)
        for field in (*type_.sequence, *type_.instances):
            if field.enum:
                self.enums[name].add(field.enum)
            if isinstance(field, Attribute):
                self._of_attribute(name, field)

    def _of_attribute(self, name: str, field: Attribute) -> None:
        for data in arms_of(field.data):
            if isinstance(data, StructData):
                self.types[name].add(data.type)
        for order in (field.sorted_by, field.unique_by):
            if order is not None and order.within:
                self.types[name].add(order.within)
        if field.checksum is not None:
            self.fields |= {(name, zeroed) for zeroed in field.checksum.zeroed}

    def _of_value(self, name: str, kind: ValueType) -> None:
        match kind:
            case StructValue(name=used) if used:
                self.types[name].add(used)
            case ListValue(item=item):
                self._of_value(name, item)
            case IntValue(enum=enum) if enum:
                self.enums[name].add(enum)

    def _looked_at(self, name: str, expression: Expression) -> None:
        if "sizeof" in expression.text:
            self.measured |= set(_MEASURED.findall(expression.text))
        for node in nodes_of(expression.tree):
            match node:
                case typed.Field(owner=owner, name=field):
                    self.fields.add((owner, field))
                case typed.Constant(type=IntValue() as kind):
                    self._of_value(name, kind)
                case typed.Cast(type=kind):
                    self._of_value(name, kind)

    def uses_field(self, owner: str, name: str) -> bool:
        """Whether some expression looks at a field, an instance or a parameter."""
        return (owner, name) in self.fields or ("", name) in self.fields

    def reached(self) -> set[str]:
        """Return the types that can be part of a content, and those around them."""
        found = [self._schema.id]
        known = set(found)
        for name in found:
            inner = self.types.get(name, set())
            found += sorted(inner - known)
            known |= inner
        measured = {
            name for name in self._schema.types if name.rsplit("::", 1)[-1] in self.measured
        }
        return known | measured

    def used_enums(self) -> set[str]:
        """Return the enums that some type refers to."""
        return set().union(*self.enums.values())


def around(name: str) -> Iterator[str]:
    """Yield the types that a type stands in, from the inside out."""
    while "::" in name:
        name = name.rsplit("::", 1)[0]
        yield name


def is_library(schema: Schema) -> bool:
    """Whether a schema reads nothing itself: its types are there for others to import."""
    return not schema.root.sequence and not schema.root.instances


Declared = Attribute | ValueInstance | Parameter
