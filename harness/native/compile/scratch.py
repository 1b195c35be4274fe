"""How much scratch memory contents of a schema may take for each of their bytes: an estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from harness.native.compile.layout import Layouts
from harness.native.compile.unit import Unit
from harness.native.compile.widths import fixed_width
from harness.schema.ir import Attribute, BitsData, DataType, Schema, StructData, SwitchData, Type
from harness.schema.linting.facts import NOTHING
from harness.schema.linting.sizes import Sizes
from harness.schema.linting.values import Values
from harness.schema.lowered import Lowered
from harness.schema.walk import arms_of

# more than contents of any schema here take
_USUAL: Final = 96
# runtime/engine/types.h, for pointers of eight bytes
_NODE: Final = 56
_CELL: Final = 32
_LIST: Final = 72
_STREAM: Final = 144
_LIMITS: Final = 112
_KEY: Final = 64  # in a table: of what was read at a position, of items, of references
# an entry of a list, which has room for twice as many
_NODE_ENTRY: Final = 2 * 8
_CELL_ENTRY: Final = 2 * _CELL


class Scratch(NamedTuple):
    """What contents take for each of their bytes.

    Attributes:
        each: enough where structures of varying size have some bytes each; items of a fixed size,
            however small, are covered.
        most: what contents take that are made of nothing but the smallest items of a list.
    """

    each: int
    most: int


def scratch_of(schema: Schema, overlays: Sequence[Lowered] = ()) -> Scratch:
    """Return what contents of a schema take.

    Args:
        schema: one that compiles.
        overlays: contracts, resolved against it.
    """
    estimate = _Estimate(schema, overlays)
    each = max([_USUAL, *estimate.ratios(is_fixed=True)])
    return Scratch(each, max([each, *estimate.ratios(is_fixed=False)]))


class _Estimate:
    """The memory of each type, beside the bits that it takes at the least."""

    def __init__(self, schema: Schema, overlays: Sequence[Lowered]) -> None:
        self._schema = schema
        self._layouts = Layouts(Unit(schema, overlays))
        self._sizes = Sizes(schema, Values(schema, in_valid=True))
        self._memory: dict[str, int] = {}
        for name in self._sizes.order:  # those that others hold first
            self._memory[name] = self._of_type(schema.types[name])

    def ratios(self, *, is_fixed: bool) -> list[int]:
        """Return bytes for each byte of lists: of all, or of those whose items have one size."""
        return [
            self._of_items(field)
            for type_ in self._schema.types.values()
            for field in _attributes(type_)
            if field.repeat is not None and (self._has_fixed_items(field) or not is_fixed)
        ]

    def _has_fixed_items(self, field: Attribute) -> bool:
        data = field.data
        if isinstance(data, StructData) and data.extent is None:
            return 0 < self._sizes.least[data.type] == self._sizes.most(data.type)
        return isinstance(data, BitsData)

    def _of_type(self, type_: Type) -> int:
        """A structure with those that it surely holds."""
        layout = self._layouts.of(type_.name)
        memory = 0 if layout.is_ephemeral else _NODE + _CELL * layout.cells
        limits = type_.limits
        memory += _LIMITS if limits.items or limits.bytes or limits.depth else 0
        for field in _attributes(type_):
            memory += _of_field(field)
            if field.repeat is None and field.condition is None:
                memory += min(map(self._of_data, arms_of(field.data)), default=0)
        return memory

    def _of_data(self, data: DataType) -> int:
        return self._memory.get(data.type, 0) if isinstance(data, StructData) else 0

    def _of_items(self, field: Attribute) -> int:
        """An element of a list, with its entry and its keys."""
        keys = _KEY * sum(one is not None for one in (field.sorted_by, field.unique_by))
        memory = keys + min(map(self._of_item, arms_of(field.data)), default=0)
        return _ratio(memory, self._least_of(field))

    def _of_item(self, data: DataType) -> int:
        if isinstance(data, StructData):
            is_kept = not self._layouts.of(data.type).is_ephemeral
            return self._memory[data.type] + (_NODE_ENTRY if is_kept else 0)
        return 0 if fixed_width(data) else _CELL_ENTRY

    def _least_of(self, field: Attribute) -> float:
        return self._sizes.least_element(field, NOTHING)


def _attributes(type_: Type) -> list[Attribute]:
    fields = (*type_.sequence, *type_.instances)
    return [field for field in fields if isinstance(field, Attribute)]


def _of_field(field: Attribute) -> int:
    """What a field takes beside its cell and the structures in it."""
    data = field.data
    memory = _LIST if field.repeat is not None else 0
    if isinstance(data, StructData | SwitchData) and data.extent is not None:
        memory += _STREAM
    memory += _KEY if field.position is not None or field.locate is not None else 0
    return memory + (_KEY if field.refers is not None else 0)


def _ratio(memory: int, bits: float) -> int:
    if math.isinf(bits):
        return 0  # it holds itself without end: there is none
    # what may be empty has a byte or more where there are many
    return math.ceil(memory * 8 / (bits or 8))
