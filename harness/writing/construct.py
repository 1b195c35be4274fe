"""A schema as an object of the `construct` library: parse bytes to values, build bytes from values.

    channel = construct_of(schema, definitions=definitions)
    content = channel.parse(data)
    content.instances[0].criteria[2].kind = 0
    data = channel.build(content)

Counts, sizes, offsets and checksums need not be touched: they follow from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from construct import (
    ConstructError,
    Container,
    ListContainer,
    SizeofError,
    ValidationError,
)
from construct.core import Construct

from harness.findings.message import message
from harness.findings.model import Severity
from harness.writing.asked import check_companions
from harness.writing.changing.build import Builder, BuildError
from harness.writing.changing.exact import build_exactly
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.ir import Schema


class SchemaConstruct(Construct):  # type: ignore[misc]  # the library has no types
    """One format. It takes the rest of the stream, as `GreedyBytes` does."""

    def __init__(self, schema: Schema, companions: Mapping[str, Reading]) -> None:
        super().__init__()
        self._builder = Builder(schema, companions)

    def _parse(self, stream: Any, context: Any, path: str) -> Any:  # the library's own signature
        data = stream.read()
        builder = self._builder
        reading = builder.reader.read(data, file=path, companions=builder.companions)
        wrong = [found for found in reading.findings if found.severity is Severity.ERROR]
        if wrong:
            raise ValidationError(message(wrong[0]), path=path)
        return _contained(values_of(reading))

    def _build(
        self, obj: Any, stream: Any, context: Any, path: str
    ) -> Any:  # the library's own signature
        try:
            stream.write(build_exactly(self._builder, obj))
        except BuildError as error:
            raise ConstructError(str(error), path=path) from None
        return obj

    def _sizeof(self, context: Any, path: str) -> int:  # the library's own signature
        raise SizeofError("a content has no fixed size", path=path)


def construct_of(schema: Schema, **companions: Reading) -> SchemaConstruct:
    """Return a schema as a construct.

    Args:
        schema: the format.
        **companions: for each structure-typed top-level parameter, what was read for it.

    Returns:
        An object with `parse`, `build`, `parse_file` and what else the library offers. Parsing
        raises `construct.ValidationError` for content that is not valid, building
        `construct.ConstructError` for values that no bytes hold, or that have no field.

    Raises:
        ValueError: a companion is missing, unknown, or was read by another schema.
    """
    check_companions(schema, {name: reading.schema for name, reading in companions.items()})
    return SchemaConstruct(schema, companions)


def _contained(value: Any) -> Any:
    """Return dictionaries and lists as the library's own."""
    match value:
        case dict():
            return Container({name: _contained(item) for name, item in value.items()})
        case list():
            return ListContainer(_contained(item) for item in value)
    return value
