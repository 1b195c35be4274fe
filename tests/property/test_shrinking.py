"""A content that makes a parser fail shrinks to about what a person would have made by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from harness.pytest_plugin import SchemaUnderTest, schema
from harness.reading import read
from harness.schema import load
from harness.schema.library import find as find_schema

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_DEFINITIONS = (
    Path(__file__).parent.parent.parent
    / "incidents"
    / "2024-07-crowdstrike-291"
    / "definitions.bin"
)
MOST: Final = 1.5
_REGEX: Final = 4
_QUIET: Final = settings(
    database=None,
    derandomize=True,
    max_examples=3000,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


class PlantedBugError(Exception):
    """What the parsers below do wrong."""


def channel_inputs(data: bytes) -> None:
    """A parser of channel files with room for 20 input values."""
    for criteria in _instances(data):
        if any(kind for kind, _, _, _ in criteria[20:]):
            raise PlantedBugError


def channel_patterns(data: bytes) -> None:
    """A parser of channel files that knows no regular expressions."""
    if any(kind == _REGEX for criteria in _instances(data) for kind, _, _, _ in criteria):
        raise PlantedBugError


def definitions_fields(data: bytes) -> None:
    """A parser of template definitions with an array of two fields."""
    (count,) = struct.unpack_from("<H", data, 18)
    at = 32 + 4 * count
    for number in range(count):
        if data[at + 4] > 2:
            raise PlantedBugError
        at += struct.unpack_from("<I", data, 32 + 4 * number)[0]


def definitions_types(data: bytes) -> None:
    """A parser of template definitions that knows only one type."""
    if struct.unpack_from("<H", data, 18)[0] > 1:
        raise PlantedBugError


def mo_count(data: bytes) -> None:
    """A parser of message catalogues with an array of two messages."""
    if len(_messages(data)) > 2:
        raise PlantedBugError


def _instances(data: bytes) -> list[list[tuple[int, int, int, int]]]:
    (count,) = struct.unpack_from("<I", data, 24)
    at, found = 64 + 4 * count, []
    for number in range(count):
        found.append(list(struct.iter_unpack("<BBHI", data[at + 8 : at + 8 + 8 * data[at + 6]])))
        at += struct.unpack_from("<I", data, 64 + 4 * number)[0]
    return found


def _messages(data: bytes) -> list[bytes]:
    order = "<" if data[0] == 0xDE else ">"
    count, originals = struct.unpack_from(order + "II", data, 8)
    pairs = (struct.unpack_from(order + "II", data, originals + 8 * n) for n in range(count))
    return [data[at : at + size] for size, at in pairs]


# what a person would write


def channel(criteria: list[tuple[int, int, int]], pool: bytes = b"") -> bytes:
    """A channel file of one instance."""
    body = struct.pack("<IHBx", 0, 7, len(criteria))
    body += b"".join(struct.pack("<BxHI", *criterion) for criterion in criteria)
    at = 68 + len(body)
    size = at + 8 + len(pool)
    counts = (291, 700, 1, 1)
    offsets = (68, len(body), at, 8, at + 8, len(pool))
    data = b"CHNL" + struct.pack("<HHIIHHII6I12x", 1, 64, size, 0, *counts, *offsets)
    data += struct.pack("<I", len(body)) + body + struct.pack("<II", 0, 68) + pool
    return data[:12] + struct.pack("<I", zlib.crc32(data)) + data[16:]


def definitions(*counts: int) -> bytes:
    """Template definitions; each type has so many fields."""
    types = [
        struct.pack("<HHB3x24s", number, 291, count, b"t")
        + b"".join(struct.pack("<28sHH", b"%d" % field, 1, 1) for field in range(count))
        for number, count in enumerate(counts, 1)
    ]
    body = b"".join(struct.pack("<I", len(type_)) for type_ in types) + b"".join(types)
    data = b"TDEF" + struct.pack("<HHIIHH12x", 1, 32, 32 + len(body), 0, 700, len(types)) + body
    return data[:12] + struct.pack("<I", zlib.crc32(data)) + data[16:]


def catalogue(*messages: tuple[bytes, bytes]) -> bytes:
    """A message catalogue without hash table."""
    count, at = len(messages), 28 + 16 * len(messages)
    tables, texts = [b"", b""], b""
    for side in (0, 1):
        for message in messages:
            tables[side] += struct.pack("<II", len(message[side]), at + len(texts))
            texts += message[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + tables[0] + tables[1] + texts


_ALL_WILD = [(0, 0, 0)] * 21
_21ST: Final = channel([*_ALL_WILD[:20], (3, 0, 0)], b"\0")
_PATTERN: Final = channel([(_REGEX, 1, 0), *_ALL_WILD[1:]], b"a\0")
_CHANNEL = schema("channel_file", definitions=_DEFINITIONS)
BUGS: Final = [
    pytest.param(parser, under_test, witness, id=parser.__name__)
    for parser, under_test, witness in (
        (channel_inputs, _CHANNEL, _21ST),
        (channel_patterns, _CHANNEL, _PATTERN),
        (definitions_fields, schema("template_definitions"), definitions(3)),
        (definitions_types, schema("template_definitions"), definitions(1, 1)),
        (mo_count, schema("gettext_mo"), catalogue((b"", b""), (b"a", b""), (b"b", b""))),
    )
]
_Parser = Callable[[bytes], None]


def fails(parser: _Parser, data: bytes) -> bool:
    """Whether the bug shows."""
    try:
        parser(data)
    except PlantedBugError:
        return True
    return False


def shrunk(strategy: SearchStrategy[bytes], parser: _Parser, random: Random | None = None) -> bytes:
    """Return the smallest content found that shows the bug."""
    quiet = settings(_QUIET, derandomize=random is None)
    return find(strategy, lambda data: fails(parser, data), settings=quiet, random=random)


@pytest.mark.parametrize(("parser", "under_test", "witness"), BUGS)
def test_a_failure_shrinks_to_the_size_of_a_witness_by_hand(
    parser: _Parser, under_test: SchemaUnderTest, witness: bytes
) -> None:
    """At most half as large again."""
    assert fails(parser, witness)
    found = shrunk(under_test.strategy(), parser)
    assert fails(parser, found)
    assert len(found) <= MOST * len(witness)


@pytest.mark.parametrize("seed", [1, 4, 5])
def test_items_of_a_list_go_as_a_whole(seed: int) -> None:
    """Wherever it began: the instance that does not matter goes, though it took fewer decisions."""
    found = shrunk(_CHANNEL.strategy(), channel_inputs, Random(seed))
    assert len(found) <= MOST * len(_21ST)


def test_the_witnesses_are_valid() -> None:
    """So a person might have made them."""
    companion = read(load(find_schema("template_definitions")), _DEFINITIONS.read_bytes(), file="")
    for name, data in (
        ("template_definitions", definitions(3)),
        ("template_definitions", definitions(1, 1)),
        ("gettext_mo", catalogue((b"", b""), (b"a", b""), (b"b", b""))),
        ("channel_file", _21ST),
        ("channel_file", _PATTERN),
    ):
        companions = {"definitions": companion} if name == "channel_file" else {}
        assert not read(load(find_schema(name)), data, file="", companions=companions).findings
