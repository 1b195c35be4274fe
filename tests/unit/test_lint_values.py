"""Lint of values: what ranges, conditions and `valid` tell, and what they do not."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, place

_U1 = "seq:\n  - {id: n, type: u1}\n"
_XS = "seq:\n  - {id: xs, type: u1, repeat: eos}\n"
_BOX = "types:\n  box: {params: [{id: n, type: u1}], seq: [{size: n - 4}]}\n"
_CHAINED = "types:\n  box: {params: [{id: m, type: u1}], seq: [{id: n, type: u1, valid: m}]}\n"


def codes(bench: Bench, text: str) -> set[str]:
    """Return what lint says of a schema, sizes without a limit left out."""
    return {found.code for found in bench.problems(text)} - {"Q936"}


@pytest.mark.parametrize(
    "text",
    [
        _U1 + "  - {id: x, size: n - 1}\n",
        _U1 + "  - {id: x, size: 8 - n}\n",
        _U1 + "  - {id: x, type: u1, repeat: expr, repeat-expr: n - 1}\n",
        _U1 + "instances:\n  x: {pos: n - 1, type: u1}\n",
        "seq:\n  - {id: n, type: s1}\n  - {id: x, size: n}\n",
        "seq:\n  - {id: n, type: s1}\n  - {id: x, size: n / 2}\n",
        _U1 + "  - {id: x, size: n - 4, if: n > 2}\n",
        _U1 + "  - {id: x, size: 'n > 2 ? n - 4 : 0'}\n",
        _U1 + "  - {id: x, size: rest}\ninstances:\n  rest: {value: n - 1}\n",
        _U1 + "  - {id: x, size: n - m}\n  - {id: m, type: u1}\n",
        _U1
        + "  - {id: xs, type: u1, repeat: eos}\ninstances:\n  x: {pos: 'xs[n - 1]', type: u1}\n",
        _U1 + "  - {id: x, size: _io.size - n}\n",
        _BOX + "seq:\n  - {id: x, type: box(3)}\n",
    ],
)
def test_what_can_be_negative_is_told(bench: Bench, text: str) -> None:
    """Sizes, counts, positions and indexes, by whatever way."""
    assert codes(bench, text) == {"Q940"}


@pytest.mark.parametrize(
    "text",
    [
        _U1 + "  - {id: x, size: n - 1, if: n > 0}\n",
        _U1 + "  - {id: x, size: n - 1, if: n != 0}\n",
        _U1 + "  - {id: x, size: n - 1, if: not (n == 0)}\n",
        _U1 + "  - {id: x, size: n - 1, if: has_body}\ninstances:\n  has_body: {value: n > 0}\n",
        _U1 + "  - {id: x, size: 'n < 4 ? 0 : n - 4'}\n",
        _U1 + "  - {id: m, type: u1}\n  - {id: x, size: n - m, if: n >= m}\n",
        _U1 + "  - {id: m, type: u1}\n  - {id: x, size: n - m - 1, if: m < n}\n",
        _U1 + "  - {id: x, size: n - 4}\n-invariants:\n  - {id: header-counted, check: n >= 4}\n",
        "seq:\n  - {id: n, type: u1, valid: {min: 4}}\n  - {id: x, size: n - 4}\n",
        "seq:\n  - {id: n, type: u1, valid: {any-of: [4, 8]}}\n  - {id: x, size: n - 4}\n",
        "seq:\n  - {id: n, type: u1, valid: {expr: _ > 3}}\n  - {id: x, size: n - 4}\n",
        "enums: {e: {4: a}}\nseq:\n  - {id: n, type: u1, enum: e}\n  - {id: x, size: n.to_i - 4}\n",
        _U1 + "  - {id: x, size: (8 - n) % 8}\n",
        _U1 + "  - {id: x, size: _io.size - _io.pos}\n",
        "seq:\n  - {id: x, size: _io.size - 20}\n",
        "seq:\n  - {id: x, size: _io.size - tail}\ninstances:\n  tail: {value: 20}\n",
        _XS + "instances:\n  x: {pos: 'xs[xs.size - 1]', type: u1}\n",
        _CHAINED
        + "seq:\n  - {id: xs, type: 'box(_index == 0 ? 0 : xs[_index - 1].n)', repeat: eos}\n",
        _BOX + "seq:\n  - {id: x, type: box(4)}\n  - {id: y, type: box(9)}\n",
    ],
)
def test_what_cannot_be_negative_is_not(bench: Bench, text: str) -> None:
    """Conditions, `valid`, enums, invariants and arguments bound a value."""
    assert codes(bench, text) == set()


@pytest.mark.parametrize(
    ("divisor", "told"),
    [
        ("n", {"Q941"}),
        ("(n - 4)", {"Q941"}),
        ("(n + 1)", set()),
        ("(n | 1)", set()),
        ("4", set()),
    ],
)
def test_a_divisor_that_can_be_zero_is_told(bench: Bench, divisor: str, told: set[str]) -> None:
    """Division and remainder alike."""
    for operator in "/%":
        text = _U1 + f"-invariants:\n  - {{id: a, check: n {operator} {divisor} != 3}}\n"
        assert codes(bench, text) == told


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("big + 1", {"Q942"}),
        ("big - 1", {"Q942"}),
        ("big * 2", {"Q942"}),
        ("signed - 1", {"Q942"}),
        ("1 << n", {"Q942"}),
        ("(big >> 32) + 256", set()),
        ("n * n * n", set()),
        ("xs.size + n", set()),
        ("_io.size + _io.pos", set()),
        ("digits.to_i * 1000", set()),
        ("words.to_i * 1000", {"Q942"}),
    ],
)
def test_what_leaves_64_bits_is_told(bench: Bench, expression: str, told: set[str]) -> None:
    """By the types of the operands; lengths are those of files that there can be."""
    text = (
        _U1 + "  - {id: big, type: u8}\n  - {id: signed, type: s8}\n"
        "  - {id: digits, type: str, size: 4}\n  - {id: words, type: strz}\n"
        "  - {id: xs, type: u1, repeat: eos}\n"
        f"-invariants:\n  - {{id: a, check: '({expression}) % 5 != 9'}}\n"
    )
    assert codes(bench, text) - {"Q943"} == told


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("n > 255", "always false"),
        ("n >= 0", "always true"),
        ("n == 256", "always false"),
        ("n != -1", "always true"),
        ("n & 0x0f == 0x10", "always false"),
        ("(n | 1) == 2", "always false"),
        ("n % 4 == 4", "always false"),
        ("n > 4 and n < 3", "always false"),
        ("n == 1 or n == 300", "always false"),
        ("n < 5 ? n == 7 : n == 8", "always false"),
        ("m == n - 256", "always false"),
        ("name == 'abcde'", "always false"),
        ("raw == [1, 2]", "always false"),
        ("raw != [1, 2]", "always true"),
        ("true", "always true"),
        ("xs.all(_ < 256)", "always true"),
        ("kind == kinds::far", "always false"),
    ],
)
def test_a_condition_with_one_outcome_is_told(bench: Bench, condition: str, said: str) -> None:
    """Numbers by their range and mask, strings and bytes by their length."""
    found = [one for one in bench.problems(_all(condition)) if one.code == "Q943"]
    assert found
    assert said in found[0].actual


@pytest.mark.parametrize(
    "condition",
    [
        "n > 254",
        "n & 0x0f == 0x0f",
        "n > 4 and n < 6",
        "n >= 0 and n <= 9",
        "name == 'abcd'",
        "name == ''",
        "raw == [1, 2, 3]",
        "kind.to_i == 3",  # a number that is no member is read all the same
        "limited < 4",  # and so is a value that `valid` forbids
        "xs.all(x: xs.all(_ != x))",
        "n == m",
    ],
)
def test_a_condition_with_both_outcomes_is_not(bench: Bench, condition: str) -> None:
    """Nor is the half of a range that is written for the reader."""
    assert "Q943" not in codes(bench, _all(condition))


def _all(condition: str) -> str:
    quoted = condition.replace('"', "'")
    return (
        "seq:\n  - {id: n, type: u1}\n  - {id: m, type: u1}\n  - {id: name, type: str, size: 4, "
        "terminator: 0}\n  - {id: raw, size: 3}\n  - {id: kind, type: b2, enum: kinds}\n"
        "  - {id: limited, type: u1, valid: {min: 4}}\n  - {id: xs, type: u1, repeat: eos}\n"
        "enums:\n  kinds: {0: near, 1: mid, 4: far}\n"
        f'-invariants:\n  - id: a\n    check: "{quoted}"\n'
    )


def test_a_field_of_wrong_content_only_is_told(bench: Bench) -> None:
    """An `if` that `valid` of another field contradicts; the other way round it is a guard."""
    head = "seq:\n  - {id: version, type: u1, valid: 1}\n"
    assert codes(bench, head + "  - {id: x, type: u1, if: version > 1}\n") == {"Q943"}
    assert codes(bench, head + "  - {id: x, type: u1, if: version == 1}\n") == set()


def test_noting_a_position_is_no_condition(bench: Bench) -> None:
    """`if: start >= 0` is how a schema has `_io.pos` taken down."""
    text = "seq:\n  - {size: 0, if: start < 0}\ninstances:\n  start: {value: _io.pos}\n"
    assert codes(bench, text) == set()


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("type: u1, valid: 256", {"Q945"}),
        ("type: u1, valid: -1", {"Q945"}),
        ("type: s1, valid: -1", set()),
        ("type: u1, valid: {any-of: [1, 256]}", {"Q945"}),
        ("type: u1, valid: {min: 9, max: 8}", {"Q945"}),
        ("type: u1, valid: {min: 256}", {"Q945"}),
        ("type: u1, valid: {min: 0}", {"Q946"}),
        ("type: u1, valid: {min: 0, max: 9}", set()),
        ("type: u1, valid: {min: 0, max: 255}", {"Q946"}),
        ("type: b3, valid: {max: 7}", {"Q946"}),
        ("size: 2, valid: '[1, 2]'", set()),
        ("size: 2, valid: '[1, 2, 3]'", {"Q945"}),
        ("type: str, size: 2, encoding: ASCII, valid: '\"abc\"'", {"Q945"}),
        ("type: str, size: 9, encoding: UTF-8, valid: '\"abc\"'", set()),
        ("type: u1, valid: {expr: _ < 256}", {"Q943"}),
    ],
)
def test_valid_that_decides_nothing_is_told(bench: Bench, field: str, told: set[str]) -> None:
    """By the width and sign of numbers, by the length of strings and bytes."""
    assert codes(bench, f"seq:\n  - {{id: x, {field}}}\n") == told


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        ("{switch-on: n, cases: {1: u1, 2: u2}}", []),
        ("{switch-on: n, cases: {1: u1, 0x01: u2}}", ["0x01"]),
        ("{switch-on: n, cases: {1: u1, 256: u2}}", ["256"]),
        ("{switch-on: n & 3, cases: {1: u1, 4: u2}}", ["4"]),
        ("{switch-on: flag, cases: {true: u1, false: u2, _: u4}}", ["_"]),
        ("{switch-on: flag, cases: {true: u1, _: u4}}", []),
        ("{switch-on: name, cases: {'\"ab\"': u1, '\"abc\"': u4}}", ["abc"]),
        ("{switch-on: kind, cases: {'kinds::a': u1, 'kinds::b': u2, _: u4}}", ["_"]),
        ("{switch-on: kind, cases: {'kinds::a': u1, _: u4}}", []),
        ("{switch-on: open, cases: {'kinds::a': u1, 'kinds::b': u2, _: u4}}", []),
        ("{switch-on: n % 2, cases: {0: u1, 1: u2, _: u4}}", ["_"]),
    ],
)
def test_a_case_that_is_never_reached_is_told(bench: Bench, switch: str, told: list[str]) -> None:
    """Out of range, taken before, or left nothing; each at its own key."""
    text = (
        "seq:\n  - {id: n, type: u1}\n  - {id: flag, type: b1}\n  - {id: name, type: str, size: 2, "
        "encoding: ASCII}\n  - {id: kind, type: u1, enum: kinds}\n"
        "  - {id: open, type: u1, enum: kinds, -unknown: allow}\n"
        f"  - id: x\n    type: {switch}\nenums:\n  kinds: {{0: a, 1: b}}\n"
    )
    found = [one for one in bench.problems(text) if one.code == "Q931"]
    lines = (bench.folder / "sample.ksy").read_text().splitlines()
    starts = [lines[place(one)[0] - 1][place(one)[1] - 1 :] for one in found]
    assert len(found) == len(told)
    assert all(start.lstrip("'\"").startswith(key) for start, key in zip(starts, told, strict=True))


@pytest.mark.parametrize(("width", "told"), [("b2", {"Q944"}), ("b3", set()), ("s1", set())])
def test_a_member_wider_than_its_fields_is_told(bench: Bench, width: str, told: set[str]) -> None:
    """All fields with the enum count; a computed one may hold anything."""
    text = f"seq:\n  - {{id: k, type: {width}, enum: e}}\nenums:\n  e: {{0: a, 4: b}}\n"
    assert codes(bench, text) == told
    assert codes(bench, text + "instances:\n  i: {value: k.to_i + 1, enum: e}\n") == set()
