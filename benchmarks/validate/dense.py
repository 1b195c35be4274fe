"""Record-dense channel files of any size: millions of criteria, the same bytes every time.

Three template types take turns, each with 21 fields: 20 that take integers and one that takes text,
in a place of its own. An instance has 21 criteria of 8 bytes; its one text criterion has a text of
its own in the pool, as a long list of paths has. Ids ascend with gaps. Columns are written with
strides, so that a quarter of a gigabyte takes seconds.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from corpora.recipes.channel import (
    CHANNEL_HEADER,
    CRC_OFFSET,
    CRITERION,
    FORMAT_VERSION,
    INDEX_ENTRY,
    INSTANCE_HEADER,
    INTEGER_KINDS,
    RECORD_SIZE,
    DataType,
    Field,
    Kind,
    TemplateType,
    build_definitions,
)

FIELDS: Final = 21
TEXT_FIELDS: Final = (0, 7, 20)  # where each template type takes text
CHANNEL: Final = 291
RELEASE: Final = 711
# of an instance: its record, size, index entry, and on average its text with the NUL
RECORD_BYTES: Final = INSTANCE_HEADER.size + FIELDS * CRITERION.size
TEXT_BYTES: Final = 46
INSTANCE_BYTES: Final = RECORD_BYTES + RECORD_SIZE.size + INDEX_ENTRY.size + TEXT_BYTES

_WORDS: Final = 1 + FIELDS  # of eight bytes in a record
_PERIOD: Final = 4093  # criteria of a column repeat; a prime, so that columns do not in step
_LAST_ID_GAP: Final = 7
_FOLDERS: Final = ("system32", "program files", "users\\public\\downloads", "temp")


def definitions() -> bytes:
    """Return the definitions that the files are to be read with."""
    return build_definitions(
        [_template(number, text) for number, text in enumerate(TEXT_FIELDS, start=1)],
        release=RELEASE,
    )


def _template(number: int, text: int) -> TemplateType:
    fields = tuple(
        Field(f"field_{place}")
        if place == text
        else Field(f"field_{place}", DataType.INTEGER, INTEGER_KINDS)
        for place in range(FIELDS)
    )
    return TemplateType(number, f"dense_{number}", fields, CHANNEL)


def channel(size: int) -> bytes:
    """Return a valid channel file.

    Args:
        size: bytes that it shall have, about; at least a few hundred.
    """
    count = _instances_in(size)
    random = Random(0)
    ids = array("Q", _ids(count, random))
    pool, texts = _pool(count)
    records = _records(ids, texts, random)
    start = CHANNEL_HEADER.size + RECORD_SIZE.size * count
    starts = range(start, start + RECORD_BYTES * count, RECORD_BYTES)
    index = array("Q", (number | at << 32 for number, at in zip(ids, starts, strict=True)))
    return _assembled(_little(array("I", [RECORD_BYTES]) * count), records, _little(index), pool)


def criteria_in(size: int) -> int:
    """Return how many criteria the file has that is made for a size."""
    return FIELDS * _instances_in(size)


def _instances_in(size: int) -> int:
    return max(1, (size - CHANNEL_HEADER.size) // INSTANCE_BYTES)


def _ids(count: int, random: Random) -> Iterator[int]:
    number = 0
    for _ in range(count):
        number += 1 + int(random.random() * _LAST_ID_GAP)
        yield number


def _pool(count: int) -> tuple[bytes, array[int]]:
    """Return the texts, all different, and for each its criterion without the kind."""
    texts = [
        f"c:\\windows\\{_FOLDERS[number & 3]}\\component-{number:07d}.exe".encode()
        for number in range(count)
    ]
    found, offset = array("Q"), 0
    for text in texts:
        found.append(len(text) << 16 | offset << 32)
        offset += len(text) + 1
    return b"\0".join(texts) + b"\0", found


def _records(ids: array[int], texts: array[int], random: Random) -> bytes:
    """Return all instances, made column by column."""
    count = len(ids)
    words = array("Q", bytes(8 * _WORDS * count))
    for place in range(FIELDS):
        words[1 + place :: _WORDS] = _column(count, random)
    for turn, text_field in enumerate(TEXT_FIELDS):
        step = len(TEXT_FIELDS)
        head = (turn + 1) << 32 | FIELDS << 48
        kind = Kind.REGEX if turn == 1 else Kind.STRING
        some_ids, some_texts = ids[turn::step], texts[turn::step]
        words[turn * _WORDS :: step * _WORDS] = array("Q", (head | number for number in some_ids))
        at = turn * _WORDS + 1 + text_field
        words[at :: step * _WORDS] = array("Q", (kind | text for text in some_texts))
    return _little(words)


def _column(count: int, random: Random) -> array[int]:
    """Return that many number criteria: wildcards, integers and ranges, mixed by chance."""
    tile = array("Q", (_number(random) for _ in range(min(count, _PERIOD))))
    return (tile * (count // len(tile) + 1))[:count]


def _number(random: Random) -> int:
    kind = random.choice(INTEGER_KINDS)
    if kind is Kind.WILDCARD:
        return 0
    if kind is Kind.INTEGER:
        return kind | random.getrandbits(32) << 32
    low, high = sorted((random.getrandbits(16), random.getrandbits(16)))
    return kind | low << 32 | high << 48


def _assembled(sizes: bytes, records: bytes, index: bytes, pool: bytes) -> bytes:
    """Put the parts in a row behind a header that is right about them."""
    offsets, end = list[int](), CHANNEL_HEADER.size + len(sizes)
    for part in (records, index, pool):
        offsets.append(end)
        end += len(part)
    places: Sequence[int] = [
        figure
        for offset, part in zip(offsets, (records, index, pool), strict=True)
        for figure in (offset, len(part))
    ]
    fixed = (b"CHNL", FORMAT_VERSION, CHANNEL_HEADER.size, end)
    count = len(sizes) // RECORD_SIZE.size
    blank = CHANNEL_HEADER.pack(*fixed, 0, CHANNEL, RELEASE, 1, count, *places)
    summed = 0
    for part in (blank, sizes, records, index, pool):
        summed = zlib.crc32(part, summed)
    header = blank[:CRC_OFFSET] + summed.to_bytes(4, "little") + blank[CRC_OFFSET + 4 :]
    return b"".join((header, sizes, records, index, pool))


def _little(numbers: array[int]) -> bytes:
    """Return the bytes of numbers in little endian, whatever the machine has."""
    if array("H", [1]).tobytes() != b"\1\0":
        numbers.byteswap()
    return numbers.tobytes()
