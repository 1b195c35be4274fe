"""Counts and sizes that must be large, or one of some, and those that are too large."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.faults import Fault, Unknown
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Schema
from harness.writing.drafting.compiled import is_plain
from harness.writing.drafting.draft import Draft
from harness.writing.drafting.outcomes import GivenUp, Rejected

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook
    from harness.reading.tree import StructNode
    from harness.schema.expression.typed import Expr, Expression
    from harness.schema.ir import Valid
    from harness.writing.drafting.compiled import Compiled
    from harness.writing.drafting.facts import Name

# how many items a list gets at most where its length is free, and how many bytes anything else
MOST_ITEMS: Final = 1 << 12
MOST_BYTES: Final = 1 << 16
# of the values that an expression allows
_MANY: Final = 13
# operations that are spent on those of all fields of a schema
_MOST_WORK: Final = 1 << 23


class Least(NamedTuple):
    """What a number by which something is measured may be.

    Attributes:
        least: what it is at least.
        most: what it is at most in what is grown.
        values: the only ones it can be, the smallest first; empty for any from the least on.
    """

    least: int
    most: int
    values: tuple[int, ...] = ()


def least_of(
    book: PlanBook, measured: Mapping[Name, Collection[Name]], compiled: Compiled
) -> dict[Name, Least]:
    """Return what fields by which something is measured may be, where that is not anything.

    Args:
        book: of the format.
        measured: by field, what is measured by it.
        compiled: its expressions.
    """
    found: dict[Name, Least] = {}
    schema, allowed = book.schema, _Allowed(book, compiled)
    for type_ in schema.types.values():
        for field in type_.sequence:
            name = (type_.name, field.id)
            if name not in measured or field.valid is None:
                continue
            lists = any(_is_list(schema, one) for one in measured[name])
            most = MOST_ITEMS if lists else MOST_BYTES
            values = _values_of(field.valid, most, allowed)
            least = values[0] if values else _constant(field.valid.min)
            if values or (least is not None and least > 0):
                found[name] = Least(least or 0, most, values)
    return found


class _Allowed:
    """Tries which numbers expressions allow, as long as that is no great work."""

    def __init__(self, book: PlanBook, compiled: Compiled) -> None:
        self._book = book
        self._compiled = compiled
        self._left = _MOST_WORK

    def by(self, tree: Expr, most: int) -> tuple[int, ...]:
        """Return the smallest numbers that an expression allows; none where that is not known."""
        work = sum(1 for _ in nodes_of(tree))
        if work * (most + 1) > self._left:
            return ()
        holds = self._compiled.of(tree)
        draft = Draft(self._book, self._compiled)  # what cannot be computed is told of a structure
        node = draft.add_node(self._book.schema.id, None, -1, -1, draft.main)
        found = tuple(islice((n for n in range(most + 1) if _holds(holds, node, n)), _MANY))
        self._left -= work * (found[-1] + 1 if len(found) == _MANY else most + 1)
        return found


def _values_of(valid: Valid, most: int, allowed: _Allowed) -> tuple[int, ...]:
    """Return the only values that there can be, as far as constants tell; the smallest first."""
    listed = (valid.eq,) if valid.eq is not None else valid.any_of or ()
    known = [_constant(expression) for expression in listed]
    if known and None not in known:
        return tuple(sorted(value for value in known if value is not None))
    if valid.expr is None or not _is_of_value(valid.expr.tree):
        return ()
    return allowed.by(valid.expr.tree, most)


def _constant(expression: Expression | None) -> int | None:
    tree = expression.tree if expression is not None else None
    value = tree.value if isinstance(tree, typed.Constant) else None
    return value if value.__class__ is int else None


def _is_of_value(tree: Expr) -> bool:
    """Whether an expression looks at nothing but the value that it is about."""
    rest = (part for part in nodes_of(tree) if not is_plain(part))
    return all(isinstance(part, typed.Bound) and part.name == "_" for part in rest)


def _holds(check: Evaluate, node: StructNode, value: int) -> bool:
    try:
        return bool(check(node, {"_": value}))
    except (Fault, Unknown, Rejected, GivenUp):
        return False


def _is_list(schema: Schema, name: Name) -> bool:
    type_ = schema.types[name[0]]
    fields = (field for field in (*type_.sequence, *type_.instances) if field.id == name[1])
    return any(isinstance(field, Attribute) and field.repeat is not None for field in fields)


def too_large(schema: Schema, known: Mapping[Name, Least]) -> Iterator[str]:
    """Yield what is said of counts and sizes that no content that is grown can have."""
    for name, (least, most, _) in known.items():
        if least > most:
            said = "no list gets more items" if most == MOST_ITEMS else "nothing gets more bytes"
            yield f"`{'.'.join(name)}` is at least {least:,}, and {said} than {most:,}"
    for type_ in schema.types.values():
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute):
                yield from _told_of(f"{type_.name}.{field.id}", field)


def _told_of(name: str, field: Attribute) -> Iterator[str]:
    """Yield what is said of an attribute whose size or count never changes."""
    extent = getattr(field.data, "extent", None)
    size = _constant(extent.size) if extent is not None else None
    if size is not None and size > MOST_BYTES:
        yield f"`{name}` has {size:,} bytes, and nothing gets more bytes than {MOST_BYTES:,}"
    count = _constant(field.repeat.expression) if field.repeat is not None else None
    if count is not None and count > MOST_BYTES:
        yield f"`{name}` has {count:,} items, and no list gets more than {MOST_BYTES:,}"
