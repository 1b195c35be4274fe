"""Freedom: whether what is open in an expression can be decided for any number that is wanted."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import UNREAD, StructNode
from harness.schema.expression import typed
from harness.schema.ir import Parameter, ValueInstance
from harness.writing.drafting.arguments import trees_of
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.solve import unit_of

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema
    from harness.writing.drafting.draft import Draft, Key
    from harness.writing.drafting.solve import Solver

_SUMS: Final = frozenset({"+", "-"})
_PARTS: Final = frozenset({"+", "|"})
# operators by which some numbers can be had; by the others, none where the right operand is open
_SOME: Final = frozenset({"*", "<<", "&", "|"})
_ANY: Final = frozenset({"+", "-", "/", ">>"})
_RIGHT: Final = frozenset({"+", "-", "*", "|"})


class Freedom(IntEnum):
    """Which numbers an expression can be made to give."""

    NONE = 0
    SOME = 1
    ANY = 2


class Freedoms:
    """Tells the freedom of expressions in one draft."""

    def __init__(self, draft: Draft, solver: Solver) -> None:
        self._draft = draft
        self._solver = solver

    def of(
        self, tree: Expr, node: StructNode, bound: Bound, known: dict[Key, Freedom] | None = None
    ) -> Freedom:
        """Return which numbers an expression with something open in it can be made to give.

        Args:
            tree: the expression.
            node: where.
            bound: what its names stand for.
            known: the same of what is computed or passed; none while that is looked into.
        """
        known = {} if known is None else known
        match tree:
            case typed.Field(owner=owner) if owner:
                return self._of_field(tree, node, bound, known)
            case typed.At():
                return Freedom.ANY
            case typed.Cast(base=base):
                return self.of(base, node, bound, known)
            case typed.Choice(condition=condition, then=then, otherwise=otherwise):
                if not self._is_known(condition, node, bound):
                    return Freedom.NONE
                arm = then if self._solver.value(condition, node, bound) else otherwise
                return self.of(arm, node, bound, known)
            case typed.Operation(right=right) if right is not None:
                return self._of_operation(tree, right, node, bound, known)
        return Freedom.NONE

    def _of_field(
        self, tree: typed.Field, node: StructNode, bound: Bound, known: dict[Key, Freedom]
    ) -> Freedom:
        if not self._is_known(tree.base, node, bound):
            return Freedom.NONE
        target = self._solver.value(tree.base, node, bound)
        if not isinstance(target, StructNode):
            return Freedom.NONE
        slot = self._draft.book.slots.of(tree.owner, tree.name)
        field = target.plan.fields[slot]
        if isinstance(field, ValueInstance | Parameter):
            key = id(target), slot
            if key not in known:
                known[key] = Freedom.NONE
                known[key] = self._of_computed(target, slot, field, known)
            return known[key]
        is_open = target.values[slot] is UNREAD
        return Freedom.ANY if is_open else Freedom.NONE

    def _of_computed(
        self, target: StructNode, slot: int, field: ValueInstance | Parameter,
        known: dict[Key, Freedom],
    ) -> Freedom:  # fmt: skip
        if isinstance(field, ValueInstance):
            return self.of(field.value.tree, target, NOTHING_BOUND, known)
        if target.parent is None:
            return Freedom.ANY if target.values[slot] is UNREAD else Freedom.NONE
        return self.of(trees_of(target)[slot], target.parent, {"_index": target.index}, known)

    def _of_operation(
        self, tree: typed.Operation, right: Expr, node: StructNode, bound: Bound,
        known: dict[Key, Freedom],
    ) -> Freedom:  # fmt: skip
        name, left = tree.operator, tree.left
        knows_left = self._is_known(left, node, bound)
        knows_right = self._is_known(right, node, bound)
        if not knows_left and not knows_right:
            is_parted = name in _PARTS and (unit_of(left) or unit_of(right))
            return min(self._arms(left, right, node, bound, known)) if is_parted else Freedom.NONE
        if knows_left and name not in _RIGHT:
            return Freedom.NONE
        side = self.of(right if knows_left else left, node, bound, known)
        if name in _ANY:
            return side
        return min(side, Freedom.SOME) if name in _SOME else Freedom.NONE

    def _arms(
        self, left: Expr, right: Expr, node: StructNode, bound: Bound, known: dict[Key, Freedom]
    ) -> list[Freedom]:
        """Return those of two parts of a number; that one is a multiple is no lack of the whole."""
        sides = [self._without_unit(left), self._without_unit(right)]
        return [self.of(side, node, bound, known) for side in sides]

    @staticmethod
    def _without_unit(tree: Expr) -> Expr:
        return tree.left if isinstance(tree, typed.Operation) and unit_of(tree) else tree

    def _is_known(self, tree: Expr, node: StructNode, bound: Bound) -> bool:
        try:
            with self._draft.only_looking():
                self._solver.value(tree, node, bound)
        except (Unknown, Rejected, KeyError):
            return False
        return True


def may_be_any(tree: Expr, schema: Schema) -> bool:
    """Whether an expression looks as if it could be made to give any number, or any multiple."""
    seen = set[tuple[str, str]]()
    while True:
        match tree:
            case typed.Cast(base=base):
                tree = base
            case typed.Field(owner=owner, name=name) if owner:
                instances = schema.types[owner].instances
                computed = (i for i in instances if i.id == name and isinstance(i, ValueInstance))
                instance = next(computed, None)
                if instance is None:
                    return True
                if (owner, name) in seen:
                    return False
                seen.add((owner, name))
                tree = instance.value.tree
            case typed.Operation(left=left, right=typed.Constant()) if tree.operator in (
                _ANY | {"*"}
            ):
                tree = left
            case typed.Operation(operator=operator, right=right) if right is not None:
                return operator in _SUMS or operator == "|"
            case _:
                return isinstance(tree, typed.At)
