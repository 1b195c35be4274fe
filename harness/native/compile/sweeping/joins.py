"""What items refer to, to C: items of companions, and of lists that were swept before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.sweeping.around import Around, is_of_companion
from harness.native.compile.sweeping.scopes import Scope, UnclearError, rebased
from harness.schema.expression import typed
from harness.schema.ir import Attribute, Refers
from harness.schema.types import IntValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.native.compile.sweeping.values import Values


class Joins:
    """Writes how the references of items are followed."""

    def __init__(self, context: Context, values: Values) -> None:
        self._context = context
        self._unit = context.unit
        self._values = values
        self._fills: list[tuple[str, Scope, str, Around]] = []

    def write(self, scope: Scope) -> None:
        """Follow the reference of an item, if it has one.

        Raises:
            UnclearError: it has several, or one that depends on more than its value.
        """
        joining = [
            (slot, field.refers)
            for slot, field in enumerate(scope.layout.fields)
            if isinstance(field, Attribute) and field.refers is not None
        ]
        if not joining:
            return
        slot, refers = joining[0]
        if len(joining) > 1 or scope.up != 1 or slot not in scope.numbers:
            raise UnclearError
        if is_of_companion(self._unit.schema, refers):
            self._companion(scope, slot, refers)
        elif refers.value is not None or refers.when is not None:
            raise UnclearError
        else:
            self._swept(scope, slot, refers)

    def _companion(self, scope: Scope, slot: int, refers: Refers) -> None:
        """Look up, once for each key, all that is asked of the item."""
        if not refers.name or not _is_by_item(refers):
            raise UnclearError
        fill, joins = self._unit.fresh("joined"), self._unit.fresh("joins")
        code, key = f"j{scope.tag}", scope.numbers[slot]
        self._values.locals.append(f"hv_joins {joins} = {{0}};")
        self._values.add(
            f"const hv_around *{code} = hv_known_join(&{joins}, {key});",
            f"if ({code} == NULL) {code} = {fill}(c, n, s, start{scope.tag}, {scope.index}, "
            f"&{joins}, {key});",
            f"if ({code} == NULL) goto fail;",
        )
        around = scope.around[refers.name] = Around(self._context, code, scope)
        self._values.add(around.locals)
        self._fills.append((fill, scope, refers.name, around))

    def _swept(self, scope: Scope, slot: int, refers: Refers) -> None:
        """Find the item in a list that was swept before."""
        by = key_of(refers)
        if by is None:
            raise UnclearError
        values, holder = self._values, self._values.around.scope
        table = self._context.expressions.function(
            rebased(refers.table.tree, scope, holder), holder.type
        )
        keys, number = self._unit.fresh("keys"), f"r{scope.tag}"
        values.locals += [f"hv_swept *{keys} = NULL;", f"hv_list *{keys}_of = NULL;"]
        by_slot = self._unit.slots.of(by.owner, by.name)
        scope.before[
            f"{table.name}(c, n, NULL, &{keys}_of) == HV_OK"
            f" && ({keys} = hv_keys_of(c, n, {keys}_of, {by_slot}u)) != NULL"
        ] = None
        values.add(
            f"const uint32_t {number} = hv_find_swept({keys}, {scope.numbers[slot]});",
            f"if ({number} == UINT32_MAX) goto fail;",
        )
        if refers.name:
            scope.starts[refers.name] = f"{keys}->start[{number}]"

    def functions(self) -> None:
        """Add the functions that look up what is asked of items, now that it is known."""
        for name, scope, join, around in self._fills:
            number = self._unit.type_numbers[scope.type]
            cell, got = scope.layout.join_cell(join), max(scope.layout.group) + 1
            look_up = around.function()
            asked = f"    if (made == NULL || !{look_up}(c, &room.head, made)) return NULL;\n"
            self._unit.add(
                f"static int join_{number}(hv_ctx *c, hv_node *n);\n"
                f"static const hv_around *{name}(hv_ctx *c, hv_node *n, hv_stream *s, "
                "uint32_t start, uint32_t index, hv_joins *joins, int64_t key)\n{\n"
                f"    hv_rec_{number} room;\n"
                "    const hv_around *known = hv_indexed_join(joins, key);\n"
                "    hv_around *made;\n"
                "    hv_node *item;\n"
                "    if (known != NULL)\n        return known;\n"
                f"    hv_init_node(&room.head, &TYPE_{number}, n, 0, (int32_t)index, s, start, "
                "n->limits);\n"
                f"    room.head.got = {got};\n"
                f"    item = hv_join_now(c, &room.head, {cell}u);\n"
                "    if (item == NULL)\n        return NULL;\n"
                f"    made = hv_new_join(c, joins, n, item, key);\n{asked if look_up else ''}"
                "    return made;\n}\n"
            )


def key_of(refers: Refers) -> typed.Field | None:
    """Return the field of an item that a reference looks for; None for anything else."""
    by = refers.by.tree if refers.by is not None else None
    if isinstance(by, typed.Cast) and not _can_fail(by):
        by = by.base
    if isinstance(by, typed.Field) and isinstance(by.base, typed.Bound) and by.base.name == "_":
        return by
    return None


def _can_fail(cast: typed.Cast) -> bool:
    """Whether a number may not fit, so that an item has no key."""
    before, after = cast.base.type, cast.type
    if not isinstance(before, IntValue) or not isinstance(after, IntValue):
        return True
    return before.low < after.low or before.high > after.high


def _is_by_item(refers: Refers) -> bool:
    """Whether the keys of a table depend on its items alone."""
    return key_of(refers) is not None
