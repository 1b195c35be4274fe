"""Names that hide other names: types, enums, bound names, joined items."""

from __future__ import annotations

from collections.abc import Container, Iterator

from harness.schema.datatypes import Named, shape_of
from harness.schema.expression import typed
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Type
from harness.schema.linting.spots import spots_of
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.usage import around

_USUAL = frozenset({"_", "_index"})


def check(subject: Subject) -> None:
    """Report names that are taken for another (Q926)."""
    for type_ in subject.own:
        for actual in _hidden_types(subject, type_):
            subject.report("Q926", Where(type_.name), actual)
        for where, actual in (*_hidden_fields(subject, type_), *_hidden_items(subject, type_)):
            subject.report("Q926", where, actual)
    for enum in subject.schema.enums:
        owner, _, name = enum.rpartition("::")
        outer = _hides(enum, subject.schema.enums)
        if outer and owner in subject.declarations and owner.split("::")[0] == subject.schema.id:
            where = Where(owner, "", ("enums", name), is_key=True)
            subject.report("Q926", where, f"the enum `{name}` hides the one of `{outer}`")


def _hidden_types(subject: Subject, type_: Type) -> Iterator[str]:
    owner, _, name = type_.name.rpartition("::")
    if not owner:
        return
    if _is_primitive(name):
        yield f"`{name}` is a type of Kaitai Struct, so this one cannot be named"
    outer = _hides(type_.name, subject.schema.types)
    if outer:
        yield f"the type `{name}` hides the one of `{outer}`"
    elif owner.rsplit("::", 1)[-1] == name:
        yield f"the type `{name}` has the name of the type it stands in"


def _hides(qualified: str, known: Container[str]) -> str:
    """Return the outer type that has one of the same name; empty when none has."""
    owner, _, name = qualified.rpartition("::")
    return next((outer for outer in around(owner) if f"{outer}::{name}" in known), "")


def _is_primitive(name: str) -> bool:
    try:
        return not isinstance(shape_of(name), Named)
    except ExpressionError:
        return False


def _hidden_fields(subject: Subject, type_: Type) -> Iterator[tuple[Where, str]]:
    """A name that a quantifier binds, where the type has a field of that name."""
    known = set(subject.fields(type_.name))
    for spot in spots_of(type_):
        for node in nodes_of(spot.expression.tree):
            if isinstance(node, typed.Quantifier):
                for name in {node.item, node.index} - _USUAL:
                    if name in known:
                        yield spot.where, f"`{name}` is bound here and hides the field `{name}`"


def _hidden_items(subject: Subject, type_: Type) -> Iterator[tuple[Where, str]]:
    """A name for the item of a reference, where the type has a field of that name."""
    known = set(subject.fields(type_.name))
    for field in (*type_.sequence, *type_.instances):
        if isinstance(field, Attribute) and field.refers is not None and field.refers.name in known:
            name = field.refers.name
            where = Where(type_.name, field.id, ("-refers-to", "as"))
            yield where, f"the field `{name}` is found first, so `{name}` never names the item"
