"""The 21st field of 2024, found by fuzzing from what was good before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing.session import Request, fuzz
from harness.fuzzing.settings import Snapshot
from tests.fuzzing.conftest import MOST_SECONDS

_ROOT = Path(__file__).parent.parent.parent
_INCIDENT = _ROOT / "incidents" / "2024-07-crowdstrike-291"
_KNOWN = sorted((_ROOT / "corpora" / "channel_file" / "valid").iterdir())


def test_the_21st_field_is_found_from_what_was_good_before(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    """No seed uses field 21; the checksum is mended, a criterion made active, an event fed."""
    request = Request(
        manifest=load(_INCIDENT / "consumers" / "sensor-7.11.toml"),
        folder=tmp_path / "c",
        seconds=MOST_SECONDS,
        seeds=(*(one for one in _KNOWN if one.stem != "candidate"), _INCIDENT / "last_good.bin"),
    )

    def until_found(snapshot: Snapshot) -> None:
        if any(key.startswith("D702-memory-fault-criterion_matches") for key in snapshot.findings):
            raise KeyboardInterrupt

    result = fuzz(request, environment, SystemClock(), until_found)
    assert result.outcome.is_interrupted, result.outcome
    fault = next(kept.finding for kept in result.findings if kept.finding.code == "D702")
    assert "event 0" in fault.actual
    assert "heap-buffer-overflow" in fault.actual


def test_the_fixed_sensor_has_no_memory_fault_on_what_was_found(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    """The same seeds on the fixed version: verdicts may differ from the schema, memory holds."""
    request = Request(
        manifest=load(_INCIDENT / "consumers" / "sensor-7.11-fixed.toml"),
        folder=tmp_path / "c",
        seconds=MOST_SECONDS,
        seeds=(_INCIDENT / "last_good.bin", _INCIDENT / "candidate.bin"),
    )

    def until_enough(snapshot: Snapshot) -> None:
        if snapshot.executions > 3_000:
            raise KeyboardInterrupt

    result = fuzz(request, environment, SystemClock(), until_enough)
    assert [one.finding for one in result.findings if one.finding.code == "D702"] == []
