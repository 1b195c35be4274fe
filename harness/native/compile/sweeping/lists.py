"""A list that is swept in a trial, to C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.sweeping.around import Around
from harness.native.compile.sweeping.records import Records
from harness.native.compile.sweeping.scopes import Scope, UnclearError
from harness.native.compile.sweeping.statements import text_of
from harness.native.compile.sweeping.values import Values
from harness.schema.ir import Attribute, Order, StructData

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.native.compile.sweeping.which import SweptLists


def compile_sweep(
    context: Context, swept: SweptLists, owner: str, slot: int, attribute: Attribute
) -> str:
    """Add the function that sweeps a list; return its name, empty where it cannot be swept.

    It is called as `name(c, n, s, cell)` and returns HV_OK, or HV_STOPPED where the trial ends.
    """
    if not swept.may_be(owner, attribute):
        return ""
    try:
        return _List(context, swept, owner, slot, attribute).write()
    except UnclearError:
        return ""


class _List:
    """Writes the function of one list."""

    def __init__(
        self, context: Context, swept: SweptLists, owner: str, slot: int, attribute: Attribute
    ) -> None:
        self._context = context
        self._swept = swept
        self._slot = slot
        self._attribute = attribute
        self._holder = Scope(context.layouts.of(owner), 0)
        self._around = Around(context, "j0", self._holder)
        self._values = Values(context, self._around)
        self._records = Records(context, self._values, slot)
        self._kept: list[str] = []

    def write(self) -> str:
        """Add the function; return its name.

        Raises:
            UnclearError: the list cannot be swept.
        """
        data, repeat = self._attribute.data, self._attribute.repeat
        if not isinstance(data, StructData) or repeat is None:
            raise UnclearError
        if self._attribute.refers is not None:
            raise UnclearError  # what its items refer to is looked up once all are there
        values, records = self._values, self._records
        scope = records.scope(self._holder, data)
        count = records.count(self._holder, self._attribute, scope)
        values.add(f"const int64_t count1 = {count};")
        records.loop(scope, lambda: self._orders(scope))
        if repeat.kind == "eos":
            values.add("if (at != end0) goto fail;")
        self._keys_end()
        records.joins.functions()
        return self._function()

    # the order of items, and their keys

    def _orders(self, scope: Scope) -> None:
        attribute = self._attribute
        if attribute.sorted_by is not None:
            self._sorted(scope, attribute.sorted_by)
        wanted = {
            slot: scope.numbers.get(slot) for slot in self._swept.keys(self._holder.type, attribute)
        }
        if attribute.unique_by is not None:
            key = self._key(scope, attribute.unique_by)
            if key not in wanted.values():
                wanted[-1] = key
        for slot, found in wanted.items():
            if found is None or slot in scope.there:
                raise UnclearError  # an item without a key is not looked up
            self._keep(scope, slot, found)

    def _key(self, scope: Scope, order: Order) -> str:
        if order.when is not None or order.within:
            raise UnclearError
        values = self._values
        values.bound = scope
        key = values.value(order.by.tree, scope.outside())
        values.bound = None
        return key

    def _sorted(self, scope: Scope, order: Order) -> None:
        key = self._key(scope, order)
        sign = ("<" if order.descending else ">") + ("=" if order.strict else "")
        self._values.locals.append("int64_t before = 0;")
        self._values.add(f"bad |= {scope.index} > 0 && before {sign} {key};", f"before = {key};")

    def _keep(self, scope: Scope, slot: int, key: str) -> None:
        """Keep the keys of items, and where these start; no two are alike."""
        name = self._context.unit.fresh("kept")
        number = f"{slot}u" if slot >= 0 else "UINT32_MAX"
        self._values.locals.append(f"hv_swept *{name} = NULL;")
        room = f"hv_new_swept(c, list, {number}, (uint32_t)count1)"
        scope.before[f"({name} = {room}) != NULL"] = None
        self._values.add(f"hv_add_swept({name}, {scope.index}, {key}, start1);")
        self._kept.append(name)

    def _keys_end(self) -> None:
        for name in self._kept:
            self._values.add(f"if (!hv_end_swept(c, {name}, (uint32_t)count1)) goto fail;")

    # the function

    def _function(self) -> str:
        name = self._context.unit.fresh("sweep")
        look_up = self._around.function()
        asked = f"    if (!{look_up}(c, n, &around)) goto fail;\n" if look_up else ""
        body = text_of(self._values.locals)
        lines = text_of([*self._around.locals, *self._values.lines])
        self._context.unit.add(
            f"static int {name}(hv_ctx *c, hv_node *n, hv_stream *s, hv_cell *cell)\n{{\n"
            "    const uint8_t *const data = s->data;\n"
            "    const uint32_t end0 = s->end;\n"
            "    const int is_big = (n->flags & HV_IS_BIG) != 0;\n"
            "    uint32_t at = s->position;\n"
            "    int64_t bad = 0;\n"
            "    hv_around around;\n"
            "    const hv_around *const j0 = &around;\n"
            f"    hv_list *const list = hv_new_list(c, n, {self._slot}, HV_LIST_SWEPT, s, at);\n"
            f"{body}    (void)is_big; (void)j0;\n"
            f"    if (list == NULL || s->bits_left || s->has_origin\n"
            f"        || n->depth + {self._records.depth}u > n->limits->deepest) goto fail;\n"
            f"{asked}{lines}"
            "    list->count = (uint32_t)count1;\n"
            "    list->end = s->position = at;\n"
            "    cell->v = hv_of_list(list);\n"
            "    return HV_OK;\n"
            "fail:\n    return hv_end_trial(c);\n}\n"
        )
        return name
