"""Cross-field rules to C, and what is said when one is broken: harness/reading/rules.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.native.compile.checking.parts import Parts, word_of
from harness.native.compile.expression.body import Binding
from harness.native.compile.words import Listed, Source, Text, Word
from harness.reading.rules import COMPARISONS, MAX_OPERANDS, operands
from harness.schema.expression import typed
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Check
from harness.schema.types import AnyValue

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr

_HEAD: Final = "(hv_ctx *c, hv_node *n, hv_place place, const hv_bound *b)"


class CompiledRule(NamedTuple):
    """A rule as a C function, called as `name(c, n, place, b)`.

    Attributes:
        name: of the function; it gives HV_OK or HV_STOPPED.
        is_bound: it looks at what is bound; else `b` may be NULL.
    """

    name: str
    is_bound: bool


def compile_rule(parts: Parts, owner: str, code: str, check: Check) -> CompiledRule:
    """Put in the function of a rule that reports `code`."""
    source = parts.unit.sources[
        Source(check.place, check.id, check.message, check.severity, code == "K401")
    ]
    _ = parts.unit.sources[Source(check.place, check.id)]  # of faults
    tree = check.check.tree
    name = parts.unit.fresh("rule")
    if isinstance(tree, typed.Quantifier) and tree.name == "all":
        holds = _each(parts, owner, (code, source), tree)
    else:
        holds = _once(parts, owner, (code, source), tree)
    when = ""
    if check.when is not None:
        condition = parts.decision(check.when, owner)
        when = (
            f"    status = {condition}(c, n, b, &holds);\n"
            f"    if (status != HV_OK) return hv_settle(c, status, {source}u, place);\n"
            "    if (!holds) return HV_OK;\n"
        )
    parts.unit.add(
        f"static int {name}{_HEAD}\n{{\n    int status, holds = 1;\n    (void)holds;\n{when}"
        f"{holds}    if (status == HV_OK) return status;\n"
        f"    return hv_settle(c, status, {source}u, place);\n}}\n"
    )
    trees = [tree] if check.when is None else [tree, check.when.tree]
    is_bound = any(isinstance(node, typed.Bound) for one in trees for node in nodes_of(one))
    return CompiledRule(name, is_bound)


def _once(parts: Parts, owner: str, says: tuple[str, int], tree: Expr) -> str:
    """Return the statements that decide a rule as a whole."""
    condition = parts.expressions.condition(tree, owner).name
    explain = _Explanation(parts, owner, tree, {}).function(*says, is_element=False)
    return (
        f"    status = {condition}(c, n, b, &holds);\n"
        f"    if (status == HV_OK && !holds) status = {explain}(c, n, place, b);\n"
    )


def _each(parts: Parts, owner: str, says: tuple[str, int], tree: typed.Quantifier) -> str:
    """Return the statements that decide a rule for each element."""
    names = {
        "_": Binding("b[1].it", AnyValue(), is_boxed=True),
        "_index": Binding("b[1].index", LENGTH),
        tree.item: Binding("b[0].it", AnyValue(), is_boxed=True),
        tree.index: Binding("b[0].index", LENGTH),
    }
    explain = _Explanation(parts, owner, tree.body, names).function(*says, is_element=True)
    body = parts.expressions.function(tree.body, owner, names).name
    holder, slot = "NULL", 0
    if isinstance(tree.base, typed.Field) and tree.base.owner:
        holder = parts.expressions.function(tree.base.base, owner).name
        slot = parts.unit.slots.of(tree.base.owner, tree.base.name)
    no_list = parts.unit.message("B210", ("a list",), (Word(0, "words"),))
    base = parts.expressions.boxed(tree.base, owner)
    each = parts.record("hv_each", no_list, base, body, holder, slot, explain)
    return f"    status = hv_check_each(c, &{each}, n, b);\n"


class _Explanation:
    """The two sides of a comparison, or the values that a condition looked at."""

    def __init__(self, parts: Parts, owner: str, tree: Expr, names: Mapping[str, Binding]) -> None:
        self._parts = parts
        self._owner = owner
        self._names = names
        self._text = parts.unit.text(tree)
        self._is_comparison = (
            isinstance(tree, typed.Operation)
            and tree.right is not None
            and tree.operator in COMPARISONS
        )
        self._values: Sequence[Expr]
        self._expected: Text
        self._actual: Text
        if isinstance(tree, typed.Operation) and tree.right is not None and self._is_comparison:
            self._values = (tree.left, tree.right)
            self._compared(tree.operator, tree.left, tree.right)
        else:
            known = {parts.unit.text(node): node for node in operands(tree)}
            listed = list(known.items())[:MAX_OPERANDS]
            self._values = [node for _, node in listed]
            self._listed(listed)

    def _compared(self, operator: str, left: Expr, right: Expr) -> None:
        texts = [self._parts.unit.text(side) for side in (left, right)]
        value = word_of(1, right.type)
        self._actual = (f"`{texts[0]}` is ", word_of(0, left.type))
        if isinstance(right, typed.Constant | typed.ConstantBytes):
            sign = "" if operator == "==" else f"{operator} "
            self._expected = (f"expected {sign}", value)
        elif operator == "==":
            self._expected = (f"`{texts[1]}` is ", value)
        else:
            self._expected = (f"expected {operator} `{texts[1]}`, which is ", value)

    def _listed(self, listed: Sequence[tuple[str, Expr]]) -> None:
        parts = tuple(
            (f"`{text}` is ", word_of(number, node.type))
            for number, (text, node) in enumerate(listed)
        )
        self._expected = (f"expected `{self._text}`",)
        self._actual = (Listed(parts, f"`{self._text}` is false"),)

    def function(self, code: str, source: int, *, is_element: bool) -> str:
        """Put in the function that reports the rule at `place`; return its name."""
        unit, count = self._parts.unit, len(self._values)
        message = unit.message(code, self._expected, self._actual)
        name = unit.fresh("explain")
        head = f"hv_report(c, {message}u, {source}u, place, "
        given = f"words, {count}u" if count else "NULL, 0u"
        span = "hv_element_span(c, place, &bytes) ? &bytes : NULL" if is_element else "NULL"
        lines = [
            "hv_session *session = n->stream->session;",
            "int64_t left = session->steps.left;",
            *(
                [f"hv_word words[{count}];", "hv_val v = hv_missing(HV_ABSENT);", "int status;"]
                if count
                else ["(void)b;"]
            ),
            *(["hv_range bytes;"] if is_element else []),
            f"if (!hv_wants(c, {message}u, {source}u)) {{",
            f"    {head}NULL, NULL, 0u);",
            "    return HV_OK;",
            "}",
            # looking once more, for the words, is not the content's expense
            "session->steps.left = session->steps.limit;",
            *(line for number in range(count) for line in self._looked_up(number)),
            "session->steps.left = left;",
            f"{head}{span}, {given});",
            "return HV_OK;",
        ]
        body = "".join(f"    {line}\n" for line in lines)
        unit.add(f"static int {name}{_HEAD}\n{{\n{body}}}\n")
        return name

    def _looked_up(self, number: int) -> Sequence[str]:
        function = self._parts.expressions.boxed(self._values[number], self._owner, self._names)
        gives_up = "!= HV_OK" if self._is_comparison else "== HV_STOPPED"
        return (
            f"status = {function}(c, n, b, &v);",
            f"if (status {gives_up}) return status;",
            f"words[{number}] = hv_word_of(status == HV_OK ? v : hv_missing(HV_ABSENT));",
        )
