"""The steps that read a type: one for each attribute, neighbours of fixed size taken together."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from harness.reading import words
from harness.reading.elements import compile_element, number_format
from harness.reading.expressions import NOTHING_BOUND
from harness.reading.faults import Fault
from harness.reading.frames import ListFrame, Repetition, StructFrame
from harness.reading.instances import compile_instance
from harness.reading.plan import Group
from harness.reading.tree import ABSENT, ListNode, StructNode
from harness.reading.values import ValueCheck, compile_checks
from harness.schema.expression.typed import Constant, Field
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BytesData,
    FloatData,
    IntegerData,
    Repeat,
    Valid,
    ValueInstance,
)
from harness.schema.walk import is_bits

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.frames import Element, Frame
    from harness.reading.plan import Plan, PlanBook, Step
    from harness.reading.stream import Stream

_MAX_FIXED_BYTES = 1 << 16


def complete_plan(book: PlanBook, plan: Plan) -> None:
    """Fill in what reading a structure of the plan's type needs."""
    first = plan.sequence_slots.start
    members = [(first + number, field) for number, field in enumerate(plan.type.sequence)]
    if plan.type.endian is not None:
        plan.steps.append(_endian_step(book, plan))
    for key, batch in groupby(members, key=lambda member: _batch_key(book, member[1])):
        if key is not None:
            group = _group(book, plan, key, list(batch))
            plan.group = group if not plan.steps else None
            plan.steps.append(group.step)
        else:
            plan.steps += [_sequence_step(book, slot, field) for slot, field in batch]
            plan.group = None
    for slot in plan.instance_slots:
        field = plan.fields[slot]
        if isinstance(field, Attribute):
            bare = msgspec.structs.replace(field, condition=None)
            step = attribute_step(book, slot, bare)
            plan.instance_plans[slot] = compile_instance(book, field, step)
        elif isinstance(field, ValueInstance):
            plan.instance_steps[slot] = _value_step(book, slot, field)


def _endian_step(book: PlanBook, plan: Plan) -> Step:
    """Decide the byte order before anything else of the structure is read."""
    switch = plan.type.endian
    assert switch is not None
    on = book.expressions.compile(switch.on.tree)
    arms = [
        (book.expressions.compile(match.tree) if match is not None else None, order == "be")
        for match, order in switch.cases
    ]
    subject = book.expressions.text(switch.on.tree)

    def decide(node: StructNode, _stream: Stream) -> None:
        value = on(node, NOTHING_BOUND)
        for match, is_big in arms:
            if match is None or match(node, NOTHING_BOUND) == value:
                node.big_endian = is_big
                return
        found = words.in_words(value, switch.on.tree.type, book.schema.enums)
        raise Fault("S115", "", f"`{subject}` {found}")

    return decide


# groups of fixed size


def _batch_key(book: PlanBook, attribute: Attribute) -> str | None:
    """Return the byte order an attribute can be taken in together with others; None for never."""
    plain = (
        attribute.repeat is None
        and attribute.condition is None
        and not attribute.allows_overlap
        and not book.has_bits
        and not _refers_to_fields(attribute.valid)
    )
    match attribute.data:
        case IntegerData(width=1) | BytesData() if plain and fixed_bytes(attribute.data) != 0:
            return "<"
        case IntegerData(endian="le") | FloatData(endian="le") if plain:
            return "<"
        case IntegerData(endian="be") | FloatData(endian="be") if plain:
            return ">"
    return None


def fixed_bytes(data: IntegerData | FloatData | BytesData) -> int:
    """Return the size of a value that always takes the same bytes; 0 for any other."""
    if not isinstance(data, BytesData):
        return data.width
    extent = data.extent
    size = extent.size.tree if extent.size is not None else None
    is_cut = extent.terminator is not None or extent.pad_right is not None or extent.process
    if isinstance(size, Constant) and isinstance(size.value, int) and not is_cut:
        return size.value if 0 < size.value <= _MAX_FIXED_BYTES else 0
    return 0


def _refers_to_fields(valid: Valid | None) -> bool:
    """Whether the check looks at other attributes, which must then be read before it."""
    if valid is None:
        return False
    parts = (valid.eq, valid.min, valid.max, valid.expr, *(valid.any_of or ()))
    return any(
        isinstance(node, Field)
        for part in parts
        if part is not None
        for node in nodes_of(part.tree)
    )


def _group(book: PlanBook, plan: Plan, order: str, batch: list[tuple[int, Attribute]]) -> Group:
    letters = [_letter(field) for _, field in batch]
    layout = struct.Struct(order + "".join(letters))
    first, last = batch[0][0], batch[-1][0] + 1
    # the first group of a type begins where the structure does, which need not be kept
    group = -1 - first if plan.steps else None
    at = 0
    for (slot, _), letter in zip(batch, letters, strict=True):
        width = struct.calcsize(order + letter)
        plan.offsets[slot] = (group, at, at + width)
        at += width
    size = layout.size
    singles = [attribute_step(book, slot, field) for slot, field in batch]
    checks = [
        (slot, check) for slot, field in batch if (check := compile_checks(book, field)) is not None
    ]

    def take(node: StructNode, stream: Stream) -> None:
        start = stream.position
        if start + size > stream.end:
            for single in singles:  # one of them finds its bytes missing, and says so
                single(node, stream)
        node.values[first:last] = layout.unpack_from(stream.data, start)
        if group is not None:
            node.set_span(group, start, start + size)
        stream.position = start + size
        for slot, check in checks:
            check(node, slot, -1, node.values[slot])

    return Group(size, take)


def _letter(attribute: Attribute) -> str:
    data = attribute.data
    assert isinstance(data, IntegerData | FloatData | BytesData)
    return f"{fixed_bytes(data)}s" if isinstance(data, BytesData) else number_format(data)


# single attributes


def _sequence_step(book: PlanBook, slot: int, attribute: Attribute) -> Step:
    """Return the step of an attribute of `seq`; one that may overlap is a run of its own."""
    step = attribute_step(book, slot, attribute)
    return _overlapping(step, slot) if attribute.allows_overlap else step


def attribute_step(book: PlanBook, slot: int, attribute: Attribute) -> Step:
    """Return the step that reads one attribute, repeated or not."""
    element = compile_element(book, attribute, attribute.data)
    check = compile_checks(book, attribute)
    if attribute.repeat is None:
        step = _single_step(slot, element, check, is_bits=is_bits(attribute.data))
    else:
        fast = _fast_list(book, slot, attribute)
        step = fast or _list_step(book, slot, attribute, element, check)
    if attribute.condition is not None:
        step = _conditional(step, slot, book.expressions.condition(attribute.condition.tree))
    return step


def _single_step(slot: int, element: Element, check: ValueCheck | None, *, is_bits: bool) -> Step:
    def read(node: StructNode, stream: Stream) -> Frame | None:
        start = stream.position - (is_bits and stream.bits_left > 0)
        value = element(node, slot, -1, stream, NOTHING_BOUND)
        if isinstance(value, StructFrame):
            node.values[slot] = child = value.node
            if check is not None:
                value.after = lambda: check(node, slot, -1, child)
            return value
        node.values[slot] = value
        node.set_span(slot, start, stream.position)
        if check is not None:
            check(node, slot, -1, value)
        return None

    return read


def _conditional(step: Step, slot: int, condition: Evaluate) -> Step:
    def read(node: StructNode, stream: Stream) -> Frame | None:
        if condition(node, NOTHING_BOUND):
            return step(node, stream)
        node.values[slot] = ABSENT
        return None

    return read


def _overlapping(step: Step, slot: int) -> Step:
    """An attribute that may overlap is a run of its own."""

    def read(node: StructNode, stream: Stream) -> Frame | None:
        saved = stream.begin_run(node, slot, stream.position, may_overlap=True)
        nested = step(node, stream)
        if nested is None:
            stream.end_run(saved, comes_back=False)
        else:
            nested.resume = lambda: stream.end_run(saved, comes_back=False)
        return nested

    return read


# repetition


def _list_step(
    book: PlanBook, slot: int, attribute: Attribute, element: Element, check: ValueCheck | None
) -> Step:
    repeat = attribute.repeat or Repeat("eos")
    counts = _counter(book, repeat)
    until = None
    if repeat.kind == "until" and repeat.expression is not None:
        until = book.expressions.condition(repeat.expression.tree)
    repetition = Repetition(element, until, check, is_bits=is_bits(attribute.data))

    def read(node: StructNode, stream: Stream) -> Frame | None:
        count = None if counts is None else counts(node, stream)
        return ListFrame(node, slot, stream, repetition, count)

    return read


def _counter(book: PlanBook, repeat: Repeat) -> Callable[[StructNode, Stream], int] | None:
    """Return what says how many elements there are; None where no expression does."""
    if repeat.kind != "expr" or repeat.expression is None:
        return None
    counts = book.expressions.compile(repeat.expression.tree)
    if book.is_lenient:  # a loop that runs fewer times than none does not run
        return lambda node, _stream: max(counts(node, NOTHING_BOUND), 0)

    def counted(node: StructNode, stream: Stream) -> int:
        count: int = counts(node, NOTHING_BOUND)
        if count < 0:
            raise Fault("C301", "", str(count), (stream.position, stream.position))
        return count

    return counted


def _fast_list(book: PlanBook, slot: int, attribute: Attribute) -> Step | None:
    """Numbers of fixed size counted by an expression are taken at once; None for any other list."""
    data, repeat = attribute.data, attribute.repeat
    counts = _counter(book, repeat) if repeat is not None and not book.has_bits else None
    if counts is None:
        return None
    if not isinstance(data, IntegerData | FloatData) or data.endian == "inherited":
        return None
    letter, width = number_format(data), data.width
    order = ">" if data.endian == "be" else "<"
    check = compile_checks(book, attribute)

    def read(node: StructNode, stream: Stream) -> None:
        count, start = counts(node, stream), stream.position
        items = ListNode(node, slot, start)
        items.stride = width
        node.values[slot] = items
        fitting = min(count, (stream.end - start) // width)
        node.limits.items.take(fitting, node, slot)
        items.items = list(struct.unpack_from(f"{order}{fitting}{letter}", stream.data, start))
        stream.position = items.end = start + fitting * width
        if check is not None:
            for index, item in enumerate(items.items):
                check(node, slot, index, item)
        if fitting < count:
            items.is_abandoned = True
            left = stream.end - stream.position
            raise Fault(
                "S101", words.count(width, "byte"), str(left), (stream.position, stream.end),
                slot=slot, index=fitting,
            )  # fmt: skip

    return read


# instances that are computed


def _value_step(book: PlanBook, slot: int, instance: ValueInstance) -> Step:
    value = book.expressions.value(instance.value.tree)

    def compute(node: StructNode, _stream: Stream) -> None:
        found = value(node, NOTHING_BOUND)
        node.values[slot] = ABSENT if found is None else found

    if instance.condition is not None:
        return _conditional(compute, slot, book.expressions.condition(instance.condition.tree))
    return compute
