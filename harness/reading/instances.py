"""Instances: read at their position or computed, once; shared offsets are read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from harness.reading.expressions import NOTHING_BOUND, Evaluate
from harness.reading.faults import Fault, Unknown
from harness.reading.keys import key_of
from harness.reading.stream import Stream
from harness.reading.tree import (
    ABANDONED,
    ABSENT,
    RUNNING,
    UNREAD,
    ListNode,
    Location,
    StructNode,
    Value,
    pre_order,
)
from harness.reading.values import ValueCheck, compile_checks
from harness.reading.words import count, hex_bytes
from harness.schema.expression import typed
from harness.schema.expression.typed import Bound, Expression
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    DataType,
    Locate,
    Process,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.scoping import file_of
from harness.schema.types import StructValue

if TYPE_CHECKING:
    from harness.reading.plan import PlanBook, Step
    from harness.reading.session import Session


class InstancePlan(NamedTuple):
    """What reading one parse instance needs, compiled once.

    Attributes:
        attribute: the instance in the IR.
        step: reads it, once the stream stands at its position.
        condition: whether it exists at all.
        io: the stream to read from; None for that of the structure.
        position: offset from the start of the stream.
        items: how many, if an expression says so.
        values: its size, the key of its processing, the arguments of its type.
        identity: equal for instances that read the same data in the same way.
        needs_parent: what is read depends on the structure around it.
        starts_count: and on where its stream begins.
        check: of its values; run again when a shared value is taken over.
        checks_items: likewise of the items of a list.
        comes_back: the stream goes on where it stood before.
        is_lenient: as in Kaitai, nothing is wrong with a position after the end until something is
            read there, and a jump to it loses the bits that are left of a byte.
    """

    attribute: Attribute
    step: Step
    condition: Evaluate | None
    io: Evaluate | None
    position: Evaluate | None
    items: Evaluate | None
    values: tuple[Evaluate, ...]
    identity: object
    needs_parent: bool
    starts_count: bool
    check: ValueCheck | None
    checks_items: bool
    comes_back: bool
    is_lenient: bool


class Read(NamedTuple):
    """What one key gave: the value, and where it ends in the stream's data."""

    value: Value
    end: int


# what is under way, told from what gave no value
_RUNNING: Final = Read(RUNNING, -1)


def compile_instance(book: PlanBook, attribute: Attribute, step: Step) -> InstancePlan:
    """Return the plan of a parse instance, given the step that reads it."""

    def compiled(expression: Expression | None) -> Evaluate | None:
        return None if expression is None else book.expressions.compile(expression.tree)

    repeat = attribute.repeat
    is_counted = repeat is not None and repeat.kind == "expr"
    values = tuple(key_values(book, attribute.data))
    return InstancePlan(
        attribute=attribute,
        step=step,
        condition=_condition(book, attribute.condition),
        io=compiled(attribute.io),
        position=compiled(attribute.position),
        items=compiled(repeat.expression) if repeat is not None and is_counted else None,
        values=tuple(book.expressions.compile(value.tree) for value in values),
        identity=_way(book, attribute),
        needs_parent=needs_parent(book, attribute, values),
        starts_count=starts_count(book, attribute.data),
        check=compile_checks(book, attribute),
        checks_items=repeat is not None and judges_shared_items(book, attribute),
        comes_back=attribute.position is not None or not book.is_lenient,
        is_lenient=book.is_lenient,
    )


def _condition(book: PlanBook, condition: Expression | None) -> Evaluate | None:
    return None if condition is None else book.expressions.condition(condition.tree)


def values_in(data: DataType) -> Iterator[Expression]:
    """Yield the expressions that decide how a value is read."""
    if isinstance(data, StructData):
        yield from data.arguments
    extent = data.extent if isinstance(data, BytesData | TextData | StructData) else None
    if extent is not None and extent.size is not None:
        yield extent.size
    if extent is not None and extent.process is not None and extent.process.argument is not None:
        yield extent.process.argument


def key_values(book: PlanBook, data: DataType) -> Iterator[Expression]:
    """Yield the expressions whose values tell what is read: those, and `_root` where it counts."""
    yield from values_in(data)
    if isinstance(data, StructData) and book.uses_root(data.type):
        yield Expression("_root", typed.Root(type=StructValue(file_of(data.type))))


def starts_count(book: PlanBook, data: DataType) -> bool:
    """Whether it matters too where the stream begins that is read."""
    return isinstance(data, StructData) and data.extent is None and book.uses_start(data.type)


def without_values(data: DataType) -> DataType:
    """Return the data type with the expressions of `values_in` left out."""
    if not isinstance(data, BytesData | TextData | StructData):
        return data
    extent = data.extent
    if extent is not None:
        process = Process(extent.process.name) if extent.process is not None else None
        extent = replace(extent, size=None, process=process)
    if isinstance(data, StructData):
        return replace(data, arguments=(), extent=extent, parent=None)
    return replace(data, extent=extent)


def needs_parent(book: PlanBook, attribute: Attribute, values: Sequence[Expression]) -> bool:
    """Whether two structures may read the same bytes differently, all `values` being equal."""
    repeat, data = attribute.repeat, attribute.data
    if isinstance(data, SwitchData) or (repeat is not None and repeat.kind == "until"):
        return True
    if repeat is not None and any(
        isinstance(node, Bound) for value in values for node in nodes_of(value.tree)
    ):
        return True
    return isinstance(data, StructData) and (data.parent is not None or book.uses_parent(data.type))


def _way(book: PlanBook, attribute: Attribute) -> tuple[int, str]:
    """Return the same for all instances that read the same bytes in the same way."""
    kind = attribute.repeat.kind if attribute.repeat is not None else ""
    return book.intern(without_values(attribute.data)), kind


def judges_shared_items(book: PlanBook, attribute: Attribute) -> bool:
    """Whether items that were read elsewhere may be wrong here, though they were not there."""
    if attribute.align != 1 or book.readers(partial(_way, book))[_way(book, attribute)] > 1:
        return True
    return attribute.valid is not None and any(
        isinstance(node, typed.Self | typed.Root | typed.Parent)
        for expression in expressions_of(attribute.valid)
        for node in nodes_of(expression.tree)
    )


def read_instance(session: Session, node: StructNode, slot: int) -> None:
    """Fill `slot` of `node`: with the value, or with the reason why there is none."""
    plan = node.plan.instance_plans.get(slot)
    stream = node.stream
    try:
        if plan is None:
            node.plan.instance_steps[slot](node, stream)
            return
        if plan.condition is not None and not plan.condition(node, NOTHING_BOUND):
            node.values[slot] = ABSENT
            return
        if plan.io is not None:
            stream = _other_stream(plan.io, node, session)
        _read(session, node, slot, plan, stream)
    except (Unknown, Fault) as problem:
        _give_up(session, Location(node, slot), stream, problem, is_read=plan is not None)


def _other_stream(io: Evaluate, node: StructNode, session: Session) -> Stream:
    """Return the stream that `io` names, which must be one of the content being read."""
    found = io(node, NOTHING_BOUND)
    if not isinstance(found, Stream) or found.session is not session:
        raise Fault("B210", "a stream of this content", "what `io` gives")
    return found


def _give_up(
    session: Session, place: Location, stream: Stream, problem: Unknown | Fault, *, is_read: bool
) -> None:
    """Leave the slot without a value; a computed instance of absent values is just absent."""
    is_silent = isinstance(problem, Unknown) and not is_read and not session.book.is_lenient
    is_absent = isinstance(problem, Unknown) and is_silent and not problem.is_reported
    place.node.values[place.slot] = ABSENT if is_absent else ABANDONED
    if not is_silent:
        session.report_problem(problem, place, stream)
    if is_read:
        stream.is_abandoned = True


def _read(
    session: Session, node: StructNode, slot: int, plan: InstancePlan, stream: Stream
) -> None:
    """Read a parse instance at its position."""
    position = _position(plan, node, stream)
    key = _memo_key(plan, node, slot, stream, position)
    known = session.memo.get(key)
    node.set_source(slot, stream)
    if known is not None:
        _share(session, plan, Location(node, slot), position, known)
        return
    session.memo[key] = _RUNNING
    saved = stream.begin_run(node, slot, position, may_overlap=plan.attribute.allows_overlap)
    bits = (0, 0) if plan.is_lenient else (stream.bits, stream.bits_left)
    if plan.comes_back:
        stream.bits = stream.bits_left = 0
    errors = session.errors
    try:
        nested = plan.step(node, stream)
        if nested is not None:
            session.run(nested)
        if stream.bits_left and plan.comes_back:
            session.align(stream)
        node.limits.bytes.take(stream.position - position, node, slot)
    finally:
        if node.values[slot] is RUNNING or session.lost(errors):
            session.dropped.append(node.values[slot])
            node.values[slot] = ABANDONED
        session.memo[key] = Read(node.values[slot], stream.position)
        stream.end_run(saved, comes_back=plan.comes_back)
        if plan.comes_back:
            stream.bits, stream.bits_left = bits


def _share(
    session: Session, plan: InstancePlan, place: Location, position: int, known: Read
) -> None:
    """Take what the same key gave before."""
    node, slot, _ = place
    value = known.value
    if value is RUNNING:
        raise Fault("S114", span=(position, position))
    node.values[slot] = value
    if isinstance(value, StructNode | ListNode):
        session.references.setdefault(id(node), set()).add(slot)
    else:
        node.set_span(slot, position, known.end)
    errors = session.errors
    if plan.check is not None and isinstance(value, ListNode):
        looked_at = value.items if plan.checks_items else []
        session.steps.take(len(looked_at), node, slot)
        for index, item in enumerate(looked_at):
            plan.check(node, slot, index, item)
    elif plan.check is not None:
        plan.check(node, slot, -1, value)
    if session.lost(errors):
        node.values[slot] = ABANDONED


def _position(plan: InstancePlan, node: StructNode, stream: Stream) -> int:
    """Return where to read, as an offset in the stream's data."""
    if plan.attribute.locate is not None:
        return _located(plan.attribute.locate, stream)
    if plan.position is None:
        return stream.position
    position: int = plan.position(node, NOTHING_BOUND)
    size = stream.end - stream.start
    if plan.is_lenient:
        position = min(position, size)
    if not 0 <= position <= size:
        span = (stream.position, stream.position)
        if stream is node.stream:
            span = (node.start, max(node.start, node.end))
        raise Fault("B204", count(size, "byte"), str(position), span)
    return stream.start + position


def _located(locate: Locate, stream: Stream) -> int:
    start = stream.start if locate.within is None else max(stream.start, stream.end - locate.within)
    at = stream.find_mark(locate.marker, start, is_last=locate.occurrence == "last")
    if at < 0:
        actual = count(stream.end - start, "byte")
        raise Fault("S116", hex_bytes(locate.marker), actual, (start, stream.end))
    return at + len(locate.marker)


def _memo_key(
    plan: InstancePlan, node: StructNode, slot: int, stream: Stream, position: int
) -> tuple[Any, ...]:
    """Type, arguments, stream and its ends, position, and the parent if the type uses it."""
    if plan.needs_parent or not plan.comes_back:
        return (id(node), slot)
    items = plan.items(node, NOTHING_BOUND) if plan.items is not None else None
    where = (id(stream.whole), stream.end, position, node.big_endian)
    start = stream.start if plan.starts_count else None
    key: tuple[Any, ...] = (plan.identity, items, start, *where)
    for value in plan.values:
        key += _value(value, node)
    return key


def _value(value: Evaluate, node: StructNode) -> tuple[type, object]:
    """Return what an expression gives, with its class: true is not 1."""
    try:
        found = value(node, NOTHING_BOUND)
    except Unknown:
        found = ABSENT
    return (found.__class__, key_of(found))


def read_all_instances(session: Session, root: StructNode) -> None:
    """Read every instance that is still unread: the tree in pre-order, declaration order."""
    for node in pre_order(root):
        for slot in node.plan.instance_slots:
            if node.values[slot] is UNREAD:
                session.force(node, slot)
