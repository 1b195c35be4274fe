"""Schemas that could not mean what they say, or would cost what nobody wants to pay."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("seq: [{id: a, type: u1, valid: {in-enum: true}}]", "Q906"),
        ("seq: [{id: a, type: t, valid: {min: _root}}]\ntypes: {t: {}}", "Q906"),
        ("seq: [{id: a, type: u1, repeat: eos, -unique-by: _root}]", "Q906"),
        ("seq: [{id: a, type: u4, -checksum: {algorithm: sha256}}]", "Q906"),
        ("seq: [{id: a, size: 4, -checksum: {algorithm: crc32}}]", "Q906"),
        ("seq: [{id: a, type: s4, -checksum: {algorithm: crc32}}]", "Q906"),
        ("seq: [{id: a, size: 1, -derive: {size-of: _root}}]", "Q906"),
        ("seq: [{id: a, type: u1, -derive: {size-of: a + 1}}]", "Q906"),
        ("seq: [{id: a, type: u1, -refers-to: {table: b, as: b}}]", "Q905"),
        ("seq: [{id: a, type: {switch-on: b, cases: {'\"x\"': u1}}}, {id: b, type: u1}]", "Q906"),
        ("seq: [{id: a, type: t}]\ntypes: {t: {-layout: {gaps: allow}}}", "Q903"),
        ("seq: []\nenums: {e: {18446744073709551616: x}}", "Q903"),
        ("seq: []\nenums: {e: {-9223372036854775809: x}}", "Q903"),
        (f"seq: [{{id: a, terminator: [{', '.join('1' * 17)}]}}]", "Q903"),
        (f"instances: {{a: {{type: u1, -locate: {{marker: {'x' * 65}}}}}}}", "Q903"),
    ],
)
def test_what_has_no_meaning_is_refused(bench: Bench, text: str, code: str) -> None:
    """Said when the schema is loaded, not when some content comes upon it."""
    assert code in {problem.code for problem in bench.problems(text)}


@pytest.mark.parametrize(
    "text",
    [
        "seq: [{id: a, type: f4, valid: {min: 1, max: 2}}]",
        "seq: [{id: a, type: t, size: 1}]\ntypes: {t: {-layout: {trailing: allow}}}",
        "seq: [{id: a, size: 32, -checksum: {algorithm: sha256}}]",
        "seq: [{id: a, type: u8, -checksum: {algorithm: crc32}}]",
        "seq: []\nenums: {e: {18446744073709551615: x, -9223372036854775808: y}}",
        f"seq: [{{id: a, terminator: [{', '.join('1' * 16)}]}}]",
    ],
)
def test_what_has_a_meaning_is_not(bench: Bench, text: str) -> None:
    """The limits of the same rules."""
    assert bench.problems(text) == ()


def test_a_name_has_at_most_200_characters(bench: Bench) -> None:
    """What is said of a longer one tells the limit."""
    assert bench.problems(f"seq: [{{id: {'a' * 200}, type: u1}}]") == ()
    problem = bench.problem(f"seq: [{{id: {'a' * 201}, type: u1}}]")
    assert "200 characters" in problem.actual


def test_types_that_double_in_size_have_none(bench: Bench) -> None:
    """`sizeof` looks at each type once."""
    types = "".join(
        f"  t{n}: {{seq: [{{id: a, type: t{n + 1}}}, {{id: b, type: t{n + 1}}}]}}\n"
        for n in range(62)
    )
    types += "  t62: {seq: [{id: a, type: u2}]}\n"
    text = f"instances: {{n: {{value: sizeof<t0>}}}}\ntypes:\n{types}"
    assert bench.problem(text).code == "Q906"


def test_a_type_that_holds_itself_has_no_size(bench: Bench) -> None:
    """Nor does what holds it."""
    text = "instances: {n: {value: sizeof<t>}}\ntypes: {t: {seq: [{id: a, type: t}]}}\n"
    assert bench.problem(text).code == "Q906"


@pytest.mark.parametrize("length", [31, 200, 2000])
def test_values_may_depend_on_one_another_in_a_long_row(bench: Bench, length: int) -> None:
    """What the types of a long row cannot tell, reading does."""
    row = "".join(f"  v{n}: {{value: v{n + 1} + 1}}\n" for n in range(length))
    assert bench.problems(f"seq: []\ninstances:\n{row}  v{length}: {{value: 1}}\n") == ()


def test_a_row_that_begins_at_its_end_is_computed(bench: Bench) -> None:
    """Values that were computed before need no depth."""
    row = "".join(f"  v{n}: {{value: v{n - 1} + 1}}\n" for n in range(1, 300))
    assert bench.values(f"seq: []\ninstances:\n  v0: {{value: 1}}\n{row}", "")["v299"] == 300


def test_strings_that_double_are_output(bench: Bench) -> None:
    """Each value is twice as long as the one before it."""
    row = "".join(f"  v{n}: {{value: v{n - 1} + v{n - 1}}}\n" for n in range(1, 40))
    assert bench.codes(f"seq: []\ninstances:\n  v0: {{value: '\"ab\"'}}\n{row}", "") == ["L604"]


@pytest.mark.parametrize(
    ("process", "key"), [("rol", "ffff"), ("rol", "0900"), ("ror", "0900"), ("xor", "0001")]
)
def test_a_key_must_mean_something(bench: Bench, process: str, key: str) -> None:
    """A rotation is by 0 to 8 bits, a number to mix with is a byte; nothing is cut off."""
    text = f"seq: [{{id: n, type: s2}}, {{id: a, size: 1, process: {process}(n)}}]"
    found = bench.finding(text, f"{key} 01")
    assert (found.code, found.path) == ("B206", "a")


@pytest.mark.parametrize("key", ["7", "[7]", "[7, 7, 7]", "[7, 7, 7, 7, 7, 7, 7, 7]"])
def test_a_key_may_be_longer_or_shorter_than_the_data(bench: Bench, key: str) -> None:
    """It is repeated, and cut where the data end."""
    values = bench.values(f"seq: [{{id: a, size: 5, process: 'xor({key})'}}]", "0001020304")
    assert values["a"] == bytes([7, 6, 5, 4, 3])
