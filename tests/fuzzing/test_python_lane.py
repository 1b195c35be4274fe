"""Consumers in Python: atheris in the worker, exceptions as verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing.session import Request, fuzz
from harness.fuzzing.settings import Snapshot
from tests.fuzzing.conftest import MOST_SECONDS, Seen, fuzz_manifest

_READ = """
def read(content):
    if content[:1] == b"!":
        raise KeyError("unexpected")
    if content[:1] != b"C":
        raise ValueError("no such kind")
"""


def _manifest(folder: Path, source: str) -> Path:
    (folder / "reader_of_tests.py").write_text(source)
    (folder / "python.toml").write_text(
        'name = "reader"\nversion = "1"\nschema = "tzif"\n'
        '[run]\npython = "reader_of_tests:read"\nrejects = ["ValueError"]\n'
    )
    return folder / "python.toml"


def test_rejections_are_counted_and_other_exceptions_told(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """An exception that the manifest does not name is a fault, told once; fuzzing goes on."""

    def until(seen: Seen) -> bool:
        return ("raised", "KeyError") in seen.names and seen.counters.rejected > 1000

    path = _manifest(tmp_path, _READ)
    seen = fuzz_manifest(load(path), environment, tmp_path / "c", until, seeds=[b"!", b"C", b"x"])
    assert seen.faults["raised", "KeyError"].content[:1] == b"!"
    assert seen.counters.accepted > 0
    assert seen.starts == 1


def test_coverage_of_bytecode_leads_the_way(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """Steps in Python code are climbed one by one."""
    source = (
        "def read(content):\n"
        "    if content[:1] != b'a':\n        return\n"
        "    if content[1:2] != b'b':\n        return\n"
        "    if content[2:3] == b'c':\n        raise RuntimeError('behind')\n"
    )
    path = _manifest(tmp_path, source)
    fuzz_manifest(
        load(path), environment, tmp_path / "c",
        lambda seen: ("raised", "RuntimeError") in seen.names,
    )  # fmt: skip


def test_content_that_ends_the_process_is_kept(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """A crash outside of Python's reach ends the worker; libFuzzer leaves the content."""
    source = "import os\ndef read(content):\n    if content[:1] == b'!':\n        os.abort()\n"
    path = _manifest(tmp_path, source)
    seen = fuzz_manifest(
        load(path), environment, tmp_path / "c",
        lambda seen: any(kind == "died" for kind, _ in seen.names), seeds=[b"!"],
    )  # fmt: skip
    assert next(iter(seen.faults.values())).content == b"!"


@pytest.mark.parametrize("deadly", [b"!", b""])
def test_a_seed_that_ends_the_process_does_not_block_the_rest(
    tmp_path: Path, environment: Mapping[str, str], deadly: bytes
) -> None:
    """It is told, set aside, and the campaign goes on; also when it is given again."""
    source = (
        f"import os\ndef read(content):\n    if content == {deadly!r}:\n        os._exit(3)\n"
        "    if content[:1] != b'C':\n        raise ValueError\n"
    )
    path = _manifest(tmp_path, source)
    (tmp_path / "seeds").mkdir()
    for number, seed in enumerate((deadly, b"C")):
        (tmp_path / "seeds" / str(number)).write_bytes(seed)

    def show(snapshot: Snapshot) -> None:
        if snapshot.executions > 5000 and any("D701" in key for key in snapshot.findings):
            raise KeyboardInterrupt

    request = Request(
        manifest=load(path), folder=tmp_path / "c", seconds=MOST_SECONDS,
        seeds=(tmp_path / "seeds",),
    )  # fmt: skip
    for _ in range(2):
        result = fuzz(request, environment, SystemClock(), show)
        assert result.outcome.is_interrupted, result.outcome.snapshot
    aside = list((tmp_path / "c" / "corpus-deadly").iterdir())
    assert [one.read_bytes() for one in aside] == [deadly]
