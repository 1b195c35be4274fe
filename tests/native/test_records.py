"""Records of the native engine become the findings that the reference reader would make."""

from __future__ import annotations

import struct

import pytest

from harness.findings.model import Finding, Place, Severity, Span
from harness.native.records import Decoder, Home
from harness.native.wording import Tag
from tests.native.stand_in import LEGEND, record, steps, value

HOMES = (Home("a.box"), Home("a.lid", "lid:"))
AT_X = ((0, 0, 3), (1, 0, -1))


def decoded(*records: bytes) -> tuple[Finding, ...]:
    """Findings of these records."""
    return Decoder(LEGEND).findings(memoryview(b"".join(records)), HOMES)


def said(message: int, *values: bytes) -> tuple[str, str]:
    """What a message says of values."""
    (finding,) = decoded(record(message, *AT_X, values=values))
    return finding.expected, finding.actual


def test_a_record_is_a_finding() -> None:
    """Path and rule come from the steps, the rest from the message."""
    (finding,) = decoded(record(1, *AT_X, values=[value(Tag.INT, 7)], span=(4, 6)))
    assert finding == Finding(
        code="S105",
        severity=Severity.ERROR,
        file="a.box",
        path="parts[3].x",
        span=Span(4, 6),
        expected="`kind`",
        actual="7",
        source=Place("box.ksy", 6),
    )


def test_a_finding_on_the_top_stands_at_its_type() -> None:
    """Where there are no steps, the content says whose top it is."""
    first, second = decoded(record(0), record(0, home=1))
    assert (first.path, first.source) == ("", Place("box.ksy", 1))
    assert (second.file, second.path, second.source) == ("a.lid", "lid:", Place("lid.ksy", 1))


def test_the_author_s_words_and_severity_come_from_the_source() -> None:
    """Where it has none, the rule's own severity counts."""
    numbers = [value(Tag.INT, 1), value(Tag.INT, 2)]
    plain, broken = decoded(record(2, values=numbers), record(2, source=1, values=numbers))
    assert (plain.severity, plain.reason, plain.rule) == (Severity.ERROR, "", "")
    assert (broken.severity, broken.reason, broken.rule) == (
        Severity.WARNING,
        "it is small",
        "small",
    )


def test_a_contract_that_meets_a_fault_names_it() -> None:
    """The values are those of the fault."""
    (finding,) = decoded(record(4, source=2, fault=4, values=[value(Tag.INT, 300)]))
    assert finding.actual == "evaluating it gives B206 at ``x` = 300`"
    assert (finding.expected, finding.severity) == ("expected an answer", Severity.NOTE)


def test_findings_stand_in_the_order_of_output() -> None:
    """By span first; among equals the order of the tree tells, and numbers them."""
    late = record(0, (0, 0, 1), span=(8, 9))
    found = decoded(late, record(0, (0, 0, 2)), record(0, (0, 0, 0)))
    assert [(one.path, one.order) for one in found] == [
        ("parts[0]", 0),
        ("parts[2]", 2),
        ("parts[1]", 1),
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (value(Tag.INT, (1 << 64) - 1), "-1"),
        (value(Tag.UINT, (1 << 64) - 1), "18446744073709551615"),
        (value(Tag.FLOAT, struct.unpack("=Q", struct.pack("=d", 1e30))[0]), "1e+30"),
        (value(Tag.BOOL, 1), "true"),
        (value(Tag.TEXT, 3, b'a"b'), r'"a\"b"'),
        (value(Tag.TEXT, 70, b"c" * 48), f'"{"c" * 48}" … (70 characters)'),
        (value(Tag.BYTES, 2, b"\x01\xff"), "01 ff"),
        (value(Tag.BYTES, 100, b"\0" * 64), f"{'00 ' * 24}… (100 bytes)"),
        (value(Tag.NODE, 0, steps((0, 0, 2))), "`parts[2]`"),
        (value(Tag.NODE), "`_root`"),
        (value(Tag.LIST, 5), "a list of 5"),
    ],
)
def test_each_kind_of_value_has_the_reader_s_words(given: bytes, words: str) -> None:
    """Cut ones too, which came with their whole length."""
    assert said(2, given, given) == (f"expected {words}", words)


def test_parts_with_unknown_values_are_left_out() -> None:
    """And where none is known, something else is said."""
    none, one = value(Tag.NONE), value(Tag.INT, 1)
    assert said(5, one, one)[1] == "`a` is 1, `b` is 1"
    assert said(5, none, one)[1] == "`b` is 1"
    assert said(5, none, none)[1] == "it is false"


def test_values_have_other_styles() -> None:
    """Kinds, counts, hex, sums, and members of an enum."""
    part, two = value(Tag.NODE, type_=1), value(Tag.BYTES, 2, b"\x02\x03")
    assert said(6, part, value(Tag.INT, 1), two) == ("a `box::part` of 1 byte", "02 03")
    assert said(7, value(Tag.INT, 1)) == ("0x1", "`red` (1)")
    assert said(7, value(Tag.BYTES, 2, b"\x01\x02"))[0] == "0102"


def test_what_was_only_counted_is_told_by_code() -> None:
    """In the order of the codes, without those that are none."""
    counts = [0] * len(LEGEND.codes)
    counts[LEGEND.codes.index("S105")] = 2
    counts[LEGEND.codes.index("I501")] = 1
    assert list(Decoder(LEGEND).dropped(counts).items()) == [("I501", 1), ("S105", 2)]
