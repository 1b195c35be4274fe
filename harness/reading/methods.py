"""What expressions do with values: elements, sizes, conversions, quantifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.reading.faults import Fault, OutOfRange, Unknown
from harness.reading.stream import Stream
from harness.reading.tree import (
    ListNode,
    Location,
    Missing,
    StructNode,
    offsets_of,
)
from harness.reading.words import in_words
from harness.schema.encodings import ENCODINGS
from harness.schema.types import AnyValue

_RADIX_LIMIT: Final = 36


def present(node: StructNode, slot: int, name: str) -> Any:
    """Return the value of a slot that holds none yet: force an instance, or give up."""
    value = node.values[slot]
    if value is Missing.UNREAD and node.plan.is_instance[slot]:
        value = node.stream.session.force(node, slot)
    if value is Missing.RUNNING:
        raise Fault("S114")
    if isinstance(value, Missing):
        raise Unknown(name, is_reported=value is Missing.ABANDONED)
    return value


def complete(value: ListNode) -> list[Any]:
    """Return the items of a list; unknown when reading broke off in it."""
    if value.is_abandoned:
        raise Unknown("list", is_reported=True)
    return value.items


def elements(value: Any) -> Sequence[Any]:
    """Return what a quantifier runs over: items, bytes, or code points."""
    match value:
        case ListNode():
            return complete(value)
        case str():
            return [ord(character) for character in value]
        case bytes() | list():
            return value
    raise Fault("B206", "a list", type(value).__name__)


def size(value: Any) -> int:
    """Return the number of elements."""
    if isinstance(value, StructNode):
        return int(dynamic(value, "size"))
    return len(value) if isinstance(value, str) else len(elements(value))


def element(value: Any, index: int) -> Any:
    """Return one element; an index outside is a fault."""
    items = value.items if isinstance(value, ListNode) else elements(value)
    if not 0 <= index < len(items):
        if isinstance(value, ListNode) and value.is_abandoned:
            raise Unknown(f"[{index}]", is_reported=True)
        raise OutOfRange(index, len(items))
    found = items[index]
    if isinstance(found, Missing):
        raise Unknown(f"[{index}]", is_reported=True)
    return found


def list_of(items: Iterable[Any]) -> ListNode:
    """Return a list literal's value."""
    made = ListNode(0)
    made.items = list(items)
    return made


def at_end(stream: Stream) -> bool:
    """Whether nothing is left to read: no byte and no bit."""
    return stream.position >= stream.end and stream.bits_left == 0


def struct_offset(which: str, value: Any) -> int:
    """Return `_start`, `_end` or `_sizeof` of a structure."""
    if not isinstance(value, StructNode):
        raise Fault("B206", "a structure", f"_{which}")
    return _measure(which, value, offsets_of(Location(value)))


def offset(which: str, node: StructNode, slot: int, index: int) -> int:
    """Return `_start`, `_end` or `_sizeof` of the value at a place."""
    return _measure(which, node, offsets_of(Location(node, slot, index)))


def _measure(which: str, node: StructNode, offsets: tuple[int, int]) -> int:
    if which == "sizeof":
        return offsets[1] - offsets[0]
    if node.stream.origin is not None:
        raise Fault("S117", "", f"_{which}")
    return offsets[0 if which == "start" else 1]


def dynamic(value: Any, name: str) -> Any:
    """Return a member of a value whose type only reading tells."""
    if isinstance(value, StructNode):
        slot = value.plan.slot_of(name)
        if slot is None:
            raise Unknown(name, is_reported=False)
        found = value.values[slot]
        return present(value, slot, name) if isinstance(found, Missing) else found
    return call(value, name, [])


def call(value: Any, name: str, arguments: Sequence[Any]) -> Any:
    """Return the result of a method."""
    if isinstance(value, StructNode) and not arguments:
        return dynamic(value, name)
    method = _METHODS.get(name)
    if method is None:
        raise Unknown(name, is_reported=False)
    try:
        return method(value, *arguments)
    except (TypeError, ValueError, IndexError, OverflowError):
        code, wanted = ("B209", "a number") if name == "to_i" else ("B206", "its type")
        raise Fault(code, wanted, in_words(value, AnyValue(), {})) from None


def _to_i(value: Any, radix: int = 10) -> int:
    if isinstance(value, str):
        digits = value[1:] if value.startswith(("+", "-")) else value
        if not 2 <= radix <= _RADIX_LIMIT or len(value) > 80 or not _are_digits(digits, radix):
            raise ValueError(value)
        number = int(value, radix)
    else:
        number = int(value)
    if not -(1 << 63) <= number < 1 << 64:
        raise OverflowError
    return number


def _are_digits(text: str, radix: int) -> bool:
    """Whether there is nothing but ASCII digits: `int` takes spaces, `_` and `0x` as well."""
    return text.isascii() and text.isalnum() and all(int(digit, 36) < radix for digit in text)


def _to_s(value: Any, encoding: str = "") -> str:
    if isinstance(value, bytes):
        return value.decode(ENCODINGS[encoding.lower()])
    return str(value)


def _substring(value: str, start: int, end: int) -> str:
    if not 0 <= start <= end <= len(value):
        raise OutOfRange(end if 0 <= start else start, len(value))
    return value[start:end]


def _first(value: Any) -> Any:
    return element(value, 0)


def _last(value: Any) -> Any:
    return element(value, len(elements(value)) - 1)


_METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "to_i": _to_i,
    "to_s": _to_s,
    "reverse": lambda value: value[::-1],
    "substring": _substring,
    "length": size,
    "size": size,
    "first": _first,
    "last": _last,
    "min": lambda value: min(elements(value)),
    "max": lambda value: max(elements(value)),
    "pos": lambda value: value.position - value.start,
    "eof": at_end,
}

# quantifiers: pairs of element and result of the body -> value

Pairs = Iterator[tuple[Any, Any]]


def _find(pairs: Pairs, _text: str) -> Any:
    for item, result in pairs:
        if result:
            return item
    raise Unknown("find", is_reported=False)


def _sum(pairs: Pairs, text: str) -> int:
    total = 0
    for _, result in pairs:
        total += result
    if not -(1 << 63) <= total < 1 << 64:
        raise Fault("B206", "64 bits", text)
    return total


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[Pairs, str], Any]:
    def extreme(pairs: Pairs, _text: str) -> Any:
        results = [result for _, result in pairs]
        if not results:
            raise Unknown("no elements", is_reported=False)
        return choose(results)

    return extreme


QUANTIFIERS: Final[Mapping[str, Callable[[Pairs, str], Any]]] = {
    "all": lambda pairs, _text: all(result for _, result in pairs),
    "any": lambda pairs, _text: any(result for _, result in pairs),
    "count": lambda pairs, _text: sum(1 for _, result in pairs if result),
    "find": _find,
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
}
