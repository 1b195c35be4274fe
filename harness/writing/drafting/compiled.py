"""Expressions of a schema, each compiled once for all drafts, and what shows without a draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.tree import UNREAD, Value
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import ValueInstance

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook
    from harness.schema.expression.typed import Expr

_LAZY: Final = frozenset({"and", "or"})
_ENDS: Final = frozenset({"eof", "size"})
_PLAIN: Final = (
    typed.Constant, typed.ConstantBytes, typed.ListOf, typed.Join, typed.Cast, typed.Operation,
    typed.Choice,
)  # fmt: skip


class Part(NamedTuple):
    """A field or an element of a list that an expression looks at.

    Attributes:
        base: gives what it is in; None for the structure itself.
        slot: of a field; -1 for an element.
        number: gives the index of an element; None for a field.
    """

    base: Evaluate | None
    slot: int
    number: Evaluate | None


class Looks(NamedTuple):
    """What an expression looks at, at any depth.

    Attributes:
        fields: by type and name.
        is_at_end: also at where a stream ends.
    """

    fields: frozenset[tuple[str, str]]
    is_at_end: bool


class Compiled:
    """Expressions of a schema, each compiled once."""

    def __init__(self, book: PlanBook) -> None:
        self._book = book
        self._known: dict[int, Evaluate] = {}
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._sized: dict[int, tuple[Evaluate, ...]] = {}
        self._needed: dict[int, tuple[int, ...]] = {}
        self._places: dict[int, Part | None] = {}
        self._looks: dict[int, Looks] = {}
        self._trees: list[Expr] = []

    def of(self, tree: Expr) -> Evaluate:
        """Return the closure of an expression."""
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = self._book.expressions.compile(tree)
            self._trees.append(tree)  # or another one could get its number
        return known

    def looked_at(self, tree: Expr) -> tuple[Part, ...]:
        """Return the fields and elements that an expression looks at."""
        known = self._parts.get(id(tree))
        if known is None:
            place = self.place(tree)
            known = tuple(self._looked_at(tree)) if place is None else (place,)
            self._parts[id(tree)] = known
            self._trees.append(tree)
        return known

    def _looked_at(self, tree: Expr) -> Iterator[Part]:
        for node in nodes_of(tree):
            if isinstance(node, typed.At):
                yield Part(self.of(node.base), -1, self.of(node.index))
            elif isinstance(node, typed.Field) and node.owner:
                slot = self._book.slots.of(node.owner, node.name)
                is_own = isinstance(node.base, typed.Self)
                yield Part(None if is_own else self.of(node.base), slot, None)

    def place(self, tree: Expr) -> Part | None:
        """Return the field or item that an expression names, where nothing else in it can be open.

        None for any other expression, such as a byte of a field, and for fields that are not read
        in sequence.
        """
        if id(tree) not in self._places:
            self._places[id(tree)] = self._place(tree)
            self._trees.append(tree)
        return self._places[id(tree)]

    def _place(self, tree: Expr) -> Part | None:
        return next(self._looked_at(tree)) if self._is_place(tree) else None

    def _is_place(self, tree: Expr) -> bool:
        match tree:
            case typed.At(base=typed.Field() as field, index=typed.Bound() | typed.Constant()):
                return self._is_in_sequence(field, is_list=True)
            case typed.Field():
                return self._is_in_sequence(tree, is_list=False)
        return False

    def _is_in_sequence(self, tree: typed.Field, *, is_list: bool) -> bool:
        type_ = self._book.schema.types.get(tree.owner)
        named = (field for field in type_.sequence if field.id == tree.name) if type_ else ()
        is_there = any((field.repeat is not None) == is_list for field in named)
        return is_there and (_is_around(tree.base) or self._is_place(tree.base))

    def sized(self, tree: Expr) -> tuple[Evaluate, ...]:
        """Return what gives the streams whose size an expression looks at."""
        known = self._sized.get(id(tree))
        if known is None:
            known = self._sized[id(tree)] = tuple(
                self.of(node.base)
                for node in nodes_of(tree)
                if isinstance(node, typed.StreamProperty) and node.name == "size"
            )
            self._trees.append(tree)
        return known

    def looks(self, tree: Expr) -> Looks:
        """Return what an expression looks at, and what that is computed from."""
        known = self._looks.get(id(tree))
        if known is None:
            parts = list(self._parts_in(tree, set()))
            fields = frozenset((p.owner, p.name) for p in parts if isinstance(p, typed.Field))
            ends = (p.name in _ENDS for p in parts if isinstance(p, typed.StreamProperty))
            known = self._looks[id(tree)] = Looks(fields, any(ends))
            self._trees.append(tree)
        return known

    def _parts_in(self, tree: Expr, seen: set[tuple[str, str]]) -> Iterator[Expr]:
        """Yield the nodes of an expression, and of the instances that it looks at."""
        for part in nodes_of(tree):
            yield part
            if not isinstance(part, typed.Field) or not part.owner:
                continue
            if (part.owner, part.name) in seen:
                continue
            seen.add((part.owner, part.name))
            for field in self._book.schema.types[part.owner].instances:
                if field.id == part.name and isinstance(field, ValueInstance):
                    yield from self._parts_in(field.value.tree, seen)

    def needed(self, tree: Expr) -> tuple[int, ...]:
        """Return the slots of its own structure without which an expression has no value."""
        known = self._needed.get(id(tree))
        if known is None:
            known = self._needed[id(tree)] = tuple(dict.fromkeys(self._slots_in(tree, set())))
            self._trees.append(tree)
        return known

    def wholes(self, tree: Expr) -> frozenset[int]:
        """Return those of the slots needed whose lists are needed as a whole."""
        needed = self.needed(tree)
        return frozenset(
            slot
            for node in nodes_of(tree)
            if isinstance(node, typed.Method | typed.Quantifier)
            and isinstance(node.base, typed.Field)
            and isinstance(node.base.base, typed.Self)
            and node.base.owner
            and (slot := self._book.slots.of(node.base.owner, node.base.name)) in needed
        )

    def _slots_in(self, tree: Expr, seen: set[str]) -> Iterator[int]:
        match tree:
            case typed.Field(base=typed.Self(), owner=owner, name=name) if owner:
                yield from self._slots_of(owner, name, seen)
            case typed.Operation(operator=operator, left=left) if operator in _LAZY:
                yield from self._slots_in(left, seen)
            case typed.Choice(condition=condition):
                yield from self._slots_in(condition, seen)
            case typed.Quantifier(base=base):
                yield from self._slots_in(base, seen)
            case _:
                for part in parts_of(tree):
                    yield from self._slots_in(part, seen)

    def _slots_of(self, owner: str, name: str, seen: set[str]) -> Iterator[int]:
        """Yield a slot; of what is computed, the slots that it is computed from."""
        type_ = self._book.schema.types[owner]
        for field in type_.instances:
            if field.id == name and isinstance(field, ValueInstance):
                if name not in seen:
                    seen.add(name)
                    yield from self._slots_in(field.value.tree, seen)
                return
        yield self._book.slots.of(owner, name)


def parts_of(tree: Expr) -> Iterator[Expr]:
    """Yield what an expression is made of, one level down."""
    for name in tree.__struct_fields__:
        value = getattr(tree, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, typed.Expr):
                yield part


def _is_around(tree: Expr) -> bool:
    """Whether an expression is the structure itself, or one around it."""
    match tree:
        case typed.Self() | typed.Root(base=None):
            return True
        case typed.Parent(base=base):
            return _is_around(base)
    return False


def is_constant(tree: Expr) -> bool:
    """Whether an expression gives the same wherever it stands."""
    return all(is_plain(node) for node in nodes_of(tree))


def is_plain(node: Expr) -> bool:
    """Whether a node of an expression looks at nothing that is outside of it."""
    return isinstance(node, _PLAIN)


def lacks(values: list[Value], needed: tuple[int, ...]) -> bool:
    """Whether one of the slots holds no value yet."""
    for slot in needed:  # noqa: SIM110  # a generator takes twice as long
        if values[slot] is UNREAD:
            return True
    return False
