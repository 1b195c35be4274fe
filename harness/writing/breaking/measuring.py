"""Measuring: whether what a region holds always takes as many bytes as the region has.

Sizes are compared as sums of products of fields, so that a size that is computed from the same
counts as what it is the size of is known to fit, whatever the counts are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    BytesData,
    FloatData,
    IntegerData,
    Schema,
    StructData,
    SwitchData,
    TextData,
    ValueInstance,
)
from harness.writing.drafting.packing import changes_size

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import DataType

_MOST_STEPS: Final = 200

# by the fields that are multiplied, how often the product is taken
Sum = Counter[tuple[str, ...]]


class Where(NamedTuple):
    """A structure: its type, how it is reached, what it was given, and the one around it."""

    type: str
    path: str
    arguments: tuple[Expr, ...] = ()
    around: Where | None = None


class Measurer:
    """Measures what stands in one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._steps = 0

    def always_fills(self, name: str, field: Attribute, data: StructData) -> bool:
        """Whether a structure of a field of a type always takes all of its region."""
        if data.extent is None or data.extent.size is None or changes_size(data.extent):
            return False
        self._steps = 0
        here = Where(name, "")
        size, inner = self._sum(data.extent.size.tree, here), _inside(here, field, data)
        return size is not None and inner is not None and size == self._type(inner)

    def is_told(self, name: str, field: Attribute, tree: Expr) -> bool:
        """Whether a number in a type is always that of which a field holds the measure."""
        if field.derive is None:
            return False
        self._steps = 0
        unit, plus = field.derive.unit, field.derive.plus
        wanted: Sum = Counter({(f".{field.id}",): unit, (): -plus * unit})
        return self._sum(tree, Where(name, "")) == _without_zeros(wanted)

    def offset(self, name: str, field: Attribute) -> int | None:
        """Return where a field of a sequence always begins; None where that differs."""
        self._steps = 0
        found: Sum = Counter()
        for before in self._schema.types[name].sequence:
            if before is field:
                return found[()] if found.keys() <= {()} else None
            size = self._field(before, Where(name, ""))
            if size is None:
                return None
            found = _added(found, size)
        return None

    # sizes

    def _type(self, where: Where) -> Sum | None:
        """Return the bytes that the sequence of a structure takes."""
        found: Sum = Counter()
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return None  # it may lie in itself
        for field in self._schema.types[where.type].sequence:
            size = self._field(field, where)
            if size is None:
                return None
            found = _added(found, size)
        return found

    def _field(self, field: Attribute, where: Where) -> Sum | None:
        if field.condition is not None:
            return None
        one = self._data(field, field.data, where)
        if field.repeat is None or one is None:
            return one
        if field.repeat.kind != "expr" or field.repeat.expression is None:
            return None
        count = self._sum(field.repeat.expression.tree, where)
        return None if count is None else _multiplied(one, count)

    def _data(self, field: Attribute, data: DataType, where: Where) -> Sum | None:
        match data:
            case IntegerData() | FloatData():
                return Counter({(): data.width})
            case BytesData() | TextData():
                return self._sum(data.extent.size.tree, where) if data.extent.size else None
            case StructData(extent=None):
                inner = _inside(where, field, data)
                return None if inner is None else self._type(inner)
            case StructData(extent=extent):
                return self._sum(extent.size.tree, where) if extent and extent.size else None
            case SwitchData(extent=None):
                return self._arm(field, data, where)
        return None

    def _arm(self, field: Attribute, data: SwitchData, where: Where) -> Sum | None:
        """Return the size of the arm of a switch that is the only one there is here."""
        on = self._sum(data.on.tree, where)
        if on is None or not on.keys() <= {()}:
            return None
        for case in data.cases:
            match = None if case.match is None else self._sum(case.match.tree, where)
            if match == on or case.match is None:
                return self._data(field, case.data, where)
        return None

    # expressions

    def _sum(self, tree: Expr, where: Where) -> Sum | None:
        """Return a number as a sum of products; None where it is no such thing."""
        found = self._value(tree, where)
        return None if isinstance(found, Where) else found

    def _value(self, tree: Expr, where: Where) -> Sum | Where | None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return None
        match tree:
            case typed.Constant(value=value) if value.__class__ is int:
                return Counter({(): value}) if value else Counter()
            case typed.Self():
                return where
            case typed.Parent(base=base):
                inner = self._value(base, where)
                return inner.around if isinstance(inner, Where) else None
            case typed.Field(owner=owner, name=name, base=base) if owner:
                inner = self._value(base, where)
                is_there = isinstance(inner, Where) and inner.type == owner
                return self._member(inner, name) if is_there else None  # type: ignore[arg-type]  # is_there
            case typed.Operation(operator=operator, left=left, right=right) if right is not None:
                one, other = self._sum(left, where), self._sum(right, where)
                return None if one is None or other is None else _combined(operator, one, other)
        return None

    def _member(self, inner: Where, name: str) -> Sum | Where | None:
        """Return what a field of a structure is: a number, a structure, or nothing known."""
        type_ = self._schema.types[inner.type]
        for number, parameter in enumerate(type_.parameters):
            if parameter.id == name:
                is_known = inner.around is not None and number < len(inner.arguments)
                return self._value(inner.arguments[number], inner.around) if is_known else None  # type: ignore[arg-type]  # is_known
        for field in (*type_.sequence, *type_.instances):
            if field.id != name:
                continue
            if isinstance(field, ValueInstance):
                return self._value(field.value.tree, inner)
            if field.repeat is not None:
                return None
            if isinstance(field.data, StructData):
                return _inside(inner, field, field.data)
            return Counter({(f"{inner.path}.{field.id}",): 1})
        return None


def _inside(where: Where, field: Attribute, data: StructData) -> Where | None:
    """Return a structure that a field of another one holds; None where its parent is a third."""
    if data.parent is not None or data.is_orphan:
        return None
    trees = tuple(argument.tree for argument in data.arguments)
    return Where(data.type, f"{where.path}.{field.id}", trees, where)


def _combined(operator: str, one: Sum, other: Sum) -> Sum | None:
    match operator:
        case "+":
            return _added(one, other)
        case "-":
            return _added(one, _multiplied(other, Counter({(): -1})))
        case "*":
            return _multiplied(one, other)
    return None


def _added(one: Sum, other: Sum) -> Sum:
    found = Counter(one)
    for fields, times in other.items():
        found[fields] += times
    return _without_zeros(found)


def _multiplied(one: Sum, other: Sum) -> Sum:
    found: Sum = Counter()
    for fields, times in one.items():
        for others, more in other.items():
            found[tuple(sorted((*fields, *others)))] += times * more
    return _without_zeros(found)


def _without_zeros(found: Sum) -> Sum:
    return Counter({fields: times for fields, times in found.items() if times})
