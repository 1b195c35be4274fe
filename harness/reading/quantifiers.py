"""Quantifiers: `all`, `any`, `count`, `sum`, `min`, `max`, `find` over the elements of a value.

Each is a plain loop and no generator: so an expression nests on the interpreter's own heap, not on
the machine's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from harness.reading import methods
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import Missing
from harness.schema.types import S64_MAX, S64_MIN, U64_MAX, IntValue

if TYPE_CHECKING:
    from harness.reading.expressions import Bound, Evaluate, Words
    from harness.reading.tree import StructNode, Value
    from harness.schema.expression import typed

# The elements with the bindings for the body, then the body.
Each = Iterator[tuple[Any, dict[str, Any]]]
Reduce = Callable[[Each, "Evaluate", "StructNode", "Words"], Any]


def quantifier(node: typed.Quantifier, base: Evaluate, body: Evaluate, text: Words) -> Evaluate:
    """Return a closure for a quantifier.

    Args:
        node: the quantifier.
        base: what it runs over.
        body: what it asks of each element.
        text: the quantifier in words, for messages.
    """
    item_name, index_name = node.item, node.index
    reduce = _total(node.type) if node.name == "sum" else _QUANTIFIERS[node.name]

    def run(node: StructNode, bound: Bound) -> Any:
        found = methods.elements(base(node, bound), node)
        return reduce(_each(found, bound, item_name, index_name), body, node, text)

    return run


def _each(found: Any, bound: Bound, item_name: str, index_name: str) -> Each:
    inner: dict[str, Value] = dict(bound)
    for index, item in enumerate(found):
        inner[item_name] = item
        inner[index_name] = index
        yield item, inner


def _all(each: Each, body: Evaluate, node: StructNode, _text: Words) -> bool:
    for _, bound in each:  # noqa: SIM110  # see above: no generator
        if not body(node, bound):
            return False
    return True


def _any(each: Each, body: Evaluate, node: StructNode, _text: Words) -> bool:
    for _, bound in each:  # noqa: SIM110  # see above: no generator
        if body(node, bound):
            return True
    return False


def _count(each: Each, body: Evaluate, node: StructNode, _text: Words) -> int:
    found = 0
    for _, bound in each:
        if body(node, bound):
            found += 1
    return found


def _find(each: Each, body: Evaluate, node: StructNode, _text: Words) -> Any:
    for item, bound in each:
        if body(node, bound):
            if isinstance(item, Missing):
                raise Unknown("find", is_reported=item is Missing.ABANDONED)
            return item
    raise Unknown("find", is_reported=False)


def _min(each: Each, body: Evaluate, node: StructNode, _text: Words) -> int:
    least = None
    for _, bound in each:
        value = body(node, bound)
        if least is None or value < least:
            least = value
    return _given(least)


def _max(each: Each, body: Evaluate, node: StructNode, _text: Words) -> int:
    most = None
    for _, bound in each:
        value = body(node, bound)
        if most is None or value > most:
            most = value
    return _given(most)


def _given(found: int | None) -> int:
    if found is None:
        raise Unknown("no elements", is_reported=False)
    return found


def _total(kind: object) -> Reduce:
    is_u64 = isinstance(kind, IntValue) and kind.is_u64
    low, high, wanted = (0, U64_MAX, "u64") if is_u64 else (S64_MIN, S64_MAX, "s64")

    def total(each: Each, body: Evaluate, node: StructNode, text: Words) -> int:
        found = 0
        for _, bound in each:
            found += body(node, bound)
        if not low <= found <= high:
            raise Fault("B206", wanted, text())
        return found

    return total


_QUANTIFIERS: Final[Mapping[str, Reduce]] = {
    "all": _all,
    "any": _any,
    "count": _count,
    "find": _find,
    "min": _min,
    "max": _max,
}
