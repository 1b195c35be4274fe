"""One item of a list that is swept, to C: what it is made of, and its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.native.compile.code import c_int
from harness.native.compile.ephemeral import is_plain_argument
from harness.native.compile.sweeping.joins import Joins
from harness.native.compile.sweeping.leaves import (
    Leaves,
    encoding_of,
    extent_of,
    least_size,
    plain_size,
    terminator_of,
)
from harness.native.compile.sweeping.scopes import Scope, UnclearError, rebased
from harness.native.compile.sweeping.values import Values
from harness.native.compile.widths import fixed_width
from harness.reading.instances import values_in, without_values
from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    BytesData,
    Check,
    Limits,
    StructData,
    TextData,
    ValueInstance,
)
from harness.schema.scoping import file_of
from harness.schema.types import BoolValue, IntValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context

_MOST_STRUCTURES = 64  # of one sweep: each is written out where it stands
_MOST_LOOPS = 12  # one in the other: compilers take their time over more


class Records:
    """Writes what is done with the items of lists, one in the other.

    Attributes:
        joins: how their references are followed.
        depth: so many levels of structures there are.
    """

    def __init__(self, context: Context, values: Values, slot: int) -> None:
        self._context = context
        self._unit = context.unit
        self._values = values
        self._leaves = Leaves(context, values, slot)
        self._tags = 0
        self.joins = Joins(context, values)
        self.depth = 0

    def scope(self, holder: Scope, data: StructData, *, is_item: bool = True) -> Scope:
        """Return the scope of the items of a list, or of one structure in another.

        Raises:
            UnclearError: structures of their type are not swept.
        """
        layout = self._context.layouts.of(data.type)
        type_ = layout.type
        refused = (
            data.parent is not None or data.is_orphan or type_.endian is not None
            or type_.limits != Limits() or not least_size(type_)
            or file_of(type_.name) != file_of(self._values.around.scope.type)
        )  # fmt: skip
        if refused:
            raise UnclearError
        self._tags += 1
        up, tag = holder.up + 1, str(self._tags)
        is_too_much = self._tags > _MOST_STRUCTURES or holder.level + is_item > _MOST_LOOPS
        if holder.is_within(data.type) or is_too_much:
            raise UnclearError
        self.depth = max(self.depth, up)
        if not is_item:
            return Scope(layout, up, tag, holder, data, level=holder.level)
        return Scope(
            layout, up, tag, holder, data, index=f"i{tag}", count=f"count{tag}",
            level=holder.level + 1,
        )  # fmt: skip

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
        """Write what is done with one structure; `at` is where it stands, and then ends."""
        values, tag = self._values, scope.tag
        values.add(f"const uint32_t start{tag} = at;", f"(void)start{tag};")
        self._arguments(scope)
        self._region(scope)
        size = scope.layout.group_size
        if size and not (self.is_fixed(scope) and scope.index):
            values.add(f"if (end{tag} - at < {size}u) goto fail;")
        if size:
            values.add(f"const uint8_t *const p{tag} = data + at;", f"(void)p{tag};")
            values.add(f"at += {size}u;")
        self._group(scope)
        self.joins.write(scope)
        for slot, field in enumerate(scope.layout.type.sequence, scope.layout.first_sequence):
            if slot not in scope.layout.group:
                self._member(scope, slot, field)
        if scope.data is not None and scope.data.extent is not None:
            values.add(f"if (at != end{tag}) goto fail;")
        for slot, instance in enumerate(scope.layout.type.instances, scope.layout.first_instance):
            if isinstance(instance, Attribute):
                self._read(scope, slot, instance)
            else:
                self._computed(scope, instance)
        for field in scope.layout.type.sequence:
            self._derived(scope, field)
        for check in self._checks(scope):
            self._rule(scope, check)

    def _arguments(self, scope: Scope) -> None:
        """What is given must fit its parameter, whether anything asks for that or not."""
        for argument in scope.data.arguments if scope.data is not None else ():
            if not is_plain_argument(argument.tree):
                self._values.add(f"(void){self._values.value(argument.tree, scope.outside())};")

    def _region(self, scope: Scope) -> None:
        """Leave where the structure must end in `end…`, for one with a region of its own."""
        tag, holder = scope.tag, scope.holder
        extent = scope.data.extent if scope.data is not None else None
        if holder is None:
            raise UnclearError
        if extent is None:
            self._values.add(f"const uint32_t end{tag} = end{holder.tag};", f"(void)end{tag};")
            return
        size = plain_size(extent)
        found = self._values.variable(self._values.value(size, scope.outside()))
        self._values.add(
            f"if ({found} < 0 || {found} > (int64_t)(end{holder.tag} - at)) goto fail;",
            f"const uint32_t end{tag} = at + (uint32_t){found};",
        )

    def _group(self, scope: Scope) -> None:
        """The values of fixed size at the start."""
        for slot in scope.layout.group:
            field = scope.layout.fields[slot]
            if not isinstance(field, Attribute):
                raise UnclearError
            _refuse(field)
            self._leaves.fixed(scope, slot, field, f"p{scope.tag} + {scope.layout.offset(slot)}")

    def _member(self, scope: Scope, slot: int, field: Attribute) -> None:
        """An attribute whose place depends on what stands before it."""
        _refuse(field)
        if field.derive is not None or field.refers is not None:
            raise UnclearError
        is_leaf = fixed_width(field.data) or isinstance(field.data, BytesData | TextData)
        if field.repeat is None and is_leaf:
            self._leaves.next(scope, slot, field)
        elif field.condition is not None or field.valid is not None or field.enum:
            raise UnclearError
        elif field.repeat is None:
            self._structure(scope, slot, field)
        elif isinstance(field.data, StructData):
            self._list(scope, slot, field)
        else:
            self._numbers(scope, slot, field)

    # structures and lists in items

    def _structure(self, holder: Scope, slot: int, field: Attribute) -> None:
        if not isinstance(field.data, StructData):
            raise UnclearError
        scope = self.scope(holder, field.data, is_item=False)
        self._values.add("if (!hv_sweep_items(n, 1)) goto fail;")
        self.write(scope)
        holder.children[slot] = scope

    def _list(self, holder: Scope, slot: int, field: Attribute) -> None:
        if not isinstance(field.data, StructData):
            raise UnclearError
        scope = self.scope(holder, field.data)
        self._values.add(f"const int64_t {scope.count} = {self.count(holder, field, scope)};")
        self.loop(scope)
        if field.repeat is not None and field.repeat.kind == "eos":
            self._values.add(f"if (at != end{holder.tag}) goto fail;")
        holder.sizes[slot] = scope.count

    def count(self, holder: Scope, field: Attribute, scope: Scope | None) -> str:
        """Return C for how many items a list has; `scope` is theirs, where they are structures.

        Raises:
            UnclearError: only reading them tells.
        """
        repeat, size = field.repeat, fixed_width(field.data)
        if scope is not None and self.is_fixed(scope):
            size = scope.layout.group_size
        if repeat is not None and repeat.kind == "expr" and repeat.expression is not None:
            return self._values.value(repeat.expression.tree, holder)
        if repeat is None or repeat.kind != "eos" or not size:
            raise UnclearError
        return f"(int64_t)((end{holder.tag} - at) / {size}u)"

    def _numbers(self, holder: Scope, slot: int, field: Attribute) -> None:
        """A list of values of fixed size, of which nothing is asked but how many there are."""
        width = fixed_width(field.data)
        if not width or field.contents is not None or field.padding == "zero":
            raise UnclearError
        count = f"count{holder.tag}_{slot}"
        self._values.add(
            f"const int64_t {count} = {self.count(holder, field, None)};",
            f"if ({count} < 0 || {count} > (int64_t)(end{holder.tag} - at) / {width}) goto fail;",
            f"if (!hv_sweep_items(n, {count})) goto fail;",
            f"at += (uint32_t){count} * {width}u;",
        )
        if field.repeat is not None and field.repeat.kind == "eos":
            self._values.add(f"if (at != end{holder.tag}) goto fail;")
        holder.sizes[slot] = count

    def loop(self, scope: Scope, then: Callable[[], None] | None = None) -> None:
        """Write the loop over `count…` items; `then` writes what follows each."""
        values, index, count, holder = self._values, scope.index, scope.count, scope.holder
        if holder is None:
            raise UnclearError
        size, room = least_size(scope.layout.type), f"(int64_t)(end{holder.tag} - at)"
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

    # instances and rules

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
        """Bytes or a text up to a terminator, at a position."""
        _refuse(instance)
        extent, encoding = extent_of(instance.data), encoding_of(instance.data)
        refused = (
            instance.repeat or instance.derive or instance.refers or instance.valid
            or instance.enum or instance.contents is not None or instance.padding == "zero"
        )  # fmt: skip
        if refused or instance.position is None or tuple(values_in(instance.data)):
            raise UnclearError
        end, position = terminator_of(extent), instance.position.tree
        what = self._context.book.intern(without_values(instance.data))
        text = f"t{scope.tag}_{slot}"
        stream = self._stream(scope, instance)
        values = self._values

        def read() -> None:
            values.hard()
            values.add(*stream)
            offset = values.value(position, scope)
            values.unless(f"hv_sweep_at(c, n, io, {offset}, {end}, {encoding}, {what}u, &{text})")

        values.add(f"int64_t {text} = 0;", f"(void){text};")
        scope.texts[slot] = text
        if instance.condition is None:
            with values.block():
                read()
        else:
            scope.there[slot] = values.conditionally(instance.condition.tree, scope, read)

    def _stream(self, scope: Scope, instance: Attribute) -> tuple[str, ...]:
        """Find the stream once, when it is first needed, as reading does."""
        values, holder = self._values, scope.holder
        if instance.io is None:
            inner: Scope | None = scope
            while inner is not None and inner.data is not None:
                if inner.data.extent is not None:
                    raise UnclearError  # it is that of the region
                inner = inner.holder
            return ("hv_stream *const io = s;",)
        if holder is None:
            raise UnclearError
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
        self._values.wrong(f"{self._leaves.of(scope, slot)} != {wanted}")


def _refuse(field: Attribute) -> None:
    """Raise UnclearError for what is checked of a value in ways that are not written here."""
    late = (field.checksum, field.sorted_by, field.unique_by, field.locate)
    if any(one is not None for one in late) or field.align != 1 or field.allows_overlap:
        raise UnclearError
