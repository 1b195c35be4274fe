"""The table of exit codes as data: which row a finding calls for, and which row wins."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from harness.cli import exit_codes, main
from harness.cli.exit_codes import (
    CLEAN,
    FAILED,
    FINDINGS,
    INTERRUPTED,
    NOTHING,
    REFUSED,
    ROWS_OF_TOOL_CODES,
    TABLE,
    first_of,
    row_of,
    row_of_all,
)
from harness.findings.model import Finding, Severity
from harness.findings.registry import RULES


def _finding(code: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code=code, severity=severity, file="a")


def test_the_rows_stand_in_the_order_that_decides() -> None:
    """The order is the design's, not that of the numbers."""
    assert [row.number for row in TABLE] == [130, 1, 2, 10, 3, 0]


def test_the_documented_table_is_this_one() -> None:
    """`docs/exit-codes.md` lists the same numbers in the same order."""
    page = Path(__file__).parents[2] / "docs" / "exit-codes.md"
    rows = [line.split("|")[1].strip() for line in page.read_text().splitlines() if "|" in line]
    assert rows[2:] == [str(row.number) for row in TABLE]


def test_every_code_of_the_tool_itself_has_its_row() -> None:
    """A new T0xx code that sets no row would pass for a clean result."""
    assert set(ROWS_OF_TOOL_CODES) == {code for code in RULES if code.startswith("T")}


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(TABLE, 2)))
def test_of_two_rows_the_earlier_wins(
    first: exit_codes.ExitCode, second: exit_codes.ExitCode
) -> None:
    """Whatever their order of appearance."""
    assert first_of([second, first]) is first_of([first, second]) is first


def test_an_engine_that_was_asked_for_must_judge() -> None:
    """The slower one, as a choice of ours, is none of the content's faults."""
    assert row_of(_finding("T014"), Severity.ERROR) is FAILED
    assert row_of(_finding("T014", Severity.NOTE), Severity.NOTE) is CLEAN


def test_nothing_wrong_is_clean() -> None:
    """No row at all is the last one."""
    assert first_of([]) is CLEAN


@pytest.mark.parametrize(
    ("fail_on", "severity", "row"),
    [
        (Severity.ERROR, Severity.ERROR, FINDINGS),
        (Severity.ERROR, Severity.WARNING, CLEAN),
        (Severity.WARNING, Severity.WARNING, FINDINGS),
        (Severity.WARNING, Severity.NOTE, CLEAN),
        (Severity.NOTE, Severity.NOTE, FINDINGS),
    ],
)
def test_fail_on_draws_the_line(
    fail_on: Severity, severity: Severity, row: exit_codes.ExitCode
) -> None:
    """Findings from that severity up count."""
    assert row_of(_finding("B202", severity), fail_on) is row


def test_a_check_that_could_not_be_made_counts_whatever_fail_on_says() -> None:
    """Its row is its own."""
    assert row_of(_finding("T001", Severity.NOTE), Severity.ERROR) is REFUSED
    assert row_of(_finding("T004"), Severity.ERROR) is NOTHING
    assert row_of(_finding("T008"), Severity.ERROR) is FAILED


def test_a_schema_with_errors_is_bad_input_unless_it_is_what_is_checked() -> None:
    """2 everywhere, 10 for `schema check` and the gate."""
    assert row_of(_finding("Q905"), Severity.ERROR) is REFUSED
    assert row_of(_finding("Q905"), Severity.ERROR, lint=FINDINGS) is FINDINGS


def test_two_inputs_with_different_outcomes_give_the_row_that_wins() -> None:
    """A missing file outranks findings, findings outrank a file of no known schema."""
    missing, broken, unknown = _finding("T001"), _finding("S101"), _finding("T003")
    assert row_of_all([broken, missing, unknown], Severity.ERROR) is REFUSED
    assert row_of_all([unknown, broken], Severity.ERROR) is FINDINGS
    assert first_of([row_of(broken, Severity.ERROR), INTERRUPTED]) is INTERRUPTED


def test_the_entry_point_knows_its_two_numbers() -> None:
    """It says them before the table is loaded, or where it cannot be."""
    assert INTERRUPTED.number == main.INTERRUPTED
    assert FAILED.number == main.FAILED
