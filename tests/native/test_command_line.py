"""The command line names the engine that judged, and compiles schemas beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

BOX = "meta: {id: box, endian: le, file-extension: box}\nseq:\n  - {id: size, type: u1}\n"
INCIDENT = Path("incidents/2024-07-crowdstrike-291")


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a schema, a file of it, and a cache that is empty."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "box.ksy").write_text(BOX)
    (tmp_path / "a.box").write_bytes(b"1")
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    """The JSON report of a command."""
    capsys.readouterr()
    run([*map(str, arguments), "--format", "json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_report_names_the_engine_of_each_file(
    box: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    """In JSON by a field, in text by a line where the native one judged."""
    arguments = ["validate", box / "a.box", "--schema", box / "box.ksy", "--engine", engine]
    files = report(capsys, *arguments)["files"]
    assert isinstance(files, list)
    assert [file["engine"] for file in files] == [engine]
    assert run([*map(str, arguments)]) == 0
    assert ("engine: native" in capsys.readouterr().out) == (engine == "native")


def test_a_schema_is_compiled_beforehand(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in the way of it fails the command: nothing else was asked for."""
    assert run(["schema", "compile", str(box / "box.ksy")]) == 0
    other = box / "crate.ksy"
    other.write_text(BOX.replace("box", "crate"))
    assert run(["schema", "compile", "--cc", "no-such-compiler", str(other)]) == 1
    assert "no-such-compiler" in capsys.readouterr().out


def test_a_compiler_that_is_named_must_be_there(
    box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even where the schema is compiled already; what was done is called by its name."""
    schema = str(box / "box.ksy")
    assert run(["schema", "compile", schema]) == 0
    assert "1 schema compiled: no findings" in capsys.readouterr().out
    assert run(["schema", "compile", "--cc", "no-such-compiler", schema]) == 1
    said = capsys.readouterr().out
    assert "error[T014]" in said
    assert "no-such-compiler" in said
    assert "0 of 1 schema compiled: 1 error" in said


def test_the_gate_takes_an_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """Its verdict is the same, and the consumer's observations are still compared.

    Schemas are compiled before, since that would count as time of the gate.
    """
    contract = INCIDENT / "consumers" / "sensor-7.11.toml"
    assert run(["schema", "compile", "template_definitions"]) == 0
    assert run(["schema", "compile", "channel_file", "--contract", str(contract)]) == 0
    arguments = ["gate", INCIDENT / "last_good.bin", "--policy", INCIDENT / "gate.toml"]
    told = report(capsys, *arguments, "--engine", "native")
    assert (told["outcome"], told["exit_code"]) == ("clean", 0)
    assert isinstance(told["files"], list)
    assert [file["engine"] for file in told["files"]] == ["native"]
