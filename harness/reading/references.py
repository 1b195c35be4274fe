"""`-refers-to`: values that must name an item of a table, and the items they join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reading import kinship, methods
from harness.reading.faults import Fault, Unknown
from harness.reading.keys import key_of
from harness.reading.tree import ListNode, Location, Missing, StructNode, own_list, path_of
from harness.reading.words import in_words
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Refers, Schema
from harness.schema.types import AnyValue, StructValue

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook
    from harness.reading.session import Session

# where an item stands in its table, and the item
Found = tuple[int, Any]
Index = dict[Any, Found]
# a key, and what was found under it, if anything was
Sought = tuple[Any, Found | None]


class Tables:
    """Tables by key, each indexed once for a reference."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[int, ...], Index] = {}
        self._reported: set[tuple[int, int]] = set()

    def index(self, reference: Reference, node: StructNode, table: ListNode) -> Index:
        """Return key -> item; an item whose key stood before is reported, once."""
        if table.node is None:  # made by an expression, for this use only
            return self._indexed(reference, node, table)
        name = (id(reference), id(table), id(reference.asker(node)))
        if name not in self._known:
            self._known[name] = self._indexed(reference, node, table)
        return self._known[name]

    def _indexed(self, reference: Reference, node: StructNode, table: ListNode) -> Index:
        found: Index = {}
        items = methods.complete(table)
        self._session.steps.take(len(items), node, reference.slot)
        for number, item in enumerate(items):
            value = reference.key_of(node, item, number)
            if value is None:
                continue
            key = key_of(value)
            if key in found:
                self._ambiguous(reference, node, table, (found[key][0], number), value)
            else:
                found[key] = (number, item)
        return found

    def _ambiguous(
        self, reference: Reference, node: StructNode, table: ListNode, items: tuple[int, int],
        key: Any,
    ) -> None:  # fmt: skip
        if (id(table), items[1]) in self._reported:
            return
        if table.node is not None:
            self._reported.add((id(table), items[1]))
        first, second = (_place_in(table, number) for number in items)
        earlier = path_of(first) if first is not None else str(items[0])
        place = second or Location(node, reference.slot)
        self._session.report(
            "I506", place, earlier, reference.key_words(key), source=reference.refers.place
        )


def depends_on_node(refers: Refers) -> bool:
    """Whether the keys of a table's items are not the same for every structure that refers."""
    return refers.by is not None and any(
        isinstance(node, typed.Self) for node in nodes_of(refers.by.tree)
    )


def depends_on_top(refers: Refers, schema: Schema) -> bool:
    """Whether they are not the same in every structure that is read as an imported file."""
    mine = StructValue("" if kinship.comes_back(schema) else schema.id)
    return refers.by is not None and any(
        isinstance(node, typed.Root) and node.base is None and node.type != mine
        for node in nodes_of(refers.by.tree)
    )


def _place_in(table: ListNode, number: int) -> Location | None:
    item = table.items[number]
    if isinstance(item, StructNode):
        return Location(item)
    return None if table.node is None else Location(table.node, table.slot, number)


class Reference:
    """A compiled `-refers-to`.

    Attributes:
        refers: the key in the IR.
        slot: the attribute it stands on.
    """

    def __init__(self, book: PlanBook, slot: int, refers: Refers) -> None:
        self.refers = refers
        self.slot = slot
        self._depends_on_node = depends_on_node(refers)
        self._depends_on_top = depends_on_top(refers, book.schema)
        compile_ = book.expressions.compile
        self._table = compile_(refers.table.tree)
        self._by = compile_(refers.by.tree) if refers.by is not None else None
        self._value = compile_(refers.value.tree) if refers.value is not None else None
        self._when = compile_(refers.when.tree) if refers.when is not None else None
        self._table_text = book.expressions.text(refers.table.tree)
        self._kind = refers.by.tree.type if refers.by is not None else AnyValue()
        self._enums = book.schema.enums

    def asker(self, node: StructNode) -> StructNode | None:
        """Return the structure that the keys of a table's items depend on; None for no one."""
        if self._depends_on_node:
            return node
        try:
            return kinship.top_of_file(node) if self._depends_on_top else None
        except Unknown:
            return None

    def key_of(self, node: StructNode, item: Any, number: int) -> Any:
        """Return the key of a table's item; None when it has none."""
        if self._by is None:
            return number
        try:
            return self._by(node, {"_": item, "_index": number})
        except (Unknown, Fault):
            return None

    def key_words(self, key: object) -> str:
        """Return a key as text."""
        return in_words(key, self._kind, self._enums)

    def join(self, node: StructNode, tables: Tables) -> None:
        """Give the item that the attribute refers to its name, where it has one."""
        value = node.values[self.slot]
        if not self.refers.name or isinstance(value, Missing | ListNode):
            return
        try:
            sought = self._look_up(node, value, -1, tables)
        except (Unknown, Fault):
            return
        found = sought[1] if sought is not None else None
        if found is not None and not isinstance(found[1], Missing):
            if node.joins is None:
                node.joins = {}
            node.joins[self.refers.name] = found[1]

    def check(self, node: StructNode, tables: Tables) -> None:
        """Report every value that names no item."""
        items = own_list(node, self.slot)
        if items is not None:
            for number, item in enumerate(items.items):
                self._check_one(node, number, item, tables)
        elif not isinstance(node.values[self.slot], ListNode):
            self._check_one(node, -1, node.values[self.slot], tables)

    def _check_one(self, node: StructNode, item: int, value: Any, tables: Tables) -> None:
        if isinstance(value, Missing):
            return
        session, source = node.stream.session, self.refers.place
        try:
            sought = self._look_up(node, value, item, tables)
        except Unknown:
            return
        except Fault as fault:
            session.report_fault(fault, Location(node, self.slot, item), source=source)
            return
        if sought is not None and sought[1] is None:
            place, key = Location(node, self.slot, item), self.key_words(sought[0])
            session.report("I505", place, self._table_text, key, source=source)

    def _look_up(self, node: StructNode, value: Any, item: int, tables: Tables) -> Sought | None:
        """Look for the item that `value` names; None where the rule does not apply."""
        bound = {"_": value, "_index": item}
        if self._when is not None and not self._when(node, bound):
            return None
        table = self._table(node, bound)
        key = value if self._value is None else self._value(node, bound)
        return key, tables.index(self, node, table).get(key_of(key))
