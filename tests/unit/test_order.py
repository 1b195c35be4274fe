"""Findings (SEMANTICS §6): a total order, the first so many kept, one for each failing element."""

from __future__ import annotations

import pytest

from harness.findings.model import sort_key
from tests.unit.bench import Bench, span

LIST = "seq: [{id: a, type: u1, repeat: eos, valid: 0}]"


def test_findings_are_sorted(bench: Bench) -> None:
    """They come by start, end, severity, code, rule and number of the node."""
    schema = """
    seq:
      - {id: a, type: u1, valid: 9, -padding: zero}
      - {id: b, type: u1, valid: 9}
      - {id: rest, size: 1}
    -invariants:
      - {id: zzz, check: a == 9}
      - {id: note, check: a == 9, severity: note}
      - {id: aaa, check: a == 9}
    """
    found = bench.read(schema, "01 02 03").findings
    assert list(found) == sorted(found, key=sort_key)
    assert [(f.code, f.rule) for f in found] == [
        ("B202", ""), ("S107", ""), ("I501", "aaa"), ("I501", "zzz"), ("I501", "note"),
        ("B202", ""),
    ]  # fmt: skip


def test_the_order_is_total(bench: Bench) -> None:
    """No two findings have the same key, even at the same bytes."""
    schema = """
    seq: [{id: a, type: t}, {id: b, type: t}]
    types: {t: {seq: [{id: x, size: 0, valid: '[1]'}]}}
    """
    keys = [sort_key(finding) for finding in bench.read(schema, "").findings]
    assert len(keys) == 2
    assert len(set(keys)) == 2


def test_the_same_content_gives_the_same_findings(bench: Bench) -> None:
    """Two readings agree to the letter."""
    assert bench.read(LIST, "010203").findings == bench.read(LIST, "010203").findings


@pytest.mark.parametrize(("limit", "kept", "dropped"), [(2, 2, 3), (5, 5, 0), (1, 1, 4)])
def test_the_first_are_kept(bench: Bench, limit: int, kept: int, dropped: int) -> None:
    """The first in reading order are kept, the rest is counted by code."""
    reading = bench.read(LIST, "0102030405", max_findings=limit)
    assert [finding.path for finding in reading.findings] == [f"a[{n}]" for n in range(kept)]
    assert dict(reading.dropped) == ({"B202": dropped} if dropped else {})


def test_reading_order_is_not_byte_order(bench: Bench) -> None:
    """What is read first is kept, although it is sorted by its bytes."""
    schema = """
    seq: [{id: skip, size: 1}, {id: a, type: u1, valid: 0}]
    instances: {b: {pos: 0, type: u1, valid: 0, -overlap: allow}}
    """
    assert [f.path for f in bench.read(schema, "0102").findings] == ["b", "a"]
    reading = bench.read(schema, "0102", max_findings=1)
    assert ([f.path for f in reading.findings], dict(reading.dropped)) == (["a"], {"B202": 1})


def test_an_error_is_never_hidden(bench: Bench) -> None:
    """Beyond the limit the first finding of a worse severity is still kept."""
    schema = """
    seq: [{id: a, type: t, repeat: eos}]
    types:
      t:
        seq: [{id: x, type: u1}]
        -invariants:
          - {id: quiet, check: x == 0, severity: note}
          - {id: loud, check: x != 9}
    """
    reading = bench.read(schema, "01020309", max_findings=1)
    assert [(f.rule, f.path) for f in reading.findings] == [("quiet", "a[0]"), ("loud", "a[3]")]
    assert dict(reading.dropped) == {"I501": 3}


ALL = """
seq: [{id: a, type: %s, repeat: eos}]
types: {t: {seq: [{id: x, type: u1}]}}
-invariants: [{id: rule, check: a.all(%s < 5)}]
"""


@pytest.mark.parametrize(("type_", "item"), [("u1", "_"), ("t", "_.x")])
def test_all_reports_each_failing_element(bench: Bench, type_: str, item: str) -> None:
    """A top-level `.all` names every element that fails, with its bytes."""
    found = bench.read(ALL % (type_, item), "01 05 02 07").findings
    assert [(f.code, f.rule, f.path, span(f)) for f in found] == [
        ("I501", "rule", "a[1]", (1, 2)), ("I501", "rule", "a[3]", (3, 4)),
    ]  # fmt: skip
    assert [(f.expected, f.actual) for f in found] == [
        ("expected < 5", f"`{item}` is 5"), ("expected < 5", f"`{item}` is 7"),
    ]  # fmt: skip


@pytest.mark.parametrize("type_", ["{type: strz, encoding: ASCII}", "{terminator: 0}"])
def test_all_over_a_list_of_strings_spans_the_string(bench: Bench, type_: str) -> None:
    """The element is the whole string, not the character with the element's number."""
    schema = f"""
    seq: [{{id: names, repeat: eos, {type_.strip("{}")}}}]
    -invariants: [{{id: rule, check: names.all(_.length < 3)}}]
    """
    found = bench.read(schema, "6100 620063006100 61626300").findings
    assert [(f.path, span(f)) for f in found] == [("names[4]", (8, 12))]


def test_all_below_an_operator_is_one_finding(bench: Bench) -> None:
    """Inside another condition `.all` is one value."""
    schema = """
    seq: [{id: a, type: u1, repeat: eos}]
    -invariants: [{id: rule, check: a.all(_ < 5) and true}]
    """
    assert [f.path for f in bench.read(schema, "05 06").findings] == [""]


def test_checks_come_children_first(bench: Bench) -> None:
    """Of checks over one file, those of the inner structures are kept first."""
    schema = """
    seq: [{id: a, type: t}]
    types: {t: {seq: [{id: x, type: u1}], -invariants: [{id: inner, check: x == 0}]}}
    -invariants: [{id: outer, check: a.x == 0}]
    """
    reading = bench.read(schema, "01", max_findings=1)
    assert [finding.rule for finding in reading.findings] == ["inner"]


def test_accounting_comes_last(bench: Bench) -> None:
    """Unread bytes are found after all rules."""
    schema = "seq: [{id: a, type: u1}]\n-invariants: [{id: rule, check: a == 0}]"
    reading = bench.read(schema, "01 02", max_findings=1)
    assert [finding.code for finding in reading.findings] == ["I501"]
    assert dict(reading.dropped) == {"S109": 1}
