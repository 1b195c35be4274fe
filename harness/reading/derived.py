"""`-derive`: counts, sizes, offsets and indexes that must follow from what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, Missing, StructNode, offsets_of
from harness.schema.expression import typed
from harness.schema.ir import Derive

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.plan import PlanBook

_CODES: Final = {"count": "C302", "size": "C303", "offset": "C304", "index": "C305"}
_WORDS: Final = {
    "count": "the number of items of",
    "size": "the bytes of",
    "offset": "the offset of",
    "index": "the index of",
}


class Derived:
    """A compiled `-derive` of the attribute in `slot`."""

    def __init__(self, book: PlanBook, slot: int, derive: Derive) -> None:
        self._slot = slot
        self._derive = derive
        tree = derive.target.tree
        self._value = book.expressions.compile(tree)
        self._owner = None
        self._target_slot = -1
        if isinstance(tree, typed.Field) and tree.owner:
            self._owner = book.expressions.compile(tree.base)
            self._target_slot = book.slots.of(tree.owner, tree.name)
        self._words = f"{_WORDS[derive.measure]} `{book.expressions.text(tree)}`"
        if derive.unit != 1:
            self._words += f" in units of {derive.unit}"
        if derive.plus:
            self._words += f" plus {derive.plus}"

    def check(self, node: StructNode) -> None:
        """Report each value of the attribute that differs from the measure."""
        value = node.values[self._slot]
        if isinstance(value, ListNode):
            for index, item in enumerate(value.items):
                self._check_one(Location(node, self._slot, index), item)
        else:
            self._check_one(Location(node, self._slot), value)

    def _check_one(self, place: Location, value: object) -> None:
        if isinstance(value, Missing):
            return
        session = place.node.stream.session
        try:
            bound: Bound = {"_index": place.index}
            wanted = self._measure(place.node, bound) // self._derive.unit + self._derive.plus
        except Unknown:
            return
        except Fault as fault:
            session.report(
                fault.code, place, fault.expected, fault.actual, source=self._derive.place
            )
            return
        if value != wanted:
            code = _CODES[self._derive.measure]
            expected = f"{wanted}, {self._words}"
            session.report(code, place, expected, str(value), source=self._derive.place)

    def _measure(self, node: StructNode, bound: Bound) -> int:
        target: Any = self._value(node, bound)
        match self._derive.measure:
            case "count":
                return methods.size(target)
            case "index":
                return target.index if isinstance(target, StructNode) else 0
            case measure:
                start, end = offsets_of(self._place(node, bound, target))
                return end - start if measure == "size" else start

    def _place(self, node: StructNode, bound: Bound, target: Any) -> Location:
        if isinstance(target, StructNode):
            return Location(target)
        if self._owner is None:
            raise Unknown("target", is_reported=False)
        return Location(self._owner(node, bound), self._target_slot)
