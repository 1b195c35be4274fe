"""JSON output is what the published schemas say, in every situation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.cli.exit_codes import TABLE
from harness.findings.model import Severity
from harness.findings.registry import RULES
from harness.gate.verdict import Kind, Outcome
from tests.cli.box_files import GOOD, Boxes

_SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def _schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((_SCHEMAS / name).read_text())
    return read


_REPORT = _schema("report-1.schema.json")
_TREE = _schema("tree-1.schema.json")


@pytest.mark.parametrize("schema", [_REPORT, _TREE], ids=["report", "tree"])
def test_the_published_schemas_are_schemas(schema: dict[str, Any]) -> None:
    """Of the draft that they name."""
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "valid.box", "--schema", "box.ksy"),
        ("validate", "invalid.box", "light.box", "missing.box", "--schema", "box.ksy"),
        ("validate", "unknown"),
        ("validate", "valid.box", "--schema", "broken.ksy"),
        ("validate", "two.list", "--schema", "list.ksy", "--with", "limits=limits.bin"),
        ("schema", "check", "box.ksy", "broken.ksy", "missing.ksy"),
    ],
)
def test_a_report_has_the_published_shape(boxes: Boxes, arguments: tuple[str, ...]) -> None:
    """Clean, broken, unchecked, refused."""
    jsonschema.validate(boxes.report(*arguments), _REPORT)


def test_a_verdict_has_the_published_shape(boxes: Boxes) -> None:
    """Passed, blocked with a transcript, refused, with something accepted."""
    boxes.write_consumer("good", GOOD)
    boxes.write_consumer("bad", "return data[size];")
    boxes.write("none.toml", "name = ")
    accept = '[[accept]]\ncode = "D702"\nreason = "known"\nexpires = 2999-01-01\n'
    for consumers, more in (
        (("good",), ""),
        (("good", "bad"), ""),
        (("good", "bad"), accept),
        (("none",), accept.replace("2999", "1999")),
    ):
        boxes.write_policy(*consumers, more=more)
        report = boxes.report("gate", "valid.box", "--policy", "gate.toml")
        jsonschema.validate(report, _REPORT)
        assert "gate" in report


def test_a_tree_has_the_published_shape(boxes: Boxes) -> None:
    """And its file and findings are those of a report."""
    for file in ("valid.box", "invalid.box", "missing.box"):
        tree = boxes.report("inspect", file, "--schema", "box.ksy")
        jsonschema.validate(tree, _TREE)
        parts = {"$defs": _REPORT["$defs"]}
        jsonschema.validate(tree["file"], {**parts, "$ref": "#/$defs/file"})
        for finding in tree["findings"]:
            jsonschema.validate(finding, {**parts, "$ref": "#/$defs/finding"})


def test_the_words_of_the_shape_are_those_of_the_code() -> None:
    """An outcome or a severity that is added must be published."""
    properties, definitions = _REPORT["properties"], _REPORT["$defs"]
    stage = definitions["gate"]["properties"]["stages"]["items"]["properties"]
    assert set(properties["outcome"]["enum"]) == {row.outcome for row in TABLE}
    assert set(properties["exit_code"]["enum"]) == {row.number for row in TABLE}
    assert definitions["finding"]["properties"]["severity"]["enum"] == list(Severity)
    assert stage["outcome"]["enum"] == list(Outcome)
    obstacle = stage["obstacles"]["items"]["properties"]
    assert obstacle["kind"]["enum"] == list(Kind)


def test_every_code_and_name_fits_the_published_patterns() -> None:
    """Names read as `allow NAME`, so they are kebab-case."""
    finding = _REPORT["$defs"]["finding"]["properties"]
    for rule in RULES.values():
        jsonschema.validate(rule.code, _REPORT["$defs"]["code"])
        jsonschema.validate(rule.name, finding["name"])


def test_fields_come_in_a_stable_order(boxes: Boxes) -> None:
    """The order of the published schema."""
    report = boxes.report("validate", "invalid.box", "--schema", "box.ksy")
    assert list(report) == [name for name in _REPORT["properties"] if name in report]
    assert set(report) == set(_REPORT["required"])
    finding = _REPORT["$defs"]["finding"]["properties"]
    assert list(report["findings"][0]) == list(finding)
    assert list(report["files"][0]) == list(_REPORT["$defs"]["file"]["properties"])
