"""Telling one finding from another, and faults from what is no fault."""

from __future__ import annotations

import msgspec

from harness.consumers.observation import Frame, How, Observation, SanitizerReport, Verdict
from harness.findings.model import Finding, Severity
from harness.fuzzing import triage
from harness.fuzzing.faults import Fault, encode, parse


def observation(*functions: str, kind: str = "heap-buffer-overflow", line: int = 1) -> Observation:
    """A run that ended with a report, its stack innermost first."""
    frames = tuple(Frame(function=one, file="a.c", line=line, module="p") for one in functions)
    report = SanitizerReport(tool="asan", kind=kind, frame=frames[0], frames=frames)
    return Observation(
        consumer="c 1", verdict=Verdict.NONE, reject_code=None, how=How.SANITIZER, detail=kind,
        steps=(), report=report, layers=(), left_processes=False, stderr="", milliseconds=0,
    )  # fmt: skip


CRASH = Finding(code="D702", severity=Severity.ERROR, file="f")


def test_two_lines_of_one_function_are_two_findings() -> None:
    """The line of the fault itself tells, so that one CVE does not hide its neighbour."""
    one, other = observation("read", "load", line=262), observation("read", "load", line=270)
    assert triage.key(CRASH, one) != triage.key(CRASH, other)
    assert not triage.same_place(one, other)


def test_the_lines_of_callers_do_not_count() -> None:
    """Callers are known by their functions: one fault is not many because it is called twice."""
    one = observation("read", "load", line=3)
    assert one.report is not None
    top, caller = one.report.frames
    moved = msgspec.structs.replace(caller, line=9)
    report = msgspec.structs.replace(one.report, frames=(top, moved))
    other = msgspec.structs.replace(one, report=report)
    assert triage.key(CRASH, one) == triage.key(CRASH, other)
    assert triage.same_place(one, other)


def test_who_saw_an_access_first_does_not_tell_findings_apart() -> None:
    """UBSan, AddressSanitizer and a signal tell of one wrong access, each in its own words."""
    kinds = ("heap-buffer-overflow", "index-out-of-bounds", "invalid-address", "pointer-overflow")
    seen = [observation("read", "load", kind=kind) for kind in kinds]
    assert len({triage.key(CRASH, one) for one in seen}) == 1
    freed = observation("read", "load", kind="heap-use-after-free")
    assert triage.key(CRASH, freed) != triage.key(CRASH, seen[0])


def test_kind_and_callers_tell_findings_apart() -> None:
    """The three innermost functions count, deeper ones do not."""
    base = triage.key(CRASH, observation("read", "load", "main"))
    assert triage.key(CRASH, observation("read", "load", "main", "start")) == base
    assert triage.key(CRASH, observation("read", "other", "main")) != base
    assert triage.key(CRASH, observation("read", "load", "main", kind="double-free")) != base


def test_an_exception_has_the_same_key_wherever_python_is_installed() -> None:
    """By its function and file; a line may move in another release."""
    keys = set()
    for place in ("/usr/lib/python3/gettext.py:3", "/opt/gettext.py:4"):
        seen = msgspec.structs.replace(
            observation("x"), report=None, how=How.EXIT, detail=f"uncaught E in `f` ({place})"
        )
        keys.add(triage.key(msgspec.structs.replace(CRASH, code="D701"), seen))
    assert len(keys) == 1


def test_the_harness_own_frames_do_not_count() -> None:
    """The driver below a consumer is another one in isolation."""
    frames = (
        Frame(function="read", file="a.c", line=1, module="p"),
        Frame(function="cycle", file="fuzz_driver.c", line=2, module="p"),
    )
    report = SanitizerReport(tool="asan", kind="x", frame=frames[0], frames=frames)
    assert triage.own_functions(report) == ["read"]


def test_verdicts_are_told_apart_by_the_rule_that_is_broken() -> None:
    """Accepted content that breaks one rule is another finding than that which breaks another."""
    finding = msgspec.structs.replace(CRASH, code="D706")
    seen = observation("read")
    one = triage.key(finding, seen, ["I502  header.crc32"])
    assert one != triage.key(finding, seen, ["S107  header.reserved"])
    assert one.startswith("D706-accepts-invalid-I502-header.crc32-")


def test_faults_come_back_as_they_were_written() -> None:
    """Input and report may hold any bytes and lines."""
    fault = Fault(
        kind="asan", what="report", key=77, phase="event", index=2, cycle=1,
        content=b"a\nb\0", report="line\nline",
    )  # fmt: skip
    assert parse(encode(fault)) == fault
    assert parse(b"something else\n") is None
