"""What expressions compute: floors, 64-bit limits, comparison across types, methods."""

from __future__ import annotations

import struct

import pytest

from tests.unit.bench import Bench, values_of

FIELDS = """
seq:
  - {id: u, type: u8}
  - {id: s, type: s8}
instances:
  result: {value: %s}
"""


def packed(unsigned: int, signed: int) -> str:
    """Return the content of `FIELDS` in hex."""
    return struct.pack("<Qq", unsigned, signed).hex()


def schema(text: str) -> str:
    """Return the schema that computes an expression over `u` and `s`."""
    return FIELDS % ("'" + text.replace("'", "''") + "'")


def result(bench: Bench, text: str, unsigned: int = 0, signed: int = 0) -> object:
    """Return the value of an expression over `u` and `s`."""
    return bench.values(schema(text), packed(unsigned, signed))["result"]


def fault(bench: Bench, text: str, unsigned: int = 0, signed: int = 0) -> str:
    """Return the code of what goes wrong in an expression, whose value is then missing."""
    reading = bench.read(schema(text), packed(unsigned, signed))
    (finding,) = reading.findings
    assert "result" not in values_of(reading)
    assert finding.path == "result"
    return finding.code


@pytest.mark.parametrize(
    ("text", "signed", "expected"),
    [
        ("s / 2", 7, 3),
        ("s / 2", -7, -4),
        ("s / -2", 7, -4),
        ("s / -2", -7, 3),
        ("s % 5", -7, 3),
        ("s % -5", 7, -3),
        ("s % -5", -7, -2),
        ("(s / 5) * 5 + s % 5", -7, -7),
    ],
)
def test_division_floors(bench: Bench, text: str, signed: int, expected: int) -> None:
    """`/` rounds down, and `%` has the sign of the divisor."""
    assert result(bench, text, signed=signed) == expected


@pytest.mark.parametrize(
    ("text", "unsigned", "signed"),
    [
        ("s + 1", 0, (1 << 63) - 1),
        ("s - 1", 0, -(1 << 63)),
        ("s * 2", 0, 1 << 62),
        ("-s", 0, -(1 << 63)),
        ("s / -1", 0, -(1 << 63)),
        ("u + 1", (1 << 64) - 1, 0),
        ("u * 2", 1 << 63, 0),
        ("u + s", 0, -1),
        ("u - s", 1 << 63, 0),
        ("s << 1", 0, 1 << 62),
        ("u << 1", 1 << 63, 0),
        ("-u", (1 << 63) + 1, 0),
    ],
)
def test_overflow(bench: Bench, text: str, unsigned: int, signed: int) -> None:
    """A result beyond s64 is a fault; beyond u64 where an operand is u64; a difference is s64."""
    assert fault(bench, text, unsigned, signed) == "B206"


@pytest.mark.parametrize(
    ("text", "unsigned", "signed", "expected"),
    [
        ("s + 1", 0, (1 << 63) - 2, (1 << 63) - 1),
        ("u + 1", (1 << 64) - 2, 0, (1 << 64) - 1),
        ("u + s", 5, -5, 0),
        ("u - s", 5, 7, -2),
        ("u + s", 1 << 63, -1, (1 << 63) - 1),
        ("-u", 1 << 63, 0, -(1 << 63)),
        ("~s", 0, 0, -1),
        ("~u", 0, 0, (1 << 64) - 1),
        ("u & 255", 0x1FF, 0, 255),
        ("s | 1", 0, -2, -1),
        ("u ^ u", 77, 0, 0),
    ],
)
def test_results_up_to_the_limit(
    bench: Bench, text: str, unsigned: int, signed: int, expected: int
) -> None:
    """What just fits is computed exactly."""
    assert result(bench, text, unsigned, signed) == expected


@pytest.mark.parametrize("text", ["1 / s", "1 % s", "1.5 / s", "u / 0", "s % (s - s)"])
def test_division_by_zero(bench: Bench, text: str) -> None:
    """Dividing by zero is a fault, for integers and floats alike."""
    assert fault(bench, text) == "B207"


@pytest.mark.parametrize(
    ("text", "expected"), [("u << 4", 48), ("u >> 1", 1), ("s >> 1", -2), ("u << 63 >> 63", 1)]
)
def test_shifts(bench: Bench, text: str, expected: int) -> None:
    """Shifts are arithmetic."""
    unsigned = 1 if "63" in text else 3
    assert result(bench, text, unsigned, -3) == expected


@pytest.mark.parametrize(("text", "signed"), [("1 << s", -1), ("1 >> s", 64), ("1 << s", 64)])
def test_shifts_by_0_to_63(bench: Bench, text: str, signed: int) -> None:
    """A shift by a negative number or by 64 and more is a fault."""
    assert fault(bench, text, signed=signed) == "B206"


@pytest.mark.parametrize(
    ("text", "unsigned", "signed", "expected"),
    [
        ("u > s", (1 << 64) - 1, -1, True),
        ("u == s", (1 << 64) - 1, -1, False),
        ("s < u", 0, -1, True),
        ("s == u", 5, 5, True),
        ("u >= 18446744073709551615", (1 << 64) - 1, 0, True),
        ("s == 1.0", 0, 1, True),
    ],
)
def test_mixed_comparison_is_mathematical(
    bench: Bench, text: str, unsigned: int, signed: int, *, expected: bool
) -> None:
    """u64 and s64 compare as the numbers they stand for."""
    assert result(bench, text, unsigned, signed) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'abc' < 'abd'", True),
        ("'Z' < 'a'", True),
        ("'é' > 'z'", True),
        ("[0x80] > [0x7f]", True),
        ("[1, 2] < [1, 2, 0]", True),
    ],
)
def test_text_and_bytes_compare_unsigned(bench: Bench, text: str, *, expected: bool) -> None:
    """Strings and bytes compare from the left, as unsigned bytes."""
    assert result(bench, text) is expected


@pytest.mark.parametrize(
    "text",
    ["false and 1 / s == 0", "true or 1 / s == 0", "(true ? 1 : 1 / s) == 1"],
)
def test_conditions_are_lazy(bench: Bench, text: str) -> None:
    """What `and`, `or` and `?:` do not need is not evaluated."""
    assert result(bench, text) is (not text.startswith("false"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'abc'.length", 3),
        ("'abc'.reverse", "cba"),
        ("'abcdef'.substring(1, 3)", "bc"),
        ("'12'.to_i", 12),
        ("'-12'.to_i", -12),
        ("'ff'.to_i(16)", 255),
        ("s.to_s", "-3"),
        ("true.to_i", 1),
        ("2.9.to_i", 2),
        ("[65, 66].to_s('ASCII')", "AB"),
        ("[3, 1, 2].min", 1),
        ("[3, 1, 2].max", 3),
        ("[3, 1, 2].first", 3),
        ("[3, 1, 2].last", 2),
        ("[3, 1, 2].size", 3),
        ("[3, 1, 2][1]", 1),
        ("'a' + 'b'", "ab"),
        ("f\"{u}-{'x'}\"", "3-x"),
        ("1.5 + u", 4.5),
    ],
)
def test_methods(bench: Bench, text: str, expected: object) -> None:
    """Methods give what Kaitai's give."""
    assert result(bench, text, 3, -3) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("'12x'.to_i", "B209"),
        ("''.to_i", "B209"),
        ("'12'.to_i(99)", "B209"),
        ("'99999999999999999999'.to_i", "B209"),
    ],
)
def test_faults_of_methods(bench: Bench, text: str, code: str) -> None:
    """What a method cannot do is a fault with its own code."""
    assert fault(bench, text, signed=-1) == code


@pytest.mark.parametrize(
    "text", ["[1, 2][s]", "[1, 2][2]", "[1, 2][s] + 1", "'abc'.substring(2, s)"]
)
def test_an_index_out_of_range_is_unknown(bench: Bench, text: str) -> None:
    """A value computed from an element that there is not is missing, without a finding."""
    assert "result" not in bench.values(schema(text), packed(0, -1))
