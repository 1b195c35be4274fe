"""Building whole contents, of which it is sure that they are read as what was given."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from harness.findings.model import Severity
from harness.reading.tree import ABSENT, ListNode, Location, Missing, StructNode, path_of
from harness.schema.ir import Attribute
from harness.writing.changing.build import Builder, BuildError
from harness.writing.drafting.settle import DERIVED
from harness.writing.growing.floats import rounded

if TYPE_CHECKING:
    from harness.reading import Reading
    from harness.reading.tree import Value

_WIDTHS: Final = (4, 8)


def build_exactly(builder: Builder, values: Mapping[str, Any]) -> bytes:
    """Return bytes that are read as `values`, without a finding if there are such.

    Args:
        builder: of the format.
        values: as `values_of` gives them. What follows from the rest is computed.

    Raises:
        BuildError: no bytes hold them, or those that were built are read as something else.
    """
    fallback = wrong = None
    for data in builder.attempts(values):
        reading = builder.reader.read(data, file="", companions=builder.companions)
        error = _difference(builder, reading, values)
        if error is not None:
            wrong = wrong or error
        elif all(found.severity is not Severity.ERROR for found in reading.findings):
            return data
        elif fallback is None:
            fallback = data
    if fallback is not None:
        return fallback  # it is the values that are not valid
    assert wrong is not None
    raise wrong


def _difference(builder: Builder, reading: Reading, values: Mapping[str, Any]) -> BuildError | None:
    """Return what is said of the first value that is read as another one; None if there is none."""
    for found in reading.findings:
        if found.code in DERIVED:
            return BuildError(found.path, "it never agrees with the bytes that it follows from")
    left: list[tuple[StructNode, Mapping[str, Any]]] = [(reading.root, values)]
    while left:
        node, given = left.pop()
        for slot, index, value, wanted in _pairs(builder, node, given):
            if isinstance(value, StructNode):
                left.append((value, wanted))
            elif not _is_same(value, wanted):
                is_lost = isinstance(value, Missing)
                got = "nothing" if is_lost else reprlib.repr(value)
                why = f"{reprlib.repr(wanted)} would be read back as {got}"
                return BuildError(path_of(Location(node, slot, index)), why)
    return None


def _pairs(
    builder: Builder, node: StructNode, given: Mapping[str, Any]
) -> Iterator[tuple[int, int, Value, Any]]:
    """Yield what was read of a structure beside what was given for it, item by item."""
    name = node.plan.type.name
    for slot, field in enumerate(node.plan.fields):
        held, wanted = node.values[slot], given.get(field.id)
        if not isinstance(field, Attribute) or wanted is None or held is ABSENT:
            continue
        if builder.follows(name, field) or builder.is_view(name, field) or field.padding == "zero":
            continue
        if isinstance(held, ListNode) and len(held.items) == len(wanted):
            for index, item in enumerate(held.items):
                yield slot, index, item, wanted[index]
        else:
            yield slot, -1, held, wanted


def _is_same(value: Value, wanted: Any) -> bool:  # whatever somebody has given
    """Whether a plain value is the one that was given, as far as its width holds that."""
    if isinstance(value, float):
        held = [rounded(float(wanted), width) for width in _WIDTHS]
        return value in held or (value != value and wanted != wanted)  # noqa: PLR0124  # NaN
    return not isinstance(value, Missing | ListNode) and bool(value == wanted)
