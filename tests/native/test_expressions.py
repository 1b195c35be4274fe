"""Expressions give the same in C as in the reader: values, faults, what is unknown, and words."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from harness.schema import Schema, SchemaError, load
from tests.native.agreement import Both
from tests.native.expression_texts import FIELDS, Contents, Texts

NUMBERS = """
meta: {id: numbers, endian: le, encoding: UTF-8}
seq:
  - {id: u, type: u8}
  - {id: s, type: s8}
  - {id: f, type: f8}
  - {id: b, type: u1}
  - {id: nums, type: u4, repeat: expr, repeat-expr: 2}
  - {id: text, type: str, size-eos: true}
-invariants:
"""
CORNERS = [
    *("u >= 0", "u < 0", "0 <= u", "b >= 0", "u >= s", "s < u", "u == s", "f == u", "f < s"),
    *("nums.all(_ == _)", "nums.all(_ != _)", "_root == _root", "nums == nums", "f == f"),
    *("nums[9223372036854775807] == 1", "nums[18446744073709551615] == 1", "nums[-1] == 1"),
    *("nums[u] == 1", "nums[s] == 1", "[1, 2, 3][300] == 1", "text[u] == 1", "text[b] == 1"),
    *("1 > 2", "true == false", '"a" == "b"', "1.5 == 2.5", "b / 0 == 1", "b % 0 == 1"),
    *("b << 64 == 1", "b << -1 == 1", "u << b == 0", "s << b == 0", "u >> b == 0", "s >> b == 9"),
    *("-s == s", "s / -1 == s", "s % -1 == 1", "s / s == 2", "s % 7 == 9", "s % -7 == 9"),
    *("u / 7 == 1", "u % 7 == 9", "f / 7 == 1", "f % 7.5 == 9", "f % -7.5 == 9", "7 % f == 9"),
    *("u + s == 0", "u - s == 0", "s - u == 0", "u * s == 5", "s * s == 5", "u * u == 5"),
    *("u & s == 5", "u | s == 5", "u ^ s == 5", "~u == 5", "~s == 5", "~b == 5", "-b == 5"),
    *("s / u == 5", "u / s == 5", "u % s == 5", "s % u == 5", "s.as<u8> == 5", "u.as<s8> == 5"),
    *("nums.sum(_ * 4294967296) == 5", "nums.sum(u) == 5", "nums.sum(s) == 5", "f.to_i == 5"),
    *("[1000, 2000].any(_ == b)", "[u, 5].max == 7", "[s, 5].min == 7", "[f, 0.5].min == 7"),
    *("u.to_s == s.to_s", "s.to_s.to_i == 5", "text.to_i == 5", "text.to_i(b) == 5"),
    *("text.size == 5", "text.reverse == text", "text.substring(b, b + 1) == text"),
    *("text.substring(130, text.size) == text", "text.substring(64, 64) == text", "text[200] == 5"),
    *("text.count(_ > 127) == 5", "text.sum(_) == 5", "(text + text).size == 5", "text < text"),
]
EDGES = (0, 1, -1, 2, 7, 63, 64, (1 << 63) - 1, -(1 << 63), -7)
QUICK = [(1, 40, 60)]
DEEP = [(seed, 60, 300) for seed in range(2, 14)]


def schema_of(fields: str, checks: list[str], folder: Path) -> Schema:
    """Return the schema with those of the rules that it does not refuse."""
    path = folder / "sample.ksy"
    while True:
        rules = [f"  - {{id: r{n}, check: '{check}'}}" for n, check in enumerate(checks)]
        path.write_text("\n".join([fields.strip(), *rules]) + "\n")
        try:
            return load(path, use_cache=False)
        except SchemaError as error:
            at = {one.source.line for one in error.findings if one.source is not None}
            first = len(fields.strip().splitlines()) + 1
            left = [check for n, check in enumerate(checks) if n + first not in at]
            if len(left) == len(checks):
                raise
            checks = left


@pytest.fixture(scope="module")
def corners(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Both engines on rules at the edges of what there is."""
    folder = tmp_path_factory.mktemp("corners")
    schema = schema_of(NUMBERS, CORNERS, folder)
    assert len(schema.root.checks) == len(CORNERS)
    return Both(schema, folder)


@pytest.mark.parametrize("text", ["12", "-7f", "aé€😀" * 60, "z" * 500], ids=len)
def test_corners_agree(corners: Both, text: str) -> None:
    """At the limits of 64 bits, of lists and of texts, both say the same."""
    random = Random(text)
    for number in EDGES:
        other, index = random.choice(EDGES), random.choice(EDGES) % 256
        head = b"".join(one.to_bytes(8, "little", signed=True) for one in (number, other))
        data = head + random.randbytes(8) + bytes([index]) + random.randbytes(8) + text.encode()
        assert corners.findings(data)


@pytest.mark.parametrize(
    ("seed", "rules", "contents"),
    [*QUICK, *(pytest.param(*one, marks=pytest.mark.deep) for one in DEEP)],
)
def test_random_expressions_agree(tmp_path: Path, seed: int, rules: int, contents: int) -> None:
    """Whatever is asked of values of every kind, both say the same."""
    random = Random(seed)
    schema = schema_of(FIELDS, Texts(random).checks(rules), tmp_path)
    assert len(schema.root.checks) > rules // 2
    both, maker = Both(schema, tmp_path), Contents(random)
    found = {one.code for _ in range(contents) for one in both.findings(maker.content())}
    assert {"I501", "B206", "B210"} <= found


def test_what_expressions_make_is_forgotten(tmp_path: Path) -> None:
    """A list that is made for each of many items takes no more memory than one."""
    fields = """
        meta: {id: many, endian: le}
        seq: [{id: items, type: u2, repeat: eos}]
        -invariants:
    """.replace("\n        ", "\n")
    checks = ["items.all([_, 1000, _].size == 3)", "items.all(_.to_s + _.to_s != _.to_s)"]
    engine = Both(schema_of(fields, checks, tmp_path), tmp_path).engine
    needed = []
    for count in (10, 100_000):
        assert engine.check(bytes(range(200)) * (count // 100), "content", 10).is_complete
        needed.append(engine._request.scratch_used)
    assert needed[1] < needed[0] + 4096


def test_offsets_in_offsets_cost_no_more_each(tmp_path: Path) -> None:
    """Thirty offsets, each in the index of the next one, are thirty and not a billion."""
    fields = """
        meta: {id: many, endian: le}
        seq: [{id: items, type: item, repeat: eos}]
        types: {item: {seq: [{id: x, type: u1}]}}
        -invariants:
    """.replace("\n        ", "\n")
    nested = "0"
    for _ in range(30):
        nested = f"items[{nested}].x._start"
    both = Both(schema_of(fields, [f"{nested} == 1", f"{nested} == 0"], tmp_path), tmp_path)
    assert [finding.rule for finding in both.findings(b"\0\0")] == ["r0"]


def test_items_that_are_only_loaded_are_named(tmp_path: Path) -> None:
    """A finding names an item of a list that is not kept, long after it was looked at."""
    fields = """
        meta: {id: many, endian: le}
        seq: [{id: items, type: item, repeat: eos}]
        types: {item: {seq: [{id: x, type: u1}]}}
        -invariants:
    """.replace("\n        ", "\n")
    checks = ["items[0] == items[1]", "items[1] == items.last"]
    found = Both(schema_of(fields, checks, tmp_path), tmp_path).findings(b"\0\0")
    assert [(one.rule, one.actual) for one in found] == [("r0", "`items[0]` is `items[0]`")]
