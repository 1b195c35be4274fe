"""Instances: read at their position or computed, once; shared offsets are read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, Missing, StructNode
from harness.reading.values import ValueCheck, compile_checks
from harness.reading.words import hex_bytes
from harness.schema.expression.typed import Expression
from harness.schema.ir import Attribute, BytesData, Locate, StructData, SwitchData, TextData

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook, Step
    from harness.reading.session import Session
    from harness.reading.stream import Stream


class InstancePlan(msgspec.Struct, frozen=True, eq=False):
    """What reading one parse instance needs, compiled once.

    Attributes:
        attribute: the instance in the IR.
        step: reads it, once the stream stands at its position.
        condition: whether it exists at all.
        io: the stream to read from; None for that of the structure.
        position: offset from the start of the stream.
        count: of a repetition, if an expression gives it.
        size: of its bytes, if an expression gives it.
        arguments: of its type.
        identity: equal for instances that read the same data in the same way.
        needs_parent: what is read depends on the structure around it.
        check: of its values; run again when a shared value is taken over.
    """

    attribute: Attribute
    step: Step
    condition: Evaluate | None
    io: Evaluate | None
    position: Evaluate | None
    count: Evaluate | None
    size: Evaluate | None
    arguments: tuple[Evaluate, ...]
    identity: object
    needs_parent: bool
    check: ValueCheck | None


def compile_instance(book: PlanBook, attribute: Attribute, step: Step) -> InstancePlan:
    """Return the plan of a parse instance, given the step that reads it."""

    def compiled(expression: Expression | None) -> Evaluate | None:
        return None if expression is None else book.expressions.compile(expression.tree)

    data = attribute.data
    is_shareable = not isinstance(data, SwitchData) and (
        attribute.repeat is None or attribute.repeat.kind != "until"
    )
    extent = data.extent if isinstance(data, BytesData | TextData | StructData) else None
    is_struct = isinstance(data, StructData)
    kind = data.type if isinstance(data, StructData) else book.intern(data)
    repeat = attribute.repeat
    return InstancePlan(
        attribute=attribute,
        step=step,
        condition=compiled(attribute.condition),
        io=compiled(attribute.io),
        position=compiled(attribute.position),
        count=compiled(repeat.expression) if repeat and is_shareable else None,
        size=compiled(extent.size) if extent is not None else None,
        arguments=tuple(
            book.expressions.compile(argument.tree)
            for argument in (data.arguments if isinstance(data, StructData) else ())
        ),
        identity=(kind, attribute.contents, repeat.kind if repeat else ""),
        needs_parent=not is_shareable or (is_struct and book.uses_parent(str(kind))),
        check=compile_checks(book, attribute),
    )


def read_instance(session: Session, node: StructNode, slot: int) -> None:
    """Fill `slot` of `node`: with the value, or with the reason why there is none."""
    plan = node.plan.instance_plans.get(slot)
    stream = node.stream
    try:
        if plan is None:
            node.plan.instance_steps[slot](node, stream)
            return
        if plan.io is not None:
            stream = plan.io(node, {})
        _read(session, node, slot, plan, stream)
    except (Unknown, Fault) as problem:
        _give_up(session, Location(node, slot), stream, problem, is_read=plan is not None)


def _give_up(
    session: Session, place: Location, stream: Stream, problem: Unknown | Fault, *, is_read: bool
) -> None:
    """Leave the slot without a value; a computed instance of absent values is just absent."""
    is_silent = isinstance(problem, Unknown) and not is_read
    is_absent = isinstance(problem, Unknown) and is_silent and not problem.is_reported
    place.node.values[place.slot] = Missing.ABSENT if is_absent else Missing.ABANDONED
    if not is_silent:
        session.report_problem(problem, place, stream)
    if is_read:
        stream.is_abandoned = True
    if isinstance(problem, Fault) and problem.is_final:
        session.stop()


def _read(
    session: Session, node: StructNode, slot: int, plan: InstancePlan, stream: Stream
) -> None:
    """Read a parse instance at its position."""
    if plan.condition is not None and not plan.condition(node, {}):
        node.values[slot] = Missing.ABSENT
        return
    position = _position(plan, node, stream)
    key = _memo_key(plan, node, slot, stream, position)
    if key in session.memo:
        _share(plan, node, slot, session.memo[key])
        return
    session.memo[key] = Missing.RUNNING
    saved = stream.begin_run(node, slot, position, may_overlap=plan.attribute.allows_overlap)
    bits = (stream.bits, stream.bits_left)
    stream.bits = stream.bits_left = 0
    try:
        nested = plan.step(node, stream)
        if nested is not None:
            session.run(nested, session.depth_of(node) + 1)
        if stream.bits_left:
            session.align(stream)
        if node.values[slot] is Missing.RUNNING:
            node.values[slot] = Missing.ABANDONED
        session.count_bytes(stream.position - position)
    finally:
        session.memo[key] = (node.values[slot], (position, stream.position))
        stream.end_run(saved)
        stream.bits, stream.bits_left = bits


def _share(plan: InstancePlan, node: StructNode, slot: int, known: Any) -> None:
    """Take what the same key gave before."""
    if known is Missing.RUNNING:
        raise Fault("S114", span=(node.start, node.start))
    value, span = known
    if value is Missing.RUNNING:
        value = Missing.ABANDONED
    node.values[slot] = value
    if not isinstance(value, StructNode | ListNode):
        node.set_span(slot, *span)
    if plan.check is not None and not isinstance(value, ListNode):
        plan.check(node, slot, -1, value)


def _position(plan: InstancePlan, node: StructNode, stream: Stream) -> int:
    """Return where to read, as an offset in the stream's data."""
    if plan.attribute.locate is not None:
        return _located(plan.attribute.locate, stream)
    if plan.position is None:
        return stream.position
    position: int = plan.position(node, {})
    size = stream.end - stream.start
    if not 0 <= position <= size:
        span = (node.start, max(node.start, node.end))
        raise Fault("B204", f"{size} bytes", str(position), span)
    return stream.start + position


def _located(locate: Locate, stream: Stream) -> int:
    start = stream.start if locate.within is None else max(stream.start, stream.end - locate.within)
    data: Any = stream.data
    find = data.find if locate.occurrence == "first" else data.rfind
    at: int = find(locate.marker, start, stream.end)
    if at < 0:
        actual = f"{stream.end - start} bytes"
        raise Fault("S116", hex_bytes(locate.marker), actual, (start, stream.end))
    return at + len(locate.marker)


def _memo_key(
    plan: InstancePlan, node: StructNode, slot: int, stream: Stream, position: int
) -> tuple[Any, ...]:
    """Type, argument values, stream and its end, position, and the parent if the type uses it."""
    around = (id(node), slot) if plan.needs_parent else ()
    count = plan.count(node, {}) if plan.count is not None else None
    size = plan.size(node, {"_index": 0}) if plan.size is not None else None
    arguments = tuple(_argument(argument, node) for argument in plan.arguments)
    where = (id(stream.data), stream.end, position, node.big_endian)
    return (plan.identity, arguments, around, count, size, *where)


def _argument(argument: Evaluate, node: StructNode) -> object:
    try:
        value = argument(node, {"_index": 0})
    except Unknown:
        return Missing.ABSENT
    return id(value) if isinstance(value, StructNode | ListNode) else value


def pending(node: StructNode) -> list[int]:
    """Return the slots of instances that nobody has needed yet, in declaration order."""
    return [slot for slot in node.plan.instance_slots if node.values[slot] is Missing.UNREAD]


def children(node: StructNode) -> list[StructNode]:
    """Return the structures that `node` holds itself, in slot and list order; shared ones not."""
    found: list[StructNode] = []
    for slot, value in enumerate(node.values):
        if isinstance(value, StructNode):
            if value.parent is node and value.slot == slot:
                found.append(value)
        elif isinstance(value, ListNode):
            found += [
                item
                for item in value.items
                if isinstance(item, StructNode) and item.parent is node and item.slot == slot
            ]
    return found


def read_all_instances(session: Session, root: StructNode) -> None:
    """Read every instance that is still unread: the tree in pre-order, declaration order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for slot in pending(node):
            session.force(node, slot)
        waiting += reversed(children(node))
