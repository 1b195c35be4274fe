"""The gate's verdict for people: the stages, what was accepted, and one last line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.findings.message import headline
from harness.findings.model import Finding, Severity
from harness.gate.verdict import Outcome, StageResult, Verdict
from harness.report.escape import clip, pad, visible, visible_name
from harness.report.style import Role, Style
from harness.report.words import count

_OUTCOME_ROLES: dict[Outcome, Role] = {
    Outcome.PASSED: "good",
    Outcome.BLOCKED: "error",
    Outcome.UNFINISHED: "error",
}

_LINES_SHOWN = 12


def stage_lines(verdict: Verdict, style: Style) -> Iterator[str]:
    """Yield the table of stages, absent ones included, as lines of text."""
    yield f"gate {visible_name(verdict.candidate)} by {visible_name(verdict.policy)}"
    yield ""
    yield style.paint(f"  {'stage':<12}{'result':<12}{'time':>8}", "dim")
    for stage in verdict.stages:
        yield from _stage(stage, verdict, style)
    for name in verdict.absent:
        yield style.paint(f"  {name:<12}{'not run':<12}{'':>8}   not part of this version", "dim")
    yield ""


def _stage(stage: StageResult, verdict: Verdict, style: Style) -> Iterator[str]:
    outcome = style.paint(pad(stage.outcome, 12), _OUTCOME_ROLES[stage.outcome])
    said = ", ".join(part for part in (stage.detail, _found(stage.findings, verdict)) if part)
    detail = clip(visible(said), max(20, style.width - 36))
    yield f"  {stage.name:<12}{outcome}{stage.seconds:>6.2f} s   {detail}".rstrip()
    for obstacle in stage.obstacles:
        yield style.paint(f"  {'':<12}{visible(obstacle.message)}", "error")


def _found(findings: tuple[Finding, ...], verdict: Verdict) -> str:
    """How many of each severity; those that the policy accepts apart, for they do not block."""
    accepted = {one.finding for one in verdict.accepted}
    number = Counter((one.severity, one in accepted) for one in findings)
    return ", ".join(
        count(number[severity, covered], f"accepted {severity}" if covered else severity)
        for severity in Severity
        for covered in (False, True)
        if number[severity, covered]
    )


def transcript_lines(verdict: Verdict, style: Style) -> Iterator[str]:
    """Yield what compilers and sanitizers said, long texts cut short."""
    for transcript in (one for stage in verdict.stages for one in stage.transcripts):
        lines = transcript.text.rstrip().split("\n")
        yield style.paint(visible(transcript.title), "strong")
        yield from (f"  {clip(visible(line), style.width - 2)}" for line in lines[:_LINES_SHOWN])
        if len(lines) > _LINES_SHOWN:
            yield f"  ({count(len(lines) - _LINES_SHOWN, 'more line')} with --format json)"
        yield ""


def accepted_lines(verdict: Verdict) -> Iterator[str]:
    """Yield the findings that the policy accepts, with reason and last day."""
    for one in verdict.accepted:
        what = f"{headline(one.finding)}: {one.finding.path}".rstrip(": ")
        yield visible(f"accepted until {one.expires}: {what}: {one.reason}")


def verdict_line(verdict: Verdict, style: Style) -> str:
    """Return the last line: PASS or BLOCKED, and by what."""
    consumers = count(len(verdict.consumers), "consumer")
    if verdict.is_pass:
        stages = ", ".join(stage.name for stage in verdict.stages)
        return f"{style.paint('PASS', 'good')}: {stages} passed for {consumers}"
    return f"{style.paint('BLOCKED', 'error')}: {visible(_reasons(verdict))}"


def _reasons(verdict: Verdict) -> str:
    """Each blocking rule once, with how often; then the stages that did not finish."""
    errors = Counter(
        headline(finding) for finding in verdict.findings if finding.severity is Severity.ERROR
    )
    reasons = [name if times == 1 else f"{name} x{times}" for name, times in errors.items()]
    reasons += [
        f"stage {stage.name} did not finish"
        for stage in verdict.stages
        if stage.outcome is Outcome.UNFINISHED
    ]
    return "; ".join(reasons)
