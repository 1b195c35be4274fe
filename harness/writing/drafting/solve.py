"""Solving: deciding the one open value in an expression so that it gives what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Unknown
from harness.reading.tree import UNREAD, ListNode, StructNode
from harness.schema.expression import typed
from harness.schema.ir import Attribute, FloatData, IntegerData, Parameter, ValueInstance
from harness.schema.types import IntValue
from harness.writing.drafting.arguments import trees_of
from harness.writing.drafting.space import is_address

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.draft import Draft, Place

# bits of the largest numbers that are put together of parts
_MOST_SHIFT: Final = 64


class Solver:
    """Decides open values of one draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._compile = draft.compile

    def value(self, tree: Expr, node: StructNode, bound: Bound) -> Any:
        """Return what an expression gives.

        Raises:
            Unknown: a value in it is still open.
        """
        return self._draft.look(self._compile(tree), node, bound)

    def told(self, tree: Expr, node: StructNode, bound: Bound) -> Any:
        """Return what an expression gives; UNREAD while a value in it is still open."""
        if self._is_open(tree, node, bound):  # nearly all that are: nothing need be raised
            return UNREAD
        try:
            return self.value(tree, node, bound)
        except Unknown:
            return UNREAD

    def _is_open(self, tree: Expr, node: StructNode, bound: Bound) -> bool:
        """Whether an expression names one field or item that is open."""
        place = self._place(tree, node, bound)
        if place is None:
            return False
        target, slot, item = place
        held = target.values[slot]
        return (held.items[item] if item >= 0 else held) is UNREAD  # type: ignore[union-attr]  # a list

    def _place(self, tree: Expr, node: StructNode, bound: Bound) -> Place | None:
        """Return the field or item that an expression names, if that is all there is to it."""
        place = self._draft.compiled.place(tree)
        if place is None:
            return None
        base, slot, number = place
        try:
            target: Any = node if base is None else base(node, bound)
            if number is None:
                return target, slot, -1
            index = number(node, bound)
        except Unknown:
            return None
        is_there = target.node is not None and 0 <= index < len(target.items)
        return (target.node, target.slot, index) if is_there else None

    def solve(self, tree: Expr, wanted: Any, node: StructNode, bound: Bound) -> list[Place]:
        """Decide open values of `tree` so that it gives `wanted`.

        Returns:
            What was decided.

        Raises:
            Unsolved: it cannot be, or this does not know how.
        """
        place = self._place(tree, node, bound)
        if place is not None:
            target, slot, item = place
            return self._decide(target, slot, item, target.plan.fields[slot], wanted)
        match tree:
            case typed.Field(owner=owner) if owner:
                return self._field(tree, wanted, node, bound)
            case typed.At(base=base, index=index):
                return self._item(self.value(base, node, bound), index, wanted, node, bound)
            case typed.Cast(base=base):
                return self.solve(base, wanted, node, bound)
            case typed.Choice(condition=condition, then=then, otherwise=otherwise):
                arm = then if self.value(condition, node, bound) else otherwise
                return self.solve(arm, wanted, node, bound)
            case typed.Operation(right=right) if right is not None:
                return self._operation(tree, right, wanted, node, bound)
            case typed.Operation(operator="not", left=left):
                return self.solve(left, not wanted, node, bound)
        return self._equal(tree, wanted, node, bound)

    def _equal(self, tree: Expr, wanted: Any, node: StructNode, bound: Bound) -> list[Place]:
        """Nothing can be decided: it gives that already, or never will."""
        try:
            if self.value(tree, node, bound) == wanted:
                return []
        except Unknown:
            pass
        raise Unsolved

    def _field(self, tree: typed.Field, wanted: Any, node: StructNode, bound: Bound) -> list[Place]:
        target = self.value(tree.base, node, bound)
        slot = self._draft.book.slots.of(tree.owner, tree.name)
        if not isinstance(target, StructNode):
            raise Unsolved
        field = target.plan.fields[slot]
        if isinstance(field, ValueInstance):
            return self.solve(field.value.tree, wanted, target, NOTHING_BOUND)
        if isinstance(field, Parameter):
            return self._argument(target, slot, wanted)
        return self._decide(target, slot, -1, field, wanted)

    def _argument(self, target: StructNode, slot: int, wanted: Any) -> list[Place]:
        """A parameter is what the structure around passed."""
        value = target.values[slot]
        if value == wanted:
            return []
        if target.parent is None or not (value is UNREAD or is_address(value)):
            raise Unsolved
        trees = trees_of(target)
        return self.solve(trees[slot], wanted, target.parent, {"_index": target.index})

    def _item(
        self, items: Any, index: Expr, wanted: Any, node: StructNode, bound: Bound
    ) -> list[Place]:
        number = self.value(index, node, bound)
        if not isinstance(items, ListNode) or items.node is None:
            raise Unsolved
        if not 0 <= number < len(items.items):
            raise Unsolved
        field = items.node.plan.fields[items.slot]
        return self._decide(items.node, items.slot, number, field, wanted)

    def _decide(
        self, target: StructNode, slot: int, item: int, field: Any, wanted: Any
    ) -> list[Place]:
        draft = self._draft
        key = draft.key(target, slot, item)
        held = target.values[slot]
        current = held.items[item] if item >= 0 and isinstance(held, ListNode) else held
        if current is not UNREAD and key not in draft.owned:
            if current == wanted:
                return []
            raise Unsolved
        if not isinstance(field, Attribute) or isinstance(field.data, FloatData):
            raise Unsolved
        if not fits(field, wanted):
            raise Unsolved
        draft.set(target, slot, wanted, item)
        return [(target, slot, item)]

    # operators

    def _operation(
        self, tree: typed.Operation, right: Expr, wanted: Any, node: StructNode, bound: Bound
    ) -> list[Place]:
        left = tree.left
        if tree.operator == "and" and wanted:
            return [
                *self.solve(left, wanted=True, node=node, bound=bound),
                *self.solve(right, wanted=True, node=node, bound=bound),
            ]
        if tree.operator in ("==", "!="):
            if wanted != (tree.operator == "=="):
                return self._equal(tree, wanted, node, bound)
            return self._sides_equal(left, right, node, bound)
        if wanted.__class__ is not int:
            return self._equal(tree, wanted, node, bound)
        try:
            second = self.value(right, node, bound)
        except Unknown:
            return self._for_right(tree.operator, left, right, wanted, node, bound)
        if is_address(second) and not is_address(wanted):  # the right one was led there before
            return self._for_right(tree.operator, left, right, wanted, node, bound)
        return self.solve(left, _left_operand(tree.operator, second, wanted), node, bound)

    def _sides_equal(self, left: Expr, right: Expr, node: StructNode, bound: Bound) -> list[Place]:
        try:
            value = self.value(right, node, bound)
        except Unknown:
            return self.solve(right, self.value(left, node, bound), node, bound)
        return self.solve(left, value, node, bound)

    def _for_right(
        self, name: str, left: Expr, right: Expr, wanted: int, node: StructNode, bound: Bound
    ) -> list[Place]:
        try:
            first = self.value(left, node, bound)
        except Unknown:
            return self._both(name, left, right, wanted, node, bound)
        if name == "+":
            return self.solve(right, wanted - first, node, bound)
        if name == "-":
            return self.solve(right, first - wanted, node, bound)
        if name == "*" and first and wanted % first == 0:
            return self.solve(right, wanted // first, node, bound)
        if name == "|" and wanted & first == first:
            return self.solve(right, wanted & ~first, node, bound)
        if name == "^":
            return self.solve(right, wanted ^ first, node, bound)
        raise Unsolved

    def _both(
        self, name: str, left: Expr, right: Expr, wanted: int, node: StructNode, bound: Bound
    ) -> list[Place]:
        """Both operands are open: a number in two parts, of which one is the upper."""
        one, other = self._arm(left, node, bound), self._arm(right, node, bound)
        unit = unit_of(one)
        if not unit:
            one, other = other, one
            unit = unit_of(one)
        if name not in ("+", "|") or not unit:
            raise Unsolved
        rest = wanted % unit
        return [
            *self.solve(one, wanted - rest, node, bound),
            *self.solve(other, rest, node, bound),
        ]

    def _arm(self, tree: Expr, node: StructNode, bound: Bound) -> Expr:
        """Return the arm of a choice that counts; anything else as it is."""
        while isinstance(tree, typed.Choice):
            is_then = self.value(tree.condition, node, bound)
            tree = tree.then if is_then else tree.otherwise
        return tree


class Unsolved(Exception):
    """An expression cannot be made to give what is wanted."""


def unit_of(tree: Expr) -> int:
    """Return what an expression is always a multiple of; 0 where it is not written so."""
    match tree:
        case typed.Operation(operator="<<", right=typed.Constant(value=int() as shift)):
            return 1 << shift if 0 <= shift <= _MOST_SHIFT else 0
        case typed.Operation(operator="*", right=typed.Constant(value=int() as factor)):
            return max(0, factor)
    return 0


def _left_operand(name: str, second: Any, wanted: int) -> int:
    """Return what the left operand must be."""
    if second.__class__ is not int:
        raise Unsolved
    match name:
        case "+":
            return wanted - second
        case "-":
            return wanted + second
        case "*" if second and wanted % second == 0:
            return wanted // second
        case "/" if second:
            return wanted * second
        case "<<" if wanted >> second << second == wanted:
            return wanted >> second
        case ">>" if 0 <= second <= _MOST_SHIFT:
            return wanted << second
        case "&" if wanted & ~second == 0:
            return wanted
        case "|" if wanted & second == second:
            return wanted & ~second
        case "^":
            return wanted ^ second
    raise Unsolved


def fits(field: Attribute, wanted: Any) -> bool:
    """Whether a field can hold a value; the address of something not placed yet always fits."""
    if isinstance(field.data, IntegerData) and wanted.__class__ is int:
        if is_address(wanted):
            return True
        bits = 8 * field.data.width
        low = -(1 << (bits - 1)) if field.data.signed else 0
        return low <= wanted < low + (1 << bits)
    if isinstance(field.type, IntValue) and wanted.__class__ is int:
        return is_address(wanted) or field.type.low <= wanted <= field.type.high
    return wanted.__class__ is not float or isinstance(field.data, FloatData)
