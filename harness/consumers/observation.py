"""What a consumer did with one content: plain data, without a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

RELOAD_CYCLE = 1


class Verdict(StrEnum):
    """What the consumer said of the content."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NONE = "none"


class How(StrEnum):
    """How a run ended.

    FINISHED: came back from every call. EXIT: an exit code or exception that nobody expects.
    SIGNAL: a fatal signal. SANITIZER: a sanitizer's report. TIMEOUT: time was up. LIMIT: memory
    was up. VIOLATION: it tried what the sandbox forbids.
    """

    FINISHED = "finished"
    EXIT = "exit"
    SIGNAL = "signal"
    SANITIZER = "sanitizer"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    VIOLATION = "violation"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One call into the consumer.

    Attributes:
        cycle: 0 for the first load, 1 for the second.
        phase: `consume`, `load`, `event` or `unload`.
        index: number of the event, from 0.
        name: of the event's file; empty where that is not known.
        result: what the call returned; None if it did not.
        values: what `observe` told, by name, in order.
        indexed: what `observe_at` told, by name and index, in order.
    """

    cycle: int
    phase: str
    index: int = 0
    name: str = ""
    result: int | None = None
    values: Mapping[str, tuple[int, ...]] = {}
    indexed: Mapping[str, Mapping[int, tuple[int, ...]]] = {}

    def __str__(self) -> str:
        turn = "the first load" if self.cycle == 0 else "the second load"
        match self.phase:
            case "event":
                named = f" (`{self.name}`)" if self.name else ""
                return f"event {self.index}{named} of {turn}"
            case "unload":
                return f"the unload of {turn}"
            case _:
                return turn


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One call on the stack; `function`, `file` and `line` are empty or 0 where unknown."""

    function: str = ""
    file: str = ""
    line: int = 0
    module: str = ""
    offset: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file else f"{self.module}+0x{self.offset:x}"
        return f"`{self.function}` ({place})" if self.function else place


class SanitizerReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sanitizer saw, or a page beside an input of a library without one.

    Attributes:
        tool: `asan`, `ubsan` or `guard`.
        kind: such as `heap-buffer-overflow`.
        access: `read`, `write` or empty.
        size: bytes of the access, where it is one.
        frame: the innermost frame in the consumer's own code.
        frames: the stack of the fault, innermost first.
        text: the whole report, with names for addresses.
    """

    tool: str
    kind: str
    access: str = ""
    size: int | None = None
    frame: Frame | None = None
    frames: tuple[Frame, ...] = ()
    text: str = ""


class Layer(msgspec.Struct, frozen=True):
    """One layer of isolation, and why it was not reached where it was not."""

    name: str
    reached: bool
    detail: str = ""


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one run.

    Attributes:
        consumer: label of the manifest.
        verdict: of the first load.
        reject_code: what `harness_consume` or the command returned with a rejection.
        how: how the run ended.
        detail: such as `SIGSEGV`, `exit code 3`, `socket (AF_INET)`.
        steps: every call that began, in order.
        report: the sanitizer's report, if there is one.
        layers: of isolation.
        left_processes: it left processes running.
        stderr: the last of what it wrote to its standard output and error.
        milliseconds: of the whole run; not part of what two runs must have in common.
        reason: why it rejected the content, in its own words: an exception with its place, or
            `code N`; empty where it gives none.
    """

    consumer: str
    verdict: Verdict
    reject_code: int | None
    how: How
    detail: str
    steps: tuple[Step, ...]
    report: SanitizerReport | None
    layers: tuple[Layer, ...]
    left_processes: bool
    stderr: str
    milliseconds: int
    reason: str = ""

    @property
    def last(self) -> Step | None:
        """The call that began last."""
        return self.steps[-1] if self.steps else None

    @property
    def where(self) -> str:
        """Where the run ended, in words; empty if it came back from every call."""
        if self.how is How.FINISHED:
            return ""
        if self.last is None:
            return "before the first load"
        return f"after {self.last}" if self.last.result is not None else f"at {self.last}"

    @property
    def survived(self) -> bool:
        """The consumer came back from every call and left nothing behind."""
        return self.how is How.FINISHED and not self.left_processes

    @property
    def missing(self) -> tuple[Layer, ...]:
        """Layers of isolation that did not stand."""
        return tuple(layer for layer in self.layers if not layer.reached)

    def signature(self) -> tuple[object, ...]:
        """What two identical runs have in common: no durations, no addresses, no output."""
        fault = self.report and (self.report.kind, self.report.access, self.report.frame)
        return (self.verdict, self.reject_code, self.how, self.detail, self.steps, fault)
