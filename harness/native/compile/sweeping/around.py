"""What a sweep asks of its surroundings, each once: numbers, columns of companions, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.native.compile.sweeping.scopes import Scope, UnclearError, joins_of
from harness.schema.expression import typed
from harness.schema.ir import Attribute, IntegerData, Refers, Schema
from harness.schema.types import BoolValue, IntValue, ListValue, StructValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context
    from harness.schema.expression.typed import Expr

_MOST_GIVENS = 16  # HV_MOST_GIVENS


class Given(NamedTuple):
    """Something that is looked up once, in C variables of its own.

    Attributes:
        code: C of the record it is in.
        number: its number there.
    """

    code: str
    number: int

    @property
    def value(self) -> str:
        """The number, or how many of the column or of the list."""
        return f"{self.code}_number{self.number}"

    @property
    def items(self) -> str:
        """The numbers of the column, or the bytes of the list."""
        return f"{self.code}_items{self.number}"


class Around:
    """The record of what is asked of one structure: of the holder, or of one that joins.

    Where something cannot be had, all of it cannot.

    Attributes:
        code: C of a pointer to the record.
        scope: of the structure.
        locals: declarations of C variables, to stand where the record is known.
    """

    def __init__(self, context: Context, code: str, scope: Scope) -> None:
        self._context = context
        self._known: dict[tuple[str, Expr, object], int] = {}
        self._begins: list[str] = []
        self._lines: list[str] = []
        self.code = code
        self.scope = scope
        self.locals: list[str] = []
        self._joins = False  # what the structure joins must be known

    def number(self, tree: Expr) -> Given:
        """A whole number or a truth value.

        Raises:
            UnclearError: it is none, or not one of s64.
        """
        kind = tree.type
        if not isinstance(kind, IntValue | BoolValue) or (
            isinstance(kind, IntValue) and kind.is_u64
        ):
            raise UnclearError
        return self._given("number", tree, None, "is_there = 1; to->number[{k}] = (int64_t)found;")

    def size(self, tree: Expr) -> Given:
        """How many items a list of a companion has."""
        return self._given(
            "size",
            tree,
            None,
            "is_there = hv_is_settled(n, found); to->number[{k}] = found->count;",
        )

    def column(self, tree: Expr, name: str) -> Given:
        """A whole number of each item of a list of a companion."""
        item = tree.type.item if isinstance(tree.type, ListValue) else None
        if not isinstance(item, StructValue) or not item.name:
            raise UnclearError
        slot = self._context.unit.slots.of(item.name, name)
        field = self._context.layouts.of(item.name).fields[slot]
        if not isinstance(field, Attribute) or not isinstance(field.data, IntegerData):
            raise UnclearError
        return self._given(
            "column", tree, slot,
            "is_there = hv_is_settled(n, found)"
            f" && (to->column[{{k}}] = hv_column(c, found, {slot}u)) != NULL;"
            " to->number[{k}] = found->count;",
        )  # fmt: skip

    def bytes(self, tree: Expr, width: int) -> Given:
        """The numbers of a list that was read before."""
        return self._given(
            "bytes", tree, width,
            f"is_there = (to->bytes[{{k}}] = hv_bytes_of_list(found, {width}u)) != NULL;"
            " to->number[{k}] = found->count;",
        )  # fmt: skip

    def _given(self, sort: str, tree: Expr, detail: object, take: str) -> Given:
        key = (sort, tree, detail)
        if self.scope.up == 0 and joins_of(tree) is not None:
            self._need_joins()
        if key not in self._known:
            number = self._known[key] = len(self._known)
            if number >= _MOST_GIVENS:
                raise UnclearError
            found = self._context.expressions.function(tree, self.scope.type)
            wanted = ("int64_t", "int") if sort == "number" else ("hv_list *",)
            if found.ctype not in wanted:
                raise UnclearError
            begins = "NULL" if sort != "number" else "0"
            # it is not used if it is not there, which compilers cannot always see
            self._begins.append(f"to->number[{number}] = 0;")
            self._lines += [
                f"if (is_there) {{ {found.ctype} found = {begins}; is_there = 0;",
                f"  if ({found.name}(c, n, NULL, &found) == HV_OK) {{",
                f"      {take.format(k=number)} }} }}",
            ]
            self._declare(sort, number)
        return Given(self.code, self._known[key])

    def _declare(self, sort: str, number: int) -> None:
        code = self.code
        self.locals += [
            f"const int64_t {code}_number{number} = {code}->number[{number}];",
            f"(void){code}_number{number};",
        ]
        if sort in ("column", "bytes"):
            kind = "int64_t" if sort == "column" else "uint8_t"
            self.locals += [
                f"const {kind} *const {code}_items{number} = {code}->{sort}[{number}];",
                f"(void){code}_items{number};",
            ]

    def function(self) -> str:
        """Add the function that looks everything up for a structure `n`; its name, empty for none.

        It is called as `name(c, n, to)`, and says whether everything could be had.
        """
        if not self._lines:
            return ""
        name = self._context.unit.fresh("around")
        self._context.unit.add(
            f"static int {name}(hv_ctx *c, hv_node *n, hv_around *to)\n{{\n"
            "    hv_early early;\n    int is_there = 1;\n"
            f"    hv_begin_early(c, n, {int(self._joins)}, &early);\n"
            + "".join(f"    {line}\n" for line in (*self._begins, *self._lines))
            + "    hv_end_early(c, n, &early);\n    return is_there;\n}\n"
        )
        return name

    def _need_joins(self) -> None:
        """What the structure that holds the list joins, before everything is read.

        Raises:
            UnclearError: it may be joined to something that is not there yet.
        """
        schema, around = self._context.unit.schema, self.scope.layout.type
        joins = [
            field.refers
            for field in (*around.sequence, *around.instances)
            if isinstance(field, Attribute) and field.refers is not None and field.refers.name
        ]
        if not all(is_of_companion(schema, refers) for refers in joins):
            raise UnclearError
        self._joins = True


def is_of_companion(schema: Schema, refers: Refers) -> bool:
    """Whether a reference depends on its value and a companion alone."""
    tree = refers.table.tree
    while isinstance(tree, typed.Field) and not isinstance(tree.base, typed.Root):
        if not _is_read(schema, tree):
            return False
        tree = tree.base
    return (
        refers.value is None
        and refers.when is None
        and isinstance(tree, typed.Field)
        and isinstance(tree.base, typed.Root)
        and tree.base.base is None
        and tree.name in schema.companions
    )


def _is_read(schema: Schema, field: typed.Field) -> bool:
    """Whether a field is one that stands in a content: a list that is computed has no place."""
    type_ = schema.types.get(field.owner)
    there = (*type_.sequence, *type_.instances) if type_ is not None else ()
    return any(isinstance(one, Attribute) and one.id == field.name for one in there)
