"""What expressions do with values: members, elements, sizes, offsets, conversions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from harness.reading.faults import Fault, OutOfRange, Unknown
from harness.reading.stream import Stream
from harness.reading.tree import (
    ABANDONED,
    RUNNING,
    UNREAD,
    ListNode,
    Location,
    Missing,
    StructNode,
    extent_of,
)
from harness.reading.words import in_words
from harness.schema.encodings import codec_of
from harness.schema.types import S64_MAX, S64_MIN, AnyValue

_DIGITS: Final = re.compile(r"[-+]?[0-9A-Za-z]{1,79}", re.ASCII)


def present(node: StructNode, slot: int, name: str) -> Any:
    """Return the value of a slot that holds none yet: force an instance, or give up."""
    value = node.values[slot]
    if value is UNREAD and node.plan.is_instance[slot] and not node.stream.session.is_done:
        value = node.stream.session.force(node, slot)
    if value is RUNNING:
        raise Fault("S114")
    if isinstance(value, Missing):
        is_lost = value is ABANDONED or node.stream.session.is_stopped
        is_null = not is_lost and slot not in node.plan.sequence_slots
        raise Unknown(name, is_reported=is_lost, is_null=is_null)
    return value


def member(value: Any, name: str, node: StructNode) -> Any:
    """Return a member of a value whose type only reading tells, for an expression of `node`."""
    if not isinstance(value, StructNode):
        return call(value, name, [], node)
    slot = value.plan.slot_of(name)
    if slot is None:
        raise Fault("B210", f"a structure with `{name}`", in_words(value, AnyValue(), {}))
    found = value.values[slot]
    return present(value, slot, name) if isinstance(found, Missing) else found


# elements


def complete(value: ListNode) -> list[Any]:
    """Return the items of a list; unknown when reading broke off in it."""
    if value.is_abandoned:
        raise Unknown("list", is_reported=True)
    return value.items


def elements(value: Any, node: StructNode) -> Sequence[Any]:
    """Return what is to be looked at one by one: items, bytes, or code points.

    Raises:
        Stopped: when expressions have looked at too many.
    """
    found = _elements(value)
    node.stream.session.steps.take(len(found), node)
    return [ord(character) for character in found] if isinstance(found, str) else found


def _elements(value: Any) -> Sequence[Any]:
    match value:
        case ListNode():
            return complete(value)
        case str() | bytes():
            return value
    raise Fault("B210", "a list", in_words(value, AnyValue(), {}))


def size(value: Any) -> int:
    """Return the number of elements."""
    return len(_elements(value))


def element(value: Any, index: int) -> Any:
    """Return one element; an index outside is unknown."""
    items = value.items if isinstance(value, ListNode) else _elements(value)
    if not 0 <= index < len(items):
        if isinstance(value, ListNode) and value.is_abandoned:
            raise Unknown(f"[{index}]", is_reported=True)
        raise OutOfRange(index, len(items))
    found = items[index]
    if isinstance(found, Missing):
        raise Unknown(f"[{index}]", is_reported=True)
    return ord(value[index]) if isinstance(value, str) else found


# places


def at_end(stream: Stream) -> bool:
    """Whether nothing is left to read: no byte and no bit."""
    return stream.position >= stream.end and stream.bits_left == 0


def struct_offset(which: str, value: Any) -> int:
    """Return `_start`, `_end` or `_sizeof` of a structure."""
    if not isinstance(value, StructNode):
        raise Fault("B210", "a structure", in_words(value, AnyValue(), {}))
    return _measure(which, Location(value))


def offset(which: str, node: StructNode, slot: int) -> int:
    """Return `_start`, `_end` or `_sizeof` of the value in a slot."""
    return _measure(which, Location(node, slot))


def _measure(which: str, place: Location) -> int:
    stream, start, end = extent_of(place)
    if which == "sizeof":
        return end - start
    if stream.origin is not None:
        raise Fault("S117", "", f"_{which}")
    return start if which == "start" else end


# methods


def call(value: Any, name: str, arguments: Sequence[Any], node: StructNode) -> Any:
    """Return the result of a method of a value, for an expression of `node`."""
    if isinstance(value, StructNode) and not arguments:
        return member(value, name, node)
    kind = value.__class__ if value.__class__ in _METHODS else object
    method = _METHODS.get(kind, {}).get(name)
    if method is _substring and node.stream.session.book.is_lenient:
        method = _clipped
    if method is None:
        raise Fault("B210", f"a value with `{name}`", in_words(value, AnyValue(), {}))
    if name in _LOOKING:
        elements(value, node)
    try:
        result = method(value, *arguments)
    except (TypeError, ValueError, OverflowError):
        code, wanted = ("B209", "a number") if name == "to_i" else ("B210", f"fit for `{name}`")
        raise Fault(code, wanted, in_words(value, AnyValue(), {})) from None
    if isinstance(result, str):
        node.stream.session.output.take(len(result), node)
    return result


def _parsed(text: str, radix: int = 10) -> int:
    """Read digits of a radix from 2 to 36, a sign before them; nothing else."""
    if radix.__class__ is not int or not 2 <= radix <= 36 or not _DIGITS.fullmatch(text):
        raise ValueError(text)
    sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    if any(int(digit, 36) >= radix for digit in digits):
        raise ValueError(text)
    return _fitting(int(sign + digits, radix) if radix != 10 else int(sign + digits))


def _fitting(number: float) -> int:
    """Return the whole part of a number, which must fit s64."""
    whole = int(number)
    if not S64_MIN <= whole <= S64_MAX:
        raise OverflowError
    return whole


def _decoded(value: bytes, encoding: str) -> str:
    codec = codec_of(str(encoding))
    if codec is None:
        raise ValueError(encoding)
    return value.decode(codec)


def _substring(value: str, start: int, end: int) -> str:
    if start.__class__ is not int or end.__class__ is not int:
        raise TypeError
    if not 0 <= start <= end <= len(value):
        raise OutOfRange(end if start >= 0 else start, len(value))
    return value[start:end]


def _clipped(value: str, start: int, end: int) -> str:
    """Return what there is of a part of a string, as Kaitai's parsers do."""
    if start.__class__ is not int or end.__class__ is not int:
        raise TypeError
    if start < 0 or end < 0:
        raise OutOfRange(min(start, end), len(value))
    return value[start:end]


def _first(value: Any) -> Any:
    return element(value, 0)


def _last(value: Any) -> Any:
    return element(value, size(value) - 1)


def _extreme(choose: Callable[[Sequence[Any]], Any]) -> Callable[[Any], Any]:
    def extreme(value: Any) -> Any:
        items = _elements(value)
        if not items:
            raise Unknown("no elements", is_reported=False)
        if any(item.__class__ is Missing for item in items):
            raise Unknown("an element", is_reported=True)
        return choose(items)

    return extreme


_LOOKING: Final = frozenset({"min", "max"})
_OF_LISTS: Final[Mapping[str, Callable[..., Any]]] = {
    "length": size,
    "size": size,
    "first": _first,
    "last": _last,
    "min": _extreme(min),
    "max": _extreme(max),
}
_METHODS: Final[Mapping[type, Mapping[str, Callable[..., Any]]]] = {
    str: {
        "length": size,
        "size": size,
        "reverse": lambda value: value[::-1],
        "substring": _substring,
        "to_i": _parsed,
        "to_s": str,
    },
    bytes: {**_OF_LISTS, "to_s": _decoded},
    ListNode: _OF_LISTS,
    int: {"to_i": int, "to_s": str},
    float: {"to_i": _fitting},
    bool: {"to_i": int},
    Stream: {
        "size": lambda value: value.end - value.start,
        "pos": lambda value: value.position - value.start,
        "eof": at_end,
    },
}
