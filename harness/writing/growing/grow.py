"""Growing a draft: structure by structure in the order of reading, each value decided as it is met.

Where reading would unpack a value, growing chooses one, and it follows the reader's own order,
because a schema's expressions look back: by the time a size, a count or a case is needed, what it
is computed from has been met. Three things turn that order round, and so are left open when they
are met: what a size, count or offset is computed from (it follows from what is grown later), what a
rule says must equal something later, and what refers to a table that is not there yet.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import ABSENT, UNREAD, Missing, StructNode, Value, children
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.walk import goes_on
from harness.writing.drafting import packing
from harness.writing.drafting.draft import Draft
from harness.writing.drafting.numerals import numerals
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.solve import Solver, Unsolved
from harness.writing.drafting.space import Space, space_of
from harness.writing.drafting.values import MISSING, Given, refused, told_kind, unfit
from harness.writing.growing.aligning import fitting_size
from harness.writing.growing.ends import Ends
from harness.writing.growing.leaves import Leaves
from harness.writing.growing.lists import Lists
from harness.writing.growing.needs import Needs
from harness.writing.growing.placing import Placing
from harness.writing.growing.regions import Regions
from harness.writing.growing.sequences import Sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from harness.reading.expressions import Bound
    from harness.writing.choices import Choices
    from harness.writing.drafting.judge import Judges
    from harness.writing.drafting.recipes import Recipe

RETRIES: Final = 12


class Grower:
    """Grows one draft."""

    def __init__(
        self,
        draft: Draft,
        judges: Judges,
        choices: Choices,
        given: Given | None = None,
        overrides: Mapping[tuple[str, str], Callable[[], Any]] | None = None,
    ) -> None:
        """Begin.

        Args:
            draft: what is grown; its top structure is there.
            judges: of the schema.
            choices: make the decisions.
            given: decisions that were made before; then nothing is tried twice, and no rule is
                looked at.
            overrides: for fields, by type and name, where their values come from.
        """
        self.given = given
        self.tries = RETRIES if given is None else 1
        self.draft = draft
        self.choices = choices
        self.facts = judges.facts
        self.judges = judges
        self.solver = Solver(draft)
        self.leaves = Leaves(draft, self.facts, choices, overrides or {})
        self.needs = Needs(self)
        self.placing = Placing(self)
        self.ends = Ends(self)
        self.lists = Lists(self)
        self.regions = Regions(self)
        self.sequences = Sequences(self, is_plain=given is None and not overrides)
        draft.grow = self.instance
        draft.read_back = self.placing.read_back

    def content(self) -> None:
        """Grow the whole content.

        Raises:
            Rejected: what was decided cannot be part of a valid content.
        """
        draft = self.draft
        root = draft.root
        assert root is not None
        self.sequences.grow(root, draft.main)
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.plan.instance_plans:
                self.instances(node)
            if node.plan.child_slots:
                waiting += reversed(children(node))
        self.needs.settle_all()

    def field(self, node: StructNode, recipe: Recipe, space: Space) -> None:
        """Grow one attribute of a sequence, if it is there."""
        slot, field = recipe.slot, recipe.field
        if field.condition is not None and not self.needs.condition(
            field.condition.tree, node, space, slot
        ):
            self.draft.set(node, slot, ABSENT)
            return
        self.attribute(node, slot, field, space)

    def attribute(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """Grow one attribute that is there, repeated or not."""
        self.draft.at = (node, slot, -1)
        if space.bits_left and not goes_on(self.draft.book.schema, field.data):
            space.bits_left = 0
        if field.repeat is not None:
            self.lists.grow(node, slot, field, space)
            return
        if not isinstance(node.values[slot], Missing):  # something needed it before its turn
            space.advance(_width(field.data))
            return
        value = self.value(node, slot, -1, field, field.data, space, NOTHING_BOUND)
        if value is not UNREAD:
            self.draft.set(node, slot, value)

    # one value

    def value(  # a place, what stands there, and where it is written
        self, node: StructNode, slot: int, index: int, field: Attribute, data: DataType,
        space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        """Grow one value; UNREAD for one that is left open."""
        match data:
            case IntegerData() | FloatData() | BitsData():
                space.advance(self._size_of_bits(data, space))
                return self._number(node, slot, index, field, data)
            case BytesData() | TextData():
                return self._octets(node, slot, index, field, data, space, bound)
            case StructData():
                return self._structure(node, slot, index, data, space, bound)
            case SwitchData():
                return self._switch(node, slot, index, field, data, space, bound)

    @staticmethod
    def _size_of_bits(data: IntegerData | FloatData | BitsData, space: Space) -> int:
        """Return the bytes that a number begins."""
        if not isinstance(data, BitsData):
            return data.width
        missing = max(0, (data.width - space.bits_left + 7) // 8)
        space.bits_left += 8 * missing - data.width
        return missing

    def _number(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: IntegerData | FloatData | BitsData,
    ) -> Value:  # fmt: skip
        told = self.needs.told(node, slot, index, field)
        if told is not None:
            if told is UNREAD:
                self.draft.leave_open(node, slot, index) if index < 0 else None
            return told
        return self.choose(node, slot, index, field, data, is_growing=True)

    def choose(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: IntegerData | FloatData | BitsData, *, is_growing: bool = False,
    ) -> Value:  # fmt: skip
        """Choose a number that the rules allow, as far as they can be told."""
        judge = self.judges.of(node.plan)
        for candidate in self.leaves.numbers(node, slot, field, data, index):
            if judge.accepts(node, slot, index, candidate, is_growing=is_growing):
                return candidate
        raise Rejected

    def _octets(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: BytesData | TextData, space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        size = self.needs.amounts.size(data.extent, node, space, bound, is_region=False)
        room = size if data.extent.process is None else None
        if size is None and self.given is None:
            recipe = self.judges.recipes(node.plan).by_slot[slot]
            room = fitting_size(recipe, data.extent, space, self.choices)
        judge, why = self.judges.of(node.plan), ""
        if self.given is None and self._is_filled_from_elsewhere(data, space):
            return b"" if isinstance(data, BytesData) else ""
        for candidate in self._candidates(node, slot, index, field, data, room):
            if not judge.allows(node, slot, index, candidate):
                continue
            try:
                raw = octets_of(candidate, data)
                packed = packing.pack(data.extent, raw, self.solver, node, bound)
                filled = self.regions.filled(data.extent, packed, size, node, bound)
            except (packing.Unfit, UnicodeEncodeError):
                why = "" if self.given is None else unfit(data, candidate, size)
                continue
            self.regions.settle_size(data.extent, len(filled), node, bound)
            space.advance(self.ends.end(node, slot, index, data.extent, filled, space))
            return candidate
        raise Rejected(why)

    def _candidates(
        self, node: StructNode, slot: int, index: int, field: Attribute,
        data: BytesData | TextData, room: int | None,
    ) -> Iterable[bytes | str]:  # fmt: skip
        kind = str if isinstance(data, TextData) else bytes
        if self.given is None:
            key = self._key(node, slot, index, field, room)
            if isinstance(key, kind):
                return (key,)
            found = self.leaves.contents(node, slot, field, data, room)
            base = self.facts.numerals.get((node.plan.type.name, field.id))
            if base and field.contents is None and self.leaves.override(node, field) is None:
                return chain(numerals(self.choices, base, data, room), found)
            return found
        value = self.given.of(node, slot, index)
        if value is MISSING and field.contents is not None:
            value = field.contents
        if field.padding == "zero" and room is not None:  # as much as there is room for now
            nul = "\0" if kind is str else b"\0"
            is_zero = value is MISSING or value == nul * len(value)
            value = nul * room if is_zero else value
        if not isinstance(value, kind):
            raise refused(told_kind(field), value)
        return (value,)

    def _key(
        self, node: StructNode, slot: int, index: int, field: Attribute, room: int | None
    ) -> Value | None:
        """Return the text that refers to an item of a table; UNREAD while there is none."""
        if field.refers is None or field.refers.value is not None:
            return None
        if self.leaves.override(node, field) is not None:
            return None
        return self.needs.references.value(node, slot, index, field, room)

    @staticmethod
    def _is_filled_from_elsewhere(data: BytesData | TextData, space: Space) -> bool:
        """Whether the octets are all that other structures put there."""
        return data.extent.to_end and space.is_open

    def decide(
        self, tree: Any, wanted: Any, node: StructNode, bound: Bound, *, is_final: bool = True
    ) -> None:
        """Let an expression give what is wanted, by what is open in it.

        Raises:
            Rejected: it cannot be.
        """
        try:
            places = self.solver.solve(tree, wanted, node, bound)
        except (Unsolved, Unknown):
            self.draft.unsolved = tree
            raise Rejected from None
        for place in places:
            if not is_final:
                self.draft.own(self.draft.key(*place))
        self.needs.judge_decided(places)

    def _switch(
        self, node: StructNode, slot: int, index: int, field: Attribute, data: SwitchData,
        space: Space, bound: Bound,
    ) -> Value:  # fmt: skip
        value = self.needs.value(data.on.tree, node, bound, space)
        inner = {**bound, "_on": value}
        for case in data.cases:
            if case.match is None or self.needs.value(case.match.tree, node, inner, space) == value:
                return self.value(node, slot, index, field, case.data, space, inner)
        if not field.allows_unknown:
            raise Rejected(f"there is no case for what `{data.on.text}` is")
        if data.extent is None:
            return ABSENT
        octets = BytesData(data.extent)
        return self._octets(node, slot, index, field, octets, space, inner)

    # structures

    def _structure(
        self, node: StructNode, slot: int, index: int, data: StructData, space: Space, bound: Bound
    ) -> Value:  # fmt: skip
        extent = data.extent
        inner, size = space, None
        if extent is not None:
            size = self.needs.amounts.size(extent, node, space, bound, is_region=True)
            inner = self.regions.open(node, slot, data, extent, size)
        child = self.draft.add_node(data.type, node, slot, index, inner)
        if data.is_orphan or data.parent is not None:
            self.draft.parents[id(child)] = (
                self.needs.value(data.parent.tree, node, bound) if data.parent else None
            )
        if self.given is not None:
            self.given.put(child, self.given.of(node, slot, index))
        self._pass_arguments(child, data, node, bound)
        if extent is not None:
            self.draft.owners[inner] = child
        self._attach(node, slot, index, child)
        self.sequences.grow(child, inner)
        if extent is not None:
            if inner.is_open and (node.plan.type.name, node.plan.names[slot]) not in (
                self.facts.open_regions
            ):
                self.regions.fill(child, inner)
            self.regions.close(node, extent, inner, bound, space)
        self.judges.of(child.plan).judge(child)
        return child

    def _attach(self, node: StructNode, slot: int, index: int, child: StructNode) -> None:
        """Let what is grown in a structure see it where it will stand."""
        if index < 0:
            self.draft.set(node, slot, child)
        else:
            self.draft.set(node, slot, child, index)

    def _pass_arguments(
        self, child: StructNode, data: StructData, node: StructNode, bound: Bound
    ) -> None:
        for number, argument in enumerate(data.arguments):
            compiled = self.draft.compile(argument.tree)
            try:
                child.values[number] = self.draft.look(
                    compiled, node, bound, is_urgent=self.given is None
                )
            except Unknown:
                self.draft.arguments.wait_for(child)  # passed on once they are known

    # instances

    def instances(self, node: StructNode) -> None:
        """Grow what a structure has at positions."""
        if space_of(node) is None:
            return
        for slot in node.plan.instance_plans:
            if node.values[slot] is UNREAD:
                recipe = self.judges.recipes(node.plan).by_slot[slot]
                self.sequences.retried(node, recipe, self._instance, node.stream)  # type: ignore[arg-type]  # a Space

    def _instance(self, node: StructNode, recipe: Recipe, _space: Space) -> None:
        self.instance(node, recipe.slot)

    def instance(self, node: StructNode, slot: int) -> None:
        """Grow one parse instance."""
        field = node.plan.fields[slot]
        assert isinstance(field, Attribute)
        if self.given is not None and self.given.of(node, slot) is MISSING:
            return
        space: Any = node.stream
        if field.condition is not None and not self.needs.condition(
            field.condition.tree, node, space, slot
        ):
            self.draft.set(node, slot, ABSENT)
            return
        if field.io is not None:
            space = self.needs.value(field.io.tree, node, NOTHING_BOUND, space)
        if not isinstance(space, Space):
            raise Rejected
        self.placing.place(node, slot, field, space)


def octets_of(value: bytes | str, data: BytesData | TextData) -> bytes:
    """Return the bytes of a text or of bytes."""
    if isinstance(value, str):
        assert isinstance(data, TextData)
        return value.encode(data.encoding)
    return value


def _width(data: DataType) -> int | None:
    return data.width if isinstance(data, IntegerData | FloatData) else None
