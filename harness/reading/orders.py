"""`-sorted-by` and `-unique-by`: the order and the uniqueness of items, in one list or in many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, StructNode, ancestors, path_of
from harness.reading.words import in_words
from harness.schema.ir import Attribute, Order, Schema

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook

# a key with the place of its item
Keyed = tuple[Any, Location]


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
        self._enums = book.schema.enums

    def check(self, node: StructNode, buckets: Buckets) -> None:
        """Judge the list of `node`, or keep it for the named ancestor."""
        found = node.values[self._slot]
        if not isinstance(found, ListNode):
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
        for index, item in enumerate(found.items):
            bound = {"_": item, "_index": index}
            is_node = isinstance(item, StructNode)
            place = Location(item) if is_node else Location(node, self._slot, index)  # type: ignore[arg-type]  # is_node
            try:
                if self._when is None or self._when(node, bound):
                    keys.append((self._by(node, bound), place))
            except Unknown:
                continue
            except Fault as fault:
                self._report(fault.code, place, fault.expected, fault.actual)
        return keys

    def judge(self, keys: list[Keyed]) -> None:
        """Report every key that is out of order, or that stood before."""
        if self._is_unique:
            self._judge_unique(keys)
        else:
            self._judge_sorted(keys)

    def _judge_unique(self, keys: list[Keyed]) -> None:
        first: dict[Any, Location] = {}
        for key, place in keys:
            if key in first:
                self._report("I504", place, path_of(first[key]), self._words(key))
            else:
                first[key] = place

    def _judge_sorted(self, keys: list[Keyed]) -> None:
        for (before, _), (key, place) in zip(keys, keys[1:], strict=False):
            low, high = (key, before) if self._order.descending else (before, key)
            if low > high or (self._order.strict and low == high):
                self._report("I503", place, self._words(before), self._words(key))

    def _words(self, key: Any) -> str:
        return in_words(key, self._kind, self._enums)

    def _report(self, code: str, place: Location, expected: str, actual: str) -> None:
        session = place.node.stream.session
        session.report(code, place, expected, actual, source=self._order.place)


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
