"""`harness gate`: what people see, and what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tests.cli.box_files import GOOD, Boxes

_REPORT_SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "report-1.schema.json"
_GATE = ("gate", "valid.box", "--policy", "gate.toml")


def test_the_table_of_stages_comes_first_and_the_verdict_last(boxes: Boxes) -> None:
    """With what this version does not do, so nobody takes silence for consent."""
    boxes.write_consumer("good", GOOD)
    boxes.write_policy("good")
    lines = boxes.run(*_GATE).stdout.decode().splitlines()
    stages = [line.split()[0] for line in lines[3:12]]
    assert stages == [
        "schema", "validate", "contracts", "consume",
        "delta", "coverage", "neighbours", "replay", "evidence",
    ]  # fmt: skip
    assert sum("not part of this version" in line for line in lines) == 5
    assert lines[-1] == "PASS: schema, validate, contracts, consume passed for 1 consumer"


def test_a_blocked_gate_names_the_rules(boxes: Boxes) -> None:
    """Each once, in the last line."""
    boxes.write_consumer("bad", "return data[size];")
    boxes.write_policy("bad")
    lines = boxes.run(*_GATE).stdout.decode().splitlines()
    assert lines[-1] == "BLOCKED: D702 memory-fault"
    assert any("AddressSanitizer" in line for line in lines)


def test_accepted_findings_are_listed_with_their_reason(boxes: Boxes) -> None:
    """An acceptance is not a silence."""
    boxes.write_consumer("bad", "return data[size];")
    accept = '[[accept]]\ncode = "D702"\nreason = "fixed in 2.0"\nexpires = 2999-01-01\n'
    boxes.write_policy("bad", more=accept)
    done = boxes.run(*_GATE)
    assert done.returncode == 0
    assert b"accepted until 2999-01-01: D702 memory-fault: fixed in 2.0\n" in done.stdout
    [stage] = [one for one in done.stdout.splitlines() if one.startswith(b"  consume")]
    assert stage.endswith(b", 1 accepted error")


def test_the_report_folder_holds_the_verdict_for_machines_and_people(boxes: Boxes) -> None:
    """The same verdict twice, without colour."""
    boxes.write_consumer("good", GOOD)
    boxes.write_policy("good")
    done = boxes.run(*_GATE, "--report", "out/today", more={"FORCE_COLOR": "1"})
    folder = boxes.folder / "out" / "today"
    assert json.loads((folder / "verdict.json").read_bytes())["gate"]["verdict"] == "pass"
    text = (folder / "verdict.txt").read_text()
    assert text.splitlines()[-1].startswith("PASS: ")
    assert "\x1b" not in text
    assert b"\x1b[1;32mPASS\x1b[0m" in done.stdout


def test_a_refused_policy_leaves_no_verdict_of_an_earlier_run(boxes: Boxes) -> None:
    """What stands in the report folder is about this run: that nothing was decided."""
    boxes.write("out/verdict.json", '{"gate": {"verdict": "pass"}}')
    boxes.write("out/verdict.txt", "PASS: ...\n")
    boxes.write("gate.toml", 'schema = "box.ksy"\nconsumer = ["a.toml"]\n')
    done = boxes.run(*_GATE, "--report", "out", "--format", "json")
    assert done.returncode == 2
    written = json.loads(done.stdout)
    assert (written["outcome"], written["exit_code"], "gate" in written) == ("refused", 2, False)
    assert written["refusals"] == [
        {
            "message": "unknown key `consumer`",
            "source": {"file": "gate.toml", "line": 2, "column": 1},
        }
    ]
    jsonschema.validate(written, json.loads(_REPORT_SCHEMA.read_text()))
    folder = boxes.folder / "out"
    assert (folder / "verdict.json").read_bytes() == done.stdout
    text = (folder / "verdict.txt").read_text()
    assert text.startswith("error: unknown key `consumer`\n")
    assert text.endswith("REFUSED: nothing was decided\n")


def test_a_last_good_file_that_is_not_there_leaves_no_verdict_either(boxes: Boxes) -> None:
    """Wrong usage is no reason to let an old verdict stand."""
    boxes.write("out/verdict.json", '{"gate": {"verdict": "pass"}}')
    boxes.write_policy("good")
    done = boxes.run(*_GATE, "--report", "out", "--last-good", "missing.box")
    assert done.returncode == 2
    assert b"`missing.box` is no file" in done.stderr
    assert not (boxes.folder / "out/verdict.json").exists()


def test_a_candidate_in_the_place_of_the_verdict_is_left_alone(boxes: Boxes) -> None:
    """It is not removed as an old verdict."""
    boxes.write("out/verdict.json", "\x03abc")
    boxes.write_policy("good")
    done = boxes.run("gate", "out/verdict.json", "--policy", "gate.toml", "--report", "out")
    assert done.returncode == 2
    assert (boxes.folder / "out/verdict.json").read_bytes() == b"\x03abc"


def test_a_candidate_larger_than_asked_for_is_not_read(boxes: Boxes) -> None:
    """The option takes the place of the policy's bound."""
    boxes.write_consumer("good", GOOD)
    boxes.write_policy("good", more="[budget]\nmax_bytes = 1\n")
    assert boxes.code(*_GATE, "--max-bytes", "4") == 0
    assert boxes.code(*_GATE) == 2


def test_quiet_leaves_the_verdict(boxes: Boxes) -> None:
    """One line, where there is nothing else to say."""
    boxes.write_consumer("good", GOOD)
    boxes.write_policy("good")
    said = boxes.run(*_GATE, "--quiet").stdout.decode()
    assert said == "PASS: schema, validate, contracts, consume passed for 1 consumer\n"


def test_a_policy_mistake_is_shown_at_its_line(boxes: Boxes) -> None:
    """And no verdict is given."""
    boxes.write("gate.toml", 'schema = "box.ksy"\nconsumer = ["a.toml"]\n')
    done = boxes.run(*_GATE)
    assert done.stdout == b""
    assert b"error: unknown key `consumer`\n" in done.stderr
    assert b"--> gate.toml:2:1\n" in done.stderr
