"""Reading one value of each data type: IR to closures `(node, slot, index, stream, bound)`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from harness.reading import extents, limits
from harness.reading.faults import Fault, Unknown
from harness.reading.frames import Element, StructFrame
from harness.reading.stream import Stream
from harness.reading.tree import ABANDONED, ABSENT, Location, StructNode, Value
from harness.reading.words import count, hex_bytes, in_words
from harness.schema.encodings import CODECS
from harness.schema.expression.typed import Constant
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    DataType,
    FloatData,
    IntegerData,
    Limits,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.types import BoolValue
from harness.schema.walk import begins_inside

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate
    from harness.reading.plan import PlanBook

_LETTERS: Final = {1: "b", 2: "h", 4: "i", 8: "q"}


def number_format(data: IntegerData | FloatData) -> str:
    """Return the `struct` letter of a number, without byte order."""
    if isinstance(data, FloatData):
        return "f" if data.width == 4 else "d"
    letter = _LETTERS[data.width]
    return letter if data.signed else letter.upper()


def compile_element(book: PlanBook, attribute: Attribute, data: DataType) -> Element:
    """Return a closure that reads one value of `data`, or makes the frame that will."""
    match data:
        case IntegerData() | FloatData():
            return _aligned(book, _number(data))
        case BitsData():
            return _bits(data, is_boolean=isinstance(attribute.type, BoolValue))
        case BytesData():
            return _aligned(book, extents.compile_extent(book, attribute, data.extent))
        case TextData():
            return _aligned(book, _text(book, attribute, data))
        case StructData():
            structure = _structure(book, attribute, data)
            # as in Kaitai, a structure goes on inside a byte if its first attribute does
            return structure if data.extent is None else _aligned(book, structure)
        case SwitchData():
            return _switch(book, attribute, data)


def _aligned(book: PlanBook, element: Element) -> Element:
    """Whole bytes begin at a byte: the bits left over are padding."""
    if not book.has_bits:
        return element

    def aligned(
        node: StructNode, slot: int, index: int, stream: Stream, bound: Bound
    ) -> Value | StructFrame:
        if stream.bits_left:
            stream.session.align(stream)
        return element(node, slot, index, stream, bound)

    return aligned


def _number(data: IntegerData | FloatData) -> Element:
    letter, width = number_format(data), data.width
    little, big = struct.Struct("<" + letter), struct.Struct(">" + letter)
    fixed = {"le": little, "be": big}.get(data.endian)
    wanted = count(width, "byte")

    def number(node: StructNode, _slot: int, _index: int, stream: Stream, _bound: Bound) -> Value:
        start = stream.position
        end = start + width
        if end > stream.end:
            raise Fault("S101", wanted, str(stream.end - start), (start, stream.end))
        stream.position = end
        layout = fixed or (big if node.big_endian else little)
        found: int | float = layout.unpack_from(stream.data, start)[0]
        return found

    return number


def _bits(data: BitsData, *, is_boolean: bool) -> Element:
    width, is_big = data.width, data.endian == "be"
    mask = (1 << width) - 1

    def bits(node: StructNode, slot: int, _index: int, stream: Stream, _bound: Bound) -> Value:
        missing = (width - stream.bits_left + 7) // 8
        start = stream.position
        if start + missing > stream.end:
            left = stream.bits_left + 8 * (stream.end - start)
            raise Fault("S101", count(width, "bit"), str(left), (start, stream.end))
        fresh = bytes(stream.data[start : start + missing])
        stream.position = start + len(fresh)
        stream.session.bits_place = Location(node, slot)
        if is_big:
            found = (stream.bits << (8 * len(fresh))) | int.from_bytes(fresh, "big")
            stream.bits_left += 8 * len(fresh) - width
            value = found >> stream.bits_left
            stream.bits = found & ((1 << stream.bits_left) - 1)
        else:
            found = stream.bits | (int.from_bytes(fresh, "little") << stream.bits_left)
            stream.bits_left += 8 * len(fresh) - width
            value = found & mask
            stream.bits = found >> width
        return bool(value) if is_boolean else value

    return bits


def _text(book: PlanBook, attribute: Attribute, data: TextData) -> Element:
    take, encoding = extents.compile_extent(book, attribute, data.extent), data.encoding
    is_processed = data.extent.process is not None
    is_known = encoding in CODECS

    def text(node: StructNode, slot: int, index: int, stream: Stream, bound: Bound) -> Value:
        start = stream.position
        packed = take(node, slot, index, stream, bound)
        if not packed:
            return ""
        first, last = 0, len(packed)
        try:
            if is_known:
                return packed.decode(encoding)
        except UnicodeDecodeError as error:
            first, last = error.start, error.end
        bad = hex_bytes(packed[first:last])
        span = (start, stream.position) if is_processed else (start + first, start + last)
        place = Location(node, slot, index)
        stream.session.report("S106", place, encoding, bad, stream.span(*span))
        return ABANDONED

    return text


def _structure(book: PlanBook, attribute: Attribute, data: StructData) -> Element:
    arguments = [book.expressions.value(argument.tree) for argument in data.arguments]
    pass_on = _null_or_value if book.is_lenient else _argument
    extent = data.extent
    region = extents.compile_region(book, attribute, extent) if extent is not None else None
    name = data.type
    above = _compile_parent(book, data)
    goes_on = extent is None and book.has_bits and begins_inside(book.schema, name)
    own_limits = book.schema.types[name].limits
    has_limits = own_limits != Limits()

    def structure(
        node: StructNode, slot: int, index: int, stream: Stream, bound: Bound
    ) -> StructFrame:
        within = node.limits
        if index < 0:
            within.items.take(1, node, slot)
        inner = stream if region is None else region(node, slot, index, stream, bound)
        if has_limits:
            within = limits.inside(own_limits, within, node.depth + 1)
        start = inner.position - (goes_on and inner.bits_left > 0)
        child = StructNode(book.plan(name), node, slot, index, inner, start, within)
        child.big_endian = node.big_endian
        if above is not None:
            inner.session.parents[id(child)] = above(node, bound)
        for number, argument in enumerate(arguments):
            child.values[number] = pass_on(argument, node, bound)
        if region is not None:
            inner.own(child)
        return StructFrame(child, inner, owns_region=region is not None)

    return structure


def _compile_parent(book: PlanBook, data: StructData) -> Evaluate | None:
    """Return what gives the `_parent`; None where it is what holds the structure."""
    if data.is_orphan:
        return lambda _node, _bound: None
    return book.expressions.compile(data.parent.tree) if data.parent is not None else None


def _argument(argument: Evaluate, node: StructNode, bound: Bound) -> Value:
    """Return an argument's value; what it lacks, the parameter lacks."""
    try:
        value: Value = argument(node, bound)
    except Unknown as unknown:
        return ABANDONED if unknown.is_reported else ABSENT
    return value


def _null_or_value(argument: Evaluate, node: StructNode, bound: Bound) -> Value:
    """Return an argument's value as Kaitai passes it on, which must be there."""
    value: Value | None = argument(node, bound)
    return ABSENT if value is None else value


def _switch(book: PlanBook, attribute: Attribute, data: SwitchData) -> Element:
    on = book.expressions.value(data.on.tree)
    choose = _chooser(book, attribute, data)
    unknown = _unknown_case(book, attribute, data)
    subject = book.expressions.text(data.on.tree)

    def switch(
        node: StructNode, slot: int, index: int, stream: Stream, bound: Bound
    ) -> Value | StructFrame:
        value = on(node, bound)
        inner = {**bound, "_on": value}
        element = choose(value, node, inner)
        if element is not None:
            return element(node, slot, index, stream, inner)
        actual = f"`{subject}` {in_words(value, data.on.tree.type, book.schema.enums)}"
        return unknown(node, slot, index, stream, inner, actual)

    return switch


def _chooser(
    book: PlanBook, attribute: Attribute, data: SwitchData
) -> Callable[[Value, StructNode, Bound], Element | None]:
    """Return what picks the arm for a value: by a table where every case is a literal."""
    arms = [(case.match, compile_element(book, attribute, case.data)) for case in data.cases]
    rest = next((element for match, element in arms if match is None), None)
    trees = [(match.tree, element) for match, element in arms if match is not None]
    if all(isinstance(tree, Constant) for tree, _ in trees):
        table: dict[Any, Element] = {}
        for tree, element in trees:
            table.setdefault(tree.value, element)  # type: ignore[union-attr]  # all Constant
        return lambda value, _node, _bound: table.get(value, rest)
    tests = [(book.expressions.compile(tree), element) for tree, element in trees]

    def choose(value: Value, node: StructNode, bound: Bound) -> Element | None:
        for matched, element in tests:
            if matched(node, bound) == value:
                return element
        return rest

    return choose


def _unknown_case(book: PlanBook, attribute: Attribute, data: SwitchData) -> extents.UnknownCase:
    """What happens when no arm fits: skip what the size says, or give up."""
    take = None
    if data.extent is not None:
        take = extents.compile_extent(book, attribute, data.extent)

    def unknown(
        node: StructNode, slot: int, index: int, stream: Stream, bound: Bound, actual: str
    ) -> Value:
        start = stream.position
        if take is None:
            if attribute.allows_unknown:
                return ABSENT
            raise Fault("S104", "", actual, (start, start))
        if stream.bits_left:
            stream.session.align(stream)
        value = take(node, slot, index, stream, bound)
        if not attribute.allows_unknown:
            place = Location(node, slot, index)
            stream.session.report("S104", place, "", actual, stream.span(start, stream.position))
        return value

    return unknown
