"""`harness schema`: lint in every format, and the JSON Schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

UNWISE = (
    "meta: {id: example}\n"
    "doc-ref: Example format 1.0\n"
    "seq:\n"
    "  - {id: length, type: u1}\n"
    "  - id: body\n"
    "    size: >-\n"
    "      length - 1\n"
)


@pytest.fixture
def schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A schema with one warning, in the folder where commands run."""
    (tmp_path / "example.ksy").write_text(UNWISE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return "example.ksy"


def test_a_warning_is_shown_with_its_line(schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Headline, place, the text with a caret, the remedy; the exit code stays 0."""
    assert run(["schema", "check", schema]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "warning[Q940] possible-negative: a size can be negative: `length - 1` is -1 at the least\n"
        "  --> example.ksy:7:7\n"
        "   7 | length - 1\n"
        "     | ^\n"
        "     = help: bound it below"
    )
    assert said.endswith("\n1 file checked: 1 warning\n")


def test_a_warning_is_a_line_for_editors(schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and column in front."""
    assert run(["schema", "check", schema, "--format", "concise"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("example.ksy:7:7: warning Q940 possible-negative: a size can be ")


def test_a_warning_is_data_for_programs(schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With its place."""
    assert run(["schema", "check", schema, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["code"], found["name"]) == ("Q940", "possible-negative")
    assert found["source"] == {"file": "example.ksy", "line": 7, "column": 7}


def test_warnings_can_fail_a_check(schema: str) -> None:
    """As CI may want it; an excuse in the schema makes it pass."""
    assert run(["schema", "check", schema, "--fail-on", "warning"]) == 10
    Path(schema).write_text(UNWISE + "    -allow: [possible-negative]\n")
    assert run(["schema", "check", schema, "--fail-on", "note"]) == 0


def test_our_schemas_have_no_warnings() -> None:
    """What comes with the package keeps to what lint asks of others."""
    from harness.schema.library import names

    assert run(["schema", "check", *names(), "--fail-on", "warning"]) == 0


def test_the_json_schema_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """To standard output, or to a file."""
    assert run(["schema", "json-schema"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["$schema"] == "http://json-schema.org/draft-07/schema#"
    path = tmp_path / "ksy.schema.json"
    assert run(["schema", "json-schema", "--output", str(path)]) == 0
    assert path.read_text() == said
    assert run(["schema", "json-schema", "--lenient"]) == 0
    assert capsys.readouterr().out != said
