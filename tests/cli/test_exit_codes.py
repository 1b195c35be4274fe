"""The table of exit codes, row by row, as a user meets it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cli import checking, main
from tests.cli.box_files import GOOD, HARNESS, TIMEOUT_SECONDS, Boxes

_SCHEMA = ("--schema", "box.ksy")


class TestClean:
    """0: everything named was checked and is clean."""

    def test_a_valid_file(self, boxes: Boxes) -> None:
        """The plain case."""
        assert boxes.code("validate", "valid.box", *_SCHEMA) == 0

    def test_a_warning_below_fail_on(self, boxes: Boxes) -> None:
        """Warnings are shown and do not fail by default."""
        assert boxes.code("validate", "light.box", *_SCHEMA) == 0

    def test_a_passing_gate(self, boxes: Boxes) -> None:
        """All stages passed."""
        boxes.write_consumer("good", GOOD)
        boxes.write_policy("good")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 0

    def test_a_schema_without_mistakes(self, boxes: Boxes) -> None:
        """Nothing to complain about."""
        assert boxes.code("schema", "check", "box.ksy") == 0


class TestFindings:
    """10: findings at or above --fail-on, a blocked gate, a consumer that fails."""

    def test_an_invalid_file(self, boxes: Boxes) -> None:
        """The plain case."""
        assert boxes.code("validate", "invalid.box", *_SCHEMA) == 10

    def test_a_warning_at_fail_on(self, boxes: Boxes) -> None:
        """`--fail-on warning` makes warnings count."""
        assert boxes.code("validate", "light.box", *_SCHEMA, "--fail-on", "warning") == 10

    def test_an_inspected_file_with_findings(self, boxes: Boxes) -> None:
        """Showing a broken file does not make it a good one."""
        assert boxes.code("inspect", "invalid.box", *_SCHEMA) == 10

    def test_a_schema_with_mistakes(self, boxes: Boxes) -> None:
        """Where schemas are what is checked, mistakes are findings."""
        assert boxes.code("schema", "check", "broken.ksy") == 10

    def test_a_gate_whose_schema_has_mistakes(self, boxes: Boxes) -> None:
        """The first stage of the gate is such a check."""
        boxes.write_consumer("good", GOOD)
        boxes.write_policy("good")
        boxes.write("box.ksy", "meta: {id: box, endian: le}\nseq:\n  - {id: size, typ: u1}\n")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 10

    @pytest.mark.parametrize(
        ("body", "run", "code"),
        [
            ("return data[size];", "", "D702"),
            ("raise(SIGKILL); return 0;", "", "D701"),
            ("for (;;) { }", "timeout_seconds = 0.3", "D703"),
            ("return 1;", "", "D707"),
            ("return no_such_name;", "", "T005"),
        ],
        ids=["crashes", "killed-by-a-signal", "hangs", "rejects", "not-built"],
    )
    def test_a_consumer_that_fails(self, boxes: Boxes, body: str, run: str, code: str) -> None:
        """However it fails, the gate is blocked and says how."""
        boxes.write_consumer("bad", body, run)
        boxes.write_policy("bad")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 10
        assert code in boxes.codes("gate", "valid.box", "--policy", "gate.toml")

    def test_a_consumer_that_cannot_be_started(self, boxes: Boxes) -> None:
        """A program that is not there has survived nothing."""
        boxes.write(
            "none.toml",
            'name = "none"\nversion = "1"\nschema = "box.ksy"\n'
            '[run]\ncommand = ["./no-such-program", "{file}"]\n',
        )
        boxes.write_policy("none")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 10


class TestNothingToCheck:
    """3: nothing to check."""

    def test_an_empty_folder(self, boxes: Boxes) -> None:
        """No file at all."""
        assert boxes.code("validate", "empty") == 3

    def test_a_walked_folder_without_a_known_format(self, boxes: Boxes) -> None:
        """Files, but none that could be checked."""
        assert boxes.code("validate", "unknown") == 3

    def test_a_named_file_of_no_known_schema(self, boxes: Boxes) -> None:
        """Never 0 for something that was named and not checked."""
        assert boxes.code("validate", "notes.unknown") == 3


class TestRefused:
    """2: usage, input, schema, manifest, policy."""

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("no-such-command",),
            ("validate",),
            ("validate", "valid.box", "--no-such-option"),
            ("validate", "valid.box", "--with", "no-equals-sign"),
            ("validate", "valid.box", "--with", "a=b", "--with", "a=c"),
            ("validate", "valid.box", "--max-findings", "0"),
            ("validate", "valid.box", *_SCHEMA, "--output", "no/such/folder"),
            ("explain", "I999"),
            ("inspect", "folder", *_SCHEMA),
            ("gate", "valid.box"),
        ],
    )
    def test_wrong_usage(self, boxes: Boxes, arguments: tuple[str, ...]) -> None:
        """With a hint on standard error and nothing on standard output."""
        done = boxes.run(*arguments)
        assert done.returncode == 2
        assert done.stdout == b""
        assert b"Traceback" not in done.stderr

    def test_a_named_file_that_is_missing(self, boxes: Boxes) -> None:
        """T001, not success."""
        assert boxes.code("validate", "missing.box", *_SCHEMA) == 2

    def test_a_companion_that_is_not_given(self, boxes: Boxes) -> None:
        """A file that cannot be judged is not a good file."""
        assert boxes.code("validate", "two.list", "--schema", "list.ksy") == 2

    def test_a_companion_that_is_missing(self, boxes: Boxes) -> None:
        """Named, and not there."""
        arguments = ("two.list", "--schema", "list.ksy", "--with", "limits=none.bin")
        assert boxes.code("validate", *arguments) == 2

    @pytest.mark.parametrize("schema", ["broken.ksy", "missing.ksy", "no-such-name"])
    def test_a_schema_that_cannot_be_used(self, boxes: Boxes, schema: str) -> None:
        """For all commands but `schema check` and `gate`."""
        assert boxes.code("validate", "valid.box", "--schema", schema) == 2
        assert boxes.code("inspect", "valid.box", "--schema", schema) == 2

    def test_a_schema_to_check_that_is_not_there(self, boxes: Boxes) -> None:
        """A name that is nothing has no mistakes to find."""
        assert boxes.code("schema", "check", "missing.ksy") == 2
        assert boxes.code("schema", "check", "no-such-name") == 2

    @pytest.mark.parametrize("text", ["name = ", 'name = "a"\nversion = "1"\n', None])
    def test_a_manifest_that_cannot_be_used(self, boxes: Boxes, text: str | None) -> None:
        """Not TOML, not complete, or not there."""
        if text is not None:
            boxes.write("bad.toml", text)
        assert boxes.code("validate", "valid.box", "--contract", "bad.toml") == 2
        boxes.write_policy("bad")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 2

    def test_a_contract_that_does_not_fit_the_schema(self, boxes: Boxes) -> None:
        """The manifest is wrong, the schema is not."""
        boxes.write_consumer("good", GOOD)
        text = (boxes.folder / "good.toml").read_text()
        boxes.write(
            "odd.toml", f'{text}[[contract]]\nid = "a"\nat = "box"\ncheck = "nothing > 1"\n'
        )
        boxes.write_policy("odd")
        assert boxes.code("validate", "valid.box", "--contract", "odd.toml") == 2
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 2

    @pytest.mark.parametrize("text", ["schema = ", 'schema = "box.ksy"\n', None])
    def test_a_policy_that_cannot_be_used(self, boxes: Boxes, text: str | None) -> None:
        """Not TOML, not complete, or not there."""
        if text is not None:
            boxes.write("gate.toml", text)
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 2

    def test_a_candidate_that_is_missing(self, boxes: Boxes) -> None:
        """The gate says so and stays closed."""
        boxes.write_consumer("good", GOOD)
        boxes.write_policy("good")
        report = boxes.report("gate", "missing.box", "--policy", "gate.toml")
        assert report["exit_code"] == 2
        assert report["gate"]["verdict"] == "blocked"

    def test_a_report_that_would_replace_an_input(self, boxes: Boxes) -> None:
        """The candidate is not overwritten with what is said about it."""
        before = (boxes.folder / "valid.box").read_bytes()
        assert boxes.code("validate", "valid.box", *_SCHEMA, "--output", "valid.box") == 2
        assert (boxes.folder / "valid.box").read_bytes() == before

    @pytest.mark.parametrize("command", ["validate", "coverage"])
    def test_a_report_that_would_replace_a_walked_input(self, boxes: Boxes, command: str) -> None:
        """A walk finds it; a report of an earlier run in the folder is replaced."""
        content = (boxes.folder / "valid.box").read_bytes()
        boxes.write("many/1.box", content.decode("latin-1"))
        arguments = (command, "many", *_SCHEMA, "-o", "many/1.box")
        assert boxes.code(*arguments) == 2
        assert (boxes.folder / "many/1.box").read_bytes() == content

    def test_a_walked_input_of_a_known_format_is_not_replaced(self, boxes: Boxes) -> None:
        """Without a schema, those that are read are those whose format is known."""
        boxes.write("many/1.mo", "no catalogue")
        assert boxes.code("validate", "many", "-o", "many/1.mo") == 2
        assert (boxes.folder / "many/1.mo").read_bytes() == b"no catalogue"
        boxes.write("many/report.txt", "an earlier one")
        assert boxes.code("validate", "many", "-o", "many/report.txt") == 10

    def test_a_companion_that_nothing_takes(self, boxes: Boxes) -> None:
        """A mistyped companion is not passed over."""
        assert boxes.code("validate", "valid.box", *_SCHEMA, "--with", "lmits=valid.box") == 2

    def test_a_pipe_that_nobody_writes_to(self, boxes: Boxes) -> None:
        """It is refused and does not hang, named or walked."""
        os.mkfifo(boxes.folder / "silent.box")
        assert boxes.code("validate", "silent.box", *_SCHEMA) == 2


class TestFailed:
    """1: the tool failed."""

    def test_a_full_disk(self, boxes: Boxes) -> None:
        """Clean content, but nobody can know."""
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [HARNESS, "validate", "valid.box", *_SCHEMA],
                cwd=boxes.folder,
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr == b"error: cannot write to standard output: No space left on device\n"

    def test_a_full_disk_under_an_output_file(self, boxes: Boxes) -> None:
        """Devices are written to, not replaced."""
        assert boxes.code("validate", "valid.box", *_SCHEMA, "--output", "/dev/full") == 1
        assert Path("/dev/full").is_char_device()

    def test_a_closed_standard_output(self, boxes: Boxes) -> None:
        """Python would write to nowhere in silence."""
        script = f'exec "{HARNESS}" validate valid.box --schema box.ksy >&-'
        done = subprocess.run(
            ["sh", "-c", script], cwd=boxes.folder, stderr=subprocess.PIPE, check=False
        )
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr

    @pytest.mark.parametrize("arguments", [("explain",), ("--help",), ("schema", "show")])
    def test_a_reader_that_went_away(self, boxes: Boxes, arguments: tuple[str, ...]) -> None:
        """As with `| head`: no message, and no success either."""
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(
            [HARNESS, *arguments],
            cwd=boxes.folder,
            stdout=write_end,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(write_end)
        assert done.returncode == 1
        assert done.stderr == b""

    def test_an_engine_that_is_absent(self, boxes: Boxes, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is asked for, so nothing else will do."""
        monkeypatch.setenv("CC", "no-such-compiler")
        monkeypatch.setenv("HARNESS_CACHE", str(boxes.folder / "cache"))
        done = boxes.run("validate", "valid.box", *_SCHEMA, "--engine", "native")
        assert done.returncode == 1
        assert b"no-such-compiler" in done.stderr

    def test_a_compiler_that_is_absent(self, boxes: Boxes) -> None:
        """This machine's fault, not the content's."""
        boxes.write_consumer("good", GOOD)
        text = (boxes.folder / "good.toml").read_text()
        boxes.write("good.toml", text.replace("]}", '], compiler = "no-such-compiler"}'))
        boxes.write_policy("good")
        assert boxes.code("gate", "valid.box", "--policy", "gate.toml") == 1

    def test_a_bug_of_the_tool(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A short message; the traceback only with `--debug`."""

        def broken(*_: object) -> None:
            raise KeyError("surprise")

        monkeypatch.setattr(checking, "_by_file", broken)
        assert main.run(["validate", "any.box"]) == 1
        said = capsys.readouterr().err
        assert said.startswith("internal error: KeyError: 'surprise'\n")
        assert "Traceback" not in said

        assert main.run(["--debug", "validate", "any.box"]) == 1
        assert "Traceback" in capsys.readouterr().err


class TestInterrupted:
    """130: interrupted; what was found is saved."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_what_was_found_is_written(self, boxes: Boxes, number: signal.Signals) -> None:
        """Also when a CI system ends the job."""
        os.mkfifo(boxes.folder / "endless.box")
        arguments = ("validate", "invalid.box", "endless.box", *_SCHEMA, "--format", "concise")
        # a pipe whose writer is there, and never writes
        writer = os.open(boxes.folder / "endless.box", os.O_RDWR)
        process = boxes.start(*arguments)
        _await_open(boxes.folder / "endless.box", process)
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        os.close(writer)
        assert process.returncode == 130
        assert out.startswith(b"invalid.box:0x1-0x3: error S101 ")
        assert err == b""

    @pytest.mark.parametrize("command", ["validate", "coverage"])
    def test_the_text_says_that_not_all_was_checked(self, boxes: Boxes, command: str) -> None:
        """An interrupted run does not look like a clean one."""
        os.mkfifo(boxes.folder / "endless.box")
        writer = os.open(boxes.folder / "endless.box", os.O_RDWR)
        process = boxes.start(command, "valid.box", "endless.box", *_SCHEMA)
        _await_open(boxes.folder / "endless.box", process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        os.close(writer)
        assert process.returncode == 130
        assert b"interrupted: " in out

    @pytest.mark.parametrize("command", ["validate", "coverage"])
    def test_what_was_not_reached_is_listed(self, boxes: Boxes, command: str) -> None:
        """Programs see each file that was not checked, the one under way included."""
        os.mkfifo(boxes.folder / "endless.box")
        writer = os.open(boxes.folder / "endless.box", os.O_RDWR)
        files = ("valid.box", "endless.box", "folder")
        process = boxes.start(command, *files, *_SCHEMA, "--format", "json")
        _await_open(boxes.folder / "endless.box", process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        os.close(writer)
        report = json.loads(out)
        assert [(one["file"], one["checked"], one["reason"]) for one in report["files"]] == [
            ("valid.box", True, ""),
            ("endless.box", False, "not reached: interrupted"),
            ("folder/one.box", False, "not reached: interrupted"),
            ("folder/read.unknown", False, "not reached: interrupted"),
        ]
        assert report["summary"]["files_unchecked"] == 3

    def test_an_interrupt_while_the_tool_starts_is_quiet(self) -> None:
        """No traceback, whatever was being loaded."""
        script = (
            "import sys\n"
            "class Interrupted:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            "        if name == 'click': raise KeyboardInterrupt\n"
            "sys.meta_path.insert(0, Interrupted())\n"
            "sys.argv = ['harness', '--version']\n"
            "from harness.cli.main import main\n"
            "main()\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")

    def test_an_interrupted_gate_is_closed(self, boxes: Boxes) -> None:
        """Stages that were not reached count as not passed, and the verdict is written."""
        boxes.write_consumer("slow", "for (;;) { }", "timeout_seconds = 60")
        boxes.write_policy("slow")
        process = boxes.start("gate", "valid.box", "--policy", "gate.toml", "--report", "out")
        _await_child(process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        assert process.returncode == 130
        assert out.rstrip().endswith(b"BLOCKED: stage consume did not finish")
        assert b'"outcome": "interrupted"' in (boxes.folder / "out/verdict.json").read_bytes()


def _await_open(pipe: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has opened a file."""
    folder = Path("/proc") / str(process.pid) / "fd"
    until = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError):
            if any(link.resolve() == pipe.resolve() for link in folder.iterdir()):
                return
        time.sleep(0.01)
    raise TimeoutError(f"the pipe was not opened; exit code {process.poll()}")


def _await_child(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has started another."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if children.read_text():
            return
        time.sleep(0.01)
    raise TimeoutError(f"no child was started; exit code {process.poll()}")


class TestSeveralInputs:
    """With several inputs the first row that applies wins."""

    @pytest.mark.parametrize(
        ("files", "code"),
        [
            (("valid.box", "invalid.box"), 10),
            (("invalid.box", "missing.box"), 2),
            (("missing.box", "valid.box"), 2),
            (("valid.box", "empty"), 3),
            (("invalid.box", "empty"), 10),
            (("empty", "missing.box"), 2),
            (("valid.box", "light.box"), 0),
        ],
    )
    def test_the_first_row_wins(self, boxes: Boxes, files: tuple[str, ...], code: int) -> None:
        """Whatever the order of the inputs."""
        assert boxes.code("validate", *files, *_SCHEMA) == code
        assert boxes.code("validate", *reversed(files), *_SCHEMA) == code

    def test_two_consumers_with_different_outcomes(self, boxes: Boxes) -> None:
        """A missing compiler outranks a crash, and both are reported."""
        boxes.write_consumer("bad", "abort();")
        boxes.write_consumer("good", GOOD)
        text = (boxes.folder / "good.toml").read_text()
        boxes.write("good.toml", text.replace("]}", '], compiler = "no-such-compiler"}'))
        boxes.write_policy("bad", "good")
        report = boxes.report("gate", "valid.box", "--policy", "gate.toml")
        assert report["exit_code"] == 1
        assert {"D701", "T008"} <= {finding["code"] for finding in report["findings"]}
