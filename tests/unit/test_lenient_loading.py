"""Loading as stock Kaitai does: what our own keys then say, and what foreign ones do."""

from __future__ import annotations

import pytest

from harness.findings.model import Severity
from harness.reading import Reader
from harness.schema import SchemaError, load
from harness.schema.lint import lint
from harness.schema.overlay import Overlay
from tests.unit.bench import Bench

FOREIGN = """
    -vendor: {any: thing}
    seq:
      - {id: a, type: u1, -vendor: 1, valid: {min: 0, -vendor: 1}}
      - id: b
        type: {switch-on: a, -vendor: 1, cases: {1: u1}}
    instances:
      c: {value: a, -vendor: 1}
    """


def test_foreign_keys_are_notes(bench: Bench) -> None:
    """Wherever Kaitai lets them stand; a strict reader is told of a mistake."""
    path = bench.write(FOREIGN)
    assert load(path, use_cache=False, lenient=True).lenient
    noted = [one.severity for one in lint(path, lenient=True) if one.code == "Q902"]
    assert noted == [Severity.NOTE] * 5
    with pytest.raises(SchemaError):
        load(path, use_cache=False)


def test_keys_that_kaitai_does_not_know_stay_mistakes(bench: Bench) -> None:
    """Only `-` marks what is meant for somebody else."""
    path = bench.write("seq: [{id: a, type: u1, vendor: 1}]")
    with pytest.raises(SchemaError) as raised:
        load(path, use_cache=False, lenient=True)
    assert [one.code for one in raised.value.findings] == ["Q902"]


@pytest.mark.parametrize(
    "text",
    [
        "-invariants: 7\n",
        "-layout: {trailing: sometimes}\n",
        "seq: [{id: a, type: u1, -derive: {count-of: nothing}}]\n",
        "seq: [{id: a, type: u1, -refers-to: what}]\n",
        "-coverage: [{}]\n",
    ],
)
def test_our_own_keys_say_nothing(bench: Bench, text: str) -> None:
    """A schema of another tool may give them another meaning."""
    path = bench.write(text)
    with pytest.raises(SchemaError):
        load(path, use_cache=False)
    load(path, use_cache=False, lenient=True)


def test_limits_stay_in_force(bench: Bench) -> None:
    """They protect the reader, so they are read, and must be right."""
    good = bench.write("-limits: {depth: 3}\n")
    assert load(good, use_cache=False, lenient=True).root.limits.depth == 3
    bad = bench.write("-limits: {depth: none}\n", "bad.ksy")
    with pytest.raises(SchemaError):
        load(bad, use_cache=False, lenient=True)


def test_what_was_loaded_leniently_is_not_read_strictly(bench: Bench) -> None:
    """It lacks its rules, so nothing would be found."""
    schema = load(bench.write("seq: [{id: a, type: u1}]"), use_cache=False, lenient=True)
    with pytest.raises(ValueError, match="no rules"):
        Reader(schema)


def test_a_contract_is_not_held_leniently(bench: Bench) -> None:
    """It speaks of what a strict reader reads."""
    schema = bench.schema("seq: [{id: a, type: u1}]")
    with pytest.raises(ValueError, match="contract"):
        Reader(schema, [Overlay(name="any")], lenient=True)
