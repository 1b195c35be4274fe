"""What a campaign is told to do, how it stands, and what it needs from outside: plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from harness.consumers.observation import Layer


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign is to do.

    Attributes:
        seconds: how long it runs.
        workers: processes.
        seed: of the engine's random numbers; worker n has this one plus n.
        seeds: files to begin with.
        words: for the engine's dictionary, as its file's text.
        replay: the command that replays a finding, up to the input.
        until: the code of a finding that ends it before its time; empty for none.
    """

    seconds: float
    workers: int = 1
    seed: int = 1
    seeds: tuple[Path, ...] = ()
    words: str = ""
    replay: str = "harness replay"
    until: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign stands.

    Attributes:
        elapsed: seconds since this start.
        executions: of this start.
        accepted: executions whose content the consumer accepted.
        rejected: likewise, rejected.
        edges: places of the consumer that were reached.
        corpus: files.
        judged: contents that the oracle read.
        valid: of these, those without an error against schema and contract.
        findings: how often each was seen, by key.
        unconfirmed: hangs, ends and verdicts that no isolated run showed.
        waiting: faults that nobody has looked at, or that may be none and wait for an isolated run.
        untried: findings that wait for an isolated run.
        starts: of worker processes.
    """

    elapsed: float
    executions: int
    accepted: int
    rejected: int
    edges: int
    corpus: int
    judged: int
    valid: int
    findings: Mapping[str, int]
    unconfirmed: int
    waiting: int
    untried: int
    starts: int

    @property
    def rate(self) -> float:
        """Executions in a second."""
        return self.executions / self.elapsed if self.elapsed > 0 else 0.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign ended.

    Attributes:
        snapshot: how it stood then.
        is_interrupted: by the user.
        layers: of isolation that its workers ran behind, and those that they lacked.
        warnings: what could not be seen in this consumer.
        tool_faults: what of this tool itself was seen to be wrong.
    """

    snapshot: Snapshot
    is_interrupted: bool
    layers: tuple[Layer, ...] = ()
    warnings: tuple[str, ...] = ()
    tool_faults: tuple[str, ...] = ()


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now(self) -> float:
        """Seconds, from anywhere, never backwards."""

    def date(self) -> float:
        """Seconds since the epoch."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


def files_of(seeds: Sequence[Path]) -> Iterator[Path]:
    """Yield the files below folders of seeds, or the files themselves."""
    for path in seeds:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file())
        else:
            yield path
