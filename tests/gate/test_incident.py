"""The files of July 2024: valid, blocked by the contract, and the crash proved."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.box_files import HARNESS, Boxes

_INCIDENT = Path(__file__).parents[2] / "incidents" / "2024-07-crowdstrike-291"


def _report(boxes: Boxes, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [HARNESS, *arguments, "--format", "json"],
        cwd=_INCIDENT,
        env=boxes.environment(),
        capture_output=True,
        check=False,
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def _blocking(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in report["findings"] if one["severity"] == "error"]


@pytest.mark.parametrize("file", ["last_good.bin", "candidate.bin"])
def test_both_files_are_valid_against_their_definitions(boxes: Boxes, file: str) -> None:
    """21 fields, 21 criteria: what a validator could see was right."""
    arguments = ("--schema", "channel_file", "--with", "definitions=definitions.bin")
    assert _report(boxes, "validate", file, *arguments)["exit_code"] == 0


def test_the_last_good_file_passes_the_gate(boxes: Boxes) -> None:
    """Nobody had read field 21 before."""
    report = _report(boxes, "gate", "last_good.bin", "--policy", "gate.toml")
    assert report["gate"]["verdict"] == "pass"


def test_the_candidate_is_blocked_by_the_contract(boxes: Boxes) -> None:
    """Path, bytes and the number 20 are named."""
    report = _report(boxes, "gate", "candidate.bin", "--policy", "gate.toml")
    assert report["exit_code"] == 10
    [broken] = [one for one in _blocking(report) if one["code"] == "K401"]
    assert broken["path"].endswith(".criteria[20]")
    assert broken["span"]["end"] - broken["span"]["start"] == 8
    assert "20" in broken["expected"]


def test_the_crash_is_proved_at_the_event(boxes: Boxes) -> None:
    """Not at load: that is why nothing had noticed."""
    report = _report(boxes, "gate", "candidate.bin", "--policy", "gate.toml")
    [crash] = [one for one in _blocking(report) if one["code"] == "D702"]
    assert "heap-buffer-overflow" in crash["message"]
    assert "event 0" in crash["message"]
    assert "explained by contract rule `inputs-supplied`" in crash["message"]


def test_the_fixed_consumer_takes_the_candidate(boxes: Boxes) -> None:
    """The same file, a version that checks its index."""
    report = _report(boxes, "gate", "candidate.bin", "--policy", "gate-fixed.toml")
    assert report["gate"]["verdict"] == "pass"
