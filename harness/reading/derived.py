"""`-derive`: counts, sizes, offsets and indexes that must follow from what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

CODES: Final = {"count": "C302", "size": "C303", "offset": "C304", "index": "C305"}
WORDS: Final = {
    "count": "the number of items of",
    "size": "the bytes of",
    "offset": "the offset of",
    "index": "the index of",
}


# the size or the offset (that is the word) of what stands at a place, None where unknown
Measure = Callable[[Location, str], int | None]


def measured(place: Location, what: str) -> int:
    """Return the size or the offset of what was read at a place.

    Raises:
        Fault: it has no offset, because it was unpacked.
    """
    stream, start, end = extent_of(place)
    if what == "offset" and stream.origin is not None:
        raise Fault("S117", "", "_start")
    return end - start if what == "size" else start


class Derived:
    """A compiled `-derive` of the attribute in `slot`."""

    def __init__(self, book: PlanBook, slot: int, derive: Derive) -> None:
        self.slot = slot
        self._derive = derive
        tree = derive.target.tree
        self._value = book.expressions.compile(tree)
        self._owner = None
        self._target_slot = -1
        if isinstance(tree, typed.Field) and tree.owner:
            self._owner = book.expressions.compile(tree.base)
            self._target_slot = book.slots.of(tree.owner, tree.name)
        self._words = f"{WORDS[derive.measure]} `{book.expressions.text(tree)}`"
        if derive.unit != 1:
            self._words += f" in units of {derive.unit}"
        if derive.plus:
            self._words += f" plus {derive.plus}"

    def check(self, node: StructNode) -> None:
        """Report each value of the attribute that differs from the measure."""
        items = own_list(node, self.slot)
        if items is not None:
            for number, item in enumerate(items.items):
                self._check_one(Location(node, self.slot, number), item)
        elif not isinstance(node.values[self.slot], ListNode):
            self._check_one(Location(node, self.slot), node.values[self.slot])

    def wanted(self, node: StructNode) -> Iterator[tuple[Location, int]]:
        """Yield where each value stands, and what it must be where that is known."""
        items = own_list(node, self.slot)
        for item in (-1,) if items is None else range(len(items.items)):
            place = Location(node, self.slot, item)
            wanted = self.wanted_at(place, measured)
            if wanted is not None and not isinstance(value_at(place), Missing | ListNode):
                yield place, wanted

    def wanted_at(self, place: Location, measure: Measure) -> int | None:
        """Return what one value must be, None where that is not known, or at fault.

        Args:
            place: where it stands.
            measure: tells the size or the offset of what stands at a place.
        """
        try:
            return self._wanted(place, measure)
        except (Unknown, Fault):
            return None

    def _wanted(self, place: Location, measure: Measure) -> int:
        target = self._measure(place.node, {"_index": place.item}, measure)
        return target // self._derive.unit + self._derive.plus

    def _check_one(self, place: Location, value: object) -> None:
        if isinstance(value, Missing):
            return
        session = place.node.stream.session
        try:
            wanted = self._wanted(place, measured)
        except Unknown:
            return
        except Fault as fault:
            session.report_fault(fault, place, source=self._derive.place)
            return
        if value != wanted:
            code = CODES[self._derive.measure]
            expected = f"{wanted}, {self._words}"
            actual = in_words(value, AnyValue(), {})
            session.report(code, place, expected, actual, source=self._derive.place)

    def _measure(self, node: StructNode, bound: Bound, measure: Measure) -> int:
        target: Any = self._value(node, bound)
        match self._derive.measure:
            case "count":
                return methods.size(target)
            case "index":
                return target.index if isinstance(target, StructNode) else 0
            case what:
                found = measure(self._place(node, bound, target), what)
                if found is None:
                    raise Unknown("target", is_reported=False)
                return found

    def _place(self, node: StructNode, bound: Bound, target: Any) -> Location:
        if isinstance(target, StructNode):
            return Location(target)
        if self._owner is None:
            raise Unknown("target", is_reported=False)
        return Location(self._owner(node, bound), self._target_slot)
