"""Command consumers: files in, an exit code out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.consumers import manifest
from harness.consumers.observation import How, Observation, Verdict
from harness.consumers.run import Consumer, ConsumerError, prepare, run
from tests.consumers.conftest import manifest_text

# Reads the content, and compares it with a companion that is beside it.
SCRIPT = """\
case $(cat "$1") in
    good) exit 0 ;;
    bad) exit 4 ;;
    same) cmp -s "$1" "$2" ;;
    name) test "$(basename "$1")" = content.chnl ;;
    home) echo >"$HOME/x" && echo >"$TMPDIR/y" && test "$(pwd)" = "$HOME" ;;
    loud) echo out; echo err >&2; exit 9 ;;
    kill) kill -SEGV $$ ;;
    *) exit 1 ;;
esac
"""


@pytest.fixture
def consumer(tmp_path: Path, environment: Mapping[str, str]) -> Consumer:
    """A shell script with a companion."""
    (tmp_path / "tool.sh").write_text(SCRIPT)
    (tmp_path / "defs.bin").write_text("same")
    folder = str(tmp_path)
    run_lines = f'command = ["sh", "{folder}/tool.sh", "{{file}}", "{{defs}}"]\nreject = [1, 4]'
    (tmp_path / "m.toml").write_text(manifest_text(run_lines, '[companions]\ndefs = "defs.bin"'))
    return prepare(manifest.load(tmp_path / "m.toml"), environment=environment)


def outcome(seen: Observation) -> tuple[How, str, Verdict, int | None]:
    """What matters of a run."""
    return (seen.how, seen.detail, seen.verdict, seen.reject_code)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("good", (How.FINISHED, "", Verdict.ACCEPTED, None)),
        ("bad", (How.FINISHED, "", Verdict.REJECTED, 4)),
        ("same", (How.FINISHED, "", Verdict.ACCEPTED, None)),
        ("name", (How.FINISHED, "", Verdict.ACCEPTED, None)),
        ("home", (How.FINISHED, "", Verdict.ACCEPTED, None)),
        ("loud", (How.EXIT, "exit code 9", Verdict.NONE, None)),
        ("kill", (How.SIGNAL, "SIGSEGV", Verdict.NONE, None)),
    ],
)
def test_exit_codes_are_verdicts(
    consumer: Consumer, content: str, expected: tuple[How, str, Verdict, int | None]
) -> None:
    """Listed ones accept and reject, others and signals are crashes."""
    assert outcome(run(consumer, content.encode(), suffix=".chnl")) == expected


def test_output_is_kept(consumer: Consumer) -> None:
    """Both streams, as they came."""
    assert run(consumer, b"loud").stderr == "out\nerr\n"


def test_other_companions_can_be_given(consumer: Consumer) -> None:
    """They take the place of the manifest's."""
    assert run(consumer, b"same", companions={"defs": b"else"}).verdict is Verdict.REJECTED


@pytest.mark.parametrize("name", ["no-such-program", "./no-such-program"])
def test_a_program_that_is_not_there(
    tmp_path: Path, environment: Mapping[str, str], name: str
) -> None:
    """It is looked for on the search path, or beside the manifest."""
    (tmp_path / "m.toml").write_text(manifest_text(f'command = ["{name}", "{{file}}"]'))
    with pytest.raises(ConsumerError, match="no-such-program` is not there") as caught:
        prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    assert caught.value.code == "T006"


def test_a_program_that_cannot_be_executed(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """The system's reason is told."""
    (tmp_path / "tool").write_text("#!/no/such/interpreter\n")
    (tmp_path / "tool").chmod(0o755)
    (tmp_path / "m.toml").write_text(manifest_text('command = ["./tool", "{file}"]'))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    with pytest.raises(ConsumerError, match=r"is not started: .*No such file") as caught:
        run(consumer, b"")
    assert caught.value.code == "T006"
