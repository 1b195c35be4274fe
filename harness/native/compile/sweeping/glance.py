"""Records that nothing has to be said of, told at a glance while a list is read in full.

Most records of a list are right: their values pass, no instance of theirs is read, their rules
hold. This makes a C function that says so of one record from its bytes alone. It may say no of a
record that is right, and then the record is looked at in every way; it never says yes of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.ephemeral import is_plain_argument
from harness.native.compile.sweeping.around import Around
from harness.native.compile.sweeping.records import Records
from harness.native.compile.sweeping.scopes import Scope, UnclearError
from harness.native.compile.sweeping.statements import text_of
from harness.native.compile.sweeping.values import Values

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.schema.ir import StructData


class Glance:
    """The function for the records of one list.

    Attributes:
        name: of the function: `name(p, index, around, is_big)`, 1 for a record that is right.
        look_up: the function that looks up what is around them; empty for nothing.
        before: C conditions on `count1`, how many there are, and what is around them.
        locals: declarations of C variables for these conditions.
    """

    def __init__(self, context: Context, owner: str, data: StructData) -> None:
        """Write the function.

        Raises:
            UnclearError: no record would ever be right by it.
        """
        holder = Scope(context.layouts.of(owner), 0)
        around = Around(context, "j0", holder)
        values = Values(context, around)
        records = Records(context, values, 0)
        scope = records.scope(holder, data)
        arguments = all(is_plain_argument(argument.tree) for argument in data.arguments)
        if not arguments or not records.is_fixed(scope):
            raise UnclearError
        records.glance(scope)
        self.look_up = around.function()
        self.before = tuple(scope.before)
        self.locals = tuple(around.locals)
        self.name = context.unit.fresh("glance")
        context.unit.add(
            f"static inline int {self.name}(const uint8_t *p1, uint32_t i1, const hv_around *j0, "
            "int is_big)\n{\n    int64_t bad = 0;\n"
            f"{text_of([*around.locals, *values.locals])}"
            "    (void)p1; (void)i1; (void)j0; (void)is_big;\n"
            f"{text_of(values.lines)}    if (bad == 0)\n        return 1;\n"
            "    goto fail;\nfail:\n    return 0;\n}\n"
        )
