"""Schemas for people: the list of known ones, and what one is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.report.escape import visible
from harness.report.style import Style
from harness.report.words import count
from harness.schema.ir import ABSENT, Attribute, Schema, Type, ValueInstance
from harness.schema.types import describe


def list_lines(schemas: Iterable[Schema], style: Style) -> Iterator[str]:
    """Yield one line a schema: its name, its extensions, its title."""
    for schema in schemas:
        extensions = ", ".join(f".{extension}" for extension in schema.extensions)
        name = style.paint(f"{visible(schema.id):<24}", "name")
        yield f"{name} {visible(extensions):<16} {visible(schema.title)}".rstrip()


def page_lines(schema: Schema, style: Style) -> Iterator[str]:
    """Yield what a schema is made of: files, companions, types with their fields and rules."""
    yield style.paint(visible(f"{schema.id}: {schema.title}".rstrip(": ")), "strong")
    for file in schema.files:
        if file.sha256 != ABSENT:
            yield visible(f"  file       {file.path} (sha256 {file.sha256})")
    for reference in schema.doc_ref:
        yield visible(f"  source     {reference}")
    for extension in schema.extensions:
        yield visible(f"  extension  .{extension}")
    for name, kind in schema.companions.items():
        yield visible(f"  companion  {name}: {kind}")
    yield f"  digest     {schema.digest}"
    for type_ in schema.types.values():
        yield ""
        yield from _type_lines(type_, style)


def _type_lines(type_: Type, style: Style) -> Iterator[str]:
    rules = f" ({count(len(type_.checks), 'rule')})" if type_.checks else ""
    yield f"{style.paint(visible(type_.name), 'strong')}{rules}"
    for parameter in type_.parameters:
        yield f"  ({visible(parameter.id)}: {visible(describe(parameter.type))})"
    for field in (*type_.sequence, *type_.instances):
        yield f"  {style.paint(visible(field.id), 'name')}: {_field(field)}"
    for check in type_.checks:
        yield f"  {style.paint('rule', 'dim')} {visible(check.id)}: {visible(check.message)}"


def _field(field: Attribute | ValueInstance) -> str:
    """What a field holds; an enum by its name."""
    computed = " (computed)" if isinstance(field, ValueInstance) else ""
    enum = f" of `{visible(field.enum)}`" if field.enum else ""
    return f"{visible(describe(field.type))}{enum}{computed}"
