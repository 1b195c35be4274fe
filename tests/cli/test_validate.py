"""`harness validate`: what is checked, what is said of it, and in which form."""

from __future__ import annotations

import errno
import json
import os
from typing import Any

import pytest

from harness.cli.main import run
from tests.cli.box_files import GOOD, Boxes

_SCHEMA = ("--schema", "box.ksy")
_HOSTILE = "a\n\x1b[2J\u202eb.box"


def test_the_text_says_what_was_checked_and_by_what(boxes: Boxes) -> None:
    """Counts, the schema and its digest, the companion and its digest."""
    arguments = ("two.list", "--schema", "list.ksy", "--with", "limits=limits.bin")
    lines = boxes.run("validate", *arguments).stdout.decode().splitlines()
    assert lines[0] == "1 file checked: no findings"
    assert lines[1].startswith("schema list: list.ksy (sha256 ")
    assert lines[2].startswith("with limits: limits.bin (sha256 ")


def test_quiet_leaves_only_findings(boxes: Boxes) -> None:
    """Nothing at all where there are none."""
    assert boxes.run("validate", "valid.box", *_SCHEMA, "--quiet").stdout == b""
    said = boxes.run("validate", "trailing.box", *_SCHEMA, "--quiet").stdout
    assert said.startswith(b"error[S109] ")
    assert b"checked" not in said


def test_all_findings_of_all_files_come_in_one_run(boxes: Boxes) -> None:
    """One bad file does not hide the next."""
    assert boxes.codes("validate", "invalid.box", "trailing.box", *_SCHEMA) == ["S101", "S109"]


def test_two_runs_say_the_same(boxes: Boxes) -> None:
    """Byte for byte, in every format."""
    for form in ("text", "concise", "json"):
        arguments = ("validate", ".", *_SCHEMA, "--format", form)
        assert boxes.run(*arguments).stdout == boxes.run(*arguments).stdout


def test_standard_input_is_checked_and_shown(boxes: Boxes) -> None:
    """Its bytes are in the excerpt although no file has them."""
    done = boxes.run("validate", "-", *_SCHEMA, content=b"\x01zz")
    assert done.returncode == 10
    assert b"--> -: (bytes 0x2..0x3)" in done.stdout
    assert b"01 7a 7a" in done.stdout


def test_a_folder_is_walked_and_what_is_unknown_is_listed(boxes: Boxes) -> None:
    """Counted and named, not an error."""
    boxes.write("zone/UTC", "TZif")
    boxes.write("zone/read.unknown", "hello")
    report = boxes.report("validate", "zone")
    assert [(one["file"], one["checked"]) for one in report["files"]] == [
        ("zone/UTC", True),
        ("zone/read.unknown", False),
    ]
    assert b"unchecked: zone/read.unknown" in boxes.run("validate", "zone").stdout


def test_a_strict_walk_makes_unknown_files_findings(boxes: Boxes) -> None:
    """For folders in which nothing else should be."""
    boxes.write("zone/read.unknown", "hello")
    assert boxes.codes("validate", "zone", "--strict-walk") == ["T003"]


def test_findings_beyond_the_limit_are_counted(boxes: Boxes) -> None:
    """And named by their codes."""
    boxes.write(
        "many.ksy",
        "meta: {id: many, endian: le}\nseq:\n  - {id: items, type: u1, repeat: eos, valid: 0}\n",
    )
    boxes.write("many.bin", "\x01" * 10)
    arguments = ("validate", "many.bin", "--schema", "many.ksy", "--max-findings", "3")
    assert boxes.report(*arguments)["summary"]["findings_dropped"] == 7
    assert b"7 findings beyond --max-findings not shown: B202 7" in boxes.run(*arguments).stdout


def test_a_file_larger_than_asked_for_is_not_read(boxes: Boxes) -> None:
    """It is a finding that names the option; as large as allowed, it is checked."""
    boxes.write("many.ksy", "meta: {id: many}\nseq: [{id: all, size-eos: true}]\n")
    boxes.write("many.bin", "12345678")
    arguments = ("validate", "many.bin", "--schema", "many.ksy", "--max-bytes")
    assert boxes.codes(*arguments, "7") == ["T001"]
    assert b"it has more than 7 bytes (`--max-bytes`)" in boxes.run(*arguments, "7").stdout
    assert boxes.codes(*arguments, "8") == []


def test_a_contract_is_held_with_the_companions_of_its_manifest(boxes: Boxes) -> None:
    """Valid by the file given, not for this consumer; and the difference is said."""
    boxes.write(
        "reader.toml",
        'name = "reader"\nversion = "2.0"\nschema = "list.ksy"\n'
        'companions = {limits = "low.bin"}\n[run]\ncommand = ["true", "{file}"]\n'
        '[[contract]]\nid = "even"\nat = "list"\ncheck = "count % 2 == 1"\n',
    )
    arguments = ("validate", "two.list", "--contract", "reader.toml")
    assert boxes.codes(*arguments) == ["B201", "K401"]
    with_own = boxes.report(*arguments, "--with", "limits=limits.bin")
    assert {one["code"] for one in with_own["findings"]} == {"B201", "K401", "K402"}
    assert with_own["files"][0]["contracts"] == ["reader 2.0"]


def test_the_output_file_holds_the_report_and_nothing_else_is_said(boxes: Boxes) -> None:
    """Standard output stays empty; no partial file is left."""
    done = boxes.run("validate", "invalid.box", *_SCHEMA, "-f", "json", "-o", "report.json")
    assert (done.returncode, done.stdout, done.stderr) == (10, b"", b"")
    report = json.loads((boxes.folder / "report.json").read_bytes())
    assert report["exit_code"] == 10
    assert not list(boxes.folder.glob(".*.part"))


def test_an_output_file_that_cannot_be_replaced_stays_as_it_is(boxes: Boxes) -> None:
    """All of the new report or all of the old."""
    boxes.write("report.json", "old")
    done = boxes.run(
        "validate", "missing.box", "--schema", "broken.ksy", "-f", "no-such", "-o", "report.json"
    )
    assert done.returncode == 2
    assert (boxes.folder / "report.json").read_text() == "old"


def test_a_hostile_file_name_reaches_no_terminal(boxes: Boxes) -> None:
    """One line a finding, whatever the name holds."""
    boxes.write(_HOSTILE, "\x03ab")
    for form in ("text", "concise", "json"):
        said = boxes.run("validate", _HOSTILE, *_SCHEMA, "--format", form).stdout.decode()
        assert said.replace("\n", "").isprintable()
        assert "\\u202eb.box" in said
    concise = boxes.run("validate", _HOSTILE, *_SCHEMA, "--format", "concise").stdout
    assert concise.count(b"\n") == 1


def test_a_missing_file_of_hostile_name_is_refused_in_peace(boxes: Boxes) -> None:
    """Error messages are output too."""
    for arguments in (("validate", _HOSTILE), ("inspect", _HOSTILE), ("explain", _HOSTILE)):
        done = boxes.run(*arguments)
        assert (done.stdout + done.stderr).decode().replace("\n", "").isprintable()
        assert done.returncode == 2


def test_a_file_name_that_is_no_text_is_kept(boxes: Boxes) -> None:
    """As an escape of the stray byte, the same in every format, and none that is half a letter."""
    name = b"\xff.box"
    (boxes.folder / os.fsdecode(name)).write_bytes(b"\x03ab")
    said = boxes.run("validate", name, *_SCHEMA, "--format", "json").stdout
    assert json.loads(said)["findings"][0]["file"] == "\\xff.box"
    assert b"\\ud" not in said
    for form in ("text", "concise"):
        assert b"\\xff.box:" in boxes.run("validate", name, *_SCHEMA, "--format", form).stdout


def test_a_backslash_in_a_name_is_told_from_an_escape(boxes: Boxes) -> None:
    """A name that looks like an escape is not what it looks like."""
    boxes.write("a\\xff.box", "\x03ab")
    assert boxes.report("validate", "a\\xff.box", *_SCHEMA)["findings"][0]["file"] == "a\\\\xff.box"
    for form in ("text", "concise"):
        said = boxes.run("validate", "a\\xff.box", *_SCHEMA, "--format", form).stdout
        assert b"a\\\\xff.box:" in said


def test_a_link_to_a_folder_is_listed_and_not_followed(boxes: Boxes) -> None:
    """What is behind it was not checked, and must not look as if it was."""
    boxes.write("zone/one.box", "\x01a")
    boxes.write("elsewhere/broken.box", "\x03ab")
    (boxes.folder / "zone" / "link").symlink_to(boxes.folder / "elsewhere")
    (boxes.folder / "zone" / "loop").symlink_to(boxes.folder / "zone")
    report = boxes.report("validate", "zone", *_SCHEMA)
    reason = "is a link to a folder, which a walk does not follow"
    assert [(one["file"], one["checked"], one["reason"]) for one in report["files"]] == [
        ("zone/one.box", True, ""),
        ("zone/link", False, reason),
        ("zone/loop", False, reason),
    ]
    assert b"unchecked: zone/link: is a link" in boxes.run("validate", "zone", *_SCHEMA).stdout
    assert boxes.codes("validate", "zone", *_SCHEMA, "--strict-walk") == ["T001", "T001"]


def test_a_damaged_file_without_extension_is_told_as_unchecked(boxes: Boxes) -> None:
    """Nobody can know what it was meant to be; a strict walk does not let it pass."""
    boxes.write("zone/UTC", "TZif")
    boxes.write("zone/Berlin", "XZif")
    said = boxes.run("validate", "zone").stdout
    assert b"1 file checked, 1 unchecked" in said
    assert b"unchecked: zone/Berlin: is of no known format\n" in said
    assert "T003" in boxes.codes("validate", "zone", "--strict-walk")


@pytest.mark.parametrize("where", ["zone", "zone/closed"])
def test_a_folder_that_cannot_be_listed_is_no_clean_one(
    boxes: Boxes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
) -> None:
    """Below the one that is named, or named itself: a finding, and exit code 2."""
    boxes.write("zone/one.box", "\x01a")
    boxes.write("zone/closed/two.box", "\x03ab")
    listed = os.scandir

    def scandir(path: str) -> Any:  # noqa: ANN401 -- as `os.scandir`
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.chdir(boxes.folder)
    monkeypatch.setattr(os, "scandir", scandir)
    assert run(["validate", where, *_SCHEMA, "--format", "concise"]) == 2
    assert "zone/closed: error T001 unreadable-file: cannot be read: permission denied" in (
        capsys.readouterr().out
    )


def test_a_companion_of_a_file_that_was_not_read_is_not_called_unused(boxes: Boxes) -> None:
    """Nobody knows what the file would have taken."""
    arguments = ("--schema", "list.ksy", "--with", "limits=limits.bin")
    assert boxes.codes("validate", "missing.list", *arguments) == ["T001"]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_the_locale_of_the_stream_is_respected(boxes: Boxes, locale: str) -> None:
    """No output is lost to an encoding."""
    boxes.write("long.box", "\xc8" + "x" * 220)
    more = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = boxes.run("validate", "long.box", *_SCHEMA, more=more)
    assert done.returncode == 10
    assert done.stdout.isascii() == (locale == "C") or b"\xe2" in done.stdout


def test_colour_is_for_terminals_and_for_who_asks(boxes: Boxes) -> None:
    """`NO_COLOR` wins over `FORCE_COLOR`."""
    arguments = ("validate", "invalid.box", *_SCHEMA)
    assert b"\x1b" not in boxes.run(*arguments).stdout
    assert b"\x1b[1;31m" in boxes.run(*arguments, more={"FORCE_COLOR": "1"}).stdout
    both = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert b"\x1b" not in boxes.run(*arguments, more=both).stdout


def test_an_error_in_the_schema_is_shown_at_its_line(boxes: Boxes) -> None:
    """With the line itself and a caret."""
    said = boxes.run("validate", "valid.box", "--schema", "broken.ksy").stdout.decode()
    assert "--> broken.ksy:3:26\n" in said
    line, caret = said.splitlines()[2:4]
    assert line[caret.index("^") :].startswith("siize")


def test_a_manifest_mistake_is_shown_at_its_line(boxes: Boxes) -> None:
    """On standard error, since it is not about content."""
    boxes.write_consumer("good", GOOD)
    text = (boxes.folder / "good.toml").read_text()
    boxes.write("bad.toml", text.replace("version", "verzion"))
    said = boxes.run("validate", "valid.box", "--contract", "bad.toml").stderr.decode()
    assert said.startswith("error: unknown key `verzion`\n")
    assert "--> bad.toml:2:1\n" in said
