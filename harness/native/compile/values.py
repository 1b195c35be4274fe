"""Checks on one value as it is read, to C: harness/reading/values.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.native.compile.code import Code, c_int
from harness.native.compile.words import Text, Word
from harness.reading.values import is_varying
from harness.reading.words import hex_bytes
from harness.schema.expression.typed import Constant, ConstantBytes, Expression
from harness.schema.ir import Attribute, Valid
from harness.schema.types import IntValue

if TYPE_CHECKING:
    from harness.native.compile.reading import Context


def compile_checks(context: Context, owner: str, slot: int, attribute: Attribute) -> str:
    """Add the function that checks a value of an attribute; its name, empty where it has none.

    It is called as `name(c, node, index, &cell)` and returns HV_OK or HV_STOPPED.
    """
    known = context.checks.get((owner, slot))
    if known is None:
        known = context.checks[owner, slot] = _compile(context, owner, slot, attribute)
    return known


def _compile(context: Context, owner: str, slot: int, attribute: Attribute) -> str:
    code = Code()
    maker = _Checks(context, owner, slot, attribute, code)
    maker.alignment()
    maker.contents()
    maker.enum()
    maker.padding()
    if attribute.valid is not None:
        maker.valid(attribute.valid)
    if not code.lines:
        return ""
    name = context.unit.fresh("value")
    context.unit.add(
        f"static int {name}(hv_ctx *c, hv_node *n, int32_t index, const hv_cell *cell)\n{{\n"
        "    hv_val v = cell->v;\n"
        f"    hv_place place = hv_at(n, {slot}, index);\n"
        "    int status;\n"
        "    if (v.state != HV_PRESENT)\n        return HV_OK;\n"
        f"    (void)c; (void)place; (void)status;\n{code.text(1)}    return HV_OK;\n}}\n"
    )
    return name


class _Checks:
    """Makes the checks of one attribute."""

    def __init__(
        self, context: Context, owner: str, slot: int, attribute: Attribute, code: Code
    ) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner
        self._slot = slot
        self._attribute = attribute
        self._code = code
        self._source = self._unit.source(attribute.place)
        kind = attribute.type
        self._enum = kind.enum if isinstance(kind, IntValue) else ""

    def _report(self, code: str, expected: Text, actual: Text, words: list[str]) -> str:
        message = self._unit.message(code, expected, actual)
        listed = ", ".join(f"hv_word_of({word})" for word in words)
        array = f"hv_word w[] = {{{listed}}}; " if words else ""
        given = f"w, {len(words)}" if words else "NULL, 0"
        return f"{array}hv_report(c, {message}, {self._source}, place, NULL, {given});"

    def _words(self, number: int) -> Word:
        return Word(number, "words", self._enum)

    def alignment(self) -> None:
        """`-align`."""
        multiple = self._attribute.align
        if multiple == 1:
            return
        report = self._report("S108", (str(multiple),), (Word(0, "plain"),), ["hv_int(offset)"])
        self._code.block(
            "",
            "uint32_t start, end;",
            "(void)hv_extent_of(place, &start, &end);",
            "int64_t offset = (int64_t)start - hv_source_of(n, (uint32_t)place.slot)->start;",
            f"if (offset % {multiple} != 0) {{ {report} }}",
        )

    def contents(self) -> None:
        """`contents`."""
        wanted = self._attribute.contents
        if wanted is None:
            return
        report = self._report("S103", (hex_bytes(wanted),), (Word(0, "hex"),), ["v"])
        same = f"v.n == {len(wanted)}u"
        if wanted:
            same += f" && memcmp(v.as.p, LITERAL_{self._unit.literals[wanted]}, {len(wanted)}) == 0"
        self._code.add(f"if (!({same})) {{ {report} }}")

    def enum(self) -> None:
        """A value of an enum is one of its members."""
        attribute = self._attribute
        if not attribute.enum or attribute.allows_unknown:
            return
        if attribute.valid is not None and attribute.valid.in_enum:
            return
        name = attribute.enum.rsplit("::", 1)[-1]
        self._member("S105", (f"`{name}`",))

    def _member(self, code: str, expected: Text) -> None:
        members = self._unit.schema.enums[self._attribute.enum].members
        report = self._report(code, expected, (Word(0, "plain"),), ["v"])
        self._code.add("{ int known = 0;")
        signed = [number for number in members if number < 1 << 63]
        large = [number for number in members if number >= 1 << 63]
        for tags, numbers in (("v.tag != HV_UINT", signed), ("v.tag == HV_UINT", large)):
            if numbers:
                self._code.add(
                    f"  if ({tags}) switch ({'v.as.i' if numbers is signed else 'v.as.u'}) {{"
                )
                self._code.add("".join(f"case {c_int(number)}: " for number in numbers))
                self._code.add("known = 1; break; default: break; }")
        self._code.add(f"  if (!known) {{ {report} }} }}")

    def padding(self) -> None:
        """`-padding: zero`."""
        if self._attribute.padding != "zero":
            return
        raw = self._report("S107", ("zero",), (Word(0, "hex"),), ["v"])
        number = self._report("S107", ("zero",), (Word(0, "plain"),), ["v"])
        text = self._report("S107", ("zero",), (Word(0, "words"),), ["v"])
        self._code.add(f"if (v.tag == HV_BYTES && !hv_is_zero(v)) {{ {raw} }}")
        tags = "v.tag == HV_INT || v.tag == HV_UINT || v.tag == HV_BOOL"
        self._code.add(f"else if (({tags}) && v.as.u != 0) {{ {number} }}")
        self._code.add(f"else if (v.tag == HV_TEXT && !hv_is_zero(v)) {{ {text} }}")

    # `valid`

    def valid(self, valid: Valid) -> None:
        """`valid`, one of its forms."""
        if valid.eq is not None:
            self._any_of((valid.eq,))
        if valid.any_of is not None:
            self._any_of(valid.any_of)
        if valid.min is not None or valid.max is not None:
            self._between(valid)
        if valid.in_enum:
            self._in_enum()
        if valid.expr is not None:
            self._satisfies(valid.expr)

    def _bound(self) -> str:
        return "hv_bound b; b.it = v; b.on = hv_missing(HV_ABSENT); b.index = index;"

    def _guarded(self, call: str, then: str) -> str:
        """Unknown operands make a check silent; what goes wrong in it is a finding."""
        return (
            f"status = {call}; if (status == HV_STOPPED) return status; "
            f"if (status == HV_FAULT) hv_report_fault(c, {self._source}, place); "
            f"{then}"
        )

    def _boxed(self, expression: Expression, target: str) -> str:
        tree = expression.tree
        if isinstance(tree, Constant) and isinstance(tree.value, int):
            if isinstance(tree.value, bool):
                return f"{target} = hv_bool({int(tree.value)}); status = HV_OK;"
            made = "hv_uint" if tree.value >= 1 << 63 else "hv_int"
            return f"{target} = {made}({c_int(tree.value)}); status = HV_OK;"
        if isinstance(tree, ConstantBytes) and tree.value:
            return (
                f"{target} = hv_bytes(LITERAL_{self._unit.literals[tree.value]}, "
                f"{len(tree.value)}u); status = HV_OK;"
            )
        name = self._context.expressions.boxed(tree, self._owner)
        return self._guarded(f"{name}(c, n, &b, &{target})", "")

    def _any_of(self, options: tuple[Expression, ...]) -> None:
        expected: list[str | Word] = []
        for number in range(len(options)):
            expected += [" or "] if number else []
            expected.append(self._words(number))
        names = [f"option_{number}" for number in range(len(options))]
        report = self._report("B202", tuple(expected), (self._words(len(options)),), [*names, "v"])
        found = " || ".join(f"hv_same(v, {name})" for name in names) or "0"
        lines = [self._bound(), *(f"hv_val {name} = {{0}};" for name in names)]
        ends = 0
        for option, name in zip(options, names, strict=True):
            lines.append(f"{self._boxed(option, name)} if (status == HV_OK) {{")
            ends += 1
        lines.append(f"if (!({found})) {{ {report} }}")
        self._code.block("(void)b;", *lines, "}" * ends)

    def _between(self, valid: Valid) -> None:
        low, high = valid.min, valid.max
        expected: Text
        words = []
        if low is not None and high is not None:
            expected, words = (self._words(0), " to ", self._words(1)), ["low", "high"]
        elif low is not None:
            expected, words = ("at least ", self._words(0)), ["low"]
        else:
            expected, words = ("at most ", self._words(0)), ["high"]
        report = self._report("B201", expected, (self._words(len(words)),), [*words, "v"])
        lines = [self._bound(), *(f"hv_val {word} = {{0}};" for word in words)]
        lines += [
            f"{self._boxed(part, name)} if (status == HV_OK) {{"
            for part, name in ((low, "low"), (high, "high"))
            if part is not None
        ]
        sides = [("low", "v")] if low is not None else []
        sides += [("v", "high")] if high is not None else []
        if is_varying(self._attribute, valid):
            lines += [*self._compared(sides), f"if (status == HV_OK && !is_within) {{ {report} }}"]
        else:
            orders = [f"hv_order_values({one}, {other})" for one, other in sides]
            is_within = " && ".join(f"hv_holds(HV_AT_MOST, {order})" for order in orders)
            lines.append(f"if (!({is_within})) {{ {report} }}")
        self._code.block("(void)b;", *lines, "}" * len(words))

    def _compared(self, sides: list[tuple[str, str]]) -> Iterator[str]:
        """Compare as long as nothing is wrong; kinds that have no order are a fault."""
        text = (f"what `{self._attribute.id}` compares",)
        says = ", ".join(
            f"{self._unit.message('B210', (wanted,), text)}u"
            for wanted in ("comparable", "ordered")
        )
        yield "int is_within = 1;"
        for one, other in sides:
            call = self._guarded(
                f"hv_compare(c, n, HV_AT_MOST, {one}, {other}, {says}, &is_within)", ""
            )
            yield f"if (status == HV_OK && is_within) {{ {call} }}"

    def _in_enum(self) -> None:
        enum = self._attribute.enum
        name = enum.rsplit("::", 1)[-1]
        expected = (f"a member of `{name}`",)
        if enum:
            self._member("B202", expected)
        else:
            report = self._report("B202", expected, (Word(0, "plain"),), ["v"])
            self._code.block("", report)

    def _satisfies(self, expression: Expression) -> None:
        name = self._context.expressions.condition(expression.tree, self._owner).name
        text = self._context.unit.text(expression.tree)
        report = self._report("B208", (text,), (self._words(0),), ["v"])
        call = self._guarded(
            f"{name}(c, n, &b, &holds)", f"if (status == HV_OK && !holds) {{ {report} }}"
        )
        self._code.block("(void)b;", self._bound(), "int holds = 0;", call)
