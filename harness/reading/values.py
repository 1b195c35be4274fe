"""Checks on one value as it is read: fixed contents, `valid`, enums, padding, alignment."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.findings.model import Place
from harness.reading.faults import Fault, Unknown
from harness.reading.operators import compared
from harness.reading.tree import Location, Missing, StructNode, extent_of
from harness.reading.words import hex_bytes, in_words
from harness.schema.expression.typed import Expression
from harness.schema.ir import Attribute, Valid
from harness.schema.types import AnyValue

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

# node, slot, index, value
ValueCheck = Callable[[StructNode, int, int, Any], None]


def compile_checks(book: PlanBook, attribute: Attribute) -> ValueCheck | None:
    """Return one closure with all checks of an attribute's values; None when it has none."""
    checks = [
        check
        for check in (
            _alignment(attribute),
            _contents(attribute),
            _enum(book, attribute),
            _padding(attribute),
            *_valid_checks(book, attribute),
        )
        if check is not None
    ]
    if not checks:
        return None

    def run(node: StructNode, slot: int, index: int, value: Any) -> None:
        if value.__class__ is Missing:
            return
        for check in checks:
            check(node, slot, index, value)

    return run


def report(  # a finding's own parts
    code: str, node: StructNode, slot: int, index: int, expected: str, actual: str,
    source: Place | None = None,
) -> None:  # fmt: skip
    """Report a finding on the value at a place."""
    place = Location(node, slot, index)
    node.stream.session.report(code, place, expected, actual, source=source)


def _alignment(attribute: Attribute) -> ValueCheck | None:
    if attribute.align == 1:
        return None
    multiple = attribute.align

    def aligned(node: StructNode, slot: int, index: int, _value: Any) -> None:
        # a structure may stand in a region of its own: what counts is where that begins
        offset = extent_of(Location(node, slot, index))[1] - node.source(slot).start
        if offset % multiple:
            report("S108", node, slot, index, str(multiple), str(offset), attribute.place)

    return aligned


def _contents(attribute: Attribute) -> ValueCheck | None:
    wanted = attribute.contents
    if wanted is None:
        return None

    def contents(node: StructNode, slot: int, index: int, value: Any) -> None:
        if value != wanted:
            report("S103", node, slot, index, hex_bytes(wanted), hex_bytes(value), attribute.place)

    return contents


def _enum(book: PlanBook, attribute: Attribute) -> ValueCheck | None:
    if not attribute.enum or attribute.allows_unknown:
        return None
    if attribute.valid is not None and attribute.valid.in_enum:
        return None  # `valid` says it itself
    members = book.schema.enums[attribute.enum].members
    name = attribute.enum.rsplit("::", 1)[-1]

    def member(node: StructNode, slot: int, index: int, value: Any) -> None:
        if value not in members:
            report("S105", node, slot, index, f"`{name}`", str(value), attribute.place)

    return member


def _padding(attribute: Attribute) -> ValueCheck | None:
    if attribute.padding != "zero":
        return None

    def zero(node: StructNode, slot: int, index: int, value: Any) -> None:
        if isinstance(value, bytes) and value.strip(b"\0"):
            report("S107", node, slot, index, "zero", hex_bytes(value), attribute.place)
        elif isinstance(value, int) and value:
            report("S107", node, slot, index, "zero", str(value), attribute.place)
        elif isinstance(value, str) and value.strip("\0"):
            report(
                "S107",
                node,
                slot,
                index,
                "zero",
                in_words(value, attribute.type, {}),
                attribute.place,
            )

    return zero


def _valid_checks(book: PlanBook, attribute: Attribute) -> list[ValueCheck]:
    valid = attribute.valid
    if valid is None:
        return []
    maker = _ValidChecks(book, attribute)
    found: list[ValueCheck] = []
    if valid.eq is not None:
        found.append(maker.any_of((valid.eq,)))
    if valid.any_of is not None:
        found.append(maker.any_of(valid.any_of))
    if valid.min is not None or valid.max is not None:
        found.append(maker.between(valid))
    if valid.in_enum:
        found.append(maker.in_enum())
    if valid.expr is not None:
        found.append(maker.satisfies(valid.expr))
    return found


class _ValidChecks:
    """Makes the checks of one `valid`."""

    def __init__(self, book: PlanBook, attribute: Attribute) -> None:
        self._book = book
        self._attribute = attribute

    def _words(self, value: object) -> str:
        return in_words(value, self._attribute.type, self._book.schema.enums)

    def _compile(self, expression: Expression) -> Evaluate:
        return self._book.expressions.compile(expression.tree)

    def any_of(self, options: tuple[Expression, ...]) -> ValueCheck:
        """The value equals one of the options."""
        closures = [self._compile(option) for option in options]

        def any_of(node: StructNode, slot: int, index: int, value: Any) -> None:
            bound: Bound = {"_": value, "_index": index}
            wanted = [closure(node, bound) for closure in closures]
            if not _is_in(value, wanted):
                expected = " or ".join(self._words(option) for option in wanted)
                place = self._attribute.place
                report("B202", node, slot, index, expected, self._words(value), place)

        return self._guarded(any_of)

    def between(self, valid: Valid) -> ValueCheck:
        """The value lies between `min` and `max`, one of which may be missing; NaN never does."""
        low = self._compile(valid.min) if valid.min is not None else None
        high = self._compile(valid.max) if valid.max is not None else None
        is_at_most = self._at_most(valid)

        def between(node: StructNode, slot: int, index: int, value: Any) -> None:
            bound: Bound = {"_": value, "_index": index}
            least = low(node, bound) if low is not None else None
            most = high(node, bound) if high is not None else None
            is_low = least is not None and not is_at_most(least, value, node)
            if is_low or (most is not None and not is_at_most(value, most, node)):
                expected = _range(
                    self._words(least) if least is not None else "",
                    self._words(most) if most is not None else "",
                )
                place = self._attribute.place
                report("B201", node, slot, index, expected, self._words(value), place)

        return self._guarded(between)

    def _at_most(self, valid: Valid) -> Callable[[Any, Any, StructNode], bool]:
        """Return what tells whether one value is below another, or equals it."""
        if is_varying(self._attribute, valid):
            name = self._attribute.id
            return lambda one, other, node: compared(operator.le, one, other, node, lambda: name)
        return lambda one, other, _node: bool(one <= other)

    def in_enum(self) -> ValueCheck:
        """The value is a member of the attribute's enum."""
        enum = self._attribute.enum
        members = self._book.schema.enums[enum].members if enum else {}
        name = enum.rsplit("::", 1)[-1]

        def in_enum(node: StructNode, slot: int, index: int, value: Any) -> None:
            if value not in members:
                place = self._attribute.place
                report("B202", node, slot, index, f"a member of `{name}`", str(value), place)

        return in_enum

    def satisfies(self, expression: Expression) -> ValueCheck:
        """The value satisfies a condition."""
        holds, text = self._compile(expression), self._book.expressions.text(expression.tree)

        def satisfies(node: StructNode, slot: int, index: int, value: Any) -> None:
            if not holds(node, {"_": value, "_index": index}):
                place = self._attribute.place
                report("B208", node, slot, index, text, self._words(value), place)

        return self._guarded(satisfies)

    def _guarded(self, check: ValueCheck) -> ValueCheck:
        """Unknown operands make a check silent; what goes wrong in it is a finding."""
        attribute = self._attribute

        def guarded(node: StructNode, slot: int, index: int, value: Any) -> None:
            try:
                check(node, slot, index, value)
            except Unknown:
                return
            except Fault as fault:
                place = Location(node, slot, index)
                node.stream.session.report_fault(fault, place, source=attribute.place)

        return guarded


def is_varying(attribute: Attribute, valid: Valid) -> bool:
    """Whether only reading tells what kind the value or one of its bounds is of."""
    bounds = [bound.tree.type for bound in (valid.min, valid.max) if bound is not None]
    return any(isinstance(kind, AnyValue) for kind in (attribute.type, *bounds))


def _is_in(value: Any, options: list[Any]) -> bool:
    """Whether a value is among the options; a boolean is no number."""
    return any(
        value == option and isinstance(value, bool) == isinstance(option, bool)
        for option in options
    )


def _range(low: str, high: str) -> str:
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"
