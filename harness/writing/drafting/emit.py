"""From a draft to bytes: each stream in order, then what offsets lead to, then the offsets."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import (
    ABSENT,
    UNREAD,
    ListNode,
    Location,
    Missing,
    StructNode,
    Value,
    path_of,
)
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    Extent,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.walk import goes_on, is_bits
from harness.writing.drafting import packing
from harness.writing.drafting.draft import Draft, Key, Place
from harness.writing.drafting.out import Lies, Out, number_bytes
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.packs import Pack
from harness.writing.drafting.solve import Solver, Unsolved
from harness.writing.drafting.space import Chunk, Space, space_of

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.writing.drafting.judge import Judges

MAX_BYTES: Final = 1 << 26
WHOLE: Final = -1


class Written(NamedTuple):
    """A content that was written.

    Attributes:
        data: its bytes.
        is_complete: nothing in it must still be computed from its bytes.
    """

    data: bytes
    is_complete: bool


class Emitter:
    """Writes one draft."""

    def __init__(
        self,
        draft: Draft,
        judges: Judges,
        junk: Mapping[str, bytes] | None = None,
        unpacked: Mapping[str, bytes] | None = None,
    ) -> None:
        """Make one.

        Args:
            draft: what is written.
            judges: of the schema.
            junk: by path, bytes put at the end of a region.
            unpacked: by path, what a compressed region holds, whatever was decided.
        """
        self._junk = junk or {}
        self._unpacked = unpacked or {}
        self._draft = draft
        self._judges = judges
        self._solver = Solver(draft)
        self._later = {later.space: later for later in draft.later}
        self._lies: dict[Key, Lies] = {}
        self._packed: dict[Key, tuple[Out, int]] = {}
        self._relocations: dict[int, list[Any]] = {}
        self._is_late = False
        for relocation in draft.relocations:
            self._relocations.setdefault(id(relocation.chunk), []).append(relocation)

    def content(self) -> Written:
        """Return the whole content.

        Raises:
            Rejected: no bytes hold what was decided.
        """
        top = self._space(self._draft.main)
        root = self._draft.root
        assert root is not None
        self._lies[id(root), WHOLE] = (top, 0, len(top.data))
        left = list(self._derive(list(self._draft.open.values()), top))
        self._fix(top)
        # sums that are octets are never left open: only the whole content tells them
        is_left = not self._sum(top, left) or self._judges.has_sums_in_octets
        return Written(bytes(top.data), is_complete=not (is_left or self._is_late))

    def _sum(self, top: Out, left: list[Place]) -> bool:
        """Write the one sum over the whole content; say whether that was all there was to do."""
        if not left:
            return True
        node, slot, item = left[0]
        checksum = self._judges.of(node.plan).checksum(slot)
        if len(left) > 1 or checksum is None or not checksum.is_whole or item >= 0:
            return False
        if space_of(node) is not self._draft.main:
            return False
        found = [self._lies_of(node, zeroed) for zeroed in checksum.zeroed]
        holes = [lies[1:] for lies in found if lies is not None]
        with memoryview(top.data) as data:
            self._draft.set(node, slot, checksum.over(data, 0, len(data), holes))
        self._fix(top, left[0])
        return True

    def _derive(self, places: list[Place], top: Out | None) -> Iterator[Place]:
        """Decide what follows from where things lie; yield what this cannot tell."""
        measure = self._measurer(top)
        for place in places:
            node, slot, item = place
            derived = self._judges.of(node.plan).derived(slot)
            wanted = None
            if derived is not None:
                with self._draft.only_looking():
                    wanted = derived.wanted_at(Location(*place), measure)
            if wanted is None:
                yield place
            else:
                self._draft.set(node, slot, wanted, item)

    def _measurer(self, top: Out | None) -> Callable[[Location, str], int | None]:
        def measure(place: Location, what: str) -> int | None:
            node, slot, item = place
            held = node.values[slot] if slot >= 0 else node
            if isinstance(held, StructNode):
                lies = self._lies.get((id(held), WHOLE))
            elif item >= 0:
                return None
            else:
                lies = self._lies_of(node, slot)
            if lies is None:
                return None
            out, start, end = lies
            return end - start if what == "size" else out.absolute(top, start)

        return measure

    def _lies_of(self, node: StructNode, slot: int) -> Lies | None:
        """Return where an attribute lies; None where it was not written."""
        for pack in self._judges.packs(node.plan):
            if isinstance(pack, Pack) and slot in pack.slots:
                packed = self._packed.get((id(node), pack.slots.start))
                if packed is not None:
                    out, start = packed
                    begin, end = pack.spans[slot - pack.slots.start]
                    return out, start + begin, start + end
        return self._lies.get((id(node), slot))

    def plain(self, items: list[tuple[StructNode, int]]) -> bytes:
        """Return the bytes of attributes that are all decided.

        Raises:
            Unknown: one is not.
        """
        out = Out()
        cursors = [(space, space.cursor) for space in self._draft.spaces]
        try:
            for node, slot in items:
                self._slot(node, slot, out)
        finally:
            for space, cursor in cursors:
                space.cursor = cursor
        out.align()
        if out.fixups:
            raise Unknown("bytes", is_reported=False)
        return bytes(out.data)

    # streams

    def _space(self, space: Space) -> Out:
        out = Out()
        owner = self._draft.owners[space]
        self._sequence(owner, out)
        out.align()
        for chunk in self._judges.layouts.ordered(self._draft, space):
            self._chunk(chunk, out)
        return out

    def _chunk(self, chunk: Chunk, out: Out) -> None:
        if chunk.offset is not None:
            self._overlay(chunk, chunk.offset, out)
            return
        lead = b"" if out.data.endswith(chunk.lead) else chunk.lead  # it may stand there already
        gap = -(len(out.data) + len(lead)) % chunk.align
        out.data += bytes(gap) + lead
        offset = len(out.data)
        for node, slot in chunk.items:
            self._slot(node, slot, out)
        out.align()
        for relocation in self._relocations.get(id(chunk), ()):
            self._solve(relocation.tree, offset + relocation.inside, relocation.node, NOTHING_BOUND)

    def _overlay(self, chunk: Chunk, offset: int, out: Out) -> None:
        """Write a chunk where it must lie; what lies there already must be the same."""
        if offset > MAX_BYTES:
            raise Rejected
        own = Out(outer=out, base=offset, first=offset)
        for node, slot in chunk.items:
            self._slot(node, slot, own)
        own.align()
        out.data += bytes(max(0, offset - len(out.data)))
        there = out.data[offset : offset + len(own.data)]
        if there != own.data[: len(there)]:
            raise Rejected
        out.data += own.data[len(there) :]
        out.fixups += [(offset + at, where, held) for at, where, held in own.fixups]

    def _solve(self, tree: Any, wanted: int, node: StructNode, bound: Bound) -> None:
        try:
            self._solver.solve(tree, wanted, node, bound)
        except (Unsolved, Unknown):
            raise Rejected from None

    def _fix(self, out: Out, only: Place | None = None) -> None:
        """Write what has been decided since its bytes were written; all of it, or one."""
        for offset, place, data in out.fixups:
            if only is not None and place != only:
                continue
            node, slot, item = place
            held = node.values[slot]
            value = held.items[item] if item >= 0 and isinstance(held, ListNode) else held
            if not isinstance(value, Missing):
                raw = self._following(place, data, value)
                out.data[offset : offset + len(raw)] = raw

    def _finish(self, inner: Out) -> None:
        """Write what follows for numbers of a region that is to be packed, as far as it shows."""
        open_ = self._draft.open
        left = [place for _, place, _ in inner.fixups if self._draft.key(*place) in open_]
        if list(self._derive(left, None)):
            self._is_late = True
        self._fix(inner)

    def _following(self, place: Place, data: IntegerData | FloatData, value: Value) -> bytes:
        """Return the bytes of a number that follows from the rest."""
        try:
            return number_bytes(data, value, big_endian=place[0].big_endian)
        except Rejected:
            self._draft.at = place
            raise Rejected(f"what follows for it is {value!r}, which it cannot hold") from None

    # attributes

    def _sequence(self, node: StructNode, out: Out) -> None:
        for part in self._judges.packs(node.plan):
            if isinstance(part, Pack):
                self._pack(node, part, out)
            else:
                self._slot(node, part, out)

    def _pack(self, node: StructNode, pack: Pack, out: Out) -> None:
        """Write neighbours of fixed size at once."""
        out.align()
        start, owned, values = len(out.data), self._draft.owned, node.values[pack.place]
        node.stream.cursor = out.first + start  # type: ignore[attr-defined]  # a Space
        for number, slot, offset, data in pack.numbers:
            if values[number] is UNREAD or (owned and (id(node), slot) in owned):
                out.fixups.append((start + offset, (node, slot, -1), data))
                values[number] = 0
        if pack.has_octets and UNREAD in values:
            raise Unknown("value", is_reported=False)
        try:
            out.data += pack.layout.pack(*values)
        except (struct.error, OverflowError):
            raise Rejected from None
        self._packed[id(node), pack.slots.start] = (out, start)

    def _slot(self, node: StructNode, slot: int, out: Out) -> None:
        attribute, value = node.plan.fields[slot], node.values[slot]
        assert isinstance(attribute, Attribute)
        if value is ABSENT:
            return
        start = len(out.data) - (out.bits_left > 0 and is_bits(attribute.data))
        self._value_or_list(node, slot, attribute, value, out)
        self._lies[id(node), slot] = (out, start, len(out.data))

    def _value_or_list(
        self, node: StructNode, slot: int, attribute: Attribute, value: Value, out: Out
    ) -> None:
        if isinstance(value, ListNode):
            if value.is_abandoned:
                raise Unknown(node.plan.names[slot], is_reported=False)
            for index, item in enumerate(value.items):
                bound = {"_index": index}
                self._value((node, slot, index), attribute.data, item, out, bound)
        else:
            self._value((node, slot, -1), attribute.data, value, out, NOTHING_BOUND)

    def _value(
        self, place: Place, data: DataType, value: Value, out: Out, bound: Bound
    ) -> None:  # fmt: skip
        node = place[0]
        if isinstance(data, SwitchData):
            data, bound = self._arm(place, data, bound)
        if isinstance(data, BitsData):
            out.put_bits(0 if isinstance(value, Missing) else int(value), data)  # type: ignore[arg-type]  # a number
            return
        if out.bits_left and not goes_on(self._draft.book.schema, data):
            out.align()
        node.stream.cursor = out.first + len(out.data)  # type: ignore[attr-defined]  # a Space
        match data:
            case IntegerData() | FloatData():
                self._number(place, data, value, out)
            case StructData() if isinstance(value, StructNode):
                self._structure(place, data, value, out, bound)
            case BytesData() | TextData() if isinstance(value, bytes | str):
                raw = value.encode(data.encoding) if isinstance(data, TextData) else value  # type: ignore[union-attr]  # text
                out.data += self._held(place, data.extent, raw, bound)  # type: ignore[arg-type]  # octets
            case _:
                raise Unknown("value", is_reported=False)

    def _arm(self, place: Place, data: SwitchData, bound: Bound) -> tuple[DataType, Bound]:
        node = place[0]
        value = self._solver.value(data.on.tree, node, bound)
        inner = {**bound, "_on": value}
        for case in data.cases:
            if case.match is None or self._solver.value(case.match.tree, node, inner) == value:
                return case.data, inner
        if data.extent is None:
            raise Rejected
        return BytesData(data.extent), inner

    def _number(self, place: Place, data: IntegerData | FloatData, value: Value, out: Out) -> None:
        node = place[0]
        if value is UNREAD or self._draft.key(*place) in self._draft.owned:
            out.fixups.append((len(out.data), place, data))
            value = 0
        out.data += number_bytes(data, value, big_endian=node.big_endian)

    def _held(self, place: Place, extent: Extent, raw: bytes, bound: Bound) -> bytes:
        """Return the bytes that hold a content, processed, ended and filled up."""
        node, slot, index = place
        packed = packing.pack(extent, raw, self._solver, node, bound)
        size = None
        if extent.size is not None and (id(node), id(extent)) not in self._draft.unsized:
            try:
                size = self._solver.value(extent.size.tree, node, bound)
            except Unknown:
                size = None
        is_ended = (id(node), slot, index) not in self._draft.unended
        try:
            filled = packing.fill(extent, packed, size, is_ended=is_ended)
        except packing.Unfit:
            raise Rejected from None
        return filled

    def _structure(
        self, place: Place, data: StructData, child: StructNode, out: Out, bound: Bound
    ) -> None:
        start = len(out.data) - (out.bits_left > 0)  # it may begin in the last byte
        if data.extent is None:
            self._sequence(child, out)
            self._lies[id(child), WHOLE] = (out, start, len(out.data))
            return
        space = space_of(child)
        assert space is not None
        inner = self._space(space)
        if self._junk:
            inner.data += self._junk.get(path_of(Location(child)), b"")
        if space.wanted is not None and child.plan.type.layout.trailing != "forbid":
            inner.data += bytes(max(0, space.wanted - len(inner.data)))
        if space.is_packed:
            self._finish(inner)
        if self._unpacked:
            inner.data = bytearray(self._unpacked.get(path_of(Location(child)), inner.data))
        later = self._later.get(space)
        if later is not None and data.extent.size is not None:
            size = len(
                packing.pack(data.extent, bytes(inner.data), self._solver, *place[:1], bound)
            )
            self._solve(data.extent.size.tree, size, place[0], bound)
        out.data += self._held(place, data.extent, bytes(inner.data), bound)
        self._lies[id(child), WHOLE] = (inner, 0, len(inner.data))
        if space.is_packed:
            self._lies[id(child), WHOLE] = (out, start, len(out.data))
        else:
            inner.outer, inner.base = out, start
            out.fixups += [(start + offset, where, held) for offset, where, held in inner.fixups]
