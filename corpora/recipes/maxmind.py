"""Build MaxMind DB files from fields, a tree and metadata, sound or not: what is given is written.

Sections named in comments are those of the specification, version 2.0.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

MARKER = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = bytes(16)
BUILD_EPOCH = 1_700_000_000
FIRST_EXTENDED = 8
# What a size is counted from when it takes one, two or three more bytes (Payload Size).
SIZE_STARTS = (29, 285, 65_821)
# What a pointer is counted from when it takes one to four bytes (Pointers).
POINTER_STARTS = (0, 2_048, 526_336, 0)


class Kind(IntEnum):
    """The types of fields (Output Data Section)."""

    POINTER = 1
    STRING = 2
    DOUBLE = 3
    BYTES = 4
    UINT16 = 5
    UINT32 = 6
    MAP = 7
    INT32 = 8
    UINT64 = 9
    UINT128 = 10
    ARRAY = 11
    CONTAINER = 12
    END_MARKER = 13
    BOOLEAN = 14
    FLOAT = 15


@dataclass(frozen=True, slots=True)
class Data:
    """What a record of the tree says that leads to a value, `offset` bytes into the section."""

    offset: int


# The number of a node, a value, or nothing.
Record = int | Data | None
Node = tuple[Record, Record]
# A key and the field that is its value.
Pair = tuple[str, bytes]


def head(kind: Kind, size: int) -> bytes:
    """Return how a field begins: its type and its size."""
    control, more = size, b""
    for length, start in reversed(tuple(enumerate(SIZE_STARTS, 1))):
        if size >= start:
            control, more = 28 + length, (size - start).to_bytes(length, "big")
            break
    if kind >= FIRST_EXTENDED:
        return bytes([control, kind - 7]) + more
    return bytes([kind << 5 | control]) + more


def string(text: str) -> bytes:
    """Return a string as a field."""
    return head(Kind.STRING, len(text.encode())) + text.encode()


def octets(content: bytes) -> bytes:
    """Return bytes as a field."""
    return head(Kind.BYTES, len(content)) + content


def integer(kind: Kind, value: int, size: int | None = None) -> bytes:
    """Return an integer as a field, in as few bytes as it needs or in `size` of them."""
    length = (value.bit_length() + 7) // 8 if size is None else size
    return head(kind, length) + value.to_bytes(length, "big", signed=value < 0)


def double(value: float) -> bytes:
    """Return a number of 64 bits as a field."""
    return head(Kind.DOUBLE, 8) + struct.pack(">d", value)


def single(value: float) -> bytes:
    """Return a number of 32 bits as a field."""
    return head(Kind.FLOAT, 4) + struct.pack(">f", value)


def boolean(value: int) -> bytes:
    """Return a truth value as a field; it is told by the size."""
    return head(Kind.BOOLEAN, value)


def array(*items: bytes) -> bytes:
    """Return fields as an array."""
    return head(Kind.ARRAY, len(items)) + b"".join(items)


def mapping(*pairs: Pair) -> bytes:
    """Return fields by their keys as a map."""
    return head(Kind.MAP, len(pairs)) + b"".join(string(key) + value for key, value in pairs)


def pointer(offset: int, length: int | None = None) -> bytes:
    """Return a pointer, in as few bytes as it needs or with `length` of them after the first."""
    if length is None:
        length = next(n for n in (1, 2, 3, 4) if offset - POINTER_STARTS[n - 1] < 1 << (8 * n + 3))
    value = offset - POINTER_STARTS[length - 1]
    upper = 0 if length == 4 else value >> (8 * length)
    lower = value & ((1 << (8 * length)) - 1)
    return bytes([Kind.POINTER << 5 | length - 1 << 3 | upper]) + lower.to_bytes(length, "big")


def tree(networks: Mapping[str, Record]) -> list[Node]:
    """Return the nodes for networks that are given by their bits, as `"0101"`.

    A record may name a node, as an alias; nodes are numbered as they are reached, left first.
    """
    nodes: list[list[Record]] = []
    _grow(nodes, dict(networks))
    return [(left, right) for left, right in nodes]


def _grow(nodes: list[list[Record]], networks: Mapping[str, Record]) -> Record:
    if not networks:
        return None
    if "" in networks:
        return networks[""]
    number = len(nodes)
    nodes.append([None, None])
    for side in (0, 1):
        below = {bits[1:]: value for bits, value in networks.items() if bits[0] == str(side)}
        nodes[number][side] = _grow(nodes, below)
    return number


def packed(nodes: Sequence[Node], record_size: int) -> bytes:
    """Return the search tree (Node Layout)."""
    pairs = [(_number(left, nodes), _number(right, nodes)) for left, right in nodes]
    width = record_size // 4
    if record_size != 28:
        return b"".join(
            (left << record_size | right).to_bytes(width, "big") for left, right in pairs
        )
    return b"".join(
        (left & 0xFF_FFFF).to_bytes(3, "big")
        + bytes([left >> 24 << 4 | right >> 24])
        + (right & 0xFF_FFFF).to_bytes(3, "big")
        for left, right in pairs
    )


def _number(record: Record, nodes: Sequence[Node]) -> int:
    if isinstance(record, Data):
        return len(nodes) + len(SEPARATOR) + record.offset
    return len(nodes) if record is None else record


def about(node_count: int, record_size: int, ip_version: int, /, **changed: bytes | None) -> bytes:
    """Return metadata; `changed` are fields by key, to add or exchange, or None to leave out."""
    fields: dict[str, bytes | None] = {
        "binary_format_major_version": integer(Kind.UINT16, 2),
        "binary_format_minor_version": integer(Kind.UINT16, 0),
        "build_epoch": integer(Kind.UINT64, BUILD_EPOCH),
        "database_type": string("Harness-Test"),
        "description": mapping(("en", string("made by a recipe"))),
        "ip_version": integer(Kind.UINT16, ip_version),
        "languages": array(string("en")),
        "node_count": integer(Kind.UINT32, node_count),
        "record_size": integer(Kind.UINT16, record_size),
    }
    fields.update(changed)
    return mapping(*((key, value) for key, value in fields.items() if value is not None))


def build(
    nodes: Sequence[Node],
    data: bytes,
    *,
    record_size: int = 24,
    ip_version: int = 4,
    metadata: bytes | None = None,
) -> bytes:
    """Return a database; `metadata` as given, else what the rest says."""
    if metadata is None:
        metadata = about(len(nodes), record_size, ip_version)
    return packed(nodes, record_size) + SEPARATOR + data + MARKER + metadata
