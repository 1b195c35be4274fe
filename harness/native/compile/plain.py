"""Records that nothing has to be said of, told at a glance.

Most records of a list are clean: their values pass, no instance of theirs is read, their rules
hold. This makes a C function that says so of one record from its bytes alone, as far as it can be
told while the list is read. It may say no of a clean record, and then the record is looked at in
every way; it never says yes of another.

What a rule needs from around the record and what is settled by then (the item that the structure
around it joins, fields of a companion) is looked up once a list: a *given*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.ephemeral import is_plain_argument
from harness.native.compile.widths import order_of
from harness.reading.slots import Slots
from harness.schema.expression import ranges, typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    Check,
    IntegerData,
    Refers,
    StructData,
    ValueInstance,
)
from harness.schema.types import S64_MAX, S64_MIN, BoolValue, IntValue, ListValue, StructValue

if TYPE_CHECKING:
    from harness.native.compile.layout import Layout
    from harness.native.compile.reading import Context

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_PLAIN_ARITHMETIC = frozenset({"+", "-", "*", "&", "|", "^"})
_MOST_GIVENS = 16
_BAIL = "return 0;"


class UnclearError(Exception):
    """Nothing can be told of these records at a glance."""


class Glance:
    """The function for the records of one list.

    Attributes:
        name: of the function: `name(p, index, givens)`, 1 for a clean record.
        givens: C functions that look the givens up, and what each gives.
        joins: the structure around the records must have been joined for them.
    """

    def __init__(self, context: Context, owner: str, data: StructData) -> None:
        """Write the function.

        Raises:
            UnclearError: no record would ever be clean to it.
        """
        self._context = context
        self._unit = context.unit
        self._owner = owner
        self._data = data
        self._name = data.type
        self._layout: Layout = context.layouts.of(data.type)
        self._slots = Slots(context.unit.schema)
        self._lines: list[str] = []
        self._depth = 0
        self._count = 0
        self._bound: str | None = None
        self.givens: list[tuple[str, str]] = []
        self.joins = False
        self._known: dict[Expr, int] = {}
        self._refuse()
        for slot in self._layout.group:
            self._member(slot)
        for instance in self._layout.type.instances:
            self._instance(instance)
        for check in self._checks():
            self._rule(check)
        if len(self.givens) > _MOST_GIVENS:
            raise UnclearError
        self.name = self._unit.fresh("glance")
        self._unit.add(
            f"static inline int {self.name}(const uint8_t *p, uint32_t index, "
            "const hv_givens *given)\n{\n    (void)p; (void)index; (void)given;\n"
            + "".join(f"    {line}\n" for line in self._lines)
            + "    return 1;\n}\n"
        )

    def _refuse(self) -> None:
        """Derived values, references and alignments are not looked at here."""
        if self._data.extent is not None or not all(
            is_plain_argument(argument.tree) for argument in self._data.arguments
        ):
            raise UnclearError
        for field in (*self._layout.type.sequence, *self._layout.type.instances):
            if not isinstance(field, Attribute):
                continue
            late = (field.derive, field.checksum, field.refers, field.sorted_by, field.unique_by)
            if any(one is not None for one in late) or field.align != 1:
                raise UnclearError

    def _checks(self) -> list[Check]:
        extra = [
            check
            for overlay in self._unit.overlays
            for check in overlay.by_type.get(self._name, ())
        ]
        by_path = any(overlay.by_path for overlay in self._unit.overlays)
        if by_path:  # a path may lead to any record
            raise UnclearError
        return [*self._layout.type.checks, *extra]

    # lines

    def _bail(self) -> str:
        """Give up on the record, or on all of them where no condition is around."""
        if self._depth == 0:
            raise UnclearError
        self._lines.append(_BAIL)
        return "0"

    def _unless(self, condition: str) -> None:
        self._lines.append(f"if (!({condition})) {_BAIL}")

    def _variable(self, code: str) -> str:
        self._count += 1
        self._lines.append(f"int64_t v{self._count} = {code};")
        return f"v{self._count}"

    def _open(self, condition: str) -> None:
        self._lines.append(f"if ({condition}) {{")
        self._depth += 1

    def _close(self) -> None:
        self._lines.append("}")
        self._depth -= 1

    # values of the record

    def _member(self, slot: int) -> None:
        """The checks on one value."""
        field = self._layout.fields[slot]
        if not isinstance(field, Attribute):
            raise UnclearError
        if field.contents is not None:
            literal = self._unit.literals[field.contents]
            offset, size = self._layout.offset(slot), len(field.contents)
            self._unless(f"memcmp(p + {offset}, LITERAL_{literal}, {size}) == 0")
        if field.padding == "zero":
            self._zero(slot, field)
        if field.enum and not field.allows_unknown:
            self._one_of(slot, list(self._unit.schema.enums[field.enum].members))
        valid = field.valid
        if valid is None:
            return
        if valid.in_enum and not field.enum:
            raise UnclearError
        if valid.in_enum:
            self._one_of(slot, list(self._unit.schema.enums[field.enum].members))
        options = (valid.eq,) if valid.eq is not None else valid.any_of
        if options is not None:
            self._one_of(slot, [_number(option.tree) for option in options])
        if valid.min is not None:
            self._between(slot, _number(valid.min.tree), S64_MAX)
        if valid.max is not None:
            self._between(slot, S64_MIN, _number(valid.max.tree))
        if valid.expr is not None:
            self._bound = self._loaded(slot)
            self._unless(self._value(valid.expr.tree))
            self._bound = None

    def _zero(self, slot: int, field: Attribute) -> None:
        offset, width = self._layout.offset(slot), self._layout.width(slot)
        if isinstance(field.data, IntegerData | BytesData):
            self._unless(" && ".join(f"p[{offset + one}] == 0" for one in range(min(width, 64))))
        if width > 64 or not isinstance(field.data, IntegerData | BytesData):
            raise UnclearError

    def _one_of(self, slot: int, numbers: list[int]) -> None:
        low, high = min(numbers), max(numbers)
        value = self._loaded(slot)
        if high > S64_MAX:
            raise UnclearError
        if high - low + 1 == len(set(numbers)):
            self._between(slot, low, high)
        else:
            self._unless(" || ".join(f"{value} == {c_int(number)}" for number in sorted(numbers)))

    def _between(self, slot: int, low: int, high: int) -> None:
        """Leave out what holds of every value of the slot."""
        value, kind = self._loaded(slot), self._layout.fields[slot].type
        if isinstance(kind, IntValue) and low > kind.low:
            self._unless(f"{value} >= {c_int(low)}")
        if isinstance(kind, IntValue) and high < kind.high:
            self._unless(f"{value} <= {c_int(high)}")

    def _loaded(self, slot: int) -> str:
        """Return an integer of the record, which s64 holds."""
        field = self._layout.fields[slot]
        if not isinstance(field, Attribute) or not isinstance(field.data, IntegerData):
            raise UnclearError
        return _load(field.data, f"p + {self._layout.offset(slot)}", "given->is_big")

    # instances and rules

    def _instance(self, instance: Attribute | ValueInstance) -> None:
        """No instance is to be read; one that is computed must not be able to fail."""
        before = list(self._lines)
        condition = instance.condition
        if condition is not None:
            self._open(self._value(condition.tree))
        if isinstance(instance, Attribute):
            self._bail()
            self._close()
            return
        inside = len(self._lines)
        if isinstance(instance.type, IntValue | BoolValue):
            self._value(instance.value.tree)
        else:
            self._bail()
        may_fail = any(_BAIL in line for line in self._lines[inside:])
        if condition is not None:
            self._close()
        if not may_fail:
            self._lines = before

    def _rule(self, check: Check) -> None:
        if check.when is not None:
            self._open(self._value(check.when.tree))
        else:
            self._open("1")
        self._unless(self._value(check.check.tree))
        self._close()

    # expressions

    def _value(self, node: Expr) -> str:
        """Return a C expression of `int64_t`, after the lines that it needs."""
        if isinstance(node, typed.Method) and node.name in ("size", "length"):
            whole = self._given(node.base)
            return self._bail() if whole is None else f"(int64_t)given->list[{whole}]->count"
        given = self._given(node)
        if given is not None:
            return f"given->number[{given}]"
        match node:
            case typed.Constant(value=value) if isinstance(value, int) and value <= S64_MAX:
                return c_int(int(value))
            case typed.Bound(name="_") if self._bound is not None:
                return self._bound
            case typed.Field(base=typed.Self(), owner=owner, name=name) if owner == self._name:
                return self._own(self._slots.of(owner, name))
            case typed.Field(base=typed.At()):
                return self._item(node)
            case typed.Method(base=base, name="to_i") if isinstance(base.type, IntValue):
                return self._value(base)
            case typed.Cast(base=base) if isinstance(base.type, IntValue):
                return self._cast(node, base.type)
            case typed.Operation():
                return self._operation(node)
            case typed.Choice():
                return self._choice(node)
            case _:
                return self._bail()

    def _own(self, slot: int) -> str:
        field = self._layout.fields[slot]
        if slot in self._layout.group:
            return self._loaded(slot)
        if slot < self._layout.first_sequence:
            tree = self._data.arguments[slot].tree
            if isinstance(tree, typed.Cast):
                tree = tree.base
            return "(int64_t)index" if isinstance(tree, typed.Bound) else c_int(_number(tree))
        if not isinstance(field, ValueInstance) or not isinstance(field.type, IntValue | BoolValue):
            return self._bail()
        if field.condition is not None:
            self._unless(self._value(field.condition.tree))
        return self._value(field.value.tree)

    def _cast(self, node: typed.Cast, found: IntValue) -> str:
        if not isinstance(node.type, IntValue):
            return self._bail()
        value = self._value(node.base)
        low, high = node.type.low, min(node.type.high, S64_MAX)
        if found.low < low or found.high > high:
            value = self._variable(value)
            self._unless(f"{value} >= {c_int(low)} && {value} <= {c_int(high)}")
        return value

    def _operation(self, node: typed.Operation) -> str:
        operator, right = node.operator, node.right
        if operator == "not":
            return f"(int64_t)!({self._value(node.left)})"
        if right is None:
            return self._bail()
        if operator in ("and", "or"):
            return self._logical(operator, node.left, right)
        kinds = (node.left.type, right.type)
        if not all(isinstance(kind, IntValue | BoolValue) for kind in kinds):
            return self._bail()
        left_code, right_code = self._value(node.left), self._value(right)
        if operator in _COMPARISONS:
            return f"(int64_t)({left_code} {operator} {right_code})"
        left_kind, right_kind = kinds
        if not isinstance(left_kind, IntValue) or not isinstance(right_kind, IntValue):
            return self._bail()
        return self._arithmetic(operator, (left_kind, right_kind), left_code, right_code)

    def _arithmetic(
        self, operator: str, kinds: tuple[IntValue, IntValue], left: str, right: str
    ) -> str:
        if ranges.can_overflow(operator, *kinds):
            return self._bail()
        if operator in _PLAIN_ARITHMETIC:
            return f"({left} {operator} {right})"
        if kinds[0].low < 0:
            return self._bail()
        if operator in ("<<", ">>"):
            if kinds[1].low < 0 or kinds[1].high > 63:
                right = self._variable(right)
                self._unless(f"{right} >= 0 && {right} < 64")
            return f"({left} {operator} {right})"
        if kinds[1].low <= 0:
            return self._bail()
        return f"({left} {operator} {right})"

    def _logical(self, operator: str, left: Expr, right: Expr) -> str:
        found = self._variable(self._value(left))
        self._open(found if operator == "and" else f"!{found}")
        value = self._value(right)
        self._lines.append(f"{found} = {value};")
        self._close()
        return found

    def _choice(self, node: typed.Choice) -> str:
        found = self._variable("0")
        condition = self._variable(self._value(node.condition))
        for test, branch in ((condition, node.then), (f"!{condition}", node.otherwise)):
            self._open(test)
            value = self._value(branch)
            self._lines.append(f"{found} = {value};")
            self._close()
        return found

    # what is around

    def _item(self, node: typed.Field) -> str:
        """`list[index].field`, the list a given and the field of fixed place."""
        at = node.base
        if not isinstance(at, typed.At) or not isinstance(at.base.type, ListValue):
            return self._bail()
        item = at.base.type.item
        given = self._given(at.base)
        if given is None or not isinstance(item, StructValue) or item.name != node.owner:
            return self._bail()
        layout = self._context.layouts.of(node.owner)
        slot = self._slots.of(node.owner, node.name)
        cell, field = layout.cell(slot), layout.fields[slot]
        if not isinstance(field, Attribute) or not isinstance(field.data, IntegerData):
            return self._bail()
        index = self._variable(self._value(at.index))
        self._count += 1
        found = f"q{self._count}"
        if cell is not None:
            wide = field.data.width == 8 and not field.data.signed
            call = f"hv_kept_value(given->list[{given}], {index}, {cell})"
            self._lines.append(f"const hv_val *{found} = {call};")
            self._unless(f"{found} != NULL" + (f" && {found}->tag == HV_INT" if wide else ""))
            return f"{found}->as.i"
        if order_of(field.data) == "HV_INHERITED":
            return self._bail()
        call = f"hv_item_bytes(given->list[{given}], {index}, {slot})"
        self._lines.append(f"const uint8_t *{found} = {call};")
        self._unless(f"{found} != NULL")
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
        self._unless(f"given->is_there & {1 << number}u")
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


def _number(tree: Expr) -> int:
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
