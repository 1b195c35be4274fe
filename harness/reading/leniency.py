"""A schema without our own rules: what is left is what stock Kaitai makes of it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from harness.schema.ir import (
    Attribute,
    BytesData,
    DataType,
    Extent,
    Layout,
    Schema,
    StructData,
    SwitchData,
    TextData,
    Type,
    ValueInstance,
)

_NO_RULES: Final = Layout("allow", "allow", "allow")


def relaxed(schema: Schema) -> Schema:
    """Return `schema` with every rule taken away that Kaitai does not have.

    What it has no rule for is allowed: unknown cases and enum values, padding of any kind, bytes
    that nothing reads. Limits stay, since they protect the reader.
    """
    types = {name: _type(type_) for name, type_ in schema.types.items()}
    return replace(schema, types=types)


def _type(type_: Type) -> Type:
    return replace(
        type_,
        sequence=tuple(_attribute(attribute) for attribute in type_.sequence),
        instances=tuple(_instance(instance) for instance in type_.instances),
        checks=(),
        layout=_NO_RULES,
        coverage=(),
    )


def _instance(instance: Attribute | ValueInstance) -> Attribute | ValueInstance:
    return _attribute(instance) if isinstance(instance, Attribute) else instance


def _attribute(attribute: Attribute) -> Attribute:
    return replace(
        attribute,
        data=_data(attribute.data),
        allows_overlap=False,  # nobody asks; where it is allowed, reading takes a run of its own
        allows_unknown=True,
        padding="any",
        align=1,
        derive=None,
        checksum=None,
        sorted_by=None,
        unique_by=None,
        refers=None,
        generate=None,
        locate=None,
    )


def _data(data: DataType) -> DataType:
    match data:
        case BytesData(extent=extent) | TextData(extent=extent):
            return replace(data, extent=_extent(extent))
        case StructData(extent=extent) | SwitchData(extent=extent) if extent is not None:
            data = replace(data, extent=_extent(extent))
    if isinstance(data, SwitchData):
        cases = tuple(replace(case, data=_data(case.data)) for case in data.cases)
        return replace(data, cases=cases)
    return data


def _extent(extent: Extent) -> Extent:
    """A sized value need not have its terminator; it ends where its bytes do."""
    is_sized = extent.size is not None or extent.to_end
    return replace(extent, eos_error=False) if is_sized else extent
