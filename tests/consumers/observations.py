"""Observations made by hand, for tests that run nothing."""

from __future__ import annotations

from harness.consumers.observation import (
    Frame,
    How,
    Layer,
    Observation,
    SanitizerReport,
    Step,
    Verdict,
)

OVER_READ = SanitizerReport(
    tool="asan",
    kind="heap-buffer-overflow",
    access="read",
    size=8,
    frame=Frame(function="evaluate", file="interpreter.c", line=210),
)


def observation(
    verdict: Verdict = Verdict.ACCEPTED,
    how: How = How.FINISHED,
    *,
    detail: str = "",
    steps: tuple[Step, ...] = (Step(cycle=0, phase="consume", result=0),),
    report: SanitizerReport | None = None,
    layers: tuple[Layer, ...] = (),
    left: bool = False,
) -> Observation:
    """One run of `reader 1.0`."""
    return Observation(
        consumer="reader 1.0",
        verdict=verdict,
        reject_code=3 if verdict is Verdict.REJECTED else None,
        how=how,
        detail=detail,
        steps=steps,
        report=report,
        layers=layers,
        left_processes=left,
        stderr="",
        milliseconds=1,
    )


def crashed(how: How, detail: str = "", report: SanitizerReport | None = None) -> Observation:
    """A run that ended in its first load."""
    unfinished = Step(cycle=0, phase="load")
    return observation(Verdict.NONE, how, detail=detail, steps=(unfinished,), report=report)
