"""Reading one value of each data type, to C: harness/reading/{elements,extents}.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import Code, c_int
from harness.native.compile.encodings import ENCODINGS
from harness.native.compile.extents import Extents
from harness.native.compile.widths import load_of
from harness.native.compile.words import Word
from harness.schema.expression.typed import Constant
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    Limits,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.types import BoolValue, IntValue
from harness.schema.walk import arms_of, begins_inside

if TYPE_CHECKING:
    from harness.native.compile.reading import Context


def has_structures(data: DataType) -> bool:
    """Whether a value may be a structure."""
    return any(isinstance(arm, StructData) for arm in arms_of(data))


class DataReaders:
    """Makes the functions that read values for the attributes of one type.

    Each is called as `name(c, n, s, index, b, out)`: HV_OK with the value in `out`; HV_FAULT or
    HV_UNKNOWN of what the caller must report; for structures also HV_BROKEN and HV_MENDED.
    """

    def __init__(self, context: Context, owner: str) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner
        self._extents = Extents(context, owner)

    def reader(self, slot: int, attribute: Attribute, data: DataType) -> str:
        """Add the function that reads a value of `data`; return its name."""
        code = Code()
        match data:
            case IntegerData() | FloatData():
                self._number(code, data)
            case BitsData():
                self._bits(code, slot, data, is_boolean=isinstance(attribute.type, BoolValue))
            case BytesData():
                self._align(code)
                self._extents.take(code, slot, attribute, data.extent)
                code.add("out->v = hv_bytes(found.p, found.n);", "return HV_OK;")
            case TextData():
                self._text(code, slot, attribute, data)
            case StructData():
                self._structure(code, slot, attribute, data)
            case SwitchData():
                self._switch(code, slot, attribute, data)
        name = self._unit.fresh("read")
        self._unit.add(
            f"static int {name}(hv_ctx *c, hv_node *n, hv_stream *s, int32_t index, "
            "const hv_bound *b, hv_cell *out)\n{\n"
            "    int status = HV_OK;\n"
            "    (void)c; (void)n; (void)index; (void)b; (void)status;\n"
            f"{code.text(1)}}}\n"
        )
        return name

    def _align(self, code: Code) -> None:
        """Whole bytes begin at a byte: the bits left over are padding."""
        if self._context.book.has_bits:
            code.add("if (s->bits_left) hv_align(c, s);")

    def _number(self, code: Code, data: IntegerData | FloatData) -> None:
        self._align(code)
        order = {"le": "0", "be": "1"}.get(data.endian, "(n->flags & HV_IS_BIG) != 0")
        code.add(
            "{ const uint8_t *p;",
            f"  status = hv_take_fixed(c, s, {data.width}, &p);",
            "  if (status != HV_OK) return status;",
            f"  out->v = hv_load(p, {data.width}, {load_of(data)}, {order}); }}",
            "return HV_OK;",
        )

    def _bits(self, code: Code, slot: int, data: BitsData, *, is_boolean: bool) -> None:
        made = "hv_bool(found != 0)" if is_boolean else "hv_uint(found)"
        code.add(
            "{ uint64_t found = 0;",
            f"  status = hv_read_bits(c, n, {slot}, s, {data.width}, "
            f"{int(data.endian == 'be')}, &found);",
            "  if (status != HV_OK) return status;",
            f"  out->v = {made}; }}",
            "return HV_OK;",
        )

    def _text(self, code: Code, slot: int, attribute: Attribute, data: TextData) -> None:
        self._align(code)
        code.add("uint32_t first = s->position;")
        self._extents.take(code, slot, attribute, data.extent)
        message = self._unit.message("S106", (data.encoding,), (Word(0, "hex"),))
        span = "span = hv_span_in(s, first + bad, first + bad_end);"
        if data.extent.process is not None:
            span = "span = hv_span_in(s, first, s->position);"
        decoder = ENCODINGS[data.encoding].decoder
        code.add(
            "{ int good; uint32_t bad = 0, bad_end = 0;",
            f"  status = hv_decode(c, found, {decoder}, &out->v, &good, &bad, &bad_end);",
            "  if (status != HV_OK) return status;",
            "  if (!good) {",
            "      hv_range span;",
            "      hv_word word = hv_word_of(hv_bytes(found.p + bad, bad_end - bad));",
            f"      {span}",
            f"      hv_report(c, {message}, 0, hv_at(n, {slot}, index), &span, &word, 1);",
            "      out->v = hv_missing(HV_ABANDONED);",
            "  } }",
            "return HV_OK;",
        )

    # structures

    def _structure(self, code: Code, slot: int, attribute: Attribute, data: StructData) -> None:
        layout = self._context.layouts.of(data.type)
        extent = data.extent
        if extent is not None:
            self._align(code)
        code.add(
            "hv_node *child; hv_stream *inner = s; hv_limits *limits = n->limits;",
            f"if (index < 0) {{ status = hv_spend(c, limits->items, 1, hv_at(n, {slot}, -1));",
            "    if (status != HV_OK) return status; }",
        )
        if extent is not None:
            self._extents.region(code, slot, attribute, extent)
        self._limits(code, layout.type.limits)
        start = "inner->position"
        book = self._context.book
        if extent is None and book.has_bits and begins_inside(book.schema, data.type):
            start += " - (inner->bits_left > 0)"
        number = self._unit.type_numbers[data.type]
        code.add(
            f"child = hv_new_node(c, &TYPE_{number}, n, {slot}, index, inner, {start}, limits);",
            "if (child == NULL) return HV_STOPPED;",
        )
        self._above(code, data, layout.above_cell)
        self._arguments(code, data)
        if extent is not None:
            code.add("hv_own(inner, child);")
        code.add(
            "out->v = hv_of_node(child);",
            f"return hv_read_node(c, child, inner, {int(extent is not None)});",
        )

    def _limits(self, code: Code, limits: Limits) -> None:
        if limits == Limits():
            return
        code.add(
            "{ hv_limits *own = hv_take(c, sizeof *own);",
            "  if (own == NULL) return HV_STOPPED;",
            "  *own = *limits; limits = own;",
        )
        if limits.depth:
            code.add(f"  hv_deepen(own, n->depth + 1u, {limits.depth}u);")
        for name, limit in (("items", limits.items), ("bytes", limits.bytes)):
            if limit:
                code.add(
                    f"  own->{name} = hv_within(c, own->{name}, {c_int(limit)});",
                    f"  if (own->{name} == NULL) return HV_STOPPED;",
                )
        code.add("}")

    def _above(self, code: Code, data: StructData, cell: int | None) -> None:
        """Keep what `_parent` is, where something else may be it than what holds the structure."""
        if data.is_orphan:
            code.add(f"HV_CELLS(child)[{cell}].v = hv_missing(HV_ABSENT);")
        elif data.parent is not None:
            name = self._context.expressions.function(data.parent.tree, self._owner).name
            code.add(
                "{ hv_node *above = NULL;",
                f"  status = {name}(c, n, b, &above);",
                "  if (status != HV_OK) return status;",
                f"  HV_CELLS(child)[{cell}].v = hv_of_node(above); }}",
            )

    def _arguments(self, code: Code, data: StructData) -> None:
        """What an argument lacks, the parameter lacks."""
        for number, argument in enumerate(data.arguments):
            name = self._context.expressions.boxed(argument.tree, self._owner)
            code.add(
                "{ hv_val given = {0};",
                f"  status = {name}(c, n, b, &given);",
                "  if (status == HV_UNKNOWN)",
                "      given = hv_missing(c->error.is_reported ? HV_ABANDONED : HV_ABSENT);",
                "  else if (status != HV_OK) return status;",
                f"  HV_CELLS(child)[{number}].v = given; }}",
            )

    # switches

    def _switch(self, code: Code, slot: int, attribute: Attribute, data: SwitchData) -> None:
        expressions = self._context.expressions
        on = expressions.boxed(data.on.tree, self._owner)
        code.add(
            "hv_bound inside; hv_val match = {0};",
            "if (b != NULL) inside = *b;",
            "else { inside.it = hv_missing(HV_ABSENT); inside.index = 0; }",
            "inside.on = hv_missing(HV_ABSENT); (void)match;",
            f"status = {on}(c, n, b, &inside.on);",
            "if (status != HV_OK) return status;",
        )
        rest = ""
        known: list[object] = []
        for case in data.cases:
            call = (
                f"return {self.reader(slot, attribute, case.data)}(c, n, s, index, &inside, out);"
            )
            if case.match is None:
                rest = rest or call
                continue
            tree = case.match.tree
            if isinstance(tree, Constant) and isinstance(tree.value, int):
                if tree.value in known:
                    continue
                known.append(tree.value)
                code.add(f"if ({_equals(tree.value)}) {call}")
                continue
            name = expressions.boxed(tree, self._owner)
            code.add(
                f"status = {name}(c, n, &inside, &match);",
                "if (status != HV_OK) return status;",
                f"if (hv_equal(match, inside.on)) {call}",
            )
        if rest:
            code.add(rest)
        else:
            self._unknown_case(code, slot, attribute, data)

    def _unknown_case(self, code: Code, slot: int, attribute: Attribute, data: SwitchData) -> None:
        """Skip what the size says, or give up."""
        kind = data.on.tree.type
        enum = kind.enum if isinstance(kind, IntValue) else ""
        subject = self._unit.text(data.on.tree)
        message = self._unit.message("S104", (), (f"`{subject}` ", Word(0, "words", enum)))
        if data.extent is None:
            if attribute.allows_unknown:
                code.add("out->v = hv_missing(HV_ABSENT);", "return HV_OK;")
                return
            code.add(
                f"status = hv_fault_at(c, {message}, s->position, s->position);",
                "hv_add_word(c, inside.on);",
                "return status;",
            )
            return
        code.add("{ uint32_t first = s->position;", "if (s->bits_left) hv_align(c, s);")
        self._extents.take(code, slot, attribute, data.extent, bound="&inside")
        code.add("out->v = hv_bytes(found.p, found.n);")
        if not attribute.allows_unknown:
            code.add(
                "{ hv_range span = hv_span_in(s, first, s->position);",
                "  hv_word word = hv_word_of(inside.on);",
                f"  hv_report(c, {message}, 0, hv_at(n, {slot}, index), &span, &word, 1); }}",
            )
        code.add("(void)first; }", "return HV_OK;")


def _equals(value: int) -> str:
    """A number or truth value as a condition on `inside.on`; true is 1 here, as in Python."""
    number = int(value)
    integer = "(inside.on.tag == HV_INT || inside.on.tag == HV_BOOL) && inside.on.as.i"
    made = "hv_int"
    if number >= 1 << 63:
        integer, made = "inside.on.tag == HV_UINT && inside.on.as.u", "hv_uint"
    # no float is equal to an integer that it was rounded from
    floating = f"inside.on.tag == HV_FLOAT && hv_equal(inside.on, {made}({c_int(number)}))"
    return f"({integer} == {c_int(number)}) || ({floating})"
