"""Checks of the whole tree, after it is read: joins first, then node by node, children first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reading import checksums, derived, orders, references
from harness.reading.rules import Rule, compile_rules, run_rules
from harness.reading.tree import StructNode, children, pre_order
from harness.schema.ir import Attribute, Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.reading.plan import Plan, PlanBook
    from harness.reading.session import Session


class TypeChecks:
    """The checks of one type, compiled once.

    Attributes:
        is_closing: some order is judged within structures of the type.
    """

    def __init__(
        self, book: PlanBook, plan: Plan, extra: Sequence[Check], *, is_closing: bool
    ) -> None:
        self.is_closing = is_closing
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
        self._types: dict[Plan, TypeChecks] = {}
        self._closing = orders.closing_types(book.schema)

    def of(self, plan: Plan) -> TypeChecks:
        """Return the checks of a type."""
        known = self._types.get(plan)
        if known is None:
            name = plan.type.name
            extra, is_closing = self._extra.get(name, ()), name in self._closing
            known = TypeChecks(self._book, plan, extra, is_closing=is_closing)
            self._types[plan] = known
        return known


def check_tree(session: Session, checks: CheckBook, root: StructNode) -> None:
    """Run every check on the tree under `root`."""
    tables = references.Tables(session)
    for node in pre_order(root):
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
        if mine.is_closing:
            buckets.close(node)
        for reference in mine.references:
            reference.check(node, tables)
        run_rules(mine.rules, node)


def _post_order(root: StructNode) -> list[StructNode]:
    """Children before the structure around them: a walk from the right, turned round."""
    found: list[StructNode] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if node.plan.child_slots:
            waiting += children(node)
    found.reverse()
    return found
