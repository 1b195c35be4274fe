"""`-refers-to`: values that must name an item of a table, and the items they join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, Missing, StructNode, path_of
from harness.reading.words import in_words
from harness.schema.ir import Refers
from harness.schema.types import AnyValue

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook
    from harness.reading.session import Session


class Tables:
    """Tables by key, each indexed once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[int, int], dict[Any, Any]] = {}
        self._reported: set[tuple[int, int]] = set()

    def index(self, reference: Reference, node: StructNode, table: ListNode) -> dict[Any, Any]:
        """Return key -> item; an item whose key stood before is reported, once."""
        name = (id(reference), id(table))
        if name not in self._known:
            self._known[name] = self._indexed(reference, node, table)
        return self._known[name]

    def _indexed(self, reference: Reference, node: StructNode, table: ListNode) -> dict[Any, Any]:
        found: dict[Any, tuple[int, Any]] = {}
        for number, item in enumerate(methods.complete(table)):
            key = reference.key_of(node, item, number)
            if key is None:
                continue
            if key in found:
                self._ambiguous(reference, node, table, (found[key][0], number), key)
            else:
                found[key] = (number, item)
        return {key: item for key, (_, item) in found.items()}

    def _ambiguous(
        self, reference: Reference, node: StructNode, table: ListNode, items: tuple[int, int],
        key: Any,
    ) -> None:  # fmt: skip
        if (id(table), items[1]) in self._reported:
            return
        self._reported.add((id(table), items[1]))
        first, second = (table.items[number] for number in items)
        earlier = path_of(Location(first)) if isinstance(first, StructNode) else str(items[0])
        place = Location(second) if isinstance(second, StructNode) else Location(node)
        self._session.report(
            "I506", place, earlier, reference.key_words(key), source=reference.refers.place
        )


class Reference:
    """A compiled `-refers-to` of the attribute in `slot`."""

    def __init__(self, book: PlanBook, slot: int, refers: Refers) -> None:
        self.refers = refers
        self._slot = slot
        compile_ = book.expressions.compile
        self._table = compile_(refers.table.tree)
        self._by = compile_(refers.by.tree) if refers.by is not None else None
        self._value = compile_(refers.value.tree) if refers.value is not None else None
        self._when = compile_(refers.when.tree) if refers.when is not None else None
        self._table_text = book.expressions.text(refers.table.tree)
        self._kind = refers.by.tree.type if refers.by is not None else AnyValue()
        self._enums = book.schema.enums

    def key_of(self, node: StructNode, item: Any, number: int) -> Any:
        """Return the key of a table's item; None when it has none."""
        if self._by is None:
            return number
        try:
            return self._by(node, {"_": item, "_index": number})
        except (Unknown, Fault):
            return None

    def key_words(self, key: Any) -> str:
        """Return a key as text."""
        return in_words(key, self._kind, self._enums)

    def join(self, node: StructNode, tables: Tables) -> None:
        """Give the item that the attribute refers to its name, where it has one."""
        value = node.values[self._slot]
        if not self.refers.name or isinstance(value, Missing | ListNode):
            return
        try:
            found = self._find(node, value, -1, tables)
        except (Unknown, Fault, KeyError):
            return
        if found is not None:
            if node.joins is None:
                node.joins = {}
            node.joins[self.refers.name] = found[0]

    def check(self, node: StructNode, tables: Tables) -> None:
        """Report every value that names no item."""
        value = node.values[self._slot]
        if isinstance(value, ListNode):
            for index, item in enumerate(value.items):
                self._check_one(Location(node, self._slot, index), item, tables)
        else:
            self._check_one(Location(node, self._slot), value, tables)

    def _check_one(self, place: Location, value: Any, tables: Tables) -> None:
        if isinstance(value, Missing):
            return
        session = place.node.stream.session
        try:
            self._find(place.node, value, place.index, tables)
        except Unknown:
            return
        except KeyError as error:
            key = self.key_words(error.args[0])
            session.report("I505", place, self._table_text, key, source=self.refers.place)
        except Fault as fault:
            session.report(
                fault.code, place, fault.expected, fault.actual, source=self.refers.place
            )

    def _find(self, node: StructNode, value: Any, index: int, tables: Tables) -> tuple[Any] | None:
        """Return the item that `value` names, alone in a tuple; None where the rule does not apply.

        Raises:
            KeyError: when there is no such item.
        """
        bound = {"_": value, "_index": index}
        if self._when is not None and not self._when(node, bound):
            return None
        table = self._table(node, bound)
        key = value if self._value is None else self._value(node, bound)
        return (tables.index(self, node, table)[key],)
