"""What is reached by an offset: given a place, or read back where others have put the bytes."""

from __future__ import annotations

from contextlib import suppress
from math import lcm
from typing import TYPE_CHECKING

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.stream import Stream
from harness.reading.tree import UNREAD, StructNode
from harness.schema.expression import typed
from harness.schema.ir import Attribute, TextData
from harness.schema.walk import takes_nothing
from harness.writing.drafting.emit import Emitter
from harness.writing.drafting.outcomes import Rejected, Relocation
from harness.writing.drafting.space import FIRST_ADDRESS, Chunk, Space, is_address
from harness.writing.drafting.values import MISSING

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.draft import Key
    from harness.writing.growing.grow import Grower


class Placing:
    """Grows the instances of one draft."""

    def __init__(self, grower: Grower) -> None:
        self._grower = grower
        self._draft = grower.draft
        self._views: dict[Key, StructNode] = {}

    def is_view(self, node: StructNode, slot: int) -> bool:
        """Whether an instance was read from bytes that are there."""
        return self._draft.key(node, slot) in self._views

    def read_back(self, node: StructNode, slot: int) -> bool:
        """Read an instance from bytes that are there, if they are; nothing is decided for it."""
        field = node.plan.fields[slot]
        if not isinstance(field, Attribute) or not field.allows_overlap or field.position is None:
            return False
        quiet = self._grower.leaves.quiet
        space = node.stream if field.io is None else quiet(node, field.io)
        is_there = field.condition is None or quiet(node, field.condition) is not False
        offset = quiet(node, field.position) if is_there else None
        if not isinstance(space, Space) or offset.__class__ is not int:
            return False
        if is_address(offset):
            chunk, inside = space.chunk_at(offset)
            if chunk.size is not None and 0 <= inside < chunk.size:
                self._read_back(chunk.items, inside, node, slot)
        return node.values[slot] is not UNREAD

    def place(self, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """Grow an instance where its position says, or find a place for it.

        Raises:
            Rejected: it cannot be there.
        """
        if field.locate is not None:
            chunk = self._new_chunk(space)
            chunk.lead, chunk.is_last = field.locate.marker, True
            self._grow_in(chunk, node, slot, field)
            return
        if field.position is None:
            if not takes_nothing(self._draft.book.schema, field.data):
                raise Rejected("where it stands depends on what was read before it")
            self._grower.attribute(node, slot, field, space)  # it has no place, its parts have
            return
        is_view = self._grower.facts.is_view(field, node.plan.type.name)
        free = None if is_view else self._free_chunk(node, slot, field, space)
        if free is not None:
            self._grow_in(free, node, slot, field)
            return
        places = self._grower.needs.opened(field.position.tree, node, NOTHING_BOUND)
        if is_view and next(places, None) is not None:
            return  # another view of bytes that are placed later
        offset = self._grower.needs.value(field.position.tree, node, NOTHING_BOUND)
        self._at(int(offset), node, slot, field, space)

    def _new_chunk(self, space: Space, offset: int | None = None) -> Chunk:
        try:
            chunk = space.add_chunk(offset)
        except OverflowError:
            raise Rejected from None
        self._draft.undoing(space.chunks.pop)
        return chunk

    def _free_chunk(
        self, node: StructNode, slot: int, field: Attribute, space: Space
    ) -> Chunk | None:
        """Begin a chunk, and let the position lead there; None where the position is decided."""
        assert field.position is not None
        tree = field.position.tree
        if self._grower.solver.told(tree, node, NOTHING_BOUND) is not UNREAD:
            return None
        label = self._label(tree, node)
        mark = self._draft.mark()
        if label is not None and self._is_shared(label, field, (node, slot), space):
            return None
        chunk = self._new_chunk(space)
        least = self._grower.judges.layouts.multiple(tree, node.plan.type.name)
        inner = self._grower.judges.layouts.alignment(field.data)
        chunk.align, chunk.label = lcm(field.align, least, inner), label
        if self._lead_to(chunk, 0, tree, node):
            return chunk
        self._draft.rollback(mark)
        return None

    def _lead_to(self, chunk: Chunk, inside: int, tree: Expr, node: StructNode) -> bool:
        """Let a position lead into a chunk; say whether that can be."""
        grower = self._grower
        places = list(grower.needs.opened(tree, node, NOTHING_BOUND))
        try:
            grower.decide(tree, chunk.address + inside, node, NOTHING_BOUND, is_final=False)
            for owner, slot, _ in places:
                grower.judges.of(owner.plan).judge_field(owner, slot)
        except Rejected:
            return False
        self._draft.relocations.append(Relocation(tree, node, chunk, inside))
        self._draft.undoing(self._draft.relocations.pop)
        return True

    def leads_behind(self, tree: Expr, size: int, node: StructNode) -> bool:
        """Let a size be the distance of two offsets, where the first is led to a chunk before."""
        if not isinstance(tree, typed.Operation) or tree.operator != "-" or tree.right is None:
            return False
        first = self._grower.leaves.quietly(self._draft.compile(tree.right), node, NOTHING_BOUND)
        if not is_address(first):
            return False
        try:
            chunk, inside = self._draft.space_at(first).chunk_at(first)
        except LookupError:
            return False
        return self._lead_to(chunk, inside + size, tree.left, node)

    # what was given

    def _label(self, tree: Expr, node: StructNode) -> int | None:
        """Return the position that was given; None where none was, or it is for us to decide."""
        if self._grower.given is None:
            return None
        mark, needs = self._draft.mark(), self._grower.needs
        try:
            for place in list(needs.opened(tree, node, NOTHING_BOUND)):
                needs.amounts.decide_open(place)
            return int(self._grower.solver.value(tree, node, NOTHING_BOUND))
        except (Rejected, Unknown):
            return None
        finally:
            self._draft.rollback(mark)

    def _is_shared(
        self, label: int, field: Attribute, place: tuple[StructNode, int], space: Space
    ) -> bool:
        """Let a position lead into what is there already, if that is what was given."""
        assert field.position is not None
        node, slot = place
        tree = field.position.tree
        is_inside = space.cursor is not None and label < space.cursor < FIRST_ADDRESS
        if is_inside and field.allows_overlap:
            self._grower.decide(tree, label, node, NOTHING_BOUND)
            return True
        for chunk in space.chunks:
            if chunk.label is not None and chunk.size is not None:
                inside = label - chunk.label
                if self._may_share(field, chunk, inside) and self._is_there(
                    chunk, inside, self._given_octets(node, slot, field)
                ):
                    return self._lead_to(chunk, inside, tree, node)
        return False

    @staticmethod
    def _may_share(field: Attribute, chunk: Chunk, inside: int) -> bool:
        """Whether an attribute is, or may be, a part of a chunk; only what may overlap can be."""
        if field.allows_overlap:
            return 0 <= inside <= (chunk.size or 0)
        first, slot = chunk.items[0] if chunk.items else (None, 0)
        held = first.plan.fields[slot] if first is not None else None
        return inside == 0 and isinstance(held, Attribute) and held.data == field.data

    def _given_octets(self, node: StructNode, slot: int, field: Attribute) -> bytes | None:
        """Return the octets that were given for an attribute; None where it has none itself."""
        value = self._grower.given.of(node, slot) if self._grower.given is not None else MISSING
        if isinstance(value, str) and isinstance(field.data, TextData):
            with suppress(UnicodeEncodeError):
                return value.encode(field.data.encoding)
        return value if isinstance(value, bytes) else None

    def _is_there(self, chunk: Chunk, inside: int, octets: bytes | None) -> bool:
        """Whether octets stand in a chunk, which may have got another length than it had."""
        if octets is None:
            return True
        try:
            held = Emitter(self._draft, self._grower.judges).plain(chunk.items)
        except Unknown:
            return True
        return held[inside : inside + len(octets)] == octets

    def _at(self, offset: int, node: StructNode, slot: int, field: Attribute, space: Space) -> None:
        """Grow an instance at an offset that is decided, or read it there."""
        if offset < 0:
            raise Rejected
        if not is_address(offset):
            self._at_fixed(offset, node, slot, field, space)
            return
        try:
            chunk, inside = space.chunk_at(offset)
        except LookupError:
            raise Rejected from None
        if inside == chunk.size:
            self._grow_in(chunk, node, slot, field)
        elif chunk.size is not None and 0 <= inside < chunk.size:
            self._read_back(chunk.items, inside, node, slot)
        else:
            raise Rejected

    def _at_fixed(
        self, offset: int, node: StructNode, slot: int, field: Attribute, space: Space
    ) -> None:
        owner = self._draft.owners[space]
        if space.cursor is None or offset < space.cursor or space.wanted == 0:
            items = [(owner, number) for number in owner.plan.sequence_slots]
            self._read_back(items, offset, node, slot)
            return
        chunk = self._new_chunk(space, offset)
        self._grow_in(chunk, node, slot, field)

    def _grow_in(self, chunk: Chunk, node: StructNode, slot: int, field: Attribute) -> None:
        space, size = chunk.space, chunk.size
        if size is None:
            raise Rejected
        before = (space.cursor, space.bits_left)
        space.cursor, space.bits_left = chunk.address + size, 0
        try:
            self._grower.attribute(node, slot, field, space)
            after: int | None = space.cursor
        finally:
            space.cursor, space.bits_left = before

        def undo() -> None:
            chunk.size = size
            chunk.items.pop()

        chunk.size = None if after is None else after - chunk.address
        chunk.items.append((node, slot))
        self._draft.undoing(undo)
        self._grower.judges.judge_around(node)

    def _read_back(
        self, items: list[tuple[StructNode, int]], offset: int, node: StructNode, slot: int
    ) -> None:
        """Read an instance from bytes that are there; leave it unread while they are open.

        Raises:
            Rejected: the bytes are not what the instance may be.
        """
        if self._grower.given is not None and not self._draft.is_forcing:
            return  # it was given, and nobody needs it
        try:
            data = Emitter(self._draft, self._grower.judges).plain(items)
        except Unknown:
            return
        stream = Stream(self._draft, data, 0, len(data))  # type: ignore[arg-type]  # a draft stands for a session
        stream.position = min(offset, len(data))

        def undo() -> None:
            node.values[slot] = UNREAD

        self._draft.undoing(undo)
        self._views[self._draft.key(node, slot)] = node
        try:
            nested = node.plan.instance_plans[slot].step(node, stream)
            if nested is not None:
                self._draft.run(nested)
        except (Fault, Unknown):
            raise Rejected from None
        self._draft.changed()
