"""`--lenient` and `--import-path`: foreign schemas on the command line."""

from __future__ import annotations

import pytest

from tests.cli.box_files import Boxes

_TOP = """\
meta: {id: top, endian: le, imports: [/shared/part]}
-vendor: any
seq:
  - {id: head, type: part}
instances:
  late: {pos: 9, type: u1}
"""
_PART = "meta: {id: part}\nseq: [{id: a, type: u1, valid: {max: 9}}]\n"
_LENIENT = ("--schema", "top.ksy", "-I", "lib", "--lenient")


@pytest.fixture
def foreign(boxes: Boxes) -> Boxes:
    """A schema as others write them, with an import from a folder of its own."""
    boxes.write("top.ksy", _TOP)
    boxes.write("lib/shared/part.ksy", _PART)
    boxes.write("good.bin", "\x01 and more")
    boxes.write("short.bin", "\x01")
    boxes.write("bad.bin", "\x0a")
    return boxes


def test_only_what_kaitai_rejects_sets_the_exit_code(foreign: Boxes) -> None:
    """Trailing bytes do not; a value that is not valid does."""
    assert foreign.code("validate", "good.bin", *_LENIENT) == 0
    assert foreign.code("validate", "bad.bin", *_LENIENT) == 10
    assert foreign.codes("validate", "bad.bin", *_LENIENT) == ["B201"]


def test_a_foreign_schema_needs_its_folder_and_leniency(foreign: Boxes) -> None:
    """Without either it is refused."""
    assert "Q908" in foreign.codes("validate", "good.bin", "--schema", "top.ksy", "--lenient")
    assert foreign.code("validate", "good.bin", "--schema", "top.ksy", "-I", "lib") == 2


def test_a_lenient_result_says_so(foreign: Boxes) -> None:
    """In text and JSON, so that it is not taken for a strict one."""
    said = foreign.run("validate", "good.bin", *_LENIENT).stdout.decode()
    assert "lenient: files were read as stock Kaitai reads them" in said
    (told,) = foreign.report("validate", "good.bin", *_LENIENT)["files"]
    assert (told["lenient"], told["engine"], told["valid"]) == (True, "reference", True)
    (strict,) = foreign.report("validate", "valid.box", "--schema", "box.ksy")["files"]
    assert (strict["lenient"], strict["engine"]) == (False, "reference")
    assert b"lenient" not in foreign.run("validate", "valid.box", "--schema", "box.ksy").stdout


def test_what_was_not_read_has_no_engine(foreign: Boxes) -> None:
    """Nor was it read leniently."""
    (told,) = foreign.report("validate", "missing.bin", *_LENIENT)["files"]
    assert (told["checked"], told["engine"], told["lenient"]) == (False, None, False)


def test_instances_are_read_only_on_wish(foreign: Boxes) -> None:
    """What is wrong with one that nothing needs is no matter for Kaitai."""
    assert foreign.code("validate", "short.bin", *_LENIENT) == 0
    assert foreign.codes("validate", "short.bin", *_LENIENT, "--instances") == ["S101"]


def test_inspect_says_how_much_it_did_not_read(foreign: Boxes) -> None:
    """And shows it when told to read it."""
    said = foreign.run("inspect", "good.bin", *_LENIENT).stdout.decode()
    assert "1 instance not read" in said
    assert "late" not in said
    told = foreign.report("inspect", "good.bin", *_LENIENT)
    assert told["unread_instances"] == 1
    whole = foreign.report("inspect", "good.bin", *_LENIENT, "--instances")
    assert whole["unread_instances"] == 0
    assert "late" in [node["path"] for node in whole["nodes"]]


@pytest.mark.parametrize("command", ["gate", "fuzz", "replay"])
def test_where_a_verdict_is_wanted_leniency_is_refused(foreign: Boxes, command: str) -> None:
    """With the reason; a pass by such rules would be none."""
    done = foreign.run(command, "good.bin", "--lenient")
    assert done.returncode == 2
    assert b"takes no `--lenient`" in done.stderr
    assert b"lenient" not in foreign.run(command, "--help").stdout


def test_a_contract_does_not_go_with_leniency(foreign: Boxes) -> None:
    """It would be held against half a tree."""
    done = foreign.run("validate", "good.bin", *_LENIENT, "--contract", "any.toml")
    assert done.returncode == 2
    assert b"does not go with `--lenient`" in done.stderr


def test_instances_need_leniency(foreign: Boxes) -> None:
    """A strict reader leaves none out."""
    done = foreign.run("validate", "good.bin", "--instances")
    assert done.returncode == 2
    assert b"needs `--lenient`" in done.stderr


def test_a_policy_cannot_be_lenient(foreign: Boxes) -> None:
    """The key is none of a policy's."""
    foreign.write("gate.toml", 'schema = "top.ksy"\nlenient = true\n')
    done = foreign.run("gate", "good.bin", "--policy", "gate.toml")
    assert done.returncode == 2
    assert b"lenient" in done.stdout + done.stderr


def test_schema_check_takes_foreign_keys_as_notes(foreign: Boxes) -> None:
    """Where a strict one is told of a mistake."""
    report = foreign.report("schema", "check", "top.ksy", "-I", "lib", "--lenient")
    assert report["exit_code"] == 0
    noted = [one for one in report["findings"] if one["code"] == "Q902"]
    assert [one["severity"] for one in noted] == ["note"]
    assert foreign.code("schema", "check", "top.ksy", "-I", "lib") == 10


def test_a_folder_for_imports_must_be_there(foreign: Boxes) -> None:
    """A misspelt one would be found out only by what it lacks."""
    done = foreign.run("validate", "good.bin", "--schema", "top.ksy", "-I", "lbi")
    assert done.returncode == 2
    assert b"lbi" in done.stderr


@pytest.mark.parametrize("command", ["validate", "inspect", "fuzz", "replay"])
def test_commands_that_take_a_schema_take_import_paths(foreign: Boxes, command: str) -> None:
    """All of them."""
    assert b"--import-path DIR" in foreign.run(command, "--help").stdout
