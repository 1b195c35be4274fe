"""Sizes in units: what is built is filled up to one that can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from construct import ConstructError

from harness.reading import Reader
from harness.writing import construct_of

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_WORDS = "seq:\n  - {id: words, type: u1}\n  - {id: body, size: %s}\n"
_DERIVED = (
    "seq:\n  - {id: words, type: u1, -derive: {size-of: body, unit: 4}}\n"
    "  - {id: body, size: words * 4, type: h}\n"
)
_HEAD = "types:\n  h: {%s seq: [{id: v, type: u1}, {id: nm, type: strz}]}\n"
_ZERO = _HEAD % "-layout: {trailing: zero},"
_SOME = {"v": 3, "nm": "abc"}


@pytest.mark.parametrize(
    ("text", "body", "size"),
    [
        (_DERIVED + _ZERO, _SOME, 8),
        (_DERIVED + _ZERO, {"v": 3, "nm": "ab"}, 4),
        (_WORDS % "words * 4 + 2, type: h" + _ZERO, _SOME, 6),
        (_WORDS % "words << 3, process: xor(3), type: h" + _ZERO, _SOME, 8),
        (_WORDS % "(words & 0xf0), type: h" + _ZERO, _SOME, 16),
        (_WORDS % "words * 4, type: strz", "abcd", 8),
        (_WORDS % "words * 4, pad-right: 0", b"abc", 4),
    ],
)
def test_what_may_be_filled_up_is(bench: Bench, text: str, body: object, size: int) -> None:
    """With zeros, to the next size that its expression gives, and no further."""
    schema = bench.schema(text)
    format_ = construct_of(schema)
    built = format_.build({"body": body})
    assert len(built) == 1 + size
    assert Reader(schema).read(built, file="").findings == ()
    assert format_.parse(built).body == body


@pytest.mark.parametrize(
    ("text", "body", "why"),
    [
        (_DERIVED + _HEAD % "", _SOME, "has 5 bytes, .* steps of 4; 8 bytes would do"),
        (_WORDS % "words * 4 + 2", b"abc", "has 3 bytes, .* steps of 4; 6 bytes would do"),
    ],
)
def test_where_nothing_fills_it_the_sizes_are_told(
    bench: Bench, text: str, body: object, why: str
) -> None:
    """With the value that has the wrong one."""
    with pytest.raises(ConstructError, match=f"`body` cannot be built .*{why}"):
        construct_of(bench.schema(text)).build({"body": body})
