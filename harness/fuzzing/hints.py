"""What mutation takes from a schema: fields to mend afterwards, and words worth writing.

Only what the schema alone fixes is mended here: checksums and sizes at a place that does not depend
on content. Everything else needs the tree of the content at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import msgspec

from harness.schema.expression.typed import Constant, Expression, Root
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    Checksum,
    DataType,
    FloatData,
    IntegerData,
    Schema,
    StructData,
    Type,
)

_SUMS: Final = frozenset({"crc32", "crc32c", "adler32", "sum8", "sum16", "sum32", "xor8"})
_MOST_REPAIRS = 32
_MOST_WORDS = 256
_LONGEST_WORD_BYTES = 64


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """A field that follows from the rest of the content, for `fuzz_mutator.c`.

    Attributes:
        algorithm: of the checksum, or `size`.
        offset: of the field, in bytes.
        width: of the field, in bytes.
        endian: `le` or `be`.
        start: of the range that is summed.
        end: of that range; -1 for the end of the content.
        zeroed: the bytes of the range that count as zero.
    """

    algorithm: str
    offset: int
    width: int
    endian: str
    start: int = 0
    end: int = -1
    zeroed: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        numbers = (self.start, self.end, *self.zeroed)
        words = (self.algorithm, self.offset, self.width, self.endian[0], *numbers)
        return ",".join(map(str, words))


class Hints(msgspec.Struct, frozen=True):
    """What mutation takes from one schema.

    Attributes:
        repairs: fields to mend, in order.
        words: byte strings that mean something in the format.
    """

    repairs: tuple[Repair, ...] = ()
    words: tuple[bytes, ...] = ()


class _Fixed(msgspec.Struct, frozen=True):
    """An attribute at a place that every content has it at."""

    attribute: Attribute
    owner: Type
    start: int
    end: int
    endian: str


def hints_of(schema: Schema) -> Hints:
    """Return all that mutation takes from a schema."""
    return Hints(repairs(schema), words(schema))


def repairs(schema: Schema) -> tuple[Repair, ...]:
    """Return what to mend, in order: sizes first, since checksums cover them."""
    fixed = tuple(_fixed(schema, schema.root, 0))
    return (*_sizes(fixed), *_checksums(fixed))[:_MOST_REPAIRS]


def words(schema: Schema) -> tuple[bytes, ...]:
    """Return values that the schema names: enum members, fixed contents, values to generate."""
    found = dict.fromkeys(
        word
        for owner in schema.types.values()
        for attribute in _attributes(owner)
        for word in _words(schema, attribute)
    )
    return tuple(word for word in found if 0 < len(word) <= _LONGEST_WORD_BYTES)[:_MOST_WORDS]


def dictionary(found: tuple[bytes, ...]) -> str:
    """Write words as libFuzzer reads them."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in found)


def _sizes(fixed: tuple[_Fixed, ...]) -> Iterator[Repair]:
    for place in fixed:
        derive = place.attribute.derive
        if derive is None or (derive.measure, derive.plus, derive.unit) != ("size", 0, 1):
            continue
        if isinstance(derive.target.tree, Root):
            yield _repair("size", place)


def _checksums(fixed: tuple[_Fixed, ...]) -> Iterator[Repair]:
    for place in fixed:
        checksum = place.attribute.checksum
        if checksum is None or checksum.algorithm not in _SUMS:
            continue
        start = _constant(checksum.start, 0)
        end = _constant(checksum.end, -1)
        zeroed = _zeroed(fixed, place, checksum)
        if start is not None and end is not None and zeroed is not None:
            yield msgspec.structs.replace(
                _repair(checksum.algorithm, place), start=start, end=end, zeroed=zeroed
            )


def _repair(algorithm: str, place: _Fixed) -> Repair:
    width = place.end - place.start
    return Repair(algorithm=algorithm, offset=place.start, width=width, endian=place.endian)


def _zeroed(fixed: tuple[_Fixed, ...], place: _Fixed, checksum: Checksum) -> tuple[int, int] | None:
    """The zeroed bytes as one range; None if they are no range, or not fixed."""
    beside = [one for one in fixed if one.owner is place.owner]
    holes = sorted((one.start, one.end) for one in beside if one.attribute.id in checksum.zeroed)
    if len(holes) < len(checksum.zeroed):
        return None
    gaps = any(end != start for (_, end), (start, _) in pairwise(holes))
    if gaps:
        return None
    return (holes[0][0], holes[-1][1]) if holes else (0, 0)


def _constant(expression: Expression | None, otherwise: int) -> int | None:
    if expression is None:
        return otherwise
    tree = expression.tree
    if isinstance(tree, Constant) and isinstance(tree.value, int):
        return int(tree.value)
    return None


def _fixed(schema: Schema, owner: Type, start: int) -> Iterator[_Fixed]:
    """Attributes from `start` on, down to the first whose size depends on content.

    Structures with a region of their own end it as well: a checksum in one covers only that.
    """
    for attribute in owner.sequence:
        if attribute.condition is not None or attribute.repeat is not None or attribute.align > 1:
            return
        size = _size(schema, attribute.data)
        match attribute.data:
            case StructData(type=name, extent=None) if size is not None:
                yield from _fixed(schema, schema.types[name], start)
            case IntegerData(endian="le" | "be" as endian) if size is not None:
                yield _Fixed(attribute, owner, start, start + size, endian)
            case _:
                pass
        if size is None:
            return
        start += size


def _size(schema: Schema, data: DataType) -> int | None:
    """The size in bytes that every value of `data` has; None if it depends on content."""
    match data:
        case IntegerData(width=width) | FloatData(width=width):
            return width
        case BytesData(extent=extent) if extent.size is not None:
            return _constant(extent.size, 0)
        case StructData(extent=extent) if extent is not None and extent.size is not None:
            return _constant(extent.size, 0)
        case StructData(type=name, extent=None):
            return _size_of_type(schema, name)
        case BitsData():
            return None  # where bits end in bytes depends on their neighbours
        case _:
            return None


def _size_of_type(schema: Schema, name: str) -> int | None:
    total = 0
    if _holds(schema, name, name, set()):
        return None
    for attribute in schema.types[name].sequence:
        size = _size(schema, attribute.data)
        is_plain = attribute.condition is None and attribute.repeat is None
        if size is None or not is_plain or attribute.align > 1:
            return None
        total += size
    return total


def _holds(schema: Schema, outer: str, wanted: str, seen: set[str]) -> bool:
    """Whether a structure is, by way of others, part of itself."""
    for attribute in schema.types[outer].sequence:
        if not isinstance(attribute.data, StructData) or attribute.data.type in seen:
            continue
        seen.add(attribute.data.type)
        if attribute.data.type == wanted or _holds(schema, attribute.data.type, wanted, seen):
            return True
    return False


def _attributes(owner: Type) -> Iterator[Attribute]:
    yield from owner.sequence
    yield from (one for one in owner.instances if isinstance(one, Attribute))


def _words(schema: Schema, attribute: Attribute) -> Iterator[bytes]:
    if attribute.contents is not None:
        yield attribute.contents
    if isinstance(attribute.data, IntegerData):
        for number in _numbers(schema, attribute):
            yield from _encoded(attribute.data, number)


def _numbers(schema: Schema, attribute: Attribute) -> Iterator[int]:
    """Numbers that mean something for an attribute: enum members, bounds, named values."""
    if attribute.enum in schema.enums:
        yield from schema.enums[attribute.enum].members
    expressions: list[Expression | None] = []
    if attribute.valid is not None:
        valid = attribute.valid
        expressions += [valid.eq, valid.min, valid.max, *(valid.any_of or ())]
    if attribute.generate is not None:
        expressions += attribute.generate.values
    for expression in expressions:
        number = _constant(expression, 0) if expression is not None else None
        if number is not None:
            yield number


def _encoded(data: IntegerData, number: int) -> Iterator[bytes]:
    """A number in the byte orders that the attribute may have."""
    orders = (data.endian,) if data.endian in ("le", "be") else ("le", "be")
    mask = (1 << (8 * data.width)) - 1
    for order in orders:
        yield (number & mask).to_bytes(data.width, "little" if order == "le" else "big")
