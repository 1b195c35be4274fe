"""What holds in every content of a schema, so that nothing can break it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
    TextData,
    ValueInstance,
)
from harness.schema.types import BoolValue
from harness.schema.walk import arms_of, types_used
from harness.writing.breaking.measuring import Measurer

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import DataType, Refers, Schema, Type

# whether a type of a schema takes all there is
Fills = Callable[["Schema", str], bool]

_MOST_STEPS = 20
_CUT: Final = (StructData, BytesData, TextData)
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def is_complete(schema: Schema, field: Attribute, switch: SwitchData) -> bool:
    """Whether a switch has an arm for each value that what it looks at can have.

    Where a condition looks at the same number, only values for which it can hold count.
    """
    possible = _possible(schema, switch.on.tree, _MOST_STEPS)
    if possible is None:
        return False
    if field.condition is not None:
        met = _Met(schema, switch.on.tree)
        possible = {one for one in possible if met.value(field.condition.tree, one) is not False}
    cases = [case.match.tree if case.match is not None else None for case in switch.cases]
    return possible <= {one.value for one in cases if isinstance(one, typed.Constant)}


def _possible(schema: Schema, tree: Expr, steps: int) -> set[object] | None:
    """Return the values that an expression can have; None where there is no telling."""
    match tree:
        case typed.Constant(value=value):
            return {value}
        case typed.Choice(then=then, otherwise=otherwise):
            return _all_of(schema, (then, otherwise), steps)
        case typed.Field(owner=owner, name=name) if owner and steps:
            computed = _computed(schema, owner, name)
            if computed:
                return _all_of(schema, computed, steps - 1)
            if _is_octet(schema, owner, name):
                return set(range(256))
    return {False, True} if isinstance(tree.type, BoolValue) else None


def _is_octet(schema: Schema, owner: str, name: str) -> bool:
    """Whether a field is one unsigned byte."""
    fields = schema.types[owner].sequence
    held = next((field.data for field in fields if field.id == name), None)
    return isinstance(held, IntegerData) and held.width == 1 and not held.signed


class _Met:
    """Computes conditions from one number, as far as nothing else decides them."""

    def __init__(self, schema: Schema, number: Expr) -> None:
        self._schema = schema
        self._number = number

    def value(self, tree: Expr, number: object) -> Any:
        """Return what an expression of the same structure gives; None where that is not known."""
        if tree == self._number:
            return number
        match tree:
            case typed.Constant(value=value):
                return value
            case typed.Cast(base=base) | typed.Method(base=base, name="to_i"):
                return self.value(base, number)
            case typed.Field(base=typed.Self(), owner=owner, name=name):
                computed = _computed(self._schema, owner, name)
                return self.value(computed[0], number) if len(computed) == 1 else None
            case typed.Operation(operator=operator, left=left, right=right) if right is not None:
                return self._joined(operator, self.value(left, number), self.value(right, number))
        return None

    @staticmethod
    def _joined(operator: str, left: Any, right: Any) -> Any:
        if operator in ("and", "or"):
            is_decisive = operator == "or"
            if is_decisive in (left, right):
                return is_decisive
            return None if left is None or right is None else not is_decisive
        if operator not in _COMPARISONS or left is None or right is None:
            return None
        return _COMPARISONS[operator](left, right)


def _all_of(schema: Schema, trees: tuple[Expr, ...], steps: int) -> set[object] | None:
    found: set[object] = set()
    for tree in trees:
        values = _possible(schema, tree, steps)
        if values is None:
            return None
        found |= values
    return found


def _computed(schema: Schema, owner: str, name: str) -> tuple[Expr, ...]:
    """Return all that a parameter is given, or what an instance is computed by."""
    type_ = schema.types[owner]
    for index, parameter in enumerate(type_.parameters):
        if parameter.id == name:
            return tuple(arguments_of(schema, owner, index))
    return tuple(
        instance.value.tree
        for instance in type_.instances
        if instance.id == name and isinstance(instance, ValueInstance)
    )


def fills_its_region(schema: Schema, name: str) -> bool:
    """Whether something in a type always takes all the bytes that are left at the end."""
    instances = schema.types[name].instances
    goes_to_end = any(_goes_to_end(one) for one in instances if isinstance(one, Attribute))
    return goes_to_end or reads_all(schema, name, fills_its_region)


def reads_all(schema: Schema, name: str, is_full: Fills | None = None) -> bool:
    """Whether the fields that follow one another in a type always take all bytes, with no gap.

    Args:
        schema: the format.
        name: of the type.
        is_full: whether a type at the end of it takes what is left; None for this function.
    """
    type_ = schema.types[name]
    if any(_takes_all_but(type_, one) for one in type_.sequence):
        return True
    last = next(reversed(type_.sequence), None)
    if last is None or last.condition is not None:
        return False
    if last.repeat is not None:
        return last.repeat.kind == "eos"
    return _takes_rest(schema, name, last.data, is_full or reads_all)


def _takes_rest(schema: Schema, name: str, data: DataType, is_full: Fills) -> bool:
    """Whether what stands at the end of a type takes all that is left."""
    if isinstance(data, SwitchData):
        is_open = data.extent is None and all(case.match is not None for case in data.cases)
        return not is_open and all(_takes_rest(schema, name, arm, is_full) for arm in arms_of(data))
    if isinstance(data, StructData) and data.extent is None:
        return data.type != name and is_full(schema, data.type)
    extent = data.extent if isinstance(data, _CUT) else None
    return extent is not None and extent.to_end and extent.terminator is None


def is_own_measure(schema: Schema, type_: Type, field: Attribute) -> bool:
    """Whether a derived count or size is that of a field which is read by just that number.

    What is read is as long as it says then, or is not there at all.
    """
    derive = field.derive
    if derive is None:
        return False
    for other in type_.sequence:
        if other.condition is None and _is_member(derive.target.tree, type_, other):
            told = _length_told(other, derive.measure)
            return told is not None and Measurer(schema).is_told(type_.name, field, told)
    return False


def _length_told(field: Attribute, measure: str) -> Expr | None:
    """Return what tells how many items a list has, or how many bytes a value; None for neither."""
    if measure == "count" and field.repeat is not None and field.repeat.kind == "expr":
        return field.repeat.expression.tree if field.repeat.expression is not None else None
    extent = field.data.extent if isinstance(field.data, _CUT) else None
    if measure != "size" or extent is None or extent.size is None or field.repeat is not None:
        return None
    is_plain = extent.terminator is None and extent.pad_right is None and extent.process is None
    return extent.size.tree if is_plain else None


def _is_member(tree: Expr, type_: Type, field: Attribute) -> bool:
    """Whether an expression is a field of the structure at hand."""
    return (
        isinstance(tree, typed.Field)
        and isinstance(tree.base, typed.Self)
        and (tree.owner, tree.name) == (type_.name, field.id)
    )


def _takes_all_but(type_: Type, field: Attribute) -> bool:
    """Whether a field takes all that is left but for as much as the fields after it are long."""
    after = type_.sequence[type_.sequence.index(field) + 1 :]
    extent = field.data.extent if isinstance(field.data, _CUT) else None
    if extent is None or extent.size is None or field.condition or field.repeat:
        return False
    widths = [_width(one) for one in after]
    match extent.size.tree:
        case typed.Operation(
            operator="-",
            left=typed.Operation(operator="-", left=size, right=position),
            right=typed.Constant(value=left),
        ):
            is_all = _is_of_stream(size, "size") and _is_of_stream(position, "pos")
            return is_all and None not in widths and left == sum(filter(None, widths))
    return False


def _width(field: Attribute) -> int | None:
    """Return the bytes that a field always takes; None where that differs."""
    is_fixed = field.condition is None and field.repeat is None and field.align == 1
    is_number = isinstance(field.data, IntegerData | FloatData)
    return field.data.width if is_fixed and is_number else None  # type: ignore[union-attr]  # a number


def _is_of_stream(tree: Expr | None, what: str) -> bool:
    """Whether an expression is a property of the stream at hand."""
    match tree:
        case typed.StreamProperty(base=typed.Io(base=typed.Self()), name=name):
            return bool(name == what)
    return False


def _goes_to_end(instance: Attribute) -> bool:
    """Whether an instance, wherever it begins, takes all that follows."""
    if instance.condition is not None or instance.io is not None or instance.repeat is not None:
        return False
    extent = getattr(instance.data, "extent", None)
    return extent is not None and extent.to_end and extent.terminator is None


def may_repeat_keys(schema: Schema, refers: Refers) -> bool:
    """Whether two items of the table of a reference may have one key, and only that says so.

    Places differ, tables of companions are not in the content, and where the list itself has no
    key twice, or is in strict order, it is that which is broken.
    """
    table, by = refers.table.tree, refers.by
    if by is None or any(isinstance(node, typed.Offset) for node in nodes_of(by.tree)):
        return False
    if not isinstance(table, typed.Field) or table.owner not in types_used(schema, schema.id):
        return False
    owner = schema.types[table.owner]
    fields = (*owner.sequence, *owner.instances)
    return any(
        isinstance(field, Attribute) and field.id == table.name and _may_be_twice(field, by.tree)
        for field in fields
    )


def _may_be_twice(field: Attribute, key: Expr) -> bool:
    """Whether a list says nothing against two items with one key itself."""
    is_strict = field.sorted_by is not None and field.sorted_by.strict
    orders = (field.unique_by, field.sorted_by if is_strict else None)
    return all(order is None or order.by.tree != key for order in orders)


def arguments_of(schema: Schema, name: str, index: int) -> Iterator[Expr]:
    """Yield what is passed as one parameter of a type."""
    for type_ in schema.types.values():
        for field in (*type_.sequence, *type_.instances):
            for data in arms_of(field.data) if isinstance(field, Attribute) else ():
                if isinstance(data, StructData) and data.type == name and data.arguments:
                    yield data.arguments[index].tree
