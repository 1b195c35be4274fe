"""`-sorted-by` and `-unique-by`: the order and the uniqueness of items, in one list or in many."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from harness.reading.faults import Fault, Unknown
from harness.reading.keys import key_of
from harness.reading.operators import compared
from harness.reading.tree import (
    ListNode,
    Location,
    StructNode,
    Value,
    ancestors,
    own_list,
    path_of,
)
from harness.reading.words import in_words
from harness.schema.ir import Attribute, Order, Schema
from harness.schema.types import AnyValue

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook

# a key, the structure that holds the list, and the position of the item
Keyed = tuple[Any, StructNode, int]


class Buckets:
    """Keys of lists that are judged together, once the structure around them all is done."""

    def __init__(self) -> None:
        self._waiting: dict[int, dict[OrderCheck, list[Keyed]]] = defaultdict(dict)

    def add(self, ancestor: StructNode, order: OrderCheck, keys: Iterable[Keyed]) -> None:
        """Keep keys until `ancestor` is done."""
        self._waiting[id(ancestor)].setdefault(order, []).extend(keys)

    def close(self, node: StructNode) -> None:
        """Judge what was kept for `node`."""
        for order, keys in self._waiting.pop(id(node), {}).items():
            order.judge(keys)


class OrderCheck:
    """A compiled `-sorted-by` or `-unique-by` of the attribute in `slot`."""

    def __init__(self, book: PlanBook, slot: int, order: Order, *, is_unique: bool) -> None:
        self._slot = slot
        self._order = order
        self._is_unique = is_unique
        self._by = book.expressions.compile(order.by.tree)
        self._when = book.expressions.compile(order.when.tree) if order.when is not None else None
        self._kind = order.by.tree.type
        self._text = book.expressions.text(order.by.tree)
        self._enums = book.schema.enums

    def check(self, node: StructNode, buckets: Buckets) -> None:
        """Judge the list of `node`, or keep it for the named ancestor."""
        found = own_list(node, self._slot)
        if found is None:
            return
        keys = self._keys(node, found)
        if not self._order.within:
            self.judge(keys)
            return
        for ancestor in ancestors(node):
            if ancestor.plan.type.name == self._order.within:
                buckets.add(ancestor, self, keys)
                return

    def _keys(self, node: StructNode, found: ListNode) -> list[Keyed]:
        keys: list[Keyed] = []
        bound: dict[str, Value] = {}
        for index, item in enumerate(found.items):
            bound["_"] = item
            bound["_index"] = index
            try:
                if self._when is None or self._when(node, bound):
                    keys.append((self._by(node, bound), node, index))
            except Unknown:
                continue
            except Fault as fault:
                self._report_fault(fault, node, index)
        return keys

    def judge(self, keys: list[Keyed]) -> None:
        """Report every key that is out of order, or that stood before."""
        if self._is_unique:
            self._judge_unique(keys)
        else:
            self._judge_sorted(keys)

    def _judge_unique(self, keys: list[Keyed]) -> None:
        first: dict[Any, tuple[StructNode, int]] = {}
        for value, node, index in keys:
            key = key_of(value)
            if key in first:
                earlier = path_of(self._place(*first[key]))
                self._report("I504", node, index, earlier, self._words(value))
            else:
                first[key] = (node, index)

    def _judge_sorted(self, keys: list[Keyed]) -> None:
        for (before, _, _), (key, node, index) in pairwise(keys):
            low, high = (key, before) if self._order.descending else (before, key)
            try:
                is_wrong = self._is_above(low, high, node)
            except Fault as fault:
                self._report_fault(fault, node, index)
                continue
            if is_wrong:
                self._report("I503", node, index, self._words(before), self._words(key))

    def _is_above(self, low: Any, high: Any, node: StructNode) -> bool:
        """Whether the key that must come first is the greater, or just as great."""
        compare = operator.ge if self._order.strict else operator.gt
        if isinstance(self._kind, AnyValue):
            return compared(compare, low, high, node, lambda: self._text)
        return bool(compare(low, high))

    def _words(self, key: object) -> str:
        return in_words(key, self._kind, self._enums)

    def _place(self, node: StructNode, index: int) -> Location:
        found = own_list(node, self._slot)
        item = found.items[index] if found is not None else None
        return Location(item) if isinstance(item, StructNode) else Location(node, self._slot, index)

    def _report(self, code: str, node: StructNode, index: int, expected: str, actual: str) -> None:
        session, place = node.stream.session, self._place(node, index)
        session.report(code, place, expected, actual, source=self._order.place)

    def _report_fault(self, fault: Fault, node: StructNode, index: int) -> None:
        session, place = node.stream.session, self._place(node, index)
        session.report_fault(fault, place, source=self._order.place)


def compile_orders(book: PlanBook, slot: int, attribute: Attribute) -> list[OrderCheck]:
    """Return the order checks of an attribute."""
    found: list[OrderCheck] = []
    if attribute.sorted_by is not None:
        found.append(OrderCheck(book, slot, attribute.sorted_by, is_unique=False))
    if attribute.unique_by is not None:
        found.append(OrderCheck(book, slot, attribute.unique_by, is_unique=True))
    return found


def closing_types(schema: Schema) -> frozenset[str]:
    """Return the types that some order is judged within."""
    return frozenset(
        order.within
        for type_ in schema.types.values()
        for field in (*type_.sequence, *type_.instances)
        if isinstance(field, Attribute)
        for order in (field.sorted_by, field.unique_by)
        if order is not None and order.within
    )
