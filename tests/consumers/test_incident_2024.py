"""The incident of July 2024: what the sensor does with the files, and where it fails."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import structs

from corpora.recipes.channel import (
    Criterion,
    between,
    build_channel,
    regex,
    sealed,
    string,
    wildcard,
)
from harness.consumers import manifest
from harness.consumers.observation import How, Verdict
from harness.consumers.run import Consumer, prepare, run
from harness.native.export import exported
from harness.reading.reader import lowered_for
from harness.schema import load
from harness.schema.library import find

ROOT = Path(__file__).resolve().parents[2]
INCIDENT = ROOT / "incidents" / "2024-07-crowdstrike-291"
RECIPE = runpy.run_path(str(INCIDENT / "build.py"))


def ready(name: str, environment: Mapping[str, str]) -> Consumer:
    """One of the two sensors."""
    return prepare(manifest.load(INCIDENT / "consumers" / name), environment=environment)


@pytest.fixture(scope="module")
def sensor(environment: Mapping[str, str]) -> Consumer:
    """The version that was shipped."""
    return ready("sensor-7.11.toml", environment)


@pytest.fixture(scope="module")
def fixed(environment: Mapping[str, str]) -> Consumer:
    """The version with both changes."""
    return ready("sensor-7.11-fixed.toml", environment)


@pytest.fixture(scope="module")
def guarded(environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    """The version that was shipped, behind the exported check of its format and contract."""
    folder = tmp_path_factory.mktemp("incident") / INCIDENT.name
    shutil.copytree(INCIDENT, folder, ignore=shutil.ignore_patterns("exported"))
    contract = manifest.load(folder / "consumers" / "sensor-7.11.toml")
    schema = load(find("channel_file"))
    files = exported(schema, [lowered_for(schema, contract.overlay)], [contract.label])
    target = folder / "consumers" / "exported"
    target.mkdir()
    for name, text in files.items():
        (target / name).write_text(text)
    return prepare(
        manifest.load(folder / "consumers" / "sensor-7.11-guarded.toml"), environment=environment
    )


def content(name: str) -> bytes:
    """One of the three files."""
    return (INCIDENT / name).read_bytes()


DAMAGED = {
    "empty": b"",
    "cut": content("definitions.bin")[:20],
    "two of a name": sealed(
        content("definitions.bin").replace(b"operation\0", b"pipe_name\0"),
    ),
}


def one_instance(**criteria: Criterion) -> bytes:
    """A channel file with one instance of the pipe type; wildcards where nothing is said."""
    return build_channel([RECIPE["pipe"](1, **criteria)])


def test_the_files_are_what_the_recipe_makes() -> None:
    """`build.py --check` finds nothing to tell."""
    words = [sys.executable, str(INCIDENT / "build.py"), "--check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["last_good.bin", "candidate.bin"])
def test_the_fixed_sensor_takes_both_files(fixed: Consumer, name: str) -> None:
    """It accepts them and comes back from every event, twice."""
    seen = run(fixed, content(name))
    assert (seen.verdict, seen.how) == (Verdict.ACCEPTED, How.FINISHED)
    assert [step.phase for step in seen.steps] == 2 * ["load", "event", "event", "event", "unload"]


def test_the_sensor_takes_the_last_good_file(sensor: Consumer) -> None:
    """21 criteria with a wildcard in the last place: 20 values are enough."""
    seen = run(sensor, content("last_good.bin"))
    assert (seen.verdict, seen.how) == (Verdict.ACCEPTED, How.FINISHED)
    assert seen.steps[0].values["supplied_inputs"] == (20,)
    assert set(seen.steps[0].indexed["criteria"].values()) == {(21,)}


def test_the_sensor_accepts_the_candidate_and_fails_at_the_first_event(sensor: Consumer) -> None:
    """Loaded without complaint; then eight bytes out of bounds, in the interpreter."""
    seen = run(sensor, content("candidate.bin"))
    assert (seen.verdict, seen.how) == (Verdict.ACCEPTED, How.SANITIZER)
    assert seen.where == "at event 0 (`01-backup-agent.txt`) of the first load"
    assert seen.report is not None
    assert (seen.report.kind, seen.report.access) == ("heap-buffer-overflow", "read")
    assert seen.report.frame is not None
    assert (seen.report.frame.function, seen.report.frame.file) == (
        "criterion_matches",
        "interpreter.c",
    )
    assert "0 bytes to the right of 480-byte region" in seen.report.text  # 20 values of 24 bytes


def test_behind_the_check_the_sensor_lives(guarded: Consumer) -> None:
    """The candidate is refused before a byte of it is loaded, the last good file is not."""
    seen = run(guarded, content("candidate.bin"))
    assert (seen.verdict, seen.how) == (Verdict.REJECTED, How.FINISHED)
    seen = run(guarded, content("last_good.bin"))
    assert (seen.verdict, seen.how) == (Verdict.ACCEPTED, How.FINISHED)


@pytest.mark.parametrize("kept", [0, 3, 63, 64, 500, -1])
def test_behind_the_check_a_truncated_file_is_rejected(guarded: Consumer, kept: int) -> None:
    """The check itself has no fault."""
    seen = run(guarded, content("last_good.bin")[:kept])
    assert (seen.verdict, seen.how) == (Verdict.REJECTED, How.FINISHED)


@pytest.mark.parametrize("definitions", DAMAGED.values(), ids=DAMAGED)
def test_behind_the_check_damaged_definitions_are_no_reason_to_load(
    guarded: Consumer, tmp_path: Path, definitions: bytes
) -> None:
    """Not even the last good file; of names given twice the interpreter takes no notice."""
    damaged = tmp_path / "damaged.bin"
    damaged.write_bytes(definitions)
    changed = structs.replace(guarded.manifest, companions={"definitions": damaged})
    seen = run(structs.replace(guarded, manifest=changed), content("last_good.bin"))
    assert (seen.verdict, seen.how) == (Verdict.REJECTED, How.FINISHED)


@pytest.mark.parametrize("criterion", [regex("x"), string(""), string("x")])
def test_any_criterion_but_a_wildcard_in_field_21_is_enough(
    sensor: Consumer, fixed: Consumer, criterion: Criterion
) -> None:
    """Kind and text do not matter, nor does the event: here it has no value for the field."""
    data = one_instance(client_image_name=criterion)
    event = [b"pipe_name=x\n"]
    assert run(sensor, data, events=event).how is How.SANITIZER
    assert run(fixed, data, events=event).how is How.FINISHED


@pytest.mark.parametrize("field", ["pipe_name", "client_image_name"])
def test_a_wildcard_looks_at_nothing(sensor: Consumer, field: str) -> None:
    """Wherever it stands."""
    data = one_instance(**{field: wildcard()})
    assert run(sensor, data, events=[b""]).how is How.FINISHED


def test_field_20_is_the_last_one_that_is_supplied(sensor: Consumer) -> None:
    """The bound is where the contract says it is."""
    data = one_instance(buffer_size=between(1, 2))
    assert run(sensor, data).how is How.FINISHED


def test_without_an_event_nothing_happens(sensor: Consumer) -> None:
    """A test that only loads proves nothing."""
    assert run(sensor, content("candidate.bin"), events=[]).how is How.FINISHED


def test_the_value_of_each_criterion_shows_in_what_the_fixed_sensor_does(fixed: Consumer) -> None:
    """The second event meets the pattern in field 21; the same without that field does not."""
    seen = run(fixed, content("candidate.bin"))
    matched = [step.indexed["matched"][5] for step in seen.steps if step.phase == "event"]
    assert matched[:3] == [(18,), (21,), (18,)]


@pytest.mark.parametrize("name", ["sensor-7.11.toml", "sensor-7.11-fixed.toml"])
@pytest.mark.parametrize("kept", [0, 3, 63, 64, 500, -1])
def test_a_truncated_file_is_rejected_without_a_fault(
    name: str, kept: int, environment: Mapping[str, str]
) -> None:
    """The interpreter has the one defect that it is about, and no other."""
    seen = run(ready(name, environment), content("candidate.bin")[:kept])
    assert (seen.verdict, seen.how) == (Verdict.REJECTED, How.FINISHED)


@pytest.mark.parametrize("at", range(0, 140, 7))
def test_a_damaged_file_is_rejected_without_a_fault(fixed: Consumer, at: int) -> None:
    """Sealed again, so that the damage is not found by the checksum alone."""
    damaged = bytearray(content("candidate.bin"))
    damaged[at] ^= 0x55
    for data in (bytes(damaged), sealed(bytes(damaged))):
        assert run(fixed, data).how is How.FINISHED
