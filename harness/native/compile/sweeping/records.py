"""One item of a list that is swept, to C: its bytes, its values, its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.sweeping.joins import Joins
from harness.native.compile.sweeping.scopes import Scope, UnclearError, rebased
from harness.native.compile.sweeping.values import Values, load
from harness.native.compile.widths import fixed_width
from harness.reading.extents import NUL
from harness.reading.instances import values_in, without_values
from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    BytesData,
    Check,
    DataType,
    Extent,
    IntegerData,
    Limits,
    StructData,
    TextData,
    ValueInstance,
)
from harness.schema.scoping import file_of
from harness.schema.types import S64_MAX, S64_MIN, BoolValue, IntValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.schema.expression.typed import Expr

_MOST_PADDING = 64


class Records:
    """Writes what is done with the items of lists, one in the other.

    Attributes:
        joins: how their references are followed.
        depth: so many levels of items there are.
    """

    def __init__(self, context: Context, values: Values) -> None:
        self._context = context
        self._unit = context.unit
        self._values = values
        self.joins = Joins(context, values)
        self.depth = 0

    # an item

    def scope(self, holder: Scope, data: StructData) -> Scope:
        """Return the scope of the items of a list.

        Raises:
            UnclearError: structures of their type are not swept.
        """
        layout = self._context.layouts.of(data.type)
        type_ = layout.type
        refused = (
            data.parent is not None or data.is_orphan or type_.endian is not None
            or type_.limits != Limits() or not layout.group
            or file_of(type_.name) != file_of(self._values.around.scope.type)
        )  # fmt: skip
        if refused:
            raise UnclearError
        up = holder.up + 1
        self.depth = max(self.depth, up)
        return Scope(
            layout, up, holder, data, index=f"i{up}", count=f"count{up}", level=holder.level + 1
        )

    def is_fixed(self, scope: Scope) -> bool:
        """Whether all items take the same bytes."""
        return (
            len(scope.layout.group) == len(scope.layout.type.sequence)
            and scope.data is not None
            and scope.data.extent is None
        )

    def glance(self, scope: Scope) -> None:
        """Write what its bytes alone tell of one item, of which nothing is read besides.

        Raises:
            UnclearError: no item would be right by that.
        """
        fields = (*scope.layout.type.sequence, *scope.layout.type.instances)
        if any(isinstance(field, Attribute) and (field.refers or field.derive) for field in fields):
            raise UnclearError
        self._group(scope)
        values = self._values
        for instance in scope.layout.type.instances:
            if isinstance(instance, ValueInstance):
                self._computed(scope, instance)
            elif instance.condition is None:
                raise UnclearError
            else:
                values.where(instance.condition.tree, scope, lambda: values.unless("0"))
        for check in self._checks(scope):
            self._rule(scope, check, is_glance=True)

    def write(self, scope: Scope) -> None:
        """Write what is done with one item; `at` is where it stands, and then where it ends."""
        values, up = self._values, scope.up
        is_fixed = self.is_fixed(scope)
        values.add(f"const uint32_t start{up} = at;", f"(void)start{up};")
        self._region(scope)
        if not is_fixed:
            values.add(f"if (end{up} - at < {scope.layout.group_size}u) goto fail;")
        values.add(f"const uint8_t *const p{up} = data + at;")
        values.add(f"at += {scope.layout.group_size}u;")
        self._group(scope)
        self.joins.write(scope)
        for slot, field in enumerate(scope.layout.type.sequence, scope.layout.first_sequence):
            if slot not in scope.layout.group:
                self._member(scope, slot, field)
        if scope.data is not None and scope.data.extent is not None:
            values.add(f"if (at != end{up}) goto fail;")
        for slot, instance in enumerate(scope.layout.type.instances, scope.layout.first_instance):
            self._instance(scope, slot, instance)
        for field in scope.layout.type.sequence:
            self._derived(scope, field)
        for check in self._checks(scope):
            self._rule(scope, check)

    def _region(self, scope: Scope) -> None:
        """Leave where the item must end in `end…`, for one with a region of its own."""
        up, extent = scope.up, scope.data.extent if scope.data is not None else None
        if extent is None:
            self._values.add(f"const uint32_t end{up} = end{up - 1};", f"(void)end{up};")
            return
        size = plain_size(extent)
        found = self._values.variable(self._values.value(size, scope.outside()))
        self._values.add(
            f"if ({found} < 0 || {found} > (int64_t)(end{up - 1} - at)) goto fail;",
            f"const uint32_t end{up} = at + (uint32_t){found};",
        )

    def _group(self, scope: Scope) -> None:
        """Load the numbers that stand at the start, and check them."""
        up, layout = scope.up, scope.layout
        for slot in layout.group:
            field = layout.fields[slot]
            if not isinstance(field, Attribute):
                raise UnclearError
            self._number(scope, slot, field.data, f"p{up} + {layout.offset(slot)}")
            self._refuse(field)
            self._check(scope, slot, field, f"p{up} + {layout.offset(slot)}")

    def _number(self, scope: Scope, slot: int, data: DataType, p: str) -> None:
        """Load a number; one that s64 may not hold, or no integer, is not known to expressions."""
        if not isinstance(data, IntegerData) or (data.width == 8 and not data.signed):
            return
        name = f"n{scope.up}_{slot}"
        self._values.add(f"const int64_t {name} = {load(data, p)};", f"(void){name};")
        scope.numbers[slot] = name

    def _refuse(self, field: Attribute) -> None:
        late = (field.checksum, field.sorted_by, field.unique_by, field.locate)
        if any(one is not None for one in late) or field.align != 1 or field.allows_overlap:
            raise UnclearError

    def _member(self, scope: Scope, slot: int, field: Attribute) -> None:
        """An attribute whose place depends on what stands before it."""
        values, up = self._values, scope.up
        self._refuse(field)
        if field.condition is not None or field.derive is not None or field.refers is not None:
            raise UnclearError
        if field.repeat is not None:
            self._list(scope, slot, field)
            return
        width = fixed_width(field.data)
        if width:
            values.add(f"if (end{up} - at < {width}u) goto fail;")
            values.add(f"const uint8_t *const p{up}_{slot} = data + at;", f"(void)p{up}_{slot};")
            self._number(scope, slot, field.data, f"p{up}_{slot}")
            values.add(f"at += {width}u;")
            self._check(scope, slot, field, f"p{up}_{slot}")
            return
        raise UnclearError

    # lists in items

    def _list(self, holder: Scope, slot: int, field: Attribute) -> None:
        repeat, data = field.repeat, field.data
        if repeat is None or not isinstance(data, StructData) or field.valid or field.enum:
            raise UnclearError
        scope = self.scope(holder, data)
        scope.count = f"{scope.count}_{slot}"
        if repeat.kind == "expr" and repeat.expression is not None:
            count = self._values.value(repeat.expression.tree, holder)
        elif repeat.kind == "eos" and self.is_fixed(scope):
            count = f"(int64_t)((end{holder.up} - at) / {scope.layout.group_size}u)"
        else:
            raise UnclearError
        self._values.add(f"const int64_t {scope.count} = {count};")
        self.loop(scope)
        if repeat.kind == "eos":
            self._values.add(f"if (at != end{holder.up}) goto fail;")
        holder.sizes[slot] = scope.count

    def loop(self, scope: Scope, then: Callable[[], None] | None = None) -> None:
        """Write the loop over `count…` items; `then` writes what follows each."""
        values, index, count = self._values, scope.index, scope.count
        size, room = scope.layout.group_size, f"(int64_t)(end{scope.up - 1} - at)"
        with values.collected() as body:
            self.write(scope)
            if then is not None:
                then()
        values.add(f"if ({count} < 0 || {count} > {room} / {size}) goto fail;")
        values.add(f"if (!hv_sweep_items(n, {count})) goto fail;")
        values.add(*(f"if (!({condition})) goto fail;" for condition in scope.before))
        values.add(
            f"for (uint32_t {index} = 0; {index} < (uint32_t){count}; {index}++) {{",
            *body,
            *(["if (bad) goto fail;"] if scope.up == 1 else []),
            "}",
        )

    # values

    def _check(self, scope: Scope, slot: int, field: Attribute, p: str) -> None:
        """The checks on one value as it is read."""
        values = self._values
        if field.contents is not None:
            literal = self._unit.literals[field.contents]
            values.add(f"bad |= memcmp({p}, LITERAL_{literal}, {len(field.contents)}) != 0;")
        if field.padding == "zero":
            self._zero(scope, slot, field, p)
        if field.enum and not field.allows_unknown:
            self._one_of(scope, slot, list(self._unit.schema.enums[field.enum].members))
        valid = field.valid
        if valid is None:
            return
        if valid.in_enum:
            if not field.enum:
                raise UnclearError
            self._one_of(scope, slot, list(self._unit.schema.enums[field.enum].members))
        options = (valid.eq,) if valid.eq is not None else valid.any_of
        if options is not None:
            self._one_of(scope, slot, [number_of(option.tree) for option in options])
        if valid.min is not None:
            self._between(scope, slot, number_of(valid.min.tree), S64_MAX)
        if valid.max is not None:
            self._between(scope, slot, S64_MIN, number_of(valid.max.tree))
        if valid.expr is not None:
            values.bound = self._of(scope, slot)
            tree = valid.expr.tree
            values.where(None, scope, lambda: values.demand(tree, scope))
            values.bound = None

    def _of(self, scope: Scope, slot: int) -> str:
        if slot not in scope.numbers:
            raise UnclearError
        return scope.numbers[slot]

    def _zero(self, scope: Scope, slot: int, field: Attribute, p: str) -> None:
        if isinstance(field.data, IntegerData):
            self._values.add(f"bad |= {self._of(scope, slot)} != 0;")
            return
        width = fixed_width(field.data)
        if not isinstance(field.data, BytesData) or not 0 < width <= _MOST_PADDING:
            raise UnclearError
        every = " | ".join(f"({p})[{one}]" for one in range(width))
        self._values.add(f"bad |= ({every}) != 0;")

    def _one_of(self, scope: Scope, slot: int, numbers: list[int]) -> None:
        low, high = min(numbers), max(numbers)
        value = self._of(scope, slot)
        if high > S64_MAX:
            raise UnclearError
        if high - low + 1 == len(set(numbers)):
            self._between(scope, slot, low, high)
        else:
            either = " | ".join(f"({value} == {c_int(number)})" for number in sorted(numbers))
            self._values.add(f"bad |= !({either});")

    def _between(self, scope: Scope, slot: int, low: int, high: int) -> None:
        """Leave out what holds of every value of the slot."""
        value, kind = self._of(scope, slot), scope.layout.fields[slot].type
        if isinstance(kind, IntValue) and low > kind.low:
            self._values.add(f"bad |= {value} < {c_int(low)};")
        if isinstance(kind, IntValue) and high < kind.high:
            self._values.add(f"bad |= {value} > {c_int(high)};")

    # instances and rules

    def _instance(self, scope: Scope, slot: int, instance: Attribute | ValueInstance) -> None:
        if isinstance(instance, Attribute):
            self._read(scope, slot, instance)
        else:
            self._computed(scope, instance)

    def _computed(self, scope: Scope, instance: ValueInstance) -> None:
        """A value that is computed must not be able to fail."""
        values = self._values
        if not isinstance(instance.type, IntValue | BoolValue):
            raise UnclearError
        condition = instance.condition.tree if instance.condition is not None else None
        with values.collected() as lines:
            values.where(condition, scope, lambda: values.use(instance.value.tree, scope))
        if any("bad |=" in line or "goto fail" in line for line in lines):
            values.add(*lines)

    def _read(self, scope: Scope, slot: int, instance: Attribute) -> None:
        """A text that stands at a position."""
        self._refuse(instance)
        data, up = instance.data, scope.up
        refused = (
            instance.repeat or instance.derive or instance.refers or instance.valid
            or instance.enum or instance.contents is not None or instance.padding == "zero"
        )  # fmt: skip
        if not isinstance(data, TextData) or refused or instance.position is None:
            raise UnclearError
        end = plain_terminator(data)
        what = self._what(data)
        position = instance.position.tree
        text, there = f"text{up}_{slot}", f"has{up}_{slot}"
        stream = self._stream(scope, instance)
        values = self._values

        def read() -> None:
            values.hard()
            values.add(*stream)
            values.unless(
                f"hv_sweep_text(c, n, io, {values.value(position, scope)}, {end}, {what}u, &{text})"
            )
            values.add(f"{there} = 1;")

        values.add(f"hv_slice {text} = {{NULL, 0}}; int {there} = 0;")
        values.add(f"(void){text}; (void){there};")
        values.where(instance.condition.tree if instance.condition else None, scope, read)
        scope.texts[slot] = (text, there)

    def _what(self, data: TextData) -> int:
        """Return the number of what is read: the same may be read twice."""
        if tuple(values_in(data)):
            raise UnclearError
        return self._context.book.intern(without_values(data))

    def _stream(self, scope: Scope, instance: Attribute) -> tuple[str, ...]:
        """Find the stream once, when it is first needed, as reading does."""
        if instance.io is None:
            if scope.data is not None and scope.data.extent is not None:
                raise UnclearError  # it is that of the region
            return ("hv_stream *const io = s;",)
        values = self._values
        tree = rebased(instance.io.tree, scope, values.around.scope)
        found = self._context.expressions.function(tree, values.around.scope.type)
        if found.ctype != "hv_stream *":
            raise UnclearError
        name = self._unit.fresh("io")
        values.locals.append(f"hv_stream *{name} = NULL;")
        is_other = f"{name}->session != s->session"
        call = f"{found.name}(c, n, NULL, &{name})"
        return (
            f"if ({name} == NULL && ({call} != HV_OK || {is_other})) goto fail;",
            f"hv_stream *const io = {name};",
        )

    def _checks(self, scope: Scope) -> list[Check]:
        extra = [
            check
            for overlay in self._unit.overlays
            for check in overlay.by_type.get(scope.type, ())
        ]
        return [*scope.layout.type.checks, *extra]

    def _rule(self, scope: Scope, check: Check, *, is_glance: bool = False) -> None:
        """A rule; of one that bytes alone do not decide, a glance can only say where it applies."""
        values, tree = self._values, check.check.tree
        when = check.when.tree if check.when is not None else None
        try:
            with values.collected() as lines:
                values.where(when, scope, lambda: values.demand(tree, scope))
        except UnclearError:
            if not is_glance or when is None:
                raise
            values.where(when, scope, lambda: values.unless("0"))
        else:
            values.add(*lines)

    # references

    # what depends on other structures

    def _derived(self, scope: Scope, field: Attribute) -> None:
        """An offset of what was swept before."""
        derive = field.derive
        if derive is None:
            return
        tree = derive.target.tree
        slot = self._unit.slots.of(scope.type, field.id)
        if not isinstance(tree, typed.Joined) or not isinstance(tree.base, typed.Self):
            raise UnclearError
        if derive.measure != "offset" or tree.name not in scope.starts:
            raise UnclearError
        wanted = f"(int64_t){scope.starts[tree.name]} / {derive.unit} + {c_int(derive.plus)}"
        self._values.add(f"bad |= {self._of(scope, slot)} != {wanted};")


def plain_size(extent: Extent) -> Expr:
    """Return the size of a region.

    Raises:
        UnclearError: its bytes are found in another way.
    """
    others = (extent.terminator, extent.pad_right, extent.process)
    if extent.size is None or any(one is not None for one in others):
        raise UnclearError
    return extent.size.tree


def plain_terminator(data: TextData) -> int:
    """Return the byte that ends a text, which is ASCII.

    Raises:
        UnclearError: its bytes are found in another way.
    """
    extent = data.extent
    terminator = extent.terminator or NUL
    refused = (
        extent.size is not None or extent.to_end or extent.process is not None
        or extent.include or not extent.consume or len(terminator) != 1
    )  # fmt: skip
    if refused:
        raise UnclearError
    return terminator[0]


def number_of(tree: Expr) -> int:
    """Return a constant integer.

    Raises:
        UnclearError: it is none.
    """
    if isinstance(tree, typed.Constant) and isinstance(tree.value, int):
        return int(tree.value)
    raise UnclearError
