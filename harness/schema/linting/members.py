"""What names in expressions stand for, and on which other names computed ones depend."""

from __future__ import annotations

from typing import Final

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr, Expression
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Parameter, Schema, StructData, ValueInstance
from harness.schema.types import ListValue, ValueType
from harness.schema.walk import arms_of

MAX_NAMES: Final = 200

Member = Attribute | ValueInstance | Parameter
Name = tuple[str, str]
Call = tuple[tuple[Expression, ...], Expression | None]


class Members:
    """The fields, instances and parameters of a schema's types.

    Args:
        schema: the schema.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._of_types: dict[str, dict[str, Member]] = {}
        self._names: dict[Name, frozenset[Name]] = {}

    def find(self, owner: str, name: str) -> Member | None:
        """Return the field, instance or parameter `name` of a type."""
        if owner not in self._schema.types:
            return None
        if owner not in self._of_types:
            type_ = self._schema.types[owner]
            members: list[Member] = [*type_.parameters, *type_.sequence, *type_.instances]
            self._of_types[owner] = {member.id: member for member in members}
        return self._of_types[owner].get(name)

    def definition(self, tree: typed.Field) -> Expr | None:
        """Return what a computed instance of the same structure stands for; None for others."""
        member = self.find(tree.owner, tree.name)
        is_own = isinstance(tree.base, typed.Self)
        return member.value.tree if is_own and isinstance(member, ValueInstance) else None

    def names_below(self, tree: typed.Field, depth: int) -> frozenset[Name]:
        """Return the names that a computed instance depends on, some steps down.

        Args:
            tree: the instance.
            depth: how many steps. Beyond them, and beyond `MAX_NAMES`, names are left out.
        """
        key = (tree.owner, tree.name)
        inner = self.definition(tree)
        if inner is None or depth == 0:
            return frozenset()
        if key not in self._names:
            self._names[key] = frozenset()  # while it is looked at
            found: set[Name] = set()
            for node in nodes_of(inner):
                if isinstance(node, typed.Field) and len(found) < MAX_NAMES:
                    found.add((node.owner, node.name))
                    found |= self.names_below(node, depth - 1)
            self._names[key] = frozenset(found)
        return self._names[key]


def element(member: Member) -> ValueType:
    """Return the type of a member's value, or of an element of its list."""
    return member.type.item if isinstance(member.type, ListValue) else member.type


def calls(schema: Schema) -> dict[str, list[Call]]:
    """Return how each type is called: the arguments, and the condition it is read under."""
    found: dict[str, list[Call]] = {}
    for type_ in schema.types.values():
        for field in (*type_.sequence, *type_.instances):
            for data in arms_of(field.data) if isinstance(field, Attribute) else ():
                if isinstance(data, StructData) and data.arguments:
                    found.setdefault(data.type, []).append((data.arguments, field.condition))
    return found
