"""Which types surely take a byte where there is one, and which leave nothing after them."""

from __future__ import annotations

from harness.schema.expression import typed
from harness.schema.expression.typed import Expression
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    DataType,
    Extent,
    Repeat,
    Schema,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.linting.facts import NOTHING, Facts, assume
from harness.schema.linting.sizes import Sizes
from harness.schema.linting.truth import truth
from harness.schema.linting.values import Values


class Progress:
    """What reading a type does to the stream around it.

    Args:
        schema: the schema.
        values: ranges of its sizes and counts.
        sizes: of its types.
    """

    def __init__(self, schema: Schema, values: Values, sizes: Sizes) -> None:
        self._schema = schema
        self._values = values
        self._sizes = sizes
        self._advancing: dict[str, bool] = {}
        self._draining: dict[str, bool] = {}
        for name in sizes.order:  # so that none leads far down
            self.advances(name)
            self.drains(name)

    # taking at least a byte

    def advances(self, name: str) -> bool:
        """Whether a type surely takes bytes where there are any."""
        if name not in self._advancing:
            self._advancing[name] = True  # what holds itself first is another mistake
            self._advancing[name] = self._sequence_advances(name)
        return self._advancing[name]

    def _sequence_advances(self, name: str) -> bool:
        facts = NOTHING  # that nothing was taken so far
        for field in self._schema.types[name].sequence:
            if not self.field_advances(field, facts):
                continue
            if field.condition is None:
                return True
            if truth(field.condition.tree, facts, self._values) is True:
                return True
            facts = assume(field.condition.tree, facts, self._values, holds=False)
        return False

    def field_advances(self, field: Attribute, facts: Facts) -> bool:
        """Whether a field, where it is present, surely takes bytes where there are any."""
        if field.condition is not None:
            facts = assume(field.condition.tree, facts, self._values)
        if field.repeat is not None and field.repeat.kind == "expr":
            count = field.repeat.expression
            if count is None or self._values.interval(count.tree, facts).low < 1:
                return False
        return self.element_advances(field, facts)

    def element_advances(self, field: Attribute, facts: Facts) -> bool:
        """The same of one element of it."""
        if self._sizes.least_element(field, facts) > 0:
            return True
        if isinstance(field.data, SwitchData):
            arms = [case.data for case in field.data.cases]
            is_left_over = all(case.match is not None for case in field.data.cases)
            lenient = field.allows_unknown or self._schema.lenient
            if is_left_over and lenient and field.data.extent is None:
                return False
            return bool(arms) and all(self._data_advances(arm, facts) for arm in arms)
        return self._data_advances(field.data, facts)

    def _data_advances(self, data: DataType, facts: Facts) -> bool:
        match data:
            case StructData(type=name, extent=None):
                return self.advances(name)
            case StructData(extent=extent) | BytesData(extent=extent) | TextData(extent=extent):
                return extent is not None and self._extent_advances(extent, facts)
            case _:
                return not isinstance(data, SwitchData)

    def _extent_advances(self, extent: Extent, facts: Facts) -> bool:
        if extent.size is not None:
            return self._values.is_never_zero(extent.size.tree, facts)
        return extent.to_end or extent.consume

    # taking all there is

    def drains(self, name: str) -> bool:
        """Whether nothing is left in the stream once a structure of the type is read."""
        if name not in self._draining:
            self._draining[name] = False
            sequence = self._schema.types[name].sequence
            self._draining[name] = any(self.field_drains(field) for field in sequence)
        return self._draining[name]

    def field_drains(self, field: Attribute) -> bool:
        """Whether nothing is left once a field is read."""
        if field.condition is not None:
            return False
        if field.repeat is not None and field.repeat.kind != "expr":
            return field.repeat.kind == "eos" or _is_until_end(field.repeat)
        if field.repeat is not None:
            return False
        return self._data_drains(field.data)

    def _data_drains(self, data: DataType) -> bool:
        match data:
            case StructData(type=name, extent=None):
                return self.drains(name)
            case StructData(extent=extent) | BytesData(extent=extent) | TextData(extent=extent):
                return extent is not None and extent.to_end
            case SwitchData(cases=cases):
                has_default = any(case.match is None for case in cases)
                return has_default and all(self._data_drains(case.data) for case in cases)
            case _:
                return False


def _is_until_end(repeat: Repeat) -> bool:
    """`repeat-until: _io.eof`."""
    tree = repeat.expression.tree if repeat.expression is not None else None
    return (
        isinstance(tree, typed.StreamProperty)
        and tree.name == "eof"
        and isinstance(tree.base, typed.Io)
        and isinstance(tree.base.base, typed.Self)
    )


def counts_elements(expression: Expression | None) -> bool:
    """Whether a condition looks at how many elements there are."""
    if expression is None:
        return False
    return any(
        isinstance(node, typed.Bound) and node.name == "_index"
        for node in nodes_of(expression.tree)
    )
