"""Declarations: which types, fields and enums a schema has, and how a name finds them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from typing import Final, Literal

from harness.schema.datatypes import Bits, Named, Number, shape_of, shape_type
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.parser import parse
from harness.schema.expression.scope import Scope
from harness.schema.expression.typing import infer
from harness.schema.ir import Enum
from harness.schema.parameters import parameter_type
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar, Sequence
from harness.schema.types import (
    S64_MAX,
    AnyValue,
    IntValue,
    ListValue,
    StructValue,
    ValueType,
    union,
)

# How far the type of one computed instance is followed into others.
MAX_CHAIN: Final = 32


@dataclass(frozen=True, slots=True)
class Meta:
    """What a type inherits from the types around it."""

    endian: Literal["", "le", "be", "inherited"] = ""
    bit_endian: Literal["le", "be"] = "be"
    encoding: str = ""


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

    def __init__(self) -> None:
        self.types: dict[str, TypeDeclaration] = {}
        self.enums: dict[str, Enum] = {}
        self._field_types: dict[tuple[str, str], ValueType | None] = {}
        self._under_way: set[tuple[str, str]] = set()
        self._labels: dict[str, dict[str, int]] = {}
        self._tables: dict[str, dict[str, str]] = {}
        self._item_types: dict[tuple[str, str], ValueType | None] = {}
        self._cyclic: set[tuple[str, str]] = set()
        self._bits: dict[str, int | None] = {}

    # looking names up, from the inside out

    def _enclosing(self, owner: str) -> list[str]:
        parts = owner.split("::")
        return ["::".join(parts[:count]) for count in range(len(parts), 0, -1)]

    def _find(self, known: MappingABC[str, object], name: str, owner: str) -> str | None:
        first, *rest = name.split("::")
        for outer in self._enclosing(owner):
            if f"{outer}::{name}" in known:
                return f"{outer}::{name}"
            if outer.rsplit("::", 1)[-1] == first and "::".join([outer, *rest]) in known:
                return "::".join([outer, *rest])
        declaration = self.types.get(owner)
        visible = declaration is not None and first in declaration.imports
        return name if visible and name in known else None

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of the type written `name` inside `owner`."""
        return self._find(self.types, name, owner)

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of the enum written `name` inside `owner`."""
        return self._find(self.enums, name, owner)

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
        """Type of `_parent`; unnamed where it differs."""
        parents = self.types[owner].parents
        return StructValue(parents[0]) if len(parents) == 1 else StructValue()

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
            return self._switch_type(owner, node)
        text = node.text if isinstance(node, Scalar) else None
        return self.with_enum(self.named_type(owner.name, text), keys, owner.name)

    def with_enum(self, found: ValueType, keys: Keys, owner: str) -> ValueType:
        """Return the type with the enum that `enum:` names, where it names one."""
        enum = self.find_enum(keys.text("enum"), owner) if "enum" in keys else None
        if enum is None or not isinstance(found, IntValue):
            return found
        return IntValue(found.low, found.high, enum)

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

    def _switch_type(self, owner: TypeDeclaration, node: Mapping) -> ValueType:
        cases = node.entries.get("cases")
        if not isinstance(cases, Mapping) or not cases.entries:
            return AnyValue()
        types = [
            self.named_type(owner.name, arm.text)
            for arm in cases.entries.values()
            if isinstance(arm, Scalar)
        ]
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

    # fixed sizes

    def size_in_bits(self, type_name: str, owner: str) -> int | None:
        """Fixed size of a type; None where content decides."""
        return self._fixed_bits(type_name, owner, 0)

    def _fixed_bits(self, text: str, owner: str, depth: int) -> int | None:
        shape = shape_of(text)
        match shape:
            case Number(width=width):
                return width * 8
            case Bits(width=width):
                return width
            case Named(name=name) if depth < 64:
                found = self.find_type(name, owner)
                if found is None:
                    raise ExpressionError(f"there is no type `{name}`", 0, "Q905")
                if found not in self._bits:
                    self._bits[found] = None  # what holds itself has no fixed size
                    self._bits[found] = self._struct_bits(self.types[found], depth)
                return self._bits[found]
            case _:
                return None

    def _struct_bits(self, declaration: TypeDeclaration, depth: int) -> int | None:
        total = 0
        for keys in declaration.keys.mappings("seq"):
            bits = self._attribute_bits(keys, declaration.name, depth)
            if bits is None:
                return None
            total += bits
        return total if total <= S64_MAX else None

    def _attribute_bits(self, keys: Keys, owner: str, depth: int) -> int | None:
        node, size = keys.get("type"), keys.get("size")
        if "repeat" in keys or "if" in keys or isinstance(node, Mapping):
            return None
        if isinstance(size, Scalar):
            count = size.value if isinstance(size.value, int) else -1
            return count * 8 if 0 <= count <= S64_MAX // 8 else None
        contents = contents_bytes(keys)
        if contents is not None:
            return len(contents) * 8
        return self._fixed_bits(node.text, owner, depth + 1) if isinstance(node, Scalar) else None


def _joined_tables(declaration: TypeDeclaration) -> Iterator[tuple[str, str]]:
    """Yield each name that a `-refers-to` of the type gives to an item, with its table."""
    for keys in declaration.fields.values():
        refers = keys.get("-refers-to")
        if isinstance(refers, Mapping):
            name, table = refers.entries.get("as"), refers.entries.get("table")
            if isinstance(name, Scalar) and isinstance(table, Scalar):
                yield name.text, table.text


def contents_bytes(keys: Keys) -> bytes | None:
    """Return the bytes that `contents:` stands for; None when absent or wrong (then reported)."""
    found = keys.get("contents")
    if found is None:
        return None
    items = found.items if isinstance(found, Sequence) else (found,)
    result = b""
    for item in items:
        value = item.value if isinstance(item, Scalar) else None
        if isinstance(value, str):
            result += value.encode()
        elif isinstance(value, int) and value in range(256):
            result += bytes([value])
        else:
            keys.wrong("contents", "a string or a list of bytes and strings")
            return None
    return result
