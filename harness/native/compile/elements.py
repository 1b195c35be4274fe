"""Reading one attribute, repeated or not, to C: harness/reading/{steps,elements,frames}.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import Code, wide_integer
from harness.native.compile.data import DataReaders, has_structures
from harness.native.compile.ephemeral_lists import EphemeralLists
from harness.native.compile.sweeping.lists import compile_sweep
from harness.native.compile.values import compile_checks
from harness.native.compile.widths import fixed_width, load_of
from harness.schema.ir import (
    Attribute,
    FloatData,
    IntegerData,
    Repeat,
    StructData,
)
from harness.schema.walk import is_bits

if TYPE_CHECKING:
    from harness.native.compile.reading import Context


class Elements:
    """Makes the functions that read the attributes of one type."""

    def __init__(self, context: Context, owner: str) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner
        self._layout = context.layouts.of(owner)
        self._data = DataReaders(context, owner)
        self._ephemeral = EphemeralLists(context, owner)

    def step(self, slot: int, attribute: Attribute) -> str:
        """Add the function that reads an attribute, its condition apart; return its name.

        It is called as `name(c, n, s, cell)`. HV_BROKEN is said of what is reported already, by
        something nested; HV_FAULT and HV_UNKNOWN of what the caller must report.
        """
        check = compile_checks(self._context, self._owner, slot, attribute)
        if attribute.repeat is None:
            return self._single(slot, attribute, check)
        return self._list(slot, attribute, attribute.repeat, check)

    def check(self, slot: int, attribute: Attribute) -> str:
        """Add the checks of a value; their name, empty for none."""
        return compile_checks(self._context, self._owner, slot, attribute)

    def _single(self, slot: int, attribute: Attribute, check: str) -> str:
        read = self._data.reader(slot, attribute, attribute.data)
        name, code = self._unit.fresh("one"), Code()
        inside = " - (s->bits_left > 0)" if is_bits(attribute.data) else ""
        code.add(
            f"uint32_t start = s->position{inside};",
            f"int status = {read}(c, n, s, -1, NULL, cell);",
        )
        if has_structures(attribute.data):
            code.add(
                "if (cell->v.state == HV_PRESENT && cell->v.tag == HV_NODE) {",
                "    if (status == HV_MENDED) return HV_OK;",
                "    if (status != HV_OK) return status;",
                "} else {",
            )
        else:
            code.add("{")
        code.add(
            "    if (status != HV_OK) return status;",
            "    cell->v.flags = HV_HAS_SPAN;",
            "    cell->start = start;",
            "    cell->end = s->position;",
            "}",
            f"return {check}(c, n, -1, cell);" if check else "return HV_OK;",
        )
        self._unit.add(
            f"static int {name}(hv_ctx *c, hv_node *n, hv_stream *s, hv_cell *cell)\n{{\n"
            f"{code.text(1)}}}\n"
        )
        return name

    # lists

    def leaves(self, attribute: Attribute) -> tuple[str, ...]:
        """Return what is done once an attribute is read: a list may be left where it stands."""
        repeat = attribute.repeat
        if repeat is None or self._is_fast(attribute, repeat):
            return ()
        return ("if (status == HV_STOPPED) hv_leave_list(cell, s);",)

    def _list(self, slot: int, attribute: Attribute, repeat: Repeat, check: str) -> str:
        sweep = "" if check else self._sweep(slot, attribute)
        name, code = self._unit.fresh("list"), Code()
        kind = self._kind(attribute)
        code.add(
            "hv_bound b;", "hv_list *list;", "hv_cell item;", "int64_t index = -1;",
            "int status = HV_OK;", "uint32_t was_at = s->position;", "uint8_t was_bits = 0;",
            "(void)item;", "(void)was_at;", "(void)was_bits;",
            "b.it = b.on = hv_missing(HV_ABSENT); b.index = 0;",
        )  # fmt: skip
        if sweep:
            code.add(f"if (c->trial != HV_NO_TRIAL) return {sweep}(c, n, s, cell);")
        if kind == "HV_LIST_EPHEMERAL" and isinstance(attribute.data, StructData):
            code.add(f"hv_rec_{self._unit.type_numbers[attribute.data.type]} room;")
        self._count(code, repeat)
        start = "s->position"
        if is_bits(attribute.data):
            start += " - (s->bits_left > 0)"
        code.add(
            f"list = hv_new_list(c, n, {slot}, {kind}, s, {start});",
            "if (list == NULL) return HV_STOPPED;",
        )
        if repeat.kind == "expr" and kind in ("HV_LIST_NODES", "HV_LIST_CELLS"):
            code.add("if (count > 4) list->first_room = (uint8_t)(count < 64 ? count : 64);")
        self._describe(code, attribute, kind)
        code.add("cell->v = hv_of_list(list);")
        if self._is_fast(attribute, repeat):
            self._fast(code, slot, attribute, check)
        else:
            self._loop(code, slot, attribute, repeat, check, kind)
        self._unit.add(
            f"static int {name}(hv_ctx *c, hv_node *n, hv_stream *s, hv_cell *cell)\n{{\n"
            f"{code.text(1)}}}\n"
        )
        return name

    def _sweep(self, slot: int, attribute: Attribute) -> str:
        return compile_sweep(self._context, self._context.swept, self._owner, slot, attribute)

    def _kind(self, attribute: Attribute) -> str:
        data = attribute.data
        if fixed_width(data):
            return "HV_LIST_FIXED"
        if not isinstance(data, StructData):
            return "HV_LIST_CELLS"
        layout = self._context.layouts.of(data.type)
        is_plain = data.extent is None and data.parent is None and not data.is_orphan
        return "HV_LIST_EPHEMERAL" if layout.is_ephemeral and is_plain else "HV_LIST_NODES"

    def _describe(self, code: Code, attribute: Attribute, kind: str) -> None:
        """Say how items are loaded."""
        data = attribute.data
        if kind == "HV_LIST_EPHEMERAL" and isinstance(data, StructData):
            number = self._unit.type_numbers[data.type]
            code.add(f"list->type = &TYPE_{number};", f"list->stride = TYPE_{number}.fixed;")
        elif kind == "HV_LIST_FIXED":
            order = "HV_LITTLE"
            if isinstance(data, IntegerData | FloatData):
                order = {"le": "HV_LITTLE", "be": "HV_BIG"}.get(
                    data.endian, "n->flags & HV_IS_BIG ? HV_BIG : HV_LITTLE"
                )
            code.add(
                f"list->stride = {fixed_width(data)};", f"list->load = {load_of(data)};",
                f"list->order = (uint8_t)({order});",
            )  # fmt: skip

    def _count(self, code: Code, repeat: Repeat) -> None:
        """Leave how many items there are in `count`; INT64_MAX for more than any."""
        if repeat.kind != "expr" or repeat.expression is None:
            return
        found = self._context.expressions.function(repeat.expression.tree, self._owner)
        wide = wide_integer(found, "c, n, NULL", "if (status != HV_OK) return status;")
        code.add(
            "int64_t count = 0;",
            "{",
            *wide.lines,
            f"if ({wide.is_negative}) {{",
            "    status = hv_fault_at(c, HV_M_NEGATIVE_COUNT, s->position, s->position);",
            f"    hv_add_word(c, hv_int(hv_s64({wide.bits})));",
            "    return status;",
            "}",
            f"count = {wide.bits} > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t){wide.bits};",
            "}",
        )

    def _is_fast(self, attribute: Attribute, repeat: Repeat) -> bool:
        """Whether the reader takes the items at once, and pays for them at once."""
        data = attribute.data
        return (
            repeat.kind == "expr"
            and not self._context.book.has_bits
            and isinstance(data, IntegerData | FloatData)
            and data.endian != "inherited"
        )

    def _fast(self, code: Code, slot: int, attribute: Attribute, check: str) -> None:
        width = fixed_width(attribute.data)
        code.add(
            f"{{ uint32_t room = (s->end - s->position) / {width}u;",
            "  uint32_t fitting = count < (int64_t)room ? (uint32_t)count : room;",
            f"  status = hv_spend(c, n->limits->items, fitting, hv_at(n, {slot}, -1));",
            "  if (status != HV_OK) return status;",
            "  list->count = fitting;",
            f"  s->position += fitting * {width}u;",
            "  list->end = s->position;",
        )
        if check:
            code.add(
                "  for (index = 0; index < fitting; index++) {",
                "      item = hv_item(list, (uint32_t)index);",
                f"      status = {check}(c, n, (int32_t)index, &item);",
                "      if (status != HV_OK) return status;",
                "  }",
            )
        code.add(
            "  if (fitting < count) {",
            "      list->is_abandoned = 1;",
            "      status = hv_fault_at(c, HV_M_TRUNCATED, s->position, s->end);",
            f"      hv_add_word(c, hv_int({width}));",
            "      hv_add_word(c, hv_int((int64_t)s->end - s->position));",
            f"      c->error.has_place = 1; c->error.slot = {slot};",
            "      c->error.item = (int32_t)fitting;",
            "      return status;",
            "  }",
            "  (void)index; }",
            "return HV_OK;",
        )

    def _loop(  # what an attribute is made of
        self, code: Code, slot: int, attribute: Attribute, repeat: Repeat, check: str, kind: str
    ) -> None:
        if kind == "HV_LIST_EPHEMERAL" and not check:
            self._ephemeral.glance(code, attribute, repeat)
        at = f"hv_at(n, {slot}, (int32_t)(index < 0 ? 0 : index))"
        broken = f"{{ status = hv_break(c, status, {at}, s); goto broken; }}"
        code.add("for (;;) {")
        self._is_done(code, repeat, broken)
        code.add(
            "    index++;",
            f"    status = hv_spend(c, n->limits->items, 1, hv_at(n, {slot}, (int32_t)index));",
            "    if (status != HV_OK) return status;",
            "    was_at = s->position; was_bits = s->bits_left; b.index = index;",
        )
        if kind == "HV_LIST_EPHEMERAL" and isinstance(attribute.data, StructData):
            self._ephemeral.item(code, attribute.data.type, check)
        elif kind == "HV_LIST_FIXED":
            self._fixed(code, attribute, check, broken)
        else:
            self._item(code, slot, attribute, check, (kind, broken))
        code.add(
            "}",
            "list->end = s->position;",
            "return HV_OK;",
            "broken:",
            "if (status == HV_STOPPED) return status;",
            "list->is_abandoned = 1;",
            "list->end = s->position;",
            "return HV_BROKEN;",
        )

    def _is_done(self, code: Code, repeat: Repeat, broken: str) -> None:
        """Break where no element is due: none at all, or none after the last."""
        if repeat.kind == "expr":
            code.add("    if (index + 1 >= count) break;")
            return
        if repeat.kind == "eos":
            code.add("    if (hv_at_end(s)) break;", "    if (index >= 0) {")
        elif repeat.expression is not None:
            name = self._context.expressions.condition(repeat.expression.tree, self._owner).name
            code.add(
                "    if (index >= 0) {",
                "        int is_last = 0;",
                f"        status = {name}(c, n, &b, &is_last);",
                f"        if (status != HV_OK) {broken}",
                "        if (is_last) break;",
            )
        code.add(
            "        if (s->position == was_at && s->bits_left == was_bits) {",
            "            status = hv_fault(c, HV_M_NO_PROGRESS);",
            f"            {broken}",
            "        }",
            "    }",
        )

    def _fixed(self, code: Code, attribute: Attribute, check: str, broken: str) -> None:
        if self._context.book.has_bits:
            code.add("    if (s->bits_left) hv_align(c, s);")
        code.add(
            "    { const uint8_t *p;",
            f"      status = hv_take_fixed(c, s, {fixed_width(attribute.data)}, &p); (void)p; }}",
            f"    if (status != HV_OK) {broken}",
            "    list->count++;",
            "    item = hv_item(list, (uint32_t)index);",
            "    b.it = item.v;",
        )
        self._checked(code, check)

    def _checked(self, code: Code, check: str) -> None:
        if check:
            code.add(
                f"    status = {check}(c, n, (int32_t)index, &item);",
                "    if (status != HV_OK) return status;",
            )

    def _item(
        self, code: Code, slot: int, attribute: Attribute, check: str, how: tuple[str, str]
    ) -> None:
        kind, broken = how
        read = self._data.reader(slot, attribute, attribute.data)
        code.add(
            "    item.v = hv_missing(HV_UNREAD); item.start = item.end = 0; item.source = NULL;",
            f"    status = {read}(c, n, s, (int32_t)index, &b, &item);",
        )
        if kind == "HV_LIST_NODES":
            code.add(
                f"    if (status == HV_FAULT || status == HV_UNKNOWN) {broken}",
                "    if (status == HV_STOPPED && item.v.state != HV_PRESENT) return status;",
                "    if (hv_append_node(c, list, item.v.as.node) != HV_OK) return HV_STOPPED;",
                "    if (status == HV_STOPPED) return status;",
            )
        else:
            inside = " - (was_bits > 0)" if is_bits(attribute.data) else ""
            code.add(
                f"    if (status == HV_FAULT || status == HV_UNKNOWN) {broken}",
                "    if (status == HV_STOPPED && (item.v.state != HV_PRESENT"
                " || item.v.tag != HV_NODE)) return status;",
                "    if (item.v.state != HV_PRESENT || item.v.tag != HV_NODE) {",
                "        item.v.flags = HV_HAS_SPAN;",
                f"        item.start = was_at{inside}; item.end = s->position;",
                "    }",
                "    if (hv_append_cell(c, list, &item) != HV_OK) return HV_STOPPED;",
                "    if (status == HV_STOPPED) return status;",
            )
        code.add("    if (status == HV_BROKEN) goto broken;", "    b.it = item.v;")
        self._checked(code, check)
