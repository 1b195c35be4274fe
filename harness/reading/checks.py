"""Checks of the whole tree, after it is read: joins first, then node by node, children first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reading import checksums, derived, orders, references
from harness.reading.rules import Rule, compile_rules, run_rules
from harness.reading.tree import StructNode, children
from harness.schema.ir import Attribute, Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.reading.plan import Plan, PlanBook
    from harness.reading.session import Session


class TypeChecks:
    """The checks of one type, compiled once."""

    def __init__(self, book: PlanBook, plan: Plan, extra: Sequence[Check]) -> None:
        fields = [(s, f) for s, f in enumerate(plan.fields) if isinstance(f, Attribute)]
        self.references = [
            references.Reference(book, slot, field.refers)
            for slot, field in fields
            if field.refers is not None
        ]
        self.derived = [
            derived.Derived(book, slot, field.derive)
            for slot, field in fields
            if field.derive is not None
        ]
        self.checksums = [
            checksums.Sum(book, plan, slot, field.checksum)
            for slot, field in fields
            if field.checksum is not None
        ]
        self.orders = [
            order for slot, field in fields for order in orders.compile_orders(book, slot, field)
        ]
        self.rules: list[Rule] = [
            *compile_rules(book, "I501", plan.type.checks),
            *compile_rules(book, "K401", extra),
        ]


class CheckBook:
    """The checks of all types of a schema, with what an overlay adds."""

    def __init__(self, book: PlanBook, extra: Mapping[str, Sequence[Check]]) -> None:
        self._book = book
        self._extra = extra
        self._types: dict[str, TypeChecks] = {}
        self.closing = orders.closing_types(book.schema)

    def of(self, plan: Plan) -> TypeChecks:
        """Return the checks of a type."""
        name = plan.type.name
        if name not in self._types:
            self._types[name] = TypeChecks(self._book, plan, self._extra.get(name, ()))
        return self._types[name]


def check_tree(session: Session, checks: CheckBook, root: StructNode) -> None:
    """Run every check on the tree under `root`."""
    tables = references.Tables(session)
    nodes = list(_pre_order(root))
    for node in nodes:
        for reference in checks.of(node.plan).references:
            reference.join(node, tables)
    buckets = orders.Buckets()
    for node in _post_order(root):
        mine = checks.of(node.plan)
        for derived_ in mine.derived:
            derived_.check(node)
        for checksum in mine.checksums:
            checksum.check(node)
        for order in mine.orders:
            order.check(node, buckets)
        if node.plan.type.name in checks.closing:
            buckets.close(node)
        for reference in mine.references:
            reference.check(node, tables)
        run_rules(mine.rules, node)


def _pre_order(root: StructNode) -> Iterator[StructNode]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def _post_order(root: StructNode) -> Iterator[StructNode]:
    waiting = [(root, False)]
    while waiting:
        node, is_done = waiting.pop()
        if is_done:
            yield node
            continue
        waiting.append((node, True))
        waiting += ((child, False) for child in reversed(children(node)))
