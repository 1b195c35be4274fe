"""Reading as stock Kaitai does: lazily, and only what Kaitai rejects is found."""

from __future__ import annotations

import zlib

import pytest

from harness.reading import Reader, Reading, demand, evaluate
from harness.reading.tree import Missing
from harness.schema import load
from tests.unit.bench import Bench, values_of

PACKED = zlib.compress(b"abc").hex()

# a schema, content, and what a strict reader finds in it
ACCEPTED = {
    "trailing bytes": ("seq: [{id: a, type: u1}]", "01 02", "S109"),
    "an unread region": (
        "seq: [{id: a, size: 2, type: t}]\ntypes: {t: {seq: [{id: b, type: u1}]}}",
        "01 02",
        "S110",
    ),
    "a gap": ("instances: {a: {pos: 1, type: u1}, b: {value: a}}", "01 02", "S111"),
    "an overlap": (
        "seq: [{id: a, type: u2}]\ninstances: {b: {pos: 1, type: u1}}",
        "01 02",
        "S112",
    ),
    "an unknown case": ("seq: [{id: a, type: {switch-on: 1, cases: {2: u1}}}]", "", "S104"),
    "an unknown case of a size": (
        "seq: [{id: a, size: 1, type: {switch-on: 1, cases: {2: t}}}]\ntypes: {t: {}}",
        "07",
        "S104",
    ),
    "an unknown member": ("seq: [{id: a, type: u1, enum: e}]\nenums: {e: {1: x}}", "07", "S105"),
    "bits that fill a byte up": ("seq: [{id: a, type: b3}]", "07", "S107"),
    "bytes after a terminator": ("seq: [{id: a, type: strz, size: 3}]", "41 00 41", "S107"),
    "no terminator in a size": ("seq: [{id: a, type: strz, size: 2}]", "41 41", "S102"),
    "fewer than no elements": (
        "seq: [{id: n, type: s1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]",
        "ff",
        "C301",
    ),
    "bytes after the end of zlib data": (
        f"seq: [{{id: a, size: {len(PACKED) // 2 + 1}, process: zlib}}]",
        PACKED + "00",
        "S118",
    ),
    "an invariant of ours": (
        "seq: [{id: a, type: u1}]\n-invariants: [{id: zero, check: a == 0}]",
        "01",
        "I501",
    ),
    "an order of ours": (
        "seq: [{id: a, type: u1, repeat: eos, -sorted-by: _}]",
        "02 01",
        "I503",
    ),
}

# a schema, content, and what any reader finds in it
REJECTED = {
    "other contents": ("seq: [{id: a, contents: [1]}]", "02", "S103"),
    "a value that is not valid": ("seq: [{id: a, type: u1, valid: {max: 1}}]", "02", "B201"),
    "too few bytes": ("seq: [{id: a, type: u2}]", "02", "S101"),
    "no terminator": ("seq: [{id: a, type: strz}]", "41", "S102"),
    "a byte order that nothing decides": (
        "meta: {id: sample, endian: {switch-on: 1, cases: {2: le}}}\nseq: [{id: a, type: u2}]",
        "01 02",
        "S115",
    ),
    "no text": ("seq: [{id: a, type: str, size: 1}]", "ff", "S106"),
    "no zlib data": ("seq: [{id: a, size: 1, process: zlib}]", "00", "S118"),
    "a negative size": ("seq: [{id: n, type: s1}, {id: a, size: n}]", "ff", "B205"),
    "an index beyond a list": (
        "seq: [{id: a, type: u1, repeat: eos}, {id: b, size: 'a[7]'}]",
        "01",
        "B203",
    ),
}


def read(bench: Bench, text: str, content: str) -> Reading:
    """Load and read leniently."""
    schema = load(bench.write(text), use_cache=False, lenient=True)
    return Reader(schema, lenient=True).read(bytes.fromhex(content), file="content")


def codes(reading: Reading) -> list[str]:
    """What was found."""
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_kaitai_accepts_is_accepted(bench: Bench, name: str) -> None:
    """A strict reader finds it."""
    text, content, code = ACCEPTED[name]
    assert code in bench.codes(text, content)
    assert codes(read(bench, text, content)) == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_rules_of_ours_are_not_applied_by_a_lenient_reader(bench: Bench, name: str) -> None:
    """Though the schema was loaded with them."""
    text, content, _ = ACCEPTED[name]
    reader = Reader(bench.schema(text), lenient=True)
    assert codes(reader.read(bytes.fromhex(content), file="content")) == []


@pytest.mark.parametrize("name", REJECTED)
def test_what_kaitai_rejects_is_rejected(bench: Bench, name: str) -> None:
    """By both readers."""
    text, content, code = REJECTED[name]
    assert code in codes(read(bench, text, content))
    assert code in bench.codes(text, content)


def test_a_loop_that_reads_nothing_ends_at_the_limit(bench: Bench) -> None:
    """A strict reader says so at once; the next element might take something, as here it does."""
    endless = "seq: [{id: a, type: t, repeat: eos}]\ntypes: {t: {}}"
    assert codes(read(bench, endless, "01")) == ["L602"]
    growing = "seq: [{id: a, size: _index, repeat: eos}]"
    assert (codes(read(bench, growing, "010203")), bench.codes(growing, "010203")) == ([], ["S113"])


LAZY = """
    seq: [{id: a, type: u1}]
    instances:
      broken: {pos: 0, size: 9}
      far: {pos: 7, type: u1}
      sound: {pos: 0, type: u1}
      computed: {value: far + 1}
    """


def test_instances_wait_until_they_are_asked_for(bench: Bench) -> None:
    """What is wrong with one is nobody's concern before."""
    reading = read(bench, LAZY, "05")
    assert codes(reading) == []
    assert values_of(reading) == {"a": 5}
    assert evaluate(reading, "sound").value == 5
    assert [one.code for one in evaluate(reading, "broken").findings] == ["S101"]
    assert [one.code for one in evaluate(reading, "computed").findings] == ["S101"]


def test_all_instances_are_read_on_wish(bench: Bench) -> None:
    """And what is wrong with them is then found."""
    schema = load(bench.write(LAZY), use_cache=False, lenient=True)
    reading = Reader(schema, lenient=True).read(b"\5", file="content", instances=True)
    assert codes(reading) == ["S101", "S101"]
    assert values_of(reading) == {"a": 5, "sound": 5}


def test_an_instance_that_something_needs_is_read(bench: Bench) -> None:
    """And then it is as much a part of the content as an attribute."""
    text = """
        seq: [{id: a, size: n}]
        instances: {n: {pos: 7, type: u1}}
        """
    assert "S101" in codes(read(bench, text, "01"))


def test_a_position_after_the_end_is_no_fault_of_its_own(bench: Bench) -> None:
    """Only reading there is, and a negative one always is."""
    text = """
        seq: [{id: a, type: s1}]
        instances:
          nothing: {pos: 9, size-eos: true}
          empty: {pos: 9, type: t}
          something: {pos: 9, type: u1}
          before: {pos: a, size: 0}
        types: {t: {}}
        """
    reading = read(bench, text, "ff")
    assert evaluate(reading, "nothing").value == b""
    assert evaluate(reading, "empty").is_present
    assert [one.code for one in evaluate(reading, "something").findings] == ["S101"]
    assert [one.code for one in evaluate(reading, "before").findings] == ["B204"]


def test_an_instance_without_a_position_reads_on(bench: Bench) -> None:
    """Where the stream stands, which then stands after it."""
    text = """
        seq: [{id: a, type: u1}]
        instances: {b: {type: u1}, c: {type: u1}}
        """
    reading = read(bench, text, "01 02 03")
    assert [evaluate(reading, name).value for name in ("c", "b", "c")] == [2, 3, 2]


def test_what_is_broken_in_one_place_is_broken_wherever_it_is_shared(bench: Bench) -> None:
    """Nothing of it is passed on as if it were sound."""
    text = """
        seq: [{id: n, type: u1}]
        instances: {a: {pos: 0, type: t}, b: {pos: 0, type: t}, c: {value: b.one}}
        types: {t: {seq: [{id: one, type: u1}, {id: two, type: u4}]}}
        """
    reading = read(bench, text, "01")
    first = demand(reading.root, 1)
    assert first.value is Missing.ABANDONED
    assert [one.code for one in first.findings] == ["S101"]
    assert evaluate(reading, "b").value is Missing.ABANDONED
    assert evaluate(reading, "c").value is Missing.ABANDONED


NULLS = """
    seq:
      - {id: n, type: u1}
      - {id: missed, type: u1, if: n == 0}
      - {id: list, type: u1, repeat: eos}
    instances:
      gone: {pos: 0, type: u1, if: n == 0}
      flag: {value: n == 1, if: n == 0}
      named: {value: missed}
      counted: {value: missed == 1}
      same: {value: gone}
      chosen: {value: 'n == 1 ? gone : n'}
      equal: {value: gone == 1}
      unequal: {value: gone != 1}
      both: {value: gone == same}
      untrue: {value: not flag}
      either: {value: flag or n == 1}
      sum: {value: gone + 1}
      beyond: {value: 'list[9]'}
      indirect: {value: beyond}
      taken: {value: 'flag ? 1 : 2'}
    """


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("same", None),
        ("chosen", None),
        ("equal", False),
        ("unequal", True),
        ("both", True),
        ("untrue", True),
        ("either", True),
        ("taken", 2),
    ],
)
def test_an_absent_instance_can_be_passed_on_and_compared(
    bench: Bench, name: str, wanted: object
) -> None:
    """It is null then, equal only to itself, and not true."""
    answer = evaluate(read(bench, NULLS, "01 02"), name)
    assert answer.findings == ()
    assert (answer.value if answer.is_present else None) == wanted


@pytest.mark.parametrize(
    ("name", "code"),
    [("sum", "S117"), ("beyond", "B203"), ("named", "S117"), ("counted", "S117")],
)
def test_what_is_absent_cannot_be_computed_with(bench: Bench, name: str, code: str) -> None:
    """Nor taken from a list; and an attribute that is not there cannot even be named."""
    answer = evaluate(read(bench, NULLS, "01 02"), name)
    assert answer.value is Missing.ABANDONED
    assert [one.code for one in answer.findings] == [code]


def test_a_long_chain_of_comparisons_with_null_ends(bench: Bench) -> None:
    """Each side is evaluated once; were it twice, these would take longer than anyone waits."""
    links = 80
    text = f"""
        seq: [{{id: n, type: u1}}]
        instances:
          gone: {{value: n == 1, if: n == 0}}
          chain: {{value: '{"(" * links}gone{" == gone)" * links}'}}
        """
    assert evaluate(read(bench, text, "01"), "chain").value is False


def test_an_absent_instance_is_passed_on_as_an_argument(bench: Bench) -> None:
    """And is null there too; what is not there at all is not passed on."""
    text = """
        seq: [{id: n, type: u1}, {id: missed, type: u1, if: n == 0}, {id: a, type: 't(%s)'}]
        instances: {gone: {value: n, if: n == 0}}
        types: {t: {params: [{id: p, type: u1}], instances: {q: {value: p == 1}}}}
        """
    assert evaluate(read(bench, text % "gone", "01"), "a.q").value is False
    assert codes(read(bench, text % "missed", "01")) == ["S117"]


def test_a_switch_over_null_takes_what_is_left(bench: Bench) -> None:
    """As it takes any value that no case names."""
    text = """
        seq: [{id: n, type: u1}]
        instances:
          gone: {value: n, if: n == 0}
          a: {pos: 0, type: {switch-on: gone, cases: {1: u2, _: u1}}}
        """
    assert evaluate(read(bench, text, "01"), "a").value == 1


def test_an_element_that_no_case_reads_is_none(bench: Bench) -> None:
    """The list has only those that were read."""
    text = """
        seq:
          - id: a
            type: {switch-on: _index, cases: {1: u1}}
            repeat: expr
            repeat-expr: 3
          - {id: n, size: a.size}
        """
    reading = read(bench, text, "07 08")
    assert values_of(reading) == {"a[0]": 7, "n": b"\x08"}


@pytest.mark.parametrize(
    ("position", "left"), [("pos: 0, ", "not read"), ("", "read")], ids=["with", "without"]
)
def test_bits_left_of_a_byte_are_lost_by_a_jump(bench: Bench, position: str, left: str) -> None:
    """An instance without a position goes on with them."""
    text = f"""
        seq: [{{id: a, type: b4}}]
        instances: {{b: {{{position}type: b4}}}}
        """
    value = evaluate(read(bench, text, "12 34"), "b").value
    assert value == {"not read": 1, "read": 2}[left]


def test_a_part_of_a_string_is_what_there_is_of_it(bench: Bench) -> None:
    """A strict reader finds an index beyond the end."""
    text = """
        seq: [{id: a, type: str, size: 2}]
        instances: {b: {value: 'a.substring(1, 9)'}}
        """
    assert evaluate(read(bench, text, "41 42"), "b").value == "B"


def test_arithmetic_is_signed_or_not_as_it_comes(bench: Bench) -> None:
    """Within 64 bits; beyond them Kaitai's targets do not agree with each other."""
    text = """
        seq: [{id: a, type: u8}, {id: b, type: s1}]
        instances: {less: {value: a - b}, more: {value: a + a}}
        """
    reading = read(bench, text, "ff ff ff ff ff ff ff ff 01")
    assert evaluate(reading, "less").value == (1 << 64) - 2
    assert [one.code for one in evaluate(reading, "more").findings] == ["B206"]


def test_a_parameter_is_held_against_no_width(bench: Bench) -> None:
    """As in Kaitai's parsers; a strict reader reports the overflow."""
    text = """
        seq: [{id: n, type: u2}, {id: a, type: t(n)}]
        types: {t: {params: [{id: p, type: u1}], instances: {q: {value: p}}}}
        """
    assert evaluate(read(bench, text, "00 01"), "a.q").value == 256
    assert bench.codes(text, "00 01") == ["B206"]
