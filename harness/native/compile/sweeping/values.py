"""Expressions of what is swept, to plain C over `int64_t`: no calls, no statuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.sweeping.comparisons import COMPARISONS, alternatives, compared
from harness.native.compile.sweeping.scopes import (
    Scope,
    UnclearError,
    joins_of,
    levels_above,
    rebased,
)
from harness.native.compile.sweeping.statements import FALSE, TRUE, Statements
from harness.schema.expression import ranges, typed
from harness.schema.ir import Attribute, IntegerData, ValueInstance
from harness.schema.types import S64_MAX, BoolValue, IntValue, ListValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.native.compile.sweeping.around import Around, Given
    from harness.schema.expression.typed import Expr

_PLAIN_ARITHMETIC = frozenset({"+", "-", "*", "&", "|", "^"})
_MOST_NODES = 20_000  # of all expressions of a sweep, those of instances each time


class Values(Statements):
    """Writes expressions of one sweep.

    Attributes:
        around: what is asked of the structure that holds the list.
        bound: what `_` is: C of a number, or an item; None for nothing.
        bound_length: how long `_` is, where it is bytes or a text.
        ranges: of numbers, by their C: anything beyond ends the sweep.
    """

    def __init__(self, context: Context, around: Around) -> None:
        super().__init__()
        self._context = context
        self._slots = context.unit.slots
        self._nodes = self._conditions = 0
        self.around = around
        self.bound: Scope | str | None = None
        self.bound_length = ""
        self.ranges: dict[str, tuple[int, int]] = {}

    def demand(self, node: Expr, scope: Scope) -> None:
        """End the sweep where an expression does not hold."""
        match node:
            case typed.Operation(operator="==", left=left, right=right) if (
                self.is_soft
                and right is not None
                and isinstance(left.type, IntValue | BoolValue)
                and isinstance(right.type, IntValue | BoolValue)
            ):
                self.wrong(f"{self.value(left, scope)} ^ {self.value(right, scope)}")
            case _:
                self.unless_one(self.value(node, scope))

    def where(self, condition: Expr | None, scope: Scope, then: Callable[[], None]) -> None:
        """Write what is done where an expression holds, or in any case."""
        if condition is None:
            self.simply(then)
        else:
            self.provided(lambda: self.value(condition, scope), then)

    def conditionally(
        self, condition: Expr, scope: Scope, then: Callable[[], None]
    ) -> tuple[str, str]:
        """Write what is done where an expression holds; return C of it, and of whether it did."""
        self._conditions += 1
        code, there = "", f"there{self._conditions}"

        def then_and_tell() -> None:
            then()
            self.add(f"{there} = 1;")

        def decide() -> str:
            nonlocal code
            code = self.value(condition, scope)
            return code

        self.add(f"int {there} = 0;", f"(void){there};")
        self.provided(decide, then_and_tell)
        return code, there

    def use(self, node: Expr, scope: Scope) -> None:
        """Compute a value for what may go wrong with it."""
        self.value(node, scope)

    # expressions

    def value(self, node: Expr, scope: Scope) -> str:
        """Return a C expression of `int64_t`, after the lines that it needs; truth is 1.

        Raises:
            UnclearError: plain C cannot tell.
        """
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise UnclearError
        match node:
            case typed.Constant(value=value) if isinstance(value, int) and value <= S64_MAX:
                return c_int(int(value))
            case typed.Bound(name="_") if isinstance(self.bound, str):
                return self.bound
            case typed.Bound(name="_index") if scope.is_outside:
                return f"(int64_t){scope.index}"
            case typed.Field():
                return self._field(node, scope)
            case typed.Method(base=base, name="to_i") if isinstance(base.type, IntValue):
                return self.value(base, scope)
            case typed.Method(base=base, name="size" | "length"):
                return self._length(base, scope)
            case typed.Cast(base=base) if isinstance(base.type, IntValue):
                return self._cast(node, base.type, scope)
            case typed.At(base=base, index=index):
                return self._element(base, index, scope)
            case typed.Operation():
                return self._operation(node, scope)
            case typed.Choice():
                return self._choice(node, scope)
            case _:
                raise UnclearError

    def _field(self, node: typed.Field, scope: Scope) -> str:
        base = node.base
        if isinstance(base, typed.At):
            return self._of_item(node, base, scope)
        if isinstance(base, typed.Bound) and base.name == "_" and isinstance(self.bound, Scope):
            return self._own(self.bound, self._slots.of(node.owner, node.name))
        found = scope.resolve(base, self._slots)
        if found is not None and found.up > 0:
            if node.owner != found.type:
                raise UnclearError
            return self._own(found, self._slots.of(node.owner, node.name))
        record, tree = self._around(node, scope)
        return record.number(tree).value

    def _around(self, node: Expr, scope: Scope) -> tuple[Around, Expr]:
        """Return the record that holds what a chain of names means, and the chain as seen there."""
        join = joins_of(node)
        if join is None:
            return self.around, rebased(node, scope, self.around.scope)
        joining = scope.resolve(join.base, self._slots)
        if joining is not None and joining.up == 0:
            return self.around, rebased(node, scope, joining)
        if joining is None or join.name not in joining.around:
            raise UnclearError
        return joining.around[join.name], rebased(node, scope, joining)

    def _own(self, scope: Scope, slot: int) -> str:
        known = scope.numbers.get(slot)
        if known is not None:
            self._there(scope, slot)
            return known
        field = scope.layout.fields[slot]
        if slot < scope.layout.first_sequence:
            return self._argument(scope, slot)
        if not isinstance(field, ValueInstance) or not isinstance(field.type, IntValue | BoolValue):
            raise UnclearError
        if field.condition is not None:
            self.unless_one(self.value(field.condition.tree, scope))
        return self.value(field.value.tree, scope)

    def _argument(self, scope: Scope, slot: int) -> str:
        """A parameter: what it is given, as it is seen around the structure."""
        if scope.data is None:
            raise UnclearError
        tree = scope.data.arguments[slot].tree
        return self.value(tree, scope.outside())

    def _length(self, base: Expr, scope: Scope) -> str:
        own = self._own_size(base, scope)
        if own:
            return own
        if isinstance(base.type, ListValue):
            record, tree = self._around(base, scope)
            return record.size(tree).value
        raise UnclearError

    def _own_size(self, base: Expr, scope: Scope) -> str:
        """Return how long a list or a value of an item is; empty for any other."""
        if isinstance(base, typed.Bound) and base.name == "_":
            return self.bound_length
        if not isinstance(base, typed.Field):
            return ""
        found = scope.resolve(base.base, self._slots)
        if found is None or found.type != base.owner:
            return ""
        slot = self._slots.of(base.owner, base.name)
        known = found.sizes.get(slot) or found.texts.get(slot, "")
        if known:
            self._there(found, slot)
        return known

    def _there(self, scope: Scope, slot: int) -> None:
        """A value that is only read where a condition holds must be there."""
        condition, is_there = scope.there.get(slot, (TRUE, ""))
        if condition != TRUE and not self.holds(condition):
            self.unless(is_there)

    def _of_item(self, node: typed.Field, at: typed.At, scope: Scope) -> str:
        """`list[index].field` of a companion."""
        if not isinstance(node.type, IntValue) or node.type.is_u64:
            raise UnclearError
        record, tree = self._around(at.base, scope)
        given = record.column(tree, node.name)
        return f"{given.items}[{self._within(record, given, at.index, scope)}]"

    def _element(self, base: Expr, index: Expr, scope: Scope) -> str:
        """`list[index]` of numbers that the structure around the list holds."""
        holder = self.around.scope
        tree = rebased(base, scope, holder)
        if not isinstance(tree, typed.Field) or levels_above(tree.base) != 0:
            raise UnclearError
        slot = self._slots.of(tree.owner, tree.name)
        field = holder.layout.fields[slot]
        if tree.owner != holder.type or not isinstance(field, Attribute) or field.repeat is None:
            raise UnclearError
        if not isinstance(field.data, IntegerData):
            raise UnclearError
        width = field.data.width
        given = self.around.bytes(tree, width)
        code = self._within(self.around, given, index, scope)
        return load(field.data, f"({given.items} + (size_t)({code}) * {width}u)")

    def _within(self, record: Around, given: Given, index: Expr, scope: Scope) -> str:
        """An index of what is given: told for all items at once, where it is their number."""
        code = self.value(index, scope)
        looping = _loop_of(code, scope)
        if looping is not None and looping.level > record.scope.level:
            looping.before[f"{looping.count} <= {given.value}"] = None
            return code
        self.hard()
        code = self.variable(code)
        self.unless(f"{code} >= 0 && {code} < {given.value}")
        return code

    def _cast(self, node: typed.Cast, found: IntValue, scope: Scope) -> str:
        if not isinstance(node.type, IntValue):
            raise UnclearError
        value = self.value(node.base, scope)
        low, high = node.type.low, min(node.type.high, S64_MAX)
        looping = _loop_of(value, scope)
        if looping is not None and low <= 0 <= high:
            looping.before[f"{looping.count} <= {c_int(high)}"] = None
        elif found.low < low or found.high > high:
            self.hard()  # what is computed from it relies on that
            value = self.variable(value)
            self.unless(f"{value} >= {c_int(low)} && {value} <= {c_int(high)}")
        return value

    def _operation(self, node: typed.Operation, scope: Scope) -> str:
        operator, right = node.operator, node.right
        if operator == "not":
            return f"({self.value(node.left, scope)} ^ 1)"
        if right is None:
            raise UnclearError
        if operator in ("and", "or"):
            among = alternatives(node) if operator == "or" else None
            if among is not None:
                return self._among(*among, scope)
            return self._logical(operator, node.left, right, scope)
        if not all(isinstance(side.type, IntValue | BoolValue) for side in (node.left, right)):
            raise UnclearError
        left_code, right_code = self.value(node.left, scope), self.value(right, scope)
        if operator in COMPARISONS:
            kinds = self._range(node.left, left_code), self._range(right, right_code)
            return compared(operator, kinds, left_code, right_code)
        left_kind, right_kind = node.left.type, right.type
        if not isinstance(left_kind, IntValue) or not isinstance(right_kind, IntValue):
            raise UnclearError
        return self._arithmetic(operator, (left_kind, right_kind), left_code, right_code)

    def _among(self, node: Expr, numbers: frozenset[int], scope: Scope) -> str:
        """Return whether a number is one of those that follow one another."""
        code = self.value(node, scope)
        kind, low, high = self._range(node, code), min(numbers), max(numbers)
        tests = [f"hv_if_less({c_int(low - 1)}, {code})"] if low > kind.low else []
        tests += [f"hv_if_less({code}, {c_int(high + 1)})"] if high < kind.high else []
        return f"({' & '.join(tests)})" if tests else TRUE

    def _range(self, node: Expr, code: str) -> IntValue:
        """Return in which range a number is, as far as the sweep goes on."""
        kind = node.type if isinstance(node.type, IntValue) else IntValue(0, 1)
        if isinstance(node, typed.Constant):
            return IntValue(int(node.value), int(node.value))
        low, high = self.ranges.get(code, (kind.low, kind.high))
        return IntValue(max(low, kind.low), min(high, kind.high))

    def _arithmetic(
        self, operator: str, kinds: tuple[IntValue, IntValue], left: str, right: str
    ) -> str:
        if ranges.can_overflow(operator, *kinds):
            raise UnclearError
        if operator in _PLAIN_ARITHMETIC:
            return f"({left} {operator} {right})"
        if kinds[0].low < 0:
            raise UnclearError
        if operator in ("<<", ">>"):
            low, high = self.ranges.get(right, (kinds[1].low, kinds[1].high))
            if operator == "<<" and not 0 <= kinds[1].low <= kinds[1].high <= 63:
                self.hard()  # by any other number too much may be shifted out
                low = -1
            if low < 0 or high > 63:
                right = self.variable(right)
                self.unless(f"{right} >= 0 && {right} < 64")
            return f"({left} {operator} ({right} & 63))"
        if kinds[1].low <= 0:
            raise UnclearError
        return f"({left} {operator} {right})"

    def _logical(self, operator: str, left: Expr, right: Expr, scope: Scope) -> str:
        first = self.value(left, scope)
        if first in (TRUE, FALSE):
            decides = FALSE if operator == "and" else TRUE
            return first if first == decides else self.value(right, scope)
        first = self.variable(first)
        test = first if operator == "and" else f"({first} ^ 1)"
        if not self.is_soft:
            found = self.changing(first)
            self._set_where(test, found, right, scope)
            return found
        with self.counted(test):
            second = self.value(right, scope)
        return f"({first} {'&' if operator == 'and' else '|'} {second})"

    def _choice(self, node: typed.Choice, scope: Scope) -> str:
        condition = self.variable(self.value(node.condition, scope))
        branches = ((condition, node.then), (f"({condition} ^ 1)", node.otherwise))
        if not self.is_soft:
            found = self.changing("0")
            for test, branch in branches:
                self._set_where(test, found, branch, scope)
            return found
        values = []
        for test, branch in branches:
            with self.counted(test):
                values.append(self.value(branch, scope))
        return f"({condition} ? {values[0]} : {values[1]})"

    def _set_where(self, test: str, name: str, node: Expr, scope: Scope) -> None:
        with self.block(f"if ({test}) ", test):
            self.add(f"{name} = {self.value(node, scope)};")


def _loop_of(code: str, scope: Scope) -> Scope | None:
    """Return the scope whose place in its list a C expression is; None for any other."""
    looping: Scope | None = scope
    while looping is not None and code != f"(int64_t){looping.index}":
        looping = looping.holder
    return looping if looping is not None and looping.count else None


def load(data: IntegerData, p: str) -> str:
    """Return the load of an integer that s64 holds.

    Raises:
        UnclearError: s64 may not hold it.
    """
    if data.width == 8 and not data.signed:
        raise UnclearError
    big = {"le": "0", "be": "1"}.get(data.endian, "is_big")
    if data.signed:
        return f"hv_signed({p}, {data.width}, {big})"
    if data.width == 1:
        return f"(int64_t)*({p})"
    return f"(int64_t)hv_unsigned({p}, {data.width}, {big})"
