"""Lengthening: the values of a content in which a list, text or octets have another length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from harness.schema.expression import typed
from harness.writing.changing.spots import Spot, spots_of, value_at
from harness.writing.drafting.compiled import is_constant
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Attribute, Order
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Name

# of what is made longer or shorter: characters and octets; items; items that are structures
MAX_SIZE: Final = 1 << 16
MAX_ITEMS: Final = 1 << 12
MAX_STRUCTURES: Final = 1 << 9


def long_spots(reading: Reading, choices: Choices) -> Iterator[Spot]:
    """Yield what can be made longer in a content: lists, texts, octets; one of each field."""
    values = values_of(reading)
    spots = [spot for spot in spots_of(reading) if is_long(value_at(values, spot.route))]
    while spots:
        chosen = choices.pick(spots)
        spots = [spot for spot in spots if spot.name != chosen.name]
        yield chosen


def is_long(value: Any) -> bool:
    """Whether it can be made longer by having more of what it has."""
    return bool(value) if isinstance(value, list) else isinstance(value, str | bytes)


def is_fixed(field: Attribute) -> bool:
    """Whether there is no choice of what a field holds, or how much."""
    size = getattr(getattr(field.data, "extent", None), "size", None)
    has_one_size = field.repeat is None and size is not None and is_constant(size.tree)
    return field.contents is not None or field.padding == "zero" or has_one_size


def length_of(reading: Reading, spot: Spot) -> int:
    """Return the items, characters or octets of something long."""
    return len(value_at(values_of(reading), spot.route))


def most_of(reading: Reading, spot: Spot) -> int:
    """Return how long something may be made; structures are built one by one."""
    if is_of_structures(reading, spot):
        return MAX_STRUCTURES
    return MAX_ITEMS if spot.field.repeat is not None else MAX_SIZE


def is_of_structures(reading: Reading, spot: Spot) -> bool:
    """Whether it is a list of structures, or one of those goes with it."""
    values = values_of(reading)
    alike = (value_at(values, one.route) for one in (spot, *_counted_alike(reading, spot)))
    return any(isinstance(held, list) and held and isinstance(held[0], dict) for held in alike)


def lengthened(reading: Reading, spot: Spot, size: int, item: int = -1) -> dict[str, Any]:
    """Return the values of a content in which something has another length.

    Lists that are counted by the same expression get the same length.

    Args:
        reading: of the content.
        spot: what is made longer, or shorter.
        size: items, characters or octets that it is to have.
        item: which of them it has more of; -1 for all in turn.
    """
    values = values_of(reading)
    for one in (spot, *_counted_alike(reading, spot)):
        around = value_at(values, one.route[:-1])
        around[one.route[-1]] = _with_length(around[one.route[-1]], one.field, size, item)
    return values


def _counted_alike(reading: Reading, spot: Spot) -> Iterator[Spot]:
    """Yield the other lists that have as many items as one by what the schema says of both."""
    repeat = spot.field.repeat
    if repeat is None or repeat.expression is None:
        return
    for other in spots_of(reading):
        theirs = other.field.repeat.expression if other.field.repeat is not None else None
        if theirs is None or other.route == spot.route:
            continue
        is_beside = other.route[:-1] == spot.route[:-1] and theirs.tree == repeat.expression.tree
        if (
            is_beside
            or spot.name == _counted(theirs.tree)
            or other.name == _counted(repeat.expression.tree)
        ):
            yield other


def _counted(tree: Expr) -> Name | None:
    """Return the list whose items an expression counts."""
    if isinstance(tree, typed.Method) and tree.name == "size":
        base = tree.base
        return (base.owner, base.name) if isinstance(base, typed.Field) else None
    return None


def _with_length(held: Any, field: Attribute, size: int, item: int) -> Any:
    if held == []:
        return held  # there is nothing to have more of
    filler: Any = held or ("x" if isinstance(held, str) else b"x")
    if 0 <= item < len(held):
        filler = held[item : item + 1]
    longer = (held + filler * (max(0, size - len(held)) // len(filler) + 1))[:size]
    by = field.unique_by or field.sorted_by
    if isinstance(longer, list) and by is not None:
        return _told_apart(longer, len(held), key_of(by))
    return longer


def _told_apart(items: list[Any], known: int, key: str) -> list[Any]:
    """Give the items after the first ones keys of their own, in order."""
    found = items[:known]
    told = [one.get(key) for one in found if isinstance(one, dict)]
    last = max((held for held in told if isinstance(held, int)), default=0)
    for number, item in enumerate(items[known:]):
        held = item.get(key) if isinstance(item, dict) else None
        if isinstance(held, int):
            last += 1
            found.append({**item, key: last})
        elif isinstance(held, str | bytes):
            text = f"z{number:05}"
            found.append({**item, key: text if isinstance(held, str) else text.encode()})
        else:
            found.append(item)
    return found


def key_of(by: Order) -> str:
    """Return the field of an item that its key begins with."""
    return by.by.text.removeprefix("_.").split(".")[0]
