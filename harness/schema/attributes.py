"""Attributes of `seq` and instances: their keys to IR."""

from __future__ import annotations

from harness.schema import extensions
from harness.schema.attribute_keys import VALUE_INSTANCE, check_keys
from harness.schema.compiler import Compiler
from harness.schema.contents import contents_bytes
from harness.schema.data_types import DataBuilder
from harness.schema.datatypes import Raw, Shape, shape_of
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.ir import Attribute, Repeat, ValueInstance
from harness.schema.names import Declarations, TypeDeclaration
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar
from harness.schema.types import IntValue, StreamValue, ValueType
from harness.schema.validity import valid_of


class AttributeBuilder:
    """Builds the attributes of one type."""

    def __init__(self, owner: TypeDeclaration, names: Declarations, compiler: Compiler) -> None:
        self._owner = owner
        self._names = names
        self._compiler = compiler
        self._scope = Scope(owner.name)
        self._data = DataBuilder(owner, names, compiler)

    def instance(self, name: str, keys: Keys) -> Attribute | ValueInstance | None:
        """Build the instance `name`."""
        if "value" in keys:
            return self._value_instance(name, keys)
        check_keys(keys, _shape(keys), is_instance=True)
        return self._attribute(name, keys)

    def _value_instance(self, name: str, keys: Keys) -> ValueInstance | None:
        keys.allow(VALUE_INSTANCE, "a value instance")
        value = self._compiler.expression(keys, "value", self._scope)
        if value is None:
            return None
        kind = self._names.field_type(self._owner.name, name) or value.tree.type
        return ValueInstance(
            id=name,
            place=keys.node.place,
            value=value,
            type=kind,
            doc=keys.prose("doc"),
            condition=self._compiler.condition(keys, "if", self._scope),
            enum=self._enum(keys, kind),
        )

    def attribute(self, name: str, keys: Keys) -> Attribute:
        """Build the attribute `name` of the sequence."""
        check_keys(keys, _shape(keys), is_instance=False)
        return self._attribute(name, keys)

    def _attribute(self, name: str, keys: Keys) -> Attribute:
        kind = self._names.data_type(self._owner, keys)
        element = self._scope.binding({"_index": LENGTH} if "repeat" in keys else {})
        contents = contents_bytes(keys)
        attribute = Attribute(
            id=name,
            place=keys.node.place,
            data=self._data.data(keys, contents, element),
            type=kind,
            doc=keys.prose("doc"),
            repeat=self._repeat(keys, kind),
            condition=self._compiler.condition(keys, "if", self._scope),
            enum=self._enum(keys, kind),
            valid=valid_of(keys, kind, self._compiler, element),
            contents=contents,
            position=self._compiler.integer(keys, "pos", self._scope),
            io=self._compiler.expression(keys, "io", self._scope, StreamValue, what="a stream"),
        )
        return extensions.extend(attribute, keys, self._owner, self._compiler)

    def _enum(self, keys: Keys, kind: ValueType) -> str:
        if "enum" not in keys:
            return ""
        found = self._names.find_enum(keys.text("enum"), self._owner.name)
        if found is None:
            keys.problems.add("Q905", keys.place("enum"), f"there is no enum `{keys.text('enum')}`")
        elif not isinstance(kind, IntValue):
            keys.problems.add("Q906", keys.place("enum"), "an enum needs an integer")
        return found or ""

    def _repeat(self, keys: Keys, kind: ValueType) -> Repeat | None:
        if "repeat" not in keys:
            return None
        chosen = keys.choice("repeat", ("expr", "eos", "until"), "eos")
        if chosen == "eos":
            return Repeat("eos")
        if f"repeat-{chosen}" not in keys:
            keys.wrong("repeat", f"given with `repeat-{chosen}`")
        if chosen == "expr":
            return Repeat("expr", self._compiler.integer(keys, "repeat-expr", self._scope))
        inner = self._scope.binding({"_": kind, "_index": LENGTH})
        return Repeat("until", self._compiler.condition(keys, "repeat-until", inner))


def _shape(keys: Keys) -> Shape | None:
    """Return what `type:` says; None for a switch. What is wrong with it is reported elsewhere."""
    node = keys.get("type")
    if isinstance(node, Mapping):
        return None
    try:
        return shape_of(node.text if isinstance(node, Scalar) else None)
    except ExpressionError:
        return Raw()
