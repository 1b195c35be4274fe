"""Lengthening: the values of a content in which a list, text or octets have another length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.writing.spots import Spot, spots_of, value_at
from harness.writing.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.ir import Attribute, Order
    from harness.writing.choices import Choices


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


def length_of(reading: Reading, spot: Spot) -> int:
    """Return the items, characters or octets of something long."""
    return len(value_at(values_of(reading), spot.route))


def lengthened(reading: Reading, spot: Spot, size: int) -> dict[str, Any]:
    """Return the values of a content in which something has another length.

    Lists that are counted by the same expression get the same length.
    """
    values = values_of(reading)
    around = value_at(values, spot.route[:-1])
    for one in (spot, *_counted_alike(reading, spot)):
        around[one.route[-1]] = _with_length(around[one.route[-1]], one.field, size)
    return values


def _counted_alike(reading: Reading, spot: Spot) -> Iterator[Spot]:
    """Yield the other lists beside one that the same expression counts."""
    repeat = spot.field.repeat
    if repeat is None or repeat.expression is None:
        return
    for other in spots_of(reading):
        is_beside = other.route[:-1] == spot.route[:-1] and other.name != spot.name
        theirs = other.field.repeat.expression if is_beside and other.field.repeat else None
        if theirs is not None and theirs.tree == repeat.expression.tree:
            yield other


def _with_length(held: Any, field: Attribute, size: int) -> Any:
    filler: Any = held or ("x" if isinstance(held, str) else b"x")
    longer = (filler * (size // len(filler) + 1))[:size]
    by = field.unique_by or field.sorted_by
    if isinstance(longer, list) and by is not None:
        return _told_apart(longer, len(held), key_of(by))
    return longer


def _told_apart(items: list[Any], known: int, key: str) -> list[Any]:
    """Give the items after the first ones keys of their own, in order."""
    found = items[:known]
    for number, item in enumerate(items[known:]):
        held = item.get(key) if isinstance(item, dict) else None
        if isinstance(held, int):
            last = found[-1][key] if number else max(one[key] for one in found)
            found.append({**item, key: last + 1})
        elif isinstance(held, str | bytes):
            text = f"z{number:05}"
            found.append({**item, key: text if isinstance(held, str) else text.encode()})
        else:
            found.append(item)
    return found


def key_of(by: Order) -> str:
    """Return the field of an item that its key begins with."""
    return by.by.text.removeprefix("_.").split(".")[0]
