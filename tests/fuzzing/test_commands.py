"""`harness fuzz` and `harness replay`: exit codes, and what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from harness.cli.main import run

_ROOT = Path(__file__).parent.parent.parent

_ACCEPTS_ALL = """
#include "harness_consumer.h"
int harness_consume(const uint8_t *data, size_t size, const harness_observer *o)
{ (void)o; (void)data; return size > 1 ? %s : 1; }
"""
_SCHEMA = (
    "meta: {id: two, endian: le}\nseq:\n  - {id: n, type: u1, valid: 7}\n  - {id: m, type: u1}\n"
)


@pytest.fixture
def consumer(
    tmp_path: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A consumer that accepts what its schema forbids."""
    monkeypatch.setenv("HARNESS_CACHE", environment["HARNESS_CACHE"])
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, "0")
    (tmp_path / "two.ksy").write_text(_SCHEMA)
    (tmp_path / "two.toml").write_text(
        'name = "two"\nversion = "1"\nschema = "two.ksy"\n[run]\nlibrary = {sources = ["two.c"]}\n'
    )
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a").write_bytes(b"\x07\x00")
    return Path("two.toml")


def _write(folder: Path, result: str) -> None:
    (folder / "two.c").write_text(_ACCEPTS_ALL % result)


def test_findings_set_the_exit_code_and_replay_shows_them(
    consumer: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """10 while the consumer accepts invalid content; 0 once it is mended."""
    assert run([*_FUZZ, "--until", "D706", "--campaign", "c"]) == 10
    said = capsys.readouterr().out
    assert "D706" in said
    assert "executions in" in said
    assert "layers of isolation" in said
    assert run(["replay", "c", "--consumer", str(consumer)]) == 10
    assert "still there: D706" in capsys.readouterr().out
    _write(tmp_path, "(data[0] != 7 || size != 2)")
    assert run(["replay", "c", "--consumer", str(consumer)]) == 0
    assert "gone: D706" in capsys.readouterr().out


_FUZZ = ("fuzz", "--consumer", "two.toml", "--corpus", "seeds", "--time", "3s")
_SHAPE = json.loads((_ROOT / "docs" / "schemas" / "report-1.schema.json").read_text())


def test_json_has_the_published_shape(
    consumer: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A campaign, its replay, and a consumer that does not build; nothing else is written."""
    words = [*_FUZZ, "--until", "D706", "--campaign", "c", "--format", "json"]
    assert run(words) == 10
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, _SHAPE)
    assert report["campaign"]["findings"][0]["finding"] == report["findings"][0]
    assert report["campaign"]["isolation"]
    again = ["replay", "c", "--consumer", str(consumer), "--format", "json", "--output", "r.json"]
    assert run(again) == 10
    assert capsys.readouterr().out == ""
    report = json.loads(Path("r.json").read_text())
    jsonschema.validate(report, _SHAPE)
    kept, *others = [one["outcome"] for one in report["replay"]["inputs"]]
    assert kept == "still-there"
    # what came up beside it, or was only suspected at the end
    assert set(others) <= {"still-there", "confirmed"}
    _write(tmp_path, "no_such_name")
    assert run(words) == 10
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, _SHAPE)
    assert [one["code"] for one in report["findings"]] == ["T005"]


def test_concise_is_a_line_a_finding(consumer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For logs and `grep`."""
    del consumer
    assert run([*_FUZZ, "--until", "D706", "--format", "concise"]) == 10
    lines = capsys.readouterr().out.splitlines()
    assert all(": error D70" in line for line in lines)
    assert any(": error D706 accepts-invalid: " in line for line in lines)


_ONE_BEHIND_THE_OTHER = """
#include "harness_consumer.h"
#include <stdlib.h>
#define PLANTED __attribute__((noinline)) static int
PLANTED first(const char *block) { return block[8]; }
PLANTED second(const char *block) { return block[12]; }
int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {
    (void)o; (void)data; char *block = calloc(1, 8);
    int seen = first(block) + second(block);
    free(block); return size != 2 || seen == 300;
}
"""


def test_replay_does_not_take_another_fault_for_the_one_that_was_kept(
    consumer: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A run in isolation stops at the first fault, which says nothing of the one behind it."""
    (tmp_path / "two.c").write_text(_ONE_BEHIND_THE_OTHER)
    assert run([*_FUZZ, "--campaign", "c"]) == 10
    first, second = sorted((tmp_path / "c" / "findings").glob("D702-*"))
    capsys.readouterr()
    assert run(["replay", str(first), "--consumer", str(consumer)]) == 10
    assert "still there: D702" in capsys.readouterr().out
    assert run(["replay", str(second), "--consumer", str(consumer)]) == 10
    said = capsys.readouterr().out
    assert f"another fault stands before it: {first.name}: D702" in said
    assert "still there" not in said


def test_an_empty_campaign_has_nothing_to_replay(consumer: Path) -> None:
    """Never 0 for something that was named and not run."""
    Path("empty").mkdir()
    assert run(["replay", "empty", "--consumer", str(consumer)]) == 3


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--time", "soon"], id="time"),
        pytest.param(["--workers", "0"], id="workers"),
        pytest.param(["--corpus", "missing"], id="corpus"),
        pytest.param(["--until", "I501"], id="until"),
    ],
)
def test_misuse_is_refused(consumer: Path, words: list[str]) -> None:
    """2, before anything runs."""
    assert run(["fuzz", "--consumer", str(consumer), *words]) == 2


def test_a_command_that_is_not_there_cannot_be_fuzzed(
    consumer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """10, as for a consumer that does not start, and the message names it."""
    Path("command.toml").write_text(
        'name = "two"\nversion = "1"\nschema = "two.ksy"\n[run]\ncommand = ["none", "{file}"]\n'
    )
    assert run(["fuzz", "--consumer", "command.toml", "--time", "1s"]) == 10
    assert "`none` is not there" in capsys.readouterr().out
    del consumer


def test_a_consumer_that_does_not_build_is_a_finding(
    consumer: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """10, with the compiler's words."""
    _write(tmp_path, "no_such_name")
    assert run(["fuzz", "--consumer", str(consumer), "--time", "1s"]) == 10
    assert "no_such_name" in capsys.readouterr().out
