"""What `--contract` adds: a reading by each consumer's contract, and companions that differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.cli.checking import Plan
from harness.consumers.manifest import load
from harness.findings.model import Finding
from harness.gate.companions import differing
from harness.validation import Request


def plans_of(
    manifests: Sequence[Path], request: Request
) -> tuple[tuple[Plan, ...], tuple[Finding, ...]]:
    """Return how to check by contracts, and the findings about companions.

    A contract is held with the companions of its own manifest. Companions that the user gives are
    read plainly as well, and compared.

    Args:
        manifests: of the consumers.
        request: what the user asked for, without contracts.

    Raises:
        ManifestError: a manifest cannot be used.
    """
    plans = [Plan(request)] if request.companions else []
    findings: list[Finding] = []
    for path in manifests:
        manifest = load(path)
        own = msgspec.structs.replace(
            request,
            schema=request.schema or manifest.schema_hint(),
            companions=manifest.companions,
            overlays=(manifest.overlay,),
        )
        plans.append(Plan(own, manifest.label))
        findings += differing(request.companions, manifest)
    return tuple(plans), tuple(findings)
