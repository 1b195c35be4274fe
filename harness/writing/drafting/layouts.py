"""Where rules want what offsets lead to: at multiples of a number, right behind something, last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import ListNode, StructNode
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import StructData, SwitchData
from harness.schema.walk import arms_of
from harness.writing.drafting.facts import Facts, Name
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.space import Chunk, Space, is_address, rank, space_of
from harness.writing.drafting.told import equalities

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import DataType, Schema, Type
    from harness.writing.drafting.draft import Draft


class Sequel(NamedTuple):
    """A rule says what lies right behind a structure.

    Attributes:
        when: under which condition.
        leads: an offset that leads there; None where the stream ends there.
    """

    when: Expr | None
    leads: Expr | None


class Layouts:
    """What the rules of a schema say of places."""

    def __init__(self, schema: Schema, facts: Facts) -> None:
        """Look for it.

        Args:
            schema: the format.
            facts: what its values depend on.
        """
        self._facts = facts
        self._schema = schema
        self._alignments: dict[str, int] = {}
        self._multiples: dict[Name, int] = {}
        self._sequels: dict[str, tuple[Sequel, ...]] = {}
        for type_ in schema.types.values():
            found = tuple(self._rules(type_))
            if found:
                self._sequels[type_.name] = found

    def _rules(self, type_: Type) -> Iterator[Sequel]:
        for check in type_.checks:
            when = check.when.tree if check.when is not None else None
            for equality in equalities(check.check.tree):
                assert equality.right is not None
                self._look_at_multiple(equality.left, equality.right)
                for side, other in (
                    (equality.left, equality.right),
                    (equality.right, equality.left),
                ):
                    if _is_about_own_place(side) and not _is_about_own_place(other):
                        yield Sequel(when, None if _is_size(other) else other)

    def _look_at_multiple(self, left: Expr, right: Expr) -> None:
        """Note `offset % 4 == 0`, also where several offsets are put together by `|`."""
        match left, right:
            case (
                typed.Operation(operator="%", left=number, right=typed.Constant(value=int() as of)),
                typed.Constant(value=0),
            ) if of > 0:
                for owner, name in self._facts.deciding(number):
                    before = self._multiples.get((owner, name), 1)
                    self._multiples[owner, name] = lcm(before, of)

    def multiple(self, tree: Expr, type_name: str) -> int:
        """Return what a position must be a multiple of, as far as rules say so by themselves."""
        if not self._multiples:
            return 1
        names = self._facts.deciding(tree, type_name)
        return lcm(*(self._multiples.get(name, 1) for name in names))

    def alignment(self, data: DataType) -> int:
        """Return what the offset of a value must be a multiple of, by the fields in it."""
        if not isinstance(data, StructData | SwitchData):
            return 1
        names = {d.type for d in arms_of(data) if isinstance(d, StructData) and d.extent is None}
        return lcm(1, *(self._of_type(name, frozenset()) for name in names))

    def _of_type(self, name: str, seen: frozenset[str]) -> int:
        if name not in self._alignments and name not in seen:
            fields = self._schema.types[name].sequence
            inner = (
                self._of_type(data.type, seen | {name})
                for field in fields
                for data in arms_of(field.data)
                if isinstance(data, StructData) and data.extent is None
            )
            self._alignments[name] = lcm(1, *(field.align for field in fields), *inner)
        return self._alignments.get(name, 1)

    # the order of chunks

    def ordered(self, draft: Draft, space: Space) -> list[Chunk]:
        """Return the chunks of a stream in the order in which they are to lie."""
        chunks = sorted(space.chunks, key=rank)
        if not self._sequels or all(chunk.label is not None for chunk in chunks):
            return chunks
        behind, ends = self._bonds(draft, space, chunks)
        return _in_chains(chunks, behind, ends)

    def _bonds(
        self, draft: Draft, space: Space, chunks: list[Chunk]
    ) -> tuple[dict[Chunk | None, list[Chunk]], set[Chunk]]:
        """Return what must lie behind each chunk, or behind the sequence, and what must be last."""
        behind: dict[Chunk | None, list[Chunk]] = {}
        bound, ends = set[Chunk](), set[Chunk]()
        owner = draft.owners[space]
        runs: list[tuple[Chunk | None, list[object]]] = [(None, [owner])]
        runs += [(c, [node.values[slot] for node, slot in c.items]) for c in chunks]
        for chunk, values in runs:
            for node in _structures(values, space):
                for leads in self._leads(draft, node):
                    if leads is None and chunk is not None:
                        ends.add(chunk)
                    target = _chunk_at(space, leads)
                    if target is not None and target is not chunk and target not in bound:
                        bound.add(target)
                        behind.setdefault(chunk, []).append(target)
        return behind, ends

    def _leads(self, draft: Draft, node: StructNode) -> Iterator[object]:
        """Yield the offsets of what must lie behind a structure; None for the stream's end."""

        def look(tree: Expr) -> object:
            return draft.look(draft.compile(tree), node, NOTHING_BOUND)

        for when, leads in self._sequels.get(node.plan.type.name, ()):
            with draft.only_looking(), suppress(Unknown, Rejected):
                if when is None or look(when):
                    yield None if leads is None else look(leads)


def _in_chains(
    chunks: list[Chunk], behind: dict[Chunk | None, list[Chunk]], ends: set[Chunk]
) -> list[Chunk]:
    """Let each chunk be followed by what must lie behind it; chains with an end come last."""
    bound = {chunk for chain in behind.values() for chunk in chain}
    free = [chunk for chunk in chunks if chunk not in bound]
    chains = [_chain(behind, behind.get(None, ()))]
    chains += [_chain(behind, (chunk,)) for chunk in free]
    chains.sort(key=lambda chain: not ends.isdisjoint(chain))
    found = dict.fromkeys(chunk for chain in chains for chunk in chain)
    return [*found, *(chunk for chunk in chunks if chunk not in found)]


def _chain(behind: dict[Chunk | None, list[Chunk]], first: Iterable[Chunk]) -> list[Chunk]:
    found: dict[Chunk, None] = {}
    waiting = list(first)[::-1]
    while waiting:
        chunk = waiting.pop()
        if chunk not in found:
            found[chunk] = None
            waiting += reversed(behind.get(chunk, ()))
    return list(found)


def _structures(values: list[object], space: Space) -> Iterator[StructNode]:
    """Yield the structures that are written one after the other into a stream."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, ListNode):
            waiting += value.items
        elif isinstance(value, StructNode) and space_of(value) is space:
            yield value
            waiting += (value.values[slot] for slot in value.plan.sequence_slots)


def _chunk_at(space: Space, address: object) -> Chunk | None:
    """Return the chunk that begins at an address, if it may lie anywhere."""
    if not is_address(address):
        return None
    try:
        chunk, inside = space.chunk_at(address)  # type: ignore[arg-type]  # an integer
    except LookupError:
        return None
    return chunk if inside == 0 and chunk.offset is None and chunk.label is None else None


def _is_about_own_place(tree: Expr) -> bool:
    """Whether an expression is computed from where its own structure begins or ends."""
    return any(
        isinstance(node, typed.Offset)
        and node.which != "sizeof"
        and isinstance(node.base, typed.Self)
        for node in nodes_of(tree)
    )


def _is_size(tree: Expr) -> bool:
    """Whether an expression is the size of the stream."""
    return (
        isinstance(tree, typed.StreamProperty)
        and tree.name == "size"
        and isinstance(tree.base, typed.Io)
        and isinstance(tree.base.base, typed.Self)
    )
