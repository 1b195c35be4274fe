"""A schema and a consumer are enough: contents to begin with are made from the schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load as load_manifest
from harness.fuzzing import seeding
from harness.fuzzing.session import Request, fuzz
from harness.fuzzing.settings import Snapshot
from harness.reading import read
from harness.schema import load
from harness.schema.library import find
from tests.fuzzing.conftest import MOST_SECONDS

_INCIDENT = Path(__file__).parent.parent.parent / "incidents" / "2024-07-crowdstrike-291"
_MANIFEST = _INCIDENT / "consumers" / "sensor-7.11.toml"


class _StandingClock(SystemClock):
    """Time does not pass: what is made depends on nothing else."""

    def now(self) -> float:
        """Always the same."""
        return 0.0


class _FastClock(SystemClock):
    """An hour passes between two looks."""

    def __init__(self) -> None:
        self._hours = 0

    def now(self) -> float:
        """One hour later than before."""
        self._hours += 1
        return self._hours * 3600.0


@pytest.fixture
def no_corpora(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file of any schema is known."""
    monkeypatch.setattr(seeding, "corpora_folder", lambda: tmp_path / "no-corpora")


@pytest.mark.usefixtures("no_corpora")
def test_what_is_made_is_valid_and_always_the_same(tmp_path: Path) -> None:
    """Each content is read without a finding against the manifest's companion."""
    schema, manifest = load(find("channel_file")), load_manifest(_MANIFEST)
    first, second = (
        seeding.seeds_of((), schema, manifest, tmp_path / name, _StandingClock())
        for name in ("first", "second")
    )
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) > seeding.MOST_SEEDS // 2
    companion = manifest.companions["definitions"]
    definitions = read(
        load(find("template_definitions")), companion.read_bytes(), file="definitions"
    )
    for path in first:
        data = path.read_bytes()
        assert not read(schema, data, file="", companions={"definitions": definitions}).findings


@pytest.mark.usefixtures("no_corpora")
def test_making_ends_when_the_time_is_up(tmp_path: Path) -> None:
    """A campaign does not wait for a schema that is slow to write."""
    schema, manifest = load(find("channel_file")), load_manifest(_MANIFEST)
    assert seeding.seeds_of((), schema, manifest, tmp_path, _FastClock()) == ()


def test_what_the_user_gave_is_all(tmp_path: Path) -> None:
    """With a corpus nothing is made."""
    schema, manifest = load(find("channel_file")), load_manifest(_MANIFEST)
    given = _INCIDENT / "last_good.bin"
    assert seeding.seeds_of((given,), schema, manifest, tmp_path, SystemClock()) == (given,)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_corpora")
def test_the_21st_field_is_found_without_any_corpus(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    """From the schema, the consumer and its definitions the read past the inputs is found."""
    request = Request(
        manifest=load_manifest(_MANIFEST), folder=tmp_path / "c", seconds=MOST_SECONDS
    )

    def until_found(snapshot: Snapshot) -> None:
        if any(key.startswith("D702-memory-fault-criterion_matches") for key in snapshot.findings):
            raise KeyboardInterrupt

    result = fuzz(request, environment, SystemClock(), until_found)
    assert result.outcome.is_interrupted, result.outcome
