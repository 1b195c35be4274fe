"""What can be covered: the matrices of `-coverage`, and the domains that follow from the layout."""

from __future__ import annotations

from typing import Final

import msgspec

from harness.coverage.domains import Domain, domains_of
from harness.findings.model import Place
from harness.schema.expression import typed
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Attribute, Coverage, Schema, Type
from harness.schema.types import BoolValue, IntValue, ValueType
from harness.schema.walk import types_used

MAX_COLUMNS: Final = 64
MAX_DOMAINS: Final = 4_096

Members = tuple[tuple[int, str], ...]


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """One `-coverage` entry: planes (`per`) of rows and columns.

    Attributes:
        id: as the schema gives it.
        type: the type that it stands on, by its qualified name.
        place: where it stands.
        columns: members of the column's enum, by number.
        inert: those that exercise nothing.
        per: what a plane is called, as `template`; empty where there is only one.
        per_members: the planes there are, where the schema says it.
        rows: what rows are called, as `fields`.
        row_members: the rows there are, where the schema says it.
        left_out: columns beyond the first 64.
    """

    id: str
    type: str
    place: Place
    columns: Members
    inert: tuple[str, ...]
    per: str
    per_members: Members
    rows: str
    row_members: Members
    left_out: int = 0

    @property
    def group(self) -> str:
        """What its cells are filed under."""
        return f"{self.type}/{self.id}"


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be covered in contents of one schema.

    Attributes:
        schema: its id.
        file: where it stands.
        digest: of all its files.
        matrices: in the order of their types.
        domains: likewise.
        left_out: domains beyond the first 4,096.
    """

    schema: str
    file: str
    digest: str
    matrices: tuple[Matrix, ...]
    domains: tuple[Domain, ...]
    left_out: int = 0


def model(schema: Schema) -> Model:
    """Return the cells that contents of `schema` can use; companions are not content."""
    domains = list(domains_of(schema, _reached(schema)))
    return Model(
        schema=schema.id,
        file=str(schema.path),
        digest=schema.digest,
        matrices=matrices_of(schema),
        domains=tuple(domains[:MAX_DOMAINS]),
        left_out=max(0, len(domains) - MAX_DOMAINS),
    )


def matrices_of(schema: Schema) -> tuple[Matrix, ...]:
    """Return the matrices of `model`, without its domains, which take much longer."""
    return tuple(
        _matrix(schema, type_, entry) for type_ in _reached(schema) for entry in type_.coverage
    )


def _reached(schema: Schema) -> list[Type]:
    return [schema.types[name] for name in types_used(schema, schema.id)]


def _matrix(schema: Schema, type_: Type, entry: Coverage) -> Matrix:
    columns = _members(schema, entry.column.tree.type)
    return Matrix(
        id=entry.id,
        type=type_.name,
        place=entry.place,
        columns=columns[:MAX_COLUMNS],
        inert=entry.inert,
        per=_per_noun(schema, entry),
        per_members=_members(schema, entry.per.tree.type) if entry.per is not None else (),
        rows=_row_noun(schema, entry),
        row_members=_members(schema, entry.row.tree.type) if entry.rows is None else (),
        left_out=max(0, len(columns) - MAX_COLUMNS),
    )


def _members(schema: Schema, kind: ValueType) -> Members:
    """Return all values of an enum or a boolean, with their names; none for any other type."""
    match kind:
        case IntValue(enum=enum) if enum:
            return tuple(sorted(schema.enums[enum].members.items()))
        case BoolValue():
            return ((0, "false"), (1, "true"))
        case _:
            return ()


def _per_noun(schema: Schema, entry: Coverage) -> str:
    """The name of the item that `per` refers to, else what `per` says."""
    if entry.per is None:
        return ""
    refers = reference(schema, entry)
    return (
        refers.refers.name
        if refers and refers.refers and refers.refers.name
        else _noun(schema, entry.per.tree)
    )


def reference(schema: Schema, entry: Coverage) -> Attribute | None:
    """Return the attribute that `per` names, if it refers to an item of a table."""
    tree = entry.per.tree if entry.per is not None else None
    if not isinstance(tree, typed.Field) or not isinstance(tree.base, typed.Self):
        return None
    return next(
        (
            field
            for field in schema.types[tree.owner].sequence
            if field.id == tree.name and field.refers is not None and field.refers.value is None
        ),
        None,
    )


def _row_noun(schema: Schema, entry: Coverage) -> str:
    """The name of the list that `rows` measures, else what `row` says."""
    measured = measured_list(entry)
    if measured is not None:
        return _noun(schema, measured)
    is_index = isinstance(entry.row.tree, typed.Bound) and entry.row.tree.name == "_index"
    return _noun(schema, entry.each.tree if is_index else entry.row.tree)


def measured_list(entry: Coverage) -> typed.Expr | None:
    """Return the list whose size `rows` is; None where it is anything else."""
    tree = entry.rows.tree if entry.rows is not None else None
    is_size = isinstance(tree, typed.Method) and tree.name in ("size", "length")
    return tree.base if is_size else None  # type: ignore[union-attr]  # is_size


def _noun(schema: Schema, tree: typed.Expr) -> str:
    if isinstance(tree, typed.Field | typed.Joined):
        return tree.name
    return "row" if isinstance(tree, typed.Bound) else unparse(tree, schema.enums)
