"""Cross-field rules: invariants of a schema, rules of a contract; what to say when one is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, StructNode
from harness.reading.words import in_words
from harness.schema.expression import typed
from harness.schema.ir import Check

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MAX_OPERANDS = 6


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
        self._each = _EachElement(book, self._tree) if _is_for_all(self._tree) else None

    def run(self, place: Location, bound: Bound) -> None:
        """Report the rule at `place` if it does not hold there; unknown values make it silent."""
        node = place.node
        try:
            if self._when is not None and not self._when(node, bound):
                return
            if self._each is not None:
                for element, expected, actual in self._each.failing(node, bound):
                    self._report(element, expected, actual)
            elif not self._holds(node, bound):
                self._report(place, *self._explained(node, bound))
        except Unknown:
            return
        except Fault as fault:
            node.stream.session.report(
                fault.code, place, fault.expected, fault.actual,
                rule=self.check.id, source=self.check.place,
            )  # fmt: skip

    def _explained(self, node: StructNode, bound: Bound) -> tuple[str, str]:
        if self._explain is None:
            self._explain = _Explanation(self._book, self._tree)
        return self._explain.words(node, bound)

    def _report(self, place: Location, expected: str, actual: str) -> None:
        place.node.stream.session.report(
            self.code, place, expected, actual,
            source=self.check.place, rule=self.check.id, reason=self.check.message,
            severity=self.check.severity,
        )  # fmt: skip


def compile_rules(book: PlanBook, code: str, checks: Sequence[Check]) -> list[Rule]:
    """Compile rules that report `code`."""
    return [Rule(book, code, check) for check in checks]


def run_rules(rules: Sequence[Rule], node: StructNode) -> None:
    """Run the rules of a type on one structure."""
    for rule in rules:
        rule.run(Location(node), {"_": node})


class _Explanation:
    """The two sides of a comparison, or the values that a condition looked at."""

    def __init__(self, book: PlanBook, tree: typed.Expr) -> None:
        self._book = book
        self._text = book.expressions.text(tree)
        self._sides: tuple[typed.Operation, Evaluate, Evaluate] | None = None
        self._operands: list[tuple[str, typed.Expr, Evaluate]] = []
        compile_ = book.expressions.compile
        if isinstance(tree, typed.Operation) and tree.operator in _COMPARISONS:
            assert tree.right is not None
            self._sides = (tree, compile_(tree.left), compile_(tree.right))
        else:
            operands = {book.expressions.text(node): node for node in _operands(tree)}
            self._operands = [
                (text, node, compile_(node))
                for text, node in list(operands.items())[:_MAX_OPERANDS]
            ]

    def words(self, node: StructNode, bound: Bound) -> tuple[str, str]:
        """Return `expected` and `actual`."""
        if self._sides is not None:
            return self._compared(*self._sides, node, bound)
        known: list[str] = []
        for text, tree, value in self._operands:
            try:
                known.append(f"`{text}` is {self._words(value(node, bound), tree)}")
            except (Unknown, Fault):
                continue
        return f"expected `{self._text}`", ", ".join(known) or f"`{self._text}` is false"

    def _compared(
        self, tree: typed.Operation, left: Evaluate, right: Evaluate, node: StructNode,
        bound: Bound,
    ) -> tuple[str, str]:  # fmt: skip
        assert tree.right is not None
        texts = [self._book.expressions.text(side) for side in (tree.left, tree.right)]
        actual = f"`{texts[0]}` is {self._words(left(node, bound), tree.left)}"
        value = self._words(right(node, bound), tree.right)
        if isinstance(tree.right, typed.Constant | typed.ConstantBytes):
            sign = "" if tree.operator == "==" else f"{tree.operator} "
            return f"expected {sign}{value}", actual
        if tree.operator == "==":
            return f"`{texts[1]}` is {value}", actual
        return f"expected {tree.operator} `{texts[1]}`, which is {value}", actual

    def _words(self, value: Any, tree: typed.Expr) -> str:
        return in_words(value, tree.type, self._book.schema.enums)


def _operands(tree: typed.Expr) -> Iterator[typed.Expr]:
    """Yield the values that a condition compares, constants left out, from left to right."""
    match tree:
        case typed.Operation() if tree.operator in _COMPARISONS | {"and", "or", "not"}:
            yield from _operands(tree.left)
            if tree.right is not None:
                yield from _operands(tree.right)
        case typed.Constant() | typed.ConstantBytes():
            return
        case _:
            yield tree


def _is_for_all(tree: typed.Expr) -> bool:
    return isinstance(tree, typed.Quantifier) and tree.name == "all"


class _EachElement:
    """A top-level `.all(…)`: every element that fails is reported by itself."""

    def __init__(self, book: PlanBook, tree: typed.Expr) -> None:
        assert isinstance(tree, typed.Quantifier)
        self._base = book.expressions.compile(tree.base)
        self._body = book.expressions.compile(tree.body)
        self._explanation = _Explanation(book, tree.body)
        self._item, self._index = tree.item, tree.index
        self._slots = book.slots
        self._list = tree.base
        self._owner = None
        if isinstance(tree.base, typed.Field) and tree.base.owner:
            self._owner = book.expressions.compile(tree.base.base)

    def failing(self, node: StructNode, bound: Bound) -> Iterator[tuple[Location, str, str]]:
        """Yield place, `expected` and `actual` of each element that fails."""
        found = self._base(node, bound)
        inner = dict(bound)
        for index, item in enumerate(methods.elements(found)):
            inner[self._item] = item
            inner[self._index] = index
            if not self._body(node, inner):
                expected, actual = self._explanation.words(node, inner)
                yield self._place(node, bound, found, index), expected, actual

    def _place(self, node: StructNode, bound: Bound, found: Any, index: int) -> Location:
        if isinstance(found, ListNode) and isinstance(found.items[index], StructNode):
            return Location(found.items[index])
        if self._owner is None or not isinstance(self._list, typed.Field):
            return Location(node)
        owner = self._owner(node, bound)
        slot = self._slots.of(self._list.owner, self._list.name)
        return Location(owner, slot, index if isinstance(found, ListNode) else -1)
