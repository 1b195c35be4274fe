"""Corners of the language where only Kaitai's own compiler says what is meant."""

from __future__ import annotations

import pytest

from harness.reading import Reading, evaluate, read
from harness.reading.tree import Missing
from harness.schema import load
from tests.unit.bench import Bench, place, view_of


def leniently(bench: Bench, text: str, content: str) -> Reading:
    """Read the bytes written in hex as stock Kaitai would."""
    schema = load(bench.write(text), use_cache=False, lenient=True)
    return read(schema, bytes.fromhex(content), file="content", lenient=True)


def test_an_item_is_in_its_list_once_it_is_read(bench: Bench) -> None:
    """While a structure is read, the list has those before it."""
    schema = """
    seq: [{id: items, type: item, repeat: expr, repeat-expr: 3}]
    types: {item: {seq: [{id: data, size: 3 - _parent.items.size}]}}
    """
    found = bench.values(schema, "010203 0405 06")
    assert list(found.values()) == [b"\x01\x02\x03", b"\x04\x05", b"\x06"]


def test_an_item_cut_short_stays_in_its_list(bench: Bench) -> None:
    """What was read of it can be looked at."""
    schema = """
    seq: [{id: items, type: item, repeat: expr, repeat-expr: 3}]
    types: {item: {seq: [{id: a, type: u1}, {id: b, type: u2}]}}
    """
    reading = bench.read(schema, "01 0002 03 04")
    assert [(one.code, one.path) for one in reading.findings] == [("S101", "items[1].b")]
    assert evaluate(reading, "items[1].a").value == 3
    assert evaluate(reading, "items.size").value is Missing.ABANDONED


@pytest.mark.parametrize(
    ("options", "content", "value"),
    [
        ("terminator: 0x2e, pad-right: 0x2e", "61622e2e2e", b"ab"),
        ("terminator: 0x2e, pad-right: 0x2e, include: true", "61622e2e2e", b"ab."),
        ("terminator: 0x2e, pad-right: 0x2e, include: true", "616263642e", b"abcd."),
        ("terminator: 0x2e, pad-right: 0x2e, include: true", "6162636465", b"abcde"),
        ("terminator: 0x2e, pad-right: 0x2b", "61622e2b2b", b"ab"),
        ("pad-right: 0x2b", "61622b2b2b", b"ab"),
    ],
)
def test_padding_that_is_the_terminator(
    bench: Bench, options: str, content: str, value: bytes
) -> None:
    """One of it ends the value, the rest fills it up; neither is a finding."""
    schema = f"seq: [{{id: a, size: 5, {options}}}]"
    assert bench.values(schema, content) == {"a": value}


def test_bytes_between_terminator_and_padding_are_found(bench: Bench) -> None:
    """Only the byte of the padding may stand there."""
    schema = "seq: [{id: a, size: 5, terminator: 0x2e, pad-right: 0x2e}]"
    assert bench.codes(schema, "61 2e 62 2e 2e") == ["S107"]


def test_one_bit_with_an_enum_is_a_number(bench: Bench) -> None:
    """Without one it is a boolean."""
    schema = """
    seq: [{id: a, type: b1, enum: side}, {id: b, type: b1}, {id: c, type: b6}]
    enums: {side: {0: left, 1: right}}
    instances: {d: {value: 'a == side::right and b'}}
    """
    found = bench.values(schema, "c0")
    assert (found["a"], found["b"], found["d"]) == (1, True, True)
    assert found["a"] is not True


@pytest.mark.parametrize(
    ("content", "value", "codes"), [("41 42", "AB", []), ("41 ff", None, ["B206"])]
)
def test_a_list_of_integers_as_bytes(
    bench: Bench, content: str, value: str | None, codes: list[str]
) -> None:
    """Each must fit a byte."""
    schema = """
    seq: [{id: a, type: u1}, {id: b, type: s1}]
    instances: {c: {value: '[a, b].as<bytes>'}, d: {value: 'c.to_s("ASCII")'}}
    """
    reading = bench.read(schema, content)
    assert [one.code for one in reading.findings] == codes
    found = evaluate(reading, "d").value
    assert found == value or (value is None and found is Missing.ABANDONED)


@pytest.mark.parametrize(("content", "codes"), [("00" * 9, []), ("01" + "ff" * 8, ["B206"])])
def test_a_choice_between_u64_and_a_negative(bench: Bench, content: str, codes: list[str]) -> None:
    """It is s64; what does not fit is a fault where it is chosen."""
    schema = """
    seq: [{id: tag, type: u1}, {id: big, type: u8}]
    instances: {a: {value: 'tag == 0 ? -1 : big'}}
    """
    assert bench.codes(schema, content) == codes


@pytest.mark.parametrize("text", ["kind > side::left", "-kind", "~kind", "kind + 1", "kind == 1"])
def test_an_enum_is_no_number(bench: Bench, text: str) -> None:
    """It is compared for equality with its own members, or turned into one by `to_i`."""
    schema = (
        "seq: [{id: kind, type: u1, enum: side}]\n"
        f"instances: {{a: {{value: '{text}'}}, b: {{value: kind.to_i + 1}}}}\n"
        "enums: {side: {0: left}}\n"
    )
    problem = bench.problem(schema)
    assert (problem.code, place(problem)[0]) == ("Q906", 3)


@pytest.mark.parametrize(
    "text",
    [
        'a == 0 ? 1 : "x"',
        "a == 0 ? a : side::left",
        '[1, "x"]',
        "[side::left, 1]",
        "true ? [1] : a",
    ],
)
def test_unlike_values_have_no_type(bench: Bench, text: str) -> None:
    """A choice, or a list, is of one kind."""
    schema = f"seq: [{{id: a, type: u1}}]\ninstances:\n  b: {{value: '{text}'}}\n"
    problem = bench.problem(schema + "enums: {side: {0: left}}\n")
    assert (problem.code, place(problem)[0]) == ("Q906", 4)


def test_what_no_case_takes_is_bytes(bench: Bench) -> None:
    """In a switch with a size, the rest is left as it is, and can be asked for."""
    schema = """
    seq:
      - {id: tag, type: u1}
      - {id: body, size: 2, type: {switch-on: tag, cases: {1: one}}}
    types: {one: {seq: [{id: n, type: u2}]}}
    """
    assert evaluate(leniently(bench, schema, "02 6162"), "body.as<bytes>").value == b"ab"
    assert evaluate(leniently(bench, schema, "01 6162"), "body.as<one>.n").value == 0x6261
    assert evaluate(leniently(bench, schema, "01 6162"), "body.as<bytes>").value is (
        Missing.ABANDONED
    )


ODD = """
seq: [{id: raw, size: 2}]
instances:
  a: {pos: 0, size: 2, type: str, encoding: 'utf-7'}
  b: {value: 'raw.to_s("utf-7")'}
"""


def test_an_unknown_encoding_is_refused(bench: Bench) -> None:
    """Python's own list of codecs is not ours."""
    assert {one.code for one in bench.problems(ODD)} == {"Q907"}


@pytest.mark.parametrize("member", ["a", "b"])
def test_leniently_an_unknown_encoding_counts_when_used(bench: Bench, member: str) -> None:
    """As with Kaitai, the schema loads, and the string cannot be had."""
    reading = leniently(bench, ODD, "6162")
    assert reading.findings == ()
    found = evaluate(reading, member)
    assert found.value is Missing.ABANDONED
    assert len(found.findings) == 1


def test_the_line_of_a_case(bench: Bench) -> None:
    """A mistake in the type of a case stands at the case, not at the switch."""
    text = "seq:\n  - id: a\n    type:\n      switch-on: 1\n      cases:\n        1: u1\n"
    assert place(bench.problem(text + "        2: nothing\n")) == (8, 12)
    assert place(bench.problem(text + "        2: box(nope)\ntypes: {box: {}}\n")) == (8, 12)


BITS = """
seq: [{id: a, type: b4}, %s]
types:
  inner: {seq: [{id: b, type: b4}, {id: c, type: u1}]}
  bytewise: {seq: [{id: c, type: u1}]}
"""


@pytest.mark.parametrize(
    ("attribute", "content", "values"),
    [
        ("{id: x, type: inner}", "a507", [0xA, 5, 7]),
        ("{id: x, type: inner, size: 2}", "a05007", [0xA, 5, 7]),
        ("{id: x, type: bytewise}", "a007", [0xA, 7]),
        ("{id: x, type: inner, repeat: eos}", "a507 6008", [0xA, 5, 7, 6, 8]),
        ("{id: x, type: {switch-on: a, cases: {10: inner}}}", "a507", [0xA, 5, 7]),
        ("{id: x, size: 0}, {id: y, type: b8}", "a007", [0xA, b"", 7]),
        ("{id: x, type: u1, repeat: expr, repeat-expr: 0}, {id: y, type: b4}", "a5", [0xA, 5]),
    ],
)
def test_a_structure_may_begin_inside_a_byte(
    bench: Bench, attribute: str, content: str, values: list[object]
) -> None:
    """Only what takes whole bytes begins at one; a structure does as its first attribute does."""
    assert list(bench.values(BITS % attribute, content).values()) == values


def test_a_structure_that_begins_inside_a_byte_has_that_byte(bench: Bench) -> None:
    """Its span, too, begins with the byte that its first bits are in."""
    reading = bench.read(BITS % "{id: x, type: inner}", "a507")
    found = view_of(reading, "x").span
    assert found is not None
    assert (found.start, found.end) == (0, 2)


def test_the_bits_that_are_left_are_not_the_end(bench: Bench) -> None:
    """A list up to the end tries one more element, and finds nothing, as in Kaitai."""
    found = bench.finding("seq: [{id: a, type: b4}, {id: b, type: u1, repeat: eos}]", "a0")
    assert (found.code, found.path) == ("S101", "b[0]")
