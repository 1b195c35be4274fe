"""Where the slots of each type stand in its nodes, and which lists need no nodes at all."""

from __future__ import annotations

from typing import NamedTuple

from harness.native.compile.ephemeral import EphemeralTypes
from harness.native.compile.unit import Unit
from harness.native.compile.widths import group_width, load_of, order_of
from harness.schema.ir import (
    Attribute,
    DataType,
    Parameter,
    StructData,
    Type,
    ValueInstance,
)
from harness.schema.walk import data_of

Field = Parameter | Attribute | ValueInstance


class GroupSlot(NamedTuple):
    """A slot of the group at the start: offset from the structure's, and bytes."""

    offset: int
    width: int


class Layout:
    """Where the slots of one type stand.

    The attributes that begin a sequence, as long as each is there and of fixed size, are its
    group: they are loaded from the content when they are looked at. Every other slot has a cell.

    Attributes:
        type: the type.
        fields: what stands in each slot.
        first_sequence: the first slot of `seq`.
        first_instance: the first slot of an instance.
        group: the slots of the group.
        group_size: their bytes.
        cells: how many there are in a node.
        above_cell: where `_parent` stands if something else than the holder may be it.
        first_join: cells of joins begin here.
        is_ephemeral: items of its lists are loaded when they are looked at, and never kept.
    """

    def __init__(self, type_: Type, *, has_above: bool, is_ephemeral: bool) -> None:
        self.type = type_
        self.fields: tuple[Field, ...] = (*type_.parameters, *type_.sequence, *type_.instances)
        self.first_sequence = len(type_.parameters)
        self.first_instance = self.first_sequence + len(type_.sequence)
        self.group: dict[int, GroupSlot] = {}
        self.group_size = 0
        for slot, field in enumerate(type_.sequence, self.first_sequence):
            width = group_width(field)
            if not width:
                break
            self.group[slot] = GroupSlot(self.group_size, width)
            self.group_size += width
        with_cells = [slot for slot in range(len(self.fields)) if slot not in self.group]
        self._cells = {slot: cell for cell, slot in enumerate(with_cells)}
        self.cells = len(with_cells)
        self.above_cell = self.cells if has_above else None
        self.cells += has_above
        self.first_join = self.cells
        self.joins = tuple(dict.fromkeys(_join_names(type_)))
        self.cells += len(self.joins)
        self.is_ephemeral = is_ephemeral

    @property
    def fixed(self) -> int:
        """Bytes of a structure, where it is ephemeral; else 0."""
        return self.group_size if self.is_ephemeral else 0

    def cell(self, slot: int) -> int | None:
        """Return the cell of a slot; None for one of the group."""
        return self._cells.get(slot)

    def offset(self, slot: int) -> int:
        """Return where a slot of the group begins, from the start of the structure."""
        return self.group[slot].offset

    def width(self, slot: int) -> int:
        """Return the bytes of a slot of the group."""
        return self.group[slot].width

    def load(self, slot: int) -> str:
        """Return how a slot of the group is loaded: `HV_LOAD_…`."""
        return load_of(_data(self.fields[slot]))

    def order(self, slot: int) -> str:
        """Return the byte order of a slot of the group: `HV_LITTLE` and so on."""
        return order_of(_data(self.fields[slot]))

    def join_cell(self, name: str) -> int:
        """Return the cell of the item that `-refers-to … as name` finds."""
        return self.first_join + self.joins.index(name)


class Layouts:
    """The layouts of all types of a schema."""

    def __init__(self, unit: Unit) -> None:
        schema = unit.schema
        adopted = {
            data.type
            for type_ in schema.types.values()
            for data in data_of(type_)
            if isinstance(data, StructData) and (data.parent is not None or data.is_orphan)
        }
        ephemeral = EphemeralTypes(schema, unit.overlays)
        self._known = {
            name: Layout(type_, has_above=name in adopted, is_ephemeral=name in ephemeral)
            for name, type_ in schema.types.items()
        }

    def of(self, name: str) -> Layout:
        """Return the layout of the type `name`."""
        return self._known[name]


def _data(field: Field) -> DataType:
    if not isinstance(field, Attribute):
        raise TypeError(field)
    return field.data


def _join_names(type_: Type) -> list[str]:
    return [
        field.refers.name
        for field in (*type_.sequence, *type_.instances)
        if isinstance(field, Attribute) and field.refers is not None and field.refers.name
    ]
