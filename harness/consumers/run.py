"""From a manifest to a consumer that is ready, and from content to an observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.consumers import bundle, command, isolation, library, python_function, records
from harness.consumers import sanitizer as sanitizers
from harness.consumers.command import CommandProgram
from harness.consumers.isolation import Ending, Stop, never
from harness.consumers.library import LibraryProgram
from harness.consumers.model import CommandRun, LibraryRun, Manifest, PythonRun
from harness.consumers.observation import (
    How,
    Observation,
    SanitizerReport,
    Step,
    Verdict,
)
from harness.consumers.records import Records
from harness.findings.model import Finding, Severity
from harness.native import cache, toolchain

_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"


class ConsumerError(Exception):
    """A consumer could not be built (`T005`) or started (`T006`), or a tool is missing (`T008`).

    Attributes:
        code: of the rule.
        summary: one line, with the consumer's label.
        detail: what the compiler or the system said; may be empty.
        manifest: of the consumer.
    """

    def __init__(self, code: str, manifest: Manifest, summary: str, detail: str = "") -> None:
        super().__init__(f"`{manifest.label}` {summary}")
        self.code = code
        self.manifest = manifest
        self.summary = f"`{manifest.label}` {summary}"
        self.detail = detail

    def finding(self, file: str) -> Finding:
        """The error as a finding about `file`, which was not given to the consumer."""
        return Finding(
            code=self.code,
            severity=Severity.ERROR,
            file=file,
            actual=self.summary,
            source=self.manifest.place,
        )


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer that is ready to run.

    Attributes:
        manifest: what it is.
        launcher: the program that isolates it.
        program: what is run; of a Python consumer, what the manifest says.
        path: search path for its commands and for look-up tools.
    """

    manifest: Manifest
    launcher: Path
    program: LibraryProgram | CommandProgram | PythonRun
    path: str


def prepare(manifest: Manifest, *, environment: Mapping[str, str]) -> Consumer:
    """Make a consumer ready: build it and the launcher, or find them built.

    Args:
        manifest: the consumer.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.

    Raises:
        ConsumerError: it does not build, is not there, or no compiler is.
    """
    path = environment.get("PATH", _DEFAULT_PATH)
    try:
        tools = toolchain.find(environment)
        launcher = isolation.build_launcher(tools, environment)
        program = _program(manifest, tools, environment, path)
    except toolchain.ToolMissingError as error:
        raise ConsumerError("T008", manifest, f"cannot be run: {error}") from error
    except cache.CacheError as error:
        raise ConsumerError("T008", manifest, f"cannot be built: {error}") from error
    except toolchain.BuildError as error:
        output = error.output.replace(str(manifest.folder.absolute()), str(manifest.folder))
        first = _first_error(output)
        summary = f"is not built: {error.summary}{first and ': '}{first}"
        raise ConsumerError("T005", manifest, summary, output) from error
    return Consumer(manifest=manifest, launcher=launcher, program=program, path=path)


def run(
    consumer: Consumer,
    content: bytes,
    *,
    companions: Mapping[str, bytes] | None = None,
    events: Sequence[bytes] | None = None,
    suffix: str = "",
    stop: Stop = never,
) -> Observation:
    """Give content to a consumer, once: load, every event, unload, and the same again.

    Args:
        consumer: ready to run.
        content: the bytes of the content.
        companions: by name; the manifest's own if None.
        events: in order; the manifest's own if None.
        suffix: of the file that a command is given, since some tools go by it.
        stop: true breaks the run off.

    Returns:
        What it did, whatever that is.

    Raises:
        ConsumerError: it could not be started (`T006`).
        StoppedError: it was broken off.
    """
    manifest = consumer.manifest
    if companions is None:
        companions = {name: file.read_bytes() for name, file in manifest.companions.items()}
    names = [file.name for file in manifest.events] if events is None else []
    if events is None:
        events = [file.read_bytes() for file in manifest.events]
    if isinstance(consumer.program, CommandProgram):
        inputs = {"file": content, **companions}
        with command.job(consumer.program, manifest, inputs, suffix, consumer.path) as job:
            ending = isolation.launch(consumer.launcher, job, stop)
        told = _told_by_command(ending)
    else:
        with bundle.bundled(content, companions, events) as inputs_fd:
            ending = isolation.launch(consumer.launcher, _job(consumer, inputs_fd), stop)
        told = records.parse(ending.records, names)
    _check_started(manifest, ending, told)
    return _observation(consumer, ending, told)


def _program(
    manifest: Manifest,
    tools: toolchain.Toolchain,
    environment: Mapping[str, str],
    path: str,
) -> LibraryProgram | CommandProgram | PythonRun:
    match manifest.run:
        case LibraryRun():
            return library.build(manifest.run, tools, environment)
        case PythonRun():
            return manifest.run
        case CommandRun():
            program = command.find(manifest, manifest.run, path)
            if program is None:
                name = manifest.run.words[0]
                raise ConsumerError("T006", manifest, f"is not started: `{name}` is not there")
            return program


def _job(consumer: Consumer, inputs_fd: int) -> isolation.Job:
    if isinstance(consumer.program, LibraryProgram):
        return library.job(consumer.program, consumer.manifest, inputs_fd, consumer.path)
    assert isinstance(consumer.program, PythonRun)  # noqa: S101  # commands never come here
    return python_function.job(consumer.manifest, consumer.program, inputs_fd, consumer.path)


def _told_by_command(ending: Ending) -> Records:
    """A command keeps no records: its whole run is one step, whose result is the exit code."""
    return Records(steps=(Step(cycle=0, phase="consume", result=ending.code),), done=True)


def _check_started(manifest: Manifest, ending: Ending, told: Records) -> None:
    failed = told.failed or ending.failed
    output = ending.output.decode(errors="replace")
    if not failed and not ending.layers:
        failed = "the launcher did not answer"
    if failed:
        raise ConsumerError("T006", manifest, f"is not started: {failed}", output)


def _observation(consumer: Consumer, ending: Ending, told: Records) -> Observation:
    manifest, output = consumer.manifest, ending.output.decode(errors="replace")
    report = _report(consumer, output, told)
    how, detail = _how(manifest, ending, told, report)
    verdict, code = _verdict(manifest, told)
    return Observation(
        consumer=manifest.label,
        verdict=verdict,
        reject_code=code,
        how=how,
        detail=detail,
        steps=told.steps,
        report=report,
        layers=ending.layers,
        left_processes=ending.left,
        stderr=output[-_KEPT_STDERR:],
        milliseconds=ending.milliseconds,
        reason=told.rejected or (f"code {code}" if code is not None else ""),
    )


_KEPT_STDERR = 16 * 1024


def _report(consumer: Consumer, output: str, told: Records) -> SanitizerReport | None:
    if told.fault:
        return SanitizerReport(tool="guard", kind="guard-page", text=f"touched {told.fault}")
    folder = consumer.manifest.folder
    return sanitizers.parse(output, _own_program(consumer), folder, consumer.path)


def _own_program(consumer: Consumer) -> Path:
    """The file whose code is the consumer's own."""
    match consumer.program:
        case LibraryProgram(library=None):
            return consumer.program.driver
        case LibraryProgram(library=Path() as opened):
            return opened.absolute()
        case CommandProgram():
            return consumer.program.program
        case _:
            return Path()


def _how(
    manifest: Manifest, ending: Ending, told: Records, report: SanitizerReport | None
) -> tuple[How, str]:
    """How the run ended. What the sandbox saw goes before what the program says of itself."""
    if ending.end == "violation":
        return How.VIOLATION, ending.detail
    if report is not None:
        return _how_reported(report)
    match ending.end, ending.detail:
        case ("timeout", _) | ("limit", "processor-time"):
            return How.TIMEOUT, f"{manifest.timeout_seconds:g} seconds"
        case ("limit", what):
            return How.VIOLATION, f"more than the limit of {what}"
        case ("signal", name):
            return How.SIGNAL, name
        case ("exit", _):
            return _how_left(manifest, ending.code, told)
    return How.EXIT, "it vanished"


def _how_reported(report: SanitizerReport) -> tuple[How, str]:
    if report.kind in sanitizers.OUT_OF_MEMORY:
        return How.LIMIT, report.kind
    if report.kind in sanitizers.CRASHES:
        return How.SIGNAL, report.kind
    return How.SANITIZER, report.text if report.tool == "guard" else report.kind


def _how_left(manifest: Manifest, code: int | None, told: Records) -> tuple[How, str]:
    """How a program ended that left by itself."""
    run = manifest.run
    if isinstance(run, CommandRun) and code in (*run.accept, *run.reject):
        return How.FINISHED, ""
    if told.raised.startswith("MemoryError"):
        return How.LIMIT, "memory"
    if told.raised:
        return How.EXIT, f"uncaught {told.raised}"
    if code == 0 and told.done and not isinstance(run, CommandRun):
        return How.FINISHED, ""
    if code == sanitizers.EXIT_CODE:
        return How.SANITIZER, "a report that was not written out"
    return How.EXIT, f"exit code {code}"


def _verdict(manifest: Manifest, told: Records) -> tuple[Verdict, int | None]:
    first = next((step for step in told.steps if step.phase in ("load", "consume")), None)
    if first is None or first.result is None or told.entry == "fuzzer":
        return Verdict.NONE, None
    if isinstance(manifest.run, CommandRun):
        if first.result in manifest.run.accept:
            return Verdict.ACCEPTED, None
        rejected = first.result in manifest.run.reject
        return (Verdict.REJECTED, first.result) if rejected else (Verdict.NONE, None)
    if first.result == 0:
        return Verdict.ACCEPTED, None
    return Verdict.REJECTED, first.result if first.phase == "consume" else None


def _first_error(output: str) -> str:
    """The first line in which a compiler or linker names an error."""
    lines = output.splitlines()
    errors = (line for line in lines if "error" in line or "undefined reference" in line)
    return next(errors, lines[0] if lines else "").strip()
