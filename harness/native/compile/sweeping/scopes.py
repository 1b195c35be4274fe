"""Where an expression stands in a sweep: in the structure that holds the list, or in an item."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.schema.expression import typed
from harness.schema.ir import StructData
from harness.schema.types import StructValue

if TYPE_CHECKING:
    from harness.native.compile.layout import Layout
    from harness.native.compile.sweeping.around import Around
    from harness.reading.slots import Slots
    from harness.schema.expression.typed import Expr


class UnclearError(Exception):
    """Nothing can be told of such structures while a list is swept."""


@dataclass(slots=True)
class Scope:
    """A structure under way: the one that holds the list (`up` 0), or items, one in the other.

    Attributes:
        layout: of its type.
        up: how many levels it stands below the structure that holds the list.
        tag: what the names of its C variables end with.
        holder: the scope around it; None for the one that holds the list.
        data: how an item is read.
        index: the C variable of its place in its list.
        count: the C variable of how many items there are.
        numbers: C expressions of `int64_t`, by slot, for values that were read.
        texts: C expressions of how many characters or bytes values have, by slot.
        there: by slot, where a value is not always there: C of the condition, and whether it held.
        children: structures in it, by slot.
        sizes: C variables of how many items its lists have, by slot.
        around: what is joined from companions, by name.
        starts: C of where what is joined stands, by name, for what was swept before.
        before: C conditions that must hold before the loop over the items.
        level: so many loops are around what is written in this scope.
        is_outside: `index` is that of an item that is read in it, and `_index` means it.
    """

    layout: Layout
    up: int
    tag: str = "0"
    holder: Scope | None = None
    data: StructData | None = None
    index: str = ""
    count: str = ""
    numbers: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    there: dict[int, tuple[str, str]] = field(default_factory=dict)
    children: dict[int, Scope] = field(default_factory=dict)
    sizes: dict[int, str] = field(default_factory=dict)
    around: dict[str, Around] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    before: dict[str, None] = field(default_factory=dict)
    level: int = 0
    is_outside: bool = False

    @property
    def type(self) -> str:
        """The name of its type."""
        return self.layout.type.name

    def is_within(self, name: str) -> bool:
        """Whether it is of a type, or stands in a structure of it."""
        return self.type == name or (self.holder is not None and self.holder.is_within(name))

    def above(self, levels: int) -> Scope | None:
        """Return the scope so many levels above; None beyond the one that holds the list."""
        scope: Scope | None = self
        while levels and scope is not None:
            scope, levels = scope.holder, levels - 1
        return scope

    def outside(self) -> Scope:
        """Return the scope around it, as it is seen where the item is read: `_index` is its own."""
        holder = self.holder
        if holder is None:
            raise UnclearError
        return replace(
            holder, index=self.index, count=self.count, before=self.before, level=self.level,
            is_outside=bool(self.index),
        )  # fmt: skip

    def resolve(self, base: Expr, slots: Slots) -> Scope | None:
        """Return the scope of the structure that an expression means; None for any other."""
        levels = levels_above(base)
        if levels is not None:
            return self.above(levels)
        if not isinstance(base, typed.Field):
            return None
        holder = self.resolve(base.base, slots)
        if holder is None or holder.type != base.owner:
            return None
        return holder.children.get(slots.of(base.owner, base.name))


def levels_above(base: Expr) -> int | None:
    """Return how often `_parent` is asked for, from the structure itself; else None."""
    levels = 0
    while isinstance(base, typed.Parent):
        base, levels = base.base, levels + 1
    return levels if isinstance(base, typed.Self) else None


def rebased(node: Expr, scope: Scope, to: Scope) -> Expr:
    """Return an expression of one scope as one of another around it.

    Only chains of names are: fields, `_parent`, `_root`, what is joined, `_io`.

    Raises:
        UnclearError: it asks for anything that is only in the scopes between.
    """
    levels = levels_above(node)
    if levels is not None:
        left = levels - (scope.up - to.up)
        if left < 0:
            raise UnclearError
        self_: Expr = typed.Self(type=StructValue(to.type))
        parents = []
        while isinstance(node, typed.Parent):
            parents.append(node.type)
            node = node.base
        for type_ in parents[:left][::-1]:
            self_ = typed.Parent(base=self_, type=type_)
        return self_
    match node:
        case typed.Root(base=None):
            return node
        case typed.Field(base=base, owner=owner, name=name) if owner:
            return typed.Field(
                base=rebased(base, scope, to), owner=owner, name=name, type=node.type
            )
        case typed.Joined(base=base, name=name):
            return typed.Joined(base=rebased(base, scope, to), name=name, type=node.type)
        case typed.Io(base=base):
            return typed.Io(base=rebased(base, scope, to), type=node.type)
        case _:
            raise UnclearError


def joins_of(node: Expr) -> typed.Joined | None:
    """Return the join that a chain of names begins with; None where it begins otherwise."""
    while isinstance(node, typed.Field):
        node = node.base
    return node if isinstance(node, typed.Joined) else None
