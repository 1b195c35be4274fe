"""What a gate is about: one candidate, the policy, and what was found out about both so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from harness.consumers.manifest import load as load_manifest
from harness.consumers.model import Manifest
from harness.findings.model import Finding
from harness.gate.policy import Policy
from harness.reading import Reading
from harness.schema import SchemaError
from harness.schema.library import find
from harness.validation import Request, Result, validate_file
from harness.validation.inputs import UnreadableError, read_input
from harness.validation.request import EngineChoice

Clock = Callable[[], float]


class ContractError(Exception):
    """The contract or the observations of a manifest do not fit the schema."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} mistakes in a contract")
        self.findings = findings


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
        max_bytes: int | None = None,
        engine: EngineChoice = "auto",
    ) -> None:
        """Open a case.

        Args:
            candidate: the file to decide about.
            policy: what to decide by.
            companions: given by the user; they take the place of the policy's.
            environment: of the programs that are built and run.
            clock: seconds, from any origin.
            max_bytes: takes the place of the policy's.
            engine: who reads the candidate; see `Request`.
        """
        self._engine = engine
        self.candidate = candidate
        self.policy = policy
        self.companions = {**policy.companions, **companions}
        self.environment = environment
        self.clock = clock
        self.deadline = clock() + policy.budget.seconds
        self.max_bytes = max_bytes or policy.budget.max_bytes
        self._manifests: dict[Path, Manifest] = {}
        self._results: dict[Path | None, Result] = {}

    @property
    def is_late(self) -> bool:
        """The time of the gate is over."""
        return self.clock() >= self.deadline

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
            request = Request(
                schema=self.policy.schema,
                companions=self.companions,
                engine=self._engine,
                max_bytes=self.max_bytes,
            )
            self._results[None] = validate_file(self.candidate, request)
        return self._results[None]

    def contract_result(self, path: Path) -> Result:
        """Read the candidate as one consumer does: its companions, its contract."""
        if path not in self._results:
            self._results[path] = self._read_by(path, self._request(path))
        return self._results[path]

    def tree(self, path: Path) -> Reading | None:
        """Return the candidate's tree, read as one consumer does; None where it was not read."""
        known = self.contract_result(path).reading
        if known is not None:
            return known
        request = msgspec.structs.replace(self._request(path), engine="reference")
        return self._read_by(path, request).reading

    def _request(self, path: Path) -> Request:
        manifest = self.manifest(path)
        return Request(
            schema=self.policy.schema,
            companions=manifest.companions,
            overlays=(manifest.overlay,),
            engine=self._engine,
            max_bytes=self.max_bytes,
        )

    def _read_by(self, manifest: Path, request: Request) -> Result:
        try:
            return validate_file(self.candidate, request)
        except SchemaError as error:
            if any(one.file == str(manifest) for one in error.findings):
                raise ContractError(error.findings) from error
            raise

    def content(self) -> bytes:
        """The bytes of the candidate, which must be those that were judged.

        Raises:
            UnreadableError: they cannot be read, or are not the same any more.
        """
        content = bytes(read_input(str(self.candidate), max_bytes=self.max_bytes))
        if hashlib.sha256(content).hexdigest() != self.plain_result().sha256:
            raise UnreadableError("the candidate changed while the gate ran")
        return content
