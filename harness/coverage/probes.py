"""One probe for each kind of automatic domain: which point does a structure use?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, assert_never

from harness.coverage.cells import Cell
from harness.coverage.domains import REST, Domain, is_of_structure
from harness.coverage.points import Classifier, number_ranges, repeat_ranges, valid_of
from harness.coverage.sink import Probe, Sink
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.tree import ListNode, Location, Missing, StructNode, Value
from harness.schema.ir import Attribute, SwitchData, ValueInstance

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook

# the point that a value is; None for no point
Classify = Callable[[Any], "str | None"]
Cells = Mapping[str, Cell]


def probe_of(book: PlanBook, domain: Domain) -> Probe:
    """Return the probe of a domain."""
    cells = {point: Cell(domain.group, point) for point in domain.points}
    match domain.kind:
        case "type":
            return lambda node, sink: sink.hit(cells["used"], node)
        case "order":
            return lambda node, sink: sink.hit(cells["be" if node.big_endian else "le"], node)
        case "rule":
            return _rule(book, domain, cells)
        case "present":
            return _present(book, domain, cells)
        case "count":
            return _count(book, domain, cells)
        case "case":
            return _case(book, domain, cells)
        case "limit":
            return _limit(book, domain, cells)
        case "member" | "number" | "float" | "flag" | "size":
            slot = book.slots.of(domain.type, domain.field)
            return _values(slot, _classify(book, domain), cells)
        case _:
            assert_never(domain.kind)


def _rule(book: PlanBook, domain: Domain, cells: Cells) -> Probe:
    checks = book.schema.types[domain.type].checks
    when = next(check.when for check in checks if check.id == domain.field)
    assert when is not None
    applies, cell = book.expressions.compile(when.tree), cells["applies"]

    def rule(node: StructNode, sink: Sink) -> None:
        if applies(node, {"_": node}):
            sink.hit(cell, node)

    return rule


def _present(book: PlanBook, domain: Domain, cells: Cells) -> Probe:
    slot = book.slots.of(domain.type, domain.field)

    def present(node: StructNode, sink: Sink) -> None:
        value = node.values[slot]
        if value is Missing.ABSENT:
            sink.hit(cells["absent"], node)
        elif value.__class__ is not Missing:
            sink.hit(cells["present"], node, slot)

    return present


def _count(book: PlanBook, domain: Domain, cells: Cells) -> Probe:
    slot, field = _attribute(book, domain)
    assert field.repeat is not None
    classify = Classifier(repeat_ranges(book.schema, field.repeat))

    def count(node: StructNode, sink: Sink) -> None:
        value = node.values[slot]
        if isinstance(value, ListNode) and not value.is_abandoned:
            cell = cells.get(classify(len(value.items)) or "")
            if cell is not None:
                sink.hit(cell, node, slot)

    return count


def _case(book: PlanBook, domain: Domain, cells: Cells) -> Probe:
    """An arm is told by its label, the first whose case equals what is switched on."""
    slot, field = _attribute(book, domain)
    data = field.data
    assert isinstance(data, SwitchData)
    on = book.expressions.compile(data.on.tree)
    matches = [book.expressions.compile(case.match.tree) for case in data.cases if case.match]
    arms = list(zip(matches, domain.points, strict=False))

    def case(node: StructNode, sink: Sink) -> None:
        for index in _items(node, slot):
            bound = {"_index": index}
            value = on(node, bound)
            inner = {**bound, "_on": value}
            label = next((label for match, label in arms if match(node, inner) == value), REST)
            cell = cells.get(label)
            if cell is not None:
                sink.hit(cell, node, slot, index)

    return case


def _items(node: StructNode, slot: int) -> Iterator[int]:
    """Yield the index of each element of a list, -1 for a value that is none."""
    value = node.values[slot]
    if isinstance(value, ListNode):
        node.stream.session.steps.take(len(value.items), node, slot)
        yield from range(len(value.items))
    elif value.__class__ is not Missing:
        yield -1


def _limit(book: PlanBook, domain: Domain, cells: Cells) -> Probe:
    """Values that are just at an end which other content sets."""
    slot, field = _attribute(book, domain)
    valid = valid_of(field)
    ends = [
        (book.expressions.compile(end.tree), cells[name])
        for name, end in (("least", valid.min), ("most", valid.max))
        if end is not None and is_of_structure(end)
    ]

    def limit(node: StructNode, sink: Sink) -> None:
        value = node.values[slot]
        for end, cell in ends:
            found = end(node, NOTHING_BOUND)
            for one, uses, place in _each_value(node, slot, value):
                if one == found:
                    sink.hits(cell, uses, place())

    return limit


def _values(slot: int, classify: Classify, cells: Cells) -> Probe:
    def values(node: StructNode, sink: Sink) -> None:
        value = node.values[slot]
        if value.__class__ is Missing:
            return
        if not isinstance(value, ListNode):
            cell = cells.get(classify(value) or "")
            if cell is not None:
                sink.hit(cell, node, slot)
            return
        for one, uses, place in _each_value(node, slot, value):
            cell = cells.get(classify(one) or "")
            if cell is not None:
                sink.hits(cell, uses, place())

    return values


def _each_value(
    node: StructNode, slot: int, value: Value
) -> Iterator[tuple[Any, int, Callable[[], Location]]]:
    """Yield each different value with how often it stands there, and what finds its first place."""
    if not isinstance(value, ListNode):
        if value.__class__ is not Missing:
            yield value, 1, lambda: Location(node, slot)
        return
    if value.node is not node:
        return  # it stands elsewhere, and is counted there
    node.stream.session.steps.take(len(value.items), node, slot)
    read = (item for item in value.items if item.__class__ is not Missing)
    for one, uses in Counter(read).items():
        yield one, uses, lambda one=one: Location(node, slot, value.items.index(one))  # type: ignore[misc]  # mypy gives no type to a lambda's default


def _classify(book: PlanBook, domain: Domain) -> Classify:
    field = _field(book, domain)
    match domain.kind:
        case "member":
            members = book.schema.enums[field.enum].members
            return lambda value: members.get(value, REST)
        case "number":
            assert isinstance(field, Attribute)
            return Classifier(number_ranges(book.schema, field))
        case "float":
            return _kind_of_float
        case "flag":
            return lambda value: "true" if value else "false"
        case _:
            return lambda value: "filled" if len(value) else "empty"


def _kind_of_float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "infinite"
    if value == 0:
        return "zero"
    return "negative" if value < 0 else "positive"


def _attribute(book: PlanBook, domain: Domain) -> tuple[int, Attribute]:
    field = _field(book, domain)
    assert isinstance(field, Attribute)
    return book.slots.of(domain.type, domain.field), field


def _field(book: PlanBook, domain: Domain) -> Attribute | ValueInstance:
    """Return the attribute or instance of a domain."""
    type_ = book.schema.types[domain.type]
    fields = (*type_.sequence, *type_.instances)
    return next(field for field in fields if field.id == domain.field)
