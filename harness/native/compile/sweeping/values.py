"""Expressions of what is swept, to plain C over `int64_t`: no calls, no statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.sweeping.scopes import (
    Scope,
    UnclearError,
    joins_of,
    levels_above,
    rebased,
)
from harness.schema.expression import ranges, typed
from harness.schema.ir import Attribute, IntegerData, ValueInstance
from harness.schema.types import S64_MAX, BoolValue, BytesValue, IntValue, ListValue, TextValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.native.compile.sweeping.around import Around, Given
    from harness.schema.expression.typed import Expr

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_PLAIN_ARITHMETIC = frozenset({"+", "-", "*", "&", "|", "^"})
_MOST_NODES = 20_000  # of all expressions of a sweep, those of instances each time


class _NeedsBranchError(Exception):
    """Something must not be done where a condition does not hold."""


class Values:
    """Writes the statements of one sweep.

    What is not as it must be sets `bad`, which ends the sweep after the item; or, where going on
    makes no sense, goes to `fail`.

    Attributes:
        lines: what was written.
        around: what is asked of the structure that holds the list.
        locals: declarations of what is there for the whole sweep.
        bound: what `_` is: C of a number, or an item; None for nothing.
    """

    def __init__(self, context: Context, around: Around) -> None:
        self._context = context
        self._slots = context.unit.slots
        self._count = 0
        self._nodes = 0
        self._guard: str | None = None  # without branches, what must hold for a statement to count
        self._is_soft = False
        self.lines: list[str | list[str]] = []
        self.around = around
        self.locals: list[str] = []
        self.bound: Scope | str | None = None

    # statements

    def add(self, *lines: str | list[str]) -> None:
        """Write statements; a list of them may still grow."""
        self.lines += lines

    def use(self, node: Expr, scope: Scope) -> None:
        """Compute a value for what may go wrong with it."""
        self.value(node, scope)

    def variable(self, code: str) -> str:
        """Keep a number."""
        self._count += 1
        self.lines.append(f"const int64_t v{self._count} = {code};")
        return f"v{self._count}"

    def unless(self, condition: str) -> None:
        """End the sweep where a condition does not hold."""
        if self._guard is not None:
            self.lines.append(f"bad |= {self._guard} & !({condition});")
        elif self._is_soft:
            self.lines.append(f"bad |= !({condition});")
        else:
            self.lines.append(f"if (!({condition})) goto fail;")

    def demand(self, node: Expr, scope: Scope) -> None:
        """End the sweep where an expression does not hold."""
        match node:
            case typed.Operation(operator="==", left=left, right=right) if (
                self._is_soft
                and right is not None
                and isinstance(left.type, IntValue | BoolValue)
                and isinstance(right.type, IntValue | BoolValue)
            ):
                both = f"({self.value(left, scope)} ^ {self.value(right, scope)})"
                guard = f"{self._guard} & " if self._guard else ""
                self.lines.append(f"bad |= {guard}{both};")
            case _:
                self.unless(self.value(node, scope))

    @contextmanager
    def collected(self) -> Iterator[list[str | list[str]]]:
        """Collect what is written instead of writing it."""
        before, self.lines = self.lines, []
        try:
            yield self.lines
        finally:
            self.lines = before

    @contextmanager
    def _guarded(self, condition: str) -> Iterator[None]:
        """What is written only counts where a condition holds."""
        before = self._guard
        both = "" if before is None else f"{before} & "
        self._guard = self.variable(f"{both}-(int64_t)(({condition}) != 0)")
        try:
            yield
        finally:
            self._guard = before

    def where(self, condition: Expr | None, scope: Scope, then: Callable[[], None]) -> None:
        """Write what is done where a condition holds: without a branch, if it can do no harm."""

        def guarded() -> None:
            if condition is None:
                then()
                return
            with self._guarded(self.value(condition, scope)):
                then()

        if self._softly(guarded):
            return
        test = ""

        def decide() -> None:
            nonlocal test
            test = self.variable("1" if condition is None else self.value(condition, scope))

        if not self._softly(decide):
            decide()
        self.lines.append(f"if ({test}) {{")
        then()
        self.lines.append("}")

    def _softly(self, write: Callable[[], None]) -> bool:
        """Write something without branches, or nothing at all where it cannot be done so.

        Raises:
            _NeedsBranchError: the same holds of what is around.
        """
        start, before = len(self.lines), (self._count, self._nodes, self._guard, self._is_soft)
        try:
            self._is_soft = True
            write()
        except _NeedsBranchError:
            del self.lines[start:]
            self._count, self._nodes, self._guard, was_soft = before
            if was_soft:
                raise
            return False
        else:
            return True
        finally:
            self._guard, self._is_soft = before[2:]

    def hard(self) -> None:
        """Say that what follows must not be done where the condition around it does not hold.

        Raises:
            _NeedsBranchError: there is no branch yet.
        """
        if self._is_soft:
            raise _NeedsBranchError

    # expressions

    def value(self, node: Expr, scope: Scope) -> str:
        """Return a C expression of `int64_t`, after the lines that it needs.

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
            case typed.Bound(name="_index") if scope.index:
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
        levels = levels_above(base)
        found = scope.resolve(base)
        if levels is not None and found is not None and found.up > 0:
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
        joining = scope.resolve(join.base)
        if joining is not None and joining.up == 0:
            return self.around, rebased(node, scope, joining)
        if joining is None or join.name not in joining.around:
            raise UnclearError
        return joining.around[join.name], rebased(node, scope, joining)

    def _own(self, scope: Scope, slot: int) -> str:
        known = scope.numbers.get(slot)
        if known is not None:
            return known
        field = scope.layout.fields[slot]
        if slot < scope.layout.first_sequence:
            return self._argument(scope, slot)
        if not isinstance(field, ValueInstance) or not isinstance(field.type, IntValue | BoolValue):
            raise UnclearError
        if field.condition is not None:
            self.unless(self.value(field.condition.tree, scope))
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
        if not isinstance(base, typed.Field) or not isinstance(base.type, TextValue | BytesValue):
            raise UnclearError
        found = scope.resolve(base.base)
        if found is None or found.type != base.owner:
            raise UnclearError
        known = found.texts.get(self._slots.of(base.owner, base.name))
        if known is None:
            raise UnclearError
        self.unless(known[1])
        return f"(int64_t){known[0]}.n"

    def _own_size(self, base: Expr, scope: Scope) -> str:
        """Return how many items a list has that was swept in an item; empty for any other."""
        if not isinstance(base, typed.Field):
            return ""
        found = scope.resolve(base.base)
        if found is None or found.type != base.owner:
            return ""
        return found.sizes.get(self._slots.of(base.owner, base.name), "")

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
            value = self.variable(value)
            self.unless(f"{value} >= {c_int(low)} && {value} <= {c_int(high)}")
        return value

    def _operation(self, node: typed.Operation, scope: Scope) -> str:
        operator, right = node.operator, node.right
        if operator == "not":
            return f"(int64_t)!({self.value(node.left, scope)})"
        if right is None:
            raise UnclearError
        if operator in ("and", "or"):
            return self._logical(operator, node.left, right, scope)
        kinds = (node.left.type, right.type)
        if not all(isinstance(kind, IntValue | BoolValue) for kind in kinds):
            raise UnclearError
        left_code, right_code = self.value(node.left, scope), self.value(right, scope)
        if operator in _COMPARISONS:
            return f"(int64_t)({left_code} {operator} {right_code})"
        left_kind, right_kind = kinds
        if not isinstance(left_kind, IntValue) or not isinstance(right_kind, IntValue):
            raise UnclearError
        return self._arithmetic(operator, (left_kind, right_kind), left_code, right_code)

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
            if kinds[1].low < 0 or kinds[1].high > 63:
                right = self.variable(right)
                self.unless(f"{right} >= 0 && {right} < 64")
            return f"({left} {operator} ({right} & 63))"
        if kinds[1].low <= 0:
            raise UnclearError
        return f"({left} {operator} {right})"

    def _logical(self, operator: str, left: Expr, right: Expr, scope: Scope) -> str:
        first = self.variable(self.value(left, scope))
        if self._is_soft:
            with self._guarded(first if operator == "and" else f"!{first}"):
                second = self.value(right, scope)
            return f"(({first} != 0) {'&' if operator == 'and' else '|'} (({second}) != 0))"
        self._count += 1
        found = f"v{self._count}"
        self.lines += [
            f"int64_t {found} = {first};",
            f"if ({found if operator == 'and' else '!' + found}) {{",
        ]
        value = self.value(right, scope)
        self.lines += [f"{found} = {value};", "}"]
        return found

    def _choice(self, node: typed.Choice, scope: Scope) -> str:
        condition = self.variable(self.value(node.condition, scope))
        branches = ((condition, node.then), (f"!{condition}", node.otherwise))
        if self._is_soft:
            values = []
            for test, branch in branches:
                with self._guarded(test):
                    values.append(self.value(branch, scope))
            return f"({condition} ? {values[0]} : {values[1]})"
        self._count += 1
        found = f"v{self._count}"
        self.lines.append(f"int64_t {found} = 0;")
        for test, branch in branches:
            self.lines.append(f"if ({test}) {{")
            value = self.value(branch, scope)
            self.lines += [f"{found} = {value};", "}"]
        return found


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


def text_of(lines: Sequence[str | list[str]]) -> str:
    """Return statements as the text of a function."""
    flat = (one for line in lines for one in ([line] if isinstance(line, str) else line))
    return "".join(f"    {line}\n" for line in flat)
