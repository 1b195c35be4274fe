"""Stage `contracts`: the candidate is what every supported consumer version says it can take."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from harness.gate.case import Case
from harness.gate.companions import differing
from harness.gate.stage import Output, attempt, joined
from harness.gate.verdict import Kind, Obstacle
from harness.schema.library import find


def check(case: Case) -> Output:
    """Hold the candidate against each contract; one bad manifest does not spare the others."""
    manifests = case.policy.consumers
    outputs = [attempt(partial(_check_one, path=path), case) for path in manifests]
    return joined(outputs)


def _check_one(case: Case, path: Path) -> Output:
    manifest = case.manifest(path)
    if find(manifest.schema_hint()) != case.schema():
        said = f"{manifest.label} reads `{manifest.schema}`, the policy is about other content"
        return Output(detail=said, obstacles=(Obstacle(Kind.REFUSED, said),))
    known = set(case.plain_result().findings)
    added = [one for one in case.contract_result(path).findings if one not in known]
    return Output(detail=manifest.label, findings=(*added, *differing(case.companions, manifest)))
