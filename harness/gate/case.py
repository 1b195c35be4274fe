"""What a gate is about: one candidate, the policy, and what was found out about both so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.consumers.manifest import Manifest
from harness.consumers.manifest import load as load_manifest
from harness.gate.policy import Policy
from harness.schema.library import find
from harness.validation import Request, Result, validate_file

Clock = Callable[[], float]


class Case:
    """The candidate and everything it is judged by; each thing is read once."""

    def __init__(
        self,
        candidate: Path,
        policy: Policy,
        *,
        companions: Mapping[str, Path],
        environment: Mapping[str, str],
        clock: Clock,
    ) -> None:
        """Open a case.

        Args:
            candidate: the file to decide about.
            policy: what to decide by.
            companions: given by the user; they take the place of the policy's.
            environment: of the programs that are built and run.
            clock: seconds, from any origin.
        """
        self.candidate = candidate
        self.policy = policy
        self.companions = {**policy.companions, **companions}
        self.environment = environment
        self.clock = clock
        self.deadline = clock() + policy.budget.seconds
        self._manifests: dict[Path, Manifest] = {}
        self._results: dict[Path | None, Result] = {}

    @property
    def results(self) -> tuple[Result, ...]:
        """What the candidate was read by so far, plainly and by each contract."""
        return tuple(self._results.values())

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The consumers known so far."""
        return tuple(self._manifests.values())

    def schema(self) -> Path:
        """The schema of the policy."""
        return find(self.policy.schema)

    def manifest(self, path: Path) -> Manifest:
        """Read a manifest."""
        if path not in self._manifests:
            self._manifests[path] = load_manifest(path)
        return self._manifests[path]

    def plain_result(self) -> Result:
        """Read the candidate against the companions of the policy."""
        if None not in self._results:
            request = Request(schema=self.policy.schema, companions=self.companions)
            self._results[None] = validate_file(self.candidate, request)
        return self._results[None]

    def contract_result(self, path: Path) -> Result:
        """Read the candidate as one consumer does: its companions, its contract."""
        if path not in self._results:
            manifest = self.manifest(path)
            request = Request(
                schema=self.policy.schema,
                companions=manifest.companions,
                overlays=(manifest.overlay,),
            )
            self._results[path] = validate_file(self.candidate, request)
        return self._results[path]

    def content(self) -> bytes:
        """The bytes of the candidate."""
        return self.candidate.read_bytes()

    def digest_of(self, path: Path) -> str:
        """SHA-256 of a file."""
        return hashlib.sha256(path.read_bytes()).hexdigest()
