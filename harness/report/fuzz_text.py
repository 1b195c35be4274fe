"""Campaigns and check-ups for people: how they stand, what was found, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.consumers.observation import Layer
from harness.findings.model import Severity
from harness.fuzzing.canaries import Proof
from harness.fuzzing.native_lane import UNLIMITED
from harness.fuzzing.replay import Replayed
from harness.fuzzing.settings import Outcome, Snapshot
from harness.fuzzing.store import Kept, Shown
from harness.report.escape import visible
from harness.report.sources import Sources
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.text import finding_lines
from harness.report.words import count

_SHOWN = {
    Shown.YES: "",
    Shown.NO: "; not shown by a run in isolation",
    Shown.BEHIND: "; in isolation another fault stands before it",
    Shown.UNTRIED: "; not confirmed in the time",
}


def campaign_lines(
    outcome: Outcome, findings: tuple[Kept, ...], sources: Sources, style: Style
) -> Iterator[str]:
    """Yield a campaign's result as lines of text."""
    snapshot = outcome.snapshot
    for kept in findings:
        *lines, last = finding_lines(kept.finding, sources, style)
        yield from lines
        for rule in kept.why:
            yield f"     {style.paint('=', 'frame')} breaks: {visible(rule)}"
        times = snapshot.findings.get(kept.key, 0)
        seen = f"seen {count(times, 'time')}"
        yield f"     {style.paint('=', 'frame')} {seen}{_SHOWN[kept.shown]}"
        yield last
    yield from snapshot_lines(snapshot)
    yield from _isolation_lines(outcome.layers)
    for fault in outcome.tool_faults:
        yield f"{style.paint('error', 'error')}: {visible(fault)}"
    for warning in outcome.warnings:
        yield f"{style.paint('warning', 'warning')}: {visible(warning)}"
    yield f"{count(len(findings), 'distinct finding')}"


def _isolation_lines(layers: Sequence[Layer]) -> Iterator[str]:
    """Yield which isolation the workers ran in, in words."""
    reached = [layer.name for layer in layers if layer.reached]
    if reached:
        yield f"workers ran behind {count(len(reached), 'layer')} of isolation"
    for layer in layers:
        if not layer.reached and layer.name not in UNLIMITED:
            yield f"workers ran without layer `{layer.name}`: {visible(layer.detail)}"


def snapshot_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield how a campaign stands, as lines of text."""
    answered = snapshot.accepted + snapshot.rejected
    accepted = f", {_share(snapshot.accepted, answered)} accepted" if answered else ""
    yield (
        f"{snapshot.executions:,} executions in {snapshot.elapsed:.1f} s "
        f"({snapshot.rate:,.0f}/s){accepted}"
    )
    valid = f"{_share(snapshot.valid, snapshot.judged)} valid" if snapshot.judged else "none"
    yield (
        f"{snapshot.edges:,} edges, {count(snapshot.corpus, 'file')} in the corpus, "
        f"{snapshot.judged:,} judged by the schema ({valid})"
    )
    if snapshot.unconfirmed:
        yield f"{snapshot.unconfirmed:,} hangs, ends or verdicts that no run in isolation showed"
    if snapshot.untried or snapshot.waiting:
        yield (
            f"{count(snapshot.untried, 'finding')} and {count(snapshot.waiting, 'more fault')} not "
            "confirmed yet: kept, the next start goes on with them"
        )


def live_text(snapshot: Snapshot, seconds: float) -> str:
    """Return what the live view shows."""
    lines = [f"{snapshot.elapsed:5.1f} of {seconds:g} s", *snapshot_lines(snapshot)]
    lines.append(count(len(snapshot.findings), "distinct finding"))
    lines += [f"{times:>9,}  {key}" for key, times in snapshot.findings.items()]
    return "\n".join(lines)


def proof_lines(proofs: list[Proof], style: Style) -> Iterator[str]:
    """Yield a check-up as lines of text: what is live, and how to get what is not."""
    lane = ""
    for proof in proofs:
        if proof.lane != lane:
            lane = proof.lane
            yield style.paint(lane, "strong")
        mark = style.paint("live", "good") if proof.is_live else style.paint("DEAD", "error")
        yield f"  {mark}  {visible(proof.part)}: {visible(proof.detail)}"
        if not proof.is_live:
            yield f"        {style.paint('help:', 'strong')} {visible(proof.remedy)}"


def replay_line(seen: Replayed, style: Style) -> str:
    """Return one line about content that was run again."""
    said = seen.outcome.replace("-", " ")
    if seen.stands_before:
        said = f"another fault stands before it: {visible(seen.stands_before)}"
    is_bad = seen.still_there or bool(seen.stands_before)
    role = SEVERITY_ROLE[Severity.ERROR] if is_bad else "good"
    named = f"{seen.before} " if seen.before else ""
    return f"{style.paint(said, role)}: {named}{visible(str(seen.file))}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "0 %"
