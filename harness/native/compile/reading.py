"""Reading, to C: for each type a function that reads its sequence, and one for its instances."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.native.compile.code import Code
from harness.native.compile.elements import Elements
from harness.native.compile.expressions import ExpressionCompiler
from harness.native.compile.instances import instance_function
from harness.native.compile.layout import Layouts
from harness.native.compile.sweeping.which import SweptLists
from harness.native.compile.unit import Unit
from harness.native.compile.values import compile_checks
from harness.native.compile.words import Word
from harness.reading.plan import PlanBook
from harness.reading.steps import complete_plan
from harness.schema.ir import Attribute, EndianSwitch
from harness.schema.types import IntValue


@dataclass(frozen=True, slots=True)
class Context:
    """What all parts of reading share.

    Attributes:
        unit: the compilation.
        layouts: where slots stand.
        expressions: expressions to C.
        book: what the reader knows of the schema: whether values begin inside bytes, which types
            look at their parents.
        swept: which lists a trial may sweep.
        checks: of values, by type and slot, once they are compiled.
    """

    unit: Unit
    layouts: Layouts
    expressions: ExpressionCompiler
    book: PlanBook
    swept: SweptLists
    checks: dict[tuple[str, int], str] = field(default_factory=dict)


def context_of(unit: Unit, layouts: Layouts, expressions: ExpressionCompiler) -> Context:
    """Return the context of a compilation."""
    return Context(
        unit, layouts, expressions, PlanBook(unit.schema, complete_plan), SweptLists(unit)
    )


class Reading:
    """The functions that read one type."""

    def __init__(self, context: Context, name: str) -> None:
        self._context = context
        self._name = name
        self._layout = context.layouts.of(name)
        self._number = context.unit.type_numbers[name]
        self._elements = Elements(context, name)
        self._code = Code()

    def compile(self) -> None:
        """Add `body_N`, and `instance_N` where the type has instances."""
        self._body()
        self._instances()

    def _body(self) -> None:
        type_ = self._layout.type
        if type_.endian is not None:
            self._endian(type_.endian)
        if self._layout.group:
            self._group()
        for slot, attribute in enumerate(type_.sequence, self._layout.first_sequence):
            if slot not in self._layout.group:
                self._attribute(slot, attribute)
        self._context.unit.add(
            f"static int body_{self._number}(hv_ctx *c, hv_node *n, hv_stream *s)\n{{\n"
            f"    int status = HV_OK;\n    (void)c; (void)n; (void)s;\n{self._code.text(1)}"
            "    return status;\n}\n"
        )

    def _endian(self, switch: EndianSwitch) -> None:
        """Decide the byte order before anything else of the structure is read."""
        unit, expressions = self._context.unit, self._context.expressions
        first = self._layout.first_sequence if self._layout.type.sequence else -1
        on = expressions.boxed(switch.on.tree, self._name)
        kind = switch.on.tree.type
        enum = kind.enum if isinstance(kind, IntValue) else ""
        message = unit.message(
            "S115", (), (f"`{unit.text(switch.on.tree)}` ", Word(0, "words", enum))
        )
        fail = f"return hv_break(c, status, hv_at(n, {first}, -1), s);"
        add = self._code.add
        add("{", "hv_val on = {0}, match = {0};", "int is_big = -1;", "(void)match;")
        add(f"status = {on}(c, n, NULL, &on);", f"if (status != HV_OK) {fail}")
        for match, order in switch.cases:
            is_big = int(order == "be")
            if match is None:
                add(f"if (is_big < 0) is_big = {is_big};")
                continue
            name = expressions.boxed(match.tree, self._name)
            add(
                "if (is_big < 0) {",
                f"  status = {name}(c, n, NULL, &match);",
                f"  if (status != HV_OK) {fail}",
                f"  if (hv_equal(match, on)) is_big = {is_big};",
                "}",
            )
        add(
            f"if (is_big < 0) {{ status = hv_fault(c, {message}); hv_add_word(c, on); {fail} }}",
            "n->flags = (uint16_t)((n->flags & ~(unsigned)HV_IS_BIG) "
            "| (is_big ? (unsigned)HV_IS_BIG : 0u));",
            "}",
        )

    def _group(self) -> None:
        """Attributes of fixed size at the start: their bytes must be there, then their checks."""
        layout, add = self._layout, self._code.add
        last = max(layout.group)
        if self._context.book.has_bits:
            add("if (s->bits_left) hv_align(c, s);")
        for slot in layout.group:
            member = layout.fields[slot]
            check = ""
            if isinstance(member, Attribute):
                check = compile_checks(self._context, self._name, slot, member)
            add(
                "{ const uint8_t *p;",
                f"  status = hv_take_fixed(c, s, {layout.width(slot)}, &p);",
                f"  if (status != HV_OK) return hv_break(c, status, hv_at(n, {slot}, -1), s);",
                f"  n->got = {slot + 1};",
            )
            if check:
                add(
                    f"  {{ hv_cell v = hv_get(n, {slot}); status = {check}(c, n, -1, &v); }}",
                    "  if (status != HV_OK) return status;",
                )
            add("}")
        if last + 1 == layout.first_instance:
            add(f"n->got = {last + 1};")

    def _attribute(self, slot: int, attribute: Attribute) -> None:
        """One attribute of `seq` that has a cell; what it lacks breaks the structure off."""
        add = self._code.add
        cell = self._layout.cell(slot)
        place = f"hv_at(n, {slot}, -1)"
        add("{", f"hv_cell *cell = HV_CELLS(n) + {cell};")
        if attribute.allows_overlap:
            add(
                "hv_saved saved;",
                f"if (hv_begin_run(c, s, n, {slot}, s->position, 1, &saved) != HV_OK)",
                "    return HV_STOPPED;",
            )
        if attribute.condition is not None:
            condition = self._context.expressions.condition(
                attribute.condition.tree, self._name
            ).name
            add(
                "{ int holds = 0;",
                f"status = {condition}(c, n, NULL, &holds);",
                f"if (status != HV_OK) return hv_break(c, status, {place}, s);",
                "if (!holds) cell->v = hv_missing(HV_ABSENT);",
                "else {",
            )
        single = self._elements.step(slot, attribute)
        add(f"status = {single}(c, n, s, cell);", *self._elements.leaves(attribute))
        broken = f"return hv_break(c, status, {place}, s);"
        if attribute.allows_overlap:
            # what is nested comes back however it ends, a fault before it does not
            add(
                "if (status == HV_BROKEN && hv_end_run(c, s, &saved, 0) != HV_OK)",
                "    return HV_STOPPED;",
            )
        add(f"if (status != HV_OK) {broken}")
        if attribute.condition is not None:
            add("} }")
        if attribute.allows_overlap:
            add("if (hv_end_run(c, s, &saved, 0) != HV_OK) return HV_STOPPED;")
        add("}")

    def _instances(self) -> None:
        layout = self._layout
        if not layout.type.instances:
            return
        cases = []
        for slot, instance in enumerate(layout.type.instances, layout.first_instance):
            name = instance_function(self._context, self._elements, slot, instance, self._name)
            cases.append(f"    case {slot}: return {name}(c, n);\n")
        self._context.unit.add(
            f"static int instance_{self._number}(hv_ctx *c, hv_node *n, uint32_t slot)\n{{\n"
            f"    switch (slot) {{\n{''.join(cases)}    default: return HV_OK;\n    }}\n}}\n"
        )
