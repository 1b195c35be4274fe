"""Canaries: planted bugs that prove each part of a campaign live. A silent no-op is the worst bug.

The canary consumer is fuzzed as any other. What each bug needs to be found is what it proves; one
that is not found names the part that is dead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from harness.consumers import run
from harness.consumers.isolation import Stop, never
from harness.consumers.manifest import load as load_manifest
from harness.fuzzing import hints, lanes, triage
from harness.fuzzing.account import Interpreter
from harness.fuzzing.corpus import Corpus
from harness.fuzzing.crew import Crew
from harness.fuzzing.edits import Edit
from harness.fuzzing.faults import Fault
from harness.fuzzing.hints import Hints
from harness.fuzzing.judging import Oracle
from harness.fuzzing.page import pack_edits
from harness.fuzzing.settings import Clock, Settings
from harness.fuzzing.worker import Lane
from harness.oracle import Validity
from harness.schema import load as load_schema
from harness.schema.library import find as find_schema

FOLDER = Path(__file__).with_name("canary")
_TICK_SECONDS = 0.02
_CARE = 4
_WORDS = hints.dictionary((b"o", b"v", b"e", b"r"))


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One planted bug.

    Attributes:
        function: in which it lies; for `state` and `hang` the kind of the fault.
        part: what finding it proves.
        seed: content to begin with.
        edits: that the mutator is told of for it.
        remedy: what to do if it is not found.
        is_slow: only `doctor` waits for it.
    """

    function: str
    part: str
    seed: bytes
    edits: tuple[Edit, ...] = ()
    remedy: str
    is_slow: bool = False


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one part is live.

    Attributes:
        lane: `native`, `python` or `oracle`.
        part: what was to be proved.
        is_live: it is.
        detail: after how long, or what was seen instead.
        remedy: what to do if it is not.
    """

    lane: str
    part: str
    is_live: bool
    detail: str
    remedy: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long to look for canaries.

    Attributes:
        seconds: at most.
        stop: true ends it earlier.
    """

    seconds: float
    stop: Stop = never


_COMPILER = "build consumers with gcc 12 or later, or clang: their hooks and sanitizers are used"
_WHEEL = "install atheris from its wheel: the engine's AddressSanitizer comes with it"
NATIVE = (
    Canary(
        function="canary_sanitizer",
        part="sanitizer: a read past a heap block is reported",
        seed=b"S",
        remedy=_WHEEL,
    ),
    Canary(
        function="canary_undefined",
        part="sanitizer: undefined behaviour is reported",
        seed=b"U",
        remedy=_COMPILER,
    ),
    Canary(
        function="canary_signal",
        part="signals: a fatal one is told, and fuzzing goes on",
        seed=b"N",
        remedy=_WHEEL,
    ),
    Canary(
        function="canary_content_copy",
        part="exact-size copies: content",
        seed=b"X",
        remedy=_WHEEL,
    ),
    Canary(
        function="canary_companion_copy",
        part="exact-size copies: companions",
        seed=b"P",
        remedy=_WHEEL,
    ),
    Canary(
        function="canary_event_copy",
        part="exact-size copies: events",
        seed=b"E",
        remedy=_WHEEL,
    ),
    Canary(
        function="canary_mutator",
        part="mutator: a checksum is mended after a mutation",
        seed=b"M" + bytes(4) + b"aaa",
        remedy="an environment that preloads libraries can replace the mutator: unset LD_PRELOAD",
    ),
    Canary(
        function="canary_edit",
        part="mutator: what the tree of a content suggests is tried",
        seed=b"K" + bytes(4) + b"nothing",
        edits=(Edit(5, 12, b"planted"),),
        remedy="an environment that preloads libraries can replace the mutator: unset LD_PRELOAD",
    ),
    Canary(
        function="canary_coverage",
        part="coverage: four steps are climbed one by one",
        seed=b"C" + bytes(8),
        remedy=_COMPILER,
    ),
    Canary(
        function="state",
        part="state: what differs after a reload is told",
        seed=b"T",
        remedy=_WHEEL,
        is_slow=True,
    ),
    Canary(
        function="hang",
        part="hangs: an execution without an end is broken off",
        seed=b"Hang",
        remedy="the machine is too busy, or its timers are off",
        is_slow=True,
    ),
)


def prove_native(
    environment: Mapping[str, str], clock: Clock, limits: Limits, *, fast: bool
) -> Iterator[Proof]:
    """Fuzz the native canary until all its bugs are found or time is up.

    Args:
        environment: for building it.
        clock: to stop by.
        limits: how long to look.
        fast: leave the slow ones out.

    Raises:
        EngineMissingError: the engine is not installed.
        BuildError: the canary does not build.
        WorkerError: it does not start.
    """
    manifest = load_manifest(FOLDER / "canary.toml")
    schema = load_schema(find_schema(manifest.schema_hint()))
    wanted = [one for one in NATIVE if not (fast and one.is_slow)]
    found_hints = Hints(hints.repairs(schema))
    with lanes.opened(manifest, found_hints, environment, care=_CARE) as lane:
        interpreter = Interpreter(manifest, lane.program, environment.get("PATH", ""))
        found = _fuzz(wanted, lane, interpreter, clock, limits)
    for canary in wanted:
        yield _proof("native", canary, found.get(canary.function))


def prove_python(environment: Mapping[str, str], clock: Clock, limits: Limits) -> Iterator[Proof]:
    """Fuzz the Python canary; see `prove_native`."""
    manifest = load_manifest(FOLDER / "python.toml")
    canary = Canary(
        function="RuntimeError",
        part="coverage: bytecode is instrumented, and an uncaught exception is told",
        seed=b"C",
        remedy="install an atheris that supports this version of Python",
    )
    with lanes.opened(manifest, Hints(), environment) as lane:
        found = _fuzz([canary], lane, Interpreter(manifest, None, ""), clock, limits)
    yield _proof("python", canary, found.get(canary.function))


def prove_oracle(environment: Mapping[str, str]) -> Iterator[Proof]:
    """Let the oracle judge content that the canary takes and its schema does not.

    Raises:
        ConsumerError: the canary cannot be built or started.
    """
    manifest = load_manifest(FOLDER / "canary.toml")
    oracle = Oracle(run.prepare(manifest, environment=environment))
    content = b"?" + bytes(8)
    trial = oracle.trial(content, "input")
    codes = [one.code for one in trial.findings]
    is_live = oracle.opinion(content).validity is Validity.INVALID and "D706" in codes
    yield Proof(
        lane="oracle",
        part="verdicts: accepted content that breaks the schema is a finding",
        is_live=is_live,
        detail="D706" if is_live else f"found {', '.join(codes) or 'nothing'}",
        remedy="reinstall the package: schemas or the canary are damaged",
    )
    crash = oracle.trial(b"S" + bytes(8), "input")
    yield Proof(
        lane="oracle",
        part="isolated runs: a memory fault is a finding with its stack",
        is_live=triage.own_functions(crash.observation.report)[:1] == ["canary_sanitizer"],
        detail=crash.observation.how.value,
        remedy="install gcc with its sanitizers, and binutils for names of functions",
    )


def _bug(fault: Fault, interpreter: Interpreter) -> str:
    """The name of the planted bug that a fault is."""
    if fault.kind in ("state", "hang"):
        return fault.kind
    report = interpreter.observation(fault).report
    return report.frame.function if report is not None and report.frame is not None else fault.what


def _fuzz(
    wanted: list[Canary],
    lane: Lane,
    interpreter: Interpreter,
    clock: Clock,
    limits: Limits,
) -> dict[str, float]:
    """Fuzz until everything wanted is found; seconds by function."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="harness-canary-") as name:
        corpus = Corpus(Path(name) / "corpus")
        for canary in wanted:
            corpus.add(canary.seed)
        settings = Settings(seconds=limits.seconds, words=_WORDS)
        crew = Crew(settings, lane, Path(name), corpus)
        for canary in wanted:
            crew.teach(pack_edits(canary.seed, canary.edits))
        start = clock.now()
        try:
            crew.start()
            while any(one.function not in found for one in wanted):
                if limits.stop() or clock.now() - start >= limits.seconds:
                    break
                clock.wait(_TICK_SECONDS)
                crew.restart()
                for path, fault in crew.faults():
                    found.setdefault(_bug(fault, interpreter), clock.now() - start)
                    path.unlink()
        finally:
            crew.close()
    return found


def _proof(lane: str, canary: Canary, seconds: float | None) -> Proof:
    return Proof(
        lane=lane,
        part=canary.part,
        is_live=seconds is not None,
        detail="not found" if seconds is None else f"found in {seconds:.1f} s",
        remedy=canary.remedy,
    )
