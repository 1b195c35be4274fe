"""Where one byte of a byte array, or one character of a string, lies in the file."""

from __future__ import annotations

from harness.findings.model import Span
from harness.reading.tree import Location, extent_of, value_at
from harness.schema.ir import Attribute, BytesData, TextData


def element_span(place: Location) -> Span | None:
    """Return the bytes of one element of a byte array or string that was read as it stands.

    None for any other place, an element of a list too: what stands there has its bytes, or none of
    its own.
    """
    index, value = place.item, value_at(place)
    if place.slot < 0 or index < 0:
        return None
    field = place.node.plan.fields[place.slot]
    data = field.data if isinstance(field, Attribute) and field.repeat is None else None
    if not isinstance(data, BytesData | TextData) or data.extent.process is not None:
        return None
    stream, start, _ = extent_of(place)
    if isinstance(data, TextData) and isinstance(value, str):
        before = len(value[:index].encode(data.encoding))
        width = len(value[index].encode(data.encoding))
        return stream.span(start + before, start + before + width)
    return stream.span(start + index, start + index + 1) if isinstance(value, bytes) else None
