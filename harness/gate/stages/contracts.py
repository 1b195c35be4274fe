"""Stage `contracts`: the candidate is what every supported consumer version says it can take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from harness.consumers.manifest import Manifest
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.gate.case import Case
from harness.gate.stage import Output, attempt, joined
from harness.gate.verdict import Kind, Obstacle
from harness.schema.library import find


def check(case: Case) -> Output:
    """Hold the candidate against each contract; one bad manifest does not spare the others."""
    manifests = case.policy.consumers
    outputs = [attempt(partial(_check_one, path=path), case) for path in manifests]
    return joined(outputs, f"{len(manifests)} consumers")


def _check_one(case: Case, path: Path) -> Output:
    manifest = case.manifest(path)
    if find(manifest.schema_hint()) != case.schema():
        said = f"{manifest.label} reads `{manifest.schema}`, the policy is about other content"
        return Output(detail=said, obstacles=(Obstacle(Kind.REFUSED, said),))
    known = set(case.plain_result().findings)
    added = [one for one in case.contract_result(path).findings if one not in known]
    return Output(detail=manifest.label, findings=(*added, *_differing(case, manifest)))


def _differing(case: Case, manifest: Manifest) -> Iterator[Finding]:
    """Companions that the consumer ships in another version than the policy names."""
    for name, own in manifest.companions.items():
        given = case.companions.get(name)
        if given is not None and case.digest_of(given) != case.digest_of(own):
            yield Finding(
                code="K402",
                severity=RULES["K402"].severity,
                file=str(own),
                path=name,
                expected=str(given),
                actual=str(own),
                source=manifest.place,
            )
