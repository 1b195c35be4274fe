"""Records that nothing has to be said of, told at a glance.

Most records of a list are clean: their values pass, no instance of theirs is read, their rules
hold. This makes a C function that says so of one record from its bytes alone, as far as it can be
told while the list is read. It may say no of a clean record, and then the record is looked at in
every way; it never says yes of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.ephemeral import is_plain_argument
from harness.schema.ir import (
    Attribute,
    BytesData,
    Check,
    IntegerData,
    StructData,
    ValueInstance,
)
from harness.schema.types import S64_MAX, S64_MIN, BoolValue, IntValue

if TYPE_CHECKING:
    from harness.native.compile.layout import Layout
    from harness.native.compile.reading import Context

from harness.native.compile.plain import BAIL, PlainExpressions, UnclearError, number_of

_MOST_GIVENS = 16


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
        self._data = data
        self._layout: Layout = context.layouts.of(data.type)
        self._code = PlainExpressions(context, owner, data)
        self._refuse()
        for slot in self._layout.group:
            self._member(slot)
        for instance in self._layout.type.instances:
            self._instance(instance)
        for check in self._checks():
            self._rule(check)
        self.givens, self.joins = self._code.givens, self._code.joins
        if len(self.givens) > _MOST_GIVENS:
            raise UnclearError
        self.name = self._unit.fresh("glance")
        self._unit.add(
            f"static inline int {self.name}(const uint8_t *p, uint32_t index, "
            "const hv_givens *given)\n{\n    (void)p; (void)index; (void)given;\n"
            + "".join(f"    {line}\n" for line in self._code.lines)
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
            for check in overlay.by_type.get(self._data.type, ())
        ]
        return [*self._layout.type.checks, *extra]

    # values of the record

    def _member(self, slot: int) -> None:
        """The checks on one value."""
        field = self._layout.fields[slot]
        if not isinstance(field, Attribute):
            raise UnclearError
        if field.contents is not None:
            literal = self._unit.literals[field.contents]
            offset, size = self._layout.offset(slot), len(field.contents)
            self._code.unless(f"memcmp(p + {offset}, LITERAL_{literal}, {size}) == 0")
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
            self._one_of(slot, [number_of(option.tree) for option in options])
        if valid.min is not None:
            self._between(slot, number_of(valid.min.tree), S64_MAX)
        if valid.max is not None:
            self._between(slot, S64_MIN, number_of(valid.max.tree))
        if valid.expr is not None:
            self._code.bound = self._code.loaded(slot)
            self._code.unless(self._code.value(valid.expr.tree))
            self._code.bound = None

    def _zero(self, slot: int, field: Attribute) -> None:
        offset, width = self._layout.offset(slot), self._layout.width(slot)
        if isinstance(field.data, IntegerData | BytesData):
            self._code.unless(
                " && ".join(f"p[{offset + one}] == 0" for one in range(min(width, 64)))
            )
        if width > 64 or not isinstance(field.data, IntegerData | BytesData):
            raise UnclearError

    def _one_of(self, slot: int, numbers: list[int]) -> None:
        low, high = min(numbers), max(numbers)
        value = self._code.loaded(slot)
        if high > S64_MAX:
            raise UnclearError
        if high - low + 1 == len(set(numbers)):
            self._between(slot, low, high)
        else:
            self._code.unless(
                " || ".join(f"{value} == {c_int(number)}" for number in sorted(numbers))
            )

    def _between(self, slot: int, low: int, high: int) -> None:
        """Leave out what holds of every value of the slot."""
        value, kind = self._code.loaded(slot), self._layout.fields[slot].type
        if isinstance(kind, IntValue) and low > kind.low:
            self._code.unless(f"{value} >= {c_int(low)}")
        if isinstance(kind, IntValue) and high < kind.high:
            self._code.unless(f"{value} <= {c_int(high)}")

    # instances and rules

    def _instance(self, instance: Attribute | ValueInstance) -> None:
        """No instance is to be read; one that is computed must not be able to fail."""
        before = list(self._code.lines)
        condition = instance.condition
        if condition is not None:
            self._code.open(self._code.value(condition.tree))
        if isinstance(instance, Attribute):
            self._code.bail()
            self._code.close()
            return
        inside = len(self._code.lines)
        if isinstance(instance.type, IntValue | BoolValue):
            self._code.value(instance.value.tree)
        else:
            self._code.bail()
        may_fail = any(BAIL in line for line in self._code.lines[inside:])
        if condition is not None:
            self._code.close()
        if not may_fail:
            self._code.lines = before

    def _rule(self, check: Check) -> None:
        if check.when is not None:
            self._code.open(self._code.value(check.when.tree))
        else:
            self._code.open("1")
        self._code.unless(self._code.value(check.check.tree))
        self._code.close()
