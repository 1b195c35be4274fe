"""A worker's account of a fault as an observation: names for addresses, words for kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.consumers import sanitizer, symbols
from harness.consumers.model import Manifest
from harness.consumers.observation import Frame, How, Observation, SanitizerReport, Step, Verdict
from harness.fuzzing.faults import Fault

_STACK = re.compile(r"^ +#\d+ 0x[0-9a-f]+ +\((.+)\+0x([0-9a-f]+)\)", re.MULTILINE)
_CAPITAL = re.compile(r"(?<=runtime error: )[A-Z]")
_KEPT_REPORT = 4096
# What AddressSanitizer calls a signal where it has its own handlers: in isolation.
_AS_REPORTED = {
    "SIGSEGV": "invalid-address",
    "SIGBUS": "invalid-address",
    "SIGABRT": "abort",
    "SIGILL": "illegal-instruction",
    "SIGFPE": "arithmetic-signal",
}


class Interpreter:
    """Reads what the workers of one consumer tell."""

    def __init__(self, manifest: Manifest, program: Path | None, path: str) -> None:
        """Take the consumer, its program where it has one, and where look-up tools are found."""
        self._manifest = manifest
        self._program = program
        self._path = path

    def observation(self, fault: Fault) -> Observation:
        """Return a worker's account of a fault as an observation."""
        how, detail = self._how(fault)
        report = self._report(fault)
        if report is not None and fault.kind in ("asan", "ubsan", "signal"):
            detail = report.kind
            how = _how_reported(report, how)
        return Observation(
            consumer=self._manifest.label,
            verdict=Verdict.NONE if fault.phase in ("consume", "load") else Verdict.ACCEPTED,
            reject_code=None,
            how=how,
            detail=detail,
            steps=self._steps(fault),
            report=report,
            layers=(),
            left_processes=False,
            stderr=fault.report[-_KEPT_REPORT:],
            milliseconds=0,
        )

    def _how(self, fault: Fault) -> tuple[How, str]:
        match fault.kind:
            case "signal":
                return How.SIGNAL, fault.what
            case "hang":
                return How.TIMEOUT, f"{self._manifest.timeout_seconds:g} seconds"
            case "memory":
                return How.LIMIT, fault.what
            case "exit":
                return How.EXIT, f"a call of `{fault.what}`"
            case "raised":
                lines = fault.report.splitlines()
                place = f" in {lines[1]}" if len(lines) > 1 else ""
                return How.EXIT, f"uncaught {fault.what}{place}"
            case _:
                return How.SANITIZER, fault.what

    def _steps(self, fault: Fault) -> tuple[Step, ...]:
        events = self._manifest.events
        is_event = fault.phase == "event"
        name = events[fault.index].name if is_event and fault.index < len(events) else ""
        step = Step(cycle=fault.cycle, phase=fault.phase, index=fault.index, name=name)
        loaded = Step(cycle=fault.cycle, phase="load", result=0)
        return (loaded, step) if fault.phase in ("event", "unload") else (step,)

    def _report(self, fault: Fault) -> SanitizerReport | None:
        if self._program is None:
            return None
        folder = self._manifest.folder
        if fault.kind == "asan":
            return sanitizer.parse(fault.report, self._program, folder, self._path)
        frames = self._frames(fault.report)
        # the sanitizer hands its words over with a capital letter, and prints them without
        title = _CAPITAL.sub(lambda found: found[0].lower(), fault.report.partition("\n")[0])
        if fault.kind == "ubsan":
            found = sanitizer.parse(title, self._program, folder, self._path)
            if found is not None:
                return msgspec.structs.replace(found, frame=_placed(found, frames), frames=frames)
        if not frames and fault.what not in _AS_REPORTED:
            return None
        return SanitizerReport(
            tool="driver",
            kind=_AS_REPORTED.get(fault.what, fault.what),
            frame=frames[0] if frames else None,
            frames=frames,
            text=fault.report,
        )

    def _frames(self, text: str) -> tuple[Frame, ...]:
        """The consumer's own frames in a stack that the driver wrote."""
        addresses = [(module, int(offset, 16)) for module, offset in _STACK.findall(text)]
        named = symbols.look_up(addresses, self._path, (str(self._program),))
        frames = [frame for address in addresses for frame in named[address]]
        return tuple(_relative(frame, self._manifest.folder) for frame in frames)


def _how_reported(report: SanitizerReport, otherwise: How) -> How:
    """How a run ended that ended with a report, as runs in isolation have it."""
    if report.kind in sanitizer.OUT_OF_MEMORY:
        return How.LIMIT
    if report.kind in sanitizer.CRASHES:
        return How.SIGNAL
    return How.SANITIZER if report.kind in _AS_REPORTED.values() else otherwise


def _placed(report: SanitizerReport, frames: Sequence[Frame]) -> Frame | None:
    """The frame of a UBSan report with the function that the stack names."""
    if report.frame is None or not frames:
        return report.frame
    return msgspec.structs.replace(
        report.frame, function=frames[0].function, module=frames[0].module
    )


def _relative(frame: Frame, folder: Path) -> Frame:
    """The frame with its file relative to the manifest, as the consumers' reports have it."""
    file = Path(frame.file)
    if not file.is_relative_to(folder.absolute()):
        return frame
    return msgspec.structs.replace(frame, file=str(file.relative_to(folder.absolute())))
