"""Attributes: each kind of value, each option of each, each way to repeat it."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, span, values_of

# numbers


@pytest.mark.parametrize(
    ("type_", "content", "expected"),
    [
        ("u1", "ff", 255),
        ("s1", "ff", -1),
        ("u2le", "0102", 0x0201),
        ("u2be", "0102", 0x0102),
        ("s2le", "feff", -2),
        ("s2be", "fffe", -2),
        ("u4le", "01020304", 0x04030201),
        ("u4be", "01020304", 0x01020304),
        ("s4be", "ffffffff", -1),
        ("u8le", "ff" * 8, (1 << 64) - 1),
        ("u8be", "0000000000000001", 1),
        ("s8le", "0000000000000080", -(1 << 63)),
        ("f4le", "0000c03f", 1.5),
        ("f4be", "3fc00000", 1.5),
        ("f8le", "000000000000f83f", 1.5),
        ("f8be", "bff8000000000000", -1.5),
    ],
)
def test_numbers(bench: Bench, type_: str, content: str, expected: float) -> None:
    """Integers and floats of every width are read in both byte orders."""
    assert bench.values(f"seq: [{{id: a, type: {type_}}}]", content) == {"a": expected}


def test_numbers_of_both_orders_stand_together(bench: Bench) -> None:
    """Neighbours keep their own byte order and place."""
    schema = "seq: [{id: a, type: u2le}, {id: b, type: u2be}, {id: c, type: u1}]"
    assert bench.values(schema, "0102030405") == {"a": 0x0201, "b": 0x0304, "c": 5}


# bits


@pytest.mark.parametrize(
    ("types", "content", "expected"),
    [
        (("b4be", "b4be"), "12", [1, 2]),
        (("b4le", "b4le"), "12", [2, 1]),
        (("b12be", "b4be"), "1234", [0x123, 4]),
        (("b12le", "b4le"), "1234", [0x412, 3]),
        (("b3be", "b13be"), "a0ff", [5, 0x00FF]),
        (("b64be",), "0102030405060708", [0x0102030405060708]),
        (("b64le",), "0102030405060708", [0x0807060504030201]),
        (("b1", "b7"), "81", [True, 1]),
    ],
)
def test_bits(bench: Bench, types: tuple[str, ...], content: str, expected: list[int]) -> None:
    """Bit fields fill bytes from the highest bit or from the lowest; one bit is a boolean."""
    fields = ", ".join(f"{{id: a{n}, type: {type_}}}" for n, type_ in enumerate(types))
    assert list(bench.values(f"seq: [{fields}]", content).values()) == expected


def test_a_whole_byte_follows_the_bits(bench: Bench) -> None:
    """After bits a byte begins at the next byte; the bits between are zero."""
    schema = "seq: [{id: a, type: b4}, {id: b, type: u1}]"
    assert bench.values(schema, "1002") == {"a": 1, "b": 2}
    assert bench.codes(schema, "1102") == ["S107"]


# bytes and strings


@pytest.mark.parametrize(
    ("keys", "content", "expected"),
    [
        ("size: 2", "6162", b"ab"),
        ("size: 0", "", b""),
        ("size-eos: true", "616263", b"abc"),
        ("terminator: 0", "616200", b"ab"),
        ("terminator: 0, include: true", "616200", b"ab\0"),
        ("terminator: 0, eos-error: false", "6162", b"ab"),
        ("terminator: [0x0d, 0x0a]", "610d 0a62 0d0a", b"a\r\nb"),
        ("size: 4, terminator: 0", "61620000", b"ab"),
        ("size: 4, terminator: 0, include: true", "61620000", b"ab\0"),
        ("size: 2, terminator: 0, eos-error: false", "6162", b"ab"),
        ("size: 4, pad-right: 0x20", "61622020", b"ab"),
        ("size: 4, pad-right: 0", "61006200", b"a\0b"),
        ("size: 4, terminator: 0x2e, pad-right: 0x20", "61622e20", b"ab"),
        ("size: 2, terminator: 0, pad-right: 0", "6162", b"ab"),
        ("size-eos: true, terminator: 0", "616200", b"ab"),
        ("contents: [0x61, b, 0x63]", "616263", b"abc"),
        ("contents: ab", "6162", b"ab"),
    ],
)
def test_bytes(bench: Bench, keys: str, content: str, expected: bytes) -> None:
    """Bytes end where their size, the stream or a terminator says; padding is cut off."""
    assert bench.values(f"seq: [{{id: a, {keys}}}]", content) == {"a": expected}


def test_a_terminator_may_be_left(bench: Bench) -> None:
    """`consume: false` leaves the terminator for the next attribute."""
    schema = "seq: [{id: a, terminator: 0x2c, consume: false}, {id: b, type: u1}]"
    assert bench.values(schema, "612c") == {"a": b"a", "b": 0x2C}


def test_a_switch_over_bytes(bench: Bench) -> None:
    """Cases of bytes are written as lists."""
    schema = """
    seq:
      - {id: tag, size: 2}
      - {id: body, type: {switch-on: tag, cases: {'[0x61, 0x62]': u1, '[0, 0]': u2}}}
    """
    assert bench.values(schema, "6162 05")["body"] == 5


def test_a_wide_terminator_stands_at_its_own_width(bench: Bench) -> None:
    """The zero of UTF-16 is two bytes at an even offset."""
    schema = "seq: [{id: a, type: strz, encoding: UTF-16LE}, {id: b, type: u1}]"
    assert bench.values(schema, "0001 6100 0000 07") == {"a": "\u0100a", "b": 7}


@pytest.mark.parametrize(
    ("keys", "content", "code", "expected"),
    [
        ("size: 3", "6162", "S101", (0, 2)),
        ("terminator: 0", "6162", "S102", (0, 2)),
        ("size: 2, terminator: 0", "6162", "S102", (0, 2)),
        ("type: strz, size: 2", "6162", "S102", (0, 2)),
        ("size: 4, terminator: 0", "61620063", "S107", (3, 4)),
        ("contents: ab", "6163", "S103", (0, 2)),
        ("type: str, size: 2", "61ff", "S106", (1, 2)),
        ("type: u4", "0102", "S101", (0, 2)),
        ("type: b12", "01", "S101", (0, 1)),
    ],
)
def test_faults_of_values(
    bench: Bench, keys: str, content: str, code: str, expected: tuple[int, int]
) -> None:
    """Each fault of a value has its code and the bytes concerned."""
    finding = bench.finding(f"seq: [{{id: a, {keys}}}]", content)
    assert (finding.code, finding.path, span(finding)) == (code, "a", expected)


@pytest.mark.parametrize(
    ("keys", "content", "expected"),
    [
        ("type: str, size: 2", "c3a9", "é"),
        ("type: str, size: 1, encoding: ISO-8859-1", "e9", "é"),
        ("type: str, size: 2, encoding: UTF-16BE", "00e9", "é"),
        ("type: str, size: 4, encoding: UTF-32LE", "e9000000", "é"),
        ("type: str, size: 1, encoding: IBM437", "82", "é"),
        ("type: str, size: 1, encoding: windows-1252", "80", "€"),
        ("type: str, size: 2, encoding: SJIS", "82a0", "あ"),
        ("type: str, size: 1, encoding: KOI8-R", "c1", "а"),  # noqa: RUF001  # Cyrillic on purpose
        ("type: str, size-eos: true, encoding: ascii", "61", "a"),
        ("type: strz, size: 3", "610000", "a"),
        ("type: str, size: 3, pad-right: 0x20", "612020", "a"),
        ("type: str, terminator: 0x0a", "610a", "a"),
        ("type: strz, include: true", "6100", "a\0"),
        ("type: strz, eos-error: false", "61", "a"),
    ],
)
def test_strings(bench: Bench, keys: str, content: str, expected: str) -> None:
    """A string is bytes in an encoding, with the same options."""
    assert bench.values(f"seq: [{{id: a, {keys}}}]", content) == {"a": expected}


# switches


@pytest.mark.parametrize(
    ("on", "cases", "content", "expected"),
    [
        ("kind", "{1: u1, 2: u2}", "02 0102", 0x0201),
        ("kind", "{1: u1, _: u2}", "07 0102", 0x0201),
        ("kind", "{_: u2, 1: u1}", "01 05", 5),
        ("kind == 1", "{true: u1, false: u2}", "01 05", 5),
        ("kind.to_s", "{'\"1\"': u1, '\"2\"': u2}", "02 0102", 0x0201),
        ("kind * 2", "{4: u2}", "02 0102", 0x0201),
        ("kind", "{limit: u2}", "02 0102", 0x0201),
    ],
)
def test_switches(bench: Bench, on: str, cases: str, content: str, expected: int) -> None:
    """A switch takes the case equal to its value: of numbers, booleans or strings."""
    on = on.replace("'", "''")
    schema = f"""
    seq:
      - {{id: kind, type: u1}}
      - {{id: body, type: {{switch-on: '{on}', cases: {cases}}}}}
    instances: {{limit: {{value: 2}}}}
    """
    assert bench.values(schema, content)["body"] == expected


def test_a_switch_over_an_enum(bench: Bench) -> None:
    """Cases of an enum are written as its members."""
    schema = """
    seq:
      - {id: kind, type: u1, enum: kinds}
      - {id: body, type: {switch-on: kind, cases: {'kinds::one': u1, 'kinds::two': pair}}}
    types: {pair: {seq: [{id: x, type: u1}, {id: y, type: u1}]}}
    enums: {kinds: {1: one, 2: two}}
    """
    assert bench.values(schema, "02 0304") == {"kind": 2, "body.x": 3, "body.y": 4}


SWITCH = """
seq:
  - {id: kind, type: u1}
  - {id: body, %s type: {switch-on: kind, cases: {1: u1}}}
  - {id: after, type: u1}
"""


def test_an_unknown_case_with_a_size_is_stepped_over(bench: Bench) -> None:
    """The finding spans the bytes of the region, and reading goes on after it."""
    reading = bench.read(SWITCH % "size: 2,", "07 0102 09")
    (finding,) = reading.findings
    assert (finding.code, finding.path, span(finding)) == ("S104", "body", (1, 3))
    assert values_of(reading)["after"] == 9


def test_an_unknown_case_without_a_size_ends_the_region(bench: Bench) -> None:
    """Nobody knows where it would end, so nothing after it is read."""
    reading = bench.read(SWITCH % "", "07 0102 09")
    assert [finding.code for finding in reading.findings] == ["S104"]
    assert values_of(reading) == {"kind": 7}


@pytest.mark.parametrize(
    ("size", "content", "expected"),
    [("size: 2,", "07 0102 09", b"\1\2"), ("", "07 09", None)],
)
def test_an_unknown_case_may_be_allowed(
    bench: Bench, size: str, content: str, expected: bytes | None
) -> None:
    """`-unknown: allow` takes the bytes of a size, or nothing without one."""
    values = bench.values(SWITCH % f"{size} -unknown: allow,", content)
    assert (values.get("body"), values["after"]) == (expected, 9)


# enums and valid


def test_an_enum_has_members(bench: Bench) -> None:
    """A value that is no member is a finding, unless that is allowed."""
    schema = "seq: [{id: a, type: u1, enum: e%s}]\nenums: {e: {1: x}}"
    assert bench.codes(schema % "", "01") == []
    assert bench.codes(schema % "", "02") == ["S105"]
    assert bench.codes(schema % ", -unknown: allow", "02") == []


@pytest.mark.parametrize(
    ("keys", "passes", "breaks", "code"),
    [
        ("type: u1, valid: 5", "05", "06", "B202"),
        ("type: u1, valid: {eq: 5}", "05", "06", "B202"),
        ("type: u1, valid: {min: 5}", "05", "04", "B201"),
        ("type: u1, valid: {max: 5}", "05", "06", "B201"),
        ("type: u1, valid: {min: 3, max: 5}", "03", "06", "B201"),
        ("type: u1, valid: {any-of: [1, 5]}", "05", "02", "B202"),
        ("type: u1, valid: {expr: _ % 2 == 1}", "05", "06", "B208"),
        ("type: u1, enum: e, valid: {in-enum: true}", "01", "02", "B202"),
        ("type: u1, enum: e, valid: e::x, -unknown: allow", "01", "02", "B202"),
        ("type: s1, valid: {min: -5}", "fb", "fa", "B201"),
        ("type: f4, valid: {max: 1}", "0000803f", "00000040", "B201"),
        ("type: f4, valid: {min: 1}", "0000807f", "0000c07f", "B201"),
        ("type: f4, valid: {max: 1}", "000080ff", "0000c07f", "B201"),
        ("type: str, size: 1, valid: '\"a\"'", "61", "62", "B202"),
        ("type: str, size: 1, valid: {min: '\"b\"'}", "62", "61", "B201"),
        ("size: 2, valid: '[1, 2]'", "0102", "0103", "B202"),
        ("size: 1, valid: {max: '[0x80]'}", "80", "81", "B201"),
        ("type: b8, valid: 1", "01", "02", "B202"),
        ("type: b1, valid: true", "80", "00", "B202"),
        ("type: u1, valid: _root.limit", "09", "08", "B202"),
    ],
)
def test_valid(bench: Bench, keys: str, passes: str, breaks: str, code: str) -> None:
    """Each form of `valid` passes what it allows and names what it does not."""
    schema = f"""
    seq: [{{id: a, {keys}}}]
    instances: {{limit: {{value: 9}}}}
    enums: {{e: {{1: x}}}}
    """
    assert bench.codes(schema, passes) == []
    finding = bench.finding(schema, breaks)
    assert (finding.code, finding.path, finding.span is not None) == (code, "a", True)


def test_valid_holds_for_each_element(bench: Bench) -> None:
    """In a list each element is judged by itself, with its index."""
    schema = "seq: [{id: a, type: u1, repeat: eos, valid: {expr: _ == _index}}]"
    finding = bench.finding(schema, "00 07 02")
    assert (finding.code, finding.path, span(finding)) == ("B208", "a[1]", (1, 2))


# repetition and conditions


@pytest.mark.parametrize(
    ("repeat", "content", "expected"),
    [
        ("repeat: expr, repeat-expr: 2", "0102", [1, 2]),
        ("repeat: expr, repeat-expr: 0", "", []),
        ("repeat: eos", "010203", [1, 2, 3]),
        ("repeat: eos", "", []),
        ("repeat: until, repeat-until: _ == 0", "0100", [1, 0]),
        ("repeat: until, repeat-until: _index == 2", "010203", [1, 2, 3]),
    ],
)
def test_repetition(bench: Bench, repeat: str, content: str, expected: list[int]) -> None:
    """A count, the end of the stream, or a condition on the element ends a list."""
    values = bench.values(f"seq: [{{id: a, type: u1, {repeat}}}]", content)
    assert list(values.values()) == expected


def test_until_ends_with_the_stream(bench: Bench) -> None:
    """A condition that never holds runs into the end, which is a truncation."""
    schema = "seq: [{id: a, type: u1, repeat: until, repeat-until: _ == 0}]"
    finding = bench.finding(schema, "0102")
    assert (finding.code, finding.path) == ("S101", "a[2]")


def test_a_negative_count(bench: Bench) -> None:
    """A count below zero is a fault of its own."""
    schema = "seq: [{id: n, type: s1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]"
    assert bench.codes(schema, "ff") == ["C301"]


def test_a_negative_size(bench: Bench) -> None:
    """A size below zero is a fault of its own."""
    assert bench.codes("seq: [{id: n, type: s1}, {id: a, size: n}]", "ff") == ["B205"]


@pytest.mark.parametrize("type_", ["empty", "flag"])
def test_a_loop_that_takes_nothing(bench: Bench, type_: str) -> None:
    """An element without bytes would repeat for ever."""
    schema = f"""
    seq: [{{id: a, type: {type_}, repeat: eos}}]
    types:
      empty: {{}}
      flag: {{seq: [{{id: x, size: 0}}]}}
    """
    assert bench.codes(schema, "01") == ["S113"]


@pytest.mark.parametrize(("content", "expected"), [("01 05", {"n": 1, "a": 5}), ("00", {"n": 0})])
def test_conditions(bench: Bench, content: str, expected: dict[str, object]) -> None:
    """An attribute whose condition is false is absent."""
    schema = "seq: [{id: n, type: u1}, {id: a, type: u1, if: n == 1}]"
    assert bench.values(schema, content) == expected


def test_what_uses_an_absent_value_is_silent(bench: Bench) -> None:
    """A computed value, a check and an invariant of an absent attribute say nothing."""
    schema = """
    seq: [{id: n, type: u1}, {id: a, type: u1, if: n == 1}]
    instances: {twice: {value: a * 2}}
    -invariants: [{id: small, check: a < 3}]
    """
    assert bench.values(schema, "00") == {"n": 0}
