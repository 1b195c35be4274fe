"""Values that always take the same bytes: how many, and how they are loaded."""

from __future__ import annotations

from harness.schema.expression.typed import Constant
from harness.schema.ir import Attribute, BytesData, DataType, Extent, FloatData, IntegerData

_MAX_FIXED_BYTES = 1 << 16


def group_width(field: Attribute) -> int:
    """Return the bytes of an attribute that may stand in a group; 0 for any other."""
    if field.repeat is not None or field.condition is not None or field.allows_overlap:
        return 0
    return fixed_width(field.data)


def fixed_width(data: DataType) -> int:
    """Return the size of a number or of bytes that always take as many; 0 for anything else."""
    match data:
        case IntegerData(width=width) | FloatData(width=width):
            return width
        case BytesData(extent=extent):
            return _fixed_size(extent)
    return 0


def _fixed_size(extent: Extent) -> int:
    size = extent.size.tree if extent.size is not None else None
    is_cut = extent.terminator is not None or extent.pad_right is not None
    if is_cut or extent.process is not None or not isinstance(size, Constant):
        return 0
    value = size.value
    is_size = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if is_size and 0 < value <= _MAX_FIXED_BYTES else 0  # type: ignore[operator]  # is_size


def load_of(data: DataType) -> str:
    """Return how a value of fixed size is loaded: `HV_LOAD_…`; `HV_LOAD_NONE` for any other."""
    match data:
        case IntegerData(signed=True):
            return "HV_LOAD_SIGNED"
        case IntegerData():
            return "HV_LOAD_UNSIGNED"
        case FloatData():
            return "HV_LOAD_FLOAT"
        case BytesData() if fixed_width(data):
            return "HV_LOAD_BYTES"
    return "HV_LOAD_NONE"


def order_of(data: DataType) -> str:
    """Return the byte order of a number: `HV_LITTLE`, `HV_BIG` or `HV_INHERITED`."""
    endian = data.endian if isinstance(data, IntegerData | FloatData) else "le"
    return {"le": "HV_LITTLE", "be": "HV_BIG"}.get(endian, "HV_INHERITED")
