"""Cross-field rules, of a schema or of a contract, and what to say when one is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.reading import methods
from harness.reading.characters import element_span
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, StructNode
from harness.reading.words import in_words
from harness.schema.expression import typed
from harness.schema.ir import Check

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook
    from harness.reading.session import Session

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
MAX_OPERANDS = 6


class Rule:
    """A compiled rule.

    Attributes:
        code: what a broken one is reported as.
        check: the rule in the IR.
    """

    def __init__(self, book: PlanBook, code: str, check: Check) -> None:
        self.code = code
        self.check = check
        self._book = book
        self._when = book.expressions.compile(check.when.tree) if check.when is not None else None
        self._tree = check.check.tree
        self._holds = book.expressions.compile(self._tree)
        self._explain: _Explanation | None = None
        self._each: _EachElement | None = None
        if isinstance(self._tree, typed.Quantifier) and self._tree.name == "all":
            self._each = _EachElement(book, self._tree)

    def run(self, place: Location, bound: Bound, judged: Session | None = None) -> bool:
        """Report the rule at `place` if it does not hold there; unknown values make it silent.

        Args:
            place: what the rule is about.
            bound: what `_` and `_index` are.
            judged: the content that the findings are of, where the place is in a companion.

        Returns:
            Whether it was silent for another reason: it holds, or does not apply.
        """
        node, session = place.node, judged or place.node.stream.session
        try:
            if self._when is not None and not self._when(node, bound):
                return True
            if self._each is not None:
                for element, inner in self._each.failing(node, bound):
                    self._report(element, self._each.explanation, (node, inner), session)
                return False  # it passes over unknown elements
            if self._holds(node, bound):
                return True
            self._report(place, self._explained(), (node, bound), session)
        except Unknown:
            return False
        except Fault as fault:
            self._report_fault(fault, place, session)
        return False

    def _report_fault(self, fault: Fault, place: Location, session: Session) -> None:
        """A contract that cannot be evaluated is not kept; that makes the content no less valid."""
        check = self.check
        if self.code != "K401" or fault.code.startswith("L"):
            session.report_fault(fault, place, source=check.place, rule=check.id)
            return
        actual = f"evaluating it gives {fault.code} at `{fault.actual}`"
        session.report(
            self.code, place, "expected an answer", actual,
            source=check.place, rule=check.id, reason=check.message, severity=check.severity,
        )  # fmt: skip

    def _explained(self) -> _Explanation:
        if self._explain is None:
            self._explain = _Explanation(self._book, self._tree)
        return self._explain

    def _report(
        self,
        place: Location,
        explanation: _Explanation,
        looked_at: tuple[StructNode, Bound],
        session: Session,
    ) -> None:
        span = None
        expected = actual = ""
        if session.recorder.wants(self.code, self.check.severity):
            # looking once more, for the words, is not the content's expense
            steps = looked_at[0].stream.session.steps
            left = steps.left
            steps.left = steps.limit
            expected, actual = explanation.words(*looked_at)
            steps.left = left
            span = element_span(place)
        session.report(
            self.code, place, expected, actual, span,
            source=self.check.place, rule=self.check.id, reason=self.check.message,
            severity=self.check.severity,
        )  # fmt: skip


def compile_rules(book: PlanBook, code: str, checks: Sequence[Check]) -> list[Rule]:
    """Compile rules that report `code`."""
    return [Rule(book, code, check) for check in checks]


def run_rules(rules: Sequence[Rule], node: StructNode) -> None:
    """Run the rules of a type on one structure."""
    if not rules:
        return
    place, bound = Location(node), {"_": node}
    for rule in rules:
        rule.run(place, bound)


class _Sides(NamedTuple):
    """A comparison taken apart."""

    operator: str
    left: typed.Expr
    right: typed.Expr


def _compares(tree: typed.Operation) -> bool:
    return tree.operator in COMPARISONS


class _Explanation:
    """The two sides of a comparison, or the values that a condition looked at."""

    def __init__(self, book: PlanBook, tree: typed.Expr) -> None:
        self._book = book
        self._text = book.expressions.text(tree)
        self._sides: _Sides | None = None
        self._values: tuple[Evaluate, Evaluate] | None = None
        self._operands: list[tuple[str, typed.Expr, Evaluate]] = []
        compile_ = book.expressions.compile
        right = tree.right if isinstance(tree, typed.Operation) else None
        if isinstance(tree, typed.Operation) and right is not None and _compares(tree):
            self._sides = _Sides(tree.operator, tree.left, right)
            self._values = (compile_(tree.left), compile_(right))
        else:
            looked_at = {book.expressions.text(node): node for node in operands(tree)}
            self._operands = [
                (text, node, compile_(node))
                for text, node in list(looked_at.items())[:MAX_OPERANDS]
            ]

    def words(self, node: StructNode, bound: Bound) -> tuple[str, str]:
        """Return `expected` and `actual`."""
        if self._sides is not None and self._values is not None:
            left, right = self._values
            return self._compared(self._sides, left(node, bound), right(node, bound))
        known: list[str] = []
        for text, tree, value in self._operands:
            try:
                known.append(f"`{text}` is {self._words(value(node, bound), tree)}")
            except (Unknown, Fault):
                continue
        return f"expected `{self._text}`", ", ".join(known) or f"`{self._text}` is false"

    def _compared(self, sides: _Sides, left: object, right: object) -> tuple[str, str]:
        texts = [self._book.expressions.text(side) for side in (sides.left, sides.right)]
        actual = f"`{texts[0]}` is {self._words(left, sides.left)}"
        value = self._words(right, sides.right)
        if isinstance(sides.right, typed.Constant | typed.ConstantBytes):
            sign = "" if sides.operator == "==" else f"{sides.operator} "
            return f"expected {sign}{value}", actual
        if sides.operator == "==":
            return f"`{texts[1]}` is {value}", actual
        return f"expected {sides.operator} `{texts[1]}`, which is {value}", actual

    def _words(self, value: object, tree: typed.Expr) -> str:
        return in_words(value, tree.type, self._book.schema.enums)


def operands(tree: typed.Expr) -> Iterator[typed.Expr]:
    """Yield the values that a condition compares, constants left out, from left to right."""
    match tree:
        case typed.Operation() if tree.operator in COMPARISONS | {"and", "or", "not"}:
            yield from operands(tree.left)
            if tree.right is not None:
                yield from operands(tree.right)
        case typed.Constant() | typed.ConstantBytes():
            return
        case _:
            yield tree


class _EachElement:
    """A top-level `.all(…)`: every element that fails is reported by itself."""

    def __init__(self, book: PlanBook, tree: typed.Quantifier) -> None:
        self.explanation = _Explanation(book, tree.body)
        self._base = book.expressions.compile(tree.base)
        self._body = book.expressions.compile(tree.body)
        self._item, self._index = tree.item, tree.index
        self._slots = book.slots
        self._list = tree.base
        self._owner = None
        if isinstance(tree.base, typed.Field) and tree.base.owner:
            self._owner = book.expressions.compile(tree.base.base)

    def failing(self, node: StructNode, bound: Bound) -> Iterator[tuple[Location, Bound]]:
        """Yield each element that fails, and what was bound there; pass over unknown ones."""
        found = self._base(node, bound)
        inner = dict(bound)
        for index, item in enumerate(methods.elements(found, node)):
            inner[self._item] = item
            inner[self._index] = index
            try:
                holds = self._body(node, inner)
            except Unknown:
                continue
            if not holds:
                yield self._place(node, bound, found, index), inner

    def _place(self, node: StructNode, bound: Bound, found: Any, index: int) -> Location:
        item = found.items[index] if isinstance(found, ListNode) else None
        if isinstance(item, StructNode):
            return Location(item)
        if self._owner is None or not isinstance(self._list, typed.Field):
            return Location(node)
        owner = self._owner(node, bound)
        slot = self._slots.of(self._list.owner, self._list.name)
        return Location(owner, slot, index)
