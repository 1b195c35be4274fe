"""Instances, to C: read at their position or computed, once (harness/reading/instances.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import Code, wide_integer
from harness.reading.instances import (
    judges_shared_items,
    key_values,
    needs_parent,
    starts_count,
    without_values,
)
from harness.schema.expression.typed import Expression
from harness.schema.ir import Attribute, ValueInstance

if TYPE_CHECKING:
    from harness.native.compile.elements import Elements
    from harness.native.compile.reading import Context


def instance_function(
    context: Context, elements: Elements, slot: int, instance: Attribute | ValueInstance, owner: str
) -> str:
    """Add the function that reads or computes one instance; return its name."""
    code = Code()
    cell = context.layouts.of(owner).cell(slot)
    code.add(
        f"hv_cell *cell = HV_CELLS(n) + {cell};",
        "hv_stream *s = n->stream;",
        "int status = HV_OK;",
        "(void)cell; (void)s;",
    )
    is_read = isinstance(instance, Attribute)
    if instance.condition is not None:
        condition = context.expressions.condition(instance.condition.tree, owner).name
        code.add(
            "{ int holds = 0;",
            f"  status = {condition}(c, n, NULL, &holds);",
            "  if (status != HV_OK) goto give_up;",
            "  if (!holds) { cell->v = hv_missing(HV_ABSENT); return HV_OK; } }",
        )
    if isinstance(instance, ValueInstance):
        value = context.expressions.boxed(instance.value.tree, owner)
        code.add(
            "{ hv_val found = {0};",
            f"  status = {value}(c, n, NULL, &found);",
            "  if (status == HV_OK) { cell->v = found; return HV_OK; } }",
            "goto give_up;",
        )
    else:
        _Parse(context, elements, slot, instance, owner, code).write()
    code.add("give_up:", f"return hv_give_up(c, status, n, {slot}, s, {int(is_read)});")
    name = context.unit.fresh("parsed")
    context.unit.add(f"static int {name}(hv_ctx *c, hv_node *n)\n{{\n{code.text(1)}}}\n")
    return name


class _Parse:
    """Writes the C that reads one parse instance."""

    def __init__(  # what an instance is made of
        self, context: Context, elements: Elements, slot: int, attribute: Attribute, owner: str,
        code: Code,
    ) -> None:  # fmt: skip
        self._context = context
        self._elements = elements
        self._slot = slot
        self._attribute = attribute
        self._owner = owner
        self._code = code

    def write(self) -> None:
        """Find stream, position and key; take what is known, or read."""
        add, attribute = self._code.add, self._attribute
        step = self._elements.step(self._slot, attribute)
        check = self._elements.check(self._slot, attribute)
        add("{", "uint32_t position = 0; hv_known *known = NULL; int is_new = 1;")
        add("hv_saved saved; uint8_t bits, bits_left;")
        self._stream()
        self._position()
        values = tuple(key_values(self._context.book, attribute.data))
        is_memoised = not needs_parent(self._context.book, attribute, values)
        if is_memoised:
            self._key(values)
        add("cell->source = s == n->stream ? NULL : s;")
        if is_memoised:
            add(
                "if (!is_new) {",
                "    status = hv_share(c, cell, known, s, position);",
                "    if (status != HV_OK) goto give_up;",
            )
            if check and attribute.repeat is None:
                add(
                    "    if (cell->v.tag != HV_LIST)",
                    f"        return {check}(c, n, -1, cell);",
                )
            if check and judges_shared_items(self._context.book, attribute):
                add(f"    return hv_check_shared(c, n, {self._slot}, cell, {check});")
            add("    return HV_OK;", "}")
        else:
            add("(void)known; (void)is_new;")
        self._read(step)
        add("}")

    def _stream(self) -> None:
        io = self._attribute.io
        if io is None:
            return
        name = self._context.expressions.boxed(io.tree, self._owner)
        self._code.add(
            "{ hv_val found = {0};",
            f"  status = {name}(c, n, NULL, &found);",
            "  if (status != HV_OK) goto give_up;",
            "  if (found.tag != HV_STREAM || found.as.stream->session != s->session) {",
            "      status = hv_fault(c, HV_M_IO); goto give_up; }",
            "  s = found.as.stream; }",
        )

    def _position(self) -> None:
        add, attribute = self._code.add, self._attribute
        locate = attribute.locate
        if locate is not None:
            within = locate.within or 0
            add(
                f"status = hv_locate(c, s, {self._context.unit.literal(locate.marker)}, "
                f"{int(locate.occurrence == 'last')}, {int(locate.within is not None)}, "
                f"{within}u, &position);",
                "if (status != HV_OK) goto give_up;",
            )
        elif attribute.position is None:
            add("position = s->position;")
        else:
            found = self._context.expressions.function(attribute.position.tree, self._owner)
            wide = wide_integer(found, "c, n, NULL", "if (status != HV_OK) goto give_up;")
            add(
                "{",
                *wide.lines,
                f"status = hv_position(c, n, s, {wide.is_negative}, {wide.bits}, &position); }}",
                "if (status != HV_OK) goto give_up;",
            )

    def _key(self, values: tuple[Expression, ...]) -> None:
        """Type, arguments, stream and its end, position: what decides what is read."""
        add, attribute = self._code.add, self._attribute
        repeat = attribute.repeat
        identity = self._context.book.intern(without_values(attribute.data))
        kind = ("", "expr", "until", "eos").index(repeat.kind if repeat is not None else "")
        what = f"{identity * 8 + kind * 2}u + (n->flags & HV_IS_BIG ? 1u : 0u)"
        add(
            f"{{ hv_key key = hv_key_at_place({what}, s, position);",
            f"  hv_val given[{len(values) + 2}] = {{{{0}}}};",
        )
        if starts_count(self._context.book, attribute.data):
            add("  given[key.count++] = hv_int((int64_t)s->start);")
        if repeat is not None and repeat.kind == "expr" and repeat.expression is not None:
            self._key_part(repeat.expression, may_lack=False)
        for value in values:
            self._key_part(value, may_lack=True)
        add(
            "  known = hv_recall(c, s->session, &key, given, &is_new);",
            "  if (known == NULL) return HV_STOPPED; }",
        )

    def _key_part(self, expression: Expression, *, may_lack: bool) -> None:
        """One more value of the key, which may have none there."""
        name = self._context.expressions.boxed(expression.tree, self._owner)
        fails = "status != HV_OK && status != HV_UNKNOWN" if may_lack else "status != HV_OK"
        self._code.add(
            f"  status = {name}(c, n, NULL, &given[key.count]);",
            f"  if ({fails}) goto give_up;",
            "  if (status != HV_OK) given[key.count] = hv_missing(HV_ABSENT);",
            "  given[key.count] = hv_key_part(given[key.count]); key.count++;",
        )

    def _read(self, step: str) -> None:
        slot, attribute = self._slot, self._attribute
        self._code.add(
            f"if (hv_begin_run(c, s, n, {slot}, position, {int(attribute.allows_overlap)}, "
            "&saved) != HV_OK)",
            "    return HV_STOPPED;",
            "bits = s->bits; bits_left = s->bits_left;",
            "s->bits = s->bits_left = 0;",
            f"status = {step}(c, n, s, cell);",
            *self._elements.leaves(attribute),
            "if (status == HV_STOPPED) return status;",
            "if (status == HV_OK || status == HV_BROKEN) {",
            "    status = HV_OK;",
            "    if (s->bits_left) hv_align(c, s);",
            "    if (hv_spend(c, n->limits->bytes, (int64_t)s->position - position, "
            f"hv_at(n, {slot}, -1)) != HV_OK)",
            "        return HV_STOPPED;",
            "}",
            "if (cell->v.state == HV_RUNNING) cell->v = hv_missing(HV_ABANDONED);",
            "if (known != NULL) {",
            "    known->is_running = 0;",
            "    known->v = cell->v;",
            "    known->end = s->position;",
            "}",
            "if (hv_end_run(c, s, &saved, 1) != HV_OK) return HV_STOPPED;",
            "s->bits = bits; s->bits_left = bits_left;",
            "if (status != HV_OK) goto give_up;",
            "return HV_OK;",
        )
