"""`-refers-to`, `-sorted-by` and `-unique-by` to C: harness/reading/{references,orders}.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harness.native.compile.checking.parts import Parts, word_of
from harness.native.compile.ephemeral import is_costly
from harness.native.compile.words import Word
from harness.reading.references import depends_on_node, depends_on_top
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Order, Refers, Schema
from harness.schema.types import AnyValue


class Reference(NamedTuple):
    """A `-refers-to` of the attribute in `slot`; `number` is its own."""

    slot: int
    refers: Refers
    number: int


def compile_reference(parts: Parts, owner: str, reference: Reference, *, is_alone: bool) -> str:
    """Return the name of the record of a reference.

    Args:
        parts: what compilers work with.
        owner: the type.
        reference: of an attribute of it.
        is_alone: no other reference of the type gives an item the same name.
    """
    slot, refers, number = reference
    unit = parts.unit
    kind = refers.by.tree.type if refers.by is not None else AnyValue()
    dangling = unit.message("I505", (unit.text(refers.table.tree),), (word_of(0, kind),))
    ambiguous = unit.message("I506", (Word(0, "plain"),), (word_of(1, kind),))
    source = unit.source(refers.place)
    table = parts.expressions.function(refers.table.tree, owner).name
    by, value = parts.boxed(refers.by, owner), parts.boxed(refers.value, owner)
    when = parts.decision(refers.when, owner)
    join = -1
    if refers.name and is_alone and not _costs(refers):
        join = parts.layouts.of(owner).join_cell(refers.name)
    return parts.record(
        "hv_reference", number, slot, source, dangling, ambiguous, _asker(unit.schema, refers),
        join, table, by, value, when,
    )  # fmt: skip


def _asker(schema: Schema, refers: Refers) -> str:
    """Return on what the keys of a table's items depend."""
    if depends_on_node(refers):
        return "HV_ON_NODE"
    return "HV_ON_TOP" if depends_on_top(refers, schema) else "HV_ON_ITEM"


def is_settled(refers: Refers) -> bool:
    """Whether the table is the same for all structures, and looking into it once more is free."""
    table = nodes_of(refers.table.tree)
    mine = [node for node in table if isinstance(node, typed.Self | typed.Bound | typed.ListOf)]
    return not mine and not depends_on_node(refers) and not _costs(refers)


def _costs(refers: Refers) -> bool:
    expressions = (refers.table, refers.value, refers.when)
    return any(
        is_costly(node)
        for expression in expressions
        if expression is not None
        for node in nodes_of(expression.tree)
    )


def compile_orders(parts: Parts, owner: str, slot: int, attribute: Attribute) -> Iterator[str]:
    """Yield the calls that check the order and the uniqueness of the items in `slot` of `n`."""
    if attribute.sorted_by is not None:
        yield _order(parts, owner, slot, attribute.sorted_by, is_unique=False)
    if attribute.unique_by is not None:
        yield _order(parts, owner, slot, attribute.unique_by, is_unique=True)


def _order(parts: Parts, owner: str, slot: int, order: Order, *, is_unique: bool) -> str:
    unit, kind = parts.unit, order.by.tree.type
    before = Word(0, "plain") if is_unique else word_of(0, kind)
    message = unit.message("I504" if is_unique else "I503", (before,), (word_of(1, kind),))
    compares = f"what `{unit.text(order.by.tree)}` compares"
    record = parts.record(
        "hv_ordering", slot, unit.source(order.place), message,
        unit.message("B210", ("comparable",), (compares,)),
        unit.message("B210", ("ordered",), (compares,)),
        unit.type_numbers[order.within] if order.within else -1,
        int(is_unique), int(order.strict), int(order.descending), int(isinstance(kind, AnyValue)),
        parts.boxed(order.by, owner), parts.decision(order.when, owner),
    )  # fmt: skip
    return f"hv_check_order(c, &{record}, n)"
