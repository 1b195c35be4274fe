"""Campaigns and check-ups for people: how they stand, what was found, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.fuzzing.canaries import Proof
from harness.fuzzing.settings import Snapshot
from harness.fuzzing.store import Kept
from harness.report.escape import visible
from harness.report.sources import Sources
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.text import finding_lines
from harness.report.words import count


def campaign_lines(
    snapshot: Snapshot, findings: tuple[Kept, ...], sources: Sources, style: Style
) -> Iterator[str]:
    """Yield a campaign's result as lines of text."""
    for kept in findings:
        *lines, last = finding_lines(kept.finding, sources, style)
        yield from lines
        for rule in kept.why:
            yield f"     {style.paint('=', 'frame')} breaks: {visible(rule)}"
        times = snapshot.findings.get(kept.key, 0)
        seen = f"seen {count(times, 'time')}"
        alone = "" if kept.reproduced else "; not shown by a run in isolation"
        yield f"     {style.paint('=', 'frame')} {seen}{alone}"
        yield last
    yield from snapshot_lines(snapshot)
    yield f"{count(len(findings), 'distinct finding')}"


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
        yield f"{snapshot.unconfirmed:,} hangs or ends that no run in isolation showed"


def live_text(snapshot: Snapshot, seconds: float) -> str:
    """Return what the live view shows."""
    lines = [f"{snapshot.elapsed:5.1f} of {seconds:g} s", *snapshot_lines(snapshot)]
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


def replay_line(
    file: str, code: str, *, still_there: bool, stands_before: str, style: Style
) -> str:
    """Return one line about content that was run again."""
    said = "still there" if still_there else "gone"
    if stands_before:
        said = f"another fault stands before it: {visible(stands_before)}"
    is_bad = still_there or bool(stands_before)
    role = SEVERITY_ROLE["error"] if is_bad else "good"  # type: ignore[index]  # a StrEnum
    return f"{style.paint(said, role)}: {f'{code} ' if code else ''}{visible(file)}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "0 %"
