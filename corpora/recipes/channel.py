"""Build the synthetic pair `template_definitions` and `channel_file` from plain values.

Real channel files are proprietary and are not parsed or imitated here byte for byte: this pair
has the same *shape* (typed templates, instances with tagged criteria, a string pool, an index).
Everything is little endian; tables of the layout are in `docs/formats.md`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

FORMAT_VERSION = 1
CRC_OFFSET = 12
DEFINITIONS_HEADER = struct.Struct("<4sHHIIHH12x")
TEMPLATE_HEADER = struct.Struct("<HHB3x24s")
FIELD = struct.Struct("<28sHBx")
CHANNEL_HEADER = struct.Struct("<4sHHIIHHIIIIIIII12x")
INSTANCE_HEADER = struct.Struct("<IHBx")
CRITERION = struct.Struct("<BxHI")
INDEX_ENTRY = struct.Struct("<II")
RECORD_SIZE = struct.Struct("<I")


class Kind(IntEnum):
    """How a criterion compares an input; the bit `1 << kind` stands for it in a field's mask."""

    WILDCARD = 0
    INTEGER = 1
    RANGE = 2
    STRING = 3
    REGEX = 4


class DataType(IntEnum):
    """What kind of input value a field takes."""

    INTEGER = 1
    TEXT = 2


INTEGER_KINDS = (Kind.WILDCARD, Kind.INTEGER, Kind.RANGE)
TEXT_KINDS = (Kind.WILDCARD, Kind.STRING, Kind.REGEX)


@dataclass(frozen=True, slots=True)
class Field:
    """One typed field of a template: a name of 1 to 27 ASCII characters and the kinds it allows."""

    name: str
    data_type: DataType = DataType.TEXT
    kinds: tuple[Kind, ...] = TEXT_KINDS


@dataclass(frozen=True, slots=True)
class TemplateType:
    """One template type; `name` has 1 to 23 ASCII characters, `fields` 1 to 255 items."""

    id: int
    name: str
    fields: tuple[Field, ...]
    channel_id: int = 291


@dataclass(frozen=True, slots=True)
class Criterion:
    """One tagged criterion; make it with `wildcard`, `integer`, `between`, `string` or `regex`.

    Attributes:
        kind: the tag.
        value: the four bytes of value, where `text` is empty.
        text: what goes into the string pool; None for kinds without text.
    """

    kind: Kind
    value: int = 0
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One template instance: one criterion for each field of its template type."""

    id: int
    type_id: int
    criteria: tuple[Criterion, ...]


def wildcard() -> Criterion:
    """Match any input."""
    return Criterion(Kind.WILDCARD)


def integer(value: int) -> Criterion:
    """Match one integer, 0 to 2**32 - 1."""
    return Criterion(Kind.INTEGER, value)


def between(low: int, high: int) -> Criterion:
    """Match integers from `low` to `high`, both included, both 0 to 65535."""
    return Criterion(Kind.RANGE, low | high << 16)


def string(text: str) -> Criterion:
    """Match exactly this ASCII text."""
    return Criterion(Kind.STRING, text=text)


def regex(pattern: str) -> Criterion:
    """Match this ASCII pattern."""
    return Criterion(Kind.REGEX, text=pattern)


def build_definitions(templates: Sequence[TemplateType], *, release: int = 711) -> bytes:
    """Return a template definitions file; `release` is the sensor release it belongs to."""
    records = [_template(template) for template in templates]
    sizes = b"".join(RECORD_SIZE.pack(len(record)) for record in records)
    body = sizes + b"".join(records)
    header = DEFINITIONS_HEADER.pack(
        b"TDEF",
        FORMAT_VERSION,
        DEFINITIONS_HEADER.size,
        DEFINITIONS_HEADER.size + len(body),
        0,
        release,
        len(records),
    )
    return sealed(header + body)


def build_channel(
    instances: Sequence[Instance],
    *,
    channel_id: int = 291,
    minimum_release: int = 711,
    revision: int = 1,
) -> bytes:
    """Return a channel file.

    Args:
        instances: in file order; the index sorts them by id.
        channel_id: 0 to 65535; the templates in use must belong to it.
        minimum_release: the oldest release of definitions that can read it.
        revision: a serial number, 1 or more.
    """
    pool = _Pool()
    records = [_instance(instance, pool) for instance in instances]
    sizes = b"".join(RECORD_SIZE.pack(len(record)) for record in records)
    body = b"".join(records)
    instances_offset = CHANNEL_HEADER.size + len(sizes)
    index = _index(instances, records, instances_offset)
    index_offset = instances_offset + len(body)
    pool_offset = index_offset + len(index)
    header = CHANNEL_HEADER.pack(
        b"CHNL",
        FORMAT_VERSION,
        CHANNEL_HEADER.size,
        pool_offset + len(pool.data),
        0,
        channel_id,
        minimum_release,
        revision,
        len(records),
        instances_offset,
        len(body),
        index_offset,
        len(index),
        pool_offset,
        len(pool.data),
    )
    return sealed(header + sizes + body + index + pool.data)


def sealed(data: bytes) -> bytes:
    """Return the file with its CRC-32 written; both formats keep it at offset 12."""
    blank = data[:CRC_OFFSET] + bytes(4) + data[CRC_OFFSET + 4 :]
    return blank[:CRC_OFFSET] + struct.pack("<I", zlib.crc32(blank)) + blank[CRC_OFFSET + 4 :]


class _Pool:
    """NUL-terminated texts in the order of first use; equal texts share one place."""

    def __init__(self) -> None:
        self.data = b""
        self._offsets: dict[str, int] = {}

    def offset(self, text: str) -> int:
        if text not in self._offsets:
            self._offsets[text] = len(self.data)
            self.data += text.encode("ascii") + b"\0"
        return self._offsets[text]


def _template(template: TemplateType) -> bytes:
    header = TEMPLATE_HEADER.pack(
        template.id,
        template.channel_id,
        len(template.fields),
        _name(template.name, 24),
    )
    return header + b"".join(_field(field) for field in template.fields)


def _field(field: Field) -> bytes:
    mask = sum(1 << kind for kind in field.kinds)
    return FIELD.pack(_name(field.name, 28), mask, field.data_type)


def _name(name: str, size: int) -> bytes:
    encoded = name.encode("ascii")
    if len(encoded) >= size:
        raise ValueError(f"`{name}` needs {len(encoded) + 1} bytes, the field has {size}")
    return encoded


def _instance(instance: Instance, pool: _Pool) -> bytes:
    header = INSTANCE_HEADER.pack(instance.id, instance.type_id, len(instance.criteria))
    return header + b"".join(_criterion(criterion, pool) for criterion in instance.criteria)


def _criterion(criterion: Criterion, pool: _Pool) -> bytes:
    if criterion.text is None:
        return CRITERION.pack(criterion.kind, 0, criterion.value)
    return CRITERION.pack(criterion.kind, len(criterion.text), pool.offset(criterion.text))


def _index(instances: Sequence[Instance], records: Sequence[bytes], start: int) -> bytes:
    entries = []
    for instance, record in zip(instances, records, strict=True):
        entries.append((instance.id, start))
        start += len(record)
    return b"".join(INDEX_ENTRY.pack(*entry) for entry in sorted(entries))
