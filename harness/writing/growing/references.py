"""Values that refer to an item of a table: one is picked, and its key is the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from harness.reading.faults import Unknown
from harness.reading.tree import UNREAD, ListNode, StructNode, Value
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, BytesData, Refers, TextData
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.solve import fits

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.writing.growing.grow import Grower


class References:
    """Decides the references of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower

    def value(
        self, node: StructNode, slot: int, index: int, field: Attribute, room: int | None = None,
        *, may_wait: bool = False,
    ) -> Value:  # fmt: skip
        """Pick an item, and return the value that refers to it; UNREAD while there is no table.

        Args:
            node: the structure.
            slot: of it.
            index: of an item in a list; -1 for the whole value.
            field: what stands there; it refers to something.
            room: bytes that a text must take; None where that is free.
            may_wait: it can be decided once the table is complete.

        Raises:
            Rejected: there is no item.
        """
        refers = field.refers
        assert refers is not None
        try:
            table = self._grower.draft.look(
                self._grower.draft.compile(refers.table.tree), node, {"_index": index}
            )
        except Unknown:
            return UNREAD
        if may_wait and not refers.name and _is_under_way(table):
            return UNREAD  # it may refer to what comes later
        keyed = list(self._keys(node, table, refers))
        may_lack = refers.when is not None
        if may_lack and (not keyed or self._grower.choices.integer(0, 1)):
            return self._not_referring(node, slot, index, field, room)
        for key, item in self._each_once(self._fresh(node, slot, keyed)):
            value = key if refers.value is None else self._inverse(node, refers, key)
            if value is None or not fits(field, value):
                continue
            if self._is_joined(node, slot, index, value, refers.name, item):
                return value
        if may_lack:
            return self._not_referring(node, slot, index, field, room)
        raise Rejected

    def _each_once(self, keyed: list[tuple[Any, Value]]) -> Iterator[tuple[Any, Value]]:
        """Yield one item, then those after it, round to where it began."""
        first = self._grower.choices.pick(range(len(keyed))) if keyed else 0
        yield from keyed[first:]
        yield from keyed[:first]

    def _keys(self, node: StructNode, table: Any, refers: Refers) -> Iterator[tuple[Any, Value]]:
        by: Evaluate | None = (
            self._grower.draft.compile(refers.by.tree) if refers.by is not None else None
        )
        for number, item in enumerate(table.items if isinstance(table, ListNode) else ()):
            key: Any = number
            if by is not None:
                key = self._grower.leaves.quietly(by, node, {"_": item, "_index": number})
            if key is not None:
                yield key, item

    def _fresh(
        self, node: StructNode, slot: int, keyed: list[tuple[Any, Value]]
    ) -> list[tuple[Any, Value]]:
        """Leave out what the other items of a list refer to, where they must differ."""
        if node.parent is None or node.index < 0:
            return keyed
        if not self._grower.judges.of(node.parent.plan).must_differ(node.slot):
            return keyed
        items = node.parent.values[node.slot]
        others = items.items if isinstance(items, ListNode) else []
        used = [item.values[slot] for item in others if isinstance(item, StructNode)]
        return [(key, item) for key, item in keyed if key not in used] or keyed

    def _not_referring(
        self, node: StructNode, slot: int, index: int, field: Attribute, room: int | None
    ) -> Value:
        """Choose a value that the reference does not apply to."""
        assert field.refers is not None
        assert field.refers.when is not None
        tree = field.refers.when.tree
        when = self._grower.draft.compile(tree)
        judge, leaves = self._grower.judges.of(node.plan), self._grower.leaves
        kind: type = int
        others: Iterable[Value]
        match field.data:
            case TextData() | BytesData() as data:
                kind = str if isinstance(data, TextData) else bytes
                others = leaves.contents(node, slot, field, data, room)
            case data:
                others = leaves.numbers(node, slot, field, data, index)  # type: ignore[arg-type]  # a number
        constants = [
            part.value
            for part in nodes_of(tree)
            if isinstance(part, typed.Constant) and isinstance(part.value, kind)
        ]
        candidates: tuple[Value, ...] = (*constants, *others)
        for value in candidates:
            if not self._applies(when, node, slot, index, value) and judge.allows(
                node, slot, index, value
            ):
                return value
        raise Rejected

    def _applies(
        self, when: Evaluate, node: StructNode, slot: int, index: int, value: Value
    ) -> bool:
        """Whether a value refers to something, or may; its condition can ask for it by name."""
        held, draft = node.values[slot], self._grower.draft
        place = held.items if index >= 0 and isinstance(held, ListNode) else node.values
        at = index if index >= 0 else slot
        before, place[at] = place[at], value
        draft.changed()
        try:
            bound = {"_": value, "_index": index}
            return self._grower.leaves.quietly(when, node, bound) is not False
        finally:
            place[at] = before
            draft.changed()

    def _inverse(self, node: StructNode, refers: Refers, key: Any) -> Value | None:
        """Return the value whose key is `key`, where that is it or one of its neighbours."""
        assert refers.value is not None
        compiled = self._grower.draft.compile(refers.value.tree)
        for value in (key, key + 1, key - 1) if key.__class__ is int else (key,):
            if self._grower.leaves.quietly(compiled, node, {"_": value}) == key:
                return value
        return None

    def _is_joined(
        self, node: StructNode, slot: int, index: int, value: Value, name: str, item: Value
    ) -> bool:
        """Let a name stand for the item that a value refers to, if that may stand there."""
        judge = self._grower.judges.of(node.plan)
        if not name:
            return judge.accepts(node, slot, index, value)
        joins = node.joins = node.joins if node.joins is not None else {}

        def put(held: Value | None) -> None:
            if held is None:
                joins.pop(name, None)
            else:
                joins[name] = held

        before = joins.get(name)
        put(item)  # rules may ask for it by its name
        if judge.accepts(node, slot, index, value):
            self._grower.draft.undoing(put, before)
            return True
        put(before)
        return False


def _is_under_way(table: Any) -> bool:
    return isinstance(table, ListNode) and table.is_abandoned
