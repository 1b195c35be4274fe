"""Text of two or four bytes a unit: both engines decode, measure and point at it alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import pytest

from corpora.recipes.sample import Corpus, Sample
from harness.schema import load
from tools.engines.compare import Twins
from tools.engines.subjects import Subject

SCHEMA: Final = """meta: {id: sample, encoding: ENCODING}
-allow: [unlimited-size]
-invariants:
  - {id: each, check: 'sized.all(_ < 0x3000)'}
  - {id: cut, check: 'sized.length < 3 or sized.substring(1, 3) != "xy"'}
  - {id: turned, check: 'sized.reverse != "ab"'}
  - {id: decoded, check: 'raw.to_s("ENCODING").length < 4'}
seq:
  - {id: size, type: u1}
  - {id: sized, type: str, size: size}
  - {id: ended, type: strz, eos-error: false}
  - {id: count, type: u1, valid: {max: 3}}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
  - {id: raw, size: 4, if: count > 0}
  - {id: cut, type: str, size: 12, terminator: 0, if: count > 1, -padding: any}
  - {id: padded, type: str, size: 8, pad-right: 0x20, if: count > 1}
  - {id: rest, type: str, size-eos: true}
types:
  item:
    seq:
      - {id: key, type: u1}
      - {id: name, type: strz, valid: {any-of: ['""', '"a"', '"b\\u00e9"', '"xy"']}}
"""
NAMES: Final = ("", "a", "bé", "xy")
CHARACTERS: Final = "abxy é\0\u2fff\u3000\ufeff\U0001f600\U0010ffff"
SURROGATES: Final = (0xD800, 0xD83D, 0xDBFF, 0xDC00, 0xDE00, 0xDFFF)
CODES: Final = {"S101", "S102", "S106", "B201", "B202", "B210", "I501"}
COUNTS = [pytest.param(300, id="300"), pytest.param(30_000, id="30000", marks=pytest.mark.deep)]


class Contents:
    """Random contents of the schema, most of them wrong somewhere."""

    def __init__(self, encoding: str, seed: int) -> None:
        self._chances = Random(seed)
        self._encoding = encoding
        self._width = 2 if "16" in encoding else 4
        self._ways: tuple[Callable[[], bytes], ...] = (
            *(lambda: self._encoded(self._chances.choice(CHARACTERS)),) * 6,
            lambda: self._chances.randbytes(self._chances.randrange(1, 5)),
            lambda: self._number(self._chances.choice(SURROGATES), self._width),
            lambda: self._number(0x110000, 4),
        )

    def content(self) -> bytes:
        """Return the next one."""
        sized, count = self._text(6), self._chances.randrange(4)
        parts = [bytes([len(sized)]), sized, self._text(6), self._encoded("\0"), bytes([count])]
        for _ in range(count):
            is_right = self._chances.random() < 0.8
            name = self._encoded(self._chances.choice(NAMES)) if is_right else self._text(3)
            parts += [self._chances.randbytes(1), name, self._encoded("\0")]
        if count:
            parts.append(self._text(4)[:4].ljust(4, b"x"))
        if count > 1:
            parts += [(self._text(6) + self._encoded("\0"))[:12].ljust(12, b"\0")]
            parts += [self._text(4)[:8].ljust(8, b" ")]
        return b"".join([*parts, self._text(6)])

    def _text(self, most: int) -> bytes:
        units = self._chances.randrange(most)
        return b"".join(self._chances.choice(self._ways)() for _ in range(units))

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding)

    def _number(self, number: int, width: int) -> bytes:
        return number.to_bytes(width, "little" if self._encoding.endswith("LE") else "big")


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("encoding", ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"])
def test_wide_text_is_the_same(encoding: str, count: int, tmp_path: Path) -> None:
    """Whole characters, halves of them, halves in the wrong order, and numbers beyond the last."""
    path = tmp_path / "sample.ksy"
    path.write_text(SCHEMA.replace("ENCODING", encoding), encoding="utf-8")
    corpus = Corpus("sample", (Sample("content", "of no text", bytes(4)),), ())
    twins, seen = Twins(Subject(corpus, load(path), {}, ())), set[str]()
    contents = Contents(encoding, seed=1)
    for number in range(count):
        data = contents.content()
        assert twins.difference(data, (1000, 1, 3)[number % 3]) == [], data.hex()
        seen |= {finding.code for finding in twins.reference(data, 1000).findings}
    assert seen >= CODES
