"""What campaigns and replays add to a report as JSON; see `docs/schemas/report-1.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.consumers.model import Manifest
from harness.consumers.observation import Layer
from harness.fuzzing.replay import Replayed
from harness.fuzzing.session import Result
from harness.fuzzing.settings import Snapshot
from harness.report.json import Object, finding_object, named


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that has ended, or only stopped for now.

    Attributes:
        folder: of the campaign.
        manifest: of the consumer.
        result: what it came to.
    """

    folder: Path
    manifest: Manifest
    result: Result


def campaign_object(run: Run) -> Object:
    """Return a campaign as an object of the published shape."""
    outcome, snapshot = run.result.outcome, run.result.outcome.snapshot
    return {
        "folder": str(run.folder),
        "consumer": consumer_object(run.manifest),
        "interrupted": outcome.is_interrupted,
        "statistics": _statistics(snapshot),
        "findings": [
            {
                "key": kept.key,
                "finding": finding_object(kept.finding),
                "seen": snapshot.findings.get(kept.key, 0),
                "in_isolation": kept.shown.value,
                "breaks": list(kept.why),
                "input": kept.finding.file,
            }
            for kept in run.result.findings
        ],
        "unsettled": {"findings": snapshot.untried, "faults": snapshot.waiting},
        "unconfirmed": snapshot.unconfirmed,
        "isolation": [_layer(layer) for layer in outcome.layers],
        "warnings": [*outcome.tool_faults, *outcome.warnings],
    }


def consumer_object(manifest: Manifest) -> Object:
    """Return a consumer as an object of the published shape."""
    return {"name": manifest.label, "manifest": str(manifest.path), "digest": manifest.digest}


def _statistics(snapshot: Snapshot) -> Object:
    return {
        "seconds": round(snapshot.elapsed, 3),
        "executions": snapshot.executions,
        "executions_per_second": round(snapshot.rate, 1),
        "accepted": snapshot.accepted,
        "rejected": snapshot.rejected,
        "edges": snapshot.edges,
        "corpus": snapshot.corpus,
        "judged": snapshot.judged,
        "valid": snapshot.valid,
        "worker_starts": snapshot.starts,
    }


def _layer(layer: Layer) -> Object:
    return {"name": layer.name, "reached": layer.reached, "detail": layer.detail}


def replay_object(manifest: Manifest, seen: Sequence[Replayed]) -> Object:
    """Return what was run again as an object of the published shape."""
    return {
        "consumer": consumer_object(manifest),
        "inputs": [
            {
                "file": named(str(one.file)),
                "kept_for": one.before,
                "outcome": one.outcome,
                "stands_before": one.stands_before,
                "findings": [finding_object(finding) for finding in one.findings],
            }
            for one in seen
        ],
    }
