"""Which structures need not be kept: items of lists that can be loaded again at any time.

Most bytes of a large file are records of fixed size. Such a record is loaded into a local variable
when something looks at it, and forgotten. That holds only where nothing can keep a pointer to it,
and where looking at it again gives what it gave before and says nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from harness.native.compile.widths import group_width
from harness.reading.references import depends_on_node, depends_on_top
from harness.schema.expression import ranges, typed
from harness.schema.expression.typed import Expression
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    Limits,
    Parameter,
    Schema,
    StructData,
    SwitchData,
    TextData,
    Type,
    ValueInstance,
)
from harness.schema.lowered import Lowered
from harness.schema.types import AnyValue, IntValue, ListValue, StructValue, ValueType
from harness.schema.walk import arms_of, data_of

if TYPE_CHECKING:
    from harness.native.compile.layout import Layout

# what an expression may not do if it is evaluated again: it would be paid for again
_MOST_ITEMS = (1 << 31) - 1
_BITS = 64
_COSTLY_METHODS = frozenset({"min", "max", "to_s", "reverse", "substring"})


class EphemeralTypes:
    """The types whose list items are not kept."""

    def __init__(self, schema: Schema, overlays: Sequence[Lowered] = ()) -> None:
        self._schema = schema
        self._overlays = overlays
        kept = frozenset(self._kept())
        self._found = (
            frozenset()
            if "" in kept
            else frozenset(
                name
                for name, type_ in schema.types.items()
                if name not in kept and self._is_plain(name, type_)
            )
        )

    def __contains__(self, name: object) -> bool:
        """Whether items of lists of the type are not kept."""
        return name in self._found

    # what keeps structures

    def _kept(self) -> Iterator[str]:
        """Yield the types of structures that something points to; empty for any type."""
        for overlay in self._overlays:
            checks = (*overlay.by_type.values(), (path.check for path in overlay.by_path))
            found = [one for part in checks for check in part for one in _within(check)]
            yield from _kept_by_expressions(found)
            yield from self._kept_to_be_observed(overlay)
        for name, type_ in self._schema.types.items():
            for field in (*type_.parameters, *type_.sequence, *type_.instances):
                yield from self._kept_by(field)
            for data in data_of(type_):
                if isinstance(data, StructData):
                    yield from _structures(argument.tree.type for argument in data.arguments)
                    if data.parent is not None:
                        yield from _structures((data.parent.tree.type,))
            yield from _kept_by_expressions(expressions_of(type_))
            yield from self._looked_into(name, type_)

    def _kept_by(self, field: Parameter | Attribute | ValueInstance) -> Iterator[str]:
        if isinstance(field, Parameter | ValueInstance):
            yield from _structures((field.type,))
            return
        if field.refers is not None and field.refers.name:
            yield from _structures((field.refers.table.tree.type,))
        if field.derive is not None:
            yield from _structures((field.derive.target.tree.type,))
        if isinstance(field.data, SwitchData):  # which type an item has is only known by its node
            yield from (arm.type for arm in arms_of(field.data) if isinstance(arm, StructData))

    def _looked_into(self, name: str, type_: Type) -> Iterator[str]:
        """Yield types whose instances are read for another structure while the file is read."""
        for expression in _while_reading(type_):
            for node in nodes_of(expression.tree):
                if not isinstance(node, typed.Field):
                    continue
                if not node.owner:
                    yield ""
                elif node.owner != name and self._is_instance(node):
                    yield node.owner

    def _kept_to_be_observed(self, overlay: Lowered) -> Iterator[str]:
        """Yield types whose instances are observed: a limit decides which of them there are."""
        observed = [entry.expression for entry in overlay.observed]
        yield from _kept_by_expressions(observed)
        for expression in observed:
            for node in nodes_of(expression.tree):
                if isinstance(node, typed.Field) and (not node.owner or self._is_instance(node)):
                    yield node.owner

    def _is_instance(self, node: typed.Field) -> bool:
        owner = self._schema.types[node.owner]
        return any(instance.id == node.name for instance in owner.instances)

    # what can be loaded again

    def _is_plain(self, name: str, type_: Type) -> bool:
        return (
            bool(type_.sequence)
            and all(_is_fixed(attribute) for attribute in type_.sequence)
            and type_.endian is None
            and type_.limits == Limits()
            and all(_is_again(instance) for instance in type_.instances)
            and self._arguments_are_plain(name)
            and not any(_looks_at_joins(field) for field in type_.sequence)
            and not any(self._has_own_table(field) for field in (*type_.sequence, *type_.instances))
        )

    def _arguments_are_plain(self, name: str) -> bool:
        """Whether each structure of the type is given constants and its place in the list."""
        return all(
            is_plain_argument(argument.tree)
            for type_ in self._schema.types.values()
            for data in data_of(type_)
            if isinstance(data, StructData) and data.type == name
            for argument in data.arguments
        )

    def _has_own_table(self, field: Attribute | ValueInstance) -> bool:
        """Whether what a reference looks in is indexed for the structure, and found by it."""
        if isinstance(field, ValueInstance) or field.refers is None:
            return False
        return depends_on_node(field.refers) or depends_on_top(field.refers, self._schema)


def _kept_by_expressions(expressions: Iterable[Expression]) -> Iterator[str]:
    """Yield the types of structures that are put into lists, or asked for what they joined."""
    for expression in expressions:
        for node in nodes_of(expression.tree):
            if isinstance(node, typed.ListOf):
                yield from _structures(item.type for item in node.items)
            elif isinstance(node, typed.Joined) and not isinstance(node.base, typed.Self):
                yield from _structures((node.base.type,))


def _looks_at_joins(field: Attribute) -> bool:
    """Whether what is joined depends on which others are joined already."""
    return field.refers is not None and any(
        isinstance(node, typed.Joined) and not isinstance(node.base, typed.Self)
        for expression in _within(field.refers)
        for node in nodes_of(expression.tree)
    )


def is_plain_argument(tree: typed.Expr) -> bool:
    """Whether an argument is a constant, or the place in the list as it is."""
    if isinstance(tree, typed.Cast) and isinstance(tree.type, IntValue):
        if tree.type.high < _MOST_ITEMS or tree.type.low > 0:
            return False
        tree = tree.base
    return isinstance(tree, typed.Constant) or (
        isinstance(tree, typed.Bound) and tree.name == "_index"
    )


def _structures(types: Iterable[ValueType]) -> Iterator[str]:
    """Yield the names of structures among types of values, those in lists too."""
    for type_ in types:
        inner = type_
        while isinstance(inner, ListValue):
            inner = inner.item
        if isinstance(inner, AnyValue):
            yield ""
        elif isinstance(inner, StructValue):
            yield inner.name


def _while_reading(type_: Type) -> Iterator[Expression]:
    """Yield the expressions that are evaluated before everything is read."""
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, ValueInstance):
            yield field.value
            if field.condition is not None:
                yield field.condition
            continue
        checks = (field.derive, field.checksum, field.sorted_by, field.unique_by, field.refers)
        late = {id(one) for check in checks if check is not None for one in _within(check)}
        yield from (one for one in _within(field) if id(one) not in late)
    if type_.endian is not None:
        yield from _within(type_.endian)


def _within(part: object) -> Iterator[Expression]:
    return expressions_of(part)  # type: ignore[arg-type]  # it looks into any part of the IR


def _is_fixed(attribute: Attribute) -> bool:
    if not group_width(attribute):
        return False
    if not isinstance(attribute.data, IntegerData | FloatData | BytesData):
        return False
    return attribute.valid is None or not any(
        isinstance(node, typed.Field)
        for expression in _within(attribute.valid)
        for node in nodes_of(expression.tree)
    )


def _is_again(instance: Attribute | ValueInstance) -> bool:
    """Whether an instance gives the same again, keeps no pointer, and costs nothing twice."""
    if any(is_costly(node) for one in _within(instance) for node in nodes_of(one.tree)):
        return False
    if isinstance(instance, ValueInstance):
        return True
    return instance.repeat is None and _is_leaf(instance.data) and instance.locate is None


def _is_leaf(data: DataType) -> bool:
    """Whether what is read depends on nothing that the memo does not know."""
    if isinstance(data, BytesData | TextData):
        return data.extent.process is None
    return isinstance(data, IntegerData | FloatData)


def is_costly(node: typed.Expr) -> bool:
    """Whether evaluating an expression again would be paid for again."""
    match node:
        case typed.Quantifier() | typed.Join() | typed.ListOf():
            return True
        case typed.Method(name=name):
            return name in _COSTLY_METHODS
        case typed.Cast():
            return isinstance(node.type, ListValue | AnyValue)
        case typed.Operation(operator="+"):
            return not hasattr(node.type, "low")
        case typed.Operation():
            return any(
                isinstance(side.type, ListValue | AnyValue)
                for side in (node.left, node.right)
                if side is not None
            )
    return False


def is_silent(instance: ValueInstance, layout: Layout) -> bool:
    """Whether computing an instance can neither fail nor read anything."""
    trees = [instance.value.tree]
    if instance.condition is not None:
        trees.append(instance.condition.tree)
    return all(_cannot_fail(tree, layout) for tree in trees)


def _cannot_fail(node: typed.Expr, layout: Layout) -> bool:
    match node:
        case typed.Constant():
            return True
        case typed.Field(base=typed.Self(), owner=owner, name=name):
            return owner == layout.type.name and any(
                layout.fields[slot].id == name for slot in layout.group
            )
        case typed.Method(base=base, name="to_i", arguments=()):
            return isinstance(base.type, IntValue) and _cannot_fail(base, layout)
        case typed.Operation(operator="not", left=left):
            return _cannot_fail(left, layout)
        case typed.Operation(operator=operator, left=left, right=right) if right is not None:
            sides = _cannot_fail(left, layout) and _cannot_fail(right, layout)
            return sides and _is_safe(operator, left.type, right)
        case _:
            return False


def _is_safe(operator: str, kind: ValueType, right: typed.Expr) -> bool:
    if operator in ("and", "or"):
        return True
    if not isinstance(kind, IntValue) or not isinstance(right.type, IntValue):
        return False
    if operator in ("==", "!=", "<", "<=", ">", ">="):
        return True
    if operator in ("<<", ">>") and not (right.type.low >= 0 and right.type.high < _BITS):
        return False
    return operator not in ("/", "%") and not ranges.can_overflow(operator, kind, right.type)
