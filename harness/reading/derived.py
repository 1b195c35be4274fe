"""`-derive`: counts, sizes, offsets and indexes that must follow from what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    extent_of,
    own_list,
    value_at,
)
from harness.reading.words import in_words
from harness.schema.expression import typed
from harness.schema.ir import Derive
from harness.schema.types import AnyValue

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
        items = own_list(node, self._slot)
        if items is not None:
            for number, item in enumerate(items.items):
                self._check_one(Location(node, self._slot, number), item)
        elif not isinstance(node.values[self._slot], ListNode):
            self._check_one(Location(node, self._slot), node.values[self._slot])

    def wanted(self, node: StructNode) -> Iterator[tuple[Location, int]]:
        """Yield where each value of the attribute stands, and what it must be where that is known."""
        items = own_list(node, self._slot)
        count = None if items is None else len(items.items)
        for item in (-1,) if count is None else range(count):
            place = Location(node, self._slot, item)
            try:
                wanted = self._wanted(place)
            except (Unknown, Fault):
                continue
            if not isinstance(value_at(place), Missing | ListNode):
                yield place, wanted

    def _wanted(self, place: Location) -> int:
        bound: Bound = {"_index": place.item}
        return self._measure(place.node, bound) // self._derive.unit + self._derive.plus

    def _check_one(self, place: Location, value: object) -> None:
        if isinstance(value, Missing):
            return
        session = place.node.stream.session
        try:
            wanted = self._wanted(place)
        except Unknown:
            return
        except Fault as fault:
            session.report_fault(fault, place, source=self._derive.place)
            return
        if value != wanted:
            code = _CODES[self._derive.measure]
            expected = f"{wanted}, {self._words}"
            actual = in_words(value, AnyValue(), {})
            session.report(code, place, expected, actual, source=self._derive.place)

    def _measure(self, node: StructNode, bound: Bound) -> int:
        target: Any = self._value(node, bound)
        match self._derive.measure:
            case "count":
                return methods.size(target)
            case "index":
                return target.index if isinstance(target, StructNode) else 0
            case measure:
                stream, start, end = extent_of(self._place(node, bound, target))
                if measure == "offset" and stream.origin is not None:
                    raise Fault("S117", "", "_start")
                return end - start if measure == "size" else start

    def _place(self, node: StructNode, bound: Bound, target: Any) -> Location:
        if isinstance(target, StructNode):
            return Location(target)
        if self._owner is None:
            raise Unknown("target", is_reported=False)
        return Location(self._owner(node, bound), self._target_slot)
