"""The oracle of a campaign: what schema and contract say of content, and runs in isolation.

Where the schema compiles, workers judge each execution themselves (native/runtime/fuzz_oracle.c).
Here, in the supervisor, content is read with all the words of findings, and by two engines that
must agree.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

import msgspec

from harness.consumers import run
from harness.consumers.isolation import Stop, never
from harness.consumers.model import Manifest
from harness.consumers.observation import Observation
from harness.consumers.run import Consumer
from harness.findings.model import Finding, Severity
from harness.fuzzing.edits import Edit, edits_of
from harness.oracle import Expectation, Validity, expect, judge
from harness.reading import observed
from harness.validation import Request, Result, Validator
from harness.validation.engines import NativeEngineError
from harness.validation.inputs import Input

_INDEX = re.compile(r"\[\d+\]")
_MOST_FINDINGS = 50  # of one content: enough to say why it is invalid


class Fits(Enum):
    """Whether a verdict agrees with what schema and contract say."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What schema and contract say of content.

    Attributes:
        validity: the column of the oracle's table.
        faults: the errors, each as code, rule and path without indexes.
        is_split: the two engines do not agree on it.
    """

    validity: Validity
    faults: tuple[str, ...]
    is_split: bool = False

    def fits(self, *, accepted: bool) -> Fits:
        """Hold a verdict against the opinion."""
        match self.validity:
            case Validity.VALID:
                return Fits.YES if accepted else Fits.NO
            case Validity.INVALID | Validity.OUT_OF_CONTRACT:
                return Fits.NO if accepted else Fits.YES
            case Validity.UNJUDGED:
                return Fits.UNKNOWN


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What isolated runs of one content showed.

    Attributes:
        findings: of the oracle, without those about the machine.
        observation: of the run that they are about.
    """

    findings: tuple[Finding, ...]
    observation: Observation

    @property
    def survived(self) -> bool:
        """The consumer came back from every call."""
        return self.observation.survived


class Oracle:
    """Judges content for one consumer."""

    def __init__(
        self,
        consumer: Consumer,
        schema: str | None = None,
        import_paths: tuple[Path, ...] = (),
        native: Mapping[str, str] | None = None,
    ) -> None:
        """Make one.

        Args:
            consumer: that is judged.
            schema: name or path; None for the manifest's.
            import_paths: folders where it finds its imports too.
            native: the environment of the native engine, where the schema is compiled for it.
        """
        self._consumer = consumer
        self._reading = threading.Lock()
        manifest = self._manifest
        request = Request(
            schema=schema if schema is not None else manifest.schema_hint(),
            companions=manifest.companions,
            overlays=(manifest.overlay,),
            engine="reference",  # for its tree
            import_paths=import_paths,
            max_findings=_MOST_FINDINGS,
        )
        self._validator = Validator(request)
        self._native: Validator | None = None
        if native is not None:
            by_machine = msgspec.structs.replace(request, engine="native")
            self._native = Validator(by_machine, environment=native)

    @property
    def _manifest(self) -> Manifest:
        return self._consumer.manifest

    @property
    def consumer(self) -> Consumer:
        """The consumer that is judged."""
        return self._consumer

    def opinion(self, content: bytes, name: str = "input") -> Opinion:
        """Read content by the quicker engine; see `Opinion`."""
        result = self._read_natively(name, content) or self._read(name, content)
        return self._opinion(name, content, result)

    def compared(self, content: bytes, name: str = "input") -> Opinion:
        """Read content by the reference reader, and by the native engine if it is there."""
        return self._compared(name, content, self._read(name, content))

    def study(self, content: bytes) -> tuple[Opinion, tuple[Edit, ...]]:
        """Likewise; return the opinion, and what its tree suggests to change."""
        result = self._read("input", content)
        with self._reading:  # values are read when they are asked for
            edits = edits_of(result.reading) if result.reading is not None else ()
        return self._compared("input", content, result), edits

    def _compared(self, name: str, content: bytes, result: Result) -> Opinion:
        opinion = self._opinion(name, content, result)
        other = self._read_natively(name, content)
        if other is None or _said(other) == _said(result):
            return opinion
        return msgspec.structs.replace(opinion, is_split=True)

    def _opinion(self, name: str, content: bytes, result: Result) -> Opinion:
        expectation = expect(name, len(content), result.findings, {}, checked=result.checked)
        errors = [one for one in result.findings if one.severity is Severity.ERROR]
        faults = dict.fromkeys(_INDEX.sub("[*]", f"{e.code} {e.rule} {e.path}") for e in errors)
        return Opinion(validity=expectation.validity, faults=tuple(faults))

    def trial(self, content: bytes, file: str, *, runs: int = 1, stop: Stop = never) -> Trial:
        """Give content to the consumer in isolation, and judge what it does.

        Args:
            content: the input.
            file: what findings call it.
            runs: identical ones, up to one that ends badly; two show what differs between them.
            stop: true breaks the runs off.

        Raises:
            ConsumerError: it cannot be started.
            StoppedError: they were broken off.
        """
        suffix = Path(file).suffix
        seen: list[Observation] = []
        while len(seen) < runs and all(one.survived for one in seen):
            seen.append(run.run(self._consumer, content, suffix=suffix, stop=stop))
        worst = seen[0] if seen[-1].survived else seen[-1]
        return Trial(findings=self.findings(content, file, seen), observation=worst)

    def findings(
        self, content: bytes, file: str, observations: Sequence[Observation]
    ) -> tuple[Finding, ...]:
        """Hold observations against what schema and contract say."""
        expectation = self._expectation(content, file)
        found = judge(expectation, observations, quirks=self._manifest.quirks)
        return tuple(one for one in found if not one.code.startswith("T"))

    def _read(self, name: str, content: bytes) -> Result:
        """Read content: one at a time, since a reader is made for one thread."""
        with self._reading:
            return self._validator.validate_data(Input(name), content)

    def _read_natively(self, name: str, content: bytes) -> Result | None:
        """Read content by the native engine; None where it is not there, or says it cannot."""
        if self._native is None:
            return None
        with self._reading:
            try:
                return self._native.validate_data(Input(name), content)
            except NativeEngineError:
                return None

    def _expectation(self, content: bytes, file: str) -> Expectation:
        result = self._read(file, content)
        overlay = self._manifest.overlay
        values = observed(result.reading, overlay) if result.reading is not None else {}
        return expect(
            file,
            len(content),
            result.findings,
            values,
            checked=result.checked,
            place=self._manifest.place,
        )


def _said(result: Result) -> tuple[tuple[Finding, ...], Mapping[str, int]]:
    """All that an engine says of content."""
    return result.findings, result.dropped
