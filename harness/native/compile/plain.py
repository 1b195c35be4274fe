"""Expressions of a record that its bytes alone decide, to plain C: no calls, no statuses.

What a rule needs from around the record and what is settled by then (the item that the structure
around it joins, fields of a companion) is looked up once a list: a *given*. Whatever cannot be told
so ends the function that is being written: the record is not clean as far as it knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.widths import order_of
from harness.reading.slots import Slots
from harness.schema.expression import ranges, typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    IntegerData,
    Refers,
    StructData,
    ValueInstance,
)
from harness.schema.types import S64_MAX, BoolValue, IntValue, ListValue, StructValue

if TYPE_CHECKING:
    from harness.native.compile.layout import Layout
    from harness.native.compile.reading import Context

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_PLAIN_ARITHMETIC = frozenset({"+", "-", "*", "&", "|", "^"})
BAIL = "return 0;"


class UnclearError(Exception):
    """Nothing can be told of these records at a glance."""


class PlainExpressions:
    """Writes the statements of one function over `p`, `index` and `given`.

    Attributes:
        lines: what was written.
        bound: a C expression for `_`, while there is one.
        givens: C functions that look the givens up, and what each gives.
        joins: the structure around the records must have been joined for them.
    """

    def __init__(self, context: Context, owner: str, data: StructData) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner
        self._data = data
        self._name = data.type
        self._layout: Layout = context.layouts.of(data.type)
        self._slots = Slots(context.unit.schema)
        self._depth = 0
        self._count = 0
        self._known: dict[Expr, int] = {}
        self.lines: list[str] = []
        self.bound: str | None = None
        self.givens: list[tuple[str, str]] = []
        self.joins = False

    # lines

    def bail(self) -> str:
        """Give up on the record, or on all of them where no condition is around."""
        if self._depth == 0:
            raise UnclearError
        self.lines.append(BAIL)
        return "0"

    def unless(self, condition: str) -> None:
        """Give up on a record that does not meet a condition."""
        self.lines.append(f"if (!({condition})) {BAIL}")

    def _variable(self, code: str) -> str:
        self._count += 1
        self.lines.append(f"int64_t v{self._count} = {code};")
        return f"v{self._count}"

    def open(self, condition: str) -> None:
        """Begin what is only done where a condition holds."""
        self.lines.append(f"if ({condition}) {{")
        self._depth += 1

    def close(self) -> None:
        """End it."""
        self.lines.append("}")
        self._depth -= 1

    def loaded(self, slot: int) -> str:
        """Return an integer of the record, which s64 holds."""
        field = self._layout.fields[slot]
        if not isinstance(field, Attribute) or not isinstance(field.data, IntegerData):
            raise UnclearError
        return _load(field.data, f"p + {self._layout.offset(slot)}", "given->is_big")

    # expressions

    def value(self, node: Expr) -> str:
        """Return a C expression of `int64_t`, after the lines that it needs."""
        if isinstance(node, typed.Method) and node.name in ("size", "length"):
            whole = self._given(node.base)
            return self.bail() if whole is None else f"(int64_t)given->list[{whole}]->count"
        given = self._given(node)
        if given is not None:
            return f"given->number[{given}]"
        match node:
            case typed.Constant(value=value) if isinstance(value, int) and value <= S64_MAX:
                return c_int(int(value))
            case typed.Bound(name="_") if self.bound is not None:
                return self.bound
            case typed.Field(base=typed.Self(), owner=owner, name=name) if owner == self._name:
                return self._own(self._slots.of(owner, name))
            case typed.Field(base=typed.At()):
                return self._item(node)
            case typed.Method(base=base, name="to_i") if isinstance(base.type, IntValue):
                return self.value(base)
            case typed.Cast(base=base) if isinstance(base.type, IntValue):
                return self._cast(node, base.type)
            case typed.Operation():
                return self._operation(node)
            case typed.Choice():
                return self._choice(node)
            case _:
                return self.bail()

    def _own(self, slot: int) -> str:
        field = self._layout.fields[slot]
        if slot in self._layout.group:
            return self.loaded(slot)
        if slot < self._layout.first_sequence:
            tree = self._data.arguments[slot].tree
            if isinstance(tree, typed.Cast):
                tree = tree.base
            return "(int64_t)index" if isinstance(tree, typed.Bound) else c_int(number_of(tree))
        if not isinstance(field, ValueInstance) or not isinstance(field.type, IntValue | BoolValue):
            return self.bail()
        if field.condition is not None:
            self.unless(self.value(field.condition.tree))
        return self.value(field.value.tree)

    def _cast(self, node: typed.Cast, found: IntValue) -> str:
        if not isinstance(node.type, IntValue):
            return self.bail()
        value = self.value(node.base)
        low, high = node.type.low, min(node.type.high, S64_MAX)
        if found.low < low or found.high > high:
            value = self._variable(value)
            self.unless(f"{value} >= {c_int(low)} && {value} <= {c_int(high)}")
        return value

    def _operation(self, node: typed.Operation) -> str:
        operator, right = node.operator, node.right
        if operator == "not":
            return f"(int64_t)!({self.value(node.left)})"
        if right is None:
            return self.bail()
        if operator in ("and", "or"):
            return self._logical(operator, node.left, right)
        kinds = (node.left.type, right.type)
        if not all(isinstance(kind, IntValue | BoolValue) for kind in kinds):
            return self.bail()
        left_code, right_code = self.value(node.left), self.value(right)
        if operator in _COMPARISONS:
            return f"(int64_t)({left_code} {operator} {right_code})"
        left_kind, right_kind = kinds
        if not isinstance(left_kind, IntValue) or not isinstance(right_kind, IntValue):
            return self.bail()
        return self._arithmetic(operator, (left_kind, right_kind), left_code, right_code)

    def _arithmetic(
        self, operator: str, kinds: tuple[IntValue, IntValue], left: str, right: str
    ) -> str:
        if ranges.can_overflow(operator, *kinds):
            return self.bail()
        if operator in _PLAIN_ARITHMETIC:
            return f"({left} {operator} {right})"
        if kinds[0].low < 0:
            return self.bail()
        if operator in ("<<", ">>"):
            if kinds[1].low < 0 or kinds[1].high > 63:
                right = self._variable(right)
                self.unless(f"{right} >= 0 && {right} < 64")
            return f"({left} {operator} {right})"
        if kinds[1].low <= 0:
            return self.bail()
        return f"({left} {operator} {right})"

    def _logical(self, operator: str, left: Expr, right: Expr) -> str:
        found = self._variable(self.value(left))
        self.open(found if operator == "and" else f"!{found}")
        value = self.value(right)
        self.lines.append(f"{found} = {value};")
        self.close()
        return found

    def _choice(self, node: typed.Choice) -> str:
        found = self._variable("0")
        condition = self._variable(self.value(node.condition))
        for test, branch in ((condition, node.then), (f"!{condition}", node.otherwise)):
            self.open(test)
            value = self.value(branch)
            self.lines.append(f"{found} = {value};")
            self.close()
        return found

    # what is around

    def _item(self, node: typed.Field) -> str:
        """`list[index].field`, the list a given and the field of fixed place."""
        at = node.base
        if not isinstance(at, typed.At) or not isinstance(at.base.type, ListValue):
            return self.bail()
        item = at.base.type.item
        given = self._given(at.base)
        if given is None or not isinstance(item, StructValue) or item.name != node.owner:
            return self.bail()
        layout = self._context.layouts.of(node.owner)
        slot = self._slots.of(node.owner, node.name)
        cell, field = layout.cell(slot), layout.fields[slot]
        if not isinstance(field, Attribute) or not isinstance(field.data, IntegerData):
            return self.bail()
        index = self._variable(self.value(at.index))
        self._count += 1
        found = f"q{self._count}"
        if cell is not None:
            wide = field.data.width == 8 and not field.data.signed
            call = f"hv_kept_value(given->list[{given}], {index}, {cell})"
            self.lines.append(f"const hv_val *{found} = {call};")
            self.unless(f"{found} != NULL" + (f" && {found}->tag == HV_INT" if wide else ""))
            return f"{found}->as.i"
        if order_of(field.data) == "HV_INHERITED":
            return self.bail()
        call = f"hv_item_bytes(given->list[{given}], {index}, {slot})"
        self.lines.append(f"const uint8_t *{found} = {call};")
        self.unless(f"{found} != NULL")
        return _load(field.data, f"{found} + {layout.offset(slot)}", "0")

    def _given(self, node: Expr) -> int | None:
        """Return the number of a given; None for what is none."""
        is_list = isinstance(node.type, ListValue)
        is_number = isinstance(node.type, IntValue | BoolValue)
        if not (is_list or is_number) or not _is_around(node):
            return None
        if any(isinstance(part, typed.Joined) for part in nodes_of(node)):
            if not self._joins_are_settled():
                return None
            self.joins = True
        if isinstance(node.type, IntValue) and node.type.is_u64:
            return None
        if node not in self._known:
            compiled = self._context.expressions.function(node, self._name)
            self._known[node] = len(self.givens)
            self.givens.append((compiled.name, compiled.ctype))
        number = self._known[node]
        self.unless(f"given->is_there & {1 << number}u")
        return number

    def _joins_are_settled(self) -> bool:
        """Whether the structure around the records joins items of companions alone."""
        schema = self._unit.schema
        around = schema.types[self._owner]
        joins = [
            field.refers
            for field in (*around.sequence, *around.instances)
            if isinstance(field, Attribute) and field.refers is not None and field.refers.name
        ]
        return all(
            refers.value is None and refers.when is None and self._is_in_companion(refers)
            for refers in joins
        )

    def _is_in_companion(self, refers: Refers) -> bool:
        tree = refers.table.tree
        while isinstance(tree, typed.Field) and not isinstance(tree.base, typed.Root):
            tree = tree.base
        return (
            isinstance(tree, typed.Field)
            and isinstance(tree.base, typed.Root)
            and tree.base.base is None
            and tree.name in self._unit.schema.companions
        )


def _is_around(node: Expr) -> bool:
    """Whether an expression asks only for what is around the record, and cannot change."""
    match node:
        case typed.Field(base=base, owner=owner):
            return bool(owner) and _is_around(base)
        case typed.Joined(base=typed.Parent(base=typed.Self())):
            return True
        case typed.Parent(base=typed.Self()):
            return True
        case typed.Parent(base=base):
            return _is_around(base)
        case typed.Root(base=None):
            return True
        case _:
            return False


def number_of(tree: Expr) -> int:
    """Return a constant integer.

    Raises:
        UnclearError: it is none.
    """
    if isinstance(tree, typed.Constant) and isinstance(tree.value, int):
        return int(tree.value)
    raise UnclearError


def _load(data: IntegerData, p: str, is_big: str) -> str:
    """Return the load of an integer that s64 holds."""
    if data.width == 8 and not data.signed:
        raise UnclearError
    big = {"le": "0", "be": "1"}.get(data.endian, is_big)
    if data.signed:
        return f"hv_signed({p}, {data.width}, {big})"
    if data.width == 1:
        return f"(int64_t)*({p})"
    return f"(int64_t)hv_unsigned({p}, {data.width}, {big})"
