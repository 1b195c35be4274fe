"""Declarations: which types, fields and enums a schema has, and how a name finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from harness.schema.datatypes import Named, shape_of, shape_type
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.parser import parse
from harness.schema.expression.scope import Scope
from harness.schema.expression.typing import infer
from harness.schema.ir import Enum
from harness.schema.meta import Meta
from harness.schema.parameters import parameter_type
from harness.schema.scoping import Search, file_of
from harness.schema.shapes import Keys
from harness.schema.sizes import Sizes
from harness.schema.source import Mapping, Scalar
from harness.schema.types import (
    AnyValue,
    BoolValue,
    BytesValue,
    IntValue,
    ListValue,
    StructValue,
    ValueType,
    union,
)

# How far the type of one computed instance is followed into others.
MAX_CHAIN: Final = 32


@dataclass(slots=True)
class TypeDeclaration:
    """A type as declared: its keys, and what the names in it mean."""

    name: str
    keys: Keys
    meta: Meta
    root: str
    imports: tuple[str, ...]
    fields: dict[str, Keys] = field(default_factory=dict)
    parameters: dict[str, Keys] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)


class Declarations:
    """All types and enums of a schema and what it imports; answers the typer's questions."""

    def __init__(self, *, is_lenient: bool = False) -> None:
        self.is_lenient = is_lenient
        self.types: dict[str, TypeDeclaration] = {}
        self.enums: dict[str, Enum] = {}
        self._field_types: dict[tuple[str, str], ValueType | None] = {}
        self._under_way: set[tuple[str, str]] = set()
        self._labels: dict[str, dict[str, int]] = {}
        self._tables: dict[str, dict[str, str]] = {}
        self._item_types: dict[tuple[str, str], ValueType | None] = {}
        self._cyclic: set[tuple[str, str]] = set()
        self._sizes = Sizes(self)

    # looking names up, from the inside out

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of the type written `name` inside `owner`."""
        return Search(self.types, self.types, self._sees(owner)).find(name, owner)

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of the enum written `name` inside `owner`."""
        return Search(self.types, self.enums, self._sees(owner)).find(name, owner)

    def _sees(self, owner: str) -> Callable[[str], bool]:
        """Return whether a type may name another file's top type: where its file imports it."""
        imports = self.types[owner].imports if owner in self.types else ()
        return lambda top: top in imports and top in self.types

    def enum_value(self, enum: str, label: str) -> int | None:
        """Number of a member."""
        if enum not in self._labels:
            members = self.enums[enum].members
            self._labels[enum] = {name: number for number, name in members.items()}
        return self._labels[enum].get(label)

    def root_type(self, owner: str) -> StructValue:
        """Type of `_root`."""
        return StructValue(self.types[owner].root)

    def parent_type(self, owner: str) -> StructValue:
        """Type of `_parent`; unnamed where it differs, or where another file holds it."""
        parents = self.types[owner].parents
        is_known = len(parents) == 1 and owner != file_of(owner)
        return StructValue(parents[0]) if is_known else StructValue()

    def field_names(self, owner: str) -> tuple[str, ...]:
        """All names of `owner`."""
        declaration = self.types[owner]
        return (*declaration.parameters, *declaration.fields)

    # types of fields, worked out when first asked for

    def field_type(self, owner: str, name: str) -> ValueType | None:
        """Type of a parameter, attribute or instance."""
        key = (owner, name)
        if key not in self._field_types:
            if key in self._under_way or len(self._under_way) > MAX_CHAIN:
                return AnyValue()  # reading will tell
            self._under_way.add(key)
            try:
                self._field_types[key] = self._infer_field(self.types[owner], name)
            finally:
                self._under_way.discard(key)
        return self._field_types[key]

    def is_made(self, owner: str, name: str) -> bool:
        """Whether a value is computed or passed, so that it has no bytes of its own."""
        declared = self.types[owner]
        keys = declared.fields.get(name)
        return name in declared.parameters or (keys is not None and "value" in keys)

    def _infer_field(self, owner: TypeDeclaration, name: str) -> ValueType | None:
        if name in owner.parameters:
            return parameter_type(owner.parameters[name], owner.name, self)
        keys = owner.fields.get(name)
        if keys is None:
            return None
        if "value" in keys:
            return self._computed_type(owner, keys)
        element = self.data_type(owner, keys)
        return ListValue(element) if "repeat" in keys else element

    def _computed_type(self, owner: TypeDeclaration, keys: Keys) -> ValueType:
        try:
            found = infer(parse(keys.text("value")), self, Scope(owner.name)).type
        except ExpressionError:
            return AnyValue()  # reported where the instance is built
        return self.with_enum(found, keys, owner.name)

    def data_type(self, owner: TypeDeclaration, keys: Keys) -> ValueType:
        """Return the value type of one element of an attribute."""
        node = keys.get("type")
        if isinstance(node, Mapping):
            return self._switch_type(owner, keys, node)
        text = node.text if isinstance(node, Scalar) else None
        return self.with_enum(self.named_type(owner.name, text), keys, owner.name)

    def with_enum(self, found: ValueType, keys: Keys, owner: str) -> ValueType:
        """Return the type with the enum that `enum:` names, where it names one."""
        enum = self.find_enum(keys.text("enum"), owner) if "enum" in keys else None
        if enum is None:
            return found
        if isinstance(found, BoolValue):  # `b1`: with an enum it is a number, as Kaitai has it
            return IntValue(0, 1, enum)
        return IntValue(found.low, found.high, enum) if isinstance(found, IntValue) else found

    def named_type(self, owner: str, text: str | None) -> ValueType:
        """Return the value type of `type: text` inside `owner`; any type where that fails."""
        try:
            shape = shape_of(text)
        except ExpressionError:
            return AnyValue()
        if isinstance(shape, Named):
            found = self.find_type(shape.name, owner)
            return AnyValue() if found is None else StructValue(found)
        return shape_type(shape)

    def _switch_type(self, owner: TypeDeclaration, keys: Keys, node: Mapping) -> ValueType:
        cases = node.entries.get("cases")
        if not isinstance(cases, Mapping) or not cases.entries:
            return AnyValue()
        types = [
            self.named_type(owner.name, arm.text)
            for arm in cases.entries.values()
            if isinstance(arm, Scalar)
        ]
        if "_" not in cases.entries and ("size" in keys or "size-eos" in keys):
            types.append(BytesValue())  # what no case takes is left as it is
        result = types[0] if types else AnyValue()
        for type_ in types[1:]:
            result = union(result, type_)
        return result

    # joins

    def joined_type(self, owner: str, name: str) -> ValueType | None:
        """Type of the item that a `-refers-to … as name` of `owner` names."""
        if owner not in self._tables:
            self._tables[owner] = dict(_joined_tables(self.types[owner]))
        key, table = (owner, name), self._tables[owner].get(name)
        if table is None:
            return None
        if key not in self._item_types:
            if key in self._under_way or len(self._under_way) > MAX_CHAIN:
                self._cyclic.add(key)  # a table must not be found through its own items
                return None
            self._under_way.add(key)
            found = self._item_type(owner, table)
            self._under_way.discard(key)
            self._item_types[key] = None if key in self._cyclic else found
        return self._item_types[key]

    def _item_type(self, owner: str, table: str) -> ValueType:
        try:
            found = infer(parse(table), self, Scope(owner, ours=True)).type
        except ExpressionError:
            return AnyValue()  # reported where the key is built
        return found.item if isinstance(found, ListValue) else AnyValue()

    # what the schema alone decides

    def size_in_bits(self, type_name: str, owner: str) -> int | None:
        """Fixed size of a type; None where content decides."""
        return self._sizes.of_type(type_name, owner)

    def struct_bits(self, owner: str) -> int | None:
        """Fixed size of the sequence of a type; None where content decides."""
        return self._sizes.of_struct(owner)

    def field_bits(self, owner: str, name: str) -> int | None:
        """Fixed size of an attribute; None where content decides."""
        return self._sizes.of_field(owner, name)

    def constant(self, text: str, owner: str) -> int | None:
        """Return the only value that an integer expression can have; None where it has others."""
        try:
            found = infer(parse(text), self, Scope(owner)).type
        except ExpressionError:
            return None  # reported where the expression is built
        is_fixed = isinstance(found, IntValue) and found.low == found.high
        return found.low if is_fixed else None  # type: ignore[union-attr]  # is_fixed

    # parents

    def infer_parents(self) -> None:
        """Find out what holds each type, as Kaitai does: uses in other files do not count."""
        overrides = [
            (name, keys)
            for name, declaration in self.types.items()
            for keys in declaration.fields.values()
            if not self._add_parent(name, name, keys)
        ]
        for name, keys in overrides:
            above = self._overriding_type(name, keys)
            if above:
                self._add_parent(name, above, keys, is_override=True)
        self._forget_types()

    def _add_parent(
        self, owner: str, parent: str, keys: Keys, *, is_override: bool = False
    ) -> bool:
        """Note that `parent` holds the types that an attribute of `owner` uses.

        Returns:
            False when the attribute says itself who the parent is.
        """
        if "parent" in keys and not is_override:
            return False
        for used in self.used_types(owner, keys):
            parents = self.types[used].parents
            if parent not in parents and file_of(parent) == file_of(used):
                parents.append(parent)
        return True

    def _overriding_type(self, owner: str, keys: Keys) -> str:
        """Return the type of the structure that `parent:` names; empty for none."""
        text = keys.text("parent")
        try:
            found = infer(parse(text), self, Scope(owner)).type
        except ExpressionError:
            return ""  # reported where the attribute is built
        return found.name if isinstance(found, StructValue) else ""

    def _forget_types(self) -> None:
        """Types of fields that were worked out before all parents were known may be wrong."""
        self._field_types.clear()
        self._item_types.clear()
        self._sizes = Sizes(self)

    def used_types(self, owner: str, keys: Keys) -> list[str]:
        """Return the types of structures that an attribute of `owner` reads."""
        node = keys.get("type")
        texts = [node.text] if isinstance(node, Scalar) else []
        if isinstance(node, Mapping) and isinstance(cases := node.entries.get("cases"), Mapping):
            texts = [arm.text for arm in cases.entries.values() if isinstance(arm, Scalar)]
        kinds = [self.named_type(owner, text) for text in texts]
        return [kind.name for kind in kinds if isinstance(kind, StructValue)]


def _joined_tables(declaration: TypeDeclaration) -> Iterator[tuple[str, str]]:
    """Yield each name that a `-refers-to` of the type gives to an item, with its table."""
    for keys in declaration.fields.values():
        refers = keys.get("-refers-to")
        if isinstance(refers, Mapping):
            name, table = refers.entries.get("as"), refers.entries.get("table")
            if isinstance(name, Scalar) and isinstance(table, Scalar):
                yield name.text, table.text
