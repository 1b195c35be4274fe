"""A schema under lint: its types, where each part of them is written, what its author allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from harness.findings.model import Place
from harness.findings.registry import RULES
from harness.schema.allowances import ALLOW
from harness.schema.ir import Schema, Type
from harness.schema.linting.values import Values
from harness.schema.names import TypeDeclaration
from harness.schema.problems import Problems
from harness.schema.source import Mapping as MappingNode
from harness.schema.source import Scalar, Sequence, Source

# What is concluded from ranges of values.
_BY_VALUES: Final = frozenset(
    {
        "Q930",
        "Q931",
        "Q932",
        "Q933",
        "Q934",
        "Q935",
        "Q936",
        "Q940",
        "Q941",
        "Q942",
        "Q943",
        "Q945",
        "Q946",
    }
)


class Where(NamedTuple):
    """A part of a schema.

    Attributes:
        owner: the type.
        field: its attribute, instance or parameter; empty for the type itself.
        keys: the way down from there, keys and numbers of items.
        is_key: the last key itself is meant, not what it holds.
    """

    owner: str
    field: str = ""
    keys: tuple[str | int, ...] = ()
    is_key: bool = False

    def key(self, *names: str | int) -> Where:
        """Return what stands further down."""
        return Where(self.owner, self.field, (*self.keys, *names))


class Subject:
    """What every check of lint is given.

    Args:
        schema: the schema.
        declarations: its types as they are written.
        problems: takes what is found.

    Attributes:
        own: the types of the file itself; what it imports is not judged here.
        valid: ranges in content that keeps to the field's rules.
        all: ranges in any content.
    """

    def __init__(
        self, schema: Schema, declarations: Mapping[str, TypeDeclaration], problems: Problems
    ) -> None:
        self.schema = schema
        self.declarations = declarations
        self.own: tuple[Type, ...] = tuple(
            type_
            for type_ in schema.types.values()
            if type_.name.split("::", 1)[0] == schema.id and type_.name in declarations
        )
        self.valid = Values(schema, in_valid=True)
        self.all = Values(schema, in_valid=False)
        self._problems = problems
        self._used: set[tuple[str, str, str]] = set()

    def report(self, code: str, where: Where, actual: str, *, node: Where | None = None) -> None:
        """Note that `code` is broken at `where`, unless that node allows it by name.

        Args:
            code: the rule.
            where: the place to show.
            actual: what is wrong, in words.
            node: the node that may allow it, if that is not the one at the place.
        """
        name = RULES[code].name
        if code in _BY_VALUES and self.has_given_up:
            return
        owner, field, *_ = node or where
        if name in self.allowed(owner, field):
            self._used.add((owner, field, name))
            return
        self._problems.add(code, self.place(where), actual)

    @property
    def has_mistakes(self) -> bool:
        """Whether the schema is wrong, and so only half of it is there."""
        return self._problems.has_errors

    @property
    def has_given_up(self) -> bool:
        """Whether the schema is too intricate for ranges; nothing is said by guess then."""
        return min(self.valid.steps_left, self.all.steps_left) < 0

    # what is allowed

    def allowed(self, owner: str, field: str) -> dict[str, Place]:
        """Return the rules that `-allow` of a node names, and where."""
        node = self._node(owner, field)
        names = node.entries.get(ALLOW) if node is not None else None
        items = names.items if isinstance(names, Sequence) else (names,)
        return {item.text: item.place for item in items if isinstance(item, Scalar)}

    def idle_allowances(self) -> list[tuple[str, str, str]]:
        """Return type, field and rule of each `-allow` that nothing needed."""
        return [
            (type_.name, field, name)
            for type_ in self.own
            for field in ("", *self.fields(type_.name))
            for name in self.allowed(type_.name, field)
            if (type_.name, field, name) not in self._used
        ]

    def fields(self, owner: str) -> tuple[str, ...]:
        """Return the names of all parameters, attributes and instances of a type."""
        declaration = self.declarations[owner]
        return (*declaration.parameters, *declaration.fields)

    # where things stand

    def place(self, where: Where) -> Place:
        """Return line and column of a part; of what is around it where it is not written out."""
        node: Source | None = self._node(where.owner, where.field)
        place = self._named(where.owner, where.field)
        for number, key in enumerate(where.keys):
            is_last = number + 1 == len(where.keys)
            if isinstance(node, MappingNode) and where.is_key and is_last and key in node.keys:
                return node.keys[str(key)]
            node = _inside(node, key)
            if node is None:
                return place
            place = node.place
        return place

    def _named(self, owner: str, field: str) -> Place:
        """Return where a type or a field has its name; where its keys are if it has none."""
        node = self._node(owner, field)
        if field and node is not None and "id" in node.entries:
            return node.entries["id"].place
        outer, _, name = owner.rpartition("::")
        names = _inside(
            self._node(owner if field else outer, ""), "instances" if field else "types"
        )
        if isinstance(names, MappingNode) and (field or name) in names.keys:
            return names.keys[field or name]
        return node.place if node is not None else Place(str(self.schema.path), 1)

    def written(self, where: Where) -> Source | None:
        """Return the YAML node of a part; None where it is not written."""
        node: Source | None = self._node(where.owner, where.field)
        for key in where.keys:
            node = _inside(node, key)
        return node

    def _node(self, owner: str, field: str) -> MappingNode | None:
        declaration = self.declarations.get(owner)
        if declaration is None:
            return None
        if not field:
            return declaration.keys.node
        keys = declaration.fields.get(field) or declaration.parameters.get(field)
        return keys.node if keys is not None else None


def _inside(node: Source | None, key: str | int) -> Source | None:
    if isinstance(node, MappingNode):
        return node.entries.get(str(key))
    if isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
        return node.items[key]
    return None
