"""Lists of structures that are not kept, to C: items read where they stand, most at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import Code
from harness.native.compile.sweeping.glance import Glance
from harness.native.compile.sweeping.scopes import UnclearError
from harness.native.compile.values import compile_checks
from harness.schema.ir import Attribute, Repeat, StructData

if TYPE_CHECKING:
    from harness.native.compile.reading import Context


class EphemeralLists:
    """Writes the C that reads such lists, for the attributes of one type.

    It stands in the function of a list: `list`, `count`, `index`, `item`, `room` and the cursor of
    `s` are there, and a label `broken`.
    """

    def __init__(self, context: Context, owner: str) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner

    def item(self, code: Code, type_name: str, check: str) -> None:
        """An item is read where it stands; the last may not be all there."""
        layout = self._context.layouts.of(type_name)
        if self._context.book.has_bits:
            code.add("    if (s->bits_left) hv_align(c, s);")
        code.add(
            "    { hv_node *it = &room.head;",
            f"      int is_whole = s->end - s->position >= {layout.group_size}u"
            " && n->depth + 1u <= n->limits->deepest;",
            "      list->count++;",
            "      if (list->is_sparse && hv_mark_item(c, list, (uint32_t)index) != HV_OK)",
            "          return HV_STOPPED;",
            "      if (!is_whole) {",
            "          hv_load_item(list, (uint32_t)index, it);",
            "          it->got = 0; it->end = HV_NO_END;",
            "          status = hv_read_node(c, it, s, 0);",
            "          list->is_partial = 1; list->got = it->got;",
            "          if (status == HV_STOPPED) return status;",
            "          goto broken;",
            "      }",
        )
        checks = [(member, self._member_check(type_name, member)) for member in layout.group]
        if any(name for _, name in checks):
            code.add("      hv_load_item(list, (uint32_t)index, it);")
            code.add(f"      s->position += {layout.group_size}u;")
            for member, name in checks:
                if name:
                    code.add(
                        f"      item = hv_get(it, {member});",
                        f"      status = {name}(c, it, -1, &item);",
                        "      if (status != HV_OK) { list->count--; return status; }",
                    )
        else:
            code.add(f"      s->position += {layout.group_size}u;")
        code.add("      hv_load_item(list, (uint32_t)index, it);", "      b.it = hv_of_node(it);")
        if check:
            code.add("      item.v = b.it; item.start = item.end = 0; item.source = NULL;")
        if check:
            code.add(
                f"      status = {check}(c, n, (int32_t)index, &item);",
                "      if (status != HV_OK) return status;",
            )
        code.add("    }")

    def glance(self, code: Code, attribute: Attribute, repeat: Repeat) -> None:
        """Take all items that are there at once; only those that are not clean are looked at."""
        data = attribute.data
        if repeat.kind == "until" or not isinstance(data, StructData):
            return
        try:
            glance = Glance(self._context, self._owner, data)
        except UnclearError:
            return
        size = self._context.layouts.of(data.type).group_size
        check = self._item_check(data.type)
        code.add(
            "{ hv_around around; const hv_around *const j0 = &around;",
            "  const int is_big = (n->flags & HV_IS_BIG) != 0;",
            f"  uint32_t fitting = (s->end - s->position) / {size}u, i;",
            "  const uint8_t *p = s->data + s->position;",
            "  int is_told = 1;",
            "  (void)j0;",
        )
        if repeat.kind == "expr":
            code.add("  if (count < (int64_t)fitting) fitting = (uint32_t)count;")
        code.add(
            "  if (n->depth + 1u > n->limits->deepest || s->bits_left",
            "      || !hv_affords(n->limits->items, fitting)) fitting = 0;",
            "  (void)hv_charge(n->limits->items, fitting);",
            "  list->is_sparse = 1;",
        )
        self._around(code, glance)
        code.add(
            "  for (i = 0; i < fitting; i++) {",
            f"      if (is_told && {glance.name}(p + (size_t)i * {size}u, i, j0, is_big))",
            "          continue;",
            "      list->count = i + 1;",
            f"      s->position = list->start + list->count * {size}u;",
            "      if (hv_mark_item(c, list, i) != HV_OK) return HV_STOPPED;",
            f"      status = {check}(c, list, i);",
            "      if (status != HV_OK) { list->count--; return status; }",
            "  }",
            "  if (fitting > 0) {",
            "      list->count = fitting;",
            f"      s->position = list->start + fitting * {size}u;",
            f"      was_at = s->position - {size}u;",
            "      index = (int64_t)fitting - 1;",
            "  } }",
        )

    def _around(self, code: Code, glance: Glance) -> None:
        """Look up what the records need from around them."""
        if glance.look_up:
            code.add(
                f"  if (fitting > 0) is_told = {glance.look_up}(c, n, &around);",
                "  else memset(&around, 0, sizeof around);",
            )
        if glance.before:
            code.add(
                "  if (fitting > 0 && is_told) {",
                "      const int64_t count1 = fitting;",
                *(f"      {line}" for line in glance.locals),
                f"      is_told = {' && '.join(f'({one})' for one in glance.before)};",
                "  }",
            )

    def _item_check(self, type_name: str) -> str:
        """Add the function that checks the values of one item of a list."""
        layout = self._context.layouts.of(type_name)
        name, number = self._unit.fresh("item"), self._unit.type_numbers[type_name]
        code = Code()
        for slot in layout.group:
            check = self._member_check(type_name, slot)
            if check:
                code.add(
                    f"value = hv_get(&room.head, {slot});",
                    f"status = {check}(c, &room.head, -1, &value);",
                    "if (status != HV_OK) return status;",
                )
        self._unit.add(
            f"static int {name}(hv_ctx *c, hv_list *list, uint32_t i)\n{{\n"
            f"    hv_rec_{number} room;\n    hv_cell value;\n    int status = HV_OK;\n"
            "    (void)c; (void)value;\n    hv_load_item(list, i, &room.head);\n"
            f"{code.text(1)}    return status;\n}}\n"
        )
        return name

    def _member_check(self, type_name: str, slot: int) -> str:
        field = self._context.layouts.of(type_name).fields[slot]
        if not isinstance(field, Attribute):
            return ""
        return compile_checks(self._context, type_name, slot, field)
