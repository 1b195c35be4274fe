"""How many bits each type takes at the least and at the most, and whether it takes any at all."""

from __future__ import annotations

import math
from typing import Final

from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    Extent,
    FloatData,
    IntegerData,
    Schema,
    StructData,
    SwitchData,
    TextData,
    Type,
)
from harness.schema.linting.facts import NOTHING, Facts, assume
from harness.schema.linting.interval import Interval
from harness.schema.linting.truth import truth
from harness.schema.linting.values import Values
from harness.schema.walk import data_of

MAX_ROUNDS: Final = 12
UNKNOWN: Final = -1.0


class Sizes:
    """Bounds of the bits that structures take from the stream around them.

    Args:
        schema: the schema.
        values: ranges of its sizes and counts.

    Attributes:
        order: the types, those that others hold first.
        least: bits of each type; infinite for one that holds itself without end.
        is_settled: whether `least` was found; hostile schemas may need too many rounds.
    """

    def __init__(self, schema: Schema, values: Values) -> None:
        self._schema = schema
        self._values = values
        self._most: dict[str, float] = {}
        self._under_way: set[str] = set()
        self.least: dict[str, float] = dict.fromkeys(schema.types, math.inf)
        self.order = _innermost_first(schema)
        self.is_settled = self._settle(self.order)
        for name in self.order:  # so that none leads far down
            self.most(name)

    def _settle(self, order: list[str]) -> bool:
        """Work out every minimum: a type that holds itself takes what its other arms take."""
        for _ in range(MAX_ROUNDS):
            before = dict(self.least)
            for name in order:
                self.least[name] = self._least_of_type(self._schema.types[name])
            if before == self.least:
                return True
        return False

    # the least

    def _least_of_type(self, type_: Type) -> float:
        total = 0.0
        for field in type_.sequence:
            if not isinstance(field.data, BitsData):
                total = _whole_bytes(total)
            total += self.least_of(field)
        return _whole_bytes(total)

    def least_of(self, field: Attribute) -> float:
        """Return the bits that a field takes at the least, be it absent or empty."""
        facts = NOTHING
        if field.condition is not None:
            if truth(field.condition.tree, NOTHING, self._values) is not True:
                return 0
            facts = assume(field.condition.tree, NOTHING, self._values)
        return self.least_present(field, facts)

    def least_present(self, field: Attribute, facts: Facts) -> float:
        """Return the bits that a field takes at the least, where it is not absent."""
        element = self.least_element(field, facts)
        if field.repeat is None or element == 0:
            return element
        match field.repeat.kind:
            case "eos":
                return 0
            case "until":
                return element
        count = 0
        if field.repeat.expression is not None:
            count = max(0, self._values.interval(field.repeat.expression.tree, facts).low)
        return element * count if count else 0

    def least_element(self, field: Attribute, facts: Facts) -> float:
        """Return the bits of one element."""
        if isinstance(field.data, SwitchData):
            arms = [self._least_data(case.data, facts) for case in field.data.cases]
            if all(case.match is not None for case in field.data.cases):
                arms += self._least_unknown(field, field.data, facts)
            return min(arms, default=0)
        return self._least_data(field.data, facts)

    def _least_unknown(self, field: Attribute, switch: SwitchData, facts: Facts) -> list[float]:
        """What a value without an arm takes, where that is no fault."""
        if switch.extent is not None:
            return [self._least_extent(switch.extent, facts)]
        return [0.0] if field.allows_unknown or self._schema.lenient else []

    def _least_data(self, data: DataType, facts: Facts) -> float:
        match data:
            case IntegerData(width=width) | FloatData(width=width):
                return width * 8
            case BitsData(width=width):
                return width
            case BytesData(extent=extent) | TextData(extent=extent):
                return self._least_extent(extent, facts)
            case StructData(type=name, extent=extent):
                return self.least[name] if extent is None else self._least_extent(extent, facts)
            case SwitchData():
                return 0

    def _least_extent(self, extent: Extent, facts: Facts) -> float:
        if extent.size is not None:
            return max(0, self._values.interval(extent.size.tree, facts).low) * 8
        is_sure = extent.terminator is not None and extent.eos_error and extent.consume
        return len(extent.terminator or b"") * 8 if is_sure and not extent.to_end else 0

    # the most

    def most(self, name: str) -> float:
        """Return the bits that a type takes at the most; infinite where content decides."""
        if name in self._under_way:
            return math.inf
        if name not in self._most:
            self._under_way.add(name)
            total = 0.0
            for field in self._schema.types[name].sequence:
                if not isinstance(field.data, BitsData):
                    total = _whole_bytes(total)
                total += self._most_of(field)
            self._under_way.discard(name)
            self._most[name] = _whole_bytes(total)
        return self._most[name]

    def _most_of(self, field: Attribute) -> float:
        element = self._most_data(field.data)
        if field.repeat is None or element == 0:
            return element
        if field.repeat.kind != "expr" or field.repeat.expression is None:
            return math.inf
        most = self._values.interval(field.repeat.expression.tree, NOTHING).high
        return element * most if most > 0 else 0  # of what has no end, none is nothing

    def _most_data(self, data: DataType) -> float:
        match data:
            case IntegerData(width=width) | FloatData(width=width):
                return width * 8
            case BitsData(width=width):
                return width
            case BytesData(extent=extent) | TextData(extent=extent):
                return self.region(extent).high * 8 if extent.size is not None else math.inf
            case StructData(type=name, extent=None):
                return self.most(name)
            case StructData(extent=extent) if extent is not None:
                return self.region(extent).high * 8 if extent.size is not None else math.inf
            case SwitchData(cases=cases, extent=extent):
                arms = [self._most_data(case.data) for case in cases]
                if extent is not None:
                    arms.append(self.region(extent).high * 8 if extent.size else math.inf)
                return max(arms, default=0)
            case _:
                return math.inf

    def region(self, extent: Extent) -> Interval:
        """Return how many bytes a sized value can take."""
        if extent.size is None:
            return Interval(0, 1 << 63)
        return self._values.interval(extent.size.tree, NOTHING)


def _whole_bytes(bits: float) -> float:
    return bits if math.isinf(bits) else float(-(-int(bits) // 8) * 8)


def _innermost_first(schema: Schema) -> list[str]:
    """Return the types so that what a type holds mostly comes before it."""
    order: list[str] = []
    seen: set[str] = set()
    waiting = [(name, False) for name in reversed(schema.types)]
    while waiting:
        name, is_done = waiting.pop()
        if is_done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            waiting.append((name, True))
            held = [d.type for d in data_of(schema.types[name]) if isinstance(d, StructData)]
            waiting += [(inner, False) for inner in held if inner not in seen]
    return order
