"""Candidates for plain values: what the schema singles out first, then anything that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, StructNode
from harness.schema.ir import Attribute, BitsData, BytesData, FloatData, IntegerData, TextData
from harness.schema.types import BoolValue
from harness.writing.drafting.compiled import is_constant, lacks
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.values import range_of
from harness.writing.growing.floats import any_float, numbers_between, rounded

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.schema.expression.typed import Expression
    from harness.schema.ir import DataType
    from harness.writing.choices import Choices
    from harness.writing.drafting.draft import Draft
    from harness.writing.drafting.facts import Facts
    from harness.writing.drafting.told import Told

Item = TypeVar("Item")
TRIES: Final = 16
MAX_OCTETS: Final = 12
MAX_COUNT: Final = 6
# tries after which the bounds of a condition are tried, of which half may be forbidden
_BOUNDS_FROM: Final = 4
_NUMBERS: Final = (int, float)


class Domain(NamedTuple):
    """What a field may be.

    Attributes:
        low: the least integer, or the number of the least floating-point value.
        high: the greatest.
        singled: the values that the schema names.
        is_closed: no other will do.
    """

    low: int
    high: int
    singled: Sequence[Any]
    is_closed: bool


class Leaves:
    """Candidates for the plain values of one draft."""

    def __init__(
        self,
        draft: Draft,
        facts: Facts,
        choices: Choices,
        overrides: Mapping[tuple[str, str], Callable[[], Any]],
    ) -> None:
        self._overrides = overrides
        # hints are for contents that others read, too; now and then there should be others
        self._is_wild = facts.is_breaking or (choices.is_rare() and choices.is_rare())
        self._draft = draft
        self._facts = facts
        self._choices = choices

    def numbers(
        self,
        node: StructNode,
        slot: int,
        field: Attribute,
        data: IntegerData | FloatData | BitsData,
        index: int,
    ) -> Iterator[int | float | bool]:
        """Return candidates for a number, the likeliest first; they are to be checked."""
        override = self.override(node, field)
        if override is not None:
            return (override() for _ in range(TRIES))
        if field.padding == "zero":
            return iter((0,))
        if isinstance(data, FloatData):
            return self._floats(node, slot, field, data, index)
        if isinstance(field.type, BoolValue):
            first = bool(self._choices.integer(0, 1))
            return iter((first, not first))
        return self._integers(node, slot, field, data, index)

    def _tries(self) -> Iterator[Choices]:
        """Yield what makes a decision, until one will do."""
        yield self._choices
        for _ in range(TRIES - 1):
            yield self._choices.again()

    def _each_once(self, values: Sequence[Item]) -> Iterator[Item]:
        """Yield one of the values, then those after it, round to where it began."""
        first = self._choices.pick(range(len(values)))
        yield from values[first:]
        yield from values[:first]

    def _integers(
        self, node: StructNode, slot: int, field: Attribute, data: IntegerData | BitsData,
        index: int,
    ) -> Iterator[int]:  # fmt: skip
        low, high, singled, is_closed = self._domain(node, field, data)
        if singled and is_closed:
            yield from self._each_once(singled)
            return
        near: list[int] | None = None
        name = (node.plan.type.name, field.id)
        for number, choices in enumerate(self._tries()):
            if near is None or not singled:
                known = self.near(node, slot, index)
                near = [v for v in known if v.__class__ is int and low <= v <= high]
            likely = [*near, *singled]
            if number >= _BOUNDS_FROM:
                bounds = self._bounds(name)
                likely += (v for v in bounds if v.__class__ is int and low <= v <= high)
            if likely or low <= high:
                yield choices.likely(likely, low, max(low, high))

    def _floats(
        self, node: StructNode, slot: int, field: Attribute, data: FloatData, index: int
    ) -> Iterator[float]:  # fmt: skip
        low, high, singled, is_closed = self._domain(node, field, data)
        if singled and is_closed:
            yield from self._each_once(singled)
            return
        near = [v for v in self.near(node, slot, index) if v.__class__ in _NUMBERS]
        near += self._bounds((node.plan.type.name, field.id))
        for choices in self._tries():
            yield any_float(choices, data.width, low, high, [*near, *singled])

    def _bounds(self, name: tuple[str, str]) -> list[Any]:
        """Return what the condition of a number compares it with, and what is beside that."""
        found = self._facts.bounds.get(name, ())
        return [v + more for v in found if v.__class__ in _NUMBERS for more in (0, 1, -1)]

    def _domain(self, node: StructNode, field: Attribute, data: DataType) -> Domain:
        key = (id(field), id(data), self._is_wild)
        known = self._facts.domains.get(key)
        if known is None:
            low, high = 0, 0
            kind: type = bytes if isinstance(data, BytesData) else str
            if isinstance(data, IntegerData | BitsData):
                (low, high), kind = self._range(node, field, data), int
            elif isinstance(data, FloatData):
                (low, high), kind = self._float_range(node, field, data), float
            singled = [v for v in self._singled(node, field, data) if v.__class__ is kind]
            known = Domain(low, high, singled, self._is_closed(node, field))
            if _is_steady(field):
                self._facts.domains[key] = known
        return known

    def _range(
        self, node: StructNode, field: Attribute, data: IntegerData | BitsData
    ) -> tuple[int, int]:
        """Return the least and the greatest value, as far as they can be told."""
        low, high = range_of(data)
        valid, hint = field.valid, field.generate
        for bounds in (valid, hint):
            if bounds is None:
                continue
            low = max(low, self._told(node, bounds.min, low))
            high = min(high, self._told(node, bounds.max, high))
        return low, high

    def _singled(self, node: StructNode, field: Attribute, data: DataType) -> list[Any]:
        """Return the values that the schema names for a field, as it can hold them."""
        found = self.singled_out(node, field)
        if isinstance(data, FloatData):
            return [rounded(v, data.width) for v in found if v.__class__ in _NUMBERS]
        if isinstance(data, IntegerData | BitsData):
            low, high = range_of(data)
            return [v for v in found if v.__class__ is int and low <= v <= high]
        return found

    def _float_range(self, node: StructNode, field: Attribute, data: FloatData) -> tuple[int, int]:
        """Return the numbers of the least and the greatest value, as far as they can be told."""
        low, high = numbers_between(None, None, data.width)
        for bounds in (field.valid, field.generate):
            if bounds is not None:
                told = [e and self.quiet(node, e) for e in (bounds.min, bounds.max)]
                known = [value if value.__class__ in _NUMBERS else None for value in told]
                first, last = numbers_between(known[0], known[1], data.width)
                low, high = max(low, first), min(high, last)
        return low, high

    def _told(self, node: StructNode, expression: Expression | None, otherwise: int) -> int:
        value = otherwise if expression is None else self.quiet(node, expression)
        return value if value.__class__ is int else otherwise

    def is_hinted(self, field: Attribute) -> bool:
        """Whether the schema says which values make a good content, and that is wanted."""
        return field.generate is not None and bool(field.generate.values) and not self._is_wild

    def override(self, node: StructNode, field: Attribute) -> Callable[[], Any] | None:
        """Return where the values of a field come from, if somebody has said so."""
        return self._overrides.get((node.plan.type.name, field.id)) if self._overrides else None

    def quiet(self, node: StructNode, expression: Expression, bound: Bound = NOTHING_BOUND) -> Any:
        """Return what an expression gives, None as long as it is unknown; nothing is decided."""
        return self.quietly(self._draft.compile(expression.tree), node, bound)

    def quietly(self, compiled: Evaluate, node: StructNode, bound: Bound) -> Any:
        """Return what a compiled expression gives; None as long as it is unknown."""
        draft = self._draft
        before, draft.may_grow = draft.may_grow, False
        try:
            if draft.arguments.waiting:
                return draft.look(compiled, node, bound)
            return compiled(node, bound)
        except (Unknown, Fault, Rejected, KeyError):
            return None
        finally:
            draft.may_grow = before

    def told(self, told: Told, node: StructNode) -> Any:
        """Return what an expression gives; None as long as it is unknown."""
        if not self._draft.arguments.waiting and lacks(node.values, told.needed):
            return None
        return self.quietly(told.value, node, NOTHING_BOUND)

    def singled_out(self, node: StructNode, field: Attribute) -> list[Any]:
        """Return the values that the schema names for a field."""
        name = (node.plan.type.name, field.id)
        valid = field.valid
        if self.is_hinted(field):
            assert field.generate is not None
            return self._all(node, field.generate.values)
        if valid is not None and valid.eq is not None:
            return self._all(node, (valid.eq,))
        if valid is not None and valid.any_of:
            return self._all(node, valid.any_of)
        if name in self._facts.cases:
            return list(self._facts.cases[name])
        if field.enum:
            return list(self._draft.book.schema.enums[field.enum].members)
        found = list(self._facts.constants.get(name, ()))
        return [*found, *(v + 1 for v in found if v.__class__ is int)]

    def _all(self, node: StructNode, expressions: tuple[Expression, ...]) -> list[Any]:
        found = [self.quiet(node, expression) for expression in expressions]
        plain = [bytes(v.items) if isinstance(v, ListNode) else v for v in found]  # type: ignore[arg-type]  # a literal of octets
        return [value for value in plain if value is not None]

    def _is_closed(self, node: StructNode, field: Attribute) -> bool:
        """Whether no other value than those singled out will do."""
        valid = field.valid
        is_listed = valid is not None and (valid.eq is not None or bool(valid.any_of))
        is_member = bool(field.enum) and not field.allows_unknown
        hinted = self.is_hinted(field)
        is_case = (node.plan.type.name, field.id) in self._facts.cases and not field.allows_unknown
        return is_listed or is_member or hinted or is_case

    def near(self, node: StructNode, slot: int, index: int = -1) -> list[Any]:
        """Return the values that rules compare a field with, as far as they are known."""
        name = (node.plan.type.name, node.plan.names[slot])
        found = [self.told(other, node) for other in self._facts.near.get(name, ())]
        if index >= 0:
            found += [
                self.quietly(other, node, {called: index})
                for called, other in self._facts.near_items.get(name, ())
            ]
        return [value for value in found if value is not None]

    # octets and text

    def contents(
        self,
        node: StructNode,
        slot: int,
        field: Attribute,
        data: BytesData | TextData,
        size: int | None,
    ) -> Iterator[bytes | str]:
        """Yield candidates for octets or a text that takes `size` bytes, or as many as it likes."""
        override = self.override(node, field)
        if override is not None:
            for _ in range(TRIES):
                yield override()
            return
        if field.contents is not None:
            yield field.contents
            return
        _, _, singled, is_closed = self._domain(node, field, data)
        if is_closed and singled:
            yield from self._each_once(singled)
            return
        end = data.extent.terminator if data.extent.include else None
        name = (node.plan.type.name, field.id)
        for candidate in self._free_contents(node, slot, field, data, size, singled):
            whole = candidate
            if isinstance(whole, str) and not self._facts.is_breaking:
                whole = self._facts.texts.with_pieces(
                    name,
                    whole,
                    size,
                    lambda tree: self.quietly(self._draft.compile(tree), node, {}),
                )
            yield whole if not end else _ended(whole, data, end)

    def _free_contents(
        self, node: StructNode, slot: int, field: Attribute, data: BytesData | TextData,
        size: int | None, singled: Sequence[Any],
    ) -> Iterator[bytes | str]:  # fmt: skip
        is_text = isinstance(data, TextData)
        kind = str if is_text else bytes
        near = [value for value in self.near(node, slot) if value.__class__ is kind]
        known = [*singled, *near]
        name = (node.plan.type.name, field.id)
        bounds = [v for v in self._facts.bounds.get(name, ()) if v.__class__ is kind]
        for number, choices in enumerate(self._tries()):
            if number == _BOUNDS_FROM:
                known += bounds
            read = self._facts.texts.number(name, choices, size) if is_text else None
            if read is not None:
                yield read
            elif field.padding == "zero":
                yield "\0" * (size or 0) if is_text else bytes(size or 0)
            elif choices.is_easy and size is None and choices.integer(0, 1):
                yield _after(node, slot, kind(), choices)
            elif known and choices.integer(0, 2) == 2:
                yield choices.pick(known)
            else:
                yield self._invented(data, size, choices, self._facts.octets.get(name, ()))

    def _invented(
        self, data: BytesData | TextData, size: int | None, choices: Choices,
        special: Sequence[int],
    ) -> bytes | str:  # fmt: skip
        extent = data.extent
        can_be_short = extent.terminator is not None or extent.pad_right is not None
        room = size if size is not None else MAX_OCTETS
        least = room if size is not None and not can_be_short else 0
        if extent.include and extent.terminator is not None:
            room -= len(extent.terminator)
        room = max(0, min(room, max(least, MAX_OCTETS)))
        least = max(0, min(least, room))
        if not isinstance(data, TextData) and self._is_wild:
            return choices.some_octets(least, room)
        width = len("a".encode(data.encoding)) if isinstance(data, TextData) else 1
        text = choices.letters(least // width, room // width)
        if len(text) > 2 and special and choices.integer(0, 3) == 3:
            at = choices.integer(1, len(text) - 2)
            text = text[:at] + chr(choices.pick(special)) + text[at + 1 :]
        return text if isinstance(data, TextData) else text.encode()

    def count(self, low: int, high: int) -> int:
        """Return how many items a list has; few once there is much already."""
        return low if self._draft.is_large() else self._choices.count(low, high)


def _ended(value: bytes | str, data: BytesData | TextData, end: bytes) -> bytes | str:
    """Return a value with the terminator that is a part of it."""
    if isinstance(value, str):
        assert isinstance(data, TextData)
        try:
            text = end.decode(data.encoding)
        except UnicodeDecodeError:
            return value
        return value if value.endswith(text) else value + text
    return value if value.endswith(end) else value + end


def _after(node: StructNode, slot: int, empty: bytes | str, choices: Choices) -> bytes | str:
    """Return a text that comes after that of the item before, for lists that must be in order."""
    items = node.parent.values[node.slot] if node.parent is not None else None
    before = items.items[node.index - 1] if isinstance(items, ListNode) and node.index else None
    held = (
        before.values[slot] if isinstance(before, StructNode) and before.plan is node.plan else ""
    )
    more = choices.letters(1, 2)
    if isinstance(empty, str):
        return (held if isinstance(held, str) else empty) + more
    return (held if isinstance(held, bytes) else empty) + more.encode()


def _is_steady(field: Attribute) -> bool:
    """Whether what the schema says of the values of a field depends on no content."""
    said: list[Expression | None] = []
    if field.valid is not None:
        said += [field.valid.eq, field.valid.min, field.valid.max, *(field.valid.any_of or ())]
    if field.generate is not None:
        said += [field.generate.min, field.generate.max, *field.generate.values]
    return all(expression is None or is_constant(expression.tree) for expression in said)
