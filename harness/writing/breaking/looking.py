"""Looking: which values of a content decide a thing that the schema forbids, and which it names.

A rule about `first.offset` looks at one number of each structure it is a rule of, while offsets of
that kind may stand in a content by the thousand. So the expressions of a target are followed to the
very places that they take their values from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from harness.reading.faults import Fault, Stopped, Unknown
from harness.reading.tree import ListNode, Location, Missing, StructNode, extent_of, pre_order
from harness.schema.expression import typed
from harness.schema.ir import Attribute, Parameter
from harness.schema.types import IntValue
from harness.writing.breaking.clues import by_turns
from harness.writing.changing.places import plain_in
from harness.writing.changing.shapes import Shapes
from harness.writing.drafting.arguments import trees_of
from harness.writing.drafting.compiled import Compiled, parts_of

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.plan import PlanBook
    from harness.reading.reader import Reading
    from harness.schema.expression.typed import Expr
    from harness.writing.breaking.clues import Clues, Said
    from harness.writing.choices import Choices

# structures that are looked at, items of what an expression goes over, places and numbers of each
MAX_NODES: Final = 24
MAX_ITEMS: Final = 6
MAX_FOUND: Final = 64
# from what is computed to what it is computed from
MAX_STEPS: Final = 12


class Sight:
    """What decides a thing in one structure.

    Attributes:
        places: of plain values of the file, each once.
        numbers: what parts of the expressions come to.
        lists: that are gone over, and the places that tell how many items there are.
        start: where the structure begins in what it is read from.
        about: the value that it is a thing of; None for the structure.
    """

    def __init__(self, compiled: Compiled, choices: Choices, node: StructNode) -> None:
        self.start = node.start - node.stream.start
        self.about: Location | None = None
        self.places: dict[Location, None] = {}
        self.numbers: dict[int, None] = {}
        self.lists: dict[Location, tuple[Location, ...]] = {}
        self._compiled = compiled
        self._choices = choices
        self._seen: set[tuple[StructNode, int]] = set()

    def value(self, tree: Expr, node: StructNode, bound: Bound) -> Any:
        """Return what an expression gives; None where nothing is known of it."""
        try:
            return self._compiled.of(tree)(node, bound)
        except (Unknown, Fault, Stopped, KeyError):
            return None

    def look(self, said: Said, node: StructNode) -> None:
        """Look at all that decides one thing in a structure."""
        if node.parent is not None and node.index >= 0:
            field = node.parent.plan.fields[node.slot]
            assert isinstance(field, Attribute)
            self._follow_count(Location(node.parent, node.slot), field, MAX_STEPS)
        if not said.field:
            self.follow(said.tree, node, {"_": node})
            return
        slot = node.plan.names.index(said.field)
        self._add(plain_in(node, slot))
        if isinstance(node.values[slot], str | bytes):
            self.about = Location(node, slot)
        held, source = node.values[slot], node.source(slot)
        self.numbers[source.end - source.start] = None
        if isinstance(held, ListNode):
            field = node.plan.fields[slot]
            assert isinstance(field, Attribute)
            self._follow_count(Location(node, slot), field, MAX_STEPS)
            for number in self._some(held):
                self.follow(said.tree, node, {"_": held.items[number], "_index": number})
        elif not isinstance(held, Missing):
            self.follow(said.tree, node, {"_": held, "_index": 0})

    def follow(self, tree: Expr, node: StructNode, bound: Bound, steps: int = MAX_STEPS) -> None:
        """Look at all that an expression takes its value from."""
        if not steps or len(self.places) >= MAX_FOUND:
            return
        match tree:
            case typed.Field(base=base, owner=owner, name=name) if owner:
                self.follow(base, node, bound, steps)
                held = self.value(base, node, bound)
                if isinstance(held, StructNode):
                    self._follow_slot(held, held.plan.names.index(name), steps - 1)
            case typed.At(base=base, index=index):
                self.follow(base, node, bound, steps)
                self.follow(index, node, bound, steps)
                self._add_item(self.value(base, node, bound), self.value(index, node, bound))
            case typed.Quantifier(base=base):
                self.follow(base, node, bound, steps)
                self._follow_items(tree, node, bound, steps)
            case _:
                for part in parts_of(tree):
                    self.follow(part, node, bound, steps)
        if isinstance(tree.type, IntValue):
            number = self.value(tree, node, bound)
            if number.__class__ is int and len(self.numbers) < MAX_FOUND:
                self.numbers[number] = None

    def _follow_slot(self, node: StructNode, slot: int, steps: int) -> None:
        """Look at a value: where it stands, or what it is computed from, or why it is not there."""
        if (node, slot) in self._seen:
            return
        self._seen.add((node, slot))
        field, value = node.plan.fields[slot], node.values[slot]
        if isinstance(field, Parameter):
            trees = trees_of(node)
            if node.parent is not None and slot < len(trees):
                self.follow(trees[slot], node.parent, {"_index": node.index}, steps)
        elif not isinstance(field, Attribute):
            self.follow(field.value.tree, node, {"_": node}, steps)
        elif isinstance(value, Missing) and field.condition is not None:
            self.follow(field.condition.tree, node, {"_": node}, steps)
        elif isinstance(value, ListNode):
            self._follow_count(Location(node, slot), field, steps)
            self.places.update(dict.fromkeys(self.lists[Location(node, slot)]))
        else:
            self._add(plain_in(node, slot))

    def _follow_count(self, place: Location, field: Attribute, steps: int) -> None:
        """Look at what tells how many items a list has."""
        count = Sight(self._compiled, self._choices, place.node)
        if field.repeat is not None and field.repeat.kind == "expr" and field.repeat.expression:
            count.follow(field.repeat.expression.tree, place.node, {"_": place.node}, steps)
        self.lists[place] = tuple(count.places)

    def _follow_items(
        self, tree: typed.Quantifier, node: StructNode, bound: Bound, steps: int
    ) -> None:
        """Look at some items of a list, the last one among them."""
        held = self.value(tree.base, node, bound)
        if isinstance(held, ListNode):
            for number in self._some(held):
                self._add_item(held, number)
                inner = {**bound, tree.item: held.items[number], tree.index: number}
                self.follow(tree.body, node, inner, steps)

    def _some(self, held: ListNode) -> list[int]:
        """Return the numbers of some items, that of the last one among them."""
        last = len(held.items) - 1
        some = (self._choices.integer(0, last) for _ in range(MAX_ITEMS - 1) if last >= 0)
        return sorted({last, *some} - {-1})

    def _add_item(self, held: Any, number: Any) -> None:
        """Look at one item of a list, unless it is a structure."""
        if not isinstance(held, ListNode) or held.node is None or number.__class__ is not int:
            return
        if 0 <= number < len(held.items) and not isinstance(
            held.items[number], StructNode | Missing
        ):
            self._add(iter((Location(held.node, held.slot, number),)))

    def _add(self, places: Iterator[Location]) -> None:
        self.places.update((place, None) for place in places if extent_of(place)[0].origin is None)


class Looker:
    """Finds what decides the targets of one schema."""

    def __init__(self, book: PlanBook) -> None:
        self._compiled = Compiled(book)

    def applies(self, reading: Reading, conditions: tuple[Said, ...]) -> bool:
        """Whether one of some conditions holds in some structure of a content."""
        return any(self._is_met(conditions, node) for node in pre_order(reading.root))

    def sights(self, reading: Reading, clues: Clues, choices: Choices) -> Iterator[Sight]:
        """Yield what decides a target in some structures of a content, one of each kind first.

        Args:
            reading: of the content.
            clues: the expressions that tell. Structures where its condition holds come first.
            choices: which structures are looked at.
        """
        known: dict[str, list[Said]] = {}
        for one in (*clues.said, *clues.conditions):
            known.setdefault(one.type, []).append(one)
        shapes = Shapes()
        waiting = [node for node in pre_order(reading.root) if node.plan.type.name in known]
        if clues.conditions:
            fitting = {node for node in waiting if self._is_met(clues.conditions, node)}
            if fitting:
                waiting = [node for node in waiting if node in fitting]
        for node in by_turns(waiting, shapes.of_node, choices, MAX_NODES):
            sight = Sight(self._compiled, choices, node)
            for one in known[node.plan.type.name]:
                sight.look(one, node)
            yield sight

    def _is_met(self, conditions: tuple[Said, ...], node: StructNode) -> bool:
        """Whether one of some conditions is known to hold in a structure."""
        for one in conditions:
            if one.type == node.plan.type.name:
                with suppress(Unknown, Fault, Stopped):
                    if self._compiled.of(one.tree)(node, {"_": node}):
                        return True
        return False
