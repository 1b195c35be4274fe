"""What a sanitizer reports becomes a kind, an access, a line of the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.consumers import sanitizer
from harness.consumers.observation import How
from harness.consumers.run import Consumer, run
from tests.consumers.conftest import HERE

SOURCE = (HERE / "misbehaving.c").read_text().splitlines()


def line_of(part: str) -> int:
    """The number of the one line of misbehaving.c that has `part` in it."""
    (number,) = [at for at, line in enumerate(SOURCE, 1) if part in line]
    return number


@pytest.mark.parametrize(
    ("content", "how", "kind", "access", "line"),
    [
        ("over-read", How.SANITIZER, "heap-buffer-overflow", ("read", 1), 'is("over-read")'),
        ("big-copy", How.SANITIZER, "heap-buffer-overflow", ("read", 408), 'is("big-copy")'),
        ("use-after-free", How.SANITIZER, "heap-use-after-free", ("read", 1), 'is("use-after'),
        ("double-free", How.SANITIZER, "double-free", ("", None), 'is("double-free")'),
        ("null", How.SANITIZER, "null-pointer", ("", None), 'is("null")'),
        ("overflow", How.SANITIZER, "signed-integer-overflow", ("", None), 'is("overflow")'),
        ("divide", How.SANITIZER, "division-by-zero", ("", None), 'is("divide")'),
        ("recurse", How.SANITIZER, "stack-overflow", ("", None), "static int recurse"),
        ("abort", How.SIGNAL, "abort", ("", None), 'is("abort")'),
        ("trap", How.SIGNAL, "illegal-instruction", ("", None), 'is("trap")'),
        ("allocate-much", How.LIMIT, "allocation-too-big", ("", None), 'is("allocate-much")'),
    ],
)
def test_each_kind_of_fault_is_read(
    misbehaving: Consumer,
    content: str,
    how: How,
    kind: str,
    access: tuple[str, int | None],
    line: str,
) -> None:
    """Kind, access and the consumer's own line, whatever frames lie above it."""
    seen = run(misbehaving, content.encode())
    assert (seen.how, seen.detail) == (how, kind)
    assert seen.report is not None
    assert (seen.report.access, seen.report.size) == access
    assert seen.report.frame is not None
    assert Path(seen.report.frame.file).name == "misbehaving.c"
    assert seen.report.frame.line == line_of(line)


@pytest.mark.parametrize(
    ("content", "how", "detail"),
    [
        ("kill", How.SIGNAL, "SIGKILL"),
        ("raise", How.SIGNAL, "SIGUSR1"),
        ("exit", How.EXIT, "exit code 0"),
        ("exit-3", How.EXIT, "exit code 3"),
    ],
)
def test_an_end_without_a_report(
    misbehaving: Consumer, content: str, how: How, detail: str
) -> None:
    """A signal by its name; an exit in the middle of a call is no success, whatever its code."""
    seen = run(misbehaving, content.encode())
    assert (seen.how, seen.detail, seen.report) == (how, detail, None)


def test_the_report_has_names_and_inlined_calls(misbehaving: Consumer) -> None:
    """The whole report is kept, with functions and lines in the place of addresses."""
    report = run(misbehaving, b"over-read").report
    assert report is not None
    assert "heap-buffer-overflow on address" in report.text
    assert "in `crash` (" in report.text
    assert [frame.function for frame in report.frames][:2] == ["crash", "harness_consume"]


def test_no_report_in_plain_words(tmp_path: Path) -> None:
    """A consumer that talks about errors has no report yet."""
    text = "AddressSanitizer is a tool\nerror: runtime error: none\n"
    assert sanitizer.parse(text, tmp_path, tmp_path, "") is None


def test_without_a_look_up_tool_frames_keep_their_addresses(tmp_path: Path) -> None:
    """Module and offset are enough to look up later."""
    text = (
        "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2\n"
        "READ of size 4 at 0x1 thread T0\n"
        "    #0 0x55d  (/somewhere/program+0x10)\n\nother\n"
    )
    report = sanitizer.parse(text, Path("/somewhere/program"), tmp_path, "/nowhere")
    assert report is not None
    assert str(report.frame) == "program+0x10"
    assert "#0 0x55d in program+0x10" in report.text


def test_only_known_modules_are_looked_into(tmp_path: Path) -> None:
    """A report may be forged to name the content as a program."""
    hostile = tmp_path / "content.bin"
    hostile.write_bytes(b"\x7fELF")
    tool = tmp_path / "addr2line"
    tool.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    tool.chmod(0o755)
    text = (
        "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\n"
        f"    #0 0x55d  ({hostile}+0x10)\n"
    )
    for program, started in (("/somewhere/else", False), (str(hostile), True)):
        assert sanitizer.parse(text, Path(program), tmp_path, str(tmp_path)) is not None
        assert (tmp_path / "started").exists() is started
