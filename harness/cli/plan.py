"""How a command checks: by one request, or by one for each consumer's contract."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.findings.model import Finding
from harness.validation import Request


class Plan(msgspec.Struct, frozen=True):
    """A request, and whose contract is laid over by it; empty for a plain one."""

    request: Request
    contract: str = ""


def plans_for(
    contracts: tuple[Path, ...], request: Request
) -> tuple[tuple[Plan, ...], tuple[Finding, ...]]:
    """Return how to check, and what is to be said of companions.

    A contract is held with the companions of its own manifest. Companions that the user gives are
    read plainly as well, and compared.

    Args:
        contracts: manifests of consumers; none for a plain check.
        request: what the user asked for, without contracts.

    Raises:
        ManifestError: a manifest cannot be used.
    """
    if not contracts:
        return (Plan(request),), ()
    plans: list[Plan] = []
    findings: list[Finding] = []
    for path in contracts:
        plan, found = _by_contract(path, request)
        plans.append(plan)
        findings += found
    if request.companions:
        schema = plans[0].request.schema
        plans.insert(0, Plan(msgspec.structs.replace(request, schema=schema)))
    return tuple(plans), tuple(findings)


def _by_contract(path: Path, request: Request) -> tuple[Plan, tuple[Finding, ...]]:
    # reading TOML would cost every start a tenth of its time
    from harness.consumers.manifest import load  # noqa: PLC0415
    from harness.gate.companions import differing  # noqa: PLC0415

    manifest = load(path)
    own = msgspec.structs.replace(
        request,
        schema=request.schema or manifest.schema_hint(),
        companions=manifest.companions,
        overlays=(manifest.overlay,),
    )
    return Plan(own, manifest.label), differing(request.companions, manifest)
