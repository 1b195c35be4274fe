"""Whether what content was read against is what a consumer version ships with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from harness.consumers.model import Manifest
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.validation.inputs import UnreadableError, read_input

_DIGEST_SHOWN = 16


def differing(given: Mapping[str, Path], manifest: Manifest) -> tuple[Finding, ...]:
    """Return a finding for each companion that is another file than the manifest's.

    Args:
        given: by name, as the policy or the command line has it.
        manifest: of the consumer.
    """
    pairs = ((name, given[name], own) for name, own in manifest.companions.items() if name in given)
    found = (_compared(name, one, own, manifest) for name, one, own in pairs)
    return tuple(finding for finding in found if finding is not None)


def _compared(name: str, given: Path, own: Path, manifest: Manifest) -> Finding | None:
    try:
        here, there = _digest(given), _digest(own)
    except UnreadableError:
        # the reading that needs the file says so
        return None
    if here == there:
        return None
    return Finding(
        code="K402",
        severity=RULES["K402"].severity,
        file=str(given),
        expected=f"`{own}` (sha256 {there[:_DIGEST_SHOWN]}…) of {manifest.label}",
        actual=f"`{name}` has sha256 {here[:_DIGEST_SHOWN]}…",
        source=manifest.place,
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(read_input(str(path))).hexdigest()
