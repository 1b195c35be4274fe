"""`harness coverage`: matrices that can be read, one line for what was only ever inert, codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.box_files import Boxes

_ROOT = Path(__file__).parents[2]
_INCIDENT = _ROOT / "incidents" / "2024-07-crowdstrike-291"
_PUBLISHED = _ROOT / "docs" / "schemas"
_WITH_DEFINITIONS = (
    "--schema",
    "channel_file",
    "--with",
    f"definitions={_INCIDENT}/definitions.bin",
)
_RELEASED = (str(_INCIDENT / "released"), str(_INCIDENT / "last_good.bin"))

_FIELDS = """\
meta: {id: fields}
doc-ref: the tests of content-harness
seq:
  - {id: kinds, type: u1, enum: kind, repeat: expr, repeat-expr: 2}
enums:
  kind: {0x30: any, 0x31: text, 0x32: pattern}
-coverage:
  - {id: field-by-kind, each: kinds, rows: kinds.size, row: _index, column: _, inert: [any]}
"""
_RUN = ("coverage", "--schema", "fields.ksy")


@pytest.fixture
def fields(boxes: Boxes) -> Boxes:
    """Files of two fields, a kind each."""
    boxes.write("fields.ksy", _FIELDS)
    for name, text in {"texts": "11", "patterns": "22", "mixed": "12", "inert": "20"}.items():
        boxes.write(f"{name}.fields", text)
    boxes.write("wrong.fields", "1")
    return boxes


def text_of(boxes: Boxes, *arguments: str, width: int = 80, **more: str) -> str:
    """Run a command line and return what it prints on a terminal of some width."""
    environment = {"COLUMNS": str(width), **more}
    return boxes.run(*arguments, more=environment).stdout.decode()


def report(boxes: Boxes, *arguments: str) -> dict[str, Any]:
    """Run with JSON and return the report, which is of the published shape."""
    found = boxes.report(*arguments)
    published = json.loads((_PUBLISHED / "coverage-1.schema.json").read_text())
    jsonschema.validate(found, published)
    definitions = json.loads((_PUBLISHED / "report-1.schema.json").read_text())["$defs"]
    for name, several in (("file", found["files"]), ("finding", found["findings"])):
        for one in several:
            jsonschema.validate(one, {"$defs": definitions, "$ref": f"#/$defs/{name}"})
    return found


def test_field_21_of_2024_was_only_ever_a_wildcard(boxes: Boxes) -> None:
    """One line says it, in both ways of counting, of all content released before July."""
    (line,) = [
        line
        for line in text_of(boxes, "coverage", *_WITH_DEFINITIONS, *_RELEASED).splitlines()
        if "only wildcard" in line
    ]
    assert line == (
        '  V802 template 7 "pipe": fields[20] client_image_name (the 21st): '
        "only wildcard (4 of 4 files)"
    )


def test_the_candidate_of_2024_was_the_first_to_use_it(boxes: Boxes) -> None:
    """With the file of 19 July in the corpus the line is gone."""
    candidate = str(_INCIDENT / "candidate.bin")
    assert "only wildcard" not in text_of(
        boxes, "coverage", *_WITH_DEFINITIONS, *_RELEASED, candidate
    )


def test_21_rows_and_5_kinds_fit_80_columns(boxes: Boxes) -> None:
    """A row in a line, each with the name of its field and under the names of the kinds."""
    shown = text_of(boxes, "coverage", *_WITH_DEFINITIONS, *_RELEASED).splitlines()
    table = shown[1:23]
    assert table[0].split() == [
        "fields", "(from", "0)", "(wildcard)", "integer", "range", "string", "regex",
    ]  # fmt: skip
    assert table[1].split() == ["0", "pipe_name", "6", "·", "4"]
    assert table[17].split() == ["16", "access_mask", "6", "4", "·"]
    assert table[21].split() == [">", "20", "client_image_name", "10", "·", "·"]
    assert max(len(line) for line in table) <= 80


def test_a_wide_matrix_is_folded(fields: Boxes) -> None:
    """Columns that find no room stand below, with their rows again."""
    many = ", ".join(f"{0x30 + number}: kind_number_{number}" for number in range(9))
    wide = _FIELDS.replace("0x30: any, 0x31: text, 0x32: pattern", many).replace(
        "any", "kind_number_0"
    )
    fields.write("fields.ksy", wide)
    shown = text_of(fields, *_RUN, "texts.fields", width=60).splitlines()
    assert sum(line.split()[:1] == ["kinds"] for line in shown) == 5
    assert max(len(line) for line in shown if line.startswith("    ")) <= 60


def test_neighbours_without_names_that_look_the_same_share_a_line(fields: Boxes) -> None:
    """A line for each of 200 would say nothing more; of the table and of the findings."""
    fields.write("fields.ksy", _FIELDS.replace("rows: kinds.size", "rows: 200"))
    shown = text_of(fields, *_RUN, "texts.fields", "patterns.fields").splitlines()
    assert [line.split() for line in shown[2:6]] == [
        ["0", "·", "1", "1"],
        ["1", "·", "1", "1"],
        [">", "2..199", "·", "·", "·"],
        ["·", "missing,", "(in", "brackets):", "proves", "nothing,", "a..b:", "each", "of", "them"],
    ]
    assert shown[7] == "  V803 kinds[2..199] (the 3rd to the 200th): never used"
    found = report(fields, *_RUN, "texts.fields", "patterns.fields")["findings"]
    assert len(found) == 198


def test_rows_with_names_keep_their_own_lines(boxes: Boxes) -> None:
    """Field 7 of the incident is not lost among its neighbours."""
    shown = text_of(
        boxes, "coverage", *_WITH_DEFINITIONS, str(_INCIDENT / "released" / "revision-1.bin")
    )
    assert shown.count("only wildcard (1 of 1 file)") == 10
    assert "5 more (--missing lists all)" in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("texts.fields", "patterns.fields"), 0),
        (("texts.fields",), 0),
        (("texts.fields", "--fail-on", "note"), 10),
        (("texts.fields", "inert.fields"), 0),
        (("inert.fields", "--fail-on", "warning"), 10),
        (("texts.fields", "patterns.fields", "--fail-on", "note"), 0),
        (("texts.fields", "--fail-under", "50"), 0),
        (("texts.fields", "--fail-under", "50.1"), 10),
        (("texts.fields", "--fail-under", "101"), 2),
        (("texts.fields", "wrong.fields"), 10),
        (("texts.fields", "missing.fields"), 2),
        (("texts.fields", "--with", "other=valid.box"), 2),
        (("empty",), 3),
        ((), 2),
    ],
)
def test_exit_codes(fields: Boxes, arguments: tuple[str, ...], code: int) -> None:
    """Warnings and shares count when asked to; what does not count is never a success."""
    assert fields.code(*_RUN, *arguments) == code


@pytest.mark.parametrize("schema", ["broken.ksy", "none.ksy", "no_such_name"])
def test_a_schema_that_cannot_be_used(fields: Boxes, schema: str) -> None:
    """Refused, and told in JSON too."""
    found = report(fields, "coverage", "--schema", schema, "texts.fields")
    assert (found["exit_code"], found["coverage"]) == (2, None)
    assert found["findings"]


def test_a_matrix_as_json(fields: Boxes) -> None:
    """Cells with state, count and first use."""
    found = report(fields, *_RUN, "inert.fields", "texts.fields", "wrong.fields")["coverage"]
    assert (found["files_counted"], found["files_invalid"]) == (2, 1)
    (matrix,) = found["matrices"]
    assert (matrix["wanted"], matrix["used"], matrix["is_cut"]) == (4, 3, False)
    first, second = matrix["planes"][0]["rows"]
    assert [cell["state"] for cell in first["cells"]] == ["missing", "used", "used"]
    assert [cell["state"] for cell in second["cells"]] == ["used", "used", "missing"]
    assert first["cells"][2] == {
        "name": "pattern", "state": "used", "files": 1, "uses": 1,
        "witness": {"file": "inert.fields", "path": "kinds[0]", "span": {"start": 0, "end": 1}},
    }  # fmt: skip
    assert "list" not in found["domains"]


def test_domains_as_json(fields: Boxes) -> None:
    """When they are asked for."""
    found = report(fields, *_RUN, "texts.fields", "--domains")["coverage"]["domains"]
    assert (found["wanted"], found["used"]) == (3, 1)
    (domain,) = found["list"]
    assert (domain["field"], domain["kind"]) == ("kinds", "member")


def test_invalid_content_is_named_and_counts_for_nothing(fields: Boxes) -> None:
    """Its use of a cell is told as what it is."""
    fields.write("trailing.fields", "22x")
    shown = text_of(fields, *_RUN, "texts.fields", "trailing.fields", "--missing")
    assert "V806 trailing.fields: is invalid and counts for nothing (S109)" in shown
    assert "the figures are of 1 valid file; 1 not counted" in shown
    assert "no pattern but in invalid content (trailing.fields: kinds[0])" in shown
    assert "!" in text_of(fields, *_RUN, "texts.fields", "trailing.fields")


def test_what_is_missing_as_a_list(fields: Boxes) -> None:
    """Instead of the table, and of domains only the points that nothing uses."""
    shown = text_of(fields, *_RUN, "texts.fields", "--missing", "--domains").splitlines()
    assert shown[0] == "field-by-kind of fields: 2 of 4 cells (50 %)"
    assert shown[1] == "  V801 kinds[0] (the 1st): no pattern"
    assert shown[4].split() == ["kinds", "any:", "·", "pattern:", "·"]


def test_findings_beyond_the_number_kept_are_counted(fields: Boxes) -> None:
    """And they count for the exit code all the same."""
    arguments = (*_RUN, "inert.fields", "--max-findings", "1", "--fail-on", "note")
    found = report(fields, *arguments)
    assert [finding["code"] for finding in found["findings"]] == ["V801"]
    assert found["coverage"]["findings_dropped"] == {"V802": 1}
    assert "1 finding beyond --max-findings not shown: V802 1" in text_of(fields, *arguments)


def test_a_schema_without_matrices_has_domains(boxes: Boxes) -> None:
    """They follow from the layout alone."""
    shown = text_of(boxes, "coverage", "--schema", "box.ksy", "valid.box", "light.box", "--domains")
    assert "  body empty: 1   filled: 1" in shown.splitlines()


def test_names_from_content_cannot_reach_the_terminal(boxes: Boxes) -> None:
    """Row names are what the content says, so they are shown escaped."""
    boxes.write(
        "named.ksy",
        "meta: {id: named, encoding: UTF-8}\n"
        "seq:\n  - {id: parts, type: part, repeat: eos}\n"
        "types:\n  part:\n    seq: [{id: name, type: strz}, {id: kind, type: u1, enum: kind}]\n"
        "enums: {kind: {0x31: one}}\n"
        "-coverage:\n"
        "  - {id: m, each: parts, rows: parts.size, row: _index, column: _.kind}\n",
    )
    boxes.write("a.named", "\x1b[31mred\x00" + "1")
    shown = text_of(boxes, "coverage", "--schema", "named.ksy", "a.named")
    assert "\x1b" not in shown
    assert "0 \\x1b[31mred" in shown


def test_two_types_may_call_a_matrix_the_same(boxes: Boxes) -> None:
    """What is missing of one is not told of the other."""
    matrix = "-coverage: [{id: m, each: kinds, rows: 1, row: _index, column: _, inert: [any]}]"
    part = f"seq: [{{id: kinds, type: u1, enum: kind, repeat: expr, repeat-expr: 1}}]\n    {matrix}"
    boxes.write(
        "twice.ksy",
        "meta: {id: twice}\n"
        "seq: [{id: a, type: first}, {id: b, type: second}]\n"
        "enums: {kind: {0x30: any, 0x31: text}}\n"
        f"types:\n  first:\n    {part}\n  second:\n    {part}\n",
    )
    boxes.write("a.twice", "10")
    shown = text_of(boxes, "coverage", "--schema", "twice.ksy", "a.twice", "--missing")
    assert shown.splitlines()[:3] == [
        "m of first: 1 of 1 cells (100 %)",
        "m of second: 0 of 1 cells (0 %), 1 row only inert",
        "  V802 kinds[0] (the 1st): only any (1 of 1 file)",
    ]


def test_colour_where_it_is_wanted(fields: Boxes) -> None:
    """And the same text without it."""
    plain = text_of(fields, *_RUN, "inert.fields")
    painted = text_of(fields, *_RUN, "inert.fields", FORCE_COLOR="1")
    assert re.sub("\x1b\\[[0-9;]*m", "", painted) == plain != painted
    assert text_of(fields, *_RUN, "inert.fields", FORCE_COLOR="1", NO_COLOR="1") == plain


def test_quiet_prints_findings_only(fields: Boxes) -> None:
    """A line each, and nothing where there are none."""
    (line,) = text_of(fields, *_RUN, "inert.fields", "--quiet").splitlines()
    assert line.startswith("fields.ksy:8:5: warning V802 inert-only-row (field-by-kind): ")
    assert text_of(fields, *_RUN, "mixed.fields", "--quiet") == ""


def test_a_terminal_of_few_characters(fields: Boxes) -> None:
    """Where no middle dot can be written, a full stop stands for it."""
    shown = text_of(fields, *_RUN, "texts.fields", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert ". missing" in shown


def test_the_same_each_time_and_in_any_order(fields: Boxes) -> None:
    """Byte for byte."""
    names = ("texts.fields", "inert.fields", "mixed.fields")
    first = fields.run(*_RUN, *names, "--domains").stdout
    assert fields.run(*_RUN, *names, "--domains").stdout == first
    assert fields.run(*_RUN, *reversed(names), "--domains").stdout == first


def test_a_report_does_not_replace_what_it_is_about(fields: Boxes) -> None:
    """Nor does it leave half a file."""
    assert fields.code(*_RUN, "texts.fields", "--output", "texts.fields") == 2
    assert fields.code(*_RUN, "texts.fields", "--format", "json", "--output", "out.json") == 0
    assert json.loads((fields.folder / "out.json").read_text())["command"] == "coverage"


def test_standard_input_is_content_too(fields: Boxes) -> None:
    """`-` reads it."""
    assert fields.run(*_RUN, "-", content=b"11").returncode == 0
