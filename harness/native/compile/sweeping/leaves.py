"""Numbers, bytes and texts of what is swept, to C: where they end, and the checks on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.encodings import ENCODINGS
from harness.native.compile.extents import trim_record
from harness.native.compile.sweeping.scopes import Scope, UnclearError
from harness.native.compile.sweeping.values import Values, load
from harness.native.compile.widths import fixed_width
from harness.reading.extents import NUL
from harness.schema.expression import typed
from harness.schema.ir import Attribute, BytesData, DataType, Extent, IntegerData, TextData, Type
from harness.schema.types import S64_MAX, S64_MIN, IntValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.schema.expression.typed import Expr

_MOST_PADDING = 64
_AS_BYTES = "HV_AS_BYTES"  # no text: nothing to decode


class Leaves:
    """Writes what is done with values that are no structures."""

    def __init__(self, context: Context, values: Values, slot: int) -> None:
        self._unit = context.unit
        self._values = values
        self._list_slot = slot

    def fixed(self, scope: Scope, slot: int, field: Attribute, p: str) -> None:
        """A number or bytes of fixed size, which stand at `p`."""
        name = f"n{scope.tag}_{slot}"
        found = _load(field.data, p)
        if found:
            self._values.add(f"const int64_t {name} = {found};", f"(void){name};")
            scope.numbers[slot] = name
        self.check(scope, slot, field, p)

    def next(self, scope: Scope, slot: int, field: Attribute) -> None:
        """A value that stands at `at`, which is moved past it."""
        values, tag = self._values, scope.tag
        width = fixed_width(field.data)
        name = f"n{tag}_{slot}" if width else f"t{tag}_{slot}"
        values.add(f"int64_t {name} = 0;", f"(void){name};")
        known = scope.numbers if width else scope.texts
        if not width or _load(field.data, "p"):
            known[slot] = name

        def read() -> None:
            values.hard()
            if width:
                self._number(scope, slot, field, name)
            else:
                self._extent(scope, field, name)
                self.check(scope, slot, field, "")

        if field.condition is None:
            with values.block():
                read()
        else:
            scope.there[slot] = values.conditionally(field.condition.tree, scope, read)

    def _number(self, scope: Scope, slot: int, field: Attribute, name: str) -> None:
        width, values = fixed_width(field.data), self._values
        values.add(f"if (end{scope.tag} - at < {width}u) goto fail;")
        values.add("const uint8_t *const p = data + at;", "(void)p;")
        found = _load(field.data, "p")
        if found:
            values.add(f"{name} = {found};")
        values.add(f"at += {width}u;")
        self.check(scope, slot, field, "p")

    # bytes and texts

    def _extent(self, scope: Scope, field: Attribute, name: str) -> None:
        values, encoding = self._values, encoding_of(field.data)
        extent = extent_of(field.data)
        if extent.size is None and not extent.to_end:
            values.unless(
                f"hv_sweep_ended(c, data, &at, end{scope.tag}, {terminator_of(extent)}, {encoding},"
                f" &{name})"
            )
            return
        after = f"end{scope.tag}"
        if extent.size is not None:
            size = values.variable(values.value(extent.size.tree, scope))
            values.unless(f"{size} >= 0 && {size} <= (int64_t)({after} - at)")
            after = f"at + (uint32_t){size}"
        trim = self._trim(field, extent)
        values.unless(
            f"hv_sweep_sized(c, hv_at(n, {self._list_slot}, -1), s, &at, {after}, {trim},"
            f" {encoding}, &{name})"
        )

    def _trim(self, field: Attribute, extent: Extent) -> str:
        """Return how a sized value is cut; NULL where it is not."""
        record = trim_record(self._unit, field, extent)
        if record is None:
            return "NULL"
        name = self._unit.fresh("trim")
        self._values.locals.append(f"static const hv_trim {name} = {record};")
        return f"&{name}"

    # checks

    def check(self, scope: Scope, slot: int, field: Attribute, p: str) -> None:
        """The checks on one value as it is read; bytes of fixed size stand at `p`."""
        if field.contents is not None:
            if fixed_width(field.data) != len(field.contents):
                raise UnclearError
            literal = self._unit.literals[field.contents]
            size = len(field.contents)
            self._values.wrong(f"memcmp({p}, LITERAL_{literal}, {size}) != 0")
        if field.padding == "zero":
            self._zero(scope, slot, field, p)
        if field.enum and not field.allows_unknown:
            self._one_of(scope, slot, list(self._unit.schema.enums[field.enum].members))
        self._valid(scope, slot, field)

    def _valid(self, scope: Scope, slot: int, field: Attribute) -> None:
        valid, values = field.valid, self._values
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
            values.bound = scope.numbers.get(slot)
            values.bound_length = scope.texts.get(slot, "")
            tree = valid.expr.tree
            values.where(None, scope, lambda: values.demand(tree, scope))
            values.bound, values.bound_length = None, ""

    def of(self, scope: Scope, slot: int) -> str:
        """Return C of a number that was read.

        Raises:
            UnclearError: it is none that s64 holds.
        """
        if slot not in scope.numbers:
            raise UnclearError
        return scope.numbers[slot]

    def _zero(self, scope: Scope, slot: int, field: Attribute, p: str) -> None:
        if isinstance(field.data, IntegerData):
            self._values.wrong(self.of(scope, slot))
            return
        width = fixed_width(field.data)
        if not isinstance(field.data, BytesData) or not 0 < width <= _MOST_PADDING:
            raise UnclearError
        self._values.wrong(" | ".join(f"({p})[{one}]" for one in range(width)))

    def _one_of(self, scope: Scope, slot: int, numbers: list[int]) -> None:
        value = self.of(scope, slot)
        if not numbers or max(numbers) > S64_MAX:
            raise UnclearError
        low, high = min(numbers), max(numbers)
        if high - low + 1 == len(set(numbers)):
            self._between(scope, slot, low, high)
        else:
            either = " | ".join(f"({value} == {c_int(number)})" for number in sorted(numbers))
            self._values.wrong(f"!({either})")

    def _between(self, scope: Scope, slot: int, low: int, high: int) -> None:
        """Leave out what holds of every value of the slot."""
        value, kind = self.of(scope, slot), scope.layout.fields[slot].type
        if low > S64_MAX:
            raise UnclearError
        known = self._values.ranges.get(value, (S64_MIN, S64_MAX))
        if slot in scope.layout.group:
            self._values.ranges[value] = max(low, known[0]), min(high, known[1])
        if isinstance(kind, IntValue) and low > kind.low:
            self._values.wrong(f"{value} < {c_int(low)}")
        if isinstance(kind, IntValue) and high < kind.high:
            self._values.wrong(f"{value} > {c_int(high)}")


def _load(data: DataType, p: str) -> str:
    """Return the load of an integer that s64 holds; empty for any other value."""
    if not isinstance(data, IntegerData) or (data.width == 8 and not data.signed):
        return ""
    return load(data, p)


def least_size(type_: Type) -> int:
    """Return how many bytes each structure of a type takes at least."""
    return sum(
        _least_width(field.data)
        for field in type_.sequence
        if field.condition is None and field.repeat is None
    )


def _least_width(data: DataType) -> int:
    if not isinstance(data, BytesData | TextData) or data.extent.process is not None:
        return fixed_width(data)
    size = data.extent.size
    if size is None:
        return int(not data.extent.to_end)
    return max(0, number_of(size.tree)) if isinstance(size.tree, typed.Constant) else 0


def extent_of(data: DataType) -> Extent:
    """Return which bytes a value takes.

    Raises:
        UnclearError: it is neither bytes nor a text, or they are processed.
    """
    if not isinstance(data, BytesData | TextData) or data.extent.process is not None:
        raise UnclearError
    return data.extent


def encoding_of(data: DataType) -> str:
    """Return C for how a value is decoded.

    Raises:
        UnclearError: it would have to be made UTF-8 to count its characters.
    """
    if not isinstance(data, TextData):
        return _AS_BYTES
    encoding = ENCODINGS[data.encoding]
    if encoding.is_wide:
        raise UnclearError
    return encoding.decoder


def plain_size(extent: Extent) -> Expr:
    """Return the size of a region.

    Raises:
        UnclearError: its bytes are found in another way.
    """
    others = (extent.terminator, extent.pad_right, extent.process)
    if extent.size is None or any(one is not None for one in others):
        raise UnclearError
    return extent.size.tree


def terminator_of(extent: Extent) -> int:
    """Return the byte that ends a value, which must be there and is stepped over.

    Raises:
        UnclearError: it is found in another way.
    """
    terminator = extent.terminator or NUL
    refused = (
        extent.size is not None or extent.to_end or extent.include or not extent.consume
        or not extent.eos_error or extent.pad_right is not None or len(terminator) != 1
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
